"""Importing quotas: a file with `subject,kpi,period,target`, all or nothing, unless told to take what is right."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction

from accolade import kpis
from accolade.flows.csv_table import CellError, Problem, Row, table
from accolade.model.errors import Rejected
from accolade.model.money import to_minor
from accolade.programs.periods import parse_period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import KpiUse, Milestone
from accolade.store.people import People
from accolade.store.quotas import Quota, Quotas

COLUMNS = ("subject", "kpi", "period", "target")
NONE = "none"
"""The target that takes a quota away."""

GROUPS = ("team", "region")
_SOME_DAY = date(2020, 6, 15)
"""A day whose periods show how periods are written."""

_MONEY = re.compile(r"(?P<amount>[\d.]{1,20})(?: ?(?P<currency>[A-Z]{3}))?")


@dataclass(frozen=True, slots=True)
class ImportedQuotas:
    """What an import did. `stored` is False if nothing was written because of a problem; `quotas`: how many the file sets."""

    stored: bool
    quotas: int
    changed: int
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class QuotaImport:
    """Reads files of quotas. What they change is judged again within a minute."""

    quotas: Quotas
    people: People

    def run(self, content: bytes, *, tenant: str, rulebook: Rulebook, now: datetime, partial: bool = False) -> ImportedQuotas:
        """Import a file; with `partial` the right lines are stored in spite of wrong ones. Rejected if it cannot be read."""
        rows, problems = _rows(content)
        reading = _Reading(rulebook, self._subjects(tenant))
        found: dict[tuple[str, str, str], Quota] = {}
        first: dict[tuple[str, str, str], int] = {}
        for line, row in rows:
            try:
                for quota in reading.quotas(row):
                    place = (quota.subject, quota.kpi, quota.period)
                    if place in found:
                        raise CellError("subject", f"this quota stands on line {first[place]} already", "Leave one of them out")
                    found[place], first[place] = quota, line
            except CellError as error:
                problems.append(Problem(line, error.column, error.what, error.mend))
        problems.sort(key=lambda it: it.line)
        if problems and not partial:
            return ImportedQuotas(False, len(found), 0, problems)
        return ImportedQuotas(True, len(found), self.quotas.put(tenant, list(found.values()), now=now), problems)

    def _subjects(self, tenant: str) -> dict[str, str]:
        """What the file calls people and groups -> how quotas know them."""
        known = list(self.people.list(tenant))
        found = {"company": "company:"} | {person.number: person.number for person in known}
        found |= {person.id: person.number for person in known if person.id}
        for kind in GROUPS:
            found |= {f"{kind}:{name}": f"{kind}:{name}" for person in known if (name := getattr(person, kind))}
        return found


def _rows(content: bytes) -> tuple[list[tuple[int, Row]], list[Problem]]:
    """The lines of the file, and those that are no lines of it."""
    file, rows, problems = table(content, columns=COLUMNS, required=COLUMNS), list[tuple[int, Row]](), list[Problem]()
    for line, cells in file.lines:
        try:
            rows.append((line, file.row(cells)))
        except CellError as error:
            problems.append(Problem(line, error.column, error.what, error.mend))
    if not rows and not problems:
        raise Rejected("the file has no quotas", mend=f"Below the header {','.join(COLUMNS)} goes one line for each")
    return rows, problems


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads rows. `subjects`: as people write them -> as quotas know them."""

    rulebook: Rulebook
    subjects: Mapping[str, str]

    def quotas(self, row: Row) -> list[Quota]:
        """The quotas of a row: one for each calendar that its period is meant in. CellError if something is wrong."""
        subject, name = self._subject(row.get("subject", "")), _kpi(row.get("kpi", ""))
        asked = [it for it in self._milestones() if it.kpi and it.kpi.name == name]
        periods = _periods(row.get("period", ""), asked)
        target = _target(row.get("target", ""), name, [it.kpi for it in asked if it.kpi])
        return [Quota(subject, name, period, target) for period in periods]

    def _subject(self, text: str) -> str:
        found = self.subjects.get(text)
        if found is None:
            near = get_close_matches(text, self.subjects, n=1)
            mend = f"Did you mean {near[0]}?" if near else "Write a participant's id, team:NAME, region:NAME or company"
            raise CellError("subject", f"{text[:60]!r} is nobody we know", mend)
        return found

    def _milestones(self) -> Iterable[Milestone]:
        """Every milestone that measures against a quota."""
        for id_ in self.rulebook.program_ids():
            for program in self.rulebook.versions(id_):
                yield from (it for it in program.milestones if it.quota)


def _kpi(name: str) -> str:
    if name not in kpis.names():
        near = get_close_matches(name, kpis.names(), n=1)
        mend = f"Did you mean {near[0]}?" if near else f"Use one of {', '.join(kpis.names())}"
        raise CellError("kpi", f"{name[:60]!r} is not a KPI", mend)
    return name


def _periods(text: str, asked: Sequence[Milestone]) -> list[str]:
    """The ids of the period: the very one, or that label in every calendar in which a program measures against a quota."""
    ids = [text] if "@" in text or text == "lifetime" else []
    ids = ids or sorted({f"{text}@{_tail(it)}" for it in asked})
    found = []
    for id_ in ids:
        try:
            period = parse_period(id_)
        except ValueError:
            continue
        if "@" in text or text == "lifetime" or any(it.calendar == period.calendar for it in asked):
            found.append(id_)
    if found:
        return found
    calendars = sorted({it.calendar.period_of(_SOME_DAY).id for it in asked if it.calendar})
    if calendars:
        mend = f"Periods here are written like {' or '.join(calendars)}"
    else:
        mend = "Write it with its zone, like 2026Q1@Europe.Amsterdam: no program measures this KPI against a quota yet"
    raise CellError("period", f"{text[:60]!r} is not a period in which this KPI is measured", mend)


def _tail(milestone: Milestone) -> str:
    return milestone.calendar.period_of(_SOME_DAY).id.partition("@")[2] if milestone.calendar else ""


def _target(text: str, name: str, uses: Sequence[KpiUse]) -> Fraction | None:
    """The target in the KPI's unit, exactly."""
    if text.casefold() == NONE:
        return None
    unit = kpis.kpi(name).unit
    try:
        target = _money(text, uses) if unit == "money" else _plain(text, ratio=unit == "ratio")
    except CellError:
        raise
    except (InvalidOperation, ValueError) as error:
        example = {"money": "250000 USD", "ratio": "25%"}.get(unit, "40")
        raise CellError("target", f"{text[:40]!r} is not a target of {name}", f"Write it like {example}, or none") from error
    if target <= 0:
        raise CellError("target", "a target is above 0", f"Write {NONE} to take a quota away")
    return target


def _money(text: str, uses: Sequence[KpiUse]) -> Fraction:
    matched = _MONEY.fullmatch(text)
    known = sorted({use.currency for use in uses if use.currency})
    if matched is None:
        raise ValueError(text)
    currency = matched["currency"] or (known[0] if len(known) == 1 else "")
    if not currency:
        raise CellError("target", "the currency of the amount is not clear", "Write it like 250000 USD")
    if known and currency not in known:
        raise CellError("target", f"programs measure this KPI in {' and '.join(known)}", f"Write it like 250000 {known[0]}")
    return Fraction(to_minor(matched["amount"], currency))


def _plain(text: str, *, ratio: bool) -> Fraction:
    percent = text.endswith("%")
    if percent and not ratio:
        raise ValueError(text)
    number = Decimal(text.removesuffix("%").strip())
    if not number.is_finite() or number.adjusted() > 15:
        raise ValueError(text)
    return Fraction(number) / (100 if percent else 1)
