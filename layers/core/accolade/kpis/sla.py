"""SLA: the share of tickets that were closed within what was agreed."""

from datetime import datetime

from accolade.kpis.port import Values
from accolade.kpis.shapes import CLOSED, Share


class Sla(Share):
    """met / all, by the CRM's own verdict, else by closing <= due. Undefined for none.

    An open ticket counts only once it is known to have broken its agreement.
    """

    name = "sla"
    title = "Service level kept"
    group = "service"
    natures = ("quantitative", "process", "outcome")
    earners = ("service", "dealer")
    record = "ticket"
    dated_by = "ticket.event_on"
    open_too = True
    reads = ("ticket.stage", "ticket.sla_met", "ticket.due_at", "ticket.closed_at")

    def verdict(self, values: Values) -> bool | None:
        said, closed = values.get("ticket.sla_met"), values.get("ticket.stage") in CLOSED
        if said is False or (said is True and closed):
            return said
        due, end = values.get("ticket.due_at"), values.get("ticket.closed_at")
        if said is None and closed and isinstance(due, datetime) and isinstance(end, datetime):
            return end <= due
        return None


KPI = Sla
