"""What a change means. Start reading here: this is the business.

A record says what it contributes as it stands; a milestone says what a participant should hold as things stand; what
is posted is the difference. Three pure steps: `merge` (model.records) takes facts in, `project` (worth) says what
the record is worth now and to whom, `settle` turns the difference into postings, holdings and messages owed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from accolade import tell
from accolade.model.ledger import Standing
from accolade.model.records import Contribution, Holding, Record
from accolade.model.times import from_millis
from accolade.programs.periods import parse_period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone
from accolade.situation import Decision, Parking, Pending, Projection, Situation
from accolade.wallet.books import Award, Books, Occasion
from accolade.worth import credited_users, project

__all__ = ["credited_users", "project", "resume", "settle"]

AWARDS_A_DECISION = 30
"""Award changes settled in one transaction; a record with more is marked `unsettled` and settled in several."""


def settle(projection: Projection, situation: Situation, *, now: datetime) -> Decision | None:
    """Post the difference between what should be held and what is held; None if nothing at all has changed."""
    standings = _moved(projection, situation)
    pending = sorted(_awards(projection, standings, situation), key=lambda it: it.award.key)
    settled, left = pending[:AWARDS_A_DECISION], pending[AWARDS_A_DECISION:]
    record = replace(projection.record, unsettled=tuple(sorted({it.award.participant for it in left})))
    if not pending and not standings and record == projection.before:
        return None
    books = Books(situation.wallets, situation.room, _occasion(projection, now))
    for participant, _ in standings:
        books.touch(participant)
    record_awards = dict(record.awards)
    for it in settled:
        holding = books.settle(it.award)
        it.entries = tuple(entry for entry in books.entries if entry.id.startswith(f"{it.award.key}#"))
        it.after = holding
        if it.period:
            standing = standings.get((it.award.participant, it.period)) or situation.standings[it.award.participant, it.period]
            held = _kept(dict(standing.awards) | {it.award.key: holding})
            standings[it.award.participant, it.period] = replace(standing, awards=held)
        else:
            record_awards[it.award.key] = holding
    record = replace(record, awards=_kept(record_awards), revision=projection.before.revision + 1)
    return Decision(
        projection.before,
        record,
        books.changed,
        standings,
        tuple(books.entries),
        tell.deliveries(projection, record, settled, situation, standings, books, now=now),
        {program: points for program, points in books.budget.items() if points},
        tuple(_parkings(settled, record, books.occasion.earned_at)),
        projection.problems,
    )


def resume(it: Pending, holder: Record | Standing, situation: Situation, *, at: datetime, now: datetime) -> Decision | None:
    """Post an award that waited for budget, as far as there is room for whole ones now; None if it has to wait on.

    `holder` is the record or the standing that carries the award; `at` the event time that it was earned.
    """
    record = holder if isinstance(holder, Record) else None
    standing = holder if isinstance(holder, Standing) else None
    tenant = record.key.tenant if record else situation.wallets[it.award.participant].tenant
    scope = str(record.key) if record else None
    books = Books(situation.wallets, situation.room, Occasion(tenant, at, at, now, "maintain", scope))
    step = (it.milestone.points_for(1) or 0) if it.milestone and it.period else it.award.holding.parked
    it.after = books.resume(it.award, step=step)
    it.entries = tuple(books.entries)
    if not books.entries:
        return None
    held = _kept(dict(holder.awards) | {it.award.key: it.after})
    moved = {(it.award.participant, it.period): replace(standing, awards=held)} if standing else {}
    return Decision(
        record,
        replace(record, awards=held, revision=record.revision + 1) if record else None,
        books.changed,
        moved,
        it.entries,
        tell.resumed(it, record, standing, books, now=now),
        books.budget,
        (Parking(it.award.key, it.after.parked, at, scope, it.period),),
    )


def _moved(projection: Projection, situation: Situation) -> dict[tuple[str, str], Standing]:
    """The standings whose parts move: stored contributions go out as stored, the new ones come in."""
    old, new = projection.before.contributions, projection.record.contributions
    moved: dict[tuple[str, str], Standing] = {}
    for sign, contribution in [(-1, it) for it in old if it not in new] + [(1, it) for it in new if it not in old]:
        key = (contribution.participant, contribution.period)
        standing = moved.get(key) or situation.standings[key]
        standing = replace(standing, parts=_added(standing.parts, contribution, sign))
        if contribution.baseline:
            standing = replace(standing, baseline=_added(standing.baseline, contribution, sign))
        moved[key] = standing
    return moved


def _added(sums: Mapping[str, Mapping[str, int]], contribution: Contribution, sign: int) -> dict[str, Mapping[str, int]]:
    parts = dict(sums.get(contribution.kpi, {}))
    for name, amount in contribution.parts.items():
        parts[name] = parts.get(name, 0) + sign * amount
    left = {name: amount for name, amount in parts.items() if amount}
    others = {kpi: known for kpi, known in sums.items() if kpi != contribution.kpi}
    return others | ({contribution.kpi: left} if left else {})


def _awards(projection: Projection, standings: Mapping[tuple[str, str], Standing], situation: Situation) -> Iterator[Pending]:
    """Every award whose holding differs from what should be held now: the record's own, then those of its periods."""
    rulebook = situation.rulebook
    for key in {*projection.before.awards, *projection.wanted}:
        want, holding = projection.wanted.get(key), projection.before.awards.get(key, Holding())
        should = want.points if want else 0
        if holding.held != should:
            yield pending(key, holding, should, rulebook, milestone=want.milestone if want else None)
    anew = projection.again or projection.before.unsettled  # other rules may read the same sums
    unmoved = {(it.participant, it.period) for it in projection.record.contributions if anew}
    for participant, period in {*standings, *unmoved}:
        standing = standings.get((participant, period)) or situation.standings[participant, period]
        for milestone in rulebook.milestones_in(parse_period(period)):
            key = f"{milestone.program}/{milestone.id}/{participant}/{period}"
            holding = standing.awards.get(key, Holding())
            should = _period_points(milestone, standing)
            if holding.held != should:
                yield pending(key, holding, should, rulebook, milestone=milestone, period=period)


def _period_points(milestone: Milestone, standing: Standing) -> int:
    """max(0, level(all facts) - level(baseline)) times the points: history that was loaded late pays nothing."""
    kpi_id = milestone.kpi.id if milestone.kpi else ""
    level = milestone.level(standing.parts.get(kpi_id, {})) - milestone.level(standing.baseline.get(kpi_id, {}))
    return milestone.points_for(max(0, level)) or 0


def pending(
    key: str, holding: Holding, should: int, rulebook: Rulebook, *, milestone: Milestone | None = None, period: str = ""
) -> Pending:
    """An award to be settled, under the version that wants it; if none does any more, under the program's newest."""
    program_id, milestone_id, participant, scope = key.split("/", 3)
    newest = rulebook.versions(program_id)[-1]
    program = (rulebook.version(program_id, milestone.version) if milestone else None) or newest
    award = Award(
        key, program.id, program.version, milestone_id, participant, scope, holding, should, program.unit, program.debt_limit
    )
    return Pending(award, milestone or program.milestone(milestone_id), period)


def _occasion(projection: Projection, now: datetime) -> Occasion:
    changed = from_millis(projection.changed_at)
    earned = from_millis(projection.closing.at) if projection.closing else changed
    key = projection.record.key
    return Occasion(key.tenant, earned, changed, now, "process", str(key), projection.record.version, projection.notification_ids)


def _parkings(settled: list[Pending], record: Record, at: datetime) -> Iterator[Parking]:
    for it in settled:
        if it.after.parked != it.award.holding.parked:
            yield Parking(it.award.key, it.after.parked, at, None if it.period else str(record.key), it.period)


def _kept(holdings: Mapping[str, Holding]) -> dict[str, Holding]:
    """Holdings worth storing: an award once posted keeps its revision for ever, so that no entry id comes twice."""
    return {key: holding for key, holding in holdings.items() if holding != Holding()}
