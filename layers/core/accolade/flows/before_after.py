"""Before and after: what a program's start did to a KPI, by the company's own records, as many days on either side."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice

from accolade.kpis import kpi
from accolade.kpis.port import Fact, Tally
from accolade.model.reading import values
from accolade.model.records import Record
from accolade.programs.rulebook import Rulebook

MOST_RECORDS = 4_000
"""Deals read for one answer."""

LONGEST = 180
"""Days on either side at most."""

KPIS = ("won_count", "cycle_time", "close_rate")


@dataclass(frozen=True, slots=True)
class Measured:
    """A KPI before and after a day; None where it is undefined. A ratio is between 0 and 1."""

    name: str
    title: str
    unit: str
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared, `days` on either side of `start`: `cut` if there were more deals than are read here."""

    program: str
    start: date
    days: int
    rows: tuple[Measured, ...]
    cut: bool


def compared(program: str, book: Rulebook, records: Callable[[], Iterable[Record]], *, today: date) -> Comparison | None:
    """The comparison for a program; None if there is none of that id, or it has not begun. `records` reads deals."""
    versions = book.versions(program) if program in book.program_ids() else ()
    if not versions:
        return None
    start = min(it.effective_from for it in versions)
    days = min(LONGEST, (today - start).days + 1)
    if days < 1:
        return None
    found = list(islice(records(), MOST_RECORDS + 1))
    read = [it for it in found[:MOST_RECORDS] if not it.deleted]
    rows = tuple(_measured(name, read, start, days) for name in KPIS)
    return Comparison(program, start, days, rows, len(found) > MOST_RECORDS)


def _measured(name: str, records: list[Record], start: date, days: int) -> Measured:
    found, span = kpi(name), timedelta(days=days)
    before, after = _value(name, records, start - span, start), _value(name, records, start, start + span)
    return Measured(name, found.title, found.unit, before, after)


def _value(name: str, records: list[Record], since: date, until: date) -> Fraction | None:
    """The KPI over the deals of the days from `since` to before `until`."""
    found = kpi(name)
    sums: dict[str, int] = {}
    facts: list[Fact] = []
    for record in records:
        for moment in found.moments(values(record, currency="")):
            if since <= moment.on < until:
                facts.append(Fact(moment.on, record.key.id, moment.parts, moment.about))
                for part, amount in moment.parts.items():
                    sums[part] = sums.get(part, 0) + amount
    ordered = tuple(sorted(facts, key=lambda fact: (fact.on, fact.record)))
    value = found.value(Tally(sums, ordered, start=since, end=until))
    return None if value is None else Fraction(value)
