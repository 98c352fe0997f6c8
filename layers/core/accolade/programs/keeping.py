"""Keeping: what was reached on the way, found by a fold over the facts in event order."""

from collections.abc import Callable, Iterator
from itertools import groupby

from accolade.kpis.port import Fact, Kpi, Tally
from accolade.programs.rules import Milestone
from accolade.programs.trail import folded


def highest(milestone: Milestone, tally: Tally, judged: Callable[[Tally], int]) -> int:
    """What `judged` gives for the tally; with `keep: once_reached` the most that it gave on the way.

    On the way means after each record in event order, or (`reached: day`) at the end of each day on which something happened.
    A fact that no longer stands is not in the tally, so what it once reached is not kept either.
    """
    now = judged(tally)
    if milestone.keep != "once_reached" or milestone.kpi is None or not tally.facts:
        return now
    by_day = milestone.reached == "day"
    if milestone.kpi.kpi.folded:
        return max([now, *map(judged, along(milestone.kpi.kpi, tally, by_day=by_day))])
    return max(now, _most(milestone, tally, judged, _day if by_day else _record))


_Way = tuple[dict[str, int], object, int]
"""The sums so far, the record or day that the last fact belongs to, and the most that was reached before it."""


def _most(milestone: Milestone, tally: Tally, judged: Callable[[Tally], int], group: Callable[[Fact], object]) -> int:
    """The most that was reached at the end of each record or day but the last, from sums alone, in one step a fact."""

    def step(way: _Way, fact: Fact) -> _Way:
        if not tally.start <= fact.on < tally.end:
            return way
        sums, last, most = way
        here = group(fact)
        if last is not None and here != last:
            most = max(most, judged(Tally(sums, (), tally.start, tally.end, tally.target)))
        sums = dict(sums)
        for name, amount in fact.parts.items():
            sums[name] = sums.get(name, 0) + amount
        return sums, here, most

    key = ("most", milestone.program, milestone.version, milestone.id, tally.start, tally.target)
    start: _Way = ({}, None, 0)
    sums, _, most = folded(tally.facts, key, start, step)
    return max(most, judged(Tally(sums, (), tally.start, tally.end, tally.target)))


def along(kpi: Kpi, tally: Tally, *, by_day: bool) -> Iterator[Tally]:
    """The tally as it was after each record of the period, or at the end of each of its days that has a fact.

    Facts of before the period, of KPIs that look back, are there from the beginning.
    """
    facts = list(tally.facts)
    earlier = sum(1 for fact in facts if fact.on < tally.start)
    sums: dict[str, int] = {}
    seen = earlier
    for _, group in groupby(facts[earlier:], key=_day if by_day else _record):
        for fact in group:
            if fact.on >= tally.end:
                return
            seen += 1
            for name, amount in fact.parts.items():
                sums[name] = sums.get(name, 0) + amount
        yield Tally(dict(sums), facts[:seen] if kpi.folded else (), tally.start, tally.end, tally.target)


def _day(fact: Fact) -> object:
    return fact.on


def _record(fact: Fact) -> object:
    return fact.on, fact.record
