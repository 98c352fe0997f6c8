"""The events of a history in a temporary file: put in as they are read, taken out in event order."""

import marshal
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from accolade.flows.simulation.kept import scratch
from accolade.model.quick import quick
from accolade.model.records import Facts, Origin, RecordKey, Version

_BATCH = 2_000
_TABLE = "CREATE TABLE events (day INTEGER, at INTEGER, id TEXT, type TEXT, body BLOB)"
_AGAIN = "CREATE TABLE again (type TEXT, id TEXT, PRIMARY KEY (type, id)) WITHOUT ROWID"


@quick
@dataclass(frozen=True, slots=True)
class Event:
    """Facts of a record and the `day` (a date's ordinal) that they belong to; `again`: the record has other events too."""

    facts: Facts
    day: int
    again: bool


class Spool:
    """The events of one tenant and connection, ordered by day, instant, and record id in byte order."""

    def __init__(self, path: Path, *, tenant: str, connection: str) -> None:
        self.path, self._tenant, self._connection = path, tenant, connection
        self._db = scratch(path)
        self._db.execute(_TABLE)
        self._waiting: list[tuple[int, int, str, str, bytes]] = []
        self.count = 0

    def add(self, facts: Facts, day: int) -> None:
        """One event. Facts without a date come first: day 0."""
        body = (int(facts.version.origin), facts.fields, facts.history, facts.deleted, facts.complete)
        self._waiting.append((day, facts.version.at, facts.key.id, facts.key.type, marshal.dumps(body)))  # type: ignore[arg-type] # dictionaries of plain values
        self.count += 1
        if len(self._waiting) >= _BATCH:
            self._flush()

    def seal(self) -> None:
        """No more events. Records that have several are noted, so that the others need not be remembered."""
        self._flush()
        self._db.execute(_AGAIN)
        self._db.execute("INSERT INTO again SELECT type, id FROM events GROUP BY type, id HAVING count(*) > 1")

    def events(self) -> Iterator[Event]:
        """All events in order."""
        query = "SELECT day, at, id, type, body FROM events ORDER BY day, at, id, type, rowid"
        tenant, connection, origins = self._tenant, self._connection, tuple(Origin)
        several = self._db.execute("SELECT count(*) FROM again").fetchone()[0] > 0
        for day, at, id_, type_, body in self._db.execute(query):
            origin, fields, history, deleted, complete = marshal.loads(body)  # noqa: S302 (written by this very run)
            key = RecordKey(tenant, connection, type_, id_)
            facts = Facts(key, Version(at, origins[origin]), fields, history, deleted, complete)
            yield Event(facts, day, several and self._comes_again(type_, id_))

    def _comes_again(self, type_: str, id_: str) -> bool:
        return self._db.execute("SELECT 1 FROM again WHERE type = ? AND id = ?", (type_, id_)).fetchone() is not None

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _flush(self) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", self._waiting)
        self._db.execute("COMMIT")
        self._waiting.clear()


def share_records(paths: Sequence[Path]) -> bool:
    """Whether any two spools have events of the same record."""
    for place, one in enumerate(paths):
        for other in paths[place + 1 :]:
            with closing(scratch(one)) as db:
                db.execute("ATTACH ? AS other", (str(other),))
                query = "SELECT 1 FROM events JOIN other.events AS theirs USING (id, type) LIMIT 1"
                if db.execute(query).fetchone() is not None:
                    return True
    return False
