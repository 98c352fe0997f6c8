"""Entries counted by day, program, milestone, participant and kind: the one fold that every figure of analytics is a sum of."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from accolade.model.ledger import Entry, EntryKind
from accolade.model.times import zone_of
from accolade.wallet import accounts
from accolade.wallet.moving import PROGRAM as MERGE

GIVEN = (EntryKind.ACCRUAL, EntryKind.CLAWBACK, EntryKind.ADJUSTMENT, EntryKind.WRITEOFF)
"""What changes how many points somebody was given; vesting, holding and releasing only move them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where an entry counts: the day on which it was posted, in the company's zone."""

    day: date
    program: str
    milestone: str
    participant: str
    kind: EntryKind


@dataclass
class Cube:
    """Cell -> (entries, points). Points are signed: what the person has more, or less, through the entries; of a spending,
    what was spent. `records`: points by the record (`connection:deal:ID`) that moved them. `seen` keeps an entry from counting
    twice when a page is read again."""

    zone: str
    cells: dict[Cell, tuple[int, int]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    records: dict[str, int] = field(default_factory=dict)

    def add(self, entries: Iterable[Entry]) -> list[Entry]:
        """Count entries, each once; gives those that were new."""
        new, zone = [], zone_of(self.zone)
        for entry in entries:
            if entry.id in self.seen:
                continue
            self.seen.add(entry.id)
            new.append(entry)
            cause = entry.cause
            if cause.program == MERGE:  # the same person's before and after
                continue
            cell = Cell(entry.posted_at.astimezone(zone).date(), cause.program, cause.milestone, cause.participant, entry.kind)
            count, points = self.cells.get(cell, (0, 0))
            self.cells[cell] = (count + 1, points + moved(entry))
            if cause.record:
                self.records[cause.record] = self.records.get(cause.record, 0) + moved(entry)
        return new

    def join(self, other: "Cube") -> None:
        """Count what another cube has counted: of other entries, for of those in `seen` nothing is known here."""
        for cell, (count, points) in other.cells.items():
            before = self.cells.get(cell, (0, 0))
            self.cells[cell] = (before[0] + count, before[1] + points)
        for record, points in other.records.items():
            self.records[record] = self.records.get(record, 0) + points

    def sums[K](self, key: Callable[[Cell], K | None], *kinds: EntryKind) -> dict[K, tuple[int, int]]:
        """(entries, points) of the cells of these kinds (none: `GIVEN`) by a key; cells whose key is None are left out."""
        wanted, found = kinds or GIVEN, dict[K, tuple[int, int]]()
        for cell, (count, points) in self.cells.items():
            name = key(cell) if cell.kind in wanted else None
            if name is not None:
                before = found.get(name, (0, 0))
                found[name] = (before[0] + count, before[1] + points)
        return found


def moved(entry: Entry) -> int:
    """Points that the participant has more (below 0: less) in wallet, pending and debt together; of a spending what was
    spent, below 0."""
    person = entry.cause.participant
    mine = {accounts.wallet(person), accounts.pending(person), accounts.debt(person)}
    if entry.kind is EntryKind.SPEND:
        return -sum(it.amount for it in entry.transfers)
    return sum(it.amount * ((it.target in mine) - (it.source in mine)) for it in entry.transfers)


def newest(entries: Iterable[Entry], *, since: datetime) -> Iterator[Entry]:
    """The accruals among them that were posted since then."""
    return (it for it in entries if it.kind is EntryKind.ACCRUAL and it.posted_at >= since)
