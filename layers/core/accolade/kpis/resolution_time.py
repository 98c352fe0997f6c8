"""Resolution time: how long it took to solve tickets, without hurrying them shut."""

from collections.abc import Mapping

from accolade.kpis.port import Option, Parts, Tally, Value, Values
from accolade.kpis.shapes import Span, reopened, whole


class ResolutionTime(Span):
    """Median (or p90) of closing - creation over the tickets solved in the period.

    Undefined for none, and while more than `reopened_at_most` percent of them were reopened.
    """

    name = "resolution_time"
    title = "Resolution time"
    group = "service"
    natures = ("quantitative", "process", "lagging", "outcome")
    earners = ("service", "dealer")
    record = "ticket"
    dated_by = "ticket.closed_on"
    reads = ("ticket.stage", "ticket.resolution_seconds", "ticket.reopened", "ticket.reopenings")
    options = {
        **Span.options,
        "reopened_at_most": Option("100", says="percent of the tickets that may have been reopened, else undefined"),
    }

    def seconds(self, values: Values) -> int | None:
        seconds = whole(values.get("ticket.resolution_seconds"))
        return seconds if seconds is not None and seconds >= 0 and values.get("ticket.stage") == "won" else None

    def parts(self, values: Values) -> Parts:
        parts = super().parts(values)
        return {**parts, "reopened": 1} if parts and reopened(values) else parts

    def value(self, tally: Tally) -> Value:
        bounced = sum(it.parts.get("reopened", 0) for it in tally.within())
        if bounced * 100 > int(self.chosen["reopened_at_most"]) * self.sample(tally):
            return None
        return super().value(tally)

    def columns(self, tally: Tally) -> Mapping[str, object]:
        return {"count": self.sample(tally), "reopened": sum(it.parts.get("reopened", 0) for it in tally.within())}


KPI = ResolutionTime
