"""Won count: how many deals were won."""

from accolade.kpis.port import Kpi, Parts, Tally, Values


class WonCount(Kpi):
    """won = 1 for a won deal; the value is their sum."""

    name = "won_count"
    title = "Won deals"
    unit = "deals"
    natures = ("quantitative", "output", "lagging", "outcome")
    additive = True
    reads = ("deal.stage",)

    def parts(self, values: Values) -> Parts:
        return {"won": 1} if values.get("deal.stage") == "won" else {}

    def value(self, tally: Tally) -> int:
        return tally.sums.get("won", 0)


KPI = WonCount
