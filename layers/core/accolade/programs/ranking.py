"""Ranking: who is best when a period closes, who shares a place, and what each place gets; exact, in whatever order they come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from accolade.kpis.port import Kpi, Tally
from accolade.programs.keeping import along
from accolade.programs.rules import Milestone
from accolade.programs.shares import shared
from accolade.programs.terms import Rank

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place: `position` from 1 (those who share a place have the same), the KPI's `value`, the points it gets."""

    participant: str
    position: int
    value: Fraction
    points: int


def ranking(
    milestone: Milestone,
    tallies: Mapping[str, Tally],
    names: Mapping[str, str],
    others: Mapping[str, Mapping[str, Tally]] | None = None,
) -> list[Place]:
    """Everybody who counts, best first, with what the first `top` of them get.

    `tallies` by participant (or team, region); `names` as people read them, for the tie rule `name`; `others`: for each KPI
    that breaks ties (`milestone.tie_uses`), by its name, the tallies by participant. Who has no value, nothing at all, or
    fewer than `min_sample` records is not ranked. Ties that the rules leave are broken by name, then by participant, unless
    the rule is to `share`: then equal ones have one position and share what their positions get, exactly.
    """
    rank, use = milestone.rank, milestone.kpi
    if rank is None or use is None:
        return []
    counting = {who: value for who, tally in tallies.items() if (value := _counts(milestone, use.kpi, tally)) is not None}
    sign = -1 if use.kpi.better == "higher" else 1
    keys = {who: (sign * value, *_ties(milestone, rank, who, tallies, names, others or {})) for who, value in counting.items()}
    ordered = sorted(counting, key=lambda who: (keys[who], names.get(who, ""), who))
    groups = (
        [list(group) for _, group in groupby(ordered, key=lambda who: keys[who])]
        if "share" in rank.ties
        else [[who] for who in ordered]
    )
    return list(_placed(groups, rank, counting))


def prizes(rank: Rank) -> list[int]:
    """What each of the first `top` positions gets: the prizes, or the pot by its shares, summing to it exactly."""
    if rank.prizes:
        return list(rank.prizes[: rank.top])
    parts = shared(rank.pot, {f"{place:06d}": share for place, share in enumerate(rank.shares)})
    return [parts.get(f"{place:06d}", 0) for place in range(rank.top)]


def reached_on(kpi: Kpi, tally: Tally) -> date:
    """The day since which the value has been what it is: who was there earlier comes first. The last day without facts."""
    final, since = kpi.value(tally), None
    for step, fact in _days(kpi, tally):
        if kpi.value(step) != final:
            since = None
        elif since is None:
            since = fact
    return since or tally.end


def _days(kpi: Kpi, tally: Tally) -> Iterator[tuple[Tally, date]]:
    days = sorted({it.on for it in tally.within()})
    return zip(along(kpi, tally, by_day=True), days, strict=True)


def _counts(milestone: Milestone, kpi: Kpi, tally: Tally) -> Fraction | None:
    """The value to be ranked by; None for somebody who is not ranked."""
    value = kpi.value(tally)
    if value is None or kpi.sample(tally) < max(1, milestone.min_sample) or (kpi.additive and value <= 0):
        return None
    return Fraction(value)


def _ties(
    milestone: Milestone,
    rank: Rank,
    who: str,
    tallies: Mapping[str, Tally],
    names: Mapping[str, str],
    others: Mapping[str, Mapping[str, Tally]],
) -> Iterator[object]:
    """What breaks ties, in the program's order, smaller first."""
    breakers = {use.name: use.kpi for use in milestone.tie_uses}
    for rule in rank.ties:
        if rule == "earlier" and milestone.kpi:
            yield reached_on(milestone.kpi.kpi, tallies[who])
        elif rule == "name":
            yield names.get(who, who)
            yield who
        elif rule in breakers:
            tally = others.get(rule, {}).get(who)
            value = breakers[rule].value(tally) if tally else None
            sign = -1 if breakers[rule].better == "higher" else 1
            yield (1, Fraction(0)) if value is None else (0, sign * Fraction(value))


def _placed(groups: Sequence[list[str]], rank: Rank, values: Mapping[str, Fraction]) -> Iterator[Place]:
    """Positions and points: equal ones share what their positions get, by largest remainder, ties to the first by name."""
    worth, taken = prizes(rank), 0
    for group in groups:
        pot = sum(worth[taken : taken + len(group)])
        parts = shared(pot, {f"{i:06d}": 1 for i in range(len(group))})
        for i, who in enumerate(group):
            yield Place(who, taken + 1, values[who], parts.get(f"{i:06d}", 0))
        taken += len(group)
