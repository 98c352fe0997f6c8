"""The outbox: a delivery is written with its entries; here it gets its channel and time, and goes to its queue when due.

Handing over is a hint: a lost one costs a minute, because `maintain` enqueues what is due and not taken.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from accolade.flows.routing import route
from accolade.model.deliveries import Delivery, DeliveryState
from accolade.model.errors import Retry
from accolade.model.messages import SendDelivery
from accolade.model.participants import Channel, Participant, Tenant
from accolade.queues import Queue
from accolade.situation import Situation


class Outbox:
    """Routes new deliveries and hands over what is due. `tenant` gives a tenant's settings, a few seconds old at most."""

    def __init__(self, queue_of: Callable[[Channel], Queue], tenant: Callable[[str], Tenant], log: Callable[..., None]) -> None:
        self._queue_of, self._tenant, self._log = queue_of, tenant, log

    def route(self, delivery: Delivery, situation: Situation, now: datetime) -> Delivery:
        """The delivery with its channel and the first instant at which it may go; suppressed if there is no way at all.

        Opt-outs are looked up when it is sent, not here.
        """
        participant = situation.participants.get(delivery.participant)
        return delivery if participant is None else self.route_to(delivery, participant, now)

    def route_to(self, delivery: Delivery, participant: Participant, now: datetime) -> Delivery:
        """The same, where the person is at hand."""
        way = route(participant, self._tenant(delivery.tenant), now=now)
        if way.channel is None:
            return replace(delivery, state=DeliveryState.SUPPRESSED, outcome=way.reason)
        return replace(delivery, channel=way.channel, due_at=way.due_at)

    def hand_over(self, deliveries: Iterable[Delivery], now: datetime) -> None:
        """Put what is due on its channel's queue. What a queue does not take is found by `maintain`."""
        due: dict[Channel, list[str]] = {}
        for it in deliveries:
            if (
                it.channel
                and it.state is DeliveryState.DUE
                and it.due_at <= now
                and it.channel not in self._tenant(it.tenant).paused
            ):
                due.setdefault(it.channel, []).append(SendDelivery(delivery=it.id).to_json())
        for channel, bodies in due.items():
            try:
                self._queue_of(channel).send(bodies)
            except Retry as error:
                self._log("not_queued", channel=channel.value, deliveries=len(bodies), error=str(error))
