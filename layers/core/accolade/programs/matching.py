"""Matching: which of many rules hold for a record, without asking each of them.

A rule's condition is taken apart into the tests that all have to hold. Those that compare a field with constants lie in
columns, one a field and operator: a value, or its place among the sorted bounds, gives the set of rules that it satisfies
as the bits of one integer. The sets are intersected; only what is left is asked its remaining questions.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from accolade.kpis import Values
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import All, Condition, Test
from accolade.programs.terms import Predicate

_FEW = 64
"""Up to so many matches are read bit by bit."""

_STEP = 8
"""A column of bounds keeps one set in so many; what lies between is put together when it is asked for."""


class Matcher[T]:
    """Rules in order, each with the condition that `tree_of` gives for it (None: always true).

    Nothing is looked at before the first question, and what a rule asks beyond its columns is compiled when it is first
    needed. Answers equal evaluating every rule: only True counts, unknown does not.
    """

    def __init__(self, rules: Sequence[T], tree_of: Callable[[T], Condition | None]) -> None:
        self._rules, self._tree_of = rules, tree_of
        self._columns: list[_Column] | None = None
        self._rest: dict[int, list[Condition] | Predicate] = {}
        self._everyone = (1 << len(rules)) - 1

    @property
    def rules(self) -> Sequence[T]:
        """All of them, in their order."""
        return self._rules

    def matching(self, values: Values) -> list[T]:
        """The rules that hold for these values, in their order."""
        left = self._everyone
        for column in self._build() if self._columns is None else self._columns:
            left &= column.satisfied(values)
            if not left:
                return []
        rest, rules = self._rest, self._rules
        return [rules[it] for it in _places(left) if it not in rest or self._remaining(it)(values) is True]

    def _build(self) -> "list[_Column]":
        found: dict[tuple[str, ...], _Column] = {}
        for place, rule in enumerate(self._rules):
            tree = self._tree_of(rule)
            if tree is None:
                continue
            rest = [part for part in conjuncts(tree) if type(part) is not Test or not _added(found, part, place)]
            if rest:
                self._rest[place] = rest
        asked = [column for column in found.values() if column.places]
        for column in asked:
            column.close(len(self._rules))
        # What rules out most comes first: an empty intersection ends the search.
        self._columns = sorted(asked, key=lambda it: it.share)
        return self._columns

    def _remaining(self, place: int) -> Predicate:
        rest = self._rest[place]
        if isinstance(rest, list):
            rest = self._rest[place] = compiled(rest[0] if len(rest) == 1 else All(tuple(rest)))
        return rest


def conjuncts(tree: Condition) -> Iterator[Condition]:
    """The parts that all have to be true for the tree to be true."""
    if type(tree) is not All:
        yield tree
        return
    for part in tree.parts:
        if type(part) is All:
            yield from conjuncts(part)
        else:
            yield part


class _Column:
    """The rules that ask one thing of one field: place -> operand. Rules that do not ask it are in every answer.

    `share`: of all rules, how many are expected to be left by it.
    """

    def __init__(self, test: Test) -> None:
        self.field, self.currency = test.field, test.currency
        self.coin = f"{test.field.partition('.')[0]}.currency"
        self.places: dict[int, Any] = {}
        self.others = 0
        self.share = 1.0

    def close(self, rules: int) -> None:
        """All rules are known: get ready to answer."""
        flags = bytearray(b"1") * rules
        for place in self.places:
            flags[-1 - place] = 48
        self.others = int(flags, 2)
        self.share = (rules - len(self.places) * (1 - self.prepared())) / rules

    def satisfied(self, values: Values) -> int:
        """The set of rules that these values satisfy, as far as this column knows."""
        value = values.get(self.field)
        if value is None or (self.currency is not None and values.get(self.coin) != self.currency):
            return self.others
        try:
            return self.others | self.holding(value)
        except TypeError:  # of another type than the rules were written for: it cannot be compared
            return self.others

    def prepared(self) -> float:
        """Get ready; the share of the asking rules that a value is expected to satisfy."""
        raise NotImplementedError

    def holding(self, value: Any) -> int:
        """The asking rules that a known value satisfies."""
        raise NotImplementedError


class _Equal(_Column):
    """`is` and `in`: a set for each value that is named."""

    def prepared(self) -> float:
        lists: dict[object, list[int]] = {}
        for place, operand in self.places.items():
            for value in operand if type(operand) is tuple else (operand,):
                lists.setdefault(value, []).append(place)
        self._lists, self._sets = lists, dict[object, int]()
        return sum(map(len, lists.values())) / len(self.places) / len(lists)

    def holding(self, value: Any) -> int:
        known = self._sets.get(value)
        if known is None:
            places = self._lists.get(value)
            if places is None:
                return 0
            known = self._sets[value] = _set(places)
        return known


class _Known(_Column):
    """`is_set`: one set for known, one for unknown."""

    def prepared(self) -> float:
        self._yes = _set(place for place, wanted in self.places.items() if wanted)
        self._no = _set(place for place, wanted in self.places.items() if not wanted)
        return 0.5

    def satisfied(self, values: Values) -> int:
        return self.others | (self._no if values.get(self.field) is None else self._yes)


class _Bounds(_Column):
    """Thresholds: the rules in the order of their bounds; a value's place among them parts those that it satisfies.

    `rising`: larger values satisfy more rules. `find`: where bounds equal to the value belong.
    """

    rising = True
    find = staticmethod(bisect_right)

    def prepared(self) -> float:
        places = self.places
        self._order = sorted(places, key=places.__getitem__)
        self._bounds = [places[it] for it in self._order]
        if not self.rising:  # the first n of the order are always those that n satisfied bounds stand for
            self._order.reverse()
        self._steps = [0]
        return 0.5

    def holding(self, value: Any) -> int:
        count = self.find(self._bounds, value)
        if not self.rising:
            count = len(self._bounds) - count
        step, beyond = divmod(count, _STEP)
        if step >= len(self._steps):
            self._climb(step)
        found = self._steps[step]
        for place in self._order[count - beyond : count]:
            found |= 1 << place
        return found

    def _climb(self, step: int) -> None:
        steps, order = self._steps, self._order
        while len(steps) <= step:
            begin = (len(steps) - 1) * _STEP
            found = steps[-1]
            for place in order[begin : begin + _STEP]:
                found |= 1 << place
            steps.append(found)


class _Above(_Bounds):
    find = staticmethod(bisect_left)


class _AtMost(_Bounds):
    rising = False
    find = staticmethod(bisect_left)


class _Below(_Bounds):
    rising = False


_COLUMNS: dict[str, tuple[tuple[str, type[_Column]], ...]] = {
    "is": (("is", _Equal),),
    "in": (("is", _Equal),),
    "is_set": (("is_set", _Known),),
    "at_least": (("at_least", _Bounds),),
    "above": (("above", _Above),),
    "at_most": (("at_most", _AtMost),),
    "below": (("below", _Below),),
    "between": (("at_least", _Bounds), ("at_most", _AtMost)),
}
"""Operator -> the columns that answer it; what is not here is asked of each rule that is left."""


def _added(found: dict[tuple[str, ...], _Column], test: Test, place: int) -> bool:
    """Whether the test now lies in columns; a rule has at most one test in each."""
    kinds = _COLUMNS.get(test.operator)
    if kinds is None:
        return False
    columns = []
    for operator, kind in kinds:
        key = (test.field, test.type, test.currency or "", operator)
        column = found.get(key)
        if column is None:
            column = found[key] = kind(test)
        if place in column.places:
            return False
        columns.append(column)
    if len(columns) == 1:
        columns[0].places[place] = test.operand
    else:
        columns[0].places[place], columns[1].places[place] = _ends(test)
    return True


def _ends(test: Test) -> tuple[object, object]:
    low, high = test.operand  # type: ignore[misc,str-unpack] # between has two ends
    return low, high


def _set(places: Iterable[int]) -> int:
    found = 0
    for place in places:
        found |= 1 << place
    return found


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
    bits = format(left, "b")
    return [it for it, bit in enumerate(reversed(bits)) if bit == "1"] + found
