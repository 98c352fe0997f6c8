"""Deliveries: messages owed, and what became of them."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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


CODE_LIFE = timedelta(minutes=10)
"""How long a one-time code works, and a message with it is worth sending."""

TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    # The person withdrew (suppressed), hours or channel moved (due), a receipt of an earlier attempt came late (sent, delivered).
    DeliveryState.DUE: frozenset(
        {DeliveryState.CLAIMED, DeliveryState.DUE, DeliveryState.SUPPRESSED, DeliveryState.PARKED}
        | {DeliveryState.SENT, DeliveryState.DELIVERED}
    ),
    # The send ended: taken (sent), certainly not taken (due again, here or on the next channel), nobody knows (unknown).
    DeliveryState.CLAIMED: frozenset(
        {DeliveryState.SENT, DeliveryState.DUE, DeliveryState.UNKNOWN, DeliveryState.PARKED, DeliveryState.SUPPRESSED}
        | {DeliveryState.DELIVERED, DeliveryState.BOUNCED}
    ),
    # A receipt settles it; without one it is sent once more (due), then waits for a person (parked).
    DeliveryState.UNKNOWN: frozenset(
        {DeliveryState.SENT, DeliveryState.DUE, DeliveryState.PARKED, DeliveryState.DELIVERED, DeliveryState.BOUNCED}
    ),
    # The vendor's word: it arrived, or it did not (due: on the next channel; bounced: there is none).
    DeliveryState.SENT: frozenset({DeliveryState.DELIVERED, DeliveryState.BOUNCED, DeliveryState.DUE}),
    # A mail server may take a message and return it later.
    DeliveryState.DELIVERED: frozenset({DeliveryState.BOUNCED}),
    DeliveryState.BOUNCED: frozenset(),
    DeliveryState.SUPPRESSED: frozenset(),
    # A person retries it, or a receipt comes very late.
    DeliveryState.PARKED: frozenset({DeliveryState.DUE, DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.BOUNCED}),
}
"""State -> the states that may follow. A move that is not here is not made: receipts come late, twice and disordered."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message: an award's change in points, and what is needed to say why in the reader's language.

    `kind`: `accrual`, `clawback` or `writeoff`; `milestone_kind`: `record`, `every` or `kpi`; `title`: by language;
    `facts` fill the phrase: `count`: the KPI's value after the change (5); `n`: the step of an `every` milestone;
    `unit_kpi`: the KPI's name (`won_count`); `period`: the period's id; `days`: from creation to close; `reason`: why
    points went back, one of `reopened`, `lost`, `amount`, `owner`, `deleted`, `merged`, `rules`, or `budget` for an
    award that had waited for budget; `on`: the ISO date on which that happened.
    `points` is signed: negative for what goes back.
    """

    entry: str
    points: int
    kind: str
    milestone: str
    milestone_kind: str
    title: Mapping[str, str]
    facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Announcement:
    """News about a program instead of lines: it `started`, `changed` or `ended` (`event`) on the ISO date `on`; or a question
    that somebody asked `on` a day was `answered`; or its `budget` has reached a level, with the `figures` of that moment.

    `title` by language, `sentences` in the language that the reader had when it was made. `path`: the page that it leads to,
    below the company's public address; empty: the reader's wallet.
    """

    event: str
    on: str
    title: Mapping[str, str]
    sentences: tuple[str, ...] = ()
    path: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message owed to one participant: about one record revision, listing its entries, an announcement, or a one-time code.
    Or to somebody of the company's staff: `participant` is then a name of `staff_name`.

    `balance` is what the wallet had available after the entries; `subject` the record's name, empty if none;
    `channel` the one chosen now, `due_at` when it may go, `attempts` how often it was claimed, `reference` the
    vendor's id, `lease` until when a claim holds. `progress`: how far the next awards are.
    `doubts`: how many sends ended unknown; `tried`: channels that failed for good; `revision` counts the writes of the
    stored item; `history`: (state, ISO instant, note) of the newest moves. `challenge`: it carries the one-time code of that
    challenge, which is made when the message is, and is of use for `CODE_LIFE` only.
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
    lease: datetime | None = None
    doubts: int = 0
    revision: int = 0
    announcement: Announcement | None = None
    challenge: str = ""

    @property
    def for_staff(self) -> bool:
        """Whether it goes to an address in the company's settings instead of a participant."""
        return self.participant.startswith(_STAFF)

    @property
    def total(self) -> int:
        """The points that the message is about, signed."""
        return sum(line.points for line in self.lines)


_STAFF = "~"


def staff_name(tenant: str, address: str) -> str:
    """What stands for an address of the staff where a participant's number stands: no address is kept with a message."""
    return _STAFF + delivery_id("staff", tenant, address.lower())[:16]


def notice(
    id_: str,
    tenant: str,
    participant: str,
    *,
    now: datetime,
    program: str = "",
    balance: int = 0,
    debt: int = 0,
    channel: Channel | None = None,
    announcement: Announcement | None = None,
    challenge: str = "",
) -> Delivery:
    """A message that is about no record and lists no points: news, a warning, a one-time code. It is due at once."""
    return Delivery(
        id_,
        tenant,
        participant,
        program,
        record=None,
        subject="",
        lines=(),
        balance=balance,
        created_at=now,
        due_at=now,
        debt=debt,
        channel=channel,
        announcement=announcement,
        challenge=challenge,
    )


def delivery_id(*parts: str) -> str:
    """A short name made of the cause: 26 characters that every vendor's tag accepts."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return base64.b32encode(digest)[:26].decode().lower()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the next award is: `done` of `needed`, worth `points`, until the local date `until` (None: no end).

    `kpi` is the name of the KPI that is counted (`won_count`), empty if it cannot be put as a number of things.
    """

    milestone: str
    title: Mapping[str, str]
    kind: str
    done: int
    needed: int
    points: int
    until: str | None
    kpi: str = ""
