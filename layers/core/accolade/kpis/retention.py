"""Retention: how much of the revenue of the customers there were is still there, expansion included (NRR)."""

from collections.abc import Mapping
from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Tally
from accolade.kpis.recurring import Recurring, revenues


class Retention(Recurring):
    """(start + expansion - contraction - churn) / start, in revenue a month of the accounts that had some at the start.

    New accounts do not count. Undefined where there was none.
    """

    name = "retention"
    title = "Net revenue retention"
    money = ("start", "expansion", "contraction", "churn")

    def value(self, tally: Tally) -> Fraction | None:
        known = revenues(tally).values()
        return ratio(sum(after for _, after in known), sum(before for before, _ in known))

    def columns(self, tally: Tally) -> Mapping[str, object]:
        known = revenues(tally).values()
        kept = [(before, after) for before, after in known if after > 0]
        return {
            "start": sum(before for before, _ in known),
            "expansion": sum(max(0, after - before) for before, after in kept),
            "contraction": sum(max(0, before - after) for before, after in kept),
            "churn": sum(before for before, after in known if after <= 0),
        }


KPI = Retention
