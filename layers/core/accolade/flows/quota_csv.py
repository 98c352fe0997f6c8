"""Reading a file of quotas, `subject,kpi,period,target`: which milestones its lines are for, and what is wrong with them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction

from accolade import kpis
from accolade.flows.csv_table import CellError, Problem, Row, table
from accolade.model.errors import Rejected
from accolade.model.money import to_minor
from accolade.model.phrases import later as t
from accolade.programs.periods import parse_period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import KpiUse, Milestone
from accolade.store.quotas import Quota

COLUMNS = ("subject", "kpi", "period", "target")
NONE = "none"
"""The target that takes a quota away."""

_SOME_DAY = date(2020, 6, 15)
"""A day whose periods show how periods are written."""

_MONEY = re.compile(r"(?P<amount>[\d.]{1,20})(?: ?(?P<currency>[A-Z]{3}))?")


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: quotas with the line each stands on, problems by line, and how many lines are about something that
    no milestone measures."""

    quotas: Sequence[tuple[int, Quota]]
    problems: Sequence[Problem]
    unasked: int = 0


def read_quotas(content: bytes, milestones: Sequence[Milestone], *, subject: Callable[[str], str], others: bool = False) -> Read:
    """The quotas of a file for the milestones that measure against one. `subject`: how quotas know whom a line names, or
    CellError. `others`: lines about KPIs and periods that none of the milestones measures are counted and left out, not
    wrong. Rejected if the file cannot be read."""
    rows, problems = _rows(content)
    reading, unasked = _Reading(milestones, subject, others), 0
    found: dict[tuple[str, str, str], tuple[int, Quota]] = {}
    for line, row in rows:
        try:
            quotas = reading.quotas(row)
            for quota in quotas:
                place = (quota.subject, quota.kpi, quota.period)
                if place in found:
                    raise CellError(
                        "subject",
                        t("this quota stands on line %(line)s already", line=str(found[place][0])),
                        t("Leave one of them out"),
                    )
                found[place] = (line, quota)
        except CellError as error:
            problems.append(Problem(line, error.column, error.what, error.mend))
        else:
            unasked += not quotas
    return Read(list(found.values()), sorted(problems, key=lambda it: it.line), unasked)


def with_quotas(rulebook: Rulebook) -> list[Milestone]:
    """Every milestone that measures against a quota."""
    programs = (program for id_ in rulebook.program_ids() for program in rulebook.versions(id_))
    return [it for program in programs for it in program.milestones if it.quota]


def _rows(content: bytes) -> tuple[list[tuple[int, Row]], list[Problem]]:
    """The lines of the file, and those that are no lines of it."""
    file, rows, problems = table(content, columns=COLUMNS, required=COLUMNS), list[tuple[int, Row]](), list[Problem]()
    for line, cells in file.lines:
        try:
            rows.append((line, file.row(cells)))
        except CellError as error:
            problems.append(Problem(line, error.column, error.what, error.mend))
    if not rows and not problems:
        raise Rejected(
            t("the file has no quotas"), mend=t("Below the header %(columns)s goes one line for each", columns=",".join(COLUMNS))
        )
    return rows, problems


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads rows, as `read_quotas` says."""

    milestones: Sequence[Milestone]
    subject: Callable[[str], str]
    others: bool

    def quotas(self, row: Row) -> list[Quota]:
        """The quotas of a row: one for each calendar that its period is meant in. CellError if something is wrong."""
        subject, name, period = self.subject(row.get("subject", "")), _kpi(row.get("kpi", "")), row.get("period", "")
        asked = [it for it in self.milestones if it.kpi and it.kpi.name == name]
        if self.others and not _meant(period, asked) and _written(period, asked):
            return []
        periods = _periods(period, asked)
        target = _target(row.get("target", ""), name, [it.kpi for it in asked if it.kpi])
        return [Quota(subject, name, id_, target) for id_ in periods]


def _kpi(name: str) -> str:
    if name not in kpis.names():
        near = get_close_matches(name, kpis.names(), n=1)
        mend = t("Did you mean %(near)s?", near=near[0]) if near else t("Use one of %(names)s", names=", ".join(kpis.names()))
        raise CellError("kpi", t("%(name)r is not a KPI", name=name[:60]), mend)
    return name


def _periods(text: str, asked: Sequence[Milestone]) -> list[str]:
    """The ids of the period: the very one, or that label in every calendar in which a program measures against a quota."""
    found = [text] if ("@" in text or text == "lifetime") and _is_period(text) else _meant(text, asked)
    if found:
        return found
    calendars = sorted({it.calendar.period_of(_SOME_DAY).id for it in asked if it.calendar})
    if calendars:
        mend = t("Periods here are written like %(calendars)s", calendars=" or ".join(calendars))
    else:
        mend = t("Write it with its zone, like 2026Q1@Europe.Amsterdam: no program measures this KPI against a quota yet")
    raise CellError("period", t("%(text)r is not a period in which this KPI is measured", text=text[:60]), mend)


def _meant(text: str, asked: Sequence[Milestone]) -> list[str]:
    """The ids of the period in those calendars in which milestones measure."""
    ids = [text] if "@" in text or text == "lifetime" else sorted({f"{text}@{_tail(it)}" for it in asked})
    return [id_ for id_ in ids if _is_period(id_) and any(it.calendar == parse_period(id_).calendar for it in asked)]


def _written(text: str, asked: Sequence[Milestone]) -> bool:
    """Whether that is how a period is written, of whatever calendar."""
    return _is_period(text) or any(_is_period(f"{text}@{tail}") for tail in {"UTC", *map(_tail, asked)})


def _is_period(id_: str) -> bool:
    try:
        parse_period(id_)
    except ValueError:
        return False
    return True


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
        raise CellError(
            "target",
            t("%(text)r is not a target of %(name)s", text=text[:40], name=name),
            t("Write it like %(example)s, or none", example=example),
        ) from error
    if target <= 0:
        raise CellError("target", t("a target is above 0"), t("Write %(none)s to take a quota away", none=NONE))
    return target


def _money(text: str, uses: Sequence[KpiUse]) -> Fraction:
    matched = _MONEY.fullmatch(text)
    known = sorted({use.currency for use in uses if use.currency})
    if matched is None:
        raise ValueError(text)
    currency = matched["currency"] or (known[0] if len(known) == 1 else "")
    if not currency:
        raise CellError("target", t("the currency of the amount is not clear"), t("Write it like 250000 USD"))
    if known and currency not in known:
        raise CellError(
            "target",
            t("programs measure this KPI in %(known)s", known=" and ".join(known)),
            t("Write it like 250000 %(currency)s", currency=known[0]),
        )
    return Fraction(to_minor(matched["amount"], currency))


def _plain(text: str, *, ratio: bool) -> Fraction:
    percent = text.endswith("%")
    if percent and not ratio:
        raise ValueError(text)
    number = Decimal(text.removesuffix("%").strip())
    if not number.is_finite() or number.adjusted() > 15:
        raise ValueError(text)
    return Fraction(number) / (100 if percent else 1)
