"""Correcting a wallet by hand: one entry that names the dispute that it settles."""

from dataclasses import replace
from datetime import datetime

from accolade.model.disputes import MILESTONE, PROGRAM
from accolade.model.errors import Refused
from accolade.model.ledger import Cause, Entry, EntryKind, Transfer, Wallet
from accolade.model.phrases import later as t
from accolade.wallet import accounts
from accolade.wallet.chain import entry_hash
from accolade.wallet.spending import Spent


def adjust(wallet: Wallet, points: int, *, dispute: str, at: datetime, actor: str, reason_hash: str) -> Spent:
    """The wallet after a correction by so many points, signed: what is owed is repaid first by points that are given.

    Refused for no points at all, and if the wallet has fewer than are taken: a correction makes no debt.
    """
    if not points:
        raise Refused(t("a correction is not of 0 points"), mend=t("Answer without one"))
    if -points > wallet.available:
        raise Refused(
            t("the wallet has fewer points than are taken"),
            mend=t("At most %(available)s can be taken", available=wallet.available),
        )
    own, mine = accounts.program(PROGRAM), accounts.wallet(wallet.participant)
    owed = min(points, wallet.debt) if points > 0 else 0
    parts = ((accounts.debt(wallet.participant), owed), (mine, points - owed))
    given = tuple(Transfer(own, target, amount) for target, amount in parts if amount)
    entry = Entry(
        id=f"{PROGRAM}/{MILESTONE}/{wallet.participant}/{dispute}#1",
        seq=wallet.next_seq,
        tenant=wallet.tenant,
        at=at,
        posted_at=at,
        kind=EntryKind.ADJUSTMENT,
        cause=Cause(PROGRAM, 0, MILESTONE, wallet.participant, dispute),
        transfers=given if points > 0 else (Transfer(mine, own, -points),),
        actor=actor,
        reason_hash=reason_hash,
        previous_hash=wallet.head,
    )
    moved = replace(wallet, available=wallet.available + points - owed, debt=wallet.debt - owed)
    return Spent(moved.with_entry(entry_hash(entry)), entry)
