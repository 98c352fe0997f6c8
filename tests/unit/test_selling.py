"""What a deal was to its account, in whatever order the deals come, change, move and go."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.playing import House, won

from accolade.model.records import RecordKey
from accolade.model.sales import Sale, judged
from accolade.situation import AccountSales

PROGRAM = """
id: sales
title: {en: Sales}
effective: {from: 2015-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
silent_after: 3650 days
debt_limit: 300
milestones:
  - {id: first, title: First, kind: record, when: {field: deal.sale_kind, is: first}, points: 1}
  - {id: repeat, title: Repeat, kind: record, when: {field: deal.sale_kind, is: repeat}, points: 10}
  - id: upsell
    title: Upsell
    kind: record
    when: {field: deal.sale_kind, is: upsell}
    points: {per: deal.upsell_amount, rate: 1, floor: 1}
  - {id: cross-sell, title: Cross-sell, kind: record, when: {field: deal.sale_kind, is: cross_sell}, points: 1000}
  - {id: sum, title: Sum, kind: every, kpi: upsell, n: 50 USD, period: year, points: 7}
"""
ACCOUNTS = ("ada", "bea")
DEALS = ("d1", "d2", "d3", "d4", "d5")

facts = st.fixed_dictionaries(
    {
        "account": st.sampled_from(ACCOUNTS),
        "product": st.sampled_from(["", "basic", "plus", "pro", "desk"]),
        "amount": st.sampled_from(["100", "250", "900"]),
        "close_date": st.sampled_from(["2016-01-05", "2018-01-06", "2018-03-07", "2019-02-01"]),
        "stage": st.sampled_from(["won", "won", "won", "lost", "open"]),
        "owner": st.sampled_from(["asha", "bob", "nobody"]),
        "deleted": st.sampled_from([None, None, None, True]),
    }
)
told = st.lists(st.tuples(st.sampled_from(DEALS), st.integers(0, 5), facts), min_size=1, max_size=14)
FAMILIES = {"basic": "series", "plus": "series", "pro": "series", "desk": "furniture"}
PRICES = {"basic": "100", "plus": "300", "pro": "700", "desk": "200"}


def house() -> House:
    made = House(PROGRAM)
    made.situation.sales = {account: AccountSales() for account in ACCOUNTS}
    return made


def tell(made: House, deal: str, at: int, given_: dict) -> list[str]:
    """One notification; gives the other deals that are to be decided again."""
    product = given_["product"]
    more = {"product": product or None, "product_family": FAMILIES.get(product), "list_price": PRICES.get(product)}
    named = {name: value for name, value in given_.items() if name not in ("deleted", "product")}
    decision = made.tell(deal, at, deleted=given_["deleted"], **won(**named, **more))
    return list(decision.sales.again) if decision and decision.sales else []


def settle_all(made: House, waiting: list[str]) -> None:
    """Decide again what others have moved, as maintain asks for it, until nothing is asked."""
    for _ in range(100):
        if not waiting:
            return
        decision = made.again(waiting.pop())
        assert not (decision and decision.sales and decision.sales.again), "who is decided again moves nobody"
    pytest.fail("it does not come to an end")


def held(made: House) -> dict[str, tuple[str, int]]:
    """Deal -> (milestone, points) of those that somebody earns by."""
    found = {}
    for key, points in made.levels().items():
        _, milestone, _, scope = key.split("/", 3)
        if ":deal:" in scope:
            found[scope.rpartition(":")[2]] = (milestone.replace("-", "_"), points)
    return found


def oracle(made: House) -> dict[str, tuple[str, int]]:
    """The same from the records as they are in the end, judged account by account, all at once."""
    sales: dict[str, list[Sale]] = {}
    for key, record in made.records.items():
        if record.value("stage") == "won" and not record.deleted:
            price, amount = record.value("list_price"), record.value("amount")
            sale = Sale(
                date.fromisoformat(str(record.value("close_date"))),
                key.id,
                str(record.value("product") or ""),
                str(record.value("product_family") or ""),
                int(str(price)) * 100 if price else None,
                int(str(amount)) * 100,
            )
            sales.setdefault(str(record.value("account")), []).append(sale)
    worth = {"first": 1, "repeat": 10, "cross_sell": 1000}
    return {
        it.sale.id: (it.kind, worth.get(it.kind) or max(1, it.increase // 100))
        for account in sales.values()
        for it in judged(account)
        if it.kind and owner(made, it.sale.id)
    }


def owner(made: House, deal: str) -> bool:
    """Whether the owner at its closing is a participant."""
    record = made.records[RecordKey("acme", "sf", "deal", deal)]
    return not record.waiting_for


@given(told, st.randoms(use_true_random=False))
def test_in_any_order_each_deal_is_in_the_end_what_all_of_them_say(story, random):
    made, waiting = house(), []
    for deal, at, given_ in story:
        waiting += tell(made, deal, at, given_)
        if random.random() < 0.3:
            settle_all(made, waiting)
    random.shuffle(waiting)
    settle_all(made, waiting)
    assert held(made) == oracle(made)
    for account, known in made.situation.sales.items():
        stored = {key.id for key, it in made.records.items() if it.people.get("sale", {}).get("account") == account}
        assert set(known.sales) == stored


def test_an_earlier_purchase_that_comes_late_makes_the_first_one_a_repeat():
    made = house()
    assert tell(made, "d1", 1, base("2018-03-07")) == []
    assert held(made) == {"d1": ("first", 1)}
    assert tell(made, "d2", 2, base("2016-01-05")) == ["d1"]
    settle_all(made, ["d1"])
    assert held(made)["d2"] == ("first", 1)
    assert held(made)["d1"] == ("cross_sell", 1000), "26 months later the product is new to the account again"
    assert made.wallet().available == 1001


def test_a_deal_of_somebody_who_earns_nothing_was_the_first_all_the_same():
    made = house()
    tell(made, "d1", 1, base("2018-01-06") | {"owner": "nobody"})
    tell(made, "d2", 2, base("2018-03-07"))
    assert held(made) == {"d2": ("repeat", 10)}


def test_a_deal_that_moves_to_another_account_is_first_there():
    made = house()
    tell(made, "d1", 1, base("2018-01-06"))
    tell(made, "d2", 2, base("2018-03-07"))
    again = tell(made, "d1", 3, base("2018-01-06") | {"account": "bea"})
    assert again == ["d2"]
    settle_all(made, again)
    assert held(made) == {"d1": ("first", 1), "d2": ("first", 1)}


GUARDED = """
id: split
title: {en: Split}
effective: {from: 2015-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
silent_after: 3650 days
debt_limit: 300
milestones:
  - id: win
    title: Win
    kind: record
    when: {field: deal.stage, is: won}
    points: 100
    guards: [{signal: split_under_threshold, under: 1000 USD, effect: cap, points: 10}]
"""


@given(st.permutations([("d1", "600", "2018-01-06"), ("d2", "500", "2018-01-09"), ("d3", "900", "2018-02-01")]))
def test_a_deal_in_parts_is_paid_as_parts_whichever_came_first(deals):
    made, waiting = House(GUARDED), []
    made.situation.sales = {"ada": AccountSales()}
    for at, (deal, amount, day) in enumerate(deals):
        given_ = base("2018-03-07") | {"amount": amount}
        del given_["product"], given_["deleted"]
        decision = made.tell(deal, at, **won(**given_, created_on=day))
        waiting += decision.sales.again
    settle_all(made, waiting)
    assert held(made) == {"d1": ("win", 10), "d2": ("win", 10), "d3": ("win", 100)}
    assert made.wallet().available == 120


def base(day: str) -> dict:
    return {
        "account": "ada",
        "product": "basic",
        "amount": "100",
        "close_date": day,
        "stage": "won",
        "owner": "asha",
        "deleted": None,
    }
