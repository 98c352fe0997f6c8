"""Vendors' receipts and people's replies, from SNS through a queue: they settle deliveries, and they stop channels."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from accolade.channels import Outcome, Reading, Receipt, Reply
from accolade.flows.ways import Ways
from accolade.model.deliveries import Delivery, DeliveryState
from accolade.model.errors import Rejected, Retry
from accolade.model.participants import REPLIED_STOP, Channel, Tenant
from accolade.store.deliveries import Deliveries

YOUNG = timedelta(minutes=5)
"""A receipt may come before its reference is stored: until this age it is brought again, then it is parked."""

STOP = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "remove", "optout", "opt-out", "td", "arret", "arrêt"}
    | {"stoppen", "afmelden", "uitschrijven"}
)
START = frozenset(["start", "unstop", "aanmelden"])
"""Words alone in a reply (STOP may have more after it), in any case: AWS's opt-out keywords and the Dutch ones.
https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html"""

_GREETING = "Successfully validated SNS topic"
"""What SES publishes, as plain text, when a topic is made a destination."""

_WORD = re.compile(r"[\w\-]+")


class Suppressions(Protocol):
    """Where opt-outs are kept (`store.people`)."""

    def suppress(self, tenant: str, channel: Channel, address: str, *, reason: str, now: datetime) -> None:
        """Never send there again."""
        ...

    def lift(self, tenant: str, channel: Channel, address: str) -> None:
        """The person wants messages again."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What one receipt or reply did, for the log: `event` is `receipt`, `stopped`, `started`, `parked` or `ignored`."""

    event: str
    channel: str = ""
    delivery: str | None = None
    tenant: str = ""
    state: str = ""
    note: str = ""


class Receipts:
    """Applies vendors' events. `tenants` lists the companies of this stack, `readings` how each vendor's event reads."""

    def __init__(
        self,
        *,
        deliveries: Deliveries,
        ways: Ways,
        suppressions: Suppressions,
        tenants: Callable[[], Iterable[Tenant]],
        readings: Sequence[Reading],
    ) -> None:
        self._deliveries, self._ways, self._suppressions = deliveries, ways, suppressions
        self._tenants, self._readings = tenants, readings

    def __call__(self, body: str, *, queued_at: datetime, now: datetime) -> list[Heard]:
        """One queue message: an SNS envelope, or its content alone (raw delivery). Safe to repeat, in any order.

        `queued_at`: when it came to our queue. Rejected if it cannot be read; Retry if a receipt in it came too early.
        """
        event = opened(body)
        if event is None:
            return [Heard("ignored", note="a greeting")]
        said = next((read for reading in self._readings if (read := reading(event)) is not None), None)
        if said is None:
            return [Heard("ignored", note=f"not an event of a channel: {', '.join(sorted(event))[:120]}")]
        heard, early = [], 0
        for one in said:
            done = self._reply(one, now) if isinstance(one, Reply) else self._receipt(one, queued_at, now)
            early += done is None
            heard += [done] if done else []
        if early:
            raise Retry(f"{early} receipts came before their reference was stored", after=30)
        return heard

    def _receipt(self, receipt: Receipt, queued_at: datetime, now: datetime) -> Heard | None:
        """What a receipt did; None if it came too early."""
        delivery = self._find(receipt)
        if delivery is None and now - queued_at < YOUNG:
            return None
        if delivery is None:
            self._deliveries.park_receipt(
                receipt.channel, receipt.reference or "", f"{receipt.reason}: we sent no such message", now=now
            )
            return Heard("parked", receipt.channel, receipt.delivery, note=receipt.reason)
        for address in receipt.suppress:
            self._suppressions.suppress(delivery.tenant, receipt.channel, address, reason=receipt.reason, now=now)
        stands = self._apply(receipt, delivery, now) if receipt.channel is delivery.channel else delivery
        return Heard("receipt", receipt.channel, delivery.id, delivery.tenant, stands.state, receipt.reason)

    def _find(self, receipt: Receipt) -> Delivery | None:
        known = self._deliveries.get(receipt.delivery) if receipt.delivery else None
        if known is None and receipt.reference:
            return self._deliveries.by_reference(receipt.channel, receipt.reference)
        return known

    def _apply(self, receipt: Receipt, delivery: Delivery, now: datetime) -> Delivery:
        note = f"{receipt.channel} {receipt.reason}"
        if receipt.outcome is Outcome.SENT and receipt.reference and receipt.reference != delivery.reference:
            return self._deliveries.settle_sent(delivery, reference=receipt.reference, now=now)
        if receipt.outcome is Outcome.DELIVERED:
            return self._deliveries.settle_delivered(delivery, note=note, now=now)
        return self._failed(receipt, delivery, note, now) if receipt.outcome is Outcome.FAILED else delivery

    def _failed(self, receipt: Receipt, delivery: Delivery, note: str, now: datetime) -> Delivery:
        """It did not arrive: the next channel (`maintain` enqueues it within a minute), or it bounced."""
        if delivery.state is DeliveryState.DELIVERED and receipt.channel is not Channel.EMAIL:
            return delivery  # only a mail server takes a message first and returns it later
        route = self._ways.way(delivery, now=now, failed=receipt.channel).route
        if route.channel is None or delivery.state is DeliveryState.DELIVERED:
            return self._deliveries.settle_bounced(delivery, note=note, now=now)
        return self._deliveries.reroute(delivery, route.channel, due_at=route.due_at, failed=True, note=note, now=now)

    def _reply(self, reply: Reply, now: datetime) -> Heard:
        """STOP is said to our number, which all companies of this stack share: it holds for every one of them."""
        wish = _wish(reply.text)
        if wish is None:
            return Heard("ignored", reply.channel, note="a reply without a word for us")
        for tenant in self._tenants():
            if wish == "stopped":
                self._suppressions.suppress(tenant.id, reply.channel, reply.address, reason=REPLIED_STOP, now=now)
            else:
                self._suppressions.lift(tenant.id, reply.channel, reply.address)
        return Heard(wish, reply.channel)


def opened(body: str) -> Mapping[str, Any] | None:
    """The vendor's event out of its SNS envelope; None for SES's greeting. Rejected if it is not a JSON object."""
    outer = _object(body)
    if outer.get("Type") != "Notification" or not isinstance(outer.get("Message"), str):
        return outer
    message = str(outer["Message"])
    return None if message.startswith(_GREETING) else _object(message)


def _wish(text: str) -> str | None:
    """`stopped`, `started`, or None if the reply says neither."""
    words = _WORD.findall(text.casefold())
    if not words:
        return None
    if words[0] == "stop" or (len(words) == 1 and words[0] in STOP):
        return "stopped"
    return "started" if len(words) == 1 and words[0] in START else None


def _object(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Rejected("the event is not JSON", where="receipts") from error
    if not isinstance(value, dict):
        raise Rejected("the event is not a JSON object", where="receipts")
    return value
