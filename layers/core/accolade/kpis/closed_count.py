"""Closed count: how many deals came to an end, won or lost."""

from accolade.kpis.port import Kpi, Parts, Tally, Values


class ClosedCount(Kpi):
    """closed = 1 for a deal won or lost; the value is their sum."""

    name = "closed_count"
    title = "Closed deals"
    unit = "deals"
    natures = ("quantitative", "output", "lagging", "process")
    additive = True
    reads = ("deal.stage",)

    def parts(self, values: Values) -> Parts:
        return {"closed": 1} if values.get("deal.stage") in ("won", "lost") else {}

    def value(self, tally: Tally) -> int:
        return tally.sums.get("closed", 0)


KPI = ClosedCount
