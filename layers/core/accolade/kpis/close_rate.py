"""Close rate: the share of deals that were won, as an exact fraction; its option says of which deals."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from accolade.kpis.folds import ratio
from accolade.kpis.port import Kpi, Moment, Option, Tally, Values, on_day
from accolade.kpis.shapes import CLOSED, whole
from accolade.model.money import exponent

WEIGHTS = ("amount", "priority", "prestige", "future_impact")
_BANDS = (1_000, 10_000, 100_000)
_PRIORITIES = {"high": 3, "medium": 2, "low": 1}
_SCALE = 100
"""Prestige and future impact weigh to two decimals."""


class CloseRate(Kpi):
    """won / closed (won + lost); `of: opened`: won in the period / created in it; `of: pipeline`: won in it / (open at its
    start + created in it). Undefined where there is nothing to divide by.

    `weighted`: each deal counts by a weight instead of 1: its amount band (1 below 1,000, 2 below 10,000, 3 below 100,000,
    else 4), its account's priority (high 3, medium 2, low 1), its prestige or future impact as mapped, or `all` of them
    multiplied. What is unknown weighs 1.
    """

    name = "close_rate"
    title = "Close rate"
    unit = "ratio"
    natures = ("quantitative", "output", "lagging", "outcome")
    reads: tuple[str, ...] = ("deal.stage", "deal.created_on")
    options = {
        "of": Option("closed", ("closed", "opened", "pipeline"), "what the won deals are divided by"),
        "weighted": Option("no", ("no", *WEIGHTS, "all"), "what a deal weighs"),
    }

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        by = self.chosen["weighted"]
        self._weights = WEIGHTS if by == "all" else () if by == "no" else (by,)
        self.folded = self.looks_back = self.chosen["of"] == "pipeline"
        self.reads_money = "amount" in self._weights
        self.reads = (*self.reads, *(name for weight in self._weights for name in _READS[weight]))

    def moments(self, values: Values) -> Iterable[Moment]:
        weight = self._weight(values)
        created, closed = on_day(values, "deal.created_on"), on_day(values, "deal.close_date")
        ended = values.get("deal.stage") in CLOSED and closed is not None
        if self.chosen["of"] != "closed" and created and values.get("deal.stage"):
            yield Moment(created, _counted("opened", weight))
        if ended and closed and (self.chosen["of"] != "pipeline" or (created and created <= closed)):
            won = _counted("won", weight) if values.get("deal.stage") == "won" else {}
            yield Moment(closed, won | _counted("closed", weight))

    def value(self, tally: Tally) -> Fraction | None:
        unit = "weight" if self._weights else "count"
        return ratio(*self._parted(tally, unit))

    def sample(self, tally: Tally) -> int:
        return max(0, self._parted(tally, "count")[1])

    def columns(self, tally: Tally) -> Mapping[str, object]:
        won, whole_ = self._parted(tally, "count")
        of = self.chosen["of"]
        found: dict[str, object] = {"won": won, of: whole_}
        if of == "closed":
            found["lost"] = whole_ - won
        if self._weights:
            weights = self._parted(tally, "weight")
            found |= {"won_weight": weights[0], f"{of}_weight": weights[1]}
        return found

    def _parted(self, tally: Tally, unit: str) -> tuple[int, int]:
        """What was won, and what it is a share of: counts or weights."""
        suffix = "_weight" if unit == "weight" else ""
        if self.chosen["of"] != "pipeline":
            return tally.sums.get(f"won{suffix}", 0), tally.sums.get(f"{self.chosen['of']}{suffix}", 0)
        won = sum(it.parts.get(f"won{suffix}", 0) for it in tally.within())
        opened = sum(it.parts.get(f"opened{suffix}", 0) for it in tally.facts if it.on < tally.end)
        gone = sum(it.parts.get(f"closed{suffix}", 0) for it in tally.facts if it.on < tally.start)
        return won, opened - gone

    def _weight(self, values: Values) -> int | None:
        """The deal's weight; None where deals only count."""
        if not self._weights:
            return None
        weight = 1
        for name in self._weights:
            weight *= _WEIGH[name](values)
        return weight


def _counted(name: str, weight: int | None) -> dict[str, int]:
    return {name: 1} if weight is None else {name: 1, f"{name}_weight": weight}


def _amount(values: Values) -> int:
    amount = whole(values.get("deal.amount"))
    major = 10 ** exponent(str(values.get("deal.currency")))
    return 1 if amount is None else 1 + sum(1 for band in _BANDS if amount >= band * major)


def _priority(values: Values) -> int:
    return _PRIORITIES.get(str(values.get("account.priority_bucket")).casefold(), 1)


def _prestige(values: Values) -> int:
    own = values.get("deal.prestige")
    return _scaled(values.get("account.prestige") if own is None else own)


def _future_impact(values: Values) -> int:
    return _scaled(values.get("deal.future_impact"))


def _scaled(value: object) -> int:
    """A mapped weight in hundredths; 1 where it is unknown or below 0."""
    if not isinstance(value, int | Decimal) or not 0 <= value <= 1_000_000:
        return _SCALE
    return round(Fraction(value) * _SCALE)


_READS = {
    "amount": ("deal.amount", "deal.currency"),
    "priority": ("account.priority_bucket",),
    "prestige": ("deal.prestige", "account.prestige"),
    "future_impact": ("deal.future_impact",),
}
_WEIGH = {"amount": _amount, "priority": _priority, "prestige": _prestige, "future_impact": _future_impact}

KPI = CloseRate
