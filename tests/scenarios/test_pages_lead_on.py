"""Pages that end something, or where something is wrong, say what comes next; and none shows what only machines read."""

import re

import pytest
from tests.scenarios.earning import Firm
from tests.scenarios.test_money_desk import Desk

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@pytest.fixture
def desk(linked):
    return Desk(linked)


@pytest.fixture
def firm(linked):
    return Firm(linked)


def test_a_page_that_is_not_there_leads_back_to_ones_own_first_page(firm):
    rep, staff = firm.signed_in(), firm.admin()
    rep.get("me/nothing-of-that-name")
    assert (rep.status, "To your wallet" in rep.seen) == (404, True)
    assert 'href="../me/wallet"' in rep.text
    staff.get("admin/nothing-of-that-name")
    assert (staff.status, "To what waits today" in staff.seen) == (404, True)


def test_who_signs_out_is_led_to_the_door_of_their_own_company(firm):
    browser = firm.signed_in()
    browser.get("me/wallet")
    browser.post("sign-in/out", {"csrf": re.search(r'name="csrf" value="([^"]+)"', browser.text)[1]})
    assert browser.place == "sign-in/left?as=person&company=acme"
    assert 'href="../sign-in/code?company=acme"' in browser.text
    browser.get("sign-in/left?as=person&company=%22%3E")
    assert 'href="../sign-in/code"' in browser.text


def test_where_no_code_was_sent_there_is_no_field_for_one_but_a_way_to_a_new_one(firm):
    browser = firm.signed_in()
    browser.cookies.clear()
    browser.get("sign-in/type")
    assert "Ask for a new code" in browser.seen
    assert 'name="code"' not in browser.text


def test_all_that_is_missing_of_an_item_is_said_at_once(desk):
    browser = desk.browser()
    browser.get("admin/shop/new")
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.text)[1]
    browser.post("admin/shop/new", {"csrf": csrf, "provider": "stock", "title": "Tea"})
    assert browser.status == 422
    assert "Fill in the 3 fields that are marked." in browser.seen
    assert [name for name in ("id", "title", "currency", "options") if f'id="e-{name}"' in browser.text] == [
        "id",
        "currency",
        "options",
    ]


def test_a_redemption_names_its_owner_its_times_and_who_delivers_as_people_do(firm):
    firm.earn(2)
    number = firm.person().number
    done = firm.parts.redeemer.redeem("acme", number, "bol", 1_000, "key-of-one", now=firm.house.now, actor=number)
    firm.deliver()
    staff = firm.admin()
    staff.get(f"admin/redemptions/{done.id}")
    assert "Who Asha Patel" in staff.seen
    assert f'href="../../admin/people/{number}"' in staff.text
    assert "Provider Own codes" in staff.seen
    assert "What happened" in staff.seen
    assert not ISO.search(staff.seen)
