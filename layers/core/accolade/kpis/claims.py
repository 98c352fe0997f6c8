"""Claims: what dealers and partners claimed rightly."""

from accolade.kpis.port import Values
from accolade.kpis.shapes import Counted


class Claims(Counted):
    """Claims approved, in the period they were submitted in; open and rejected ones do not count."""

    name = "claims"
    title = "Claims approved"
    group = "dealers"
    natures = ("quantitative", "output", "outcome")
    earners = ("dealer", "sales", "operations")
    record = "claim"
    dated_by = "claim.event_on"
    reads = ("claim.stage",)

    def counts(self, values: Values) -> bool:
        return values.get("claim.stage") == "won"


KPI = Claims
