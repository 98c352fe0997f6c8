"""One program replayed over events in their order, through the same `merge`, `project` and `settle` as production."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from accolade.decide import project, settle
from accolade.flows.simulation.closes import Closes, Vests
from accolade.flows.simulation.kept import LIMIT, Kept, scratch
from accolade.flows.simulation.packing import (
    facts_from_bytes,
    facts_to_bytes,
    record_from_bytes,
    record_to_bytes,
    sales_from_bytes,
    sales_to_bytes,
    standing_from_bytes,
    standing_to_bytes,
    wallet_from_bytes,
    wallet_to_bytes,
)
from accolade.flows.simulation.results import Moved, Results
from accolade.flows.simulation.spool import Event
from accolade.model.connections import Connection
from accolade.model.fields import TRACKED_FIELDS
from accolade.model.ledger import EntryKind, Standing, Wallet
from accolade.model.participants import Participant
from accolade.model.reading import business_date
from accolade.model.records import Facts, Record, RecordKey, merge
from accolade.model.times import Millis, from_millis
from accolade.programs.rulebook import Rulebook
from accolade.selling import accounts_of
from accolade.situation import AccountSales, Decision, Pending, Projection, Situation

ROUNDS = 40
"""A record with very many awards is settled in so many decisions at most, as in production."""

_SHRINK = 256
"""Events between two looks at how much is in memory."""

_ACCOUNTS = 500
"""Accounts whose sales are in memory: each decision about a deal looks over them."""

_MONTH = 30 * 86_400_000
"""Milliseconds between two looks at what moved after its period was closed."""

_TAKES = (EntryKind.CLAWBACK, EntryKind.WRITEOFF)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part: participants by number, number by CRM user, and what a rule may ask of groups and quotas."""

    participants: Mapping[str, Participant]
    owners: Mapping[str, str]
    quotas: Mapping[tuple[str, str, str], Fraction]

    def teams(self) -> dict[str, tuple[str, ...]]:
        """`team:name` and so on -> the numbers of its active members."""
        found: dict[str, list[str]] = {}
        for number, person in self.participants.items():
            for key in (f"team:{person.team or ''}", f"region:{person.region or ''}", "company:") if person.active else ():
                found.setdefault(key, []).append(number)
        return {key: tuple(sorted(numbers)) for key, numbers in found.items()}


class Replay:
    """A situation whose parts lie in a temporary file when they were not used lately; results go to a table of their own."""

    def __init__(
        self,
        rulebook: Rulebook,
        connection: Connection,
        cast: Cast,
        folder: Path,
        *,
        now: Millis,
        limit: int = LIMIT,
        sells: bool = False,
    ) -> None:
        """`now`: until when periods close; `sells`: what deals are to their accounts is found on the way."""
        folder.mkdir()
        self.results = Results(folder / "results.db").create()
        self._db = scratch(folder / "state.db")
        self._problems: Counter[tuple[str, str]] = Counter()
        self._records: Kept[RecordKey, Record] = Kept(
            self._db, "records", pack=record_to_bytes, unpack=record_from_bytes, text=_key_text, limit=limit
        )
        self._levels: Kept[str, int] = Kept(self._db, "levels", pack=_int_to_bytes, unpack=_int_from_bytes, limit=limit)
        self._situation = _situation(self._db, rulebook, connection, cast, limit)
        self._closes = Closes(self._situation, sorted(cast.participants), now=from_millis(now))
        self._vests = Vests(self._situation, [])
        self._month, self._seen, self._sells = 0, 0, sells
        self._at: Millis | None = None

    def relate(self, records: Iterable[tuple[RecordKey, Record]]) -> None:
        """Let these records be referred to."""
        related = self._situation.related
        for key, record in records:
            related[key] = record
            _shrink(related)

    def take(self, event: Event) -> None:
        """Decide one event, after everything that falls due before it."""
        facts, at = event.facts, event.facts.version.at
        if at != self._at or self._vests.waiting:
            self._at = at
            self._pass_time(at)
        before = (self._records.get(facts.key) if event.again else None) or Record(facts.key)
        merged = merge(before, facts, tracked=TRACKED_FIELDS.get(facts.key.type, ()))
        if self._sells:
            self._know_accounts([before, merged])
        if merged is not before:
            self._decide(before, merged, facts, event.day, at, keep=event.again or self._sells)
        self._seen += 1
        if self._seen % _SHRINK == 0:
            self._shrink_all()

    def finish(self, until: Millis) -> None:
        """Let time pass until then, and write what is left."""
        self._pass_time(until)
        self._judge_again(until)
        self.results.finish(self._problems)

    def close(self) -> None:
        """Let go of the files."""
        self.results.close()
        self._db.close()

    @property
    def in_memory(self) -> int:
        """How many records, standings, wallets and facts are in memory now."""
        it = self._situation
        return sum(len(kept) for kept in (self._records, self._levels, it.wallets, it.standings, it.facts, it.related))

    def _decide(self, before: Record, merged: Record, facts: Facts | None, day: int, at: Millis, *, keep: bool) -> None:
        situation, now, again = self._situation, from_millis(at), list[str]()
        for _ in range(ROUNDS):
            projection = project(before, merged, situation, facts=facts)
            if not keep and _idle(projection):
                break
            decision = settle(projection, situation, now=now, silent=True)
            if decision is None:
                break
            situation.apply(decision)
            merged = before = decision.record or merged
            facts = None
            if decision.settled or decision.problems or decision.late:
                self._note(decision, (day, at, before.key.id))
                keep |= self._vests.note(decision, before.key)
            again += decision.sales.again if decision.sales else ()
            if not before.unsettled:
                break
        if keep:
            self._records[before.key] = before
        for id_ in again:
            self._decide_again(replace(before.key, id=id_), at)

    def _note(self, decision: Decision, moved: Moved) -> None:
        """Write down what a decision did."""
        for it in decision.settled:
            self._line(it, moved)
        for problem in decision.problems:
            self._problems[problem.milestone, problem.reason] += 1
        if decision.late:
            self._closes.moved_late(decision.late)

    def _line(self, it: Pending, moved: Moved) -> None:
        award, before, after = it.award, it.award.holding, it.after
        if it.period:
            was = self._levels.get(award.key, 0)
            level = it.level if before.held != after.held else was
            self._levels[award.key] = level
        else:
            was, level = int(before.held > 0), it.level
        if before.held != after.held:
            self.results.award(moved, award.key, it.period, level, level - was, (before.held, after.held))
        for entry in it.entries:
            points = sum(transfer.amount for transfer in entry.transfers)
            signed = -points if entry.kind in _TAKES else points
            self.results.entry(moved, award.participant, entry.id, award.milestone, entry.kind.value, signed)
        self._wait("waits for a person's approval", award.milestone, after.awaiting > 0, before.awaiting > 0)
        self._wait("is held back, and has not vested", award.milestone, bool(after.lots), bool(before.lots))

    def _wait(self, reason: str, milestone: str, now: bool, before: bool) -> None:
        if now != before:
            self._problems[milestone, reason] += now - before

    def _pass_time(self, until: Millis) -> None:
        """Close what closes, let vest what vests, or goes back, by then; once a month look at what came late."""
        while True:
            vests, closes = self._vests.next_at, self._closes.next_at
            if vests is not None and vests <= until and (closes is None or vests <= closes):
                self._vest()
            elif closes is not None and closes <= until:
                for it in self._closes.close_next():
                    self._settled(it.decision, (it.day, it.at, ""))
            else:
                break
        month = until // _MONTH
        if month != self._month:
            self._month = month
            self._judge_again(until)

    def _judge_again(self, at: Millis) -> None:
        for it in self._closes.again(from_millis(at)):
            self._settled(it.decision, (it.day, it.at, ""))

    def _vest(self) -> None:
        at, award, period, key = self._vests.pop()
        day = from_millis(at).date().toordinal()
        if key is not None:
            self._decide_again(key, at, day=day)
        elif (decision := self._vests.settle(award, period, at)) is not None:
            self._situation.apply(decision)
            self._settled(decision, (day, at, ""))

    def _decide_again(self, key: RecordKey, at: Millis, *, day: int | None = None) -> None:
        """A record as it stands, on its own day; what vests, or goes back, does so on the `day` on which it is due."""
        record = self._records.get(key)
        if record is not None:
            self._decide(record, record, None, day or _day_of(record, at), at, keep=True)

    def _know_accounts(self, deals: Sequence[Record]) -> None:
        """The sales of the accounts that a deal is about, from the first one on."""
        sales = self._situation.sales
        for account in accounts_of(deals):
            if account not in sales:
                sales[account] = AccountSales()

    def _settled(self, decision: Decision, moved: Moved) -> None:
        self._note(decision, moved)
        self._vests.note(decision, None)

    def _shrink_all(self) -> None:
        it = self._situation
        for kept in (self._records, self._levels, it.wallets, it.standings, it.facts, it.sales):
            _shrink(kept)


def _idle(projection: Projection) -> bool:
    """Whether a record is worth nothing, and was not before: a decision would say that it was read, and move nothing else."""
    before, record = projection.before, projection.record
    nothing = not (record.contributions or projection.wanted or projection.problems)
    return nothing and not (before.contributions or before.awards or before.unsettled or record.people)


def _shrink(kept: object) -> None:
    if isinstance(kept, Kept):
        kept.shrink()


def _situation(db: sqlite3.Connection, rulebook: Rulebook, connection: Connection, cast: Cast, limit: int) -> Situation:
    tenant = connection.tenant
    return Situation(
        rulebook,
        connection,
        owners=dict(cast.owners),
        participants=dict(cast.participants),
        wallets=Kept(
            db, "wallets", pack=wallet_to_bytes, unpack=wallet_from_bytes, fresh=lambda it: Wallet(tenant, it), limit=limit
        ),
        standings=Kept(
            db,
            "standings",
            pack=standing_to_bytes,
            unpack=standing_from_bytes,
            fresh=lambda it: Standing(tenant, it[0], it[1], {}, {}, {}),
            text="|".join,
            limit=limit,
        ),
        facts=Kept(db, "facts", pack=facts_to_bytes, unpack=facts_from_bytes, text="|".join, limit=limit),
        related=Kept(db, "related", pack=record_to_bytes, unpack=record_from_bytes, text=_key_text, limit=limit),
        quotas=dict(cast.quotas),
        sales=Kept(db, "sales", pack=sales_to_bytes, unpack=sales_from_bytes, limit=min(limit, _ACCOUNTS)),
        by_id={person.id: number for number, person in cast.participants.items()},
        teams=cast.teams(),
    )


def _day_of(record: Record, at: Millis) -> int:
    on = business_date(record)
    return (on or from_millis(at).date()).toordinal()


def _key_text(key: RecordKey) -> str:
    return f"{key.type}|{key.id}"


def _int_to_bytes(value: int) -> bytes:
    return json.dumps(value).encode()


def _int_from_bytes(_: str, raw: bytes) -> int:
    return int(raw)
