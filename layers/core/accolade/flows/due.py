"""What the clock does for deliveries: enqueue what is due and not taken, end claims whose sender vanished, ask once more."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from accolade.flows.send import Enqueue
from accolade.flows.ways import SETTINGS_AGE
from accolade.model.deliveries import Delivery, DeliveryState
from accolade.model.participants import Channel
from accolade.model.phrases import later as t
from accolade.store.deliveries import Deliveries

PATIENCE = timedelta(seconds=30)
"""How long a due delivery may be on its queue before it counts as not taken."""

AGAIN = timedelta(minutes=5)
"""After enqueueing, when to enqueue again what is still not taken: a long queue must not be doubled every minute."""

ATTEMPTS_IN_DOUBT = 2
"""Sends whose outcome nobody knows, at most; then a person looks."""

Paused = Callable[[str, Channel], bool]


def enqueue_due(
    deliveries: Deliveries,
    enqueue: Enqueue,
    now: datetime,
    *,
    paused: Paused = lambda tenant, channel: False,
    limit: int = 2000,
) -> Counter[str]:
    """Look after up to `limit` open deliveries whose instant has come; counts by what was done.

    `enqueued`, `paused`, `unknown` (a claim's lease ended), `once_more` (15 minutes without a receipt), `parked`.
    """
    done: Counter[str] = Counter()
    for delivery in deliveries.due(now, limit):
        what = _look_after(delivery, deliveries, enqueue, now, paused)
        if what:
            done[what] += 1
    return done


def resume(deliveries: Deliveries, enqueue: Enqueue, tenant: str, channels: Collection[Channel], now: datetime) -> int:
    """Enqueue at once what waited for a pause to end; how many (`accolade resume`)."""
    waiting = [
        it for it in deliveries.of_tenant(tenant) if it.state is DeliveryState.DUE and it.channel in channels and it.due_at <= now
    ]
    for delivery in waiting:
        if delivery.channel:
            enqueue(delivery.channel, delivery.id, SETTINGS_AGE)
    return len(waiting)


def resume_now(
    deliveries: Deliveries, enqueue: Enqueue, tenant: str, channels: Collection[Channel], now: datetime, *, limit: int = 2000
) -> int:
    """The same without reading everything: what `due` shows within the time for which a pause put it off; how many.

    What lies beyond the limit is found by the clock, within AGAIN.
    """
    done = 0
    for it in deliveries.due(now + AGAIN, limit):
        mine = it.tenant == tenant and it.channel in channels
        if mine and it.channel and it.state is DeliveryState.DUE and it.due_at <= now:
            enqueue(it.channel, it.id, SETTINGS_AGE)
            done += 1
    return done


def _look_after(delivery: Delivery, deliveries: Deliveries, enqueue: Enqueue, now: datetime, paused: Paused) -> str:
    if delivery.state is DeliveryState.CLAIMED and delivery.lease and delivery.lease <= now:
        deliveries.settle_unknown(delivery, note=t("the sender did not come back"), now=now)
        return "unknown"
    if delivery.state is DeliveryState.UNKNOWN and delivery.due_at <= now:
        return _in_doubt(delivery, deliveries, enqueue, now)
    if delivery.state is DeliveryState.DUE and delivery.due_at <= now - PATIENCE:
        return _not_taken(delivery, deliveries, enqueue, now, paused)
    return ""


def _in_doubt(delivery: Delivery, deliveries: Deliveries, enqueue: Enqueue, now: datetime) -> str:
    if delivery.doubts >= ATTEMPTS_IN_DOUBT:
        deliveries.settle_parked(delivery, note=t("sent twice at most, and no receipt came"), now=now)
        return "parked"
    deliveries.settle_busy(delivery, until=now, note=t("no receipt came: once more"), now=now)
    if delivery.channel:
        enqueue(delivery.channel, delivery.id, 0)
    return "once_more"


def _not_taken(delivery: Delivery, deliveries: Deliveries, enqueue: Enqueue, now: datetime, paused: Paused) -> str:
    if delivery.channel is None:
        deliveries.settle_parked(delivery, note=t("no channel was chosen"), now=now)
        return "parked"
    # First the mark, then the queue: a crash between costs minutes, the other order could double a long queue.
    deliveries.look_again(delivery, now + AGAIN)
    if paused(delivery.tenant, delivery.channel):
        return "paused"
    enqueue(delivery.channel, delivery.id, 0)
    return "enqueued"
