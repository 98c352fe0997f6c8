"""What a decision tells people: one message a person and record revision, listing its entries."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from accolade.kpis.port import Tally
from accolade.model.deliveries import Delivery, Line, Progress, delivery_id
from accolade.model.ledger import Entry, EntryKind, Standing
from accolade.model.reading import closing
from accolade.model.records import Record
from accolade.model.times import from_millis
from accolade.programs.periods import parse_period
from accolade.situation import FactKey, FactSet, Pending, Projection, Situation
from accolade.standings import tally
from accolade.wallet.books import Books

SPEAKING = (EntryKind.ACCRUAL, EntryKind.CLAWBACK, EntryKind.VEST)
"""Write-offs are between the company and its books; nobody is told."""


def deliveries(
    projection: Projection,
    record: Record,
    settled: Iterable[Pending],
    situation: Situation,
    standings: Mapping[tuple[str, str], Standing],
    facts: Mapping[FactKey, FactSet],
    books: Books,
    *,
    now: datetime,
) -> tuple[Delivery, ...]:
    """The messages owed for a decision about a record, which moved these standings and facts; what is older than a program's
    `silent_after` says nothing."""
    lines: dict[str, list[Line]] = {}
    programs: dict[str, str] = {}
    for it in settled:
        for entry in it.entries:
            if entry.kind in SPEAKING and _notified(it) and not _silent(entry, it, situation, now):
                standing = standings.get((it.award.participant, it.period)) or situation.standings.get(
                    (it.award.participant, it.period)
                )
                about = _facts(it, record, standing)
                if entry.kind is EntryKind.CLAWBACK:
                    about |= {"reason": "lapsed"} if _lapsed(it, now) else _reason(projection.before, record)
                lines.setdefault(it.award.participant, []).append(_line(it, entry, about))
                programs.setdefault(it.award.participant, it.award.program)
    return tuple(
        _delivery(
            delivery_id(str(record.key), str(record.revision), person),
            person,
            programs[person],
            mine,
            books,
            record=record,
            progress=tuple(_progress(person, standings, facts, situation)),
            now=now,
        )
        for person, mine in lines.items()
    )


def adjusted(
    settled: Iterable[Pending], situation: Situation, books: Books, *, now: datetime, why: str = "close"
) -> tuple[Delivery, ...]:
    """The message owed where no record moved (a close, a rank, a team's award): one a person and award revision.

    `why`: `close` (the period was judged), `late` (once more, for something came late), `group` (the group's result moved
    before the end), `quota` (a quota was changed), `vest`.
    """
    told: list[Delivery] = []
    for it in settled:
        standing = situation.standings.get((it.award.participant, it.period))
        waits = it.milestone.closes_after if it.milestone else timedelta(0)
        speaking = [one for one in it.entries if one.kind in SPEAKING and not _silent(one, it, situation, now - waits)]
        speaking = speaking if _notified(it) else []
        lines = [_line(it, entry, _facts(it, None, standing) | {"reason": why}) for entry in speaking]
        if lines:
            id_ = delivery_id(it.award.key, str(it.after.revision), it.award.participant)
            told.append(_delivery(id_, it.award.participant, it.award.program, lines, books, record=None, now=now))
    return tuple(told)


def _lapsed(it: Pending, now: datetime) -> bool:
    """Whether what was held back goes back because its gate was not kept in time."""
    return bool(it.until) and from_millis(it.until) <= now


def _notified(it: Pending) -> bool:
    return it.milestone is None or it.milestone.notify


def resumed(
    it: Pending, record: Record | None, standing: Standing | None, books: Books, *, now: datetime, why: str = "budget"
) -> tuple[Delivery, ...]:
    """The message owed when an award that waited is posted: id = award key, its revision and the recipient.

    `why` it is posted now: there is `budget`, or it was `approved`.
    """
    person = it.award.participant
    lines = [_line(it, entry, _facts(it, record, standing) | {"reason": why}) for entry in it.entries]
    told = [line for line, entry in zip(lines, it.entries, strict=True) if entry.kind in SPEAKING]
    if not told:
        return ()
    return (
        _delivery(
            delivery_id(it.award.key, str(it.after.revision), person),
            person,
            it.award.program,
            told,
            books,
            record=record,
            now=now,
        ),
    )


def _delivery(
    id_: str,
    person: str,
    program: str,
    lines: list[Line],
    books: Books,
    *,
    record: Record | None,
    now: datetime,
    progress: tuple[Progress, ...] = (),
) -> Delivery:
    wallet = books.changed[person]
    return Delivery(
        id=id_,
        tenant=wallet.tenant,
        participant=person,
        program=program,
        record=str(record.key) if record else None,
        subject=str(record.value("name") or "")[:120] if record else "",
        lines=tuple(lines),
        balance=wallet.available,
        debt=wallet.debt,
        created_at=now,
        due_at=now,
        progress=progress,
    )


def _silent(entry: Entry, it: Pending, situation: Situation, now: datetime) -> bool:
    program = situation.rulebook.version(it.award.program, it.award.version)
    return program is not None and now - entry.at > program.silent_after


def _line(it: Pending, entry: Entry, facts: Mapping[str, str | int]) -> Line:
    points = sum(transfer.amount for transfer in entry.transfers)
    if it.after.lots and entry.kind is EntryKind.ACCRUAL:
        facts = dict(facts) | {"vests": vesting_day(it)}
    milestone = it.milestone
    return Line(
        entry=entry.id,
        points=-points if entry.kind is EntryKind.CLAWBACK else points,
        kind=entry.kind.value,
        milestone=it.award.milestone,
        milestone_kind=milestone.kind if milestone else "record",
        title=milestone.title if milestone else {"en": it.award.milestone},
        facts=facts,
    )


def vesting_day(it: Pending) -> str:
    """The day (UTC, ISO) on which the last lot of the award vests; empty where a gate decides."""
    last = it.after.lots[-1][0] if it.after.lots else 0
    return from_millis(last).date().isoformat() if last > 0 else ""


def _facts(it: Pending, record: Record | None, standing: Standing | None) -> dict[str, str | int]:
    facts: dict[str, str | int] = {}
    milestone = it.milestone
    if it.place:
        facts["place"] = it.place
    if it.period:
        facts["period"] = it.period
        if milestone and milestone.kpi and standing:
            facts["unit_kpi"] = milestone.kpi.name
            value = None if milestone.kpi.folded else milestone.kpi.kpi.value(Tally(standing.parts.get(milestone.kpi.id, {})))
            if isinstance(value, int):
                facts["count"] = value
            if milestone.n:
                facts["n"] = milestone.n
    elif record is not None:
        days = days_to_close(record)
        if days is not None:
            facts["days"] = days
    return facts


def days_to_close(record: Record) -> int | None:
    """Days from a record's creation to its close date; None unless it has both."""
    created, closed = record.value("created_on"), record.value("close_date")
    if not created or not closed:
        return None
    return (datetime.fromisoformat(str(closed)) - datetime.fromisoformat(str(created))).days


def _reason(before: Record, record: Record) -> dict[str, str | int]:
    """Why points go back: what has changed on the record, the strongest reason first, and the day it did (UTC)."""
    was, now = closing(before), closing(record)
    on = from_millis(record.version).date().isoformat()
    if record.key.type == "nomination":
        return {"reason": "nomination", "on": on}
    if record.deleted:
        return {"reason": "deleted", "on": on}
    if now is None:
        return {"reason": "reopened", "on": on}
    if was and was.stage == "won" and now.stage == "lost":
        return {"reason": "lost", "on": on}
    if was and was.owner != now.owner:
        return {"reason": "owner", "on": on}
    if before.value("amount") != record.value("amount"):
        return {"reason": "amount", "on": on}
    return {"reason": "rules", "on": on}


def _progress(
    person: str, standings: Mapping[tuple[str, str], Standing], facts: Mapping[FactKey, FactSet], situation: Situation
) -> Iterator[Progress]:
    """How far the next award is, for the first milestone of the touched periods that has one; `facts`: those that moved."""
    for (participant, period_id), standing in sorted(standings.items()):
        period = parse_period(period_id)
        for milestone in situation.rulebook.milestones_in(period) if participant == person else ():
            use = milestone.kpi
            step = milestone.progress(tally(milestone, use, standing, period, facts, situation)) if use else None
            if step and period.last_day:
                worth, until = milestone.points_for(1) or 0, period.last_day.isoformat()
                plain = milestone.kpi and milestone.kpi.tree is None and milestone.progress_unit == "deals"
                kpi = milestone.kpi.name if milestone.kpi and plain else ""  # "2 more wins" only where every win counts
                yield Progress(milestone.id, milestone.title, milestone.kind, *step, worth, until, kpi)
                return
