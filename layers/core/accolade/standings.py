"""What standings say: the parts that a record moves, and the points that a period's awards should hold for them."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from accolade.kpis.port import Fact, Tally
from accolade.model.ledger import Standing
from accolade.model.records import Contribution, Holding, Value
from accolade.model.times import Millis, from_millis
from accolade.programs.capping import AWARDED
from accolade.programs.periods import Period, parse_period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import KpiUse, Milestone
from accolade.seeing import attributes
from accolade.situation import FactKey, FactSet, Projection, Situation
from accolade.wallet.awards import VESTED
from accolade.worth import DAY, nodes

Standings = dict[tuple[str, str], Standing]
Sums = dict[str, dict[str, int]]


def moved(projection: Projection, situation: Situation) -> tuple[Standings, dict[FactKey, FactSet]]:
    """The standings and facts that move: stored contributions go out as stored, the new ones come in."""
    old, new = projection.before.contributions, projection.record.contributions
    if old == new:
        return {}, {}
    gone = [it for it in old if it not in new] if new else old
    come = [it for it in new if it not in old] if old else new
    parts: dict[tuple[str, str], tuple[Sums, Sums]] = {}
    facts: dict[FactKey, FactSet] = {}
    for sign, contributions in ((-1, gone), (1, come)):
        for it in contributions:
            place = (it.participant, it.period)
            if place not in parts:
                known = situation.standings[place]
                parts[place] = (dict(known.parts), dict(known.baseline))  # type: ignore[arg-type] # copied where they change
            _add(parts[place][0], it, sign)
            if it.baseline:
                _add(parts[place][1], it, sign)
            if it.on:
                _move_fact(facts, it, sign, str(projection.record.key), situation)
    return {place: _with_parts(situation.standings[place], *sums) for place, sums in parts.items()}, facts


def holding(standing: Standing, awards: Mapping[str, Holding], seen: Mapping[str, Value] | None = None) -> Standing:
    """The standing with these awards; `seen`: what its first award saw of the person."""
    return Standing(
        standing.tenant,
        standing.participant,
        standing.period,
        standing.parts,
        standing.baseline,
        awards,
        standing.seen or seen or {},
    )


def due(milestone: Milestone, standing: Standing, facts: Mapping[FactKey, FactSet], situation: Situation) -> int:
    """The points that should be held: those of all facts less those of the baseline, then multipliers and caps."""
    use = milestone.kpi
    if use is None:
        return 0
    period = parse_period(standing.period)
    points = milestone.due(tally(milestone, use, standing, period, facts, situation))
    if points and standing.baseline.get(use.id):
        points = max(0, points - milestone.due(tally(milestone, use, standing, period, facts, situation, baseline=True)))
    return finished(milestone, points, standing, period, situation)


def level(milestone: Milestone, standing: Standing, facts: Mapping[FactKey, FactSet], situation: Situation) -> int:
    """The level that the same facts reach, less that of the baseline."""
    use = milestone.kpi
    if use is None:
        return 0
    period = parse_period(standing.period)
    reached = milestone.level(tally(milestone, use, standing, period, facts, situation))
    if reached and standing.baseline.get(use.id):
        reached -= milestone.level(tally(milestone, use, standing, period, facts, situation, baseline=True))
    return max(0, reached)


def seen(standing: Standing, situation: Situation) -> Mapping[str, Value]:
    """What multipliers of the period's awards see of the person: as they were when the first of them was earned."""
    participant = situation.participants.get(standing.participant)
    return standing.seen or (attributes(participant, parse_period(standing.period).start) if participant else {})


def finished(milestone: Milestone, points: int, standing: Standing, period: Period, situation: Situation) -> int:
    """Points after the multipliers and the caps a person of a period award; those of a capped record milestone have had both,
    record by record."""
    if milestone.kpi is not None and milestone.kpi.name == AWARDED:
        return points
    if points and milestone.multipliers:
        known = seen(standing, situation)
        values = {f"participant.{name}": value for name, value in known.items() if value is not None}
        points = milestone.multiplied(points, values)
    if milestone.caps and milestone.kpi is not None:
        limits = [cap.points for cap in milestone.caps if cap.scope == "participant"]
        if any(points > cap.points and cap.over == "refuse" for cap in milestone.caps if cap.scope == "participant"):
            return 0
        points = min([points, *limits])
    return points


def tally(
    milestone: Milestone,
    use: KpiUse,
    standing: Standing,
    period: Period,
    facts: Mapping[FactKey, FactSet],
    situation: Situation,
    *,
    baseline: bool = False,
) -> Tally:
    """What the milestone's KPI is taken from: sums, facts in order, the period's days, the person's quota."""
    sums = (standing.baseline if baseline else standing.parts).get(use.id, _NOTHING)
    known: tuple[Fact, ...] = ()
    if use.folded:
        key = (standing.participant, standing.period, use.id)
        kept = facts.get(key) or situation.facts.get(key) or _NONE
        known = kept.baseline if baseline else kept.every
    target = situation.quotas.get((standing.participant, use.name, standing.period)) if milestone.quota else None
    return Tally(sums, known, period.start, period.end, target)


def vesting(milestone: Milestone, earned: Millis) -> Millis:
    """When points of a period award that are earned now vest; VESTED if nothing holds them."""
    hold = milestone.hold
    return VESTED if hold is None or hold.days is None else earned + hold.days * DAY


def caps_groups(milestone: Milestone, rulebook: Rulebook) -> bool:
    """Whether caps that are budget nodes may bind the milestone."""
    program = rulebook.version(milestone.program, milestone.version)
    return program is not None and bool(program.caps or milestone.caps)


def earned_on(milestone: Milestone, rulebook: Rulebook, period_id: str, earned: Millis) -> date:
    """The day in the program's zone on which points of a period award are earned, within the period."""
    program, period = rulebook.version(milestone.program, milestone.version), parse_period(period_id)
    day = from_millis(earned).astimezone(ZoneInfo(program.zone if program else "UTC")).date()
    return max(period.start, min(day, period.last_day or day))


def group_nodes(milestone: Milestone, rulebook: Rulebook, standing: Standing, situation: Situation, on: date) -> tuple[str, ...]:
    """The group caps that bind a period award: budget nodes, as for record awards."""
    program = rulebook.version(milestone.program, milestone.version)
    if program is None or not caps_groups(milestone, rulebook):
        return ()
    participant = situation.participants.get(standing.participant)
    person = attributes(participant, on) if participant else {}
    named = {f"participant.{name}": value for name, value in person.items()}
    return nodes(milestone, program, standing.participant, named, on)


_NOTHING: Mapping[str, int] = {}
_NONE = FactSet()


def _add(sums: Sums, it: Contribution, sign: int) -> None:
    parts = dict(sums.get(it.kpi, _NOTHING))
    for name, amount in it.parts.items():
        parts[name] = parts.get(name, 0) + sign * amount
        if not parts[name]:
            del parts[name]
    if parts:
        sums[it.kpi] = parts
    else:
        sums.pop(it.kpi, None)


def _with_parts(standing: Standing, parts: Sums, baseline: Sums) -> Standing:
    return Standing(standing.tenant, standing.participant, standing.period, parts, baseline, standing.awards, standing.seen)


def _move_fact(facts: dict[FactKey, FactSet], it: Contribution, sign: int, record: str, situation: Situation) -> None:
    key = (it.participant, it.period, it.kpi)
    known = facts.get(key) or situation.facts.get(key) or _NONE
    fact = Fact(_day(it.on), record, it.parts, it.about)
    facts[key] = known.moved(sign, fact, baseline=it.baseline)


@lru_cache(maxsize=20_000)
def _day(text: str) -> date:
    return date.fromisoformat(text)
