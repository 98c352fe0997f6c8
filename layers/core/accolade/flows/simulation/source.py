"""Where a back-test's events come from: the port, and what was read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Protocol

from accolade.flows.simulation.outcome import Left
from accolade.flows.simulation.spool import Keys, Spool
from accolade.model.connections import Connection
from accolade.model.fields import EVENT_FIELDS, RECORD_FIELDS
from accolade.model.participants import Participant
from accolade.model.records import Facts, Record, RecordKey
from accolade.model.spans import CLOSED
from accolade.model.times import parse_date

TENANT = "simulation"
"""Whose history it is; no tenant of a stack is touched."""

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
"""Everything is dated after it, so nothing counts as backlog."""

STEP = 10_000
"""Rows between two words on how far it is."""

_UNDATED = date(1970, 1, 1).toordinal()

Ahead = Callable[[int], None]
"""Told of so many more rows or events."""


@dataclass(slots=True)
class Read:
    """What was read: `first` and `last` day (ordinals, 0: none), the owners named by records, why rows were left out.

    `keys`: the records themselves, where there are several parts."""

    events: int = 0
    first: int = 0
    last: int = 0
    unowned: int = 0
    owners: dict[str, None] = field(default_factory=dict)
    problems: list[Left] = field(default_factory=list)
    keys: Keys | None = None

    def add(self, other: "Read") -> None:
        """What another part read."""
        self.events += other.events
        self.unowned += other.unowned
        self.first = min(self.first or other.first, other.first or self.first)
        self.last = max(self.last, other.last)
        self.owners |= other.owners
        self.problems += other.problems

    @property
    def span(self) -> tuple[date | None, date | None]:
        """The first and last day of what is dated."""
        return (date.fromordinal(self.first) if self.first else None, date.fromordinal(self.last) if self.last else None)

    def take(self, facts: Facts, owner: str, day: int, into: Spool, until: date | None) -> None:
        """Put an event into the spool, unless it is dated after `until`."""
        if until is not None and day > until.toordinal():
            return
        if owner:
            self.owners.setdefault(owner)
        else:
            self.unowned += 1
        self.events += 1
        if day > _UNDATED:
            self.first = min(self.first or day, day)
            self.last = max(self.last, day)
        into.add(facts, day)


class Source(Protocol):
    """A history. `parts` of it can be read in processes of their own if it can be pickled and each row is a whole record."""

    @property
    def size(self) -> int:
        """Bytes of its files; 0 where that is unknown."""
        ...

    @property
    def separable(self) -> bool:
        """Whether rows can be told apart by their owner before they are read."""
        ...

    @property
    def tells_sales(self) -> bool:
        """Whether won deals say themselves what they were to their account, if rules ask."""
        ...

    def connection(self) -> Connection:
        """A connection that reads as the history does, with everything dated after its start."""
        ...

    def read(self, into: Spool, *, wanted: Callable[[str], bool], ahead: Ahead, until: date | None) -> Read:
        """Put every record of a wanted owner into the spool, which is sealed then."""
        ...

    def owners(self) -> Iterator[str]:
        """The owner of each row, without reading anything else of it."""
        ...

    def related(self, types: Iterable[str]) -> Iterable[tuple[RecordKey, Record]]:
        """The records of these types that others may refer to."""
        ...

    def people(self, owners: Iterable[str]) -> tuple[dict[str, Participant], Mapping[str, str]]:
        """Participants by number, and number by owner."""
        ...


def day_of(facts: Facts) -> int:
    """The day that facts belong to (ordinal): the event's date once the record has come to its end, else their version's."""
    type_, fields = facts.key.type, facts.fields
    if fields.get("stage") in CLOSED or "stage" not in RECORD_FIELDS.get(type_, {}):
        for name in EVENT_FIELDS.get(type_, ()):
            on = fields.get(name)
            if isinstance(on, str) and on:
                return _ordinal(on[:10])
    return _UNDATED + facts.version.at // 86_400_000


@lru_cache(maxsize=20_000)
def _ordinal(text: str) -> int:
    return parse_date(text).toordinal()
