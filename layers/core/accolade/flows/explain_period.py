"""Explaining a period award: the KPI as it stands, what counts for it, and how far the next award is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from accolade.closing import closes_at
from accolade.flows.explanation import Counted, Measure, Step, Verdict, Why, capped_or_coming
from accolade.flows.explanation_steps import held_back, held_verdict
from accolade.kpis.port import Tally
from accolade.model.ledger import Standing
from accolade.model.records import Holding, Record
from accolade.programs.periods import Period, parse_period
from accolade.programs.rules import KpiUse, Milestone, Program
from accolade.situation import Closed, Situation
from accolade.standings import due, seen, tally


@dataclass(frozen=True, slots=True)
class Looked:
    """A period milestone and one participant's standing. `closed`: what the judgement of everybody came to, where it takes
    one and has been made; `records`: those that are known to count."""

    program: Program
    milestone: Milestone
    use: KpiUse
    standing: Standing
    situation: Situation
    closed: Closed | None
    records: tuple[Record, ...]

    @property
    def period(self) -> Period:
        """The standing's period."""
        return parse_period(self.standing.period)

    @property
    def alone(self) -> bool:
        """Whether the standing by itself says what is due: not in a rank, a group, or compared with the past."""
        rule = self.milestone
        return rule.rank is None and rule.improvement is None and rule.subject == "person" and not self.use.kpi.looks_back

    @property
    def holding(self) -> Holding:
        """What is held of it."""
        key = f"{self.milestone.program}/{self.milestone.id}/{self.standing.participant}/{self.standing.period}"
        return self.standing.awards.get(key, Holding())

    def due(self, milestone: Milestone) -> int:
        """The points that should be held by this milestone, or by one that differs from it in its terms."""
        if self.alone:
            return due(milestone, self.standing, self.situation.facts, self.situation)
        result = self.closed.results.get(self.standing.participant) if self.closed else None
        return result.points if result else 0


def period_award(looked: Looked, *, now: datetime) -> Why:
    """One period milestone as the standing, or the judgement of everybody, decides it."""
    milestone, holding, points = looked.milestone, looked.holding, looked.due(looked.milestone)
    measure = _measure(looked) if milestone.subject == "person" else None
    verdict, detail = _verdict(looked, measure, points, now)
    return Why(
        looked.program,
        milestone,
        looked.standing.period,
        verdict,
        holding,
        points,
        period=looked.period,
        measure=measure,
        steps=tuple([*_steps(looked, points), *held_back(holding)]),
        detail=detail,
    )


def _measure(looked: Looked) -> Measure:
    milestone, use, standing = looked.milestone, looked.use, looked.standing
    kpi, found = use.kpi, tally(milestone, use, standing, looked.period, looked.situation.facts, looked.situation)
    step = milestone.progress(found)
    counted = {it.record: it for it in _facts(found)} | {it.record: it for it in _counting(looked)}
    result = looked.closed.results.get(standing.participant) if looked.closed else None
    return Measure(
        kpi.value(found),
        kpi.columns(found),
        kpi.sample(found),
        milestone.level(found) if looked.alone else 0,
        step[0] if step else None,
        step[1] if step else None,
        standing.baseline.get(use.id, {}),
        found.target,
        looked.closed.baselines.get(standing.participant) if looked.closed else None,
        result.place if result else 0,
        tuple(counted.values()),
    )


def _facts(found: Tally) -> Iterator[Counted]:
    """Folded KPIs keep their facts, and those name their records."""
    for fact in found.within():
        yield Counted(fact.record, "", fact.on, fact.parts)


def _counting(looked: Looked) -> Iterator[Counted]:
    """The records that add to the KPI in this standing."""
    place = (looked.standing.participant, looked.standing.period, looked.use.id)
    for record in looked.records:
        for it in record.contributions:
            if (it.participant, it.period, it.kpi) == place:
                on = it.on or str(record.value("close_date") or "")
                day = date.fromisoformat(on) if on else None
                yield Counted(str(record.key), str(record.value("name") or ""), day, it.parts)


def _verdict(looked: Looked, measure: Measure | None, points: int, now: datetime) -> tuple[Verdict, str]:
    if looked.holding.held or looked.holding.shadow:
        return held_verdict(looked.holding), ""
    over = now >= closes_at(looked.milestone, looked.period)
    if not looked.milestone.inline and (looked.closed is None or not over):
        return Verdict.CLOSING, ""
    if points:
        return capped_or_coming(looked.program, looked.milestone), ""
    if measure is None:
        return Verdict.SHORT, ""
    if measure.level and measure.baseline:
        return Verdict.BACKLOG, looked.situation.connection.since.date().isoformat()
    return _short(looked.milestone, measure), ""


def _short(milestone: Milestone, measure: Measure) -> Verdict:
    if measure.value is None:
        return Verdict.UNDEFINED
    if measure.sample < milestone.min_sample:
        return Verdict.SAMPLE
    if milestone.rank is not None:
        return Verdict.RANKED
    return Verdict.SHORT if milestone.improvement is None else Verdict.EQUAL


def _steps(looked: Looked, points: int) -> Iterator[Step]:
    """The points of what was reached, then multiplied, then capped; what was judged over everybody is one step."""
    milestone = looked.milestone
    plain = looked.due(replace(milestone, multipliers=(), caps=()))
    if not plain:
        return
    yield Step("points", plain, milestone.points.written)
    if not looked.alone:
        return
    times = looked.due(replace(milestone, caps=()))
    person = {
        f"participant.{name}": value for name, value in seen(looked.standing, looked.situation).items() if value is not None
    }
    for it in milestone.multipliers:
        written = str(it.times.numerator) if it.times.denominator == 1 else f"{it.times:g}"
        yield Step("times", times, written, it.tree, applied=it.when(person) is True)
    limits = [cap.points for cap in milestone.caps if cap.scope == "participant"]
    if limits and points < times:
        yield Step("cap", points, limit=min(limits))
    if milestone.approval_above is not None and points > milestone.approval_above:
        yield Step("approval", points, limit=milestone.approval_above)
