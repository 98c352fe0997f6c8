"""List price attainment: what was paid of what the list says."""

from collections.abc import Mapping

from accolade.kpis.folds import mean, ratio
from accolade.kpis.port import Kpi, Option, Parts, Tally, Value, Values
from accolade.kpis.shapes import whole


class ListPriceAttainment(Kpi):
    """sum of amounts / sum of list prices of won deals; `of: each` is the mean of the deals' own ratios, another number.

    The list price is the deal's, else its product's; a deal without both prices, or listed at 0, adds nothing.
    """

    name = "list_price_attainment"
    title = "List price attainment"
    unit = "ratio"
    natures = ("quantitative", "financial", "outcome", "lagging", "actionable")
    reads = (
        *("deal.stage", "deal.amount", "deal.list_price", "deal.currency"),
        *("product.list_price", "product.currency"),
    )
    reads_money = True
    money: tuple[str, ...] = ("amount", "list_price")
    options = {"of": Option("sums", ("sums", "each"), "the ratio of the sums, or the mean of the ratios")}

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        self.folded = self.chosen["of"] == "each"

    def parts(self, values: Values) -> Parts:
        amount, listed = whole(values.get("deal.amount")), whole(values.get("deal.list_price"))
        if listed is None and values.get("product.currency") == values.get("deal.currency"):
            listed = whole(values.get("product.list_price"))
        if values.get("deal.stage") != "won" or amount is None or not listed or listed < 0:
            return {}
        parts = {"won": 1, "amount": amount, "list_price": listed}
        return parts | {"at_list_price": 1} if amount >= listed else parts

    def value(self, tally: Tally) -> Value:
        if self.folded:
            return mean(ratio(it.parts["amount"], it.parts["list_price"]) or 0 for it in tally.within())
        return ratio(tally.sums.get("amount", 0), tally.sums.get("list_price", 0))

    def sample(self, tally: Tally) -> int:
        return tally.sums.get("won", 0)


KPI = ListPriceAttainment
