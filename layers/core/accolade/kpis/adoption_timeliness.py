"""Adoption, timeliness: how soon after it happened something was written down."""

from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Kpi, Parts, Tally, Values
from accolade.kpis.shapes import whole

_FULL, _HALF = 24 * 3600, 72 * 3600


class AdoptionTimeliness(Kpi):
    """Credit / activities: full credit if logged within 24 hours after it happened, half within 72, none later.

    Both limits included; undefined for none.
    """

    name = "adoption_timeliness"
    title = "Written down in time"
    unit = "ratio"
    group = "adoption"
    natures = ("quantitative", "process", "leading", "practical", "actionable")
    earners = ("sales", "service", "marketing", "success", "dealer", "training", "operations")
    record = "activity"
    dated_by = "activity.event_on"
    reads = ("activity.logged_after_seconds",)

    def parts(self, values: Values) -> Parts:
        after = whole(values.get("activity.logged_after_seconds"))
        if after is None:
            return {}
        return {"logged": 1, "halves": 2 if after <= _FULL else 1 if after <= _HALF else 0}

    def value(self, tally: Tally) -> Fraction | None:
        return ratio(tally.sums.get("halves", 0), 2 * self.sample(tally))

    def sample(self, tally: Tally) -> int:
        return max(0, tally.sums.get("logged", 0))


KPI = AdoptionTimeliness
