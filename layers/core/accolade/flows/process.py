"""Process: Inbox messages become decisions, committed with their deliveries. Load, decide, commit.

What a batch needs is loaded at once, the records are decided one by one in memory, and the decisions of one person are
committed together. What loses a race is decided again, in the end alone; what cannot be done now goes back to the queue alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from accolade import crm
from accolade.flows.batch import Batch, Committed
from accolade.flows.inbox import Park, Source, Step, combine, content_id, park_content, parse, put_aside, steps
from accolade.flows.reread import Rereader
from accolade.flows.rereading import add_reads
from accolade.model.connections import Connection
from accolade.model.errors import AccoladeError, Conflict, Rejected, Retry
from accolade.model.messages import Notifications, Reevaluate
from accolade.model.phrases import later as t
from accolade.model.records import RecordKey
from accolade.queues import Bodies, Queue
from accolade.store.connections import Connections

TOGETHER = 3
"""How often the steps that lost a race are decided again together: another worker has the same people just now."""

ATTEMPTS = 5
"""How often one step is then decided again alone, before it goes back to the queue."""

REQUEUE_SECONDS = 5
"""How long what could not be done now waits on the queue at first; each time doubles it."""

MAX_DELAY_SECONDS = 900
"""The longest that SQS can delay a message."""

MAX_ATTEMPT = 8
"""After so many times, half an hour of waiting, the message fails and the queue counts it towards its dead letters."""


@dataclass(frozen=True, slots=True)
class Processor:
    """The processing of one SQS batch, with everything it uses.

    `batch_of` builds the decider for a connection; `pause(attempt)` waits a jittered moment after a lost race;
    `log(event, **fields)` writes one structured line.
    """

    connections: Connections
    bodies: Bodies
    inbox: Queue
    park: Park
    rereader: Rereader
    batch_of: Callable[[Connection], Batch]
    pause: Callable[[int], None]
    log: Callable[..., None]

    def __call__(self, messages: Mapping[str, str], *, now: datetime) -> list[str]:
        """Process queue bodies by message id; returns the ids to be delivered again."""
        run = _Run(self, now)
        for message_id, body in messages.items():
            run.take(message_id, body)
        for place, found in run.by_connection.items():
            run.process(place, found)
        return sorted(run.failed)


@dataclass(slots=True)
class _Run:
    """One batch on its way: what failed (message ids), and the steps found, by (tenant, connection)."""

    by: Processor
    now: datetime
    failed: set[str] = field(default_factory=set)
    by_connection: dict[tuple[str, str], list[Step]] = field(default_factory=dict)
    known: dict[tuple[str, str], Connection] = field(default_factory=dict)

    def take(self, message_id: str, body: str) -> None:
        """Read one message into steps; one that is none of ours goes to the dead letters."""
        try:
            message = parse(body, self.by.bodies)
            connection = self._connection(message.tenant, message.connection)
            if connection is None:
                raise Rejected(
                    t("the connection is not there"), where=message.connection, mend=t("Add it again, then redrive the queue")
                )
            if connection.paused and isinstance(message, Notifications):
                kept = put_aside(message, connection, self.by.park, self.now)
                self.by.log("paused", tenant=connection.tenant, connection=connection.id, cases=kept)
                return
            found = list(steps(message_id, message, connection, self.by.park, self.now))
        except (ValueError, AccoladeError) as error:
            self.by.log("failed", message_id=message_id, error=_plain(error))
            self.failed.add(message_id)
            return
        self.by_connection.setdefault((connection.tenant, connection.id), []).extend(found)

    def _connection(self, tenant: str, id_: str) -> Connection | None:
        """The tenant's connection, read once a batch."""
        place = (tenant, id_)
        if place not in self.known:
            found = self.by.connections.of(tenant, id_)
            if found is None:
                return None
            self.known[place] = replace(found, maps=crm.maps_of(found))
        return self.known[place]

    def process(self, place: tuple[str, str], found: list[Step]) -> None:
        """Decide and commit the steps of one connection."""
        connection = self.known[place]
        try:
            wanted = add_reads(
                combine(found), connection, self.by.rereader, self.by.batch_of(connection), self.missing, log=self.by.log
            )
        except Retry as error:
            self.put_back(connection, found, error)
            return
        except Rejected as error:
            self.refuse(connection, found, error)
            return
        left = self.attempt(connection, wanted)
        for again in range(1, TOGETHER + 1):
            if left:
                self.by.pause(again)
                left = self.attempt(connection, left)
        for step in left:
            self.alone(connection, step)

    def attempt(self, connection: Connection, wanted: Sequence[Step]) -> list[Step]:
        """One go at all steps together; returns those that lost a race. What broke goes back alone."""
        try:
            done = self.by.batch_of(connection).run(wanted, now=self.now)
        except Retry as error:
            self.put_back(connection, wanted, error)
            return []
        self._report(connection, done)
        for step, broken in done.broken:
            self.put_back(connection, [step], broken)
        return list(done.lost)

    def alone(self, connection: Connection, step: Step) -> None:
        """Decide one step until it is committed: everything is read and decided again after each lost race."""
        for attempt in range(1, ATTEMPTS + 1):
            self.by.pause(attempt)
            if not self.attempt(connection, [step]):
                return
        self.put_back(connection, [step], Conflict("lost the race for this record too often"))

    def missing(self, connection: Connection, step: Step) -> None:
        """A record that the CRM's API does not know: later it may; if not, a person decides."""
        source = step.sources[0]
        if source.attempt < ATTEMPTS:
            self.put_back(connection, [step], Retry("the CRM's API does not know this record yet"))
            return
        unknown = Rejected(
            t("the CRM's API does not know this record"), where=str(step.key), mend=t("Retry when the CRM shows it")
        )
        self.refuse(connection, [step], unknown)

    def refuse(self, connection: Connection, refused: Iterable[Step], error: Rejected) -> None:
        """Park what cannot be processed as it is, for a person."""
        for step in refused:
            for source in step.sources:
                if source.content is not None:
                    park_content(self.by.park, connection, source.content, error, self.now, origin=source.origin)
            self.by.log("parked", tenant=connection.tenant, connection=connection.id, record=str(step.key), reason=error.what)

    def put_back(self, connection: Connection, back: Iterable[Step], error: Exception) -> None:
        """Put steps back on the queue, message by message, later and later. What is alone and broken fails as it is, and
        so does what came back too often: the queue counts it towards its dead letters."""
        again: dict[str, list[Source]] = {}
        keys: dict[str, list[RecordKey]] = {}
        for step in back:
            self.by.log("requeued", tenant=connection.tenant, connection=connection.id, record=str(step.key), error=_plain(error))
            for source in step.sources:
                broken = source.alone and source.attempt > 0 and not isinstance(error, Retry | Conflict)
                if broken or source.attempt >= MAX_ATTEMPT:
                    self.failed.add(source.message_id)
                else:
                    again.setdefault(source.message_id, []).append(source)
                    keys.setdefault(source.message_id, []).append(step.key)
        for message_id, sources in again.items():
            after = error.after if isinstance(error, Retry) else REQUEUE_SECONDS
            delay = min(MAX_DELAY_SECONDS, int(after * 2 ** sources[0].attempt))
            try:
                self.by.inbox.send([_message(connection, keys[message_id], sources, self.now)], delay_seconds=delay)
            except Retry:
                self.failed.add(message_id)

    def _report(self, connection: Connection, done: Committed) -> None:
        place: dict[str, Any] = {"tenant": connection.tenant, "connection": connection.id}
        if done.unchanged:
            ids = [id_ for step in done.unchanged for id_ in (step.facts.notification_ids if step.facts else ())]
            self.by.log("unchanged", **place, records=len(done.unchanged), notification_ids=ids)
        for line in done.lines:
            self.by.log("processed", **place, **line)


def _message(connection: Connection, keys: Sequence[RecordKey], sources: Sequence[Source], now: datetime) -> str:
    """The message that asks for the same once more."""
    attempt = sources[0].attempt + 1
    contents = {content_id(connection, it.content): it.content for it in sources if it.content is not None}
    place: dict[str, Any] = {"tenant": connection.tenant, "connection": connection.id, "attempt": attempt}
    message: Notifications | Reevaluate
    if contents:
        origin: Literal["read", "message"] = "read" if sources[0].origin == "read" else "message"
        items = [dict(content) for content in contents.values()]
        message = Notifications(**place, crm=connection.crm, received_at=now, origin=origin, items=items)
    else:
        message = Reevaluate(**place, records=sorted({f"{key.type}:{key.id}" for key in keys}), cause="requeued")
    return message.to_json()


def _plain(error: Exception) -> str:
    """An error for the log: ours say only what may be said, others only their kind."""
    return str(error) if isinstance(error, AccoladeError) else type(error).__name__
