"""HubSpot's property values as canonical values, each checked and bounded."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accolade.model.connections import FieldMap
from accolade.model.errors import Rejected
from accolade.model.fields import RECORD_FIELDS, FieldType
from accolade.model.phrases import later as t
from accolade.model.records import Value
from accolade.model.times import Millis, from_millis, parse_date, parse_instant, to_millis

MAX_TEXT = 500
MAX_REFERENCE = 64
MAX_AMOUNT = Decimal(10) ** 15
MAX_DECIMALS = 12
_YEARS = range(1900, 2200)
_INSTANTS = frozenset({"closedate", "createdate", "closed_date", "notes_last_updated"})
_CURRENCIES = frozenset({"deal_currency_code", "hs_currency", "hs_currency_code", "hs_line_item_currency_code"})
_MEND = t("Correct it in HubSpot; it is read again when the record changes")


def convert(raw: object, field_type: FieldType, *, vendor: str, zone: str, where: str) -> Value:
    """A property's value as the canonical type holds it; None if it is empty.

    `vendor`: the property's name; `zone`: IANA zone in which an instant becomes a date. Rejected names the property.
    """
    text = text_of(raw)
    if not text:
        return None
    try:
        return _CONVERTERS[field_type](text, vendor, zone)
    except (ValueError, InvalidOperation, OverflowError) as error:
        shown = text if len(text) <= 40 else f"{text[:40]}..."
        raise Rejected(
            t("%(text)r is not %(noun)s", text=shown, noun=_NOUNS[field_type]), where=f"{where} {vendor}", mend=_MEND
        ) from error


def field_type(name: str, field_map: FieldMap) -> FieldType:
    """The type of a canonical field: the house's own, else the mapping's, else text."""
    return RECORD_FIELDS.get(field_map.record, {}).get(name) or field_map.types.get(name, FieldType.TEXT)


def text_of(raw: object) -> str:
    """A property's value as trimmed text, also out of `{"value": ...}`; empty for null and for structures."""
    value = raw.get("value") if isinstance(raw, dict) else raw
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int) else ""


def millis(raw: object, *, where: str) -> Millis:
    """A time of HubSpot (epoch ms as number or text, or ISO 8601) as epoch ms; Rejected if it is none."""
    text = text_of(raw)
    try:
        return to_millis(_instant(text))
    except (ValueError, OverflowError) as error:
        raise Rejected(
            t("%(text)r is not a time", text=text[:40]), where=where, mend=t("Send the event as HubSpot sends it")
        ) from error


def _instant(text: str) -> datetime:
    found = from_millis(int(text)) if re.fullmatch(r"-?[0-9]{1,15}", text) else parse_instant(text)
    if found.year not in _YEARS:
        raise ValueError("out of the years that business has")
    return found.astimezone(UTC)


def _text(text: str, vendor: str, zone: str) -> str:
    return text[:MAX_TEXT]


def _reference(text: str, vendor: str, zone: str) -> str:
    if len(text) > MAX_REFERENCE:
        raise ValueError("longer than any id")
    return text


def _choice(text: str, vendor: str, zone: str) -> str:
    if vendor in _CURRENCIES:
        if not re.fullmatch(r"[A-Za-z]{3}", text):
            raise ValueError("ISO 4217 codes have three letters")
        return text.upper()
    return text[:MAX_TEXT].lower() if vendor == "hs_survey_type" else text[:MAX_TEXT]


def _number(text: str) -> Decimal:
    value = Decimal(text) if re.fullmatch(r"[-+0-9.eE]{1,40}", text) else Decimal("NaN")
    if not value.is_finite() or value.adjusted() > 15 or abs(value) > MAX_AMOUNT:
        raise ValueError("not a finite number up to 10^15")
    return value


def _decimal(text: str, vendor: str, zone: str) -> str:
    value = _number(text)
    if value and (value.adjusted() < -MAX_DECIMALS or int(value.normalize().as_tuple().exponent) < -MAX_DECIMALS):
        raise ValueError("more decimals than can be kept")
    if vendor == "hs_deal_stage_probability":
        value *= 100  # HubSpot states a share, other CRMs percent: one condition has to fit all
    return format(value.normalize(), "f") if value else "0"


def _integer(text: str, vendor: str, zone: str) -> int:
    value = _number(text)
    if value != value.to_integral_value():
        raise ValueError("has a fraction")
    return int(value)


def _date(text: str, vendor: str, zone: str) -> str:
    """A date stays as it is; an instant becomes the date in the zone. HubSpot sends its own *date* properties as
    midnight UTC, which is a date too and is not shifted; close and creation date are instants whatever their time."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        found: date = parse_date(text)
    else:
        instant = _instant(text)
        midnight = instant.time() == datetime.min.time()
        if midnight and vendor not in _INSTANTS and not vendor.startswith("hs_"):
            found = instant.date()
        else:
            found = instant.astimezone(_zone(zone)).date()
    if found.year not in _YEARS:
        raise ValueError("out of the years that business has")
    return found.isoformat()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Rejected(
            t("%(name)r is not a time zone", name=name[:40]), where="mapping time_zone", mend=t("Use one like Europe/Paris")
        ) from error


def _millis(text: str, vendor: str, zone: str) -> int:
    return to_millis(_instant(text))


def _boolean(text: str, vendor: str, zone: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("neither true nor false")
    return text.lower() == "true"


_CONVERTERS: dict[FieldType, Callable[[str, str, str], Value]] = {
    FieldType.TEXT: _text,
    FieldType.CHOICE: _choice,
    FieldType.USER: _reference,
    FieldType.REFERENCE: _reference,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.MONEY: _decimal,
    FieldType.DATE: _date,
    FieldType.INSTANT: _millis,
    FieldType.BOOLEAN: _boolean,
}
_NOUNS = {
    FieldType.TEXT: t("a text"),
    FieldType.CHOICE: t("one of its choices"),
    FieldType.USER: t("a user id"),
    FieldType.REFERENCE: t("an id"),
    FieldType.INTEGER: t("a whole number up to 10^15"),
    FieldType.DECIMAL: t("a number up to 10^15 with at most 12 decimals"),
    FieldType.MONEY: t("an amount up to 10^15 with at most 12 decimals"),
    FieldType.DATE: t("a date"),
    FieldType.INSTANT: t("a time"),
    FieldType.BOOLEAN: t("true or false"),
}
