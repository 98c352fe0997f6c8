"""Content: articles, posts and guides that somebody published."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Counted, done


class Content(Counted):
    """Activities of kind content that are done; cancelled ones do not count."""

    name = "content"
    title = "Content published"
    group = "engagement"
    natures = ("quantitative", "output", "leading", "practical")
    earners = ("marketing", "sales", "service", "success", "training", "operations")
    record = "activity"
    dated_by = "activity.event_on"
    reads = ("activity.kind", "activity.stage", "activity.done", "activity.happened_on")

    def counts(self, values: Values) -> bool:
        return done(values, "content")


KPI = Content
