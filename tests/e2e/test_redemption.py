"""A redemption on the deployed stack: the queue, the function, its role, the key for codes and the stand-in provider."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import Deployed
from tests.e2e.sea import in_their_place
from tests.e2e.test_storm import FAST, HEAD, Storm, _user
from tests.scenarios.running import deal

from accolade import wiring
from accolade.cli.stack import _SETTINGS
from accolade.model.redemptions import Redemption, RedemptionState

pytestmark = pytest.mark.e2e

TENANT, WHO, SECONDS = "rewarded", "P000001", 300
ITEMS = """
items:
  - {id: card, provider: tremendous, title: Card, currency: USD, options: [{value: 5, points: 10}]}
  - {id: coffee, provider: stock, title: Coffee, currency: EUR, options: [{value: 5, points: 10}]}
"""
ENDED = (RedemptionState.FULFILLED, RedemptionState.RELEASED)


@pytest.fixture
def shop(deployed: Deployed, tmp_path: Path) -> Iterator[Deployed]:
    """A tenant with a person who has 50 points, items, codes and an account; this process stands where the pages stand."""
    settings = {name: deployed.outputs[output] for name, output in _SETTINGS.items()} | {"api_hosts": "127.0.0.1"}
    with in_their_place(deployed, settings):
        storm = Storm(deployed, TENANT, HEAD.format(budget=1_000) + FAST, number=54)
        won = storm._message([deal("W", at=2, owner=_user(0))])
        assert wiring.processor(lambda event, **fields: None)({"1": won}, now=datetime.now(UTC)) == []
        (tmp_path / "items.yaml").write_text(ITEMS)
        (tmp_path / "codes.csv").write_text("value,code,pin\n5,CANARY-E2E,1234\n")
        own = ("--tenant", TENANT)
        deployed.accolade_json("catalog", "import", str(tmp_path / "items.yaml"), *own)
        deployed.accolade_json("stock", "import", "coffee", str(tmp_path / "codes.csv"), *own)
        base = ("--key-env", "REWARDS_KEY", "--api-base", deployed.place.rewards)
        deployed.accolade_json("provider", "add", "tremendous", *base, *own, REWARDS_KEY="TEST_key")
        yield deployed


def parts() -> Any:
    return wiring.house(quiet).redeeming


def quiet(event: str, **fields: Any) -> None:
    """Nothing is to be read."""


def redeemed(item: str) -> Redemption:
    """Redeem, and wait for the function to have ended it."""
    house, end = parts(), time.monotonic() + SECONDS
    it = house.redeemer.redeem(TENANT, WHO, item, 500, f"e2e-{item}", now=datetime.now(UTC), actor=WHO)
    while it.state not in ENDED and time.monotonic() < end:
        time.sleep(0.5)
        it = house.redemptions.get(TENANT, it.id)
    return it


def test_a_card_and_a_code_are_delivered_by_the_function(shop: Deployed) -> None:
    assert shop.accolade_json("provider", "test", "tremendous", "--tenant", TENANT)["ok"]
    card, code = redeemed("card"), redeemed("coffee")
    assert [card.state, code.state] == [RedemptionState.FULFILLED] * 2, (card.history, code.history)
    now, redeemer = datetime.now(UTC), parts().redeemer
    assert redeemer.reveal(card, by=WHO, now=now).link.startswith("https://")
    shown = redeemer.reveal(code, by=WHO, now=now)
    assert (shown.code, shown.pin) == ("CANARY-E2E", "1234")
    assert shop.accolade_json("ledger", "verify", "--tenant", TENANT)["problems"] == []
    steps = shop.accolade_json("trace", card.id, "--tenant", TENANT)
    assert {"held", "ordered", "fulfilled", "owed"} <= {step["event"] for step in steps}
    assert "CANARY" not in (shop.place.state / "ministack.log").read_text(errors="replace")
