"""Redeeming, killed before and after each call to AWS and to the provider: never two cards, never a lost point."""

from dataclasses import replace
from datetime import timedelta

import pytest
import urllib3
from tests.scenarios.shopping import shop
from tests.scenarios.test_kills import Killed, Worker

from accolade import wiring
from accolade.model.redemptions import RedemptionState

MOST = 60
ENDED = RedemptionState.FULFILLED, RedemptionState.RELEASED


@pytest.fixture
def here(linked, monkeypatch):
    with shop(linked, monkeypatch, deals=3) as made:
        made.worker = Watched()
        made.worker.start(made)
        monkeypatch.setattr(urllib3.PoolManager, "request", asking(made.worker))
        yield made


class Watched(Worker):
    """The worker of a process whose every call is counted, to AWS and to the provider; it dies at call `at`.

    `inside`: only what it calls while it looks at a redemption counts.
    """

    inside = False

    def start(self, here) -> None:
        """The process has just started."""
        wiring.point_at({})
        wiring.session().register("before-call", self.before)
        wiring.session().register("after-call", self.after)
        made = here.made()
        here.parts = replace(made, fulfiller=self.looking(made.fulfiller))

    def looking(self, look):
        """The fulfiller, watched."""

        def watched(body, *, now):
            if not self.inside:
                return look(body, now=now)
            self.armed = len(self.calls) < self.at or not self.at
            try:
                return look(body, now=now)
            finally:
                self.armed = False

        return watched

    def request(self, asked, *arguments, **more):
        """A call to the provider."""
        self.before(model=Named(f"{arguments[1]} provider"))
        answer = asked(*arguments, **more)
        self.after(model=None)
        return answer


def asking(worker: Watched):
    """urllib3's own request, watched."""
    asked = urllib3.PoolManager.request
    return lambda *arguments, **more: worker.request(asked, *arguments, **more)


class Named:
    def __init__(self, name: str) -> None:
        self.name = name


def twice(here, act):
    """What the worker does; if it dies of it, another does it again: a person without an answer, a queue without one."""
    worker = here.worker
    worker.armed = not worker.inside and (len(worker.calls) < worker.at or not worker.at)
    try:
        return act()
    except Killed:
        return act()
    finally:
        worker.armed = False


STORIES = {
    "a card": ("gift-card", ()),
    "a card whose first order is lost": ("gift-card", ("timeout_before",)),
    "a card whose answer is lost": ("gift-card", ("timeout_after",)),
    "a card that is refused": ("gift-card", ("reject",)),
    "an own code": ("coffee", ()),
}


@pytest.mark.parametrize("story", STORIES)
def test_killed_at_any_call_there_is_one_card_that_is_paid_or_none_that_is_not(here, story):
    item, faults = STORIES[story]
    for number in range(MOST if item == "coffee" else 0):
        here.parts.stock.add("acme", "coffee", value=500, code=f"CODE-{number}", pin="", now=here.now)
    here.worker.inside = story != "a card"
    calls = play(here, item, faults, at=0, when="", cold=story == "a card")
    assert {"TransactWriteItems", "PutItem", "GetItem"} <= set(calls)
    assert "SendMessageBatch" in calls, "what is to be told is handed over"
    assert ("POST provider" in calls) == (item == "gift-card")
    assert len(calls) <= MOST
    for at in range(1, len(calls) + 1):
        for when in ("before", "after"):
            play(here, item, faults, at=at, when=when, cold=story == "a card")
    here.verified()


def play(here, item, faults, *, at, when, cold):
    """One redemption by a worker that dies at call `at`; then minutes pass, until it has ended."""
    worker, had, left = here.worker, here.wallet().available, codes_left(here, item)
    here.stand_in.fault(*faults)
    if cold:
        worker.start(here)
    worker.calls, worker.at, worker.when = [], at, when
    it = twice(here, lambda: here.redeem(f"{item}-{at}-{when}", item=item))
    twice(here, here.work)
    for minutes in (3, 3, 16, 60, 24 * 60, 60):
        if here.stands(it).state in ENDED:
            break
        here.now += timedelta(minutes=minutes)
        twice(here, here.work)
    here.stand_in._faults.clear()
    ended = here.stands(it)
    cards = here.stand_in.cards(it.id) if item == "gift-card" else left - codes_left(here, item)
    assert cards in (0, 1)
    assert ended.state is (RedemptionState.FULFILLED if cards else RedemptionState.RELEASED), (ended, worker.calls)
    assert cards or "reject" in faults, ended.history
    assert here.wallet().available == had - 10 * cards
    assert here.wallet().held == 0
    return worker.calls


def codes_left(here, item) -> int:
    return here.parts.stock.count("acme", item).get(500, 0) if item == "coffee" else 0
