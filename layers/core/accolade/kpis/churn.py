"""Churn: what share of the customers, or of their revenue, was lost."""

from collections.abc import Mapping
from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Option, Tally
from accolade.kpis.recurring import Recurring, revenues


class Churn(Recurring):
    """lost / start, by logo (accounts) or by revenue (a month): those with a subscription at the start and none after.

    Undefined where there was none.
    """

    name = "churn"
    title = "Churn"
    better = "lower"
    options = {"by": Option("logo", ("logo", "revenue"), "whether accounts are counted or their revenue")}

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        self.money = ("lost", "start") if self.chosen["by"] == "revenue" else ()

    def value(self, tally: Tally) -> Fraction | None:
        lost, start = self._counted(tally)
        return ratio(lost, start)

    def columns(self, tally: Tally) -> Mapping[str, object]:
        lost, start = self._counted(tally)
        return {"lost": lost, "start": start}

    def _counted(self, tally: Tally) -> tuple[int, int]:
        known = revenues(tally).values()
        if self.chosen["by"] == "logo":
            return sum(1 for _, after in known if after <= 0), len(known)
        return sum(before for before, after in known if after <= 0), sum(before for before, _ in known)


KPI = Churn
