"""Salesforce's texts as canonical values: one reading a field type, each within bounds."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from accolade.crm.salesforce.ids import is_id, to18
from accolade.model.fields import FieldType
from accolade.model.money import to_minor
from accolade.model.phrases import later as t
from accolade.model.records import Value
from accolade.model.times import parse_date, parse_instant, to_millis

MAX_TEXT = 255
"""Characters kept of a text: the length of a Salesforce text field and of everything a rule compares with."""
MAX_WHOLE = 10**15

_NUMBER = re.compile(r"[+-]?[0-9]{1,24}(?:\.[0-9]{0,20})?(?:[eE][+-]?[0-9]{1,2})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:?[0-9]{2})")


def read(text: str, type_: FieldType, *, currency: str, zone: ZoneInfo) -> Value:
    """The canonical value of a vendor's text, as `FieldType` says how it is held; None for an empty one.

    `currency` bounds amounts, `zone` turns instants into dates (a date stays as it is). ValueError says what was
    expected.
    """
    text = text.strip()
    if not text:
        return None
    if type_ is FieldType.MONEY:
        value = number(text)
        to_minor(value, currency)
        return plain(value)
    if type_ is FieldType.DATE:
        return date_in(text, zone)
    return _READINGS.get(type_, _text)(text)


def number(text: str) -> Decimal:
    """A finite number of at most 24 digits before and 20 after the point; ValueError otherwise (NaN, 1e400, 1_000)."""
    value = Decimal(text) if _NUMBER.fullmatch(text) else None
    if value is None or not -24 <= value.adjusted() <= 24:
        raise ValueError(t("a plain number is expected"))
    return value


def plain(value: Decimal) -> str:
    """Decimal text without exponent, trailing zeros or negative zero."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.removeprefix("+")


def instant(text: str) -> datetime:
    """An instant as SOAP (`...Z`) or REST (`...+0000`) write it, as aware UTC; ValueError if it is none."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(t("an instant with its UTC offset is expected"))
    return parse_instant(text)


def boolean(text: str) -> bool:
    """`true` or `false` (XML Schema also has 1 and 0); ValueError otherwise."""
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise ValueError(t("true or false is expected"))
    return value


def date_in(text: str, zone: ZoneInfo) -> str:
    """A date as `YYYY-MM-DD`, never shifted; of an instant the date in that zone. ValueError if it is neither."""
    if len(text) == 10 and _DATE.fullmatch(text):
        parse_date(text)
        return text
    if "T" in text:
        return instant(text).astimezone(zone).date().isoformat()
    raise ValueError(t("a date YYYY-MM-DD is expected"))


def _text(text: str) -> str:
    return text[:MAX_TEXT]


def _choice(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(t("at most %(most)s characters are expected", most=str(MAX_TEXT)))
    return text


def _reference(text: str) -> str:
    return to18(text) if is_id(text) else _choice(text)


def _decimal(text: str) -> str:
    return plain(_bounded(number(text)))


def _integer(text: str) -> int:
    value = _bounded(number(text))
    if value != value.to_integral_value():
        raise ValueError(t("a whole number is expected"))
    return int(value)


def _bounded(value: Decimal) -> Decimal:
    if abs(value) > MAX_WHOLE:
        raise ValueError(t("a number of at most 10^15 is expected"))
    return value


_READINGS: dict[FieldType, Callable[[str], Value]] = {
    FieldType.TEXT: _text,
    FieldType.CHOICE: _choice,
    FieldType.USER: to18,
    FieldType.REFERENCE: _reference,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.INSTANT: lambda text: to_millis(instant(text)),
    FieldType.BOOLEAN: boolean,
}
