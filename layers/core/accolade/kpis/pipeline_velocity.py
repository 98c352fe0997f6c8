"""Pipeline velocity: how much money passes through the pipeline a day."""

from collections.abc import Mapping
from fractions import Fraction

from accolade.kpis.port import Kpi, Parts, Tally, Values
from accolade.kpis.shapes import whole


class PipelineVelocity(Kpi):
    """deals x win rate x average amount won / mean cycle of the won deals in days, over the deals closed in the period.

    Exactly: amount won x won / days of the won. Undefined where nothing was won, or all on the day they began.
    """

    name = "pipeline_velocity"
    title = "Pipeline velocity"
    unit = "money_per_day"
    natures = ("quantitative", "financial", "process", "leading")
    reads = ("deal.stage", "deal.amount", "deal.currency", "deal.cycle_days")
    reads_money = True
    money: tuple[str, ...] = ("amount",)

    def parts(self, values: Values) -> Parts:
        stage, amount, days = values.get("deal.stage"), whole(values.get("deal.amount")), whole(values.get("deal.cycle_days"))
        if stage == "lost":
            return {"closed": 1}
        if stage != "won" or amount is None or days is None:
            return {}
        return {"closed": 1, "won": 1, "amount": amount, "days": days}

    def value(self, tally: Tally) -> Fraction | None:
        won, days = tally.sums.get("won", 0), tally.sums.get("days", 0)
        return Fraction(tally.sums.get("amount", 0) * won, days) if won > 0 and days > 0 else None

    def sample(self, tally: Tally) -> int:
        return tally.sums.get("closed", 0)

    def columns(self, tally: Tally) -> Mapping[str, object]:
        return {name: tally.sums.get(name, 0) for name in ("closed", "won", "amount", "days")}


KPI = PipelineVelocity
