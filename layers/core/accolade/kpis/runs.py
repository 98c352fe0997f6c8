"""Runs: stretches of hits in a row, of records or of days, weeks and months."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accolade.kpis.port import Fact


@dataclass(frozen=True, slots=True)
class Run:
    """A maximal run: how many in a row, and the first and last day of it (of stretches: their first days)."""

    length: int
    first: date
    last: date


def records_in_a_row(facts: Sequence[Fact], *, hit: str) -> list[list[Fact]]:
    """The maximal runs of facts that have the part `hit`, in order; a fact without it breaks a run."""
    runs: list[list[Fact]] = [[]]
    for fact in facts:
        if fact.parts.get(hit, 0) > 0:
            runs[-1].append(fact)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def stretches_in_a_row(days: Iterable[date], *, of: str) -> list[Run]:
    """The maximal runs of consecutive days, ISO weeks or months that contain one of the days, in order."""
    found: list[Run] = []
    for start in sorted({starts_with(day, of) for day in days}):
        if found and next_start(found[-1].last, of) == start:
            found[-1] = Run(found[-1].length + 1, found[-1].first, start)
        else:
            found.append(Run(1, start, start))
    return found


def starts_with(day: date, of: str) -> date:
    """The first day of the stretch around a day: itself, its Monday, the first of its month."""
    if of == "weeks":
        return day - timedelta(days=min(day.weekday(), (day - date.min).days))
    return day.replace(day=1) if of == "months" else day


def next_start(start: date, of: str) -> date | None:
    """The first day of the following stretch; None at the end of time."""
    try:
        if of == "months":
            return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
        return start + timedelta(days=7 if of == "weeks" else 1)
    except OverflowError:
        return None
