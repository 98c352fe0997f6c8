"""The condition tree: what an author asked of a record, checked and typed, ready to be compiled and explained."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from hashlib import sha256

from accolade.model.fields import FieldType


@dataclass(frozen=True, slots=True)
class Span:
    """A length of calendar time: `count` of `unit` (days, weeks, months, years)."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


@dataclass(frozen=True, slots=True)
class Other:
    """Another field to compare with: `operator` against `factor` times its value."""

    field: str
    operator: str
    factor: Fraction = Fraction(1)

    def __str__(self) -> str:
        return f"{self.operator} {self.field}" if self.factor == 1 else f"{self.operator} {self.factor} x {self.field}"


Scalar = str | int | bool | Decimal | date | datetime
Operand = Scalar | tuple[Scalar, ...] | Span | Other


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked of which field: `currency` of the amounts compared, `zone` whose clock reads instants, `event` the field
    that dates the record (for `within`). Made by `question` only: equal ones are one object, so they are compared as such."""

    field: str
    type: FieldType
    operator: str
    currency: str | None
    zone: str
    event: str


@cache
def question(
    field: str, type_: FieldType, operator: str, currency: str | None = None, zone: str = "UTC", event: str = ""
) -> Question:
    """The one question of this kind."""
    return Question(field, type_, operator, currency, zone, event)


@dataclass(frozen=True, slots=True)
class Test:
    """One question and what its field is compared with: `operand` is typed as values of the field are held (money: minor
    units of the currency, instants: aware UTC); `written` is how the author put it."""

    about: Question
    operand: Operand
    written: str

    @property
    def field(self) -> str:
        """`deal.amount`"""
        return self.about.field

    @property
    def type(self) -> FieldType:
        """How the field's values are held."""
        return self.about.type

    @property
    def operator(self) -> str:
        """`at_least`"""
        return self.about.operator

    @property
    def currency(self) -> str | None:
        """The currency of the amounts compared; None for what is no money."""
        return self.about.currency

    @property
    def zone(self) -> str:
        """The time zone whose clock reads instants."""
        return self.about.zone

    @property
    def event(self) -> str:
        """The field that dates the record."""
        return self.about.event

    def describe(self) -> str:
        """`deal.amount at_least 10000 USD`"""
        return f"{self.field} {self.operator} {self.written}"


@dataclass(frozen=True, slots=True)
class All:
    """True if every part is true, false if any is false, else unknown."""

    parts: tuple["Condition", ...]

    def describe(self) -> str:
        """`(a and b)`"""
        return "(" + " and ".join(part.describe() for part in self.parts) + ")"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if any part is true, false if every one is false, else unknown."""

    parts: tuple["Condition", ...]

    def describe(self) -> str:
        """`(a or b)`"""
        return "(" + " or ".join(part.describe() for part in self.parts) + ")"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; the opposite of unknown is unknown."""

    part: "Condition"

    def describe(self) -> str:
        """`not a`"""
        return f"not {self.part.describe()}"


Condition = Test | All | AnyOf | Not


def tests(tree: Condition) -> Iterator[Test]:
    """Every question of the tree, from left to right."""
    match tree:
        case Test():
            yield tree
        case Not(part):
            yield from tests(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from tests(part)


def fields(tree: Condition) -> frozenset[str]:
    """Every field that the tree reads."""
    return frozenset(
        name
        for test in tests(tree)
        for name in (test.field, test.operand.field if isinstance(test.operand, Other) else test.field)
    )


def both(first: Condition | None, second: Condition | None) -> Condition | None:
    """The condition that both hold; None stands for no condition."""
    if first is None or second is None:
        return first or second
    return All((first, second))


def fingerprint(tree: Condition) -> str:
    """12 hex digits that are equal for equal trees: what is asked counts, not how it was written."""
    return sha256(json.dumps(_canonical(tree), sort_keys=True, default=str).encode()).hexdigest()[:12]


def _canonical(tree: Condition) -> object:
    match tree:
        case Test():
            operand = [str(it) for it in tree.operand] if isinstance(tree.operand, tuple) else str(tree.operand)
            return [tree.field, tree.type.value, tree.operator, operand, tree.currency, tree.zone]
        case Not(part):
            return {"not": _canonical(part)}
        case All(parts):
            return {"all": [_canonical(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_canonical(part) for part in parts]}
