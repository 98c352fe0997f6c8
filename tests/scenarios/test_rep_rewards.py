"""Rewards of whoever earns: from the shop to the code in three taps, approved first or given back; and nobody else's."""

import re
from dataclasses import replace

import pytest
from tests.scenarios.earning import CARD, Firm

from accolade import wiring
from accolade.flows.ledger_check import redemption_problems
from accolade.model.catalog import Option
from accolade.model.redemptions import RedemptionState
from accolade.store.audit import Audit
from accolade.store.deliveries import Deliveries
from accolade.store.tenants import Tenants


@pytest.fixture
def firm(linked):
    return Firm(linked)


def sent_code(firm):
    """The newest code that was sent, as the sender makes it of the challenge."""
    deliveries = [Deliveries(wiring.database()).get(it["delivery"]) for it in firm.stack.messages("email")]
    (challenge,) = [it.challenge for it in deliveries if it.challenge]
    return firm.here.links.code(challenge)


def test_from_an_item_to_the_code_in_three_taps(firm):
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/shop")
    assert "You have 600 points." in browser.seen
    browser.get("me/shop/bol")
    browser.submit()
    assert browser.place.startswith("me/rewards/p000001x")
    assert "Is being ordered" in browser.seen
    assert 'hx-trigger="every 2s"' in browser.text
    assert firm.points() == 100
    firm.deliver()
    browser.get(browser.place)
    assert "It is yours." in browser.seen
    assert "hx-trigger" not in browser.text
    assert "BOL-" not in browser.text
    browser.submit()
    assert re.search(r"BOL-\dX7K-99QP", browser.seen)
    assert "4821" in browser.seen
    assert "<svg" in browser.text
    assert browser.headers["Cache-Control"] == "no-store"
    assert "You looked at the code" in browser.seen
    assert [by for _, by in firm.mine()[0].reveals] == [firm.person().number]
    browser.get("me/wallet")
    assert "Ordered: bol. gift card, €10.00 \u2212500" in browser.seen
    audit = Audit(firm.here.db)
    assert redemption_problems(audit.redemptions("acme", "P000001"), audit.entries("acme", "P000001")) == []


def test_the_code_is_shown_by_a_button_only_and_each_look_is_written_down(firm):
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    browser.submit()
    (it,) = firm.deliver()
    for _ in range(2):
        browser.get(f"me/rewards/{it.id}")
        assert "BOL-" not in browser.text
    assert firm.mine()[0].reveals == ()
    browser.submit()
    browser.get(f"me/rewards/{it.id}")
    browser.submit()
    assert len(firm.mine()[0].reveals) == 2


def test_a_link_shows_the_shop_and_leads_to_signing_in_before_anything_is_spent(firm):
    firm.earn()
    browser = firm.linked()
    assert "You can have this now" in browser.seen
    browser.get("me/shop/bol")
    assert "your link alone spends nothing" in browser.seen
    assert "../../sign-in/code?next=me/shop/bol" in browser.text
    key = re.search(r'name="key" value="([^"]+)"', browser.text)[1]
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.text)[1]
    browser.post("me/shop/bol", {"csrf": csrf, "key": key, "option": "1000:500"}, follow=False)
    assert browser.status == 303
    assert "sign-in/code" in browser.headers["Location"]
    assert (firm.mine(), firm.points()) == ([], 600)


def test_three_taps_from_the_link_to_the_code_on_the_screen(firm):
    firm.earn()
    browser = firm.linked()
    browser.get("me/shop/bol")  # the first tap: an item
    browser.submit(option="1000:500")  # the second: take it; a code goes out
    assert browser.place == "sign-in/type?next=me/shop/bol"
    assert "Typing the code takes bol. gift card, €10.00, for 500 points." in browser.seen
    assert (firm.mine(), firm.points()) == ([], 600)
    right = sent_code(firm)
    browser.submit(code="000000" if right != "000000" else "000001")
    assert (firm.mine(), firm.points()) == ([], 600)
    browser.submit(code=right)
    (it,) = firm.mine()
    assert browser.place == f"me/rewards/{it.id}?done=ordered"
    assert firm.points() == 100
    firm.deliver()
    browser.get(f"me/rewards/{it.id}")
    browser.submit()  # the third: show the code
    assert re.search(r"BOL-\dX7K-99QP", browser.seen)


def test_a_wish_that_cannot_be_granted_any_more_leads_back_to_the_item_and_spends_nothing(firm):
    firm.earn()
    browser = firm.linked()
    browser.get("me/shop/bol")
    browser.submit(option="1000:500")
    firm.parts.catalog.put(replace(CARD, options=(Option(1_000, 550),)))
    browser.submit(code=sent_code(firm))
    assert browser.place == "me/shop/bol"
    assert (firm.mine(), firm.points()) == ([], 600)


def test_a_link_shows_what_became_of_a_reward_but_never_its_code(firm):
    firm.earn()
    signed_in = firm.signed_in()
    signed_in.get("me/shop/bol")
    signed_in.submit()
    (it,) = firm.deliver()
    browser = firm.linked()
    browser.get(f"me/rewards/{it.id}")
    assert "Sign in with a code to see it" in browser.seen
    browser.post(f"me/rewards/{it.id}", {"csrf": "x"}, follow=False)
    assert browser.status == 303
    assert firm.mine()[0].reveals == ()


def test_the_same_form_sent_twice_is_one_reward(firm):
    firm.earn(4)
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    form = {name: re.search(rf'name="{name}" value="([^"]+)"', browser.text)[1] for name in ("csrf", "key")}
    places = set()
    for _ in range(3):
        browser.post("me/shop/bol", form | {"option": "1000:500"})
        places.add(browser.place)
    assert len(places) == len(firm.mine()) == 1
    assert firm.points() == 700


def test_above_a_limit_a_person_approves_first_and_a_no_gives_the_points_back(firm):
    Tenants(firm.here.db).put(replace(firm.tenant, approve_redemptions_above=100))
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    assert "Above 100 points somebody of the company has to approve it first." in browser.seen
    browser.submit()
    assert "Waits for approval" in browser.seen
    assert "hx-trigger" not in browser.text
    (it,) = firm.mine()
    firm.parts.redeemer.refuse("acme", it.id, by="maria@acme.example", reason="not now", now=firm.house.now)
    browser.get("me/rewards")
    assert "Points are back" in browser.seen
    browser.get(f"me/rewards/{it.id}?lang=nl")
    assert "alle punten ervan zijn terug" in browser.seen
    assert "De reden: het is niet goedgekeurd." in browser.seen
    assert firm.points() == 600


def test_when_somebody_else_takes_the_last_code_the_points_come_back_and_the_page_says_why(firm):
    firm.parts.catalog.put(replace(CARD, id="last"))
    firm.parts.stock.add("acme", "last", value=1_000, code="LAST-1", pin="", now=firm.house.now)
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/shop/last")
    browser.submit()
    firm.parts.stock.take("acme", "last", value=1_000, redemption="of-somebody-else", now=firm.house.now)
    (it,) = firm.deliver()
    assert it.state is RedemptionState.RELEASED
    browser.get(f"me/rewards/{it.id}")
    assert "all its points are back in your wallet. The reason: it is sold out." in browser.seen
    assert "Show the code" not in browser.seen
    assert firm.points() == 600
    browser.get("me/wallet?lang=nl")
    assert "Punten terug: bol. cadeaukaart, €\xa010,00 +500" in browser.seen.replace("€ 10", "€\xa010")


def test_nobody_sees_a_reward_of_somebody_else(firm):
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    browser.submit()
    (it,) = firm.deliver()
    other = firm.signed_in("bob")
    other.get(f"me/rewards/{it.id}")
    assert other.status == 404
    csrf = re.search(r'name="csrf" value="([^"]+)"', other.get("me/shop"))[1]
    other.post(f"me/rewards/{it.id}", {"csrf": csrf})
    assert other.status == 404
    assert "BOL-" not in other.text
    assert firm.mine()[0].reveals == ()
