"""Closing: what a whole audience should hold for a period, where one person's standing cannot say: closes, ranks, teams.

The same pure functions serve `maintain`, which settles what they say person by person, and the back-test.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from accolade import standings as stand
from accolade.kpis.port import Fact, Tally
from accolade.model.ledger import Standing
from accolade.programs import improving, ranking
from accolade.programs.periods import Period, bounds, parse_period
from accolade.programs.rules import KpiUse, Milestone
from accolade.programs.shares import shared
from accolade.situation import Closed, FactKey, FactSet, Result, Situation

GROUPS = ("team", "region", "company")


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody's standing of a period, with the facts of folded KPIs (of those that look back, the facts of all periods
    under this one's key); `earlier`: the same of the periods before, newest first, for what is compared with the past."""

    period: Period
    standings: Mapping[str, Standing]
    facts: Mapping[FactKey, FactSet]
    earlier: "Sequence[Audience]" = ()


def closes_at(milestone: Milestone, period: Period) -> datetime:
    """The instant from which the period is judged: its end, and the window for what arrives late."""
    end = bounds(period)[1]
    return end if period.kind == "lifetime" else end + milestone.closes_after


def touched(milestone: Milestone, period: Period, moved: str) -> bool:
    """Whether what moved in a period matters to the judgement of this one: later ones too, where the KPI looks back."""
    if moved == period.id:
        return True
    before = parse_period(moved)
    looks_back = any(use.kpi.looks_back for use in milestone.uses)
    return looks_back and before.calendar == period.calendar and before.start < period.start


def judge(milestone: Milestone, audience: Audience, situation: Situation, *, fixed: Closed | None = None) -> Closed:
    """What everybody should hold for the milestone in the period; `fixed`: the close before this one, whose baselines and
    members of groups stay."""
    if fixed is not None and fixed.rosters:
        situation = replace(situation, teams={**situation.teams, **fixed.rosters})
    if milestone.rank is not None:
        return _ranked(milestone, audience, situation)
    if milestone.improvement is not None:
        return _improved(milestone, audience, situation, fixed.baselines if fixed else {})
    if milestone.subject in GROUPS:
        return _grouped(milestone, audience, situation)
    found: dict[str, Result] = {}
    for number, standing in audience.standings.items():
        level, points = _alone(milestone, standing, audience, situation)
        if points:
            found[number] = Result(points, level)
    return Closed(found)


def _alone(milestone: Milestone, standing: Standing, audience: Audience, situation: Situation) -> tuple[int, int]:
    """A person's own milestone, judged at close."""
    use = milestone.kpi
    if use is None or not use.kpi.looks_back:
        points = stand.due(milestone, standing, audience.facts, situation)
        return stand.level(milestone, standing, audience.facts, situation) if points else 0, points
    seen = _tally(use.id, [standing], audience)
    points = milestone.due(seen)
    return milestone.level(seen), stand.finished(milestone, points, standing, audience.period, situation)


def _ranked(milestone: Milestone, audience: Audience, situation: Situation) -> Closed:
    """The first of the audience, by the KPI of each; group subjects are ranked as groups and share their prize."""
    use = milestone.kpi
    if use is None:
        return Closed()
    tallies = _subjects(milestone, use, audience)
    others = {it.name: _subjects(milestone, it, audience) for it in milestone.tie_uses}
    names = {number: person.name for number, person in situation.participants.items()}
    found: dict[str, Result] = {}
    for place in ranking.ranking(milestone, tallies, names | {name: name for name in tallies if name not in names}, others):
        for number, points in _members(milestone, place.participant, place.points, audience, situation).items():
            if points:
                found[number] = Result(points, 1, place.position)
    return Closed(found, rosters=_rosters(milestone, use, audience, situation))


def _subjects(milestone: Milestone, use: KpiUse, audience: Audience) -> dict[str, Tally]:
    """The tallies of all who are ranked: people by number, or groups by name."""
    if milestone.subject in GROUPS:
        return {name: _tally(_of_group(use, name), audience.standings.values(), audience) for name in _names(use, audience)}
    return {number: _tally(use.id, [standing], audience) for number, standing in audience.standings.items()}


def _improved(milestone: Milestone, audience: Audience, situation: Situation, fixed: Mapping[str, Fraction]) -> Closed:
    """Everybody against their own periods before, or their team's last one; fixed when the period was closed first."""
    use, found, baselines = milestone.kpi, dict[str, Result](), dict[str, Fraction]()
    wanted = milestone.improvement
    if use is None or wanted is None:
        return Closed()
    for number, standing in audience.standings.items():
        baseline = fixed.get(number)
        if baseline is None and number not in fixed:
            baseline = _of_team(milestone, number, audience, situation) if wanted.than else _of_past(milestone, number, audience)
        if baseline is None:
            continue
        baselines[number] = baseline
        level = improving.improved(milestone, replace(_tally(use.id, [standing], audience), target=baseline))
        points = stand.finished(milestone, milestone.points_for(level) or 0, standing, audience.period, situation)
        if points:
            found[number] = Result(points, level)
    return Closed(found, baselines)


def _of_past(milestone: Milestone, number: str, audience: Audience) -> Fraction | None:
    past = [
        _tally(milestone.kpi.id, [earlier.standings[number]], earlier, past=True)
        for earlier in reversed(audience.earlier)
        if milestone.kpi and number in earlier.standings
    ]
    return improving.baseline(milestone, past)


def _of_team(milestone: Milestone, number: str, audience: Audience, situation: Situation) -> Fraction | None:
    """The median of the person's team in the period before."""
    person = situation.participants.get(number)
    if person is None or not audience.earlier or milestone.kpi is None:
        return None
    before = audience.earlier[0]
    mates = situation.teams.get(f"team:{person.team or ''}", ())
    team = [_tally(milestone.kpi.id, [before.standings[mate]], before, past=True) for mate in mates if mate in before.standings]
    return improving.benchmark(milestone, team)


def _grouped(milestone: Milestone, audience: Audience, situation: Situation) -> Closed:
    """Teams, regions or the company: their parts are the sums of their members'; the members share what they get."""
    use, found = milestone.kpi, dict[str, Result]()
    if use is None:
        return Closed()
    for name in _names(use, audience):
        target = _target(milestone, use, name, audience, situation)
        seen = _tally(_of_group(use, name), audience.standings.values(), audience, target=target)
        level, points = milestone.level(seen), milestone.due(seen)
        for number, share in _members(milestone, name, points, audience, situation).items():
            had = found.get(number, Result(0, 0))
            if share:
                found[number] = Result(had.points + share, max(level, had.level))
    return Closed(found, rosters=_rosters(milestone, use, audience, situation))


def _rosters(milestone: Milestone, use: KpiUse, audience: Audience, situation: Situation) -> dict[str, tuple[str, ...]]:
    """The members of the groups that were judged, where it matters who they are."""
    if milestone.subject not in GROUPS or milestone.sharing == "by_kpi":
        return {}
    names = (f"{milestone.subject}:{name}" for name in _names(use, audience))
    return {name: situation.teams.get(name, ()) for name in names}


def _names(use: KpiUse, audience: Audience) -> list[str]:
    """The groups that have anything in the period."""
    if use.subject == "company":
        return [""]
    start = f"{use.id}="
    measured = {kpi for it in audience.standings.values() for kpi in it.parts} | {kpi for _, _, kpi in audience.facts}
    return sorted({kpi.removeprefix(start) for kpi in measured if kpi.startswith(start)} - {""})


def _of_group(use: KpiUse, name: str) -> str:
    return use.id if use.subject == "company" else f"{use.id}={name}"


def _members(milestone: Milestone, name: str, points: int, audience: Audience, situation: Situation) -> dict[str, int]:
    """Who of a group gets how much; a person's own award is theirs."""
    if milestone.subject not in GROUPS:
        return {name: points}
    use = milestone.kpi
    if milestone.sharing == "by_kpi" and use is not None:
        part = _of_group(use, name)
        weights = {number: _weight(use, part, it, audience) for number, it in audience.standings.items()}
        return shared(points, {number: weight for number, weight in weights.items() if weight > 0})
    members = situation.teams.get(f"{milestone.subject}:{name}", ())
    if milestone.sharing == "each":
        return dict.fromkeys(members, points)
    return shared(points, dict.fromkeys(members, 1))


def _weight(use: KpiUse, part: str, standing: Standing, audience: Audience) -> Fraction:
    value = use.kpi.value(_tally(part, [standing], audience))
    return Fraction(value) if value is not None else Fraction(0)


def _tally(
    kpi_id: str, standings: Iterable[Standing], audience: Audience, *, target: Fraction | None = None, past: bool = False
) -> Tally:
    """The tally of one or many standings: sums added, facts joined in order.

    What is baseline pays nothing, so it is left out; but it did happen: what somebody is compared with (`past`), and what
    lies before the period for a KPI that looks back, has it.
    """
    sums: dict[str, int] = {}
    facts: list[Fact] = []
    for standing in standings:
        baseline = {} if past else standing.baseline.get(kpi_id, {})
        for sign, parts in ((1, standing.parts.get(kpi_id, {})), (-1, baseline)):
            for name, amount in parts.items():
                sums[name] = sums.get(name, 0) + sign * amount
        known = audience.facts.get((standing.participant, standing.period, kpi_id))
        if known is not None and known.baseline and not past:
            facts += [it for it in known.every if it.on < audience.period.start or it not in known.baseline]
        elif known is not None:
            facts += known.every
    facts.sort(key=lambda it: (it.on, it.record, it.about))
    return Tally(sums, facts, audience.period.start, audience.period.end, target)


def _target(milestone: Milestone, use: KpiUse, name: str, audience: Audience, situation: Situation) -> Fraction | None:
    """The group's quota, if the milestone measures against one."""
    return situation.quotas.get((f"{milestone.subject}:{name}", use.name, audience.period.id)) if milestone.quota else None
