"""Reopen rate: the share of closed tickets that had to be opened again."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import CLOSED, Share, reopened


class ReopenRate(Share):
    """reopened / closed: tickets that were reopened at least once over those closed at least once. Undefined for none."""

    name = "reopen_rate"
    title = "Reopen rate"
    better = "lower"
    group = "service"
    natures = ("quantitative", "qualitative", "process", "lagging")
    earners = ("service", "dealer")
    record = "ticket"
    dated_by = "ticket.event_on"
    open_too = True
    reads = ("ticket.stage", "ticket.reopened", "ticket.reopenings")
    part = "reopened"
    whole = "closed"

    def verdict(self, values: Values) -> bool | None:
        if reopened(values):
            return True
        return False if values.get("ticket.stage") in CLOSED else None


KPI = ReopenRate
