"""Sweep: ask each CRM what changed, and put it on the Inbox like any other notification. What a webhook lost, this finds.

A cursor moves only after its page is on the queue: a sweep that dies or runs out of time is gone on with by the next
one, and two at once only say the same thing twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accolade import crm
from accolade.crm import CrmUser, Reader
from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import AccoladeError, Conflict, Missing, Retry
from accolade.model.messages import Notifications
from accolade.queues import Queue, compact
from accolade.store.cursors import Cursor, Cursors

CHUNK_ITEMS, CHUNK_BYTES = 25, 200 * 1024
"""Notifications in one queue message: what `process` decides at once, far below what the queue takes."""
RESERVE_SECONDS = 20.0
"""What is left of the function's time when a sweep stops and leaves the rest to the next one."""
WAITS, LONGEST_WAIT_SECONDS = 3, 15.0
"""How often and how long a sweep waits for a busy CRM before it leaves the connection to the next sweep."""


class SweepFailed(AccoladeError):
    """Some connections could not be swept; the others were. The invocation fails, so that the alarm hears of it."""


@dataclass(slots=True)
class Swept:
    """What became of one connection: records queued, people changed, whether the end was reached; `problems` in words."""

    tenant: str
    connection: str
    records: int = 0
    pages: int = 0
    people: Mapping[str, int] = field(default_factory=dict)
    finished: bool = True
    skipped: str = ""
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Everything a sweep uses.

    `connections`: all there are; `reader_for`: None for one without API credentials; `people(users, tenant, crm)` keeps
    participants in step; `pause(seconds)` waits; `log(event, **fields)` writes one structured line.
    """

    connections: Callable[[], Iterable[Connection]]
    reader_for: Callable[[Connection], Reader | None]
    cursors: Cursors
    inbox: Queue
    people: Callable[[Iterable[CrmUser], str, str], Mapping[str, int]]
    pause: Callable[[float], None]
    log: Callable[..., None]

    def __call__(
        self, *, now: datetime, left: Callable[[], float], connection: str | None = None, deep: bool = False
    ) -> list[Swept]:
        """Sweep one connection or all; `left()` gives the seconds that remain, `deep` looks 72 hours back.

        Missing if the connection named is not there; SweepFailed after all were tried, if one could not be swept.
        """
        known = [it for it in self.connections() if connection in (None, it.id)]
        wanted = [it for it in known if not it.paused]
        if connection is not None and not known:
            raise Missing(f"there is no connection {connection!r}", mend="accolade connection list shows those there are")
        done = [self._connection(it, now=now, left=left, deep=deep) for it in sorted(wanted, key=self._waited)]
        failed = [it for it in done if it.problems]
        if failed:
            raise SweepFailed(
                "; ".join(f"{it.connection}: {' / '.join(it.problems)}" for it in failed)[:1000],
                where=f"{len(failed)} of {len(done)} connections",
                mend="accolade doctor says more; the next sweep goes on from the cursors",
            )
        return done

    def _waited(self, connection: Connection) -> tuple[str, str]:
        """Who was tried longest ago goes first, so that a large connection cannot starve the others."""
        tried = [cursor.tried_at.isoformat() for cursor in self.cursors.list(connection.id) if cursor.tried_at]
        return min(tried, default=""), connection.id

    def _connection(self, connection: Connection, *, now: datetime, left: Callable[[], float], deep: bool) -> Swept:
        """Sweep one connection; its failure is noted and stops nobody else."""
        swept = Swept(connection.tenant, connection.id)
        steps: list[Callable[[Reader], None]] = [lambda reader: self._people(connection, reader, swept, left)]
        steps += [
            lambda reader, entry=entry: _Pass(self, connection, entry, swept, now, left).run(reader, deep=deep)  # type: ignore[misc] # default of a lambda
            for entry in crm.maps_of(connection)
        ]
        for step in steps:
            try:
                reader = self.reader_for(connection)
                if reader is None:
                    swept.skipped = "no API credentials"
                    break
                step(reader)
            except AccoladeError as error:
                swept.problems.append(str(error))
        self.log(
            "sweep_failed" if swept.problems else "swept",
            tenant=swept.tenant,
            connection=swept.connection,
            crm=connection.crm,
            records=swept.records,
            pages=swept.pages,
            people=dict(swept.people),
            deep=deep,
            finished=swept.finished,
            skipped=swept.skipped,
            problems=swept.problems,
        )
        return swept

    def _people(self, connection: Connection, reader: Reader, swept: Swept, left: Callable[[], float]) -> None:
        def step() -> None:
            swept.people = self.people(reader.users(), connection.tenant, connection.crm)

        self.patiently(step, left=left)

    def patiently(self, step: Callable[[], None], *, left: Callable[[], float]) -> None:
        """Do it, waiting a few times for a busy CRM; Retry if it stays busy or the time is up."""
        for attempt in range(WAITS + 1):
            try:
                return step()
            except Retry as error:
                if attempt == WAITS or error.after > LONGEST_WAIT_SECONDS or left() < RESERVE_SECONDS + error.after:
                    raise
                self.pause(error.after)
        return None


@dataclass(slots=True)
class _Pass:
    """One object of one connection on its way."""

    by: Sweeper
    connection: Connection
    field_map: FieldMap
    swept: Swept
    now: datetime
    left: Callable[[], float]
    moved: bool = False

    def run(self, reader: Reader, *, deep: bool) -> None:
        """All pages; a sweep that another one overtook stops, for the other goes on from there."""
        self.by.cursors.tried(self.connection.id, self.field_map.object, now=self.now)
        try:
            # After a pause a deep pass goes on from the cursor, which its first page has put back already.
            self.by.patiently(lambda: self._pages(reader, deep=deep and not self.moved), left=self.left)
        except Conflict:
            self.by.log("sweep_overtaken", connection=self.connection.id, object=self.field_map.object)
            self.swept.finished = False

    def _pages(self, reader: Reader, *, deep: bool) -> None:
        cursor = self.by.cursors.get(self.connection.id, self.field_map.object)
        if self.left() < RESERVE_SECONDS:
            self.swept.finished = False
            return
        for page in reader.changed_since(self.field_map, cursor.position, now=self.now, deep=deep):
            self._queue(page.items)
            cursor = self._move(cursor, page.cursor)
            self.swept.pages += 1
            self.swept.records += len(page.items)
            if page.more and self.left() < RESERVE_SECONDS:
                self.swept.finished = False
                return
        self.by.cursors.swept(self.connection.id, self.field_map.object, now=self.now)

    def _queue(self, items: Sequence[Mapping[str, Any]]) -> None:
        messages = [
            Notifications(
                tenant=self.connection.tenant,
                connection=self.connection.id,
                crm=self.connection.crm,
                received_at=self.now,
                origin="read",
                items=chunk,
            ).to_json()
            for chunk in _chunks(items)
        ]
        if messages:
            self.by.inbox.send(messages)

    def _move(self, cursor: Cursor, position: str) -> Cursor:
        if not position or position == cursor.position:
            return cursor
        self.moved = True
        return self.by.cursors.move(cursor, position, now=self.now)


def _chunks(items: Iterable[Mapping[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Items in messages of bounded count and size."""
    chunk: list[dict[str, Any]] = []
    size = 0
    for item in items:
        length = len(compact(item).encode())
        if chunk and (len(chunk) == CHUNK_ITEMS or size + length > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(dict(item))
        size += length
    if chunk:
        yield chunk
