"""Receive: a CRM's webhook is verified, taken apart, stored durably, and only then acknowledged in its own dialect.

Nothing is interpreted here: fields, stages and owners are read by process. Errors say what to answer.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import batched

from accolade import crm as crms
from accolade.crm import Crm, HttpAnswer, Notification, WebhookRequest
from accolade.flows.inbox import Park
from accolade.model.connections import Connection
from accolade.model.errors import Foreign, Forged, Rejected, Retry, Unreadable
from accolade.model.messages import Notifications, StoredBody
from accolade.model.phrases import later as t
from accolade.queues import MAX_MESSAGE_BYTES, Bodies, Queue
from accolade.store.connections import Connections

CHUNK = 25
"""Notifications of a queue message: enough to share the loading, few enough to fail apart from their siblings."""
MAX_CHUNK = 200
"""What a message holds at most; so many of one and the same record stay together."""
FOREIGN = "_foreign"
"""The tenant under which events of unknown portals are parked: they are nobody's, and have no effect."""
MAX_INLINE = 100_000
"""Characters of an unreadable body kept with its parked case; a longer one goes to the bucket."""
HEARD_EVERY = timedelta(minutes=5)

_NOBODY_SECRET = "0" * 36


@dataclass(frozen=True, slots=True)
class Received:
    """What was taken: the answer to give, and what the log may know (ids only)."""

    answer: HttpAnswer
    tenant: str = ""
    connection: str = ""
    notification_ids: tuple[str, ...] = ()
    parked: int = 0


@dataclass(frozen=True, slots=True)
class Receiver:
    """The receiving end of all CRMs. `secret` reads a secret by name; `park` puts something aside for a person."""

    connections: Connections
    secret: Callable[[str], str]
    queue: Queue
    bodies: Bodies
    park: Park
    _heard: dict[str, datetime] = field(default_factory=dict)

    def own(self, crm: str, connection_id: str, request: WebhookRequest, *, now: datetime) -> Received:
        """Take a webhook at a connection's own URL.

        Forged: unknown connection, wrong token or signature, nothing configured; all cost the same work. Foreign: some of
        it is about another portal (what is ours is stored all the same). Rejected: not what the vendor sends. Retry: it
        could not be stored, so it must not be acknowledged.
        """
        adapter = crms.adapter(crm)
        known = self.connections.find(connection_id)
        connection = known if known and known.crm == crm else _nobody(crm)
        self._verify(adapter, request, connection, now=now)
        if connection is not known:
            raise Forged("there is no such connection", where="path")
        try:
            notifications = adapter.split(request)
        except Unreadable as error:
            return self._unreadable(adapter, connection, error, now)
        ours = [entry for entry in notifications if adapter.check(entry, connection)]
        self._enqueue(connection, ours, now)
        if len(ours) < len(notifications):
            raise Foreign("an event is about another portal", where=f"connection {connection.id}")
        self._note(connection, now)
        return _received(adapter, ours, tenant=connection.tenant, connection=connection.id)

    def shared(self, crm: str, request: WebhookRequest, *, now: datetime) -> Received:
        """Take a webhook at the one URL of a CRM's app: events go to their portals' connections, others are parked.

        The signature is checked over the raw bytes with the app's secret before anything of them is read. Errors as `own`.
        """
        adapter = crms.adapter(crm)
        app = self.connections.app(crm)
        connection = _app(crm, *app, now=now) if app else _nobody(crm)
        self._verify(adapter, request, connection, now=now)
        if not app:
            raise Forged("no app is configured", where="path")
        notifications = adapter.split(request)
        routed, foreign = self._route(adapter, crm, notifications)
        for found, events in routed:
            self._enqueue(found, events, now)
        for portal, events in foreign.items():
            self._park_foreign(crm, portal, events, now)
        for found, _ in routed:
            self._note(found, now)
        owners = [found for found, _ in routed]
        return _received(
            adapter,
            [event for _, events in routed for event in events],
            tenant=",".join(sorted({found.tenant for found in owners})),
            connection=",".join(sorted(found.id for found in owners)),
            parked=sum(map(len, foreign.values())),
        )

    def _verify(self, adapter: Crm, request: WebhookRequest, connection: Connection, *, now: datetime) -> None:
        """The adapter's check; a secret that is not there fails closed, with the same answer as a wrong one."""

        def secret(name: str) -> str:
            if not connection.id:
                return _NOBODY_SECRET
            try:
                return self.secret(name)
            except Rejected as error:
                raise Forged("no secret is configured", where=f"connection {connection.id}") from error

        adapter.verify(request, connection, secret, now=now, url=connection.public_url)

    def _route(
        self, adapter: Crm, crm: str, notifications: Iterable[Notification]
    ) -> tuple[list[tuple[Connection, list[Notification]]], dict[str, list[Notification]]]:
        """Events by connection, and those of portals that are nobody's."""
        known: dict[str, Connection | None] = {}
        routed: dict[str, tuple[Connection, list[Notification]]] = {}
        foreign: dict[str, list[Notification]] = {}
        for event in notifications:
            portal = event.external_id
            if portal not in known:
                known[portal] = self.connections.by_external(crm, portal) if portal else None
            connection = known[portal]
            if connection is None or not adapter.check(event, connection):
                foreign.setdefault(portal, []).append(event)
            else:
                routed.setdefault(connection.id, (connection, []))[1].append(event)
        return list(routed.values()), foreign

    def _enqueue(self, connection: Connection, notifications: Sequence[Notification], now: datetime) -> None:
        """Put the notifications on the Inbox; Retry unless the queue accepted every one."""
        bodies = []
        for chunk in chunks(notifications):
            message = Notifications(
                tenant=connection.tenant,
                connection=connection.id,
                crm=connection.crm,
                received_at=now,
                items=[dict(entry.content) for entry in chunk],
            )
            body = message.to_json()
            if len(body.encode()) > MAX_MESSAGE_BYTES:
                key = self._store(connection, body, now)
                body = StoredBody(tenant=connection.tenant, connection=connection.id, key=key).to_json()
            bodies.append(body)
        if bodies:
            self.queue.send(bodies)

    def _unreadable(self, adapter: Crm, connection: Connection, error: Unreadable, now: datetime) -> Received:
        """Park what cannot be read and acknowledge it: a refusal would only bring it back for 24 hours."""
        content: dict[str, object] = {"raw": error.remains[:MAX_INLINE]}
        if len(error.remains) > MAX_INLINE:
            content["body"] = self._store(connection, error.remains, now)
        self.park(
            connection.tenant,
            id_=_digest(connection.id, error.remains),
            connection=connection.id,
            crm=connection.crm,
            reason=error.what,
            where=error.where,
            mend=error.mend,
            content=[content],
            now=now,
        )
        return _received(adapter, [], tenant=connection.tenant, connection=connection.id, parked=1)

    def _park_foreign(self, crm: str, portal: str, events: Sequence[Notification], now: datetime) -> None:
        self.park(
            FOREIGN,
            id_=_digest(crm, portal, *(str(event.content) for event in events)),
            connection=crm,
            crm=crm,
            reason=_stranger(crm, portal),
            where="portalId",
            mend=t("Add the connection, or uninstall the app from that portal"),
            content=[event.content for event in events],
            now=now,
        )

    def _store(self, connection: Connection, body: str, now: datetime) -> str:
        """Keep a text in the bucket under a key made of its content."""
        key = f"received/{connection.tenant}/{connection.id}/{now.astimezone(UTC):%Y-%m-%d}/{_digest(body)}.json"
        self.bodies.put(key, body)
        return key

    def _note(self, connection: Connection, now: datetime) -> None:
        """Remember, every few minutes, that the CRM speaks to us; what is stored already must not fail over it."""
        last = self._heard.get(connection.id)
        if last is None or now - last >= HEARD_EVERY:
            with suppress(Retry):  # the next event says it again
                self.connections.heard(connection.id, now=now)
                self._heard[connection.id] = now


def chunks(notifications: Iterable[Notification]) -> list[list[Notification]]:
    """Notifications in chunks of about 25, those of one record together and in the order in which they came."""
    groups: dict[str, list[Notification]] = {}
    for place, entry in enumerate(notifications):
        groups.setdefault(entry.about or f"#{place}", []).append(entry)
    found: list[list[Notification]] = []
    for group in groups.values():
        for part in batched(group, MAX_CHUNK, strict=False):
            if not found or len(found[-1]) + len(part) > max(CHUNK, len(part)):
                found.append([])
            found[-1].extend(part)
    return found


def _received(adapter: Crm, taken: Sequence[Notification], *, tenant: str, connection: str, parked: int = 0) -> Received:
    return Received(adapter.acknowledge(), tenant, connection, tuple(entry.id for entry in taken), parked)


def _stranger(crm: str, portal: str) -> str:
    if not portal:
        return t("%(crm)s without portal is not a connection here", crm=crm)
    return t("%(crm)s %(portal)s is not a connection here", crm=crm, portal=portal)


def _nobody(crm: str) -> Connection:
    """What an unknown URL is checked against, so that it takes as long to refuse as a known one."""
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return Connection(id="", tenant="", crm=crm, external_id="", added_at=start, since=start, secret="nobody")  # noqa: S106 (a name)


def _app(crm: str, secret: str, url: str, *, now: datetime) -> Connection:
    return Connection(id=crm, tenant="", crm=crm, external_id="", added_at=now, since=now, secret=secret, public_url=url)


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()[:32]
