"""What a change of an award does to a wallet: accrual, clawback, debt, write-off, parking.

The difference is taken between what should be held and what is held (posted and parked). A rise repays write-offs
first, then debt, and is parked whole if the budget is short. A fall takes parked points first, then the wallet, then
debt up to the program's limit; the rest is written off.
"""

from dataclasses import dataclass, replace

from accolade.model.ledger import EntryKind, Transfer, Wallet
from accolade.model.records import Holding
from accolade.wallet import accounts


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry to be: its kind, transfers and what it takes from the program's budget (below 0: gives back)."""

    kind: EntryKind
    transfers: tuple[Transfer, ...]
    points: int
    from_budget: int = 0


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A wallet and a holding after the change, and the postings that lead there, in order."""

    wallet: Wallet
    holding: Holding
    postings: tuple[Posting, ...]


def adjust(
    wallet: Wallet, holding: Holding, *, should: int, program: str, unit: str, debt_limit: int, room: int | None
) -> Adjustment:
    """Bring what is held (points) to what should be held; `room` is what the budget has left, None if unlimited."""
    difference = should - holding.held
    if difference > 0:
        return _raise(wallet, holding, difference, program=program, unit=unit, room=room)
    if difference < 0:
        return _lower(wallet, holding, -difference, program=program, unit=unit, debt_limit=debt_limit)
    return Adjustment(wallet, holding, ())


def resume(wallet: Wallet, holding: Holding, *, step: int, program: str, unit: str, room: int | None) -> Adjustment:
    """Post what was parked, as many whole steps as the budget has room for; otherwise nothing changes.

    `step`: what one award of it is worth; what is not a multiple of it is posted whole or not at all.
    """
    whole = holding.parked if step <= 0 or holding.parked % step else step
    times = holding.parked // whole if whole else 0
    if room is not None and whole:
        times = min(times, max(0, room) // whole)
    if not times:
        return Adjustment(wallet, holding, ())
    points = times * whole
    return _raise(wallet, replace(holding, parked=holding.parked - points), points, program=program, unit=unit, room=None)


def _raise(wallet: Wallet, holding: Holding, points: int, *, program: str, unit: str, room: int | None) -> Adjustment:
    postings: list[Posting] = []
    repaid = min(points, holding.written_off)
    if repaid:
        transfer = Transfer(accounts.program(program), accounts.WRITEOFF, repaid, unit)
        postings.append(Posting(EntryKind.WRITEOFF, (transfer,), 0))
        holding = replace(
            holding, posted=holding.posted + repaid, written_off=holding.written_off - repaid, revision=holding.revision + 1
        )
    rest = points - repaid
    if rest and room is not None and room < rest:
        return Adjustment(wallet, replace(holding, parked=holding.parked + rest), tuple(postings))
    if rest:
        owed = min(rest, wallet.debt)
        transfers = _transfers(
            (accounts.program(program), accounts.debt(wallet.participant), owed),
            (accounts.program(program), accounts.wallet(wallet.participant), rest - owed),
            unit=unit,
        )
        postings.append(Posting(EntryKind.ACCRUAL, transfers, rest, rest))
        wallet = replace(wallet, available=wallet.available + rest - owed, debt=wallet.debt - owed)
        holding = replace(holding, posted=holding.posted + rest, revision=holding.revision + 1)
    return Adjustment(wallet, holding, tuple(postings))


def _lower(wallet: Wallet, holding: Holding, points: int, *, program: str, unit: str, debt_limit: int) -> Adjustment:
    unparked = min(points, holding.parked)
    holding = replace(holding, parked=holding.parked - unparked)
    points -= unparked
    if not points:
        return Adjustment(wallet, holding, ())
    postings: list[Posting] = []
    taken = min(points, wallet.available)
    owed = min(points - taken, max(0, debt_limit - wallet.debt))
    lost = points - taken - owed
    if taken or owed:
        transfers = _transfers(
            (accounts.wallet(wallet.participant), accounts.program(program), taken),
            (accounts.debt(wallet.participant), accounts.program(program), owed),
            unit=unit,
        )
        postings.append(Posting(EntryKind.CLAWBACK, transfers, -(taken + owed), -(taken + owed)))
        wallet = replace(wallet, available=wallet.available - taken, debt=wallet.debt + owed)
        holding = replace(holding, revision=holding.revision + 1)
    if lost:
        transfer = Transfer(accounts.WRITEOFF, accounts.program(program), lost, unit)
        postings.append(Posting(EntryKind.WRITEOFF, (transfer,), 0))
        holding = replace(holding, written_off=holding.written_off + lost, revision=holding.revision + 1)
    return Adjustment(wallet, replace(holding, posted=holding.posted - points), tuple(postings))


def _transfers(*parts: tuple[str, str, int], unit: str) -> tuple[Transfer, ...]:
    return tuple(Transfer(source, target, amount, unit) for source, target, amount in parts if amount)
