"""From a POST at the front door to the message in the vendor's hands, on the deployed stack with nothing else to do."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
from tests.bench.house import EVERY_WIN, House, element, house, now
from tests.bench.rows import Row, percentile, row

from accolade import wiring
from accolade.cli.stack import Stack
from accolade.model.deliveries import DeliveryState
from accolade.model.participants import Channel
from accolade.store.deliveries import Deliveries

DEALS, WARM = 40, 8
LIMITS = {50: 100.0, 95: 200.0}
WAIT_SECONDS = 20.0
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
VENDORS = {Channel.EMAIL: "SES", Channel.SMS: "SNS"}


def latency(stack: Stack) -> Iterator[Row]:
    """p50 and p95 by channel: one deal after the other, each waited for. The end is the sender's log line, which is
    written after the vendor answered and the delivery was settled."""
    for channel, vendor in VENDORS.items():
        made = house(stack, f"bench-{channel.value}", EVERY_WIN, channel=channel)
        taken = sorted(_one_by_one(stack, made, channel))[: DEALS + 1]
        for percent, limit in LIMITS.items():
            yield row(f"POST to {vendor}, p{percent} of {DEALS}", percentile(taken, percent), "ms", at_most=limit)


def _one_by_one(stack: Stack, made: House, channel: Channel) -> list[float]:
    """Milliseconds of each deal after the first few, which warm the functions."""
    posted: dict[str, float] = {}
    seen: set[str] = set()
    began = now()
    with httpx.Client(timeout=30) as client:
        for deal in range(WARM + DEALS):
            body = made.body([element(deal, made.people[0])])
            at = time.time()
            client.post(made.url, content=body, headers=HEADERS).raise_for_status()
            id_ = _settled(made, seen)
            seen.add(id_)
            if deal >= WARM:
                posted[id_] = at
            time.sleep(0.05)
    ended = _ended(f"/aws/lambda/{stack.name}-send_{channel.value}", began, set(posted))
    return [(ended[id_] - at) * 1000 for id_, at in posted.items()]


def _settled(made: House, seen: set[str]) -> str:
    """The id of the newest delivery as soon as it is sent."""
    deliveries, deadline = Deliveries(wiring.database()), time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        # Looking more often than this would be a load of its own.
        time.sleep(0.03)
        for it in deliveries.of_person(made.tenant, "P000001", limit=1):
            if it.id not in seen and it.state is DeliveryState.SENT:
                return it.id
    raise TimeoutError(f"a delivery was not sent within {WAIT_SECONDS:g} s")


def _ended(group: str, since: datetime, wanted: set[str]) -> dict[str, float]:
    """Epoch seconds at which the sender's log says that each delivery was sent."""
    found: dict[str, float] = {}
    deadline = time.monotonic() + WAIT_SECONDS
    while wanted - set(found) and time.monotonic() < deadline:
        found = {line["delivery"]: _at(line) for line in _lines(group, since) if line.get("event") == "sent"}
        time.sleep(0.2)
    return {id_: at for id_, at in found.items() if id_ in wanted}


def _lines(group: str, since: datetime) -> Iterator[dict[str, Any]]:
    pages = wiring.client("logs").get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=group, startTime=int(since.timestamp() * 1000), filterPattern='"sent"'):
        for event in page["events"]:
            text = event["message"][event["message"].find("{") :]
            try:
                yield json.loads(text)
            except ValueError:
                continue  # a line that was cut in two is no measurement


def _at(line: dict[str, Any]) -> float:
    """The instant of a log line, as Powertools writes it."""
    return datetime.strptime(line["timestamp"], "%Y-%m-%d %H:%M:%S,%f%z").astimezone(UTC).timestamp()
