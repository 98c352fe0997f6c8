"""Won amount: the sum of what won deals were worth, in minor units of one currency."""

from accolade.kpis import Parts, Values


class WonAmount:
    """amount = the deal's amount when it is won and the amount is known; the value is their sum.

    A won deal of unknown amount adds nothing, also not to the sample: the sum would not rest on it.
    """

    name = "won_amount"
    title = "Won amount"
    unit = "money"
    better = "higher"
    group = "sales"
    record = "deal"
    dated_by = "deal.close_date"
    additive = True
    reads = ("deal.stage", "deal.amount", "deal.currency")
    reads_money = True

    def parts(self, values: Values) -> Parts:
        amount = values.get("deal.amount")
        if values.get("deal.stage") != "won" or not isinstance(amount, int):
            return {}
        return {"won": 1, "amount": amount}

    def value(self, parts: Parts) -> int:
        return parts.get("amount", 0)

    def sample(self, parts: Parts) -> int:
        return parts.get("won", 0)


KPI = WonAmount()
