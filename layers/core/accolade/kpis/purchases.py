"""Purchases of accounts, from won deals or invoices: what RFM and customer value are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from accolade.kpis.folds import by_about
from accolade.kpis.port import Fact, Kpi, Moment, Option, Tally, Values, on_day
from accolade.kpis.shapes import whole

OF = Option("deals", ("deals", "invoices"), "what a purchase is: a won deal, or an invoice that is not void")


@dataclass(frozen=True, slots=True)
class Bought:
    """What one account bought: how often, on how many days, for how much (minor units), first and last when."""

    account: str
    purchases: int
    days: int
    revenue: int
    first: date
    last: date

    @property
    def span(self) -> int:
        """Days from the first purchase to the last."""
        return (self.last - self.first).days


class Purchases(Kpi):
    """Moments of purchases by account; one without account, day or amount adds nothing."""

    group = "customer value"
    natures: tuple[str, ...] = ("quantitative", "financial", "outcome", "lagging")
    earners: tuple[str, ...] = ("sales", "success", "service", "marketing", "dealer")
    folded = True
    reads_money = True
    money: tuple[str, ...] = ("amount",)
    about = "account"
    options: Mapping[str, Option] = {"of": OF}

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        if self.chosen["of"] == "invoices":
            self.record, self.dated_by = "invoice", "invoice.issued_on"
            self.reads = tuple(f"invoice.{it}" for it in ("stage", "amount", "currency", "account", "issued_on"))
        else:
            self.reads = tuple(f"deal.{it}" for it in ("stage", "amount", "currency", "account", "account_name", "close_date"))

    def moments(self, values: Values) -> Iterable[Moment]:
        stage, account = values.get(f"{self.record}.stage"), values.get(f"{self.record}.account")
        on, amount = on_day(values, self.dated_by), whole(values.get(f"{self.record}.amount"))
        if self.record == "deal":
            account = account or values.get("deal.account_name")
        bought = stage == "won" if self.record == "deal" else stage != "lost"
        if bought and on and account and amount is not None:
            yield Moment(on, {"purchases": 1, "amount": amount}, str(account))

    def sample(self, tally: Tally) -> int:
        return len(tally.within())


def accounts(tally: Tally) -> list[Bought]:
    """Every account that bought something in the period."""
    return [_bought(account, facts) for account, facts in by_about(tally.within()).items()]


def _bought(account: str, facts: list[Fact]) -> Bought:
    days = {it.on for it in facts}
    return Bought(account, len(facts), len(days), sum(it.parts["amount"] for it in facts), min(days), max(days))
