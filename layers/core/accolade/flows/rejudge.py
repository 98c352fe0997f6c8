"""A rule came late: every known record is decided once more, under the rules as they are now.

It begins only when no function can hold the former rules any more, so no record slips through between them. A position
is stored after each part, so a crash or a second run repeats a part, which changes nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from accolade.model.errors import Conflict
from accolade.model.messages import Reevaluate
from accolade.model.records import RecordKey
from accolade.queues import Queue
from accolade.store.programs import TTL_SECONDS, Published
from accolade.store.rejudging import Position, Rejudging

SETTLED = timedelta(seconds=TTL_SECONDS + 15)
"""After so long every function has read the new rules."""

LOOK_BACK = timedelta(days=7)
"""Publications are looked after for so long, should maintain have been down."""

PART = 2_000
"""Records between two stored positions."""

PARTS_A_RUN = 10
RECORDS_A_MESSAGE = 25


@dataclass(frozen=True, slots=True)
class Rejudge:
    """Called each minute with a tenant; `published` gives its program versions."""

    published: Callable[[str], Iterable[Published]]
    rejudging: Rejudging
    inbox: Queue

    def __call__(self, tenant: str, *, now: datetime) -> int:
        """Put known records on the Inbox for every program whose rules changed lately; how many. Retry if the queue is busy."""
        newest = {it.id: it for it in sorted(self.published(tenant), key=lambda it: it.version)}
        done = 0
        for it in newest.values():
            changed_at = max(it.published_at, it.changed_at or it.published_at)
            if SETTLED <= now - changed_at <= LOOK_BACK:
                done += self._program(tenant, it)
        return done

    def _program(self, tenant: str, published: Published) -> int:
        position, done = self.rejudging.position(tenant, published.id, published.version, published.revision), 0
        stored, read = position, 0
        while not position.done and read < PARTS_A_RUN:
            records = list(self.rejudging.records(tenant, position, limit=PART))
            position = _after(position, records)
            if not records:
                continue  # most tenants have few of the record types: an empty part is no work, and not worth a write
            read += 1
            self._enqueue(tenant, records, f"{published.id} version {published.version} was published or changed")
            done += len(records)
            if not self._store(tenant, position):
                return done
            stored = position = replace(position, revision=position.revision + 1)
        if position != stored:
            self._store(tenant, position)
        return done

    def _store(self, tenant: str, position: Position) -> bool:
        """False if somebody else moved the position meanwhile."""
        try:
            self.rejudging.move(tenant, position)
        except Conflict:
            return False
        return True

    def _enqueue(self, tenant: str, records: list[RecordKey], cause: str) -> None:
        by_connection: dict[str, list[str]] = {}
        for key in records:
            by_connection.setdefault(key.connection, []).append(f"{key.type}:{key.id}")
        messages = [
            Reevaluate(tenant=tenant, connection=connection, records=list(part), cause=cause).to_json()
            for connection, ids in by_connection.items()
            for part in batched(ids, RECORDS_A_MESSAGE, strict=False)
        ]
        if messages:
            self.inbox.send(messages)


def _after(position: Position, records: list[RecordKey]) -> Position:
    """The position after these records: further in the part, or at the beginning of the next one."""
    if len(records) < PART:
        return replace(position, part=position.part + 1, after="")
    return replace(position, after=f"{records[-1].connection}#{records[-1].id}")
