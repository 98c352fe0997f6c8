"""Reviews: what somebody judged or got judged, in public or among colleagues."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Counted, done


class Review(Counted):
    """Activities of kind review that are done; cancelled ones do not count."""

    name = "review"
    title = "Reviews"
    group = "engagement"
    natures = ("qualitative", "output", "practical")
    earners = ("sales", "service", "marketing", "success", "dealer", "training", "operations")
    record = "activity"
    dated_by = "activity.event_on"
    reads = ("activity.kind", "activity.stage", "activity.done", "activity.happened_on")

    def counts(self, values: Values) -> bool:
        return done(values, "review")


KPI = Review
