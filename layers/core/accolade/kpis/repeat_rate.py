"""Repeat rate: the share of accounts that bought more than once."""

from collections.abc import Mapping
from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Tally
from accolade.kpis.purchases import Purchases, accounts


class RepeatRate(Purchases):
    """accounts with at least two purchases in the period / accounts with any. Undefined where nobody bought."""

    name = "repeat_rate"
    title = "Repeat customers"
    unit = "ratio"

    def value(self, tally: Tally) -> Fraction | None:
        return ratio(*self._counted(tally))

    def columns(self, tally: Tally) -> Mapping[str, object]:
        repeated, bought = self._counted(tally)
        return {"repeated": repeated, "accounts": bought}

    def _counted(self, tally: Tally) -> tuple[int, int]:
        bought = accounts(tally)
        return sum(1 for it in bought if it.purchases > 1), len(bought)


KPI = RepeatRate
