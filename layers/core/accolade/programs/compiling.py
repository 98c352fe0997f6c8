"""Compiling: a condition tree becomes closures once, at load; three-valued logic after Kleene."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import eq, ge, gt, le, lt
from typing import Any
from zoneinfo import ZoneInfo

from accolade.kpis import Values
from accolade.model.fields import FieldType
from accolade.programs.condition_tree import All, AnyOf, Condition, Not, Other, Span, Test
from accolade.programs.terms import Predicate

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"is": eq, "at_least": ge, "above": gt, "at_most": le, "below": lt}


def compiled(tree: Condition) -> Predicate:
    """The tree as a function of a record's values: True, False, or None where a value that matters is unknown."""
    match tree:
        case All(parts):
            return _all(tuple(compiled(part) for part in parts))
        case AnyOf(parts):
            return _any(tuple(compiled(part) for part in parts))
        case Not(part):
            return _not(compiled(part))
        case Test():
            return _in_currency(tree, _OPERATORS[tree.operator](tree))


def _all(parts: tuple[Predicate, ...]) -> Predicate:
    def every(values: Values) -> bool | None:
        answer: bool | None = True
        for part in parts:
            one = part(values)
            if one is False:
                return False
            if one is None:
                answer = None
        return answer

    return every


def _any(parts: tuple[Predicate, ...]) -> Predicate:
    def some(values: Values) -> bool | None:
        answer: bool | None = False
        for part in parts:
            one = part(values)
            if one is True:
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


def _in_currency(test: Test, inner: Predicate) -> Predicate:
    """Amounts of another currency, or of an unknown one, cannot be compared: unknown."""
    if test.currency is None or test.operator == "is_set":
        return inner
    currency, name = test.currency, f"{test.field.partition('.')[0]}.currency"

    def comparable(values: Values) -> bool | None:
        return inner(values) if values.get(name) == currency else None

    return comparable


def _compare(test: Test) -> Predicate:
    name, bound, holds = test.field, test.operand, _COMPARE[test.operator]

    def compare(values: Values) -> bool | None:
        value = values.get(name)
        return None if value is None else holds(value, bound)

    return compare


def _is_set(test: Test) -> Predicate:
    name, wanted = test.field, test.operand

    def is_set(values: Values) -> bool:
        return (values.get(name) is not None) is wanted

    return is_set


def _in(test: Test) -> Predicate:
    name, options = test.field, frozenset(test.operand)  # type: ignore[arg-type] # `in` has many

    def among(values: Values) -> bool | None:
        value = values.get(name)
        return None if value is None else value in options

    return among


def _between(test: Test) -> Predicate:
    name, ends = test.field, test.operand
    if not isinstance(ends, tuple):
        raise TypeError("between needs two ends")
    low, high = ends

    def between(values: Values) -> bool | None:
        value: Any = values.get(name)
        return None if value is None else low <= value <= high

    return between


def _contains(test: Test) -> Predicate:
    name, part = test.field, str(test.operand)

    def contains(values: Values) -> bool | None:
        value = values.get(name)
        return None if value is None else part in str(value)

    return contains


def _starts_with(test: Test) -> Predicate:
    name, part = test.field, str(test.operand)

    def starts_with(values: Values) -> bool | None:
        value = values.get(name)
        return None if value is None else str(value).startswith(part)

    return starts_with


def _within(test: Test) -> Predicate:
    """Not further from the event's date than the span, before or after it, both ends included."""
    name, span = test.field, test.operand
    event, instant, zone = test.event, test.type is FieldType.INSTANT, test.zone

    def within(values: Values) -> bool | None:
        value: Any = values.get(name)
        on = values.get(event)
        if value is None or not isinstance(on, date) or not isinstance(span, Span):
            return None
        if instant:
            value = value.astimezone(ZoneInfo(zone)).date()
        return shifted(on, span, -1) <= value <= shifted(on, span, 1)

    return within


def _compares_to(test: Test) -> Predicate:
    name, other = test.field, test.operand
    if not isinstance(other, Other):
        raise TypeError("compares_to needs another field")
    second, factor, holds = other.field, other.factor, _COMPARE[other.operator]

    def compare(values: Values) -> bool | None:
        left, right = values.get(name), values.get(second)
        if left is None or right is None:
            return None
        if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
            return holds(Fraction(left), factor * Fraction(right))
        return holds(left, right)

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
    **dict.fromkeys(_COMPARE, _compare),
    "is_set": _is_set,
    "in": _in,
    "between": _between,
    "contains": _contains,
    "starts_with": _starts_with,
    "within": _within,
    "compares_to": _compares_to,
}
