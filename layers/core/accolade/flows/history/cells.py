"""Cells of an export as typed values: one compiled reader a column, so that a million rows are read in seconds."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from accolade.model.fields import FieldType
from accolade.model.money import MAX_MINOR, exponent, to_minor
from accolade.model.phrases import later as t

Read = Callable[[str], object]
"""A cell's text, stripped and not empty, as the value that `kpis.port.Values` describes; ValueError says what is wrong."""

REMEMBERED = 100_000
"""Texts of a column whose values are kept: dates and stages come again and again."""

_YES, _NO = ("true", "yes", "y", "1"), ("false", "no", "n", "0")
_MENDS = {
    FieldType.MONEY: t("Write it as 1234.50"),
    FieldType.DECIMAL: t("Write it as 12.5"),
    FieldType.INTEGER: t("Write a whole number"),
    FieldType.DATE: t("Write it as 2017-03-01, or state dates: in the mapping"),
    FieldType.INSTANT: t("Write it as 2017-03-01T09:30:00Z, or state dates: in the mapping"),
    FieldType.BOOLEAN: t("Write true or false"),
}


def reader(type_: FieldType, *, currency: str, digits: int | None, zone: str, dates: str) -> Read:
    """The reader for a type. Money becomes minor units of `currency`, or units of 10^-`digits`; instants without an offset
    are local to `zone`; `dates` is a strptime pattern, empty for ISO 8601."""
    if type_ is FieldType.MONEY:
        return _money(currency, digits)
    if type_ is FieldType.DATE:
        return remembered(_date(zone, dates))
    if type_ is FieldType.INSTANT:
        return _instant(zone, dates)
    if type_ is FieldType.INTEGER:
        return _integer
    if type_ is FieldType.DECIMAL:
        return _decimal
    return _boolean if type_ is FieldType.BOOLEAN else str


def mend(type_: FieldType) -> str:
    """What to write instead."""
    return _MENDS.get(type_, "")


def remembered(read: Read) -> Read:
    """The same reader, which reads each text once; it forgets everything when it knows too many."""
    known: dict[str, object] = {}

    def recall(text: str) -> object:
        value = known.get(text)
        if value is None:
            if len(known) >= REMEMBERED:
                known.clear()
            value = known[text] = read(text)
        return value

    return recall


def replaced(read: Read, pairs: Mapping[str, str]) -> Read:
    """The reader behind a table of corrections; a text that is replaced by nothing reads as empty (None)."""

    def corrected(text: str) -> object:
        meant = pairs.get(text, text)
        return read(meant) if meant else None

    return corrected


def _money(currency: str, digits: int | None) -> Read:
    places = exponent(currency) if digits is None else digits
    factor = 10**places

    def money(text: str) -> int:
        if len(text) <= 12 and text.isascii() and text.isdecimal():
            return int(text) * factor
        if digits is None:
            return to_minor(text, currency)
        return _exact(text, places)

    return money


def _exact(text: str, places: int) -> int:
    """Units of 10^-places; ValueError for an amount that has more decimals than were stated."""
    try:
        value = Decimal(text)
        scaled = value.scaleb(places)
    except (InvalidOperation, ArithmeticError) as error:
        raise ValueError(t("%(text)r is not an amount", text=text[:40])) from error
    if not value.is_finite() or abs(scaled) > MAX_MINOR or scaled != scaled.to_integral_value():
        raise ValueError(t("%(text)r is not an amount with at most %(places)s decimals", text=text[:40], places=places))
    return int(scaled)


def _date(zone: str, pattern: str) -> Read:
    local = ZoneInfo(zone)

    def day(text: str) -> date:
        try:
            if pattern:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007 (a calendar date has no zone)
            if len(text) == 10:
                return date.fromisoformat(text)
            found = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(t("%(text)r is not a date", text=text[:40])) from error
        return found.date() if found.tzinfo is None else found.astimezone(local).date()

    return day


def _instant(zone: str, pattern: str) -> Read:
    local = ZoneInfo(zone)

    def instant(text: str) -> datetime:
        try:
            found = datetime.strptime(text, pattern) if pattern else datetime.fromisoformat(text)  # noqa: DTZ007 (zone follows)
            aware = found.replace(tzinfo=local) if found.tzinfo is None else found
            return aware.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValueError(t("%(text)r is not a date and time", text=text[:40])) from error

    return instant


def _integer(text: str) -> int:
    try:
        if len(text) > 18:
            raise ValueError
        return int(text)
    except ValueError as error:
        raise ValueError(t("%(text)r is not a whole number", text=text[:40])) from error


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(t("%(text)r is not a number", text=text[:40])) from error
    if not value.is_finite() or len(text) > 40 or abs(value.adjusted()) > 30:
        raise ValueError(t("%(text)r is not a number that can be computed with", text=text[:40]))
    return value


def _boolean(text: str) -> bool:
    folded = text.casefold()
    if folded not in _YES and folded not in _NO:
        raise ValueError(t("%(text)r is neither true nor false", text=text[:40]))
    return folded in _YES
