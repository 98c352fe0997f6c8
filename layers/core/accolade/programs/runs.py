"""Runs: records, days, weeks or months in a row, from facts that hit or miss."""

from collections.abc import Iterable, Iterator
from datetime import date

from accolade.kpis.port import Fact, Kpi, Moment, Tally, Values, on_day
from accolade.model.fields import STAGED
from accolade.programs.catalogue import EVENT_DATE
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import Condition, fields
from accolade.programs.terms import Streak
from accolade.programs.trail import folded

OF = ("records", "days", "weeks", "months")
CLOSED = ("won", "lost")


class Hits(Kpi):
    """hit = 1 for a record that satisfies the condition, miss = 1 for one that came to its end and does not. No author names
    it. What is unknown is neither; a staged record is neither while it is open, unless an author dates it otherwise."""

    name = "streak"
    title = "Hits in a row"
    folded = True
    natures = ("quantitative", "output", "lagging", "process")

    def __init__(self, record: str, hit: Condition, dated_by: str = "") -> None:
        super().__init__()
        self.made_of = (record, hit, dated_by)
        self.record, self.reads, self._hit = record, tuple(sorted(fields(hit))), compiled(hit)
        self.dated_by = dated_by or EVENT_DATE[record]
        self._ends = record in STAGED and not dated_by

    def moments(self, values: Values) -> Iterable[Moment]:
        on = on_day(values, self.dated_by)
        parts = self.parts(values)
        return (Moment(on, parts),) if parts and on else ()

    def parts(self, values: Values) -> dict[str, int]:
        if self._ends and values.get(f"{self.record}.stage") not in CLOSED:
            return {}
        hit = self._hit(values)
        return {} if hit is None else {"hit": 1} if hit else {"miss": 1}

    def value(self, tally: Tally) -> int:
        """The longest run of records."""
        return max(lengths(tally.within(), "records"), default=0)

    def sample(self, tally: Tally) -> int:
        return len(tally.within())


def reached(streak: Streak, tally: Tally) -> int:
    """How many runs of `k` lie in the period's maximal runs: each counts floor(length / k) times; `once`: at most 1."""

    def step(run: _Run, fact: Fact) -> _Run:
        if not tally.start <= fact.on < tally.end:
            return run
        full, length, last = run
        hit = bool(fact.parts.get("hit"))
        if streak.of == "records":
            return (full, length + 1, 0) if hit else (full + length // streak.k, 0, 0)
        here = _step(fact.on, streak.of)
        if not hit or here == last:
            return run
        return (full, length + 1, here) if here == last + 1 else (full + length // streak.k, 1, here)

    full, length, _ = folded(tally.facts, ("runs", streak.k, streak.of, tally.start), (0, 0, -1), step)
    count = full + length // streak.k
    return min(count, 1) if streak.once else count


_Run = tuple[int, int, int]
"""How many full runs there were, how long the present one is, and its last day, week or month (in order of facts)."""


def running(streak: Streak, tally: Tally) -> int:
    """How long the last run is that nothing has broken yet."""
    facts = tally.within()
    if streak.of == "records" and facts and not facts[-1].parts.get("hit"):
        return 0
    return ([0, *lengths(facts, streak.of)])[-1]


def lengths(facts: Iterable[Fact], of: str) -> Iterator[int]:
    """The lengths of the maximal runs, in order; facts come in event order. Days, weeks (from Monday) and months follow each
    other by the calendar, and one with a hit counts whatever else is in it."""
    return _of_records(facts) if of == "records" else _of_steps(sorted({_step(it.on, of) for it in facts if it.parts.get("hit")}))


def _of_records(facts: Iterable[Fact]) -> Iterator[int]:
    length = 0
    for fact in facts:
        if fact.parts.get("hit"):
            length += 1
        elif length:
            yield length
            length = 0
    if length:
        yield length


def _of_steps(steps: list[int]) -> Iterator[int]:
    length = 0
    for place, step in enumerate(steps):
        length += 1
        if place + 1 == len(steps) or steps[place + 1] != step + 1:
            yield length
            length = 0


def _step(day: date, of: str) -> int:
    if of == "months":
        return day.year * 12 + day.month
    return day.toordinal() if of == "days" else (day.toordinal() - 1) // 7
