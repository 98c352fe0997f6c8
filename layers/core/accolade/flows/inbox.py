"""Read Inbox messages: bodies kept elsewhere are fetched, notifications become facts, what is wrong is parked alone."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any, Protocol

from accolade import crm
from accolade.model.connections import Connection
from accolade.model.errors import Rejected
from accolade.model.messages import Notifications, Reevaluate, StoredBody, read_inbox
from accolade.model.phrases import later as t
from accolade.model.records import Facts, RecordKey, join
from accolade.queues import Bodies


@dataclass(frozen=True, slots=True)
class Source:
    """Where a step comes from: the queue's message id, and the notification itself (None: a re-evaluation)."""

    message_id: str
    content: Mapping[str, Any] | None
    origin: str = "message"
    attempt: int = 0
    alone: bool = False


@dataclass(slots=True)
class Step:
    """One change to decide: facts about a record, or (facts None) the record as it stands once more."""

    key: RecordKey
    facts: Facts | None
    sources: list[Source] = field(default_factory=list)


class Park(Protocol):
    """How something is put aside for a person; the same id again is the same case."""

    def __call__(
        self,
        tenant: str,
        *,
        id_: str,
        connection: str,
        crm: str,
        reason: str,
        content: list[Mapping[str, Any]],
        now: datetime,
        origin: str = "message",
        where: str = "",
        mend: str = "",
    ) -> None: ...


def parse(body: str, bodies: Bodies) -> Notifications | Reevaluate:
    """The message of a queue body; one that was too large for the queue is fetched. ValueError if it is none of ours."""
    message = read_inbox(body)
    if isinstance(message, StoredBody):
        message = read_inbox(bodies.get(message.key))
    if isinstance(message, StoredBody):
        raise ValueError("a stored body leads to a stored body")
    return message


def steps(
    message_id: str, message: Notifications | Reevaluate, connection: Connection, park: Park, now: datetime
) -> Iterator[Step]:
    """The changes that a message asks for, in its order. A notification that cannot be read is parked, the rest goes on."""
    if isinstance(message, Reevaluate):
        for text in message.records:
            type_, _, id_ = text.partition(":")
            source = Source(message_id, None, attempt=message.attempt, alone=len(message.records) == 1)
            yield Step(RecordKey(message.tenant, message.connection, type_, id_), None, [source])
        return
    adapter = crm.adapter(message.crm)
    for content in message.items:
        source = Source(message_id, content, message.origin, message.attempt, alone=len(message.items) == 1)
        try:
            found = adapter.normalize(content, connection, origin=message.origin)
        except Rejected as error:
            park_content(park, connection, content, error, now, origin=message.origin)
            continue
        for facts in found:
            yield Step(facts.key, facts, [source])


def park_content(
    park: Park, connection: Connection, content: Mapping[str, Any], error: Rejected, now: datetime, *, origin: str = "message"
) -> None:
    """Put one notification aside with what is wrong, where, and how to mend it."""
    park(
        connection.tenant,
        id_=content_id(connection, content),
        connection=connection.id,
        crm=connection.crm,
        reason=error.what,
        where=error.where,
        mend=error.mend,
        content=[content],
        origin=origin,
        now=now,
    )


PAUSED = t("the connection is paused")
PAUSED_TOGETHER = 25
"""Notifications of a paused connection in one case."""


def put_aside(message: Notifications, connection: Connection, park: Park, now: datetime) -> int:
    """Keep what a paused connection tells, as cases that are retried when it is resumed; how many."""
    kept = 0
    for chunk in batched(message.items, PAUSED_TOGETHER, strict=False):
        park(
            connection.tenant,
            id_=content_id(connection, {"paused": list(chunk)}),
            connection=connection.id,
            crm=connection.crm,
            reason=PAUSED,
            where=connection.id,
            mend=t("Resume the connection: what waits is decided then"),
            content=list(chunk),
            origin=message.origin,
            now=now,
        )
        kept += 1
    return kept


def content_id(connection: Connection, content: Mapping[str, Any]) -> str:
    """The id of a parked notification: made of its content, so that a repetition is the same case."""
    text = json.dumps([connection.id, content], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def combine(found: Iterable[Step]) -> list[Step]:
    """Thin events of one change (same record, same version, same origin) are one step; order is that of the first."""
    combined: dict[object, Step] = {}
    for step in found:
        facts = step.facts
        name = (step.key, facts.version, facts.deleted) if facts else step.key
        known = combined.get(name)
        if known is None:
            combined[name] = step
        else:
            known.sources += step.sources
            if known.facts and facts:
                known.facts = join(known.facts, facts)
    return list(combined.values())
