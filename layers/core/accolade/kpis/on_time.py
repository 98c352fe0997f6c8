"""On time: the share of what had a due date that was done by then."""

from accolade.kpis.port import Option, Values
from accolade.kpis.shapes import OfType, Share


class OnTime(OfType, Share):
    """met / all over the activities (or trainings, claims, invoices) that are done and had a due date. Undefined for none."""

    name = "on_time"
    title = "Done on time"
    group = "adoption"
    natures = ("quantitative", "process", "practical", "actionable")
    earners = ("sales", "service", "marketing", "success", "dealer", "training", "operations")
    record = "activity"
    asks = ("on_time",)
    options = {"of": Option("activity", ("activity", "training", "claim", "invoice"), "what was due")}

    def verdict(self, values: Values) -> bool | None:
        kept = self.of(values, "on_time")
        return kept if isinstance(kept, bool) else None


KPI = OnTime
