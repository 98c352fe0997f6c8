"""Before and after, as people read it (see `flows.before_after`)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accolade.flows import before_after
from accolade.flows.before_after import Measured
from accolade.programs.rulebook import Rulebook
from accolade.web.asking import Ask


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
    house, tenant = ask.house, ask.tenant.id
    found = before_after.compared(ask.value("program"), book, lambda: house.audit.records(tenant, "deal"), today=ask.now.date())
    if found is None:
        return None
    return Comparison(found.program, found.start, found.days, tuple(_row(it, ask) for it in found.rows), found.cut)


def _row(it: Measured, ask: Ask) -> Compared:
    before, after = it.before, it.after
    change = f"{round(100 * (after - before) / before):+d}%" if before and after is not None else ""
    return Compared(ask.t.t(it.title), _said(before, it.unit, ask), _said(after, it.unit, ask), change)


def _said(value: Fraction | None, unit: str, ask: Ask) -> str:
    if value is None:
        return ""
    if unit == "ratio":
        return ask.t.percent(value.numerator, value.denominator)
    return ask.t.number(round(value))
