"""Own codes that are taken are compared with redemptions as providers' orders are: what differs is a case."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scenarios.comparing import Company, coffee, db, opened
from tests.scenarios.shopping import ASHA, CODES

from accolade.model.redemptions import RedemptionState, redemption_id


@pytest.fixture
def company(linked, monkeypatch) -> Iterator[Company]:
    with opened(linked, monkeypatch) as made:
        yield made


def test_codes_that_agree_are_no_case(company):
    coffee(company)
    company.minute()
    it = company.rounds()["stock"]
    assert (it.orders, it.redemptions, it.differences) == (1, 1, 0)


def test_a_code_that_was_taken_for_no_redemption_is_a_case(company):
    coffee(company)
    nobody = redemption_id("acme", ASHA, "nobody's")
    company.parts.stock.take("acme", "coffee", value=500, redemption=nobody, now=company.now)
    company.minute()
    found = company.case()
    assert found.where == f"order {nobody} at stock"
    assert "CODE-" not in json.dumps(found.content)


def test_a_redemption_whose_code_is_not_marked_as_taken_is_a_case(company):
    it = coffee(company)
    db().delete(db().state, ("STOCK#acme#coffee", f"TAKEN#{it.id}"))
    company.minute()
    assert company.case().id == f"missing-{it.id}"


def test_a_code_that_was_taken_and_its_points_given_back_is_a_case(company):
    company.parts.stock.add("acme", "coffee", value=500, code="CODE-8", pin="", now=company.now)
    it = company.redeem("none", item=CODES.id)
    company.parts.stock.take("acme", "coffee", value=500, redemption="somebody faster", now=company.now - timedelta(days=99))
    company.work()
    assert company.stands(it).state is RedemptionState.RELEASED
    company.parts.stock.add("acme", "coffee", value=500, code="CODE-9", pin="", now=company.now)
    company.parts.stock.take("acme", "coffee", value=500, redemption=it.id, now=company.now)
    company.minute()
    assert company.case().id == f"given-back-{it.id}"


def test_a_code_that_lies_among_the_free_ones_again_is_a_case(company):
    it = coffee(company)
    taken = company.parts.stock.taken("acme", "coffee", it.id)
    place = {"pk": "STOCK#acme#coffee", "sk": f"FREE#{taken.value:015d}#{taken.code}"}
    db().put(db().state, place | {"value": taken.value, "code": taken.code, "sealed": taken.sealed})
    company.minute()
    assert company.case().id == f"wrong-{it.id}"


def test_another_code_than_the_one_that_was_shown_is_a_case(company):
    it = coffee(company)
    company.parts.redemptions.put(replace(it, reward="another"))
    company.minute()
    assert company.case().id.startswith(f"second-{it.id}-")


def test_another_face_value_is_a_case(company):
    it = coffee(company)
    company.parts.redemptions.put(replace(it, value=1_000))
    company.minute()
    assert company.case().reason == "the provider's reward is worth 5.00, the redemption was for 10.00 EUR"
