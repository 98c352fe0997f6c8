"""Cycle time: how many days from creation to closing."""

from collections.abc import Mapping

from accolade.kpis.folds import mean, median, percentile
from accolade.kpis.port import Option, Parts, Tally, Value, Values
from accolade.kpis.shapes import OfType, whole

_COUNTED = {"won": ("won",), "lost": ("lost",), "closed": ("won", "lost")}


class CycleTime(OfType):
    """Median, mean or p90 of calendar days from creation to closing, over the records closed in the period.

    The same day is 0 days; a record that closed before it was created counts as it is written. A lead closes with its
    conversion or disqualification. Undefined for none.
    """

    name = "cycle_time"
    title = "Cycle time"
    unit = "days"
    better = "lower"
    natures = ("quantitative", "process", "lagging")
    earners = ("sales", "marketing", "service", "dealer")
    folded = True
    asks = ("stage", "cycle_days")
    options = {
        "of": Option("deal", ("deal", "lead", "ticket"), "which records"),
        "ended": Option("won", tuple(_COUNTED), "which ends count"),
        "measure": Option("median", ("median", "mean", "p90"), "which figure of the days"),
        "from": Option("created", ("created", "lead"), "whether a deal's days begin with the lead that became it"),
    }

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        self._field = "lead_cycle_days" if self.chosen["from"] == "lead" and self.record == "deal" else "cycle_days"
        self.dated_by = f"{self.record}.{'close_date' if self.record == 'deal' else 'event_on'}"
        self.reads = (f"{self.record}.stage", f"{self.record}.{self._field}")

    def parts(self, values: Values) -> Parts:
        days = whole(self.of(values, self._field))
        if days is None or self.of(values, "stage") not in _COUNTED[self.chosen["ended"]]:
            return {}
        return {"count": 1, "days": days}

    def value(self, tally: Tally) -> Value:
        days = _days(tally)
        measure = self.chosen["measure"]
        return percentile(days, 90) if measure == "p90" else mean(days) if measure == "mean" else median(days)

    def sample(self, tally: Tally) -> int:
        return len(tally.within())

    def columns(self, tally: Tally) -> Mapping[str, object]:
        days = _days(tally)
        return {
            "count": len(days),
            "median": median(days),
            "mean": mean(days),
            "least": min(days, default=None),
            "most": max(days, default=None),
        }


def _days(tally: Tally) -> list[int]:
    return [it.parts["days"] for it in tally.within()]


KPI = CycleTime
