"""Spending points: held while a redemption is under way, then spent, or released; every step is one entry of the wallet.

The end of a redemption has one place in the ledger: spend and release share an entry's id, so only one of them can ever be.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from accolade.model.errors import Refused
from accolade.model.ledger import Cause, Entry, EntryKind, Transfer, Wallet
from accolade.model.phrases import later as t
from accolade.model.redemptions import PROGRAM
from accolade.wallet import accounts
from accolade.wallet.awards import Posting
from accolade.wallet.chain import entry_hash

_PLACES = {EntryKind.HOLD: 1, EntryKind.SPEND: 2, EntryKind.RELEASE: 2}


@dataclass(frozen=True, slots=True)
class Spent:
    """A wallet after one more entry, and that entry."""

    wallet: Wallet
    entry: Entry


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a redemption's entries have in common: whose points, for what, how many, and under which id."""

    redemption: str
    item: str
    provider: str
    points: int


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, and when; `reason_hash` of what a person gave as the reason, salted."""

    at: datetime
    actor: str
    reason_hash: str = ""


def hold(wallet: Wallet, purchase: Purchase, act: Act) -> Spent:
    """Points out of the wallet into the redemption's own account. Refused if the wallet has fewer."""
    if purchase.points <= 0:
        raise Refused(t("a redemption costs at least one point"), where=purchase.item)
    if wallet.available < purchase.points:
        raise Refused(t("you do not have enough points for this"), where=purchase.item, mend=t("Choose a smaller value"))
    transfer = Transfer(accounts.wallet(wallet.participant), accounts.held(purchase.redemption), purchase.points)
    moved = replace(wallet, available=wallet.available - purchase.points, held=wallet.held + purchase.points)
    return _entered(wallet, moved, Posting(EntryKind.HOLD, (transfer,), -purchase.points), purchase, act)


def spend(wallet: Wallet, purchase: Purchase, act: Act) -> Spent:
    """Points held for the redemption go to its provider: it is paid."""
    transfer = Transfer(accounts.held(purchase.redemption), accounts.redeemed(purchase.provider), purchase.points)
    moved = replace(wallet, held=_left(wallet, purchase))
    return _entered(wallet, moved, Posting(EntryKind.SPEND, (transfer,), 0), purchase, act)


def release(wallet: Wallet, purchase: Purchase, act: Act) -> Spent:
    """Points held for the redemption come back: what is owed is repaid first, the rest goes to the wallet."""
    source, owed = accounts.held(purchase.redemption), min(purchase.points, wallet.debt)
    parts = ((accounts.debt(wallet.participant), owed), (accounts.wallet(wallet.participant), purchase.points - owed))
    transfers = tuple(Transfer(source, target, amount) for target, amount in parts if amount)
    back = wallet.with_points(wallet.available + purchase.points - owed, debt=wallet.debt - owed)
    moved = replace(back, held=_left(wallet, purchase))
    return _entered(wallet, moved, Posting(EntryKind.RELEASE, transfers, purchase.points), purchase, act)


def _left(wallet: Wallet, purchase: Purchase) -> int:
    if wallet.held < purchase.points:
        raise Refused(t("the wallet does not hold these points"), where=purchase.redemption, mend="accolade ledger verify")
    return wallet.held - purchase.points


def _entered(before: Wallet, after: Wallet, posting: Posting, purchase: Purchase, act: Act) -> Spent:
    cause = Cause(PROGRAM, 0, purchase.item, before.participant, purchase.redemption)
    entry = Entry(
        id=f"{PROGRAM}/{purchase.item}/{before.participant}/{purchase.redemption}#{_PLACES[posting.kind]}",
        seq=before.next_seq,
        tenant=before.tenant,
        at=act.at,
        posted_at=act.at,
        kind=posting.kind,
        cause=cause,
        transfers=posting.transfers,
        actor=act.actor,
        reason_hash=act.reason_hash,
        previous_hash=before.head,
    )
    return Spent(after.with_entry(entry_hash(entry)), entry)
