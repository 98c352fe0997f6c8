"""Redemptions: points for an item, from the wish to the gift card or back."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from accolade.model.phrases import Phrase
from accolade.model.phrases import later as t

PROGRAM = "~redemption"
"""What stands in a cause where awards name their program: no program can be called so."""


class RedemptionState(StrEnum):
    """awaiting: points are held, a person has to approve; held: points are held, to be ordered; ordered: the provider is being
    asked, or has it and is not done; unknown: nobody knows whether the provider has it; fulfilled: points are spent, the
    card is there; failed: the provider will never deliver it; released: the points are back."""

    AWAITING = "awaiting"
    HELD = "held"
    ORDERED = "ordered"
    UNKNOWN = "unknown"
    FULFILLED = "fulfilled"
    FAILED = "failed"
    RELEASED = "released"


STATE_WORDS: Mapping[RedemptionState, Phrase] = {
    RedemptionState.AWAITING: t("awaiting"),
    RedemptionState.HELD: t("held"),
    RedemptionState.ORDERED: t("ordered"),
    RedemptionState.UNKNOWN: t("unknown"),
    RedemptionState.FULFILLED: t("fulfilled"),
    RedemptionState.FAILED: t("failed"),
    RedemptionState.RELEASED: t("released"),
}
"""The states as a refusal names them."""

_IN_THE_END = frozenset({RedemptionState.FULFILLED, RedemptionState.FAILED})

TRANSITIONS: Mapping[RedemptionState, frozenset[RedemptionState]] = {
    # A person approves (held) or refuses (released).
    RedemptionState.AWAITING: frozenset({RedemptionState.HELD, RedemptionState.RELEASED}),
    # It waits for its turn (held), is ordered, or a person stops it before that (released).
    RedemptionState.HELD: frozenset({RedemptionState.HELD, RedemptionState.ORDERED, RedemptionState.RELEASED}),
    # Certainly not ordered (held again), taken but not done (ordered), nobody knows (unknown), or its end.
    RedemptionState.ORDERED: frozenset({RedemptionState.HELD, RedemptionState.ORDERED, RedemptionState.UNKNOWN}) | _IN_THE_END,
    # Asked by our key: still unknown, taken, absent for certain (ordered again with the same key), or its end.
    RedemptionState.UNKNOWN: frozenset({RedemptionState.UNKNOWN, RedemptionState.ORDERED, RedemptionState.RELEASED})
    | _IN_THE_END,
    RedemptionState.FULFILLED: frozenset(),
    RedemptionState.FAILED: frozenset({RedemptionState.RELEASED}),
    RedemptionState.RELEASED: frozenset(),
}
"""State -> the states that may follow. A move that is not here is not made."""

OPEN = (RedemptionState.HELD, RedemptionState.ORDERED, RedemptionState.UNKNOWN)
"""States in which somebody has to look at it when its instant comes."""

HOLDING = (RedemptionState.AWAITING, *OPEN, RedemptionState.FAILED)
"""States in which its points are held."""


@dataclass(frozen=True, slots=True)
class Redemption:
    """Points for an item. Its `id` is also the key by which the provider knows it.

    `title` by language, `product`, `provider`, `currency` as the item had them; `value`: face value in minor units;
    `points`: the price. `kind`, `country`: the participant's then. `taxed`: its value in minor units of USD, None where no
    threshold applies, with `rate` and `rate_at` if currencies differ. `why`: a sentence for people: why it waits, failed or
    was refused. `due_at`: when to look again (None: never by itself); while ordered until when the claim holds.
    `order`, `reward`: the provider's ids. `attempts`: orders sent; `doubts`: orders whose outcome nobody knew;
    `doubted_at`: the last of them. `refusal`: the provider's no to an order after one in doubt. `parked`: what a person has to
    look at. `accepted`: a person accepts what the provider delivered as it is. `history`: (state, ISO instant, note) of the
    newest moves; `reveals`: (ISO instant, by whom) of the newest looks at the code. `revision` counts its writes.
    """

    id: str
    tenant: str
    participant: str
    item: str
    provider: str
    title: Mapping[str, str]
    value: int
    currency: str
    points: int
    state: RedemptionState
    created_at: datetime
    updated_at: datetime
    product: str = ""
    due_at: datetime | None = None
    kind: str = ""
    country: str = ""
    taxed: int | None = None
    rate: str = ""
    rate_at: datetime | None = None
    why: str = ""
    actor: str = ""
    order: str = ""
    reward: str = ""
    attempts: int = 0
    doubts: int = 0
    doubted_at: datetime | None = None
    refusal: str = ""
    parked: str = ""
    accepted: bool = False
    history: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)
    reveals: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    revision: int = 0

    @property
    def holds(self) -> bool:
        """Whether its points are held."""
        return self.state in HOLDING


@dataclass(frozen=True, slots=True)
class Revealed:
    """What a person came for: a link, or a code with its PIN if there is one. Never stored, logged or sent."""

    link: str = ""
    code: str = ""
    pin: str = ""


_ID = re.compile(r"(p[0-9]{6,12})x[a-z2-7]{26}")


def redemption_id(tenant: str, participant: str, idempotency_key: str) -> str:
    """The redemption of a participant's idempotency key: lower-case letters and digits, at most 40, for every provider."""
    digest = hashlib.sha256("\n".join((tenant, participant, idempotency_key)).encode()).digest()
    return f"{participant.lower()}x{base64.b32encode(digest)[:26].decode().lower()}"


def participant_of(id_: str) -> str | None:
    """Whose redemption it is; None if the text is no redemption's id."""
    found = _ID.fullmatch(id_)
    return found[1].upper() if found else None
