"""The events of a history: put in as they are read, taken out in event order; in memory while they fit, else on disk."""

import marshal
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from zlib import crc32

from accolade.flows.simulation.kept import scratch
from accolade.model.quick import quick
from accolade.model.records import Facts, Origin, RecordKey, Version

MEMORY = 512 << 20
"""Bytes of events that the spools of one run hold together before they go to disk."""

_ROW = 280
"""Bytes of what Python keeps beside an event's text: a tuple, five numbers and strings, and eight bytes of its key."""

_BATCH = 1 << 20
"""Bytes that are written at once."""

_PARTS = 64

_TABLE = "CREATE TABLE events (day INTEGER, at INTEGER, id TEXT, type TEXT, place INTEGER, body BLOB)"

_Row = tuple[int, int, str, str, int, bytes]
"""Day, instant, record id, type, place among all that were put in; then what the event says."""


@quick
@dataclass(frozen=True, slots=True)
class Event:
    """Facts of a record and the `day` (a date's ordinal) that they belong to; `again`: the record has other events too."""

    facts: Facts
    day: int
    again: bool


class Keys:
    """Which records there are, in eight bytes each. Two records look the same once in 10^19 times, which only costs time."""

    def __init__(self) -> None:
        self._parts = [array("Q") for _ in range(_PARTS)]

    def add(self, type_: str, id_: str) -> None:
        """An event of this record."""
        key = key_of(type_, id_)
        self._parts[key % _PARTS].append(key)

    def repeated(self) -> frozenset[int]:
        """The keys of records that have several events."""
        found: set[int] = set()
        for part in self._parts:
            if len(set(part)) < len(part):
                seen: set[int] = set()
                found |= {key for key in part if key in seen or seen.add(key)}  # type: ignore[func-returns-value] # None
        return frozenset(found)

    def meet(self, other: "Keys") -> bool:
        """Whether any record is in both."""
        return any(not set(one).isdisjoint(two) for one, two in zip(self._parts, other._parts, strict=True))


class Spool:
    """The events of one tenant and connection, ordered by day, instant, and record id in byte order."""

    def __init__(self, path: Path, *, tenant: str, connection: str, memory: int = MEMORY) -> None:
        self.path, self._tenant, self._connection = path, tenant, connection
        self._db: sqlite3.Connection | None = None
        self._rows: list[_Row] = []
        self._shapes: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
        self._room, self._held, self.count = memory, 0, 0
        self._repeated: frozenset[int] = frozenset()
        self.keys = Keys()

    def add(self, facts: Facts, day: int) -> None:
        """One event. Facts without a date come first: day 0."""
        fields, history, key = facts.fields, facts.history, facts.key
        # Events name few different sets of fields: each set is kept once, and an event holds its values alone.
        shape = self._shapes.setdefault((tuple(fields), tuple(history)), len(self._shapes))
        said = (shape, int(facts.version.origin), facts.deleted, facts.complete, (*fields.values(),), (*history.values(),))
        body = marshal.dumps(said)  # type: ignore[arg-type] # plain values
        self._rows.append((day, facts.version.at, key.id, key.type, self.count, body))
        self.keys.add(key.type, key.id)
        self.count += 1
        self._held += _ROW + len(key.id) + len(body)
        if self._held > self._room:
            self._flush()

    def seal(self) -> None:
        """No more events. Records that have several are noted, so that the others need not be remembered."""
        if self._db is not None:
            self._flush()
        self._repeated = self.keys.repeated()

    def events(self) -> Iterator[Event]:
        """All events in order, once: those that were held in memory are let go of on the way."""
        tenant, connection, origins, repeated = self._tenant, self._connection, tuple(Origin), self._repeated
        shapes, version = list(self._shapes), Version(0)
        for day, at, id_, type_, _, body in self._ordered():
            shape, origin, deleted, complete, said, passed = marshal.loads(body)  # noqa: S302 (written by this very run)
            names, histories = shapes[shape]
            if version.at != at or version.origin != origin:  # the events of an instant come one after another
                version = Version(at, origins[origin])
            key = RecordKey(tenant, connection, type_, id_)
            fields, history = dict(zip(names, said)), dict(zip(histories, passed))  # noqa: B905 (as long as their shape)
            again = bool(repeated) and key_of(type_, id_) in repeated
            yield Event(Facts(key, version, fields, history, deleted, complete), day, again)

    def close(self) -> None:
        """Let go of the file."""
        self._rows.clear()
        if self._db is not None:
            self._db.close()

    def _ordered(self) -> Iterable[_Row]:
        if self._db is not None:
            return self._db.execute("SELECT * FROM events ORDER BY day, at, id, type, place")
        self._rows.sort(reverse=True)
        return _taken(self._rows)

    def _flush(self) -> None:
        if self._db is None:
            self._db = scratch(self.path)
            self._db.execute(_TABLE)
            self._room = _BATCH
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", self._rows)
        self._db.execute("COMMIT")
        self._rows.clear()
        self._held = 0


def key_of(type_: str, id_: str) -> int:
    """64 bits that stand for a record, in every process the same."""
    raw = f"{type_}|{id_}".encode()
    return crc32(raw) << 32 | crc32(raw[::-1])


def share_records(parts: Sequence[Keys]) -> bool:
    """Whether any two parts have events of the same record."""
    return any(one.meet(other) for one, other in combinations(parts, 2))


def _taken(rows: list[_Row]) -> Iterator[_Row]:
    while rows:
        yield rows.pop()
