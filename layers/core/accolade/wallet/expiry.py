"""Expiry as a fold: a wallet's entries become the lots that its balance consists of, each with the last day it can be spent.

Nothing of it is stored: what expires follows from the entries and the rules of the programs that gave the points.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from accolade.model.disputes import PROGRAM as ADJUSTMENT
from accolade.model.expiry import INACTIVE, PROGRAM, Rule
from accolade.model.ledger import Cause, Entry, EntryKind, Transfer, Wallet
from accolade.model.times import zone_of
from accolade.wallet import accounts
from accolade.wallet.chain import entry_hash
from accolade.wallet.moving import PROGRAM as MERGE

Rules = Callable[[str, int], Rule | None]
"""The rule of a program's version; None where its points never expire."""

Brought = Callable[[str], "Sequence[Lot]"]
"""The lots that came with a merged wallet, by the scope of the entry that brought them."""

_ACTIVE = (EntryKind.ACCRUAL, EntryKind.HOLD)
"""What shows that somebody still takes part."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that came together: of which award, by which program's rule (None: they never expire), and on which day there."""

    award: str
    program: str
    points: int
    rule: Rule | None = None
    since: date = date.min

    def last_day(self, active: datetime | None) -> date | None:
        """The last day on which they can be spent, if their owner was last active then; None: they never expire."""
        if self.rule is None:
            return None
        since = self.since
        if self.rule.expires.way == INACTIVE and active is not None:
            since = max(since, self.rule.local(active))
        return self.rule.expires.last_day(since)


@dataclass(frozen=True, slots=True)
class Gone:
    """Points of a program whose last day is over."""

    program: str
    day: date
    points: int
    zone: str


@dataclass
class Lots:
    """What a wallet consists of: `free` can be spent, `held` by redemption, `left` by the sequence number of the entry with
    which a merged wallet gave its points away. `active`: when its owner last earned or redeemed."""

    free: list[Lot] = field(default_factory=list)
    held: dict[str, list[Lot]] = field(default_factory=dict)
    left: dict[int, list[Lot]] = field(default_factory=dict)
    active: datetime | None = None
    posted: Counter[str] = field(default_factory=Counter)

    @property
    def available(self) -> int:
        """The points of all lots that can be spent."""
        return sum(lot.points for lot in self.free)

    def days(self) -> dict[date, int]:
        """The last day of what expires -> how many points, in the order of days."""
        found: Counter[date] = Counter()
        for lot in self.free:
            if (day := lot.last_day(self.active)) is not None:
                found[day] += lot.points
        return dict(sorted(found.items()))

    def over(self, now: datetime) -> list[Gone]:
        """What expires now, because its last day is over where its program is: by day and program."""
        found: Counter[tuple[date, str, str]] = Counter()
        for lot in self.free:
            day = lot.last_day(self.active)
            if lot.rule is not None and day is not None and day < lot.rule.local(now):
                found[day, lot.program, lot.rule.zone] += lot.points
        return [Gone(program, day, points, zone) for (day, program, zone), points in sorted(found.items())]


def lots(entries: Iterable[Entry], participant: str, rules: Rules, brought: Brought = lambda scope: ()) -> Lots:
    """The lots of a wallet after its entries, which may come in any order: their sequence counts."""
    found, mine = Lots(), accounts.wallet(participant)
    for entry in sorted(entries, key=lambda it: it.seq):
        award = entry.id.rpartition("#")[0]
        out = sum(it.amount for it in entry.transfers if it.source == mine)
        into = sum(it.amount for it in entry.transfers if it.target == mine)
        if out:
            _take(found, entry, award, out)
        if entry.kind is EntryKind.SPEND:
            for it in entry.transfers:
                found.held.pop(it.source, None)
        if into:
            found.free += _come(found, entry, award, into, rules, brought)
        if entry.kind in _ACTIVE:
            found.active = entry.posted_at if found.active is None else max(found.active, entry.posted_at)
        if entry.cause.program == PROGRAM:
            found.posted[award] += 1
    return found


def _take(found: Lots, entry: Entry, award: str, points: int) -> None:
    """Points leave: a clawback takes its own award's first, an expiry what is due, everything else what expires soonest."""
    own = _keeps
    if entry.kind is EntryKind.CLAWBACK:
        own = partial(_is_of, award)
    elif entry.kind is EntryKind.EXPIRY:
        own = partial(_is_over, entry.cause.milestone, date.fromisoformat(entry.cause.scope), found.active)
    taken, found.free = _split(found.free, points, own, found.active)
    if entry.kind is EntryKind.HOLD:
        for it in entry.transfers:
            found.held.setdefault(it.target, []).extend(taken)
    elif entry.cause.program == MERGE:
        owed = sum(it.amount for it in entry.transfers if it.target == accounts.debt(entry.cause.participant))
        found.left[entry.seq] = _split(taken, owed, _keeps, found.active)[1]


def _come(found: Lots, entry: Entry, award: str, points: int, rules: Rules, brought: Brought) -> list[Lot]:
    """Points arrive: those of a hold as they were, those of a merged wallet as they were there, all others as a new lot."""
    known: list[Lot] = []
    if entry.kind is EntryKind.RELEASE:
        known = [lot for it in {it.source for it in entry.transfers} for lot in found.held.pop(it, ())]
    elif entry.cause.program == MERGE:
        known = list(brought(entry.cause.scope))
    # What repaid a debt on the way took what expires soonest: what is left lasts longest.
    back = _split(known, max(0, sum(lot.points for lot in known) - points), _keeps, found.active)[1]
    fresh = points - sum(lot.points for lot in back)
    if not fresh:
        return back
    cause = entry.cause
    rule = None if cause.program in (ADJUSTMENT, MERGE) else rules(cause.program, cause.version)
    since = rule.local(entry.posted_at) if rule else date.min
    return [*back, Lot(award, cause.program, fresh, rule, since)]


def _split(held: Iterable[Lot], points: int, own: Callable[[Lot], bool], active: datetime | None) -> tuple[list[Lot], list[Lot]]:
    """The lots that so many points are taken from, and those that are left: `own` ones first, then what expires soonest."""
    taken: list[Lot] = []
    left: list[Lot] = []
    for lot in sorted(held, key=lambda it: (not own(it), it.last_day(active) or date.max, it.since, it.award)):
        part = min(points, lot.points)
        points -= part
        if part:
            taken.append(replace(lot, points=part))
        if part < lot.points:
            left.append(replace(lot, points=lot.points - part))
    return taken, left


def _keeps(lot: Lot) -> bool:
    return False


def _is_of(award: str, lot: Lot) -> bool:
    return lot.award == award


def _is_over(program: str, day: date, active: datetime | None, lot: Lot) -> bool:
    return lot.program == program and lot.last_day(active) == day


@dataclass(frozen=True, slots=True)
class Expired:
    """A wallet after what expired, and its entries."""

    wallet: Wallet
    entries: tuple[Entry, ...]


def expire(wallet: Wallet, found: Lots, *, now: datetime, most: int) -> Expired | None:
    """What is over goes, an entry for each program and day, at most so many; None if nothing is.

    ValueError if the lots are not what the wallet has: its entries were read at another time than it was.
    """
    if found.available != wallet.available:
        raise ValueError(f"wallet {wallet.participant} has {wallet.available}, its entries say {found.available}")
    entries = []
    for gone in found.over(now)[:most]:
        entry = _entry(wallet, gone, found.posted[_award(wallet, gone)] + 1, now)
        wallet = replace(wallet, available=wallet.available - gone.points).with_entry(entry_hash(entry))
        entries.append(entry)
    return Expired(wallet, tuple(entries)) if entries else None


def _award(wallet: Wallet, gone: Gone) -> str:
    return f"{PROGRAM}/{gone.program}/{wallet.participant}/{gone.day.isoformat()}"


def _entry(wallet: Wallet, gone: Gone, number: int, now: datetime) -> Entry:
    midnight = datetime.combine(gone.day + timedelta(days=1), datetime.min.time(), zone_of(gone.zone))
    return Entry(
        id=f"{_award(wallet, gone)}#{number}",
        seq=wallet.next_seq,
        tenant=wallet.tenant,
        at=midnight.astimezone(UTC),
        posted_at=now,
        kind=EntryKind.EXPIRY,
        cause=Cause(PROGRAM, 0, gone.program, wallet.participant, gone.day.isoformat()),
        transfers=(Transfer(accounts.wallet(wallet.participant), accounts.EXPIRED, gone.points),),
        actor="maintain",
        reason_hash="",
        previous_hash=wallet.head,
    )
