"""Sixteen at once redeem the whole balance, in a storm: one has it, one card is made, and the books are exact."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.e2e.conftest import Deployed
from tests.e2e.sea import at_sea
from tests.e2e.test_storm import FAST, HEAD, Storm, _user
from tests.e2e.weather import CANCELLED, FAULTS, Weather
from tests.scenarios.running import deal

from accolade import wiring
from accolade.model.catalog import Item, Option, ProviderAccount
from accolade.model.errors import Refused, Retry
from accolade.model.messages import FulfillRedemption
from accolade.model.redemptions import Redemption, RedemptionState
from rewards.tremendous import StandIn

pytestmark = pytest.mark.e2e

WORKERS, TRIES = 16, 400
TENANT, WHO, BALANCE = "storm-rewards", "P000001", 50


class Collisions(Weather):
    """The same weather, in which the first transactions are cancelled whoever makes them."""

    def _fate(self, call: str, operation: str) -> str:
        with self._lock:
            first = operation == "TransactWriteItems" and call not in self._fates and self.calls[operation] < 2 * len(CANCELLED)
            if first:
                self._fates[call] = (CANCELLED[self.calls[operation] % len(CANCELLED)], True)
                self.calls[operation] += 1
                self.faults[self._fates[call][0]] += 1
        return super()._fate(call, operation)


@pytest.fixture
def sea(deployed: Deployed) -> Iterator[Deployed]:
    """This process pointed at the deployed tables, with queues of its own that no function reads."""
    with at_sea(deployed, "rewards", "inbox", "email", "sms", "whatsapp", "orders", api_hosts="127.0.0.1") as here:
        yield here


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    made = StandIn(token="TEST_key").start()
    yield made
    made.stop()


@pytest.fixture
def storm(sea: Deployed, stand_in: StandIn) -> Storm:
    """Somebody with 50 points, and a card for 50."""
    made = Storm(sea, TENANT, HEAD.format(budget=1_000) + FAST, number=53)
    item = made._message([deal("R", at=2, owner=_user(0))])
    assert wiring.processor(lambda event, **fields: None)({"1": item}, now=datetime.now(UTC)) == []
    sea.client("secretsmanager").create_secret(Name="accolade/storm/tremendous", SecretString="TEST_key")
    catalog = parts().catalog
    catalog.put(Item(TENANT, "card", "tremendous", {"en": "Card"}, "USD", (Option(500, BALANCE),), product="OKMHM2X2OHYV"))
    catalog.put_account(ProviderAccount(TENANT, "tremendous", stand_in.base_url, "accolade/storm/tremendous", per_minute=6_000))
    return made


def parts() -> Any:
    return wiring.house(quiet).redeeming


def quiet(event: str, **fields: Any) -> None:
    """Nothing is to be read."""


def together(act: Callable[[int], Any]) -> list[Any]:
    """Sixteen do it at the same instant."""
    gate = threading.Barrier(WORKERS)

    def at_once(number: int) -> Any:
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(at_once, range(WORKERS)))


def patiently(act: Callable[[], Any]) -> Any:
    """As SQS and a person's browser do: what is busy is tried again."""
    for _ in range(TRIES):
        try:
            return act()
        except Retry:
            continue
    raise AssertionError("the storm did not end in time")


def test_sixteen_redeem_the_whole_balance_and_one_has_it(storm: Storm, stand_in: StandIn) -> None:
    house, now = parts(), datetime.now(UTC)
    storm.weather = Collisions(seed=7)
    for name in ("dynamodb", "sqs"):
        storm.weather.over(wiring.client(name))

    def redeem(number: int) -> Redemption | None:
        def once() -> Redemption | None:
            try:
                return house.redeemer.redeem(TENANT, WHO, "card", 500, f"key-{number}", now=now, actor=WHO)
            except Refused:
                return None

        return patiently(once)

    held = [it for it in together(redeem) if it is not None]
    assert len({it.id for it in held}) == 1, "one of sixteen"
    stand_in.fault("timeout_after", "late", "500_after", "timeout_before")
    message = FulfillRedemption(tenant=TENANT, participant=WHO, redemption=held[0].id).to_json()
    for minutes in range(0, 60, 3):  # every hint sixteen times, every three minutes
        at = now + timedelta(minutes=minutes)
        together(lambda number, at=at: patiently(lambda: house.fulfiller(message, now=at)))
    storm.weather.raging = False
    print(f"\n{dict(storm.weather.calls)} calls met {dict(storm.weather.faults)}")
    assert {*FAULTS, *CANCELLED} <= set(storm.weather.faults)
    ended = house.redemptions.get(TENANT, held[0].id)
    assert ended.state is RedemptionState.FULFILLED
    assert stand_in.cards(ended.id) == len(stand_in.orders) == 1
    wallet = house.redemptions.wallet(TENANT, WHO)
    assert (wallet.available, wallet.held) == (0, 0)
    assert storm.books_are_exact()
