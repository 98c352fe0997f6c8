"""Once a day what providers have is compared with what we have: what differs is a case, and no points move by themselves."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scenarios.comparing import Company, db, opened
from tests.scenarios.shopping import ASHA
from tests.scenarios.stack import LambdaContext

from accolade.model.redemptions import RedemptionState


@pytest.fixture
def company(linked, monkeypatch) -> Iterator[Company]:
    with opened(linked, monkeypatch) as made:
        yield made


def test_what_agrees_is_no_case_and_is_compared_once_a_day_however_often_the_clock_comes(company):
    company.fulfilled()
    for _ in range(3):
        assert company.minute()["differences"] == 0
    assert company.lists() == 1
    assert company.finds() == 0, "what the list has need not be asked for"
    assert company.cases() == []
    it = company.rounds()["tremendous"]
    assert (it.orders, it.redemptions, it.differences, it.step) == (1, 1, 0, "done")
    company.minute(days=1)
    company.minute(minutes=1)
    assert company.lists() == 2


def test_the_scheduled_function_does_it(company):
    company.stand_in.ordered_outside(25)
    done = company.maintain.handler({}, LambdaContext())
    assert done["differences"] == 1
    assert company.maintain.handler({}, LambdaContext())["differences"] == 0
    assert company.case().reason == "tremendous has an order that is no redemption"


def test_an_order_from_outside_is_one_case_which_stays_dismissed(company):
    company.stand_in.ordered_outside(25)
    assert company.minute()["differences"] == 1
    found = company.case()
    assert "ORD" in found.where
    assert "25.00 USD" in json.dumps(found.content)
    assert "Somebody" not in json.dumps(found.content)
    company.parked.resolve("acme", found.id, state="dismissed")
    assert company.minute(days=1)["differences"] == 0
    assert company.cases() == []
    (kept,) = company.cases(every=True)
    assert (kept.state, kept.times) == ("dismissed", 1)


def test_an_account_that_others_use_too_is_not_asked_about_their_orders(company):
    account = company.parts.catalog.account("acme", "tremendous")
    company.parts.catalog.put_account(replace(account, settings={**account.settings, "shared": "Yes"}))
    company.stand_in.ordered_outside(25)
    it = company.fulfilled()
    company.there(it)["status"] = "CANCELED"
    company.minute()
    assert company.case().id == f"cancelled-{it.id}"


def test_a_redemption_that_is_lost_is_noticed_by_its_order(company):
    it = company.fulfilled()
    db().delete(db().state, (f"PERSON#acme#{ASHA}", f"REDEMPTION#{it.id}"))
    company.minute()
    assert "under a key like ours, and there is no such redemption" in company.case().reason


def test_a_redemption_of_which_the_provider_has_no_order_is_a_case_and_its_points_stay_spent(company):
    it, before = company.fulfilled(), company.wallet()
    company.stand_in.orders.clear()
    company.minute()
    found = company.case()
    assert (found.id, found.where) == (f"missing-{it.id}", f"redemption {it.id}")
    assert company.finds() == 1
    assert company.wallet() == before
    assert company.stands(it).state is RedemptionState.FULFILLED
    company.verified()


def test_another_amount_is_a_case_unless_a_person_accepted_it(company):
    it = company.fulfilled()
    company.there(it)["rewards"][0]["value"]["denomination"] = 7.5
    company.minute()
    assert company.case().reason == "the provider's reward is worth 7.50 USD, the redemption was for 5.00 USD"
    company.stand_in.fault("wrong_amount")
    other = company.redeem("two")
    company.work()
    company.parts.care.retry("acme", other.id, by="dana", reason="fine", now=company.now, as_it_is=True)
    company.work()
    assert company.stands(other).state is RedemptionState.FULFILLED
    assert company.minute(days=1)["differences"] == 0


def test_another_currency_is_a_case(company):
    it = company.fulfilled()
    company.there(it)["rewards"][0]["value"]["currency_code"] = "EUR"
    company.minute()
    assert "5.00 EUR, the redemption was for 5.00 USD" in company.case().reason


@pytest.mark.parametrize("status", ["CANCELED", "FAILED"])
def test_what_is_cancelled_after_it_was_delivered_is_a_case(company, status):
    it, before = company.fulfilled(), company.wallet()
    company.there(it)["status"] = status
    company.minute(days=20)
    assert company.case().id == f"cancelled-{it.id}"
    assert company.wallet() == before
    assert company.cases()[0].mend.endswith("if the person has nothing from it")


def test_a_second_order_under_a_key_is_a_case(company):
    it = company.fulfilled()
    second = company.stand_in.ordered_outside(5, key=it.id)
    company.minute()
    assert company.case().id.startswith(f"second-{it.id}-")
    second["status"] = "CANCELED"
    assert company.minute(days=1)["differences"] == 0


def test_a_reward_whose_points_were_given_back_is_a_case(company):
    company.stand_in.fault("reject")
    it = company.redeem("one")
    company.work()
    assert company.stands(it).state is RedemptionState.RELEASED
    company.stand_in.ordered_outside(5, key=it.id)
    before = company.wallet()
    company.minute()
    assert company.case().id == f"given-back-{it.id}"
    assert company.wallet() == before


def test_a_reward_for_what_nobody_has_approved_is_a_case(company):
    company.settings(approve_redemptions_above=1)
    it = company.redeem("one")
    company.stand_in.ordered_outside(5, key=it.id)
    company.minute()
    assert company.case().id == f"unasked-{it.id}"
    assert company.stands(it).state is RedemptionState.AWAITING


def test_what_failed_at_the_provider_and_here_is_no_case(company):
    company.stand_in.fault("pending")
    it = company.redeem("one")
    company.work()
    company.stand_in.settle(it.id, "FAILED")
    company.work(minutes=2)
    assert company.stands(it).state is RedemptionState.RELEASED
    company.stand_in.ordered_outside(9)["status"] = "FAILED"
    assert company.minute()["differences"] == 0


def test_what_nobody_knows_here_and_is_there_is_settled_by_asking_as_always(company):
    company.stand_in.fault("timeout_after")
    it = company.redeem("one")
    company.work()
    unknown = company.stands(it)
    assert unknown.state is RedemptionState.UNKNOWN
    assert unknown.due_at > company.now + timedelta(seconds=1)
    company.minute(seconds=1)
    assert company.rounds()["tremendous"].settled == 1
    assert company.stands(it).due_at == company.now
    company.work()
    assert company.stands(it).state is RedemptionState.FULFILLED
    assert company.stand_in.cards(it.id) == 1
    assert company.cases() == []
    company.verified()


def test_what_waits_for_a_person_is_left_to_them(company):
    company.stand_in.fault("wrong_amount")
    it = company.redeem("one")
    company.work()
    before = company.stands(it)
    assert before.parked
    company.minute()
    assert company.stands(it) == before
    assert company.cases() == []
