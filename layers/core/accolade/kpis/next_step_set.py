"""Next step set: whether open deals say what comes next."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Share, filled


class NextStepSet(Share):
    """set / open: open deals with a next step over all open deals created in the period. Undefined for none."""

    name = "next_step_set"
    title = "Open deals with a next step"
    group = "adoption"
    natures = ("qualitative", "process", "leading", "practical", "actionable")
    earners = ("sales", "success", "dealer")
    dated_by = "deal.created_on"
    reads = ("deal.stage", "deal.next_step", "deal.next_step_on")
    part = "set"
    whole = "open"

    def verdict(self, values: Values) -> bool | None:
        if values.get("deal.stage") != "open":
            return None
        return filled(values.get("deal.next_step")) or values.get("deal.next_step_on") is not None


KPI = NextStepSet
