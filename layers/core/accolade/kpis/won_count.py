"""Won count: how many deals were won."""

from accolade.kpis import Parts, Values


class WonCount:
    """won = 1 for a won deal; the value is their sum."""

    name = "won_count"
    title = "Won deals"
    unit = "deals"
    better = "higher"
    group = "sales"
    record = "deal"
    dated_by = "deal.close_date"
    additive = True
    reads = ("deal.stage",)
    reads_money = False

    def parts(self, values: Values) -> Parts:
        return {"won": 1} if values.get("deal.stage") == "won" else {}

    def value(self, parts: Parts) -> int:
        return parts.get("won", 0)

    def sample(self, parts: Parts) -> int:
        return parts.get("won", 0)


KPI = WonCount()
