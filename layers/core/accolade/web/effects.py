"""What a program does: who won by it lately, and what its ghost would have given beside it, within what one answer may read."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accolade.flows.ghosts import Compared, compared
from accolade.model.ledger import Entry, Standing
from accolade.model.participants import Participant
from accolade.model.records import Record
from accolade.programs.rules import Program
from accolade.store.months import Months
from accolade.wallet.accounts import program as program_account
from accolade.web.visitors import ByVisitor

ENTRIES = 1_500
"""Entries that are read of each shard of a month."""

PEOPLE, RECORDS, SECONDS = 500, 5_000, 8.0
"""People and records that are read for a ghost at most, and for how long."""


@dataclass(frozen=True, slots=True)
class Won:
    """Number and points of whoever got any in this month and the one before, most first; `cut`: not everything was read."""

    best: Sequence[tuple[str, int]]
    cut: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What a ghost would have given, beside what the live version gave; people by number. `cut`: not everything was read."""

    rows: Sequence[Compared]
    people: dict[str, Participant]
    cut: bool


def won(by: ByVisitor, program: str) -> Won:
    """Who won by a program lately."""
    months, account = Months(by.house.db), program_account(program)
    got: defaultdict[str, int] = defaultdict(int)
    read, now = 0, by.now.astimezone(UTC)
    for month in (f"{now:%Y-%m}", f"{_before(now):%Y-%m}"):
        for entry in months.entries(by.tenant.id, month, limit=ENTRIES):
            read += 1
            if entry.cause.program == program:
                got[entry.cause.participant] += _points(entry, account)
    return Won(sorted(got.items(), key=lambda row: (-row[1], row[0])), read >= ENTRIES)


def beside(by: ByVisitor, ghost: Program) -> Beside:
    """A ghost beside what is live."""
    house, tenant = by.house, by.tenant.id
    people = {person.number: person for person in house.people.page(tenant, limit=PEOPLE)}
    until, cut = house.monotonic() + SECONDS, [len(people) >= PEOPLE]

    def standings() -> Iterator[Standing]:
        for number in people:
            if house.monotonic() > until:
                cut[0] = True
                return
            yield from house.audit.standings(tenant, number)

    def records() -> Iterator[Record]:
        for read, record in enumerate(house.audit.records(tenant, *{goal.record for goal in ghost.milestones})):
            if read >= RECORDS or house.monotonic() > until:
                cut[0] = True
                return
            yield record

    rows = compared(ghost, standings=standings(), records=records())
    return Beside(rows, people, cut[0])


def _points(entry: Entry, account: str) -> int:
    """What an entry moved out of the program's account, below 0 what came back."""
    return sum(move.amount * ((move.source == account) - (move.target == account)) for move in entry.transfers)


def _before(now: datetime) -> datetime:
    return now.replace(day=1) - timedelta(days=1)
