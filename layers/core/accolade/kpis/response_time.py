"""Response time: how long somebody waited for the first answer."""

from accolade.kpis.port import Option, Values
from accolade.kpis.shapes import OfType, Span, whole


class ResponseTime(OfType, Span):
    """Median (or p90) of first response - creation over the tickets (or leads) created in the period and answered.

    One that nobody answered yet adds nothing; elapsed time. Undefined for none.
    """

    name = "response_time"
    title = "First response time"
    group = "service"
    natures = ("quantitative", "process", "leading", "actionable")
    earners = ("service", "sales", "dealer")
    record = "ticket"
    day = "created_on"
    asks = ("response_seconds",)
    options = {"of": Option("ticket", ("ticket", "lead"), "what was answered"), **Span.options}

    def seconds(self, values: Values) -> int | None:
        seconds = whole(self.of(values, "response_seconds"))
        return seconds if seconds is not None and seconds >= 0 else None


KPI = ResponseTime
