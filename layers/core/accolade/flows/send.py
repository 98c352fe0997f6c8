"""Send one delivery: look whether it still may go, claim it, hand it to the vendor once, settle what came of it.

Killed before or after any call, the delivery is found again by `flows.due`; at most one extra message goes out. What
happened before the claim happens again; a claim whose sender vanished becomes unknown when its lease ends, and after 15
minutes without a receipt it is sent once more, and never a third time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Protocol

from accolade.channels import Rendered, Sending
from accolade.flows.routing import Routed
from accolade.flows.ways import Way, Ways
from accolade.model.deliveries import Delivery, DeliveryState
from accolade.model.errors import Rejected, Retry, UnknownOutcome
from accolade.model.messages import read_send
from accolade.model.participants import Channel, Participant, Tenant
from accolade.model.phrases import later as t
from accolade.store.deliveries import Deliveries
from accolade.texts import texts

Enqueue = Callable[[Channel, str, int], None]
"""Puts a delivery's id on a channel's queue, with a delay in seconds (at most 900)."""

EARLY = timedelta(seconds=60)
"""A message this much too early is sent all the same: clocks of two machines differ."""

MAX_ATTEMPTS = 60
"""Claims after which a person has to look: with waits up to MAX_WAIT, more than half a day of a vendor saying no."""

MAX_WAIT = 900.0

_CLOSED = t("outside the sending hours")


class Linking(Protocol):
    """Makes the links in a message."""

    def link(self, tenant: Tenant, participant: Participant, now: datetime) -> str:
        """The wallet page."""
        ...

    def unsubscribe_link(self, tenant: Tenant, participant: Participant, channel: Channel, now: datetime) -> str:
        """The page that stops one channel."""
        ...

    def code(self, challenge: str) -> str:
        """The one-time code of a challenge."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one queue message, for the log: `event` is `sent`, `skipped`, `moved`, `waiting`, `unknown`,
    `suppressed` or `parked`; no address and no text."""

    event: str
    delivery: str
    channel: str
    tenant: str = ""
    record: str | None = None
    reference: str | None = None
    note: str = ""


class Sender:
    """Sends what is due on one channel."""

    def __init__(self, sending: Sending, *, deliveries: Deliveries, ways: Ways, links: Linking, enqueue: Enqueue) -> None:
        self._sending, self._deliveries, self._ways = sending, deliveries, ways
        self._links, self._enqueue = links, enqueue
        self._channel = sending.name

    def __call__(self, body: str, *, now: datetime) -> Told:
        """One queue message (`SendDelivery`) at `now`. Retry: bring it again; a bad message: ValueError."""
        id_ = read_send(body).delivery
        delivery = self._deliveries.get(id_)
        if delivery is None:
            return Told("skipped", id_, self._channel, note="there is no such delivery")
        if not self._is_due(delivery, now):
            return self._told("skipped", delivery, note=f"{delivery.state} on {delivery.channel}")
        way = self._ways.way(delivery, now=now)
        if way.participant is None or way.route.channel is not self._channel:
            return self._redirect(delivery, way.route, now)
        if way.route.paused:
            return self._told("waiting", delivery, note="paused")
        if way.route.due_at > now:
            self._deliveries.settle_busy(delivery, until=way.route.due_at, note=_CLOSED, now=now)
            return self._told("waiting", delivery, note=_CLOSED)
        return self._send(delivery, way, way.participant, now)

    def _is_due(self, delivery: Delivery, now: datetime) -> bool:
        here = delivery.state is DeliveryState.DUE and delivery.channel is self._channel
        return here and delivery.due_at <= now + EARLY

    def _send(self, delivery: Delivery, way: Way, participant: Participant, now: datetime) -> Told:
        try:
            rendered = self._rendered(delivery, way.tenant, participant, now)
        except Rejected as error:
            return self._fall_back(delivery, error, now)
        claimed = self._deliveries.claim(delivery, now=now)
        if claimed is None:
            return self._lost(delivery, now)
        try:
            to = participant.address(self._channel) or ""
            reference = self._sending.send(rendered, to=to, delivery_id=delivery.id)
        except Retry as error:
            return self._wait(claimed, error, now)
        except Rejected as error:
            return self._fall_back(claimed, error, now)
        except UnknownOutcome as error:
            self._deliveries.settle_unknown(claimed, note=error.what, now=now)
            return self._told("unknown", claimed, note=error.what)
        self._deliveries.settle_sent(claimed, reference=reference, now=now)
        return self._told("sent", claimed, reference=reference)

    def _rendered(self, delivery: Delivery, tenant: Tenant, participant: Participant, now: datetime) -> Rendered:
        path = delivery.announcement.path if delivery.announcement else ""
        return self._sending.render(
            delivery,
            participant=participant,
            tenant=tenant,
            link=f"{tenant.public_url.rstrip('/')}/{path}" if path else self._links.link(tenant, participant, now),
            unsubscribe_link="" if delivery.for_staff else self._links.unsubscribe_link(tenant, participant, self._channel, now),
            texts=texts(participant.locale),
            code=self._links.code(delivery.challenge) if delivery.challenge else "",
        )

    def _redirect(self, delivery: Delivery, route: Routed, now: datetime) -> Told:
        """Consent, address or preference changed since the channel was chosen."""
        if route.channel is None:
            self._deliveries.settle_suppressed(delivery, note=route.reason, now=now)
            return self._told("suppressed", delivery, note=route.reason)
        return self._move(delivery, route, failed=False, note=t("goes by %(way)s now", way=route.channel.value), now=now)

    def _fall_back(self, delivery: Delivery, error: Rejected, now: datetime) -> Told:
        """This channel will never carry it: the next one, or a person."""
        route = self._ways.way(delivery, now=now, failed=self._channel).route
        if route.channel is not None:
            return self._move(
                delivery,
                route,
                failed=True,
                note=t("%(channel)s %(what)s", channel=self._channel.value, what=error.what),
                now=now,
            )
        said = {"channel": self._channel.value, "what": error.what, "why": route.reason}
        note = t("%(channel)s %(what)s; no other way (%(why)s)", **said)
        if delivery.challenge:  # nobody needs it any more by the time that a person looks
            self._deliveries.settle_suppressed(delivery, note=note, now=now)
            return self._told("suppressed", delivery, note=note)
        self._deliveries.settle_parked(delivery, note=note, now=now)
        return self._told("parked", delivery, note=note)

    def _move(self, delivery: Delivery, route: Routed, *, failed: bool, note: str, now: datetime) -> Told:
        channel = route.channel or self._channel
        self._deliveries.reroute(delivery, channel, due_at=route.due_at, failed=failed, note=note, now=now)
        if route.due_at <= now and not route.paused:
            self._enqueue(channel, delivery.id, 0)
        return self._told("moved", delivery, note=note)

    def _wait(self, claimed: Delivery, error: Retry, now: datetime) -> Told:
        """Certainly not sent: again after a while, longer each time; after MAX_ATTEMPTS a person has to look."""
        if claimed.attempts >= MAX_ATTEMPTS:
            self._deliveries.settle_parked(claimed, note=error.what, now=now)
            return self._told("parked", claimed, note=error.what)
        seconds = min(error.after * 2 ** min(claimed.attempts - 1, 8), MAX_WAIT)
        self._deliveries.settle_busy(claimed, until=now + timedelta(seconds=seconds), note=error.what, now=now)
        self._enqueue(self._channel, claimed.id, ceil(seconds))
        return self._told("waiting", claimed, note=error.what)

    def _lost(self, delivery: Delivery, now: datetime) -> Told:
        """Somebody else moved it between our reading and our claim."""
        stands = self._deliveries.get(delivery.id) or delivery
        if self._is_due(stands, now):
            raise Retry("the delivery changed while it was claimed", after=1, where=delivery.id)
        return self._told("skipped", stands, note=f"{stands.state} on {stands.channel}")

    def _told(self, event: str, delivery: Delivery, **more: Any) -> Told:
        return Told(event, delivery.id, self._channel, tenant=delivery.tenant, record=delivery.record, **more)
