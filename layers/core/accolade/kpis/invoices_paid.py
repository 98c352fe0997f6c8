"""Invoices paid: the money that came in."""

from accolade.kpis.port import Kpi, Parts, Tally, Values
from accolade.kpis.shapes import whole


class InvoicesPaid(Kpi):
    """Sum of the amounts of paid invoices, on the day they were paid; one of unknown amount adds nothing."""

    name = "invoices_paid"
    title = "Invoices paid"
    unit = "money"
    group = "sales"
    natures = ("quantitative", "financial", "outcome", "lagging")
    earners = ("sales", "success", "dealer", "operations")
    record = "invoice"
    dated_by = "invoice.paid_on"
    reads = ("invoice.stage", "invoice.amount", "invoice.currency")
    additive = True
    reads_money = True
    money: tuple[str, ...] = ("amount",)

    def parts(self, values: Values) -> Parts:
        amount = whole(values.get("invoice.amount"))
        return {"paid": 1, "amount": amount} if values.get("invoice.stage") == "won" and amount is not None else {}

    def value(self, tally: Tally) -> int:
        return tally.sums.get("amount", 0)

    def sample(self, tally: Tally) -> int:
        return max(0, tally.sums.get("paid", 0))


KPI = InvoicesPaid
