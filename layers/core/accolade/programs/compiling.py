"""Compiling: a condition tree becomes closures once, at load; three-valued logic after Kleene (what a test asks: `asking`)."""

from collections.abc import Iterator

from accolade.kpis import Values
from accolade.programs.asking import asked, shifted
from accolade.programs.condition_tree import All, AnyOf, Condition, Not, Test
from accolade.programs.terms import Predicate

__all__ = ["compiled", "shifted"]

_CHEAP = ("is", "is_set", "in", "at_least", "above", "at_most", "below", "between", "starts_with", "contains")


def compiled(tree: Condition) -> Predicate:
    """The tree as a function of a record's values: True, False, or None where a value that matters is unknown."""
    match tree:
        case All():
            return _all([compiled(part) for part in _parts(tree)])
        case AnyOf():
            return _any([compiled(part) for part in _parts(tree)])
        case Not(part):
            return _not(compiled(part))
        case Test():
            return asked(tree)


def _parts(tree: All | AnyOf) -> list[Condition]:
    """The parts, those of nested groups of the same word among them, the cheap ones first: their order means nothing."""
    return sorted(_flat(tree), key=_cost)


def _flat(tree: All | AnyOf) -> Iterator[Condition]:
    for part in tree.parts:
        if isinstance(part, All | AnyOf) and type(part) is type(tree):
            yield from _flat(part)
        else:
            yield part


def _cost(part: Condition) -> int:
    if not isinstance(part, Test):
        return len(_CHEAP) + (not isinstance(part, Not))
    return _CHEAP.index(part.operator) if part.operator in _CHEAP else len(_CHEAP)


def _all(parts: list[Predicate]) -> Predicate:
    """False if any is; else unknown if any is. Most groups are small, and a loop costs as much as two of the questions."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) > 3:
        return _every(tuple(parts))
    first, second = parts[:2]
    if len(parts) == 3:
        return _all_three(first, second, parts[2])

    def both(values: Values) -> bool | None:
        if (one := first(values)) is False or (two := second(values)) is False:
            return False
        return one and two

    return both


def _all_three(first: Predicate, second: Predicate, third: Predicate) -> Predicate:
    def three(values: Values) -> bool | None:
        if (one := first(values)) is False or (two := second(values)) is False or (last := third(values)) is False:
            return False
        return one and two and last

    return three


def _every(parts: tuple[Predicate, ...]) -> Predicate:
    def every(values: Values) -> bool | None:
        answer: bool | None = True
        for part in parts:
            if not (one := part(values)):
                if one is False:
                    return False
                answer = None
        return answer

    return every


def _any(parts: list[Predicate]) -> Predicate:
    """True if any is; else unknown if any is."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) > 2:
        return _some(tuple(parts))
    first, second = parts

    def either(values: Values) -> bool | None:
        if (one := first(values)) or (two := second(values)):
            return True
        return None if one is None else two

    return either


def _some(parts: tuple[Predicate, ...]) -> Predicate:
    def some(values: Values) -> bool | None:
        answer: bool | None = False
        for part in parts:
            if one := part(values):
                return True
            if one is None:
                answer = None
        return answer

    return some


def _not(part: Predicate) -> Predicate:
    def opposite(values: Values) -> bool | None:
        one = part(values)
        return None if one is None else not one

    return opposite
