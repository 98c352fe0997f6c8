"""What time brings in a back-test: periods that close, groups that are judged as they stand, points that vest."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accolade.closing import GROUPS, Audience, closes_at, judge, touched
from accolade.decide import adjust, pending, period_award
from accolade.flows.close import due
from accolade.kpis.port import Fact
from accolade.model.records import RecordKey
from accolade.model.times import Millis, from_millis, to_millis
from accolade.programs.periods import Period, bounds, parse_period
from accolade.programs.rules import KpiUse, Milestone
from accolade.situation import Closed, Decision, FactKey, FactSet, Pending, Result, Situation

Place = tuple[str, str, str]
"""(program, milestone, period id)."""

_NOTHING = Result(0, 0)


@dataclass(frozen=True, slots=True)
class Moved:
    """A decision that time brought: at which instant (epoch ms), and on which day (a date's ordinal) it counts."""

    decision: Decision
    at: Millis
    day: int


class Closes:
    """The closes of one replay, in the order of time; the judging is `closing.judge`, as in `maintain`."""

    def __init__(self, situation: Situation, numbers: Sequence[str], *, now: datetime) -> None:
        self._situation, self._numbers = situation, numbers
        found = list(due(situation.rulebook, {}, set(), now))
        self._waiting = [(to_millis(closes_at(it, period)), n, it, period) for n, (it, period) in enumerate(found)]
        self._waiting = [it for it in self._waiting if it[0] <= to_millis(now)]
        self._live = [(it, period) for it, period in found if it.evaluate == "live" and it.subject in GROUPS]
        heapq.heapify(self._waiting)
        self._fixed: dict[Place, tuple[Milestone, Period, Closed]] = {}
        self._late: set[str] = set()

    @property
    def next_at(self) -> Millis | None:
        """When the next period closes; None if none does any more."""
        return self._waiting[0][0] if self._waiting else None

    def close_next(self) -> Iterator[Moved]:
        """Judge the period that closes next."""
        at, _, milestone, period = heapq.heappop(self._waiting)
        yield from self._judge(milestone, period, from_millis(at))

    def moved_late(self, periods: Sequence[tuple[str, str]]) -> None:
        """Standings of these periods moved after they closed."""
        self._late |= {period for period, _ in periods}

    def again(self, now: datetime) -> Iterator[Moved]:
        """Judge once more what moved after its close, and groups that are judged as they stand."""
        late, self._late = self._late, set()
        for milestone, period, _ in list(self._fixed.values()):
            if any(touched(milestone, period, moved) for moved in late):
                yield from self._judge(milestone, period, now)
        for milestone, period in self._live:
            if _place(milestone, period) not in self._fixed and bounds(period)[0] <= now:
                yield from self._judge(milestone, period, now, final=False)

    def _judge(self, milestone: Milestone, period: Period, now: datetime, *, final: bool = True) -> Iterator[Moved]:
        situation, place = self._situation, _place(milestone, period)
        audience = self._audience(milestone, period)
        known = self._fixed.get(place)
        judged = judge(milestone, audience, situation, fixed=known[2] if known else None)
        if final:
            self._fixed[place] = (milestone, period, Closed({}, judged.baselines, judged.rosters))
        held = {number for number, it in audience.standings.items() if _award(milestone, number, period) in it.awards}
        at = min(now, bounds(period)[1])
        day = (min(at.date(), period.last_day) if period.last_day else at.date()).toordinal()
        for number in sorted({*judged.results, *held}):
            result = judged.results.get(number, _NOTHING)
            standing = situation.standings[number, period.id]
            it = period_award(
                standing, milestone, result.level, result.points, situation, earned=to_millis(at), now=to_millis(now)
            )
            decision = adjust([it] if it else [], situation, at=at, now=now)
            if decision is not None:
                situation.apply(decision)
                yield Moved(decision, to_millis(now), day)

    def _audience(self, milestone: Milestone, period: Period) -> Audience:
        audience = self._standings(milestone, period)
        earlier: list[Audience] = []
        if milestone.improvement is not None and milestone.calendar is not None:
            before = milestone.calendar.before(period)
            for _ in range(max(1, milestone.improvement.periods)):
                if before is not None:
                    earlier.append(self._standings(milestone, before))
                    before = milestone.calendar.before(before)
        return replace(audience, earlier=earlier)

    def _standings(self, milestone: Milestone, period: Period) -> Audience:
        """The standings of those who have one, or who may be judged by what they did before."""
        situation = self._situation
        looks_back = any(use.kpi.looks_back for use in milestone.uses)
        found = {}
        for number in self._numbers:
            standing = situation.standings[number, period.id] if looks_back else situation.standings.get((number, period.id))
            if standing is not None and (looks_back or standing.parts or standing.awards):
                found[number] = standing
        facts: dict[FactKey, FactSet] = {}
        for use in milestone.uses:
            for number, standing in found.items() if use.folded or use.kpi.looks_back else ():
                ids = {use.id, *(kpi for kpi in standing.parts if kpi.startswith(f"{use.id}="))}
                for kpi in ids:
                    known = self._until(number, kpi, period, use) if use.kpi.looks_back else None
                    known = known or situation.facts.get((number, period.id, kpi))
                    if known:
                        facts[number, period.id, kpi] = known
        return Audience(period, found, facts)

    def _until(self, number: str, kpi: str, period: Period, use: KpiUse) -> FactSet | None:
        """The facts of a KPI that looks back, of this period and all before."""
        every: list[Fact] = []
        baseline: list[Fact] = []
        here = period
        begin = min(
            it.effective_from for id_ in self._situation.rulebook.program_ids() for it in self._situation.rulebook.versions(id_)
        )
        while True:
            known = self._situation.facts.get((number, here.id, kpi))
            if known:
                every[:0], baseline[:0] = known.every, known.baseline
            before = use.calendar.before(here)
            if before is None or before.id == here.id or here.start <= begin:
                break
            here = before
        return FactSet(tuple(every), tuple(baseline)) if every else None


@dataclass(slots=True)
class Vests:
    """What is held back, in the order in which it falls due: records to be decided again, and awards of periods."""

    situation: Situation
    waiting: list[tuple[Millis, str, str, RecordKey | None]]

    @property
    def next_at(self) -> Millis | None:
        """When the next points are due; None if none are."""
        return self.waiting[0][0] if self.waiting else None

    def note(self, decision: Decision, key: RecordKey | None) -> bool:
        """Remember what a decision holds back; returns whether its record will be asked for again."""
        again = False
        for parking in decision.parkings:
            if parking.why == "vest" and parking.points:
                of_record = not parking.period
                heapq.heappush(self.waiting, (to_millis(parking.at), parking.key, parking.period, key if of_record else None))
                again |= of_record
        return again

    def pop(self) -> tuple[Millis, str, str, RecordKey | None]:
        """(due, award, period, record) of what is due next; `period` or `record` is what holds the award."""
        return heapq.heappop(self.waiting)

    def settle(self, award: str, period: str, at: Millis) -> Decision | None:
        """Let an award of a period vest, as `flows.vest` does."""
        program, milestone_id, number, _ = award.split("/", 3)
        situation, now = self.situation, from_millis(at)
        standing = situation.standings[number, period]
        holding = standing.awards.get(award)
        if holding is None:
            return None
        candidates: Mapping[tuple[str, str], Milestone] = {
            (it.program, it.id): it for it in situation.rulebook.milestones_in(parse_period(period))
        }
        milestone = candidates.get((program, milestone_id))
        if milestone is None:
            it: Pending | None = pending(award, holding, holding.held, situation.rulebook, period=period)
        else:
            it = period_award(standing, milestone, 1, holding.held, situation, earned=at, now=at)
        return adjust([it] if it else [], situation, at=now, now=now, why="vest")


def _place(milestone: Milestone, period: Period) -> Place:
    return milestone.program, milestone.id, period.id


def _award(milestone: Milestone, number: str, period: Period) -> str:
    return f"{milestone.program}/{milestone.id}/{number}/{period.id}"
