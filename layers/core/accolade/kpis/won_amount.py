"""Won amount: the sum of what won deals were worth, in minor units of one currency."""

from accolade.kpis.port import Kpi, Parts, Tally, Values


class WonAmount(Kpi):
    """amount = the deal's amount when it is won and the amount is known; the value is their sum.

    A won deal of unknown amount adds nothing, also not to the sample: the sum would not rest on it.
    """

    name = "won_amount"
    title = "Won amount"
    unit = "money"
    natures = ("quantitative", "output", "lagging", "outcome", "financial")
    additive = True
    reads = ("deal.stage", "deal.amount", "deal.currency")
    reads_money = True
    money: tuple[str, ...] = ("amount",)

    def parts(self, values: Values) -> Parts:
        amount = values.get("deal.amount")
        if values.get("deal.stage") != "won" or not isinstance(amount, int):
            return {}
        return {"won": 1, "amount": amount}

    def value(self, tally: Tally) -> int:
        return tally.sums.get("amount", 0)

    def sample(self, tally: Tally) -> int:
        return tally.sums.get("won", 0)


KPI = WonAmount
