"""What a deal was to its account, on the stack: one is first, however many workers decide at once."""

import json
from datetime import UTC, datetime

import pytest
from tests.scenarios.closing import Closing, won
from tests.scenarios.running import BOB
from tests.unit.test_selling import GUARDED, PROGRAM

from accolade import wiring
from accolade.store.database import Database

NOW = datetime(2018, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def house(stack):
    made = Closing(stack, "\n  - {id: x, title: X, kind: record, when: {field: deal.stage, is: lost}, points: 1}")
    made.publish(PROGRAM)
    wiring.point_at({})
    made.maintain, made.run = wiring.maintainer(log=made.log), wiring.processor(log=made.log)
    return made


def sold(name: str, day: str, owner: str = "", **fields):
    more = {"AccountId": "0015e00000ACMEAAAA"[:18]} | fields
    return won(name, day, **({"owner": owner} if owner else {}), **more)


def paid(house) -> dict[str, int]:
    """Points by the milestones that hold."""
    found: dict[str, int] = {}
    for it in house.entries():
        sign = 1 if it.kind.value == "accrual" else -1
        found[it.cause.milestone] = found.get(it.cause.milestone, 0) + sign * sum(one.amount for one in it.transfers)
    return {name: points for name, points in found.items() if points}


def test_an_earlier_deal_that_comes_late_is_first_and_the_other_is_judged_again_within_a_minute(house):
    house.win(sold("B", "2018-03-01"), now=NOW)
    assert paid(house) == {"first": 1}
    house.win(sold("A", "2018-01-01", BOB), now=NOW)
    assert paid(house) == {"first": 2}, "for a moment"
    assert [key for key in house.state() if key[0] == "RESALE#acme"]
    house.maintain(now=NOW)
    house.arrive(NOW)
    assert paid(house) == {"first": 1}
    assert house.available() == {"bob": 1}
    assert not [key for key in house.state() if key[0] == "RESALE#acme"]
    house.win(sold("A", "2018-01-01", BOB, at=9, StageName="Negotiation"), now=NOW)
    house.maintain(now=NOW)
    house.arrive(NOW)
    assert house.available() == {"asha": 1}


def test_two_deals_decided_at_once_are_not_both_the_first(house):
    other, call, raced = wiring.processor(log=house.log), Database.transact, []

    def slow(self, operations):
        if not raced:
            raced.append(1)
            house.put(sold("B", "2018-03-01", BOB))
            (body,) = house.stack.messages("inbox")
            assert other({"b": json.dumps(body)}, now=NOW) == []
        call(self, operations)

    house.put(sold("A", "2018-01-01"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "transact", slow)
        house.arrive(NOW)
    house.maintain(now=NOW)
    house.arrive(NOW)
    assert paid(house) == {"first": 1}
    assert house.available() == {"asha": 1}


def test_a_batch_of_many_deals_of_one_account_is_what_the_same_are_one_by_one(house):
    house.win(*[sold(f"N{n}", f"2018-0{1 + n % 5}-1{n}") for n in range(8)], now=NOW)
    for _ in range(2):
        house.maintain(now=NOW)
        house.arrive(NOW)
    assert paid(house) == {"first": 1}


def test_a_deal_sold_in_parts_is_seen_when_the_second_part_comes(house):
    house.publish(GUARDED)
    wiring.point_at({})
    house.maintain, house.run = wiring.maintainer(log=house.log), wiring.processor(log=house.log)
    house.win(sold("A", "2018-01-01", Amount="600.0"), now=NOW)
    assert paid(house)["win"] == 100
    house.win(sold("B", "2018-01-04", Amount="500.0"), now=NOW)
    house.maintain(now=NOW)
    house.arrive(NOW)
    assert paid(house)["win"] == 20
    house.win(sold("A", "2018-01-01", at=9, StageName="Negotiation"), now=NOW)
    house.maintain(now=NOW)
    house.arrive(NOW)
    assert paid(house)["win"] == 100


def test_without_a_rule_that_asks_nothing_is_kept(stack):
    made = Closing(stack, "\n  - {id: x, title: X, kind: record, when: {field: deal.stage, is: won}, points: 1}")
    made.win(sold("A", "2018-01-01"), now=NOW)
    assert not [key for key in made.state() if key[0].startswith("SALES#")]
