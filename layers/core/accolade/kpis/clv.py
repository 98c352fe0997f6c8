"""CLV: what a customer is worth over a lifetime, from average revenue, margin and churn."""

from collections.abc import Mapping
from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Option, Tally
from accolade.kpis.purchases import OF, Purchases, accounts


class Clv(Purchases):
    """(revenue / accounts) x margin / churn, in the period.

    Churn is the share of the period's accounts that did not buy in its last `lapse` days; undefined where nobody bought,
    and where nobody churned: such a value would be without end.
    """

    name = "clv"
    title = "Customer lifetime value"
    unit = "money"
    options = {
        "of": OF,
        "margin": Option("100", (), "percent of revenue that is left after what it costs"),
        "lapse": Option("90", (), "days without a purchase after which an account has churned"),
    }

    def value(self, tally: Tally) -> Fraction | None:
        bought = accounts(tally)
        average = ratio(sum(it.revenue for it in bought), len(bought))
        churn = ratio(self._churned(tally), len(bought))
        if average is None or not churn:
            return None
        return average * Fraction(int(self.chosen["margin"]), 100) / churn

    def columns(self, tally: Tally) -> Mapping[str, object]:
        bought = accounts(tally)
        return {"accounts": len(bought), "amount": sum(it.revenue for it in bought), "churned": self._churned(tally)}

    def _churned(self, tally: Tally) -> int:
        return sum(1 for it in accounts(tally) if (tally.end - it.last).days > int(self.chosen["lapse"]))


KPI = Clv
