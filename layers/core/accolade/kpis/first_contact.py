"""First contact: the share of tickets that one answer solved."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Share, reopened, whole


class FirstContact(Share):
    """first / solved: tickets solved with at most one reply and never reopened, over those solved whose replies are known.

    Undefined for none.
    """

    name = "first_contact"
    title = "Solved at first contact"
    group = "service"
    natures = ("quantitative", "qualitative", "process", "outcome")
    earners = ("service", "dealer")
    record = "ticket"
    dated_by = "ticket.closed_on"
    reads = ("ticket.stage", "ticket.replies", "ticket.reopened", "ticket.reopenings")
    part = "first"
    whole = "solved"

    def verdict(self, values: Values) -> bool | None:
        replies = whole(values.get("ticket.replies"))
        if replies is None or values.get("ticket.stage") != "won":
            return None
        return replies <= 1 and not reopened(values)


KPI = FirstContact
