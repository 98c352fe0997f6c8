"""Moving what somebody has, or owes, into the wallet of the same person under another number: one entry in each chain."""

from dataclasses import dataclass, replace
from datetime import datetime

from accolade.model.ledger import Cause, Entry, EntryKind, Transfer, Wallet
from accolade.wallet import accounts
from accolade.wallet.chain import fold

PROGRAM = "~merge"
"""What stands where an award names its program."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A wallet before and after its entry."""

    before: Wallet
    after: Wallet
    entry: Entry


def move(gone: Wallet, kept: Wallet, *, at: datetime, actor: str, reason_hash: str = "") -> tuple[Moved, Moved] | None:
    """Everything available, and every debt, from the one wallet to the other; None if there is neither.

    What is pending or held stays where it is until it is free. What is owed is paid first, in both.
    """
    paid = min(gone.available, gone.debt)
    free, owed = gone.available - paid, gone.debt - paid
    if not (paid or free or owed):
        return None
    way, place = accounts.moved(gone.participant), f"{kept.participant}.{gone.next_seq}"
    out = _transfers(
        (accounts.wallet(gone.participant), accounts.debt(gone.participant), paid),
        (accounts.wallet(gone.participant), way, free),
        (way, accounts.debt(gone.participant), owed),
    )
    repaid, taken = min(free, kept.debt), min(owed, kept.available)
    into = _transfers(
        (way, accounts.debt(kept.participant), repaid),
        (way, accounts.wallet(kept.participant), free - repaid),
        (accounts.wallet(kept.participant), way, taken),
        (accounts.debt(kept.participant), way, owed - taken),
    )
    first = _entered(gone, out, "out", place, at, actor, reason_hash)
    if not into:
        return first, Moved(kept, kept, first.entry)
    return first, _entered(kept, into, "in", f"{gone.participant}.{gone.next_seq}", at, actor, reason_hash)


def _transfers(*wanted: tuple[str, str, int]) -> tuple[Transfer, ...]:
    return tuple(Transfer(source, target, amount) for source, target, amount in wanted if amount)


def _entered(
    wallet: Wallet, transfers: tuple[Transfer, ...], way: str, scope: str, at: datetime, actor: str, reason_hash: str
) -> Moved:
    cause = Cause(PROGRAM, 0, way, wallet.participant, scope)
    entry = Entry(
        id=f"{PROGRAM}/{way}/{wallet.participant}/{scope}#1",
        seq=wallet.next_seq,
        tenant=wallet.tenant,
        at=at,
        posted_at=at,
        kind=EntryKind.ADJUSTMENT,
        cause=cause,
        transfers=transfers,
        actor=actor,
        reason_hash=reason_hash,
        previous_hash=wallet.head,
    )
    after = fold(wallet, [entry])
    return Moved(wallet, replace(after, revision=wallet.revision + 1), entry)
