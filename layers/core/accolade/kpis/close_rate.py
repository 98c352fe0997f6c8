"""Close rate: the share of closed deals that were won, as an exact fraction."""

from fractions import Fraction

from accolade.kpis import Parts, Values


class CloseRate:
    """won / closed, where closed = won + lost. Undefined while nothing is closed."""

    name = "close_rate"
    title = "Close rate"
    unit = "ratio"
    better = "higher"
    group = "sales"
    record = "deal"
    dated_by = "deal.close_date"
    additive = False
    reads = ("deal.stage",)
    reads_money = False

    def parts(self, values: Values) -> Parts:
        stage = values.get("deal.stage")
        if stage == "won":
            return {"won": 1, "closed": 1}
        return {"closed": 1} if stage == "lost" else {}

    def value(self, parts: Parts) -> Fraction | None:
        closed = parts.get("closed", 0)
        return Fraction(parts.get("won", 0), closed) if closed > 0 else None

    def sample(self, parts: Parts) -> int:
        return parts.get("closed", 0)


KPI = CloseRate()
