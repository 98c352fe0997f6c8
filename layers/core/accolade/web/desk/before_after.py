"""Before and after: what a program's start did to a KPI, by the company's own records, as many days on either side."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice

from accolade.kpis import kpi
from accolade.kpis.port import Fact, Tally
from accolade.model.reading import values
from accolade.model.records import Record
from accolade.programs.rulebook import Rulebook
from accolade.web.asking import Ask

MOST_RECORDS = 4_000
"""Deals read for one answer."""

LONGEST = 180
"""Days on either side at most."""

KPIS = ("won_count", "cycle_time", "close_rate")


@dataclass(frozen=True, slots=True)
class Compared:
    """A KPI before and after, `days` on either side of `start`; values are as people read them, empty where undefined."""

    title: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared: `cut` if there were more deals than are read here."""

    program: str
    start: date
    days: int
    rows: tuple[Compared, ...]
    cut: bool


def compared(ask: Ask, book: Rulebook) -> Comparison | None:
    """The comparison of the program asked for; None if none is."""
    id_ = ask.value("program")
    versions = book.versions(id_) if id_ in book.program_ids() else ()
    if not versions:
        return None
    start = min(it.effective_from for it in versions)
    days = min(LONGEST, (ask.now.date() - start).days + 1)
    if days < 1:
        return None
    found = list(islice(ask.house.audit.records(ask.tenant.id, "deal"), MOST_RECORDS + 1))
    records = [it for it in found[:MOST_RECORDS] if not it.deleted]
    rows = tuple(_row(name, records, start, days, ask) for name in KPIS)
    return Comparison(id_, start, days, rows, len(found) > MOST_RECORDS)


def _row(name: str, records: list[Record], start: date, days: int, ask: Ask) -> Compared:
    before = _value(name, records, start - timedelta(days=days), start)
    after = _value(name, records, start, start + timedelta(days=days))
    change = f"{round(100 * (after - before) / before):+d}%" if before and after is not None else ""
    found = kpi(name)
    return Compared(ask.t.t(found.title), _said(before, found.unit, ask), _said(after, found.unit, ask), change)


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


def _said(value: Fraction | None, unit: str, ask: Ask) -> str:
    if value is None:
        return ""
    if unit == "ratio":
        return ask.t.percent(value.numerator, value.denominator)
    return ask.t.number(round(value))
