"""Explaining: what a condition found in a record, question by question, and the least change that would make it true."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product

from accolade.kpis.port import Values
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import All, AnyOf, Condition, Not, Other, Test
from accolade.programs.distances import Gap, gap, nearest

WAYS = 12
"""How many ways to make a part of a tree true are followed up; the best ones."""

_TRIES = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """One question and what it found: `seen` is the typed value (None: unknown), `unknown` the fields that are not known and
    would have to be. `foreign`: the currency that the amount is in, where the rule counts in another. `gap`: by how much a
    measurable question was missed (None: it was not, or it cannot be measured)."""

    test: Test
    truth: bool | None
    seen: object
    unknown: tuple[str, ...] = ()
    foreign: str | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Several findings under `all`, `any` or `not`, with what they come to."""

    word: str
    truth: bool | None
    parts: tuple["Finding", ...]


Finding = Answer | Group


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose answer would have to become `want`; `needed` is the nearest value that does (None: any other, or
    nobody can say), `share` how far that is, from 0 to 1, to compare one change with another."""

    answer: Answer
    want: bool
    needed: object = None
    gap: Gap | None = None
    share: Fraction = Fraction(1)

    @property
    def field(self) -> str:
        """The field that would have to change."""
        return self.answer.test.field


Way = tuple[Change, ...]


def explain(tree: Condition, values: Values) -> Finding:
    """Every question of the tree with true, false or unknown (None); the truths are those of the compiled predicates."""
    match tree:
        case Test():
            return _answer(tree, values)
        case Not(part):
            return Group("not", compiled(tree)(values), (explain(part, values),))
        case All(parts):
            return Group("all", compiled(tree)(values), tuple(explain(part, values) for part in parts))
        case AnyOf(parts):
            return Group("any", compiled(tree)(values), tuple(explain(part, values) for part in parts))


def answers(finding: Finding) -> Iterator[Answer]:
    """Every question of a finding, from left to right."""
    if isinstance(finding, Answer):
        yield finding
    else:
        for part in finding.parts:
            yield from answers(part)


def nearest_miss(tree: Condition, values: Values) -> Way:
    """The one change, or the fewest, that would make the tree true: fewest fields first, then the nearest relative to what
    was asked. Empty if it is true already, or if no change of these fields would do."""
    holds = compiled(tree)
    if holds(values) is True:
        return ()
    for way in _ways(tree, values, True):
        settled = _settled(way, holds, values)
        if settled:
            return settled
    return ()


def parted(tree: Condition | None, audience: Condition | None) -> tuple[Condition | None, Condition | None]:
    """(audience, own): a rule's tree in the part that says for whom it is, and the rest; None for a part that is not there."""
    if audience is None or tree is None:
        return None, tree
    if tree == audience:
        return audience, None
    if isinstance(tree, All) and len(tree.parts) == 2 and tree.parts[0] == audience:
        return audience, tree.parts[1]
    return None, tree


def applied(way: Way, values: Values) -> dict[str, object] | None:
    """The values after these changes; None if one of them has no value that anybody could name."""
    changed = dict(values)
    for change in way:
        test = change.answer.test
        if change.needed is None and not _emptied(change):
            return None
        changed[test.field] = change.needed
        if test.currency and test.operator != "is_set":
            changed[currency_field(test)] = test.currency
        if isinstance(test.operand, Other) and values.get(test.operand.field) is None:
            return None
    return changed


def currency_field(test: Test) -> str:
    """The field that says which currency the test's field is in."""
    return f"{test.field.partition('.')[0]}.currency"


def _answer(test: Test, values: Values) -> Answer:
    truth, seen = compiled(test)(values), values.get(test.field)
    unknown, foreign = _unknown(test, values) if truth is None else ((), None)
    missed = gap(test, seen, nearest(test, values, want=True)) if truth is False else None
    return Answer(test, truth, seen, unknown, foreign, missed)


def _unknown(test: Test, values: Values) -> tuple[tuple[str, ...], str | None]:
    """The fields that would have to be known, and the foreign currency that the amount is in."""
    wanted = [test.field]
    if test.operator == "within":
        wanted.append(test.event)
    if isinstance(test.operand, Other):
        wanted.append(test.operand.field)
    foreign = None
    if test.currency:
        wanted.append(currency_field(test))
        stated = values.get(currency_field(test))
        foreign = str(stated) if stated not in (None, test.currency) else None
    missing = tuple(dict.fromkeys(name for name in wanted if values.get(name) is None))
    return missing if missing or foreign else (test.field,), foreign  # it is there, and of another kind than the catalogue says


def _ways(tree: Condition, values: Values, want: bool) -> list[Way]:
    """The best ways to make the tree true (`want`) or false: each a set of questions that have to be answered otherwise."""
    match tree:
        case Test():
            return _change(tree, values, want)
        case Not(part):
            return _ways(part, values, not want)
        case All(parts) if want:
            return _together(parts, values, want)
        case AnyOf(parts) if not want:
            return _together(parts, values, want)
        case All(parts) | AnyOf(parts):
            return _best(way for part in parts for way in _ways(part, values, want))


def _together(parts: tuple[Condition, ...], values: Values, want: bool) -> list[Way]:
    found: list[Way] = [()]
    for part in parts:
        ways = _ways(part, values, want)
        found = _best(tuple(dict.fromkeys((*one, *other))) for one in found for other in ways)
    return found


def _change(test: Test, values: Values, want: bool) -> list[Way]:
    answer = _answer(test, values)
    if answer.truth is want:
        return [()]
    needed = nearest(test, values, want=want)
    distance = gap(test, answer.seen, needed) if answer.truth is not None else None
    return [(Change(answer, want, needed, distance, distance.share if distance else Fraction(1)),)]


def _best(ways: Iterator[Way]) -> list[Way]:
    return sorted(dict.fromkeys(ways), key=_rank)[:WAYS]


def _rank(way: Way) -> tuple[int, Fraction, str]:
    fields: dict[str, Fraction] = {}
    for change in way:
        fields[change.field] = max(fields.get(change.field, Fraction(0)), change.share)
    return len(fields), sum(fields.values(), Fraction(0)), " ".join(change.answer.test.describe() for change in way)


def _settled(way: Way, holds: object, values: Values) -> Way:
    """One change for each field, such that together they make the tree true; empty if they contradict one another."""
    by_field: dict[str, list[Change]] = {}
    for change in way:
        by_field.setdefault(change.field, []).append(change)
    for choice in islice(product(*by_field.values()), _TRIES):
        changed = applied(choice, values)
        if changed is None:
            return way
        if callable(holds) and holds(changed) is True:
            return choice
    return ()


def _emptied(change: Change) -> bool:
    """Whether the change is that the field becomes empty."""
    test = change.answer.test
    return test.operator == "is_set" and bool(test.operand) is not change.want
