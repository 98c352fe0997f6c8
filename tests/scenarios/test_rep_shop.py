"""The shop of whoever earns: what is for this person, what it costs now, and what is sold out."""

import re
from dataclasses import replace

import pytest
from tests.scenarios.earning import CARD, DONATION, Firm

from accolade.model.catalog import Option


@pytest.fixture
def firm(linked):
    return Firm(linked)


def test_a_price_that_changed_meanwhile_takes_nothing(firm):
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    firm.parts.catalog.put(replace(CARD, options=(Option(1_000, 400),)))
    browser.submit(option="1000:500")
    assert browser.status == 422
    assert "The price has changed. Look at the new price, and decide again." in browser.seen
    assert "400 points" in browser.seen
    assert firm.mine() == []


@pytest.mark.parametrize("option", ["", "1000", "x:y", "99999999999999999999:1", "-1:5", "1000:500:3", "777:500", "٣:٣"])
def test_odd_options_take_nothing_and_say_so(firm, option):
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    browser.submit(option=option)
    assert browser.status == 422
    assert "nothing was saved" in browser.seen
    assert firm.mine() == []


def test_what_is_too_dear_says_how_much_more_it_takes(firm):
    firm.earn(1)
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    assert "450 points to go" in browser.seen
    assert "Your points do not reach for this yet." in browser.seen
    browser.submit(option="1000:500")
    assert "You do not have enough points for this." in browser.seen


def test_what_is_sold_out_says_so_and_takes_no_points(firm):
    firm.parts.catalog.put(replace(CARD, id="empty", title={"en": "Empty card"}))
    firm.earn()
    browser = firm.signed_in()
    assert browser.get("me/shop").index("bol. gift card") < browser.text.index("Empty card"), "what can be had comes first"
    assert "Empty card €10.00 to €50.00 from 500 points Sold out" in browser.seen
    browser.get("me/shop?affordable=1")
    assert "Empty card" not in browser.seen
    browser.get("me/shop/empty?lang=nl")
    assert "Dit is uitverkocht. Kijk later nog eens, of kies iets anders uit de winkel." in browser.seen
    assert 'value="1000:500" disabled' in browser.text
    assert "main wide-button" not in browser.text
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.text)[1]
    browser.post("me/shop/empty?lang=en", {"csrf": csrf, "key": "k" * 32, "option": "1000:500"})
    assert browser.status == 422
    assert "This is sold out. Choose another value, or look again later." in browser.seen
    assert (firm.mine(), firm.points()) == ([], 600)
    firm.parts.stock.add("acme", "empty", value=1_000, code="BACK-1", pin="", now=firm.house.now)
    browser.get("me/shop/empty")
    assert "Sold out" in browser.seen, "there is none of fifty euros"
    browser.submit(option="1000:500")
    assert firm.points() == 100


def test_the_last_code_of_a_value_takes_only_that_value_out_of_the_shop(firm):
    firm.parts.catalog.put(replace(CARD, options=(Option(1_000, 10), Option(2_000, 20))))
    firm.parts.stock.add("acme", "bol", value=2_000, code="TWENTY", pin="", now=firm.house.now)
    firm.earn()
    redeemer, number = firm.parts.redeemer, firm.person().number
    for turn in range(3):
        (offer,) = [it for it in redeemer.offers("acme", number) if it.item.id == "bol"]
        assert offer.sold_out == frozenset()
        redeemer.redeem("acme", number, "bol", 1_000, f"key-{turn}", now=firm.house.now, actor=number)
        firm.deliver()
    (offer,) = [it for it in redeemer.offers("acme", number) if it.item.id == "bol"]
    assert offer.sold_out == {1_000}
    assert [it.value for it in offer.affordable] == [2_000]


def test_a_code_that_is_stored_while_the_last_one_goes_is_in_the_shop(firm):
    stock, now = firm.parts.stock, firm.house.now
    stock.add("acme", "late", value=500, code="FIRST", pin="", now=now)
    stock.take("acme", "late", value=500, redemption="r1", now=now)
    assert stock.left("acme", "late") == {}
    assert not stock.has("acme", "late", 500)
    stock.add("acme", "late", value=500, code="SECOND", pin="", now=now)
    assert stock.left("acme") == {"bol": {1_000}, "late": {500}}
    assert stock.left("acme", "lat") == {}
    assert stock.left("other") == {}


def test_the_shop_shows_what_is_for_this_person_and_finds_it(firm):
    firm.earn(1)
    firm.parts.catalog.put(replace(DONATION, id="dear", title={"en": "Dear thing"}, options=(Option(1, 90_000),)))
    browser = firm.signed_in()
    browser.get("me/shop")
    assert "3 items" in browser.seen
    assert "Dollar card" not in browser.seen
    browser.get("me/shop?q=BOL+books")
    assert "1 item" in browser.seen
    assert "bol. gift card" in browser.seen
    browser.get("me/shop?category=Donations")
    assert "2 items" in browser.seen
    browser.get("me/shop?affordable=1")
    assert "Nothing of this can be had for your points yet." in browser.seen
    browser.get("me/shop?q=zzz")
    assert "Nothing in the shop is called so." in browser.seen
    browser.get("me/shop?page=9&country=BE&currency=EUR")
    assert browser.status == 200


def test_an_item_of_another_country_or_taken_out_is_not_there(firm):
    browser = firm.signed_in()
    firm.parts.catalog.put(replace(CARD, active=False))
    for item in ("dollars", "bol", "nothing", "..", "A" * 100):
        browser.get(f"me/shop/{item}")
        assert browser.status in (303, 404) if item == ".." else browser.status == 404
