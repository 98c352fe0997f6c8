"""Shapes that several KPIs have: counts, shares of records, spans of time, and a choice of record type."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from accolade.kpis.folds import median, percentile, ratio
from accolade.kpis.port import Kpi, Option, Parts, Tally, Value, Values

CLOSED = ("won", "lost")


class Counted(Kpi):
    """Counts the records for which `counts` is true; nothing is a count of 0."""

    additive = True

    def counts(self, values: Values) -> bool:
        """Whether this record is one of them."""
        return False

    def parts(self, values: Values) -> Parts:
        return {"count": 1} if self.counts(values) else {}

    def value(self, tally: Tally) -> int:
        return tally.sums.get("count", 0)


class Share(Kpi):
    """The share of records whose verdict is true among those that have a verdict; undefined under `least` of them.

    `part` and `whole`: what the two counts are called.
    """

    unit = "ratio"
    part = "met"
    whole = "all"
    least = 1

    def verdict(self, values: Values) -> bool | None:
        """True or False for a record that counts; None for one that does not, or of which too little is known."""
        return None

    def parts(self, values: Values) -> Parts:
        verdict = self.verdict(values)
        if verdict is None:
            return {}
        return {self.part: 1, self.whole: 1} if verdict else {self.whole: 1}

    def value(self, tally: Tally) -> Value:
        if self.sample(tally) < self.least:
            return None
        return ratio(tally.sums.get(self.part, 0), self.sample(tally))

    def sample(self, tally: Tally) -> int:
        return max(0, tally.sums.get(self.whole, 0))


class Span(Kpi):
    """The median, or the 90th percentile, of the seconds that records took; undefined for none."""

    unit = "seconds"
    better = "lower"
    folded = True
    options = {"measure": Option("median", ("median", "p90"), "the middle of all, or what 90 % of them do not exceed")}

    def seconds(self, values: Values) -> int | None:
        """How long this record took; None if it does not count, or if that is unknown."""
        return None

    def parts(self, values: Values) -> Parts:
        seconds = self.seconds(values)
        return {} if seconds is None else {"count": 1, "seconds": seconds}

    def value(self, tally: Tally) -> Value:
        taken = [it.parts["seconds"] for it in tally.within()]
        return median(taken) if self.chosen["measure"] == "median" else percentile(taken, 90)

    def sample(self, tally: Tally) -> int:
        return len(tally.within())

    def columns(self, tally: Tally) -> Mapping[str, object]:
        return {"count": self.sample(tally)}


class OfType(Kpi):
    """A KPI that its option `of` takes over one of several record types. `day` and `asks`: fields of any of them."""

    day = "event_on"
    asks: tuple[str, ...] = ()

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        self.record = self.chosen["of"]
        self.dated_by = f"{self.record}.{self.day}"
        self.reads = tuple(f"{self.record}.{name}" for name in self.asks)

    def of(self, values: Values, name: str) -> object:
        """A field of the record."""
        return values.get(f"{self.record}.{name}")


def whole(value: object) -> int | None:
    """A whole number as it is; None for what is unknown or is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def filled(value: object) -> bool:
    """Whether somebody wrote something: blanks are nothing, 0 and False are something."""
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def reopened(values: Values) -> bool:
    """Whether a ticket was closed and opened again, by the CRM's count or by its stages."""
    return any((whole(values.get(f"ticket.{name}")) or 0) > 0 for name in ("reopened", "reopenings"))


def done(values: Values, *kinds: str) -> bool:
    """Whether an activity of one of these kinds took place: it is neither open nor cancelled, and happened or was done."""
    if values.get("activity.kind") not in kinds or values.get("activity.stage") in ("open", "lost"):
        return False
    said = values.get("activity.done", "activity.happened_on")
    return said if isinstance(said, bool) else values.get("activity.happened_on") is not None


def scored(values: Values, kind: str, *, best: int) -> tuple[Fraction, Fraction] | None:
    """(score, best score) of an answer of that kind, `best` where it says none; None if it is unknown or out of range."""
    score, scale = values.get("survey_response.score"), values.get("survey_response.scale")
    top = best if scale is None else scale
    if values.get("survey_response.kind") != kind or not isinstance(score, int | Decimal) or not isinstance(top, int | Decimal):
        return None
    return (Fraction(score), Fraction(top)) if 0 <= score <= top and top > 0 else None
