"""Deliveries: messages owed, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from accolade.model.participants import Channel


class DeliveryState(StrEnum):
    """due -> claimed -> sent -> delivered | bounced; unknown waits for a receipt; parked waits for a person;
    suppressed: the person opted out or allows no channel."""

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message: an award's change in points, and what is needed to say why in the reader's language.

    `kind`: `accrual`, `clawback` or `writeoff`; `milestone_kind`: `record`, `every` or `kpi`; `title`: the milestone's title by locale;
    `facts`: numbers and names to fill the phrase with (`n`, `count`, `days`, `period`, `reason`).
    """

    entry: str
    points: int
    kind: str
    milestone: str
    milestone_kind: str
    title: Mapping[str, str]
    facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message owed to one participant about one record revision, listing its entries.

    `balance` is what the wallet had available after the entries; `subject` the record's name, empty if none;
    `channel` the one chosen now, `due_at` when it may go, `attempts` how often it was claimed, `reference` the
    vendor's id, `lease` until when a claim holds. `next_steps`: progress towards milestones (see `Progress`).
    """

    id: str
    tenant: str
    participant: str
    program: str
    record: str | None
    subject: str
    lines: tuple[Line, ...]
    balance: int
    created_at: datetime
    due_at: datetime
    debt: int = 0
    channel: Channel | None = None
    state: DeliveryState = DeliveryState.DUE
    attempts: int = 0
    tried: tuple[Channel, ...] = ()
    reference: str | None = None
    outcome: str = ""
    progress: tuple["Progress", ...] = ()
    history: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the next award is: `done` of `needed`, worth `points`, until the local date `until` (None: no end)."""

    milestone: str
    title: Mapping[str, str]
    kind: str
    done: int
    needed: int
    points: int
    until: str | None
