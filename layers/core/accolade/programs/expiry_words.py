"""When points expire, in words."""

from collections.abc import Iterator
from datetime import date

from accolade.model.expiry import AFTER, ON, Expires
from accolade.programs.calendar_words import days
from accolade.texts import Texts

_LEAP = 2000
"""A year that has every day."""


def expiry_sentences(expires: Expires | None, texts: Texts) -> Iterator[str]:
    """`Points expire 12 months after they came.`, and what is spent first; nothing where they never expire."""
    if expires is None:
        return
    if expires.way == ON:
        day, least = texts.day(date(_LEAP, expires.month, expires.day)), days(expires.least, texts)
        if expires.least:
            yield texts.t("Points expire on %(day)s, but not before they are %(least)s old.", day=day, least=least)
        else:
            yield texts.t("Points expire on %(day)s.", day=day)
    elif expires.way == AFTER:
        yield texts.t("Points expire %(span)s after they came.", span=_span(expires, texts))
    else:
        yield texts.t("Points expire when you have earned and ordered nothing for %(span)s.", span=_span(expires, texts))
    yield texts.t("They can be spent until the end of that day; what expires first is spent first, and we tell you before.")


def _span(expires: Expires, texts: Texts) -> str:
    if not expires.months:
        return days(expires.days, texts)
    years, months = divmod(expires.months, 12)
    if months or not years:
        return texts.n("%(count)s month", "%(count)s months", expires.months)
    return texts.n("%(count)s year", "%(count)s years", years)
