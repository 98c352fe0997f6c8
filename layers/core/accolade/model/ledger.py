"""The ledger's nouns: an entry is a list of transfers, each with a source and a target."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from accolade.model.quick import quick
from accolade.model.records import Holding, Value


class EntryKind(StrEnum):
    """What an entry does; kinds to come join here."""

    ACCRUAL = "accrual"
    VEST = "vest"
    CLAWBACK = "clawback"
    HOLD = "hold"
    SPEND = "spend"
    RELEASE = "release"
    EXPIRY = "expiry"
    WRITEOFF = "writeoff"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"


@quick
@dataclass(frozen=True, slots=True)
class Transfer:
    """`amount` (above 0) of `unit` from account `source` to account `target`."""

    source: str
    target: str
    amount: int
    unit: str = "points"


@quick
@dataclass(frozen=True, slots=True)
class Cause:
    """Why: the award (program, version, milestone, participant, scope) and the record that moved it."""

    program: str
    version: int
    milestone: str
    participant: str
    scope: str
    record: str | None = None
    record_version: int | None = None
    notification_ids: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Entry:
    """One posting of one wallet: immutable, chained by `previous_hash` in the order of `seq` (from 1)."""

    id: str
    seq: int
    tenant: str
    at: datetime
    posted_at: datetime
    kind: EntryKind
    cause: Cause
    transfers: tuple[Transfer, ...]
    actor: str
    reason_hash: str
    previous_hash: str


@quick
@dataclass(frozen=True, slots=True)
class Wallet:
    """The cache of a fold over one participant's entries, in points; `head` is the hash of the newest entry.

    `revision` moves with every decision about the person, so that decisions about one person are serial.
    """

    tenant: str
    participant: str
    revision: int = 0
    next_seq: int = 1
    head: str = ""
    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0

    def with_entry(self, head: str) -> "Wallet":
        """The wallet after one more entry, whose hash is `head`. Written out: every posting passes here."""
        number = self.next_seq + 1
        return Wallet(
            self.tenant, self.participant, self.revision, number, head, self.available, self.pending, self.held, self.debt
        )

    def with_points(self, available: int, *, debt: int) -> "Wallet":
        """The wallet with so many points and so much debt."""
        return Wallet(
            self.tenant, self.participant, self.revision, self.next_seq, self.head, available, self.pending, self.held, debt
        )


@quick
@dataclass(frozen=True, slots=True)
class Standing:
    """A participant's KPI parts and period-scope awards in one period.

    `parts`: KPI id -> part -> sum; `baseline`: the same for what came from before the start; `awards` by award key.
    `seen`: what was read about the participant when the period's first award asked for it.
    """

    tenant: str
    participant: str
    period: str
    parts: Mapping[str, Mapping[str, int]]
    baseline: Mapping[str, Mapping[str, int]]
    awards: Mapping[str, Holding]
    seen: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Budget:
    """A program's hard budget across its versions, or a share of budgets (`wallet.shares`; `program` is its name then, and
    `who` the team or the manager): `spent` never exceeds `limit` (None: unlimited).

    `partial`: it was limited only later, so what was posted before is not in `spent`. `told`: the highest level
    (`wallet.budgets`) that the company was told of and that no top-up has undone. `revision` counts every change but those
    of `spent`.
    """

    tenant: str
    program: str
    limit: int | None = None
    spent: int = 0
    revision: int = 0
    partial: bool = False
    told: int = 0
    who: str = ""

    @property
    def left(self) -> int | None:
        """Points that may still be given; None without a limit."""
        return None if self.limit is None else self.limit - self.spent
