"""The books of one decision: awards are adjusted one after another, wallets move on, entries are chained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from accolade.model.ledger import Cause, Entry, EntryKind, Wallet
from accolade.model.records import Holding
from accolade.wallet import awards
from accolade.wallet.chain import entry_hash


@dataclass(frozen=True, slots=True)
class Award:
    """An award whose holding may change: `key` = program/milestone/participant/scope, `should` the points to hold."""

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


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the entries of a decision have in common: the record that moved, and when.

    `earned_at`: event time of an accrual (the closing); `changed_at`: event time of everything else.
    """

    tenant: str
    earned_at: datetime
    changed_at: datetime
    posted_at: datetime
    actor: str
    record: str | None = None
    record_version: int | None = None
    notification_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Books:
    """Wallets as read, moved on by each posting; what each posting took from a budget; the entries in order."""

    wallets: Mapping[str, Wallet]
    room: Callable[[str], int | None]
    occasion: Occasion
    changed: dict[str, Wallet] = field(default_factory=dict)
    budget: dict[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def settle(self, award: Award) -> Holding:
        """Bring the award to what should be held; returns the new holding."""
        change = awards.adjust(
            self._wallet(award.participant),
            award.holding,
            should=award.should,
            program=award.program,
            unit=award.unit,
            debt_limit=award.debt_limit,
            room=self._room(award.program),
        )
        return self._take(award, change)

    def resume(self, award: Award, *, step: int) -> Holding:
        """Post what was parked, in steps of so many points, as far as the budget has room; returns the holding then."""
        change = awards.resume(
            self._wallet(award.participant),
            award.holding,
            step=step,
            program=award.program,
            unit=award.unit,
            room=self._room(award.program),
        )
        return self._take(award, change)

    def touch(self, participant: str) -> None:
        """A decision about a person moves the wallet's revision even if no point moves."""
        self.changed.setdefault(participant, self.wallets[participant])

    def _wallet(self, participant: str) -> Wallet:
        return self.changed.get(participant) or self.wallets[participant]

    def _room(self, program: str) -> int | None:
        room = self.room(program)
        return None if room is None else room - self.budget.get(program, 0)

    def _take(self, award: Award, change: awards.Adjustment) -> Holding:
        wallet, revision = change.wallet, award.holding.revision
        for posting in change.postings:
            revision += 1
            entry = self._entry(award, posting, revision, wallet)
            self.entries.append(entry)
            wallet = replace(wallet, head=entry_hash(entry), next_seq=wallet.next_seq + 1)
            self.budget[award.program] = self.budget.get(award.program, 0) + posting.from_budget
        self.changed[award.participant] = wallet
        return change.holding

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
            reason_hash="",
            previous_hash=wallet.head,
        )
