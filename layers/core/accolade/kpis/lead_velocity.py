"""Lead velocity rate: how fast the number of new leads, or of opened deals, grows."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Kpi, Option, Parts, Tally, Values
from accolade.model.sales import months_before


class LeadVelocity(Kpi):
    """(n - p) / p: n counts the leads qualified in the period (`of: opened`: the deals created in it), p those of the period
    of the same length before. Undefined where p is 0."""

    name = "lead_velocity"
    title = "Lead velocity rate"
    unit = "ratio"
    natures = ("quantitative", "leading", "input", "directional")
    earners = ("sales", "marketing")
    folded = True
    looks_back = True
    options = {"of": Option("leads", ("leads", "opened"), "what is counted: leads qualified, or deals created")}

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        opened = self.chosen["of"] == "opened"
        self.record = "deal" if opened else "lead"
        self.dated_by = "deal.created_on" if opened else "lead.qualified_on"
        self.reads = (self.dated_by,)

    def parts(self, values: Values) -> Parts:
        return {"count": 1} if values.get(self.dated_by) is not None else {}

    def value(self, tally: Tally) -> Fraction | None:
        now, before = _counts(tally)
        return ratio(now - before, before)

    def sample(self, tally: Tally) -> int:
        return len(tally.within())

    def columns(self, tally: Tally) -> Mapping[str, object]:
        now, before = _counts(tally)
        return {"count": now, "before": before}


def _counts(tally: Tally) -> tuple[int, int]:
    start = before(tally.start, tally.end)
    return len(tally.within()), sum(1 for it in tally.facts if start <= it.on < tally.start)


def before(start: date, end: date) -> date:
    """The first day of the period before [start, end): as many months earlier where it is made of months, else days."""
    if start == date.min:
        return start
    if start.day == end.day == 1:
        return months_before(start, (end.year - start.year) * 12 + end.month - start.month)
    return start - min(end - start, start - date.min + timedelta(0))


KPI = LeadVelocity
