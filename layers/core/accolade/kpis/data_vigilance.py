"""Data vigilance: duplicates merged and stale records cleaned up."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Counted, done


class DataVigilance(Counted):
    """Activities of kind merge or cleanup that stand; a duplicate that one made oneself does not count.

    A sweep that finds the duplicate back cancels the activity, and it counts no longer.
    """

    name = "data_vigilance"
    title = "Records put in order"
    group = "data"
    natures = ("quantitative", "qualitative", "practical", "actionable")
    earners = ("sales", "service", "marketing", "success", "dealer", "operations")
    record = "activity"
    dated_by = "activity.event_on"
    reads = ("activity.kind", "activity.stage", "activity.done", "activity.happened_on", "activity.own_record")

    def counts(self, values: Values) -> bool:
        return done(values, "merge", "cleanup") and values.get("activity.own_record") is not True


KPI = DataVigilance
