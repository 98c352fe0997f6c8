"""The books of one decision: awards are adjusted one after another, wallets move on, entries are chained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from accolade.model.ledger import Cause, Entry, EntryKind, Wallet
from accolade.model.quick import quick
from accolade.model.records import Holding
from accolade.model.times import to_millis
from accolade.wallet import awards
from accolade.wallet.chain import entry_hash


@quick
@dataclass(frozen=True, slots=True)
class Award:
    """An award whose holding may change: `key` = program/milestone/participant/scope, `should` the points to hold.

    `due`, `open_gate`, `review`: as in `awards.Terms`. `ghost`: only remembered, never posted. `nodes`: budget nodes that
    cap what a group gets; what they have no room for is not posted, and asked for again at the next decision.
    """

    key: str
    program: str
    version: int
    milestone: str
    participant: str
    scope: str
    holding: Holding
    should: int
    unit: str = "points"
    debt_limit: int = 0
    due: int = awards.VESTED
    open_gate: bool = True
    review: bool = False
    ghost: bool = False
    nodes: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Occasion:
    """What the entries of a decision have in common: the record that moved, and when.

    `earned_at`: event time of an accrual (the closing); `changed_at`: event time of everything else. `reason_hash`: of what
    a person gave as the reason, salted.
    """

    tenant: str
    earned_at: datetime
    changed_at: datetime
    posted_at: datetime
    actor: str
    record: str | None = None
    record_version: int | None = None
    notification_ids: tuple[str, ...] = ()
    reason_hash: str = ""


def _no_shares(program: str, participant: str) -> tuple[str, ...]:
    return ()


@dataclass(slots=True)
class Books:
    """Wallets as read, moved on by each posting; what each posting took from a budget; the entries in order.

    `shares`: (program, participant) -> the shares of budgets that an award is taken from besides the program's.
    `hashed`: how the chain goes on; a replay of history, whose entries are kept nowhere, has none.
    """

    wallets: Mapping[str, Wallet]
    room: Callable[[str], int | None]
    occasion: Occasion
    changed: dict[str, Wallet] = field(default_factory=dict)
    budget: dict[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    hashed: Callable[[Entry], str] = entry_hash
    shares: Callable[[str, str], tuple[str, ...]] = _no_shares

    def settle(self, award: Award) -> Holding:
        """Bring the award to what should be held; returns the new holding."""
        if award.ghost:
            self.touch(award.participant)
            return replace(award.holding, shadow=award.should)
        rise = award.should - award.holding.held
        should = award.should - max(0, rise - self._group_room(award)) if rise > 0 and award.nodes else award.should
        change = awards.adjust(self._wallet(award.participant), award.holding, should=should, terms=self._terms(award))
        return self._take(award, change)

    def resume(self, award: Award, *, step: int) -> Holding:
        """Post what was parked, in steps of so many points, as far as the budget and its groups have room; the holding then."""
        wallet, terms = self._wallet(award.participant), self._terms(award)
        if award.nodes:
            terms = replace(terms, room=_least(terms.room, self._group_room(award)))
        return self._take(award, awards.resume(wallet, award.holding, step=step, terms=terms))

    def approve(self, award: Award) -> Holding:
        """Post what a person has approved; returns the holding then."""
        most = self._group_room(award) if award.nodes else None
        change = awards.approve(self._wallet(award.participant), award.holding, most=most, terms=self._terms(award))
        return self._take(award, change)

    def refuse(self, award: Award) -> Holding:
        """Keep what a person has refused from being asked for again; returns the holding then."""
        return self._take(award, awards.refuse(self._wallet(award.participant), award.holding))

    def touch(self, participant: str) -> None:
        """A decision about a person moves the wallet's revision even if no point moves."""
        self.changed.setdefault(participant, self.wallets[participant])

    def _wallet(self, participant: str) -> Wallet:
        return self.changed.get(participant) or self.wallets[participant]

    def _room(self, program: str) -> int | None:
        room = self.room(program)
        return None if room is None else room - self.budget.get(program, 0)

    def _group_room(self, award: Award) -> int:
        """What the caps of the award's groups have left."""
        rooms = [room for node in award.nodes if (room := self._room(node)) is not None]
        return max(0, min(rooms)) if rooms else award.should

    def _terms(self, award: Award) -> awards.Terms:
        return awards.Terms(
            program=award.program,
            unit=award.unit,
            debt_limit=award.debt_limit,
            room=_least(*map(self._room, (award.program, *self.shares(award.program, award.participant)))),
            due=award.due,
            matured=to_millis(self.occasion.posted_at),
            open_gate=award.open_gate,
            review=award.review,
        )

    def _take(self, award: Award, change: awards.Adjustment) -> Holding:
        wallet, revision = change.wallet, award.holding.revision
        drawn = (*self.shares(award.program, award.participant), *award.nodes) if change.postings else ()
        for posting in change.postings:
            revision += 1
            entry = self._entry(award, posting, revision, wallet)
            self.entries.append(entry)
            wallet = wallet.with_entry(self.hashed(entry))
            nodes = drawn if posting.from_budget > 0 else award.holding.nodes
            for node in (award.program, *nodes):
                self.budget[node] = self.budget.get(node, 0) + posting.from_budget
        self.changed[award.participant] = wallet
        if not (drawn or award.holding.nodes) or not any(posting.from_budget > 0 for posting in change.postings):
            return change.holding
        return replace(change.holding, nodes=_drawn_on(drawn, award.holding))

    def _entry(self, award: Award, posting: awards.Posting, revision: int, wallet: Wallet) -> Entry:
        occasion = self.occasion
        return Entry(
            id=f"{award.key}#{revision}",
            seq=wallet.next_seq,
            tenant=occasion.tenant,
            at=occasion.earned_at if posting.kind is EntryKind.ACCRUAL else occasion.changed_at,
            posted_at=occasion.posted_at,
            kind=posting.kind,
            cause=Cause(
                program=award.program,
                version=award.version,
                milestone=award.milestone,
                participant=award.participant,
                scope=award.scope,
                record=occasion.record,
                record_version=occasion.record_version,
                notification_ids=occasion.notification_ids,
            ),
            transfers=posting.transfers,
            actor=occasion.actor,
            reason_hash=occasion.reason_hash,
            previous_hash=wallet.head,
        )


def _drawn_on(drawn: tuple[str, ...], before: Holding) -> tuple[str, ...]:
    """The nodes that an award gives back to: those that all its points were drawn on, so that none gets more than it gave."""
    if not (before.posted or before.written_off):
        return drawn
    return tuple(node for node in drawn if node in before.nodes)


def _least(*rooms: int | None) -> int | None:
    """The narrowest room; None if none of them has an end."""
    return min((room for room in rooms if room is not None), default=None)
