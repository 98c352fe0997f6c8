"""Cross-sell: products and product families that are new to an account."""

from collections.abc import Mapping

from accolade.kpis.port import Kpi, Option, Parts, Tally, Values
from accolade.kpis.shapes import whole


class CrossSell(Kpi):
    """Over won deals that are cross-sells (`deal.sale_kind`, see `model.sales`): product families that the account did not have
    (24 months back), all such deals, or their amounts."""

    name = "cross_sell"
    title = "Cross-sell"
    unit = "number"
    natures = ("quantitative", "output", "lagging", "outcome")
    earners = ("sales", "success", "service", "dealer")
    additive = True
    money: tuple[str, ...] = ("amount",)
    reads: tuple[str, ...] = ("deal.stage", "deal.sale_kind", "deal.new_family")
    options = {"of": Option("families", ("families", "deals", "amount"), "what is added up")}

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        if self.chosen["of"] == "amount":
            self.unit, self.reads_money, self.reads = "money", True, (*self.reads, "deal.amount", "deal.currency")

    def parts(self, values: Values) -> Parts:
        if values.get("deal.stage") != "won" or values.get("deal.sale_kind") != "cross_sell":
            return {}
        parts = {"deals": 1}
        if values.get("deal.new_family") is True:
            parts["families"] = 1
        if self.reads_money:
            parts["amount"] = whole(values.get("deal.amount")) or 0
        return parts

    def value(self, tally: Tally) -> int:
        return tally.sums.get(self.chosen["of"], 0)

    def sample(self, tally: Tally) -> int:
        return tally.sums.get("deals", 0)


KPI = CrossSell
