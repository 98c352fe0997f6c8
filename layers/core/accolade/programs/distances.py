"""Distances: the nearest value that would have answered a question otherwise, and how far it is from the one there was."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

from accolade.kpis.port import Values
from accolade.model.fields import FieldType
from accolade.programs.asking import shifted
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import Other, Span, Test

UNITS = ("days", "hours", "minutes", "seconds")
"""Endings of fields that hold lengths of time, and the units of their gaps."""

_QUARTER = Fraction(90)
_MEASURED = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY, FieldType.DATE, FieldType.INSTANT)
_STEPS: dict[FieldType, Any] = {
    FieldType.INTEGER: 1,
    FieldType.MONEY: 1,
    FieldType.DATE: timedelta(days=1),
    FieldType.INSTANT: timedelta(milliseconds=1),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a value was from one that does: `amount`, above 0, of `unit` (money: minor units of `currency`; one of UNITS;
    else number). `short`: more would have been needed. `share`: relative to what was asked, from 0 to 1."""

    amount: Fraction
    unit: str
    short: bool
    share: Fraction
    currency: str | None = None


def nearest(test: Test, values: Values, *, want: bool) -> object:
    """The value of the test's field nearest to the one it has that would make the answer `want`; None if there is none
    that can be named. Which candidate does is for the compiled test itself to say."""
    holds, seen = compiled(test), values.get(test.field)
    around = dict(values)
    if test.currency:
        around[f"{test.field.partition('.')[0]}.currency"] = test.currency
    fitting = [it for it in _candidates(test, values) if it is not None and holds(around | {test.field: it}) is want]
    if not fitting:
        return None
    if seen is None or test.type not in _MEASURED:
        return fitting[0]
    return min(fitting, key=lambda it: abs(_distance(seen, it)))


def gap(test: Test, seen: object, needed: object) -> Gap | None:
    """How far `needed` is from `seen`; None where either is unknown or nothing can be measured."""
    if seen is None or needed is None or test.type not in _MEASURED:
        return None
    distance = _distance(seen, needed)
    size = abs(distance)
    if test.type in (FieldType.DATE, FieldType.INSTANT):
        days = size / 86_400 if test.type is FieldType.INSTANT else size
        unit = "seconds" if test.type is FieldType.INSTANT else "days"
        return Gap(size, unit, distance > 0, days / (days + _QUARTER))
    asked = max(abs(_exact(seen)), abs(_exact(needed)))
    unit = "money" if test.type is FieldType.MONEY else _unit(test.field)
    return Gap(size, unit, distance > 0, min(Fraction(1), size / asked) if asked else Fraction(0), test.currency)


def _unit(field: str) -> str:
    return next((unit for unit in UNITS if field.endswith(f"_{unit}")), "number")


def _candidates(test: Test, values: Values) -> Iterator[Any]:
    """Values worth trying: where the answer turns, and one step to either side of it."""
    for bound in _bounds(test, values):
        yield bound
        if test.type not in _MEASURED:
            continue
        step = _STEPS.get(test.type) or _quantum(bound, values.get(test.field))
        for sign in (1, -1):
            with suppress(OverflowError):  # the first and the last day have only one side
                yield bound + sign * step
    if test.type is FieldType.BOOLEAN and test.operator != "is_set":
        yield from (True, False)


def _bounds(test: Test, values: Values) -> Iterator[Any]:
    operand: Any = test.operand
    if test.operator == "is_set":
        return
    if isinstance(operand, Span):
        yield from _window(test, operand, values)
    elif isinstance(operand, Other):
        yield from _other(test, operand, values)
    elif isinstance(operand, tuple):
        yield from operand
    else:
        yield operand


def _window(test: Test, span: Span, values: Values) -> Iterator[Any]:
    """The first and the last day within the span; for instants, their first and last millisecond in the test's zone."""
    on = values.get(test.event)
    if not isinstance(on, date):
        return
    first, last = shifted(on, span, -1), shifted(on, span, 1)
    if test.type is not FieldType.INSTANT:
        yield from (first, last)
        return
    zone = ZoneInfo(test.zone)
    with suppress(OverflowError):  # at the ends of the calendar there is no instant so far away
        yield datetime.combine(first, time.min, zone).astimezone(ZoneInfo("UTC"))
        end = datetime.combine(last + timedelta(days=1), time.min, zone)
        yield end.astimezone(ZoneInfo("UTC")) - timedelta(milliseconds=1)


def _other(test: Test, other: Other, values: Values) -> Iterator[Any]:
    against = values.get(other.field)
    if against is None:
        return
    if not isinstance(against, int | Decimal):
        yield against
        return
    exact = other.factor * Fraction(against)
    if test.type is FieldType.DECIMAL:
        yield from dict.fromkeys(Decimal(f"{whole(exact * 10**6)}e-6") for whole in (floor, ceil))
    else:
        yield from dict.fromkeys((floor(exact), ceil(exact)))


def _quantum(*values: Any) -> Decimal:
    """The last digit that any of these decimals has."""
    exponents = [int(Decimal(it).as_tuple().exponent) for it in values if isinstance(it, int | Decimal)]
    return Decimal(1).scaleb(min([0, *exponents]))


def _distance(seen: Any, needed: Any) -> Fraction:
    """needed - seen: days for dates, seconds for instants."""
    if isinstance(seen, datetime):
        return Fraction((needed - seen) // timedelta(microseconds=1), 1_000_000)
    if isinstance(seen, date):
        return Fraction((needed - seen).days)
    return _exact(needed) - _exact(seen)


def _exact(value: Any) -> Fraction:
    return Fraction(value)
