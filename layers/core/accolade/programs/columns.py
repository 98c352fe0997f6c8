"""Columns: what many rules ask of one field with one operator, answered for all of them at once."""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from accolade.kpis import Values
from accolade.programs.condition_tree import Question

Answer = Callable[[Values], int]
"""The rules that these values satisfy, as the bits of an integer; rules that do not ask are among them."""

_STEP = 4
"""A column of bounds keeps one set in so many; what lies between is put together when it is asked for."""


class Column(ABC):
    """The rules that ask one thing of one field: `places`, rule -> operand.

    A value that is unknown, in another currency, or of another type than the rules were written for satisfies none of
    them. `share`: of all rules, how many are expected to be left by this column; a rough guess that only says which
    column is asked first, so it may be a float.
    """

    def __init__(self, about: Question) -> None:
        self.field = about.field
        self.currency = about.currency if about.operator != "is_set" else None
        self.places: dict[int, Any] = {}
        self.share = 1.0
        self._others = 0

    def close(self, rules: int) -> None:
        """All rules are known: get ready to answer."""
        flags = bytearray(b"1") * rules
        for place in self.places:
            flags[-1 - place] = 48
        self._others = int(flags, 2)
        self.share = 1 - len(self.places) * (1 - self._ready()) / rules

    @abstractmethod
    def answer(self) -> Answer:
        """What the column says, as a closure: it is asked of every event."""

    @abstractmethod
    def _ready(self) -> float:
        """Sort what is asked; the share of the asking rules that a value is expected to satisfy."""


class Valued(Column):
    """What a known value decides: one that cannot be compared satisfies none."""

    def answer(self) -> Answer:
        """Values are looked up among those that rules name."""
        name, others, holding = self.field, self._others, self._holding()

        def satisfied(values: Values) -> int:
            value = values.get(name)
            try:
                return others if value is None else holding(value)
            except TypeError:
                return others

        return satisfied if self.currency is None else self._of_currency(satisfied, self.currency)

    def _of_currency(self, inner: Answer, currency: str) -> Answer:
        coin, others = f"{self.field.partition('.')[0]}.currency", self._others

        def comparable(values: Values) -> int:
            return inner(values) if values.get(coin) == currency else others

        return comparable

    @abstractmethod
    def _holding(self) -> Callable[[Any], int]:
        """The set for a known value."""


class Equal(Valued):
    """`is` and `in`: a set for each value that is named, made when that value is first seen."""

    @cached_property
    def named(self) -> dict[object, list[int]]:
        """Value -> the rules that name it, once all are known."""
        found: dict[object, list[int]] = {}
        for place, operand in self.places.items():
            for value in operand if type(operand) is tuple else (operand,):
                found.setdefault(value, []).append(place)
        return found

    def _ready(self) -> float:
        return sum(map(len, self.named.values())) / len(self.places) / len(self.named)

    def _holding(self) -> Callable[[Any], int]:
        named, others, sets = self.named, self._others, dict[object, int]()

        def holding(value: Any) -> int:
            found = sets.get(value)
            if found is None:
                places = named.get(value)
                if places is None:
                    return others
                found = sets[value] = _with(others, places)
            return found

        return holding


class Known(Column):
    """`is_set`: one set for known, one for unknown."""

    def _ready(self) -> float:
        return 0.5

    def answer(self) -> Answer:
        name = self.field
        known = _with(self._others, (place for place, wanted in self.places.items() if wanted))
        unknown = _with(self._others, (place for place, wanted in self.places.items() if not wanted))

        def satisfied(values: Values) -> int:
            return unknown if values.get(name) is None else known

        return satisfied


class Bounds(Valued):
    """Thresholds: the rules in the order of their bounds; a value's place among them parts those that it satisfies.

    `rising`: larger values satisfy more rules. `find`: where bounds equal to the value belong.
    """

    rising = True
    find = staticmethod(bisect_right)

    def _ready(self) -> float:
        places = self.places
        self._order = sorted(places, key=places.__getitem__)
        self._bounds = [places[it] for it in self._order]
        if not self.rising:  # the first n of the order are always those whose bounds n satisfied ones are
            self._order.reverse()
        return 0.5

    def _holding(self) -> Callable[[Any], int]:
        find, bounds, order, steps, falling = self.find, self._bounds, self._order, [self._others], not self.rising
        total = len(bounds)

        def holding(value: Any) -> int:
            count = find(bounds, value)
            if falling:
                count = total - count
            step = count // _STEP
            while step >= len(steps):
                begin = (len(steps) - 1) * _STEP
                steps.append(_with(steps[-1], order[begin : begin + _STEP]))
            found = steps[step]
            for place in order[step * _STEP : count]:
                found |= 1 << place
            return found

        return holding


class Above(Bounds):
    """`above`: bounds equal to the value are not satisfied."""

    find = staticmethod(bisect_left)


class AtMost(Bounds):
    """`at_most`: the bounds from the value on."""

    rising = False
    find = staticmethod(bisect_left)


class Below(Bounds):
    """`below`: the bounds beyond the value."""

    rising = False


OPERATORS: dict[str, tuple[tuple[str, type[Column]], ...]] = {
    "is": (("is", Equal),),
    "in": (("is", Equal),),
    "is_set": (("is_set", Known),),
    "at_least": (("at_least", Bounds),),
    "above": (("above", Above),),
    "at_most": (("at_most", AtMost),),
    "below": (("below", Below),),
    "between": (("at_least", Bounds), ("at_most", AtMost)),
}
"""Operator -> the columns that answer it; what is not here is asked of each rule that is left."""


def _with(found: int, places: Iterable[int]) -> int:
    for place in places:
        found |= 1 << place
    return found
