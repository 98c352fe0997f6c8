"""Notifications a second: through the deployed stack, and deciding in chunks against one by one."""

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import batched
from typing import Any

from tests.bench.house import EVERY_FIFTH, FAST, PER_MESSAGE, House, content, element, house, now, own_queues, processor
from tests.bench.latency import HEADERS
from tests.bench.rows import Row, row

from accolade import wiring
from accolade.cli.replay.post import Batch, post_all
from accolade.cli.stack import Stack
from accolade.flows.process import Processor
from accolade.store.audit import Audit
from accolade.store.tenants import Tenants

PEOPLE = 20
DEALS, WARM, TURNS = 1_250, 50, 3
CHUNK, ROUNDS, PER_ROUND = 25, 6, 100
AT_LEAST, TIMES = 400, 2.5
WAIT_SECONDS = 120.0


def through_the_stack(stack: Stack) -> Iterator[Row]:
    """Deals that open and then close, in messages of 100, from the first POST until the Inbox is empty and all are there."""
    made = house(stack, "bench-flow", EVERY_FIFTH, FAST, people=PEOPLE)
    Tenants(wiring.database()).pause(made.tenant)  # what sending costs is another row
    _flow(stack, made, range(900_000, 900_000 + WARM))
    rates = []
    for turn in range(TURNS):
        took = _flow(stack, made, range(turn * DEALS, (turn + 1) * DEALS))
        rates.append(2 * DEALS / took)
        found = sum(1 for _ in Audit(wiring.database()).record_keys(made.tenant)) - WARM
        assert found == (turn + 1) * DEALS, f"{found} of {(turn + 1) * DEALS} records"
    what = f"POST to committed, median of {TURNS} x {2 * DEALS:,} notifications"
    yield row(what, statistics.median(rates), "a second", at_least=AT_LEAST)


def _flow(stack: Stack, made: House, deals: Sequence[int]) -> float:
    """Seconds until everything about these deals is decided."""
    told = [
        element(deal, made.people[deal % PEOPLE], stage=stage, second=second)
        for second, stage in enumerate(("Prospecting", "Closed Won"))
        for deal in deals
    ]
    bodies = [(len(part), made.body(part)) for part in batched(told, PER_MESSAGE, strict=False)]
    batches = [Batch(count, partial(_request, body)) for count, body in bodies]
    started = time.monotonic()
    for sent in post_all(batches, url=made.url, acknowledged=lambda it: "<Ack>true</Ack>" in it.text):
        assert not sent.error, sent.error
    while not _empty(stack):
        time.sleep(0.1)
        assert time.monotonic() - started < WAIT_SECONDS, "the Inbox does not get empty"
    return time.monotonic() - started


def _request(body: bytes) -> tuple[bytes, dict[str, str]]:
    return body, HEADERS


def _empty(stack: Stack) -> bool:
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    answer = wiring.client("sqs").get_queue_attributes(QueueUrl=stack.output("InboxQueueUrl"), AttributeNames=list(names))
    return all(int(answer["Attributes"][name]) == 0 for name in names)


def batch_commit(stack: Stack) -> Iterator[Row]:
    """The same deals of two tenants: in messages of 25, and one a message; in turns, one worker, the same tables."""
    houses = {size: house(stack, f"bench-by-{size}", EVERY_FIFTH, FAST, people=PEOPLE) for size in (CHUNK, 1)}
    own_queues(stack)
    run = processor()
    taken = dict.fromkeys(houses, 0.0)
    for turn in range(ROUNDS + 1):
        for size, made in houses.items():
            took = _decide(run, made, _story(made, turn), size)
            taken[size] += took if turn else 0.0
    rates = {size: ROUNDS * PER_ROUND / seconds for size, seconds in taken.items()}
    what = f"decided and committed in chunks of {CHUNK}"
    yield row(what, rates[CHUNK], "a second", reference=rates[1], against="one by one", ratio_at_least=TIMES)


def _story(made: House, turn: int) -> list[dict[str, Any]]:
    """Half a round's deals opening, then closing."""
    deals = range(turn * PER_ROUND, turn * PER_ROUND + PER_ROUND // 2)
    stages = enumerate(("Prospecting", "Closed Won"))
    return [content(deal, made.people[deal % PEOPLE], stage=stage, second=at) for at, stage in stages for deal in deals]


def _decide(run: Processor, made: House, story: Sequence[Mapping[str, Any]], size: int) -> float:
    started = time.monotonic()
    for number, part in enumerate(batched(story, size, strict=False)):
        failed = run({str(number): made.message(*part)}, now=now())
        assert not failed, "a message failed"
    return time.monotonic() - started
