"""What a change of an award does to a wallet: accrual, clawback, debt, write-off, parking, approval, vesting.

The difference is taken between what should be held and what is held (posted, parked, awaiting approval, refused by a
person). A rise repays write-offs first, then debt; it waits for a person if the award needs one, and is parked whole if
the budget is short. A fall takes what a person refused first, then what awaits, then what is parked, then what is
posted: pending points, the wallet, debt up to the program's limit; the rest is written off.
"""

from dataclasses import dataclass, replace

from accolade.model.ledger import EntryKind, Transfer, Wallet
from accolade.model.quick import quick
from accolade.model.records import Holding, Lot
from accolade.wallet import accounts

VESTED = -1
"""`due` of points that are not held back."""


@quick
@dataclass(frozen=True, slots=True)
class Terms:
    """How an award is paid. `room`: points that the budget has left (None: unlimited). `due`: when points that rise now
    vest (epoch ms; 0: when a gate is kept; VESTED: at once). `matured`: lots due by then vest now (epoch ms), and with
    `open_gate` all lots do. `review`: a person has to approve what rises."""

    program: str
    unit: str
    debt_limit: int
    room: int | None
    due: int = VESTED
    matured: int = 0
    open_gate: bool = True
    review: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Posting:
    """One entry to be: its kind, transfers and what it takes from the program's budget (below 0: gives back)."""

    kind: EntryKind
    transfers: tuple[Transfer, ...]
    points: int
    from_budget: int = 0


@quick
@dataclass(frozen=True, slots=True)
class Adjustment:
    """A wallet and a holding after the change, and the postings that lead there, in order."""

    wallet: Wallet
    holding: Holding
    postings: tuple[Posting, ...]


def adjust(wallet: Wallet, holding: Holding, *, should: int, terms: Terms) -> Adjustment:
    """Bring what is held (points) to what should be held, and let vest what may."""
    difference = should - holding.held
    if difference > 0:
        changed = _raise(wallet, holding, difference, terms)
    elif difference < 0:
        changed = _lower(wallet, holding, -difference, terms)
    else:
        changed = Adjustment(wallet, holding, ())
    if not changed.holding.lots:
        return changed
    vested = _vest(changed.wallet, changed.holding, terms)
    return replace(vested, postings=(*changed.postings, *vested.postings))


def resume(wallet: Wallet, holding: Holding, *, step: int, terms: Terms) -> Adjustment:
    """Post what was parked, as many whole steps as the budget has room for; otherwise nothing changes.

    `step`: what one award of it is worth; what is not a multiple of it is posted whole or not at all.
    """
    whole = least_of(holding.parked, step)
    times = holding.parked // whole if whole else 0
    if terms.room is not None and whole:
        times = min(times, max(0, terms.room) // whole)
    if not times:
        return Adjustment(wallet, holding, ())
    points = times * whole
    return _raise(wallet, replace(holding, parked=holding.parked - points), points, replace(terms, room=None, review=False))


def least_of(parked: int, step: int) -> int:
    """The least that is posted of what is parked: a step, or all of it if it is not so many whole steps."""
    return parked if step <= 0 or parked % step else step


def approve(wallet: Wallet, holding: Holding, *, terms: Terms, most: int | None = None) -> Adjustment:
    """A person has approved what awaited: it is posted, or parked if the budget is short. `most`: what the caps of groups
    have left (None: they do not bind); what is beyond is not held, and asked for again at the next decision."""
    points = holding.awaiting if most is None else min(holding.awaiting, most)
    return _raise(wallet, replace(holding, awaiting=0), points, replace(terms, review=False))


def refuse(wallet: Wallet, holding: Holding) -> Adjustment:
    """A person has refused what awaited: it stays held as refused, so that the same facts do not ask again."""
    return Adjustment(wallet, replace(holding, awaiting=0, refused=holding.refused + holding.awaiting), ())


def _raise(wallet: Wallet, holding: Holding, points: int, terms: Terms) -> Adjustment:
    if terms.review and points:
        return Adjustment(wallet, replace(holding, awaiting=holding.awaiting + points), ())
    postings: list[Posting] = []
    source = accounts.program(terms.program)
    repaid = min(points, holding.written_off)
    if repaid:
        transfer = Transfer(source, accounts.WRITEOFF, repaid, terms.unit)
        postings.append(Posting(EntryKind.WRITEOFF, (transfer,), 0))
        holding = replace(
            holding, posted=holding.posted + repaid, written_off=holding.written_off - repaid, revision=holding.revision + 1
        )
    rest = points - repaid
    if rest and terms.room is not None and terms.room < rest:
        return Adjustment(wallet, replace(holding, parked=holding.parked + rest), tuple(postings))
    if rest and terms.due != VESTED:
        transfer = Transfer(source, accounts.pending(wallet.participant), rest, terms.unit)
        postings.append(Posting(EntryKind.ACCRUAL, (transfer,), rest, rest))
        wallet = replace(wallet, pending=wallet.pending + rest)
        lots = _with_lot(holding.lots, terms.due, rest)
        holding = replace(holding, posted=holding.posted + rest, lots=lots, revision=holding.revision + 1)
    elif rest:
        transfers, wallet = _paid(source, wallet, rest, terms.unit)
        postings.append(Posting(EntryKind.ACCRUAL, transfers, rest, rest))
        holding = holding.with_posted(rest)
    return Adjustment(wallet, holding, tuple(postings))


def _vest(wallet: Wallet, holding: Holding, terms: Terms) -> Adjustment:
    """Lots that are due, or whose gate is open, go to the wallet: debt is repaid first."""
    if terms.due == VESTED:
        ripe = holding.lots
    else:
        ripe = tuple(lot for lot in holding.lots if terms.open_gate and lot[0] <= terms.matured)
    points = sum(lot[1] for lot in ripe)
    if not points:
        return Adjustment(wallet, holding, ())
    transfers, wallet = _paid(accounts.pending(wallet.participant), wallet, points, terms.unit)
    wallet = replace(wallet, pending=wallet.pending - points)
    left = tuple(lot for lot in holding.lots if lot not in ripe)
    posting = Posting(EntryKind.VEST, transfers, points)
    return Adjustment(wallet, replace(holding, lots=left, revision=holding.revision + 1), (posting,))


def _paid(source: str, wallet: Wallet, points: int, unit: str) -> tuple[tuple[Transfer, ...], Wallet]:
    """Points into the wallet; what is owed is repaid first."""
    owed = min(points, wallet.debt)
    transfers = _transfers(
        (source, accounts.debt(wallet.participant), owed), (source, accounts.wallet(wallet.participant), points - owed), unit=unit
    )
    return transfers, wallet.with_points(wallet.available + points - owed, debt=wallet.debt - owed)


def _lower(wallet: Wallet, holding: Holding, points: int, terms: Terms) -> Adjustment:
    holding, points = _unposted(holding, points)
    if not points:
        return Adjustment(wallet, holding, ())
    postings: list[Posting] = []
    back = accounts.program(terms.program)
    unvested = min(points, holding.pending)
    taken = min(points - unvested, wallet.available)
    owed = min(points - unvested - taken, max(0, terms.debt_limit - wallet.debt))
    lost = points - unvested - taken - owed
    if unvested or taken or owed:
        transfers = _transfers(
            (accounts.pending(wallet.participant), back, unvested),
            (accounts.wallet(wallet.participant), back, taken),
            (accounts.debt(wallet.participant), back, owed),
            unit=terms.unit,
        )
        given = unvested + taken + owed
        postings.append(Posting(EntryKind.CLAWBACK, transfers, -given, -given))
        wallet = replace(wallet, pending=wallet.pending - unvested, available=wallet.available - taken, debt=wallet.debt + owed)
        holding = replace(holding, lots=_without(holding.lots, unvested), revision=holding.revision + 1)
    if lost:
        transfer = Transfer(accounts.WRITEOFF, back, lost, terms.unit)
        postings.append(Posting(EntryKind.WRITEOFF, (transfer,), 0))
        holding = replace(holding, written_off=holding.written_off + lost, revision=holding.revision + 1)
    return Adjustment(wallet, replace(holding, posted=holding.posted - points), tuple(postings))


def _unposted(holding: Holding, points: int) -> tuple[Holding, int]:
    """Take what is not posted first; returns how many points are still to be taken."""
    refused = min(points, holding.refused)
    awaiting = min(points - refused, holding.awaiting)
    parked = min(points - refused - awaiting, holding.parked)
    if not (refused or awaiting or parked):
        return holding, points
    left = replace(
        holding, refused=holding.refused - refused, awaiting=holding.awaiting - awaiting, parked=holding.parked - parked
    )
    return left, points - refused - awaiting - parked


def _with_lot(lots: tuple[Lot, ...], due: int, points: int) -> tuple[Lot, ...]:
    """Lots in the order in which they fall due; those that fall due together are one."""
    by_due = dict(lots)
    by_due[due] = by_due.get(due, 0) + points
    return tuple(sorted(by_due.items()))


def _without(lots: tuple[Lot, ...], points: int) -> tuple[Lot, ...]:
    """The last lot to vest is the first to go back."""
    left = list(lots)
    while points and left:
        due, held = left.pop()
        if held > points:
            left.append((due, held - points))
        points -= min(points, held)
    return tuple(left)


def _transfers(*parts: tuple[str, str, int], unit: str) -> tuple[Transfer, ...]:
    return tuple(Transfer(source, target, amount, unit) for source, target, amount in parts if amount)
