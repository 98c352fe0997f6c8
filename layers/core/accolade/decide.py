"""What a change means. Start reading here: this is the business.

A record says what it contributes as it stands; a milestone says what a participant should hold as things stand; what
is posted is the difference. Three pure steps: `merge` (model.records) takes facts in, `project` (worth) says what
the record is worth now and to whom, `settle` turns the difference into postings, holdings and messages owed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from accolade import selling, tell
from accolade import standings as stand
from accolade.awarding import NOTHING, changing, parkings, pending, period_award, step_of
from accolade.closing import closes_at
from accolade.model.ledger import Entry, Standing
from accolade.model.records import Holding, Record
from accolade.model.times import from_millis, to_millis
from accolade.programs.periods import parse_period
from accolade.programs.rulebook import Rulebook
from accolade.situation import Decision, FactKey, FactSet, Pending, Projection, Situation
from accolade.wallet.books import Books, Occasion
from accolade.wallet.chain import entry_hash
from accolade.worth import credited_users, project

__all__ = ["adjust", "approve", "credited_users", "pending", "period_award", "project", "refuse", "resume", "settle"]

AWARDS_A_DECISION = 30
"""Award changes settled in one transaction; a record with more is marked `unsettled` and settled in several."""

WRITES_A_DECISION = 95
"""Items that a decision may be of (a transaction takes 100): awards of many people on hold, or with shares of budgets, are
settled in several transactions too."""

JUST_BEFORE = timedelta(minutes=15)
"""What moves so shortly before a close may be stored after it."""

NO_LIMIT = 10**15

Standings = dict[tuple[str, str], Standing]


def settle(
    projection: Projection, situation: Situation, *, now: datetime, silent: bool = False, most: int = AWARDS_A_DECISION
) -> Decision | None:
    """Post the difference between what should be held and what is held; None if nothing at all has changed.

    `silent`: owe no messages and chain no entries, which are the same otherwise (a replay of history). `most`: awards at once.
    """
    standings, facts = stand.moved(projection, situation)
    found = list(changing(projection, standings, facts, situation, to_millis(now)))
    if not found:
        return _counted(projection, standings, facts, situation, now)
    found.sort(key=_award_key)
    settled, left = found[:most], found[most:]
    unsettled = tuple(sorted({it.award.participant for it in left})) if left else ()
    books = _books(situation, _occasion(projection, now), hashed=_unchained if silent else entry_hash)
    for participant, _ in standings:
        books.touch(participant)
    record_awards = dict(projection.before.awards)
    _post(settled, books, standings, situation, record_awards)
    record = _written(projection.record, _kept(record_awards), unsettled, projection.before.revision + 1)
    told = () if silent else tell.deliveries(projection, record, settled, situation, standings, facts, books, now=now)
    decision = Decision(
        projection.before,
        record,
        books.changed,
        standings,
        tuple(books.entries),
        told,
        {node: points for node, points in books.budget.items() if points},
        tuple(parkings(settled, str(record.key), books.occasion.earned_at, now)),
        projection.problems,
        facts,
        tuple(settled),
        tuple(_late(standings, situation.rulebook, now)),
        selling.moves(projection.before, record, situation.sales, beside=situation.rulebook.asked("deal").near),
    )
    if decision.writes > WRITES_A_DECISION and len(settled) > 1:
        fewer = max(1, len(settled) * WRITES_A_DECISION // decision.writes)
        return settle(projection, situation, now=now, silent=silent, most=fewer)
    return decision


def _award_key(it: Pending) -> str:
    return it.award.key


def _counted(
    projection: Projection, standings: Standings, facts: dict[FactKey, FactSet], situation: Situation, now: datetime
) -> Decision | None:
    """What most decisions are: the record and its parts have moved, and no award; None if the record has not moved either."""
    if not standings and _unmoved(projection, ()):
        return None
    before = projection.before
    record = _written(projection.record, _kept(before.awards) if before.awards else before.awards, (), before.revision + 1)
    return Decision(
        before,
        record,
        {participant: situation.wallets[participant] for participant, _ in standings},
        standings,
        (),
        (),
        {},
        (),
        projection.problems,
        facts,
        (),
        tuple(_late(standings, situation.rulebook, now)),
        selling.moves(before, record, situation.sales, beside=situation.rulebook.asked("deal").near),
    )


def adjust(
    wanted: Iterable[Pending],
    situation: Situation,
    *,
    at: datetime,
    now: datetime,
    actor: str = "maintain",
    why: str = "close",
) -> Decision | None:
    """Bring period awards of one participant to what they should be, where no record has moved: closes, ranks, teams.

    `at` is the event time of what is posted, `why` what the message says of it (`tell.adjusted`). None if nothing changes.
    """
    found = sorted(wanted, key=lambda it: it.award.key)
    if not found:
        return None
    tenant = situation.wallets[found[0].award.participant].tenant
    books = _books(situation, Occasion(tenant, at, at, now, actor))
    standings: Standings = {}
    _post(found, books, standings, situation, {})
    for participant, _ in standings:
        books.touch(participant)
    return Decision(
        None,
        None,
        books.changed,
        standings,
        tuple(books.entries),
        tell.adjusted(found, situation, books, now=now, why=why),
        {node: points for node, points in books.budget.items() if points},
        tuple(parkings(found, None, at, now)),
        settled=tuple(found),
    )


def resume(it: Pending, holder: Record | Standing, situation: Situation, *, at: datetime, now: datetime) -> Decision | None:
    """Post an award that waited for budget, as far as there is room for whole ones now; None if it has to wait on.

    `holder` is the record or the standing that carries the award; `at` the event time that it was earned.
    """
    step = step_of(it.milestone, it.period, it.award.holding.parked)
    decision = _alone(it, holder, situation, lambda books: books.resume(it.award, step=step), at=at, now=now)
    return decision if decision.entries else None


def approve(
    it: Pending,
    holder: Record | Standing,
    situation: Situation,
    *,
    at: datetime,
    now: datetime,
    actor: str,
    reason_hash: str = "",
) -> Decision:
    """Post what a person has approved, or park it if the budget is short; `holder` and `at` as for `resume`."""
    act = partial(_approved, it)
    return _alone(it, holder, situation, act, at=at, now=now, actor=actor, reason_hash=reason_hash, why="approved")


def refuse(it: Pending, holder: Record | Standing, situation: Situation, *, at: datetime, now: datetime, actor: str) -> Decision:
    """Keep what a person has refused from being asked for again; `holder` and `at` as for `resume`."""
    return _alone(it, holder, situation, lambda books: books.refuse(it.award), at=at, now=now, actor=actor)


def _alone(
    it: Pending,
    holder: Record | Standing,
    situation: Situation,
    act: Callable[[Books], Holding],
    *,
    at: datetime,
    now: datetime,
    actor: str = "maintain",
    reason_hash: str = "",
    why: str = "budget",
) -> Decision:
    """One award moved on its own, without a record or a part that moves."""
    record = holder if isinstance(holder, Record) else None
    standing = holder if isinstance(holder, Standing) else None
    tenant = record.key.tenant if record else situation.wallets[it.award.participant].tenant
    scope = str(record.key) if record else None
    books = _books(situation, Occasion(tenant, at, at, now, actor, scope, reason_hash=reason_hash))
    it.after = act(books)
    it.entries = tuple(books.entries)
    books.touch(it.award.participant)
    held = _kept(dict(holder.awards) | {it.award.key: it.after})
    moved = {(it.award.participant, it.period): stand.holding(standing, held)} if standing else {}
    return Decision(
        record,
        _written(record, held, record.unsettled, record.revision + 1) if record else None,
        books.changed,
        moved,
        it.entries,
        tell.resumed(it, record, standing, books, now=now, why=why),
        books.budget,
        tuple(parkings([it], scope, at, now)),
        settled=(it,),
    )


def _approved(it: Pending, books: Books) -> Holding:
    return books.approve(it.award)


def _late(standings: Iterable[tuple[str, str]], rulebook: Rulebook, now: datetime) -> Iterator[tuple[str, str]]:
    """(period, participant) of standings that move after their period was judged as a whole: it is judged again."""
    for participant, period_id in standings if rulebook.closes else ():
        if any(closes_at(it, parse_period(period_id)) <= now + JUST_BEFORE for it in rulebook.closing_in(period_id)):
            yield period_id, participant


def _unmoved(projection: Projection, unsettled: tuple[str, ...]) -> bool:
    """Whether the record stays exactly as it was."""
    before, after = projection.before, projection.record
    return (
        not projection.problems
        and unsettled == before.unsettled
        and after.fields == before.fields
        and (after is before or _written(after, before.awards, unsettled, before.revision) == before)
    )


def _written(record: Record, awards: Mapping[str, Holding], unsettled: tuple[str, ...], revision: int) -> Record:
    return Record(
        record.key,
        record.fields,
        record.history,
        record.deletion,
        record.contributions,
        awards,
        record.waiting_for,
        unsettled,
        record.people,
        record.history_cut,
        record.complete,
        revision,
    )


def _post(
    found: Sequence[Pending], books: Books, standings: Standings, situation: Situation, record_awards: dict[str, Holding]
) -> None:
    """Settle awards one after another; what they hold then is kept with their period's standing, or with the record."""
    held: dict[tuple[str, str], dict[str, Holding]] = {}
    for it in found:
        first = len(books.entries)
        person = situation.participants.get(it.award.participant)
        if person is not None and person.merged_into:  # what is owed goes on as the debt of whom they are merged into
            it.award = replace(it.award, debt_limit=NO_LIMIT)
        it.after = books.settle(it.award)
        it.entries = tuple(books.entries[first:])
        if it.period:
            place = (it.award.participant, it.period)
            if place not in held:
                held[place] = dict((standings.get(place) or situation.standings[place]).awards)
            held[place][it.award.key] = it.after
        else:
            record_awards[it.award.key] = it.after
    multiplied = {(it.award.participant, it.period) for it in found if it.milestone and it.milestone.multipliers}
    for place, awards in held.items():
        standing = standings.get(place) or situation.standings[place]
        seen = stand.seen(standing, situation) if place in multiplied else None
        standings[place] = stand.holding(standing, _kept(awards), seen)


def _books(situation: Situation, occasion: Occasion, *, hashed: Callable[[Entry], str] = entry_hash) -> Books:
    return Books(situation.wallets, situation.room, occasion, hashed=hashed, shares=situation.shares)


def _unchained(_: Entry) -> str:
    return ""


def _occasion(projection: Projection, now: datetime) -> Occasion:
    changed = from_millis(projection.changed_at)
    closing = projection.closing
    earned = changed if closing is None or closing.at == projection.changed_at else from_millis(closing.at)
    key = projection.record.key
    return Occasion(key.tenant, earned, changed, now, "process", str(key), projection.record.version, projection.notification_ids)


def _kept(holdings: Mapping[str, Holding]) -> dict[str, Holding]:
    """Holdings worth storing: an award once posted keeps its revision for ever, so that no entry id comes twice."""
    return {key: holding for key, holding in holdings.items() if holding != NOTHING}
