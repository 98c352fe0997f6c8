"""Periods: calendars that cut time into named, half-open stretches of days in a time zone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from accolade.model.cuts import FISCAL, KINDS, LABEL, first_day, kind_of

__all__ = ["KINDS", "Calendar", "Period", "all_zones", "bounds", "calendar", "known_zone", "midnight", "parse_period", "window"]

BEGINNING, END = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
"""The bounds of a lifetime."""

WINDOW = "window"
"""The kind of a single stretch [start, end), such as a short contest; what lies before and after it are windows too."""

_NO_ZONES = {"localtime", "posixrules", "Factory"}
"""Files among the zones that mean something else on every machine."""

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+){0,2}")
_WINDOW = re.compile(r"(?P<start>\d{4}-\d{2}-\d{2})?--(?P<end>\d{4}-\d{2}-\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How time is cut: `kind` is one of KINDS or `window`, `zone` an IANA name, `fiscal_start` the month (1 to 12) a year
    begins with, [`start`, `end`) the days of a window.

    What does not matter is left out (`calendar` sees to it), so that equal periods have equal ids: days, weeks, months and
    windows do not depend on where a year begins, and a lifetime not on a zone.
    """

    kind: str
    zone: str = "UTC"
    fiscal_start: int = 1
    start: date | None = None
    end: date | None = None

    def period_of(self, day: date) -> "Period":
        """The period that contains a business date; dates are compared as dates and never shifted.

        For a day outside of a window that is a period of another calendar, which no milestone reads.
        """
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

    def before(self, period: "Period") -> "Period | None":
        """The period that ends where this one starts; None for the first one there is."""
        return self.period_of(period.start - timedelta(days=1)) if period.start > date.min else None


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
        return self.end - timedelta(days=1) if self.end < date.max else None


def calendar(kind: str, *, zone: str = "UTC", fiscal_start: int = 1) -> Calendar:
    """A calendar in its shortest form; ValueError for an unknown kind, zone or month."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a period")
    if not 1 <= fiscal_start <= 12:
        raise ValueError(f"{fiscal_start} is not a month")
    if kind == "lifetime":
        return Calendar("lifetime")
    _check(zone)
    return Calendar(kind, zone, fiscal_start if kind in FISCAL else 1)


def window(start: date | None, end: date | None, *, zone: str = "UTC") -> Calendar:
    """A calendar of one stretch of days [start, end); None is open on that side.

    ValueError if it has no day, no bound at all, or an unknown zone.
    """
    _check(zone)
    if start == end or (start is not None and end is not None and end <= start):
        raise ValueError("the window would end before it begins")
    return Calendar(WINDOW, zone, 1, start, end)


def known_zone(zone: str) -> bool:
    """Whether the name is an IANA time zone that this machine knows."""
    try:
        return bool(_ZONE.fullmatch(zone)) and zone not in _NO_ZONES and ZoneInfo(zone).key == zone
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False


def all_zones() -> list[str]:
    """Every time zone there is, for suggestions."""
    return sorted(available_timezones() - _NO_ZONES)


@lru_cache(maxsize=8192)
def parse_period(period_id: str) -> Period:
    """The period of an id; ValueError if it is none."""
    if period_id == "lifetime":
        return _period(Calendar("lifetime"), date(2000, 1, 1))
    label, at, tail = period_id.partition("@")
    zone, tilde, fiscal = tail.partition("~")
    if not at or (tilde and not (fiscal.isdecimal() and len(fiscal) <= 2)):
        raise ValueError(f"{period_id[:80]!r} is not a period")
    period = _parsed(label, zone.replace(".", "/"), int(fiscal or 1))
    if period is None or period.id != period_id:
        raise ValueError(f"{period_id[:80]!r} is not a period, or not how it is written")
    return period


def bounds(period: Period) -> tuple[datetime, datetime]:
    """[from, to) as UTC instants: the first instant of the first day, and of the day after the last, in the zone.

    Where a clock change makes midnight come twice, the first one counts; where it skips midnight, the instant of the
    change (Python's `fold=0`, PEP 495).
    """
    zone = period.calendar.zone
    start = BEGINNING if period.start == date.min else midnight(period.start, zone)
    return start, END if period.end == date.max else midnight(period.end, zone)


def midnight(day: date, zone: str) -> datetime:
    """The first instant of a local day, as aware UTC."""
    try:
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        return BEGINNING if day.year == 1 else END


def _check(zone: str) -> None:
    if not known_zone(zone):
        raise ValueError(f"{zone!r} is not a time zone")


def _parsed(label: str, zone: str, fiscal_start: int) -> Period | None:
    if matched := _WINDOW.fullmatch(label):
        start, end = (date.fromisoformat(day) if day else None for day in (matched["start"], matched["end"]))
        return _whole(window(start, end, zone=zone))
    matched = LABEL.fullmatch(label)
    if not matched:
        return None
    kind = kind_of(matched)
    cut = calendar(kind, zone=zone, fiscal_start=fiscal_start)
    return _period(cut, first_day(matched, kind, cut.fiscal_start))


@lru_cache(maxsize=8192)
def _period(cut: Calendar, day: date) -> Period:
    if cut.kind == WINDOW:
        return _around(cut, day)
    label, start, end = KINDS[cut.kind](day, cut.fiscal_start)
    if cut.kind == "lifetime":
        return Period(label, label, cut.kind, start, end, cut)
    fiscal = f"~{cut.fiscal_start}" if cut.fiscal_start != 1 else ""
    return Period(f"{label}@{cut.zone.replace('/', '.')}{fiscal}", label, cut.kind, start, end, cut)


def _around(cut: Calendar, day: date) -> Period:
    """The window itself, or the open window before or after it."""
    if cut.start is not None and day < cut.start:
        return _whole(Calendar(WINDOW, cut.zone, 1, None, cut.start))
    if cut.end is not None and day >= cut.end:
        return _whole(Calendar(WINDOW, cut.zone, 1, cut.end, None))
    return _whole(cut)


def _whole(cut: Calendar) -> Period:
    label = "--".join(day.isoformat() if day else "" for day in (cut.start, cut.end))
    return Period(f"{label}@{cut.zone.replace('/', '.')}", label, WINDOW, cut.start or date.min, cut.end or date.max, cut)
