"""Explaining a period award: the KPI as it stands, what counts for it, and how far the next award is."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from accolade.closing import closes_at
from accolade.flows.explanation import Counted, Measure, Step, Verdict, Why
from accolade.flows.explanation_steps import held_verdict
from accolade.kpis.port import Tally
from accolade.model.ledger import Standing
from accolade.model.records import Holding, Record
from accolade.programs.periods import Period, parse_period
from accolade.programs.rules import KpiUse, Milestone, Program
from accolade.situation import Situation
from accolade.standings import due, seen, tally


def period_award(
    program: Program, milestone: Milestone, standing: Standing, situation: Situation, *, records: Iterable[Record], now: datetime
) -> Why | None:
    """One period milestone as the standing decides it; None for one that counts nothing. `records`: those known to count."""
    use = milestone.kpi
    if use is None:
        return None
    period = parse_period(standing.period)
    found = tally(milestone, use, standing, period, situation.facts, situation)
    points = due(milestone, standing, situation.facts, situation)
    key = f"{milestone.program}/{milestone.id}/{standing.participant}/{standing.period}"
    holding = standing.awards.get(key, Holding())
    measure = _measure(milestone, use, found, standing, records)
    verdict, detail = _verdict(milestone, period, measure, points, holding, situation, now)
    return Why(
        program,
        milestone,
        standing.period,
        verdict,
        holding,
        points,
        period=period,
        measure=measure,
        steps=tuple(_steps(milestone, standing, points, situation)),
        detail=detail,
    )


def counting(records: Iterable[Record], standing: Standing, use: KpiUse) -> Iterator[Counted]:
    """The records that add to the KPI in this standing."""
    for record in records:
        for it in record.contributions:
            if (it.participant, it.period, it.kpi) == (standing.participant, standing.period, use.id):
                on = it.on or str(record.value("close_date") or "")
                yield Counted(str(record.key), str(record.value("name") or ""), date.fromisoformat(on) if on else None, it.parts)


def _measure(milestone: Milestone, use: KpiUse, found: Tally, standing: Standing, records: Iterable[Record]) -> Measure:
    kpi = use.kpi
    step = milestone.progress(found)
    counted = {it.record: it for it in _facts(found, standing)} | {it.record: it for it in counting(records, standing, use)}
    return Measure(
        kpi.value(found),
        kpi.columns(found),
        kpi.sample(found),
        milestone.level(found),
        step[0] if step else None,
        step[1] if step else None,
        standing.baseline.get(use.id, {}),
        found.target,
        tuple(counted.values()),
    )


def _facts(found: Tally, standing: Standing) -> Iterator[Counted]:
    """Folded KPIs keep their facts: they name their records themselves."""
    for fact in found.within():
        yield Counted(fact.record, "", fact.on, fact.parts)


def _verdict(
    milestone: Milestone, period: Period, measure: Measure, points: int, holding: Holding, situation: Situation, now: datetime
) -> tuple[Verdict, str]:
    if holding.held or holding.shadow:
        return held_verdict(holding), ""
    if not milestone.inline and now < closes_at(milestone, period):
        return Verdict.CLOSING, ""
    if points:
        return Verdict.CAPPED, ""
    if measure.level and measure.baseline:
        return Verdict.BACKLOG, situation.connection.since.date().isoformat()
    if measure.value is None:
        return Verdict.UNDEFINED, ""
    if measure.sample < milestone.min_sample:
        return Verdict.SAMPLE, ""
    return Verdict.SHORT, ""


def _steps(milestone: Milestone, standing: Standing, points: int, situation: Situation) -> Iterator[Step]:
    """The points of what was reached, then multiplied, then capped."""
    plain = due(replace(milestone, multipliers=(), caps=()), standing, situation.facts, situation)
    if not plain:
        return
    yield Step("points", plain, milestone.points.written)
    times = due(replace(milestone, caps=()), standing, situation.facts, situation)
    person = {f"participant.{name}": value for name, value in seen(standing, situation).items() if value is not None}
    for it in milestone.multipliers:
        written = str(it.times.numerator) if it.times.denominator == 1 else f"{float(it.times):g}"
        yield Step("times", times, written, it.tree, applied=it.when(person) is True)
    limits = [cap.points for cap in milestone.caps if cap.scope == "participant"]
    if limits and points < times:
        yield Step("cap", points, limit=min(limits))
    if milestone.approval_above is not None and points > milestone.approval_above:
        yield Step("approval", points, limit=milestone.approval_above)
