"""Periods: calendars that cut time into named, half-open stretches of days in a time zone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

BEGINNING, END = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
"""The bounds of a lifetime."""

Span = tuple[str, date, date]
"""Label, first day, day after the last one."""

_LABEL = re.compile(r"(?P<year>\d{4,5})(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+){0,2}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """How time is cut: `kind` is one of KINDS, `zone` an IANA name, `fiscal_start` the month (1 to 12) a year begins with.

    Months and lifetime do not depend on where a year begins, and lifetime not on a zone: `calendar` drops what does
    not matter, so that equal periods have equal ids.
    """

    kind: str
    zone: str = "UTC"
    fiscal_start: int = 1

    def period_of(self, day: date) -> "Period":
        """The period that contains a business date; dates are compared as dates and never shifted."""
        return _period(self, day)

    def period_at(self, instant: datetime) -> "Period":
        """The period that contains an aware instant, by its UTC bounds; ValueError without a zone."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        period = self.period_of(instant.astimezone(ZoneInfo(self.zone)).date())
        start, end = bounds(period)
        if instant < start:
            return self.period_of(period.start - timedelta(days=1))
        return self.period_of(period.end) if instant >= end and period.end < date.max else period


@dataclass(frozen=True, slots=True)
class Period:
    """`id` names the calendar too (`2017Q1@Europe.Amsterdam`); `label` is the part before `@`; [`start`, `end`) in days."""

    id: str
    label: str
    kind: str
    start: date
    end: date
    calendar: Calendar

    @property
    def last_day(self) -> date | None:
        """The last day in it; None if it has no end."""
        return self.end - timedelta(days=1) if self.kind != "lifetime" else None


def calendar(kind: str, *, zone: str = "UTC", fiscal_start: int = 1) -> Calendar:
    """A calendar in its shortest form; ValueError for an unknown kind, zone or month."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a period")
    if not 1 <= fiscal_start <= 12:
        raise ValueError(f"{fiscal_start} is not a month")
    if kind == "lifetime":
        return Calendar("lifetime")
    if not known_zone(zone):
        raise ValueError(f"{zone!r} is not a time zone")
    return Calendar(kind, zone, 1 if kind == "month" else fiscal_start)


def known_zone(zone: str) -> bool:
    """Whether the name is an IANA time zone that this machine knows."""
    try:
        return bool(_ZONE.fullmatch(zone)) and ZoneInfo(zone).key == zone
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False


def all_zones() -> list[str]:
    """Every time zone there is, for suggestions."""
    return sorted(available_timezones())


def parse_period(period_id: str) -> Period:
    """The period of an id; ValueError if it is none."""
    if period_id == "lifetime":
        return _period(Calendar("lifetime"), date(2000, 1, 1))
    label, at, tail = period_id.partition("@")
    zone, tilde, fiscal = tail.partition("~")
    matched = _LABEL.fullmatch(label)
    if not matched or not at or (tilde and not fiscal.isdecimal()):
        raise ValueError(f"{period_id[:80]!r} is not a period")
    kind = "quarter" if matched["quarter"] else "month" if matched["month"] else "year"
    cut = calendar(kind, zone=zone.replace(".", "/"), fiscal_start=int(fiscal or 1))
    period = _period(cut, _day_in(cut, matched))
    if period.id != period_id:
        raise ValueError(f"{period_id[:80]!r} is not how that period is written: {period.id}")
    return period


def bounds(period: Period) -> tuple[datetime, datetime]:
    """[from, to) as UTC instants: the first instant of the first day, and of the day after the last, in the zone.

    Where a clock change makes midnight come twice, the first one counts; where it skips midnight, the instant of the
    change (Python's `fold=0`, PEP 495).
    """
    if period.kind == "lifetime":
        return BEGINNING, END
    return midnight(period.start, period.calendar.zone), midnight(period.end, period.calendar.zone)


def midnight(day: date, zone: str) -> datetime:
    """The first instant of a local day, as aware UTC."""
    try:
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        return BEGINNING if day.year == 1 else END


@lru_cache(maxsize=8192)
def _period(cut: Calendar, day: date) -> Period:
    label, start, end = KINDS[cut.kind](day, cut.fiscal_start)
    if cut.kind == "lifetime":
        return Period(label, label, cut.kind, start, end, cut)
    fiscal = f"~{cut.fiscal_start}" if cut.fiscal_start != 1 else ""
    return Period(f"{label}@{cut.zone.replace('/', '.')}{fiscal}", label, cut.kind, start, end, cut)


def _month(day: date, _: int) -> Span:
    return f"{day.year:04d}-{day.month:02d}", *_months(day.year, day.month, 1)


def _quarter(day: date, fiscal_start: int) -> Span:
    year, past = _fiscal(day, fiscal_start)
    number = past // 3
    return f"{_name(year, fiscal_start)}Q{number + 1}", *_months(year, fiscal_start + 3 * number, 3)


def _year(day: date, fiscal_start: int) -> Span:
    year, _ = _fiscal(day, fiscal_start)
    return _name(year, fiscal_start), *_months(year, fiscal_start, 12)


def _lifetime(day: date, _: int) -> Span:
    return "lifetime", date.min, date.max


KINDS: dict[str, Callable[[date, int], Span]] = {"month": _month, "quarter": _quarter, "year": _year, "lifetime": _lifetime}
"""Kind -> the stretch around a day. A further calendar is a further row."""


def _fiscal(day: date, fiscal_start: int) -> tuple[int, int]:
    """The calendar year in which the day's fiscal year begins, and how many months of it are over."""
    months = day.year * 12 + day.month - fiscal_start
    return months // 12, months % 12


def _name(year: int, fiscal_start: int) -> str:
    """A fiscal year is named after the calendar year in which it ends."""
    return f"{year + (fiscal_start > 1):04d}"


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    return _first(year * 12 + month - 1), _first(year * 12 + month - 1 + count)


def _first(months: int) -> date:
    year, month = divmod(months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, 1) if year <= 9999 else date.max


def _day_in(cut: Calendar, label: re.Match[str]) -> date:
    """A day inside the labelled stretch: its first one, or the calendar's last where time ends."""
    if label["month"]:
        return _first(int(label["year"]) * 12 + int(label["month"]) - 1)
    quarters = 3 * (int(label["quarter"] or 1) - 1)
    begins = int(label["year"]) - (cut.fiscal_start > 1)
    return _first(begins * 12 + cut.fiscal_start - 1 + quarters)
