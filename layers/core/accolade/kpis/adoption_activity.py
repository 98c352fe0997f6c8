"""Adoption, activity: on how many of the working days somebody worked with the CRM."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Kpi, Option, Parts, Tally, Values


class AdoptionActivity(Kpi):
    """Working days with at least one activity written down / working days of the period. Undefined without a period."""

    name = "adoption_activity"
    title = "Active days in the CRM"
    unit = "ratio"
    group = "adoption"
    natures = ("quantitative", "input", "leading", "practical", "actionable")
    earners = ("sales", "service", "marketing", "success", "dealer", "training", "operations")
    record = "activity"
    dated_by = "activity.created_on"
    reads = ("activity.stage",)
    folded = True
    options = {"week": Option("5", ("5", "6", "7"), "working days of a week, from Monday on")}

    def parts(self, values: Values) -> Parts:
        known = any(name.startswith("activity.") for name in values)
        return {"activities": 1} if known and values.get("activity.stage") != "lost" else {}

    def value(self, tally: Tally) -> Fraction | None:
        return ratio(len(self._active(tally)), self._working(tally))

    def sample(self, tally: Tally) -> int:
        return len(tally.within())

    def columns(self, tally: Tally) -> Mapping[str, object]:
        return {"active_days": len(self._active(tally)), "working_days": self._working(tally)}

    def _active(self, tally: Tally) -> set[date]:
        return {it.on for it in tally.within() if it.on.weekday() < int(self.chosen["week"])}

    def _working(self, tally: Tally) -> int:
        if tally.start == date.min or tally.end == date.max:
            return 0
        weeks, left = divmod((tally.end - tally.start).days, 7)
        days = (tally.start + timedelta(days=n) for n in range(left))
        return weeks * int(self.chosen["week"]) + sum(1 for it in days if it.weekday() < int(self.chosen["week"]))


KPI = AdoptionActivity
