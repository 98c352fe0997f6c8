"""Spells: the periods that a KPI is asked for, from the first to the last, without gaps."""

from dataclasses import dataclass
from datetime import date, timedelta

from accolade.programs.periods import KINDS, Period, calendar

ALL = "all"
NAMES = (*(kind for kind in KINDS if kind != "lifetime"), ALL)
"""What may be asked for."""

MOST = 20_000
"""Periods of an answer at most."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A period as it is written (`2017Q1`, `2017-03`, `2017W09`, `ALL`): [`start`, `end`) in days."""

    label: str
    start: date
    end: date


class Spells:
    """The spells of one calendar, or everything as one."""

    def __init__(self, kind: str) -> None:
        self._calendar = None if kind == ALL else calendar(kind)
        self._labels: dict[date, str] = {}

    def label(self, day: date) -> str:
        """The label of the spell around a day."""
        if self._calendar is None:
            return ALL.upper()
        known = self._labels.get(day)
        if known is None:
            known = self._labels[day] = self._calendar.period_of(day).label
        return known

    def between(self, first: date | None, last: date | None, as_of: date | None) -> list[Spell]:
        """Every spell from the first day to the last, the last one cut off at `as_of`. Everything is one spell, also if there
        is nothing; it begins with the first day."""
        if self._calendar is None:
            return [Spell(ALL.upper(), first or date.min, as_of or (_after(last) if last else date.max))]
        found: list[Spell] = []
        period: Period | None = self._calendar.period_of(first) if first and last else None
        while period is not None and last is not None and period.start <= last and len(found) < MOST:
            end = min(period.end, as_of) if as_of else period.end
            found.append(Spell(period.label, period.start, end))
            period = self._calendar.period_of(period.end) if period.end < date.max else None
        return found


def _after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day
