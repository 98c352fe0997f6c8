"""Matching: which of many rules hold for a record, without asking each of them (how a column answers: `columns`).

A rule's condition is taken apart into the tests that all have to hold. Those that compare a field with constants lie in
columns, one a field and operator: a value, or its place among the sorted bounds, gives the set of rules that it satisfies
as the bits of one integer. The sets are intersected; only what is left is asked its remaining questions.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from accolade.kpis import Values
from accolade.programs.columns import OPERATORS, Answer, Column, Equal
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import All, Condition, Question, Test
from accolade.programs.lasting import lasting
from accolade.programs.terms import Predicate

_FEW = 64
"""Up to so many matches are read bit by bit."""

_LARGE = 256
"""From so many rules on, sets that long cost more than parting the rules by the field that tells most of them apart."""


class Matcher[T]:
    """Rules in order, each with the condition that `tree_of` gives for it (None: always true).

    Nothing is looked at before the first question, and what a rule asks beyond its columns is compiled when it is first
    needed. Answers equal evaluating every rule: only True counts, unknown does not.
    """

    def __init__(self, rules: Sequence[T], tree_of: Callable[[T], Condition | None]) -> None:
        self.rules, self._tree_of = rules, tree_of
        self._everyone = (1 << len(rules)) - 1
        self._answers: list[Answer] | None = None
        self._rest: dict[int, Predicate | None] = {}
        self._asked: dict[int, list[Condition]] = {}
        self._apart: Equal | None = None
        self._groups: dict[object, Matcher[T]] = {}

    def matching(self, values: Values) -> list[T]:
        """The rules that hold for these values, in their order."""
        answers = self._answers
        if answers is None:
            with lasting():
                answers = self._build()
        if self._apart is not None:
            return self._group(self._apart, values).matching(values)
        left = self._everyone
        for answer in answers:
            left &= answer(values)
            if not left:
                return []
        rules, asked = self.rules, self._asked
        return [rules[it] for it in _places(left) if it not in asked or self._remaining(it)(values)]

    def _build(self) -> list[Answer]:
        asked = [column for column in self._sorted() if column.places]
        self._apart = _telling(asked, len(self.rules))
        self._answers = []
        if self._apart is None:
            for column in asked:
                column.close(len(self.rules))
            # What rules out most comes first: an empty intersection ends the search.
            self._answers = [column.answer() for column in sorted(asked, key=lambda it: it.share)]
        return self._answers

    def _sorted(self) -> Iterable[Column]:
        """Every test that a column can answer put there, every other part kept with its rule."""
        found: dict[tuple[str, ...], Column] = {}
        columns: dict[Question, tuple[Column, ...]] = {}
        for place, rule in enumerate(self.rules):
            tree = self._tree_of(rule)
            if tree is None:
                continue
            rest = []
            for part in conjuncts(tree):
                if type(part) is not Test:
                    rest.append(part)
                    continue
                answering = columns.get(part.about)
                if answering is None:
                    answering = columns[part.about] = _columns(found, part.about)
                if not _put(answering, place, part.operand):
                    rest.append(part)
            if rest:
                self._asked[place] = rest
        return found.values()

    def _group(self, column: Equal, values: Values) -> "Matcher[T]":
        """The rules that this value of the telling field leaves, as a matcher of their own; made when first needed."""
        value = values.get(column.field)
        try:
            named = column.named.get(value)
        except TypeError:  # of another type than the rules know
            named = None
        key = value if named else None
        known = self._groups.get(key)
        if known is None:
            silent = (it for it in range(len(self.rules)) if it not in column.places)
            known = Matcher([self.rules[it] for it in sorted((*silent, *(named or ())))], self._tree_of)
            self._groups[key] = known
        return known

    def _remaining(self, place: int) -> Predicate:
        known = self._rest.get(place)
        if known is None:
            parts = self._asked[place]
            known = self._rest[place] = compiled(parts[0] if len(parts) == 1 else All(tuple(parts)))
        return known


def conjuncts(tree: Condition) -> Sequence[Condition]:
    """The parts that all have to be true for the tree to be true."""
    if type(tree) is not All:
        return (tree,)
    if All not in map(type, tree.parts):
        return tree.parts
    return [part for one in tree.parts for part in conjuncts(one)]


def _columns(found: dict[tuple[str, ...], Column], about: Question) -> tuple[Column, ...]:
    """The columns that answer a question; none if it has to be asked of each rule."""
    columns = []
    for operator, kind in OPERATORS.get(about.operator, ()):
        key = (about.field, about.type, about.currency or "", operator)
        if key not in found:
            found[key] = kind(about)
        columns.append(found[key])
    return tuple(columns)


def _put(columns: tuple[Column, ...], place: int, operand: Any) -> bool:
    """Whether the operand now lies in its columns; a rule has at most one test in each."""
    if len(columns) == 1:
        places = columns[0].places
        if place in places:
            return False
        places[place] = operand
        return True
    if not columns or any(place in column.places for column in columns):
        return False
    for column, one in zip(columns, operand, strict=True):
        column.places[place] = one
    return True


def _telling(columns: list[Column], rules: int) -> Equal | None:
    """The column that parts many rules best: into groups of an eighth of them or less that together are not twice as many."""
    best, least = None, rules / 8
    for column in columns if rules >= _LARGE else ():
        if isinstance(column, Equal) and column.currency is None:
            values, silent = len(column.named), rules - len(column.places)
            grouped = sum(map(len, column.named.values())) + values * silent
            if grouped <= 2 * rules and grouped / values <= least:
                best, least = column, grouped / values
    return best


def _places(left: int) -> list[int]:
    """The bits of a set, from the lowest: taken off the top one by one while they are few, else read all at once."""
    found: list[int] = []
    while left and len(found) < _FEW:
        highest = left.bit_length() - 1
        found.append(highest)
        left ^= 1 << highest
    found.reverse()
    if not left:
        return found
    return [it for it, bit in enumerate(reversed(format(left, "b"))) if bit == "1"] + found
