"""Upsell: how much more accounts pay for the better product of a family that they have."""

from collections.abc import Mapping

from accolade.kpis.port import Kpi, Option, Parts, Tally, Values
from accolade.kpis.shapes import whole


class Upsell(Kpi):
    """Over won deals that are upsells (`deal.sale_kind`, see `model.sales`): by how much they exceed what the account paid in
    that family before, their amounts, or how many they are."""

    name = "upsell"
    title = "Upsell"
    unit = "money"
    natures = ("quantitative", "financial", "output", "lagging", "outcome")
    earners = ("sales", "success", "service", "dealer")
    additive = True
    reads_money = True
    money: tuple[str, ...] = ("increase", "amount")
    reads: tuple[str, ...] = ("deal.stage", "deal.sale_kind", "deal.upsell_amount", "deal.amount", "deal.currency")
    options = {"of": Option("increase", ("increase", "amount", "deals"), "what is added up")}

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        if self.chosen["of"] == "deals":
            self.unit, self.reads_money, self.reads = "deals", False, ("deal.stage", "deal.sale_kind")

    def parts(self, values: Values) -> Parts:
        if values.get("deal.stage") != "won" or values.get("deal.sale_kind") != "upsell":
            return {}
        parts = {"deals": 1}
        if self.reads_money:
            parts["increase"] = whole(values.get("deal.upsell_amount")) or 0
            parts["amount"] = whole(values.get("deal.amount")) or 0
        return parts

    def value(self, tally: Tally) -> int:
        return tally.sums.get(self.chosen["of"], 0)

    def sample(self, tally: Tally) -> int:
        return tally.sums.get("deals", 0)


KPI = Upsell
