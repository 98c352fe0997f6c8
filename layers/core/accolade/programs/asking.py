"""Asking: one test as a closure of its own: True, False, or None for unknown.

Each comparison is written out: a shared closure that calls the comparison it was given takes half as long again, and these
run for every rule of every event. A value of another type than the catalogue says cannot be compared, so it is unknown.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from operator import eq, ge, gt, le, lt
from typing import Any
from zoneinfo import ZoneInfo

from accolade.kpis import Values
from accolade.programs.condition_tree import Other, Span, Test
from accolade.programs.terms import Predicate

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"is": eq, "at_least": ge, "above": gt, "at_most": le, "below": lt}


def asked(test: Test) -> Predicate:
    """The test as a function of a record's values. Amounts of another currency than its own, or of none, are unknown."""
    if test.currency is None or test.operator == "is_set":
        return _OPERATORS[test.operator](test)
    coin = f"{test.field.partition('.')[0]}.currency"
    if test.operator in _AMOUNTS:
        return _AMOUNTS[test.operator](test.field, test.operand, coin, test.currency)
    inner, currency = _OPERATORS[test.operator](test), test.currency

    def comparable(values: Values) -> bool | None:
        return inner(values) if values.get(coin) == currency else None

    return comparable


def _is(test: Test) -> Predicate:
    name, wanted = test.field, test.operand

    def is_(values: Values) -> bool | None:
        value = values.get(name)
        return None if value is None else value == wanted

    return is_


def _in(test: Test) -> Predicate:
    name, options = test.field, frozenset(test.operand)  # type: ignore[arg-type] # `in` has many

    def among(values: Values) -> bool | None:
        value = values.get(name)
        return None if value is None else value in options

    return among


def _is_set(test: Test) -> Predicate:
    name = test.field

    def known(values: Values) -> bool:
        return values.get(name) is not None

    def unknown(values: Values) -> bool:
        return values.get(name) is None

    return known if test.operand else unknown


def _at_least(test: Test) -> Predicate:
    name, bound = test.field, test.operand

    def at_least(values: Values) -> bool | None:
        value: Any = values.get(name)
        try:
            return None if value is None else value >= bound
        except TypeError:
            return None

    return at_least


def _above(test: Test) -> Predicate:
    name, bound = test.field, test.operand

    def above(values: Values) -> bool | None:
        value: Any = values.get(name)
        try:
            return None if value is None else value > bound
        except TypeError:
            return None

    return above


def _at_most(test: Test) -> Predicate:
    name, bound = test.field, test.operand

    def at_most(values: Values) -> bool | None:
        value: Any = values.get(name)
        try:
            return None if value is None else value <= bound
        except TypeError:
            return None

    return at_most


def _below(test: Test) -> Predicate:
    name, bound = test.field, test.operand

    def below(values: Values) -> bool | None:
        value: Any = values.get(name)
        try:
            return None if value is None else value < bound
        except TypeError:
            return None

    return below


def _amount_at_least(name: str, bound: Any, coin: str, currency: str) -> Predicate:
    def at_least(values: Values) -> bool | None:
        value: Any = values.get(name)
        try:
            return None if value is None or values.get(coin) != currency else value >= bound
        except TypeError:
            return None

    return at_least


def _amount_above(name: str, bound: Any, coin: str, currency: str) -> Predicate:
    def above(values: Values) -> bool | None:
        value: Any = values.get(name)
        try:
            return None if value is None or values.get(coin) != currency else value > bound
        except TypeError:
            return None

    return above


def _amount_at_most(name: str, bound: Any, coin: str, currency: str) -> Predicate:
    def at_most(values: Values) -> bool | None:
        value: Any = values.get(name)
        try:
            return None if value is None or values.get(coin) != currency else value <= bound
        except TypeError:
            return None

    return at_most


def _amount_below(name: str, bound: Any, coin: str, currency: str) -> Predicate:
    def below(values: Values) -> bool | None:
        value: Any = values.get(name)
        try:
            return None if value is None or values.get(coin) != currency else value < bound
        except TypeError:
            return None

    return below


def _between(test: Test) -> Predicate:
    name, ends = test.field, test.operand
    if not isinstance(ends, tuple):
        raise TypeError("between needs two ends")
    low, high = ends

    def between(values: Values) -> bool | None:
        value: Any = values.get(name)
        try:
            return None if value is None else low <= value <= high
        except TypeError:
            return None

    return between


def _contains(test: Test) -> Predicate:
    name, part = test.field, str(test.operand)

    def contains(values: Values) -> bool | None:
        value = values.get(name)
        return part in value if isinstance(value, str) else None

    return contains


def _starts_with(test: Test) -> Predicate:
    name, part = test.field, str(test.operand)

    def starts_with(values: Values) -> bool | None:
        value = values.get(name)
        return value.startswith(part) if isinstance(value, str) else None

    return starts_with


def _within(test: Test) -> Predicate:
    """Not further from the event's date than the span, before or after it, both ends included; instants by the zone's clock."""
    name, span, event, zone = test.field, test.operand, test.event, test.zone
    if not isinstance(span, Span):
        raise TypeError("within needs a length of time")
    days = span.count * {"days": 1, "weeks": 7}.get(span.unit, 0)

    def within(values: Values) -> bool | None:
        day, on = _day(values.get(name), zone), _day(values.get(event), zone)
        if day is None or on is None:
            return None
        if days:
            return -days <= (day - on).days <= days
        return shifted(on, span, -1) <= day <= shifted(on, span, 1)

    return within


def _day(value: object, zone: str) -> date | None:
    if type(value) is date:
        return value
    return value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else None


def _compares_to(test: Test) -> Predicate:
    name, other = test.field, test.operand
    if not isinstance(other, Other):
        raise TypeError("compares_to needs another field")
    second, holds = other.field, _COMPARE[other.operator]
    over, under = other.factor.as_integer_ratio()

    def compare(values: Values) -> bool | None:
        left: Any = values.get(name)
        right: Any = values.get(second)
        if left is None or right is None:
            return None
        try:
            if type(left) is int and type(right) is int:
                return holds(left * under, right * over)
            return holds(left, right) if other.factor == 1 else holds(Fraction(left), other.factor * Fraction(right))
        except TypeError:
            return None

    return compare


def shifted(day: date, span: Span, sign: int) -> date:
    """The date a span later (`sign` 1) or earlier (-1), never beyond time's ends; 31 January + 1 month = end of February."""
    count = sign * span.count
    try:
        if span.unit in ("days", "weeks"):
            return day + timedelta(days=count * (7 if span.unit == "weeks" else 1))
        year, month = divmod(day.year * 12 + day.month - 1 + count * (12 if span.unit == "years" else 1), 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return date.min if sign < 0 else date.max


_OPERATORS: dict[str, Callable[[Test], Predicate]] = {
    "is": _is,
    "in": _in,
    "is_set": _is_set,
    "at_least": _at_least,
    "above": _above,
    "at_most": _at_most,
    "below": _below,
    "between": _between,
    "contains": _contains,
    "starts_with": _starts_with,
    "within": _within,
    "compares_to": _compares_to,
}
_AMOUNTS: dict[str, Callable[[str, Any, str, str], Predicate]] = {
    "at_least": _amount_at_least,
    "above": _amount_above,
    "at_most": _amount_at_most,
    "below": _amount_below,
}
"""What is asked of amounts most; each looks at the currency itself."""
