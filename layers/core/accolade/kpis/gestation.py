"""Gestation: how long records stay in the stages of a pipeline, from their stage history."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from accolade.kpis.folds import mean, median, percentile, ratio
from accolade.kpis.port import Fact, Moment, Option, Tally, Value, Values
from accolade.kpis.shapes import CLOSED, OfType
from accolade.model.spans import MILLIS_A_DAY, spans
from accolade.model.times import from_millis

_HOUR = 3_600_000
_MONDAY = 4 * MILLIS_A_DAY
"""1970-01-05T00:00:00Z, the first Monday that counts."""


class Gestation(OfType):
    """Median, p90 or mean of the time between entering a stage and the next one, over the stays left in the period; in
    seconds of elapsed time, or of business hours (Monday to Friday, 9 to 17 h UTC).

    `measure: stuck`: of the stays that go on at the end of the period, the share that has lasted longer than the p90 of all
    stays left until then. The last stage of a closed record is no stay. Undefined for none.
    """

    name = "gestation"
    title = "Time in stage"
    unit = "seconds"
    better = "lower"
    natures = ("quantitative", "process", "lagging", "actionable")
    earners = ("sales", "service", "marketing", "operations")
    folded = True
    about = "stage"
    asks = ("stage",)
    options = {
        "of": Option("deal", ("deal", "lead", "ticket", "claim"), "which records"),
        "measure": Option("median", ("median", "p90", "mean", "stuck"), "which figure of the stays"),
        "hours": Option("elapsed", ("elapsed", "business"), "which time counts"),
    }

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        self.dated_by = f"{self.record}.{'close_date' if self.record == 'deal' else 'event_on'}"
        if self.chosen["measure"] == "stuck":
            self.unit, self.looks_back = "ratio", True

    def moments(self, values: Values) -> Iterable[Moment]:
        rows = self.of(values, "history")
        stays = spans(rows) if isinstance(rows, tuple | list) else ()
        for stay in stays:
            entered, over = {"entered": 1}, stay.end is None and self.of(values, "stage") in CLOSED
            yield Moment(_day(stay.start), entered | {"ended": 1} if over else entered, stay.stage)
            if stay.end is not None:
                yield Moment(_day(stay.end), {"left": 1, "ms": self._millis(stay.start, stay.end)}, stay.stage)

    def value(self, tally: Tally) -> Value:
        measure, taken = self.chosen["measure"], _taken(tally.within())
        if measure == "stuck":
            return ratio(*self._stuck(tally))
        found = percentile(taken, 90) if measure == "p90" else mean(taken) if measure == "mean" else median(taken)
        return None if found is None else found / 1000

    def sample(self, tally: Tally) -> int:
        return len(_taken(tally.within()))

    def columns(self, tally: Tally) -> Mapping[str, object]:
        facts = tally.within()
        taken, entered = _taken(facts), sum(it.parts.get("entered", 0) for it in facts)
        average = mean(taken)
        found: dict[str, object] = {
            "entered": entered,
            "left": len(taken),
            "stayed": entered - len(taken),
            "median_ms": median(taken),
            "p90_ms": percentile(taken, 90),
            "sum_ms": sum(taken),
            "mean_days": None if average is None else average / MILLIS_A_DAY,
        }
        if self.chosen["measure"] == "stuck":
            stuck, open_ = self._stuck(tally)
            found |= {"stuck": stuck, "open": open_}
        return found

    def _stuck(self, tally: Tally) -> tuple[int, int]:
        """How many stays go on for too long at the end of the period, and how many go on."""
        until = [it for it in tally.facts if it.on < tally.end]
        line = percentile(_taken(until), 90)
        ages = [(tally.end - since).days * MILLIS_A_DAY for since in _going_on(until)]
        return sum(1 for age in ages if line is not None and age > line), len(ages)

    def _millis(self, start: int, end: int) -> int:
        return end - start if self.chosen["hours"] == "elapsed" else _business(end) - _business(start)


def _going_on(facts: Iterable[Fact]) -> list[date]:
    """The days on which the stays that go on began: of each record and stage the last ones entered, as often as it was not
    left, whatever the order of facts of one day."""
    entered: dict[tuple[str, str], list[date]] = {}
    left: dict[tuple[str, str], int] = {}
    for fact in facts:
        key = fact.record, fact.about
        if "left" in fact.parts:
            left[key] = left.get(key, 0) + 1
        elif "ended" not in fact.parts:
            entered.setdefault(key, []).append(fact.on)
    return [day for key, days in entered.items() for day in sorted(days)[left.get(key, 0) :]]


def _taken(facts: Iterable[Fact]) -> list[int | Fraction]:
    return [it.parts["ms"] for it in facts if "ms" in it.parts]


def _day(millis: int) -> date:
    return from_millis(millis).date()


def _business(millis: int) -> int:
    """Business milliseconds from that Monday to an instant; differences of it are what counts."""
    days, of_day = divmod(millis - _MONDAY, MILLIS_A_DAY)
    weeks, weekday = divmod(days, 7)
    worked = min(max(of_day - 9 * _HOUR, 0), 8 * _HOUR) if weekday < 5 else 0
    return (weeks * 5 + min(weekday, 5)) * 8 * _HOUR + worked


KPI = Gestation
