"""Close rate: the share of closed deals that were won, as an exact fraction."""

from fractions import Fraction

from accolade.kpis.port import Kpi, Parts, Tally, Values


class CloseRate(Kpi):
    """won / closed, where closed = won + lost. Undefined while nothing is closed."""

    name = "close_rate"
    title = "Close rate"
    unit = "ratio"
    natures = ("quantitative", "output", "lagging", "outcome")
    reads = ("deal.stage",)

    def parts(self, values: Values) -> Parts:
        stage = values.get("deal.stage")
        if stage == "won":
            return {"won": 1, "closed": 1}
        return {"closed": 1} if stage == "lost" else {}

    def value(self, tally: Tally) -> Fraction | None:
        closed = tally.sums.get("closed", 0)
        return Fraction(tally.sums.get("won", 0), closed) if closed > 0 else None

    def sample(self, tally: Tally) -> int:
        return tally.sums.get("closed", 0)


KPI = CloseRate
