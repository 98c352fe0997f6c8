"""Closed count: how many deals came to an end, won or lost."""

from accolade.kpis import Parts, Values


class ClosedCount:
    """closed = 1 for a deal won or lost; the value is their sum."""

    name = "closed_count"
    title = "Closed deals"
    unit = "deals"
    better = "higher"
    group = "sales"
    record = "deal"
    dated_by = "deal.close_date"
    additive = True
    reads = ("deal.stage",)
    reads_money = False

    def parts(self, values: Values) -> Parts:
        return {"closed": 1} if values.get("deal.stage") in ("won", "lost") else {}

    def value(self, parts: Parts) -> int:
        return parts.get("closed", 0)

    def sample(self, parts: Parts) -> int:
        return parts.get("closed", 0)


KPI = ClosedCount()
