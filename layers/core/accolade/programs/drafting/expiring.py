"""When points expire, as an author writes it: after a time, on a day of the year, or when their owner is inactive for so long."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accolade.model.expiry import AFTER, INACTIVE, LEAST, ON, Expires
from accolade.model.phrases import later as t
from accolade.programs import operands
from accolade.programs.drafting import Draft
from accolade.programs.operands import Unreadable
from accolade.programs.problems import shown

EXAMPLE = t("Write it like expires: {after: 12 months}, {on: 12-31, least: 90 days} or {inactive: 12 months}")
LEAST_DAYS, MOST_DAYS, MOST_LEAST = 30, 3_660, 730
"""Nothing expires before its owner can be told of it in time, and nothing is promised beyond ten years."""

_IN_DAYS = {"days": 1, "weeks": 7, "months": 30, "years": 365}


def expires(draft: Draft) -> Expires | None:
    """The rule of `expires`; None if it is absent (points never expire) or wrong."""
    raw = draft.raw.get("expires")
    if raw is None:
        return None
    part = draft.at(raw, "expires")
    ways = [way for way in (AFTER, ON, INACTIVE) if part.raw.get(way) is not None]
    if not isinstance(raw, Mapping) or len(ways) != 1:
        part.wrong("", t("expires says one of after, on and inactive"), EXAMPLE)
        return None
    if not part.known((ways[0], *(("least",) if ways[0] == ON else ())), of=t("expires %(way)s", way=ways[0]), example=EXAMPLE):
        return None
    return _yearly(part) if ways[0] == ON else _span(part, ways[0])


def _span(part: Draft, way: str) -> Expires | None:
    written = part.raw[way]
    try:
        span = operands.span(written, way)
    except Unreadable:
        part.wrong(way, t("%(written)s is not a length of time", written=shown(written)), EXAMPLE)
        return None
    count, unit = span.count, span.unit
    if not LEAST_DAYS <= count * _IN_DAYS[unit] <= MOST_DAYS:
        part.wrong(
            way,
            t("points last 30 days to 10 years; %(written)s is not between", written=shown(written)),
            t("Write it like 12 months"),
        )
        return None
    if unit in ("months", "years"):
        return Expires(way, months=count * (12 if unit == "years" else 1))
    return Expires(way, days=count * _IN_DAYS[unit])


def _yearly(part: Draft) -> Expires | None:
    written: Any = part.raw[ON]
    try:
        found = date.fromisoformat(f"2000-{written}") if isinstance(written, str) and len(written) == 5 else None
    except ValueError:
        found = None
    if found is None:
        part.wrong(ON, t("%(written)s is not a day of the year", written=shown(written)), t("Write month and day, like 12-31"))
        return None
    least = _least(part)
    return None if least is None else Expires(ON, month=found.month, day=found.day, least=least)


def _least(part: Draft) -> int | None:
    raw = part.raw.get("least")
    if raw is None:
        return LEAST
    minutes = operands.minutes(raw)
    if minutes is None or minutes % 1440 or minutes // 1440 > MOST_LEAST:
        part.wrong(
            "least",
            t("%(raw)s is not a number of days from 0 to %(most)s", raw=shown(raw), most=MOST_LEAST),
            t("Write it like 90 days"),
        )
        return None
    return minutes // 1440
