"""CLV run rate: what an account brings a day between its first and its last purchase."""

from collections.abc import Mapping

from accolade.kpis.folds import mean, ratio
from accolade.kpis.port import Option, Tally, Value
from accolade.kpis.purchases import OF, Purchases, accounts


class ClvRunRate(Purchases):
    """revenue / days from first to last purchase, of an account; of several, the mean of those for which it is defined.

    Undefined where the span is 0: a single purchase says nothing about a rate, and pays nothing. `days: inclusive` counts
    both the first and the last day, and is then defined for every account that bought.
    """

    name = "clv_run_rate"
    title = "Customer value run rate"
    unit = "money_per_day"
    options = {"of": OF, "days": Option("between", ("between", "inclusive"), "whether the last day counts as one more")}

    def value(self, tally: Tally) -> Value:
        more = self.chosen["days"] == "inclusive"
        rates = [ratio(it.revenue, it.span + more) for it in accounts(tally)]
        return mean(it for it in rates if it is not None)

    def columns(self, tally: Tally) -> Mapping[str, object]:
        bought = accounts(tally)
        found: dict[str, object] = {
            "accounts": len(bought),
            "without_span": sum(1 for it in bought if it.span == 0),
            "purchases": sum(it.purchases for it in bought),
            "amount": sum(it.revenue for it in bought),
        }
        first, last = min((it.first for it in bought), default=None), max((it.last for it in bought), default=None)
        return found | {
            "first": first,
            "last": last,
            "span_days": bought[0].span if len(bought) == 1 else None,
            "days_since_last": (tally.end - last).days if last else None,
        }


KPI = ClvRunRate
