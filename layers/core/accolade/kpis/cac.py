"""CAC: what it costs to win a new customer."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction

from accolade.kpis.folds import by_about, ratio
from accolade.kpis.port import Kpi, Moment, Option, Tally, Values, on_day
from accolade.kpis.shapes import whole


class Cac(Kpi):
    """(marketing + sales cost of the period, `lag` days earlier) / accounts that won their first deal in the period.

    Undefined without a new customer, and where no cost at all is known.
    """

    name = "cac"
    title = "Customer acquisition cost"
    unit = "money"
    better = "lower"
    group = "marketing"
    natures = ("quantitative", "financial", "input", "lagging")
    earners = ("marketing", "sales")
    reads = (
        *("deal.stage", "deal.account", "deal.account_name"),
        *("cost.kind", "cost.amount", "cost.currency", "cost.on"),
    )
    folded = True
    looks_back = True
    reads_money = True
    money: tuple[str, ...] = ("cost",)
    people = False
    about = "account"
    options = {"lag": Option("0", ("0", "30", "60", "90", "180"), "days from spending to winning")}

    @property
    def records(self) -> tuple[str, ...]:
        return ("deal", "cost")

    def moments(self, values: Values) -> Iterable[Moment]:
        on, account = on_day(values, "deal.close_date"), values.get("deal.account") or values.get("deal.account_name")
        if on and account and values.get("deal.stage") == "won":
            yield Moment(on, {"won": 1}, str(account))
        spent, amount = on_day(values, "cost.on"), whole(values.get("cost.amount"))
        if spent and amount is not None and values.get("cost.kind") in ("marketing", "sales"):
            yield Moment(_later(spent, int(self.chosen["lag"])), {"costs": 1, "cost": amount})

    def value(self, tally: Tally) -> Fraction | None:
        new, costs, cost = self._counted(tally)
        return ratio(cost, new) if costs else None

    def sample(self, tally: Tally) -> int:
        return self._counted(tally)[0]

    def columns(self, tally: Tally) -> Mapping[str, object]:
        new, costs, cost = self._counted(tally)
        return {"cost": cost if costs else None, "new_customers": new}

    def _counted(self, tally: Tally) -> tuple[int, int, int]:
        """New customers, costs known, their sum."""
        firsts = (facts[0].on for facts in by_about(it for it in tally.facts if "won" in it.parts).values())
        new = sum(1 for on in firsts if tally.start <= on < tally.end)
        costs = [it.parts["cost"] for it in tally.within() if "costs" in it.parts]
        return new, len(costs), sum(costs)


def _later(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (date.max - day).days))


KPI = Cac
