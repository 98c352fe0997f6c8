"""Operands: what a condition compares with, read according to the type of the field."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from accolade.model.fields import FieldType
from accolade.model.money import exponent, to_minor
from accolade.model.phrases import later as t
from accolade.model.phrases import said_by
from accolade.model.times import parse_instant
from accolade.programs.condition_tree import Scalar, Span
from accolade.programs.problems import shown

_MONEY = re.compile(r"(-?[0-9]{1,15}(?:\.[0-9]{1,4})?) ([A-Z]{3})", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?", re.ASCII)
_SPAN = re.compile(r"([0-9]{1,5}) ?(day|week|month|year)s?", re.ASCII)
_DURATION = re.compile(r"([0-9]{1,6}) ?(minutes?|m|hours?|h|days?|d|weeks?|w)", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
LONGEST = 200
"""Characters that a text operand may have."""


class Unreadable(Exception):
    """An operand that is not what the field holds: `what` is wrong, `mend` says what to write."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


def scalar(raw: object, type_: FieldType, *, name: str, currency: str) -> Scalar:
    """One operand for a field of that type: money in minor units of `currency`, instants as aware UTC; else Unreadable."""
    return _READERS[type_](raw, name, currency)


def money(raw: object, name: str, currency: str) -> int:
    """`10000 USD` in minor units; Unreadable without a currency or in another one."""
    matched = _MONEY.fullmatch(raw) if isinstance(raw, str) else None
    if not matched:
        bare = isinstance(raw, int | Decimal) and not isinstance(raw, bool)
        example = f"{raw} {currency}" if bare and _NUMBER.fullmatch(str(raw)) else f"10000 {currency}"
        raise Unreadable(
            t("%(name)s is money; %(raw)s is not an amount with its currency", name=name, raw=shown(raw)),
            t("Write it like %(example)s", example=example),
        )
    if matched[2] != currency:
        raise Unreadable(
            t("%(raw)s is not in the program's currency, %(currency)s", raw=shown(raw), currency=currency),
            t("Write it in %(currency)s", currency=currency),
        )
    if len(matched[1].partition(".")[2]) > exponent(currency):
        raise Unreadable(
            t("%(raw)s is more exact than %(currency)s is", raw=shown(raw), currency=currency),
            t("Use at most %(count)s decimals", count=exponent(currency)),
        )
    try:
        return to_minor(matched[1], currency)
    except ValueError as error:
        raise Unreadable(said_by(error)) from error


def number(raw: object, name: str, _: str = "") -> Decimal:
    """A decimal number, exactly; Unreadable for anything else (NaN, infinity, more than 18 digits)."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str) or not _NUMBER.fullmatch(_plain(raw)):
        raise Unreadable(t("%(name)s is a number; %(raw)s is not", name=name, raw=shown(raw)), t("Write it like 14 or 0.5"))
    return Decimal(_plain(raw))


def share(raw: object, name: str) -> Fraction:
    """A share such as `70%` or `0.7`, exactly."""
    if isinstance(raw, str) and raw.endswith("%"):
        return Fraction(number(raw[:-1].rstrip(), name)) / 100
    return Fraction(number(raw, name))


def span(raw: object, name: str) -> Span:
    """A length of calendar time such as `30 days`."""
    matched = _SPAN.fullmatch(raw) if isinstance(raw, str) else None
    if not matched:
        raise Unreadable(
            t("%(name)s within %(raw)s is not a length of time", name=name, raw=shown(raw)),
            t("Write it like 30 days, 4 weeks, 3 months or 1 year"),
        )
    return Span(int(matched[1]), f"{matched[2]}s")


def minutes(raw: object) -> int | None:
    """A duration such as `72h`, `30 minutes` or `3 days` in minutes; None if it is none."""
    matched = _DURATION.fullmatch(raw) if isinstance(raw, str) else None
    return int(matched[1]) * {"m": 1, "h": 60, "d": 1440, "w": 10080}[matched[2][0]] if matched else None


def day(raw: object, name: str, _: str = "") -> date:
    """A calendar date `YYYY-MM-DD`."""
    try:
        if isinstance(raw, str) and _DATE.fullmatch(raw):
            return date.fromisoformat(raw)
    except ValueError:
        pass  # 2017-02-30 has the form of a date and is none
    raise Unreadable(t("%(name)s is a date; %(raw)s is not", name=name, raw=shown(raw)), t("Write it like 2026-03-30"))


def written(raw: object) -> str:
    """How an operand reads in a sentence: `won`, `10000 USD`, `enterprise or mid-market`."""
    if isinstance(raw, list):
        return " or ".join(shown(it) for it in raw[:20]) + (" or others" if len(raw) > 20 else "")
    return shown(raw)


def _plain(raw: int | Decimal | str) -> str:
    """A number's digits; empty for what has too many to look at."""
    if isinstance(raw, Decimal):
        return format(raw, "f") if raw.is_finite() and -12 <= raw.adjusted() <= 18 else ""
    if isinstance(raw, int):
        return str(raw) if abs(raw) < 10**18 else ""
    return raw if len(raw) <= 30 else ""


def _text(raw: object, name: str, _: str) -> str:
    if isinstance(raw, str) and raw and len(raw) <= LONGEST:
        return raw
    if isinstance(raw, str):
        raise Unreadable(
            t("%(name)s is text; this is too long", name=name) if raw else t("%(name)s is text; this is empty", name=name),
            t("Use 1 to %(most)s characters", most=LONGEST),
        )
    mend = t('Write it in quotes: "%(raw)s"', raw=shown(raw)) if isinstance(raw, int | Decimal) else t("Write one text")
    raise Unreadable(t("%(name)s is text; %(raw)s is not", name=name, raw=shown(raw)), mend)


def _integer(raw: object, name: str, _: str) -> int:
    value = number(raw, name)
    if value != value.to_integral_value():
        raise Unreadable(
            t("%(name)s is a whole number; %(raw)s is not", name=name, raw=shown(raw)), t("Write it without decimals")
        )
    return int(value)


def _instant(raw: object, name: str, _: str) -> datetime:
    try:
        if isinstance(raw, str) and len(raw) <= 40:
            return parse_instant(raw)
    except ValueError:
        pass  # said below, with the form that is wanted
    raise Unreadable(
        t("%(name)s is a point in time; %(raw)s is not", name=name, raw=shown(raw)), t("Write it like 2026-03-30T10:00:00+02:00")
    )


def _boolean(raw: object, name: str, _: str) -> bool:
    if isinstance(raw, bool):
        return raw
    raise Unreadable(
        t("%(name)s is either true or false; %(raw)s is neither", name=name, raw=shown(raw)), t("Write true or false")
    )


_READERS: dict[FieldType, Callable[[object, str, str], Scalar]] = {
    FieldType.TEXT: _text,
    FieldType.CHOICE: _text,
    FieldType.USER: _text,
    FieldType.REFERENCE: _text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: number,
    FieldType.MONEY: money,
    FieldType.DATE: day,
    FieldType.INSTANT: _instant,
    FieldType.BOOLEAN: _boolean,
}
