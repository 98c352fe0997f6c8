"""Lapsed accounts: who has not bought for a while (churn by recency, where there are no subscriptions)."""

from collections.abc import Mapping
from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Option, Tally
from accolade.kpis.purchases import OF, Purchases, accounts


class Lapsed(Purchases):
    """accounts whose last purchase is more than `days` before the end of the period / all that ever bought until then.

    Of one account 1 or 0. Undefined where nobody bought.
    """

    name = "lapsed"
    title = "Lapsed customers"
    unit = "ratio"
    better = "lower"
    looks_back = True
    options = {"of": OF, "days": Option("90", (), "days without a purchase after which an account is lapsed")}

    def value(self, tally: Tally) -> Fraction | None:
        return ratio(*self._counted(tally))

    def sample(self, tally: Tally) -> int:
        return self._counted(tally)[1]

    def columns(self, tally: Tally) -> Mapping[str, object]:
        lapsed, bought = self._counted(tally)
        return {"lapsed": lapsed, "accounts": bought}

    def _counted(self, tally: Tally) -> tuple[int, int]:
        bought, days = accounts(_until(tally)), int(self.chosen["days"])
        return sum(1 for it in bought if (tally.end - it.last).days > days), len(bought)


def _until(tally: Tally) -> Tally:
    """Everything until the end of the period."""
    return Tally(facts=tally.facts, end=tally.end)


KPI = Lapsed
