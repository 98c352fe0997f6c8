"""process, killed before and after each of its AWS calls, then redelivered: the ledger is as without the kill."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws
from tests.scenarios.running import BOB, Running, deal, sqs_event
from tests.scenarios.stack import LambdaContext, Stack

from accolade import wiring
from accolade.flows.due import enqueue_due
from accolade.store.deliveries import Deliveries

STORY = (
    [deal("A", at=1, stage="Negotiation"), deal("A", at=2), deal("B", at=3, owner=BOB), deal("BAD", Amount="NaN")],
    [deal("A", at=4, stage="Negotiation"), deal("C", at=5), deal("B", at=6, owner=BOB, Amount="3000.0")],
)
"""Two batches: wins of two people and one bad notification; then a reopening, a further win, a changed amount."""


class Killed(BaseException):
    """The worker is gone: nothing may catch it."""


class Worker:
    """Counts the AWS calls of this process, and dies at call `at`, before it or after it."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.at, self.when, self.armed = 0, "", False

    def before(self, model, **_):
        if self.armed:
            self.calls.append(model.name)
            self._die("before")

    def after(self, model, **_):
        if self.armed:
            self._die("after")

    def _die(self, when: str) -> None:
        if len(self.calls) == self.at and when == self.when:
            self.armed = False
            raise Killed


@contextmanager
def world(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        worker, stack = Worker(), Stack()
        for name, value in stack.settings.items():
            monkeypatch.setenv(name.upper(), value)
        wiring.point_at({})
        wiring.session().register("before-call", worker.before)
        wiring.session().register("after-call", worker.after)
        yield worker, Running(stack)
    wiring.point_at({})


def play(worker: Worker, house: Running, *, at: int = 0, when: str = ""):
    """Deliver the story batch by batch; a batch whose worker died is delivered again. Returns what is in the books."""
    worker.at, worker.when = at, when
    for batch in STORY:
        house.put(*batch)
        bodies = [json.dumps(body) for body in house.stack.messages("inbox")]
        worker.armed = True
        try:
            house.process(sqs_event(bodies), LambdaContext())
        except Killed:
            worker.armed = False
            house.process(sqs_event(bodies), LambdaContext())
        worker.armed = False
        house.work()
    queued = [message["delivery"] for message in house.stack.messages("email")]
    enqueue_due(Deliveries(wiring.database()), wiring.enqueue, datetime.now(UTC) + timedelta(seconds=31))
    late = [message["delivery"] for message in house.stack.messages("email")]
    entries = [(it.id, it.seq, it.kind, it.transfers, it.at) for it in house.entries()]
    wallets = {number: house.wallet(number)["available"] for number in ("P000001", "P000002")}
    owed = {item["pk"] for item in house.deliveries()}
    return entries, wallets, owed, queued, late


@pytest.fixture(scope="module")
def undisturbed():
    patch = pytest.MonkeyPatch()
    with world(patch) as (worker, house):
        told = play(worker, house)
        calls = list(worker.calls)
    patch.undo()
    return told, calls


def test_the_undisturbed_story_pays_and_tells(undisturbed):
    (entries, wallets, owed, queued, _), calls = undisturbed
    assert wallets == {"P000001": 60, "P000002": 80}
    assert len(entries) == 9
    assert {f"DELIVERY#{name}" for name in queued} == owed
    assert "TransactWriteItems" in calls


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, 27))
def test_killed_at_any_call_the_books_are_as_without_the_kill(undisturbed, monkeypatch, at, when):
    (entries, wallets, owed, _, _), calls = undisturbed
    if at > len(calls):
        assert len(calls) < 26, "more calls than this test kills: widen the range"
        return
    with world(monkeypatch) as (worker, house):
        killed = play(worker, house, at=at, when=when)
    assert killed[0] == entries
    assert killed[1] == wallets
    assert killed[2] == owed
    told = [f"DELIVERY#{name}" for name in killed[3] + killed[4]]
    assert set(told) == owed, "every message owed is on its queue, at the latest a minute later"
