"""Awarding: one award on its way through a decision, from what it holds to what it should hold, and what then waits."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from accolade import standings as stand
from accolade.model.ledger import Standing
from accolade.model.records import Holding
from accolade.model.times import Millis, from_millis
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone
from accolade.programs.states import GHOST
from accolade.situation import FactKey, FactSet, Parking, Pending, Projection, Situation, Wanted
from accolade.wallet.awards import VESTED
from accolade.wallet.books import Award

NOTHING = Holding()


def changing(
    projection: Projection, standings: stand.Standings, facts: Mapping[FactKey, FactSet], situation: Situation, now: Millis
) -> Iterator[Pending]:
    """Every award whose holding differs from what should be held now: the record's own, then those of its periods."""
    rulebook, before = situation.rulebook, projection.before
    for key in {*before.awards, *projection.wanted} if before.awards else projection.wanted:
        it = record_award(key, before.awards.get(key, NOTHING), projection.wanted.get(key), rulebook, now)
        if it is not None:
            yield it
    earned = projection.closing.at if projection.closing else projection.changed_at
    anew = projection.again or before.unsettled  # other rules may read the same sums
    unmoved = {(it.participant, it.period) for it in projection.record.contributions} if anew else ()
    for place in {*standings, *unmoved}:
        standing = standings.get(place) or situation.standings[place]
        for milestone in _asking(projection, place, standing, rulebook) if not anew else rulebook.inline_in(place[1]):
            should = stand.due(milestone, standing, facts, situation)
            it = period_award(standing, milestone, 0, should, situation, earned=earned, now=now)
            if it is not None:
                it.level = stand.level(milestone, standing, facts, situation)
                yield it


def _asking(projection: Projection, place: tuple[str, str], standing: Standing, rulebook: Rulebook) -> Iterator[Milestone]:
    """The milestones of a standing that may be worth something else now: those whose KPI the record touches, and those that
    depend on more than that (what vests, people, caps that others draw on)."""
    both = (*projection.before.contributions, *projection.record.contributions)
    touched = {it.kpi for it in both if (it.participant, it.period) == place}
    lots = bool([it for it in standing.awards.values() if it.lots])
    for milestone in rulebook.inline_in(place[1]):
        use = milestone.kpi
        if lots or use is None or use.id in touched or milestone.multipliers or stand.caps_groups(milestone, rulebook):
            yield milestone


def record_award(key: str, holding: Holding, want: Wanted | None, rulebook: Rulebook, now: Millis) -> Pending | None:
    """The change of a record award; None if what is held is what is wanted (`now` in epoch ms)."""
    if want is None:
        return pending(key, holding, 0, rulebook) if holding.held or holding.shadow else None
    should = 0 if want.until and not want.gate and want.until <= now else want.points
    ripe = holding.lots and (want.due == VESTED or (want.gate and holding.lots[0][0] <= now))
    had = holding.shadow if want.ghost else holding.held
    if had == should and not ripe:
        return None
    due = VESTED if want.gate and 0 < want.due <= now else want.due
    terms = Terms(due, want.gate, bool(want.review), want.nodes)
    it = pending(key, holding, should, rulebook, milestone=want.milestone, terms=terms)
    it.level, it.review, it.until = int(should > 0), want.review, want.until
    return it


def period_award(
    standing: Standing, milestone: Milestone, level: int, should: int, situation: Situation, *, earned: Millis, now: Millis
) -> Pending | None:
    """The change of a period award that should hold so many points; None if it does. `earned`: the event time."""
    key = f"{milestone.program}/{milestone.id}/{standing.participant}/{standing.period}"
    holding = standing.awards.get(key, NOTHING)
    had = holding.shadow if milestone.program.endswith(GHOST) else holding.held
    if had == should and not (holding.lots and holding.lots[0][0] <= now):
        return None
    rulebook, nodes = situation.rulebook, tuple[str, ...]()
    review = milestone.approval_above is not None and should > milestone.approval_above
    if stand.caps_groups(milestone, rulebook):
        day = stand.earned_on(milestone, rulebook, standing.period, earned)
        nodes = stand.group_nodes(milestone, rulebook, standing, situation, day)
    terms = Terms(stand.vesting(milestone, earned), True, review, nodes)
    it = pending(key, holding, should, rulebook, milestone=milestone, period=standing.period, terms=terms)
    it.level, it.review = level, "above" if review else ""
    return it


class Terms(NamedTuple):
    """On which terms an award rises, as in `wallet.books.Award`."""

    due: Millis = VESTED
    open_gate: bool = True
    review: bool = False
    nodes: tuple[str, ...] = ()


_AT_ONCE = Terms()


def pending(
    key: str,
    holding: Holding,
    should: int,
    rulebook: Rulebook,
    *,
    milestone: Milestone | None = None,
    period: str = "",
    terms: Terms = _AT_ONCE,
) -> Pending:
    """An award to be settled, under the version that wants it; if none does any more, under the program's newest.

    A program without versions is a ghost that went live or was given up: what it remembered is forgotten.
    """
    program_id, milestone_id, participant, scope = key.split("/", 3)
    versions = rulebook.versions(program_id)
    if not versions:
        gone = Award(key, program_id, 0, milestone_id, participant, scope, holding, should, "points", 0, ghost=True)
        return Pending(gone, milestone, period)
    program = rulebook.version(program_id, milestone.version) if milestone else None
    program = program or versions[-1]
    award = Award(
        key,
        program.id,
        program.version,
        milestone_id,
        participant,
        scope,
        holding,
        should,
        program.unit,
        program.debt_limit,
        terms.due,
        terms.open_gate,
        terms.review,
        program.ghost,
        terms.nodes,
    )
    return Pending(award, milestone or program.milestone(milestone_id), period)


def step_of(milestone: Milestone | None, period: str, parked: int) -> int:
    """What one award of a milestone is worth, by which points that wait are posted; of a record it is all of them."""
    return (milestone.points_for(1) or 0) if milestone and period else parked


def parkings(settled: Iterable[Pending], record: str | None, at: datetime, now: datetime) -> Iterator[Parking]:
    """What waits now and did not before, or no longer waits: for budget, for time to pass, for a person."""
    for it in settled:
        before, after, scope = it.award.holding, it.after, None if it.period else record
        if after.parked != before.parked:
            yield Parking(it.award.key, after.parked, at, scope, it.period)
        if after.lots != before.lots:
            due = [lot for lot, _ in after.lots if lot > 0] or ([it.until] if it.until else [])
            yield Parking(it.award.key, after.pending if due else 0, from_millis(min(due, default=0)), scope, it.period, "vest")
        if after.awaiting != before.awaiting:
            yield Parking(it.award.key, after.awaiting, now, scope, it.period, "approval", it.review)
