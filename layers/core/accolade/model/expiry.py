"""Expiry: for how long points can be spent, as a program says it, and which day is the last one."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accolade.model.quick import quick
from accolade.model.times import zone_of

PROGRAM = "~expiry"
"""What stands in an entry's cause where an award names its program; its milestone is the program whose points expired."""

AFTER, ON, INACTIVE = "after", "on", "inactive"

LEAST = 90
"""Days that points last at least before a calendar date takes them, unless the program says otherwise."""

WARNINGS = (7, 30)
"""So many days before the last one, or a little more, the owner is told."""


@quick
@dataclass(frozen=True, slots=True)
class Expires:
    """When points expire. `way`: `after` so long a time; `on` the next `month` and `day` that is at least `least` days away;
    `inactive`: when their owner has neither earned nor redeemed for so long. A time is `months` and `days`."""

    way: str
    months: int = 0
    days: int = 0
    month: int = 0
    day: int = 0
    least: int = LEAST

    def last_day(self, since: date) -> date:
        """The last day on which points that came on a day can be spent; `inactive`: if nothing happens after it."""
        if self.way == ON:
            return _next(self.month, self.day, since + timedelta(days=self.least))
        return later(since, self.months) + timedelta(days=self.days)


@quick
@dataclass(frozen=True, slots=True)
class Rule:
    """A program's rule and the zone that its days are in."""

    expires: Expires
    zone: str

    def local(self, instant: datetime) -> date:
        """The day that it is there."""
        return instant.astimezone(zone_of(self.zone)).date()


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is shorter."""
    count = day.year * 12 + day.month - 1 + months
    return _day(count // 12, count % 12 + 1, day.day)


def _next(month: int, day: int, earliest: date) -> date:
    """The first such day of a year from that one on; 29 February is the 28th where there is none."""
    this = _day(earliest.year, month, day)
    return this if this >= earliest else _day(earliest.year + 1, month, day)


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
