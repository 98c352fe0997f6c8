"""Improving: better than one's own baseline, or record by record faster than the team was before."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from accolade.kpis.folds import mean, median
from accolade.kpis.port import Kpi, Moment, Parts, Tally, Values, on_day
from accolade.programs.catalogue import EVENT_DATE
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import Condition, fields
from accolade.programs.rules import Milestone

LEAST = 2
"""Own periods that a baseline needs; a milestone may look at more of them."""

LEAST_RECORDS = 5
"""Records that a team's median needs, unless the milestone says otherwise."""


class Lengths(Kpi):
    """length = a field of each record that satisfies the condition, in thousandths of its unit; the value is their median.
    No author names it."""

    name = "pace"
    title = "Length"
    unit = "number"
    better = "lower"
    folded = True
    natures = ("quantitative", "output", "lagging", "process")

    def __init__(self, record: str, of: str, asked: Condition, dated_by: str = "") -> None:
        super().__init__()
        self.made_of = (record, of, asked, dated_by)
        self.record, self.of, self._asked = record, of, compiled(asked)
        self.reads = (*sorted(fields(asked)), of)
        self.dated_by = dated_by or EVENT_DATE[record]

    def moments(self, values: Values) -> Iterable[Moment]:
        on = on_day(values, self.dated_by)
        parts = self.parts(values)
        return (Moment(on, parts),) if parts and on else ()

    def parts(self, values: Values) -> Parts:
        length = values.get(self.of)
        if not isinstance(length, int | Decimal) or isinstance(length, bool) or self._asked(values) is not True:
            return {}
        return {"length": int(length * 1000), "records": 1}

    def value(self, tally: Tally) -> Fraction | None:
        return median(Fraction(it.parts["length"], 1000) for it in tally.within() if "length" in it.parts)

    def sample(self, tally: Tally) -> int:
        return sum(1 for it in tally.within() if "length" in it.parts)


def baseline(milestone: Milestone, earlier: Sequence[Tally]) -> Fraction | None:
    """What a participant is compared with: the mean of the KPI over the last `periods` of their own earlier periods.

    `earlier`: the tallies before the period, oldest first. A period in which the KPI is undefined, or rests on fewer than
    `min_sample` records, does not count; with fewer than 2 that do there is no baseline (None), and so no award.
    """
    wanted, use = milestone.improvement, milestone.kpi
    if wanted is None or use is None:
        return None
    values = [
        Fraction(value)
        for tally in earlier[-wanted.periods :]
        if use.kpi.sample(tally) >= max(1, milestone.min_sample) and (value := use.kpi.value(tally)) is not None
    ]
    return mean(values) if len(values) >= LEAST else None


def benchmark(milestone: Milestone, team: Iterable[Tally]) -> Fraction | None:
    """What a team's records are compared with: the median over all of its members' records in the period before.

    None, and so no award, if they are fewer than `min_sample` (5 where the milestone does not say).
    """
    if milestone.improvement is None or not milestone.improvement.than:
        return None
    lengths = [Fraction(it.parts["length"], 1000) for tally in team for it in tally.within() if "length" in it.parts]
    return median(lengths) if len(lengths) >= (milestone.min_sample or LEAST_RECORDS) else None


def improved(milestone: Milestone, tally: Tally) -> int:
    """How many times the award is held: once for a better period, or for each record that was faster.

    What is compared with comes as the tally's `target`, frozen at close; without one there is no award.
    """
    wanted, use = milestone.improvement, milestone.kpi
    if wanted is None or use is None or tally.target is None:
        return 0
    if wanted.than:
        goal = _goal(milestone, tally.target)
        return sum(1 for it in tally.within() if "length" in it.parts and Fraction(it.parts["length"], 1000) < goal)
    value = use.kpi.value(tally)
    if value is None or use.kpi.sample(tally) < max(1, milestone.min_sample):
        return 0
    goal = _goal(milestone, tally.target)
    return int(value >= goal if use.kpi.better == "higher" else value <= goal)


def _goal(milestone: Milestone, target: Fraction) -> Fraction:
    """The baseline moved by the delta, in the direction that is better."""
    wanted, use = milestone.improvement, milestone.kpi
    if wanted is None or use is None:
        return target
    step = abs(target) * wanted.delta if wanted.relative else wanted.delta
    return target + step if use.kpi.better == "higher" else target - step
