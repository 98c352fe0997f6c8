"""Pages of whoever earns: from the shop to the code in three taps, one's own team, what one prefers; and nobody else's."""

import re
from dataclasses import replace

import pytest
from tests.scenarios.earning import CARD, CHEN, DONATION, Firm
from tests.scenarios.house import BOB

from accolade import wiring
from accolade.flows.ledger_check import redemption_problems
from accolade.model.catalog import Option
from accolade.model.participants import Channel
from accolade.model.redemptions import RedemptionState
from accolade.model.times import iso
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


def test_the_board_ranks_ones_own_team_and_nobody_else(firm):
    firm.earn(4, owner=BOB, first=20)
    firm.earn(2)
    firm.earn(6, owner=CHEN, first=40)
    browser = firm.signed_in()
    browser.get("me/board")
    assert "1 Bob Robb 1,200 4" in browser.seen
    assert "2 Asha Patel you 600 2" in browser.seen
    assert "Chen" not in browser.text
    assert browser.text.count('class="own"') == 1
    chen = firm.signed_in("chen")
    chen.get("me/board")
    assert "Asha" not in chen.text
    assert "1 Chen Wei you" in chen.seen
    dana = firm.signed_in("dana")
    dana.get("me/board")
    assert "You are in no team yet" in dana.seen
    assert not re.search("Asha|Bob|Chen", dana.text)


def test_what_was_spent_does_not_move_anybody_on_the_board(firm):
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    browser.submit()
    browser.get("me/board")
    assert "1 Asha Patel you 600 2" in browser.seen
    browser.get("me/board?period=99")
    assert browser.status == 404


def test_somebody_chooses_how_they_are_written_to_and_the_consent_is_kept_with_its_words(firm):
    browser = firm.signed_in()
    browser.get("me/preferences")
    browser.submit(first="whatsapp", second="email", third="", language="nl")
    assert browser.status == 422
    assert "This way needs that you agree" in browser.seen
    assert '<option value="whatsapp" selected>' in browser.text
    browser.submit(first="whatsapp", second="email", third="", language="nl", agreed="whatsapp")
    assert "Opgeslagen." in browser.seen
    asha = firm.person()
    assert (asha.channels, asha.locale) == ((Channel.WHATSAPP, Channel.EMAIL), "nl")
    given = asha.consents[-1]
    assert (given.channel, given.source) == (Channel.WHATSAPP, "preferences page")
    assert given.given_at is not None
    assert iso(given.given_at) == iso(firm.house.now)
    assert given.text == (
        "I agree that Acme Rewards writes to me about my points by WhatsApp, at +31 *** 42. I can stop it at any time."
    )
    assert given.text in browser.seen


def test_an_import_leaves_alone_what_somebody_chose_themselves(firm):
    browser = firm.signed_in()
    browser.get("me/preferences")
    browser.submit(first="whatsapp", second="", third="", language="nl", agreed="whatsapp")
    file = replace(firm.house.asha, number="", name="Asha Patel-Jansen", channels=(Channel.EMAIL,), locale="en", consents=())
    firm.people.register("acme", [file])
    asha = firm.person()
    assert (asha.name, asha.channels, asha.locale) == ("Asha Patel-Jansen", (Channel.WHATSAPP,), "nl")
    assert asha.consents_to(Channel.WHATSAPP)


@pytest.mark.parametrize(
    "fields",
    [
        {"first": "", "second": "", "third": ""},
        {"first": "sms", "second": "sms", "third": ""},
        {"first": "pigeon", "second": "", "third": ""},
        {"first": "email", "second": "", "third": "", "language": "xx"},
    ],
)
def test_preferences_that_cannot_be_are_refused_with_the_input_kept(firm, fields):
    before = firm.person()
    browser = firm.signed_in()
    browser.get("me/preferences")
    browser.submit(**({"language": "en"} | fields))
    assert browser.status == 422
    assert firm.person() == before


def test_a_channel_is_stopped_and_switched_on_again(firm):
    browser = firm.signed_in()
    browser.get("me/preferences")
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.text)[1]
    browser.post("me/preferences/switch", {"csrf": csrf, "channel": "sms", "what": "stop"})
    assert "Stopped by you on" in browser.seen
    assert firm.house.stopped(Channel.SMS)
    browser.post("me/preferences/switch", {"csrf": csrf, "channel": "sms", "what": "restart"})
    assert not firm.house.stopped(Channel.SMS)
    browser.post("me/preferences/switch", {"csrf": csrf, "channel": "pigeon", "what": "stop"})
    assert browser.status == 422


def test_a_link_shows_preferences_and_changes_none(firm):
    browser = firm.linked()
    browser.get("me/preferences")
    assert "Sign in with a code to change this" in browser.seen
    before = firm.person()
    for path in ("me/preferences", "me/preferences/switch"):
        browser.post(path, {"csrf": "x", "first": "sms", "channel": "sms", "what": "stop", "language": "nl"}, follow=False)
        assert browser.status == 303
    assert firm.person() == before


def test_a_form_without_the_sessions_word_changes_nothing(firm):
    firm.earn()
    browser = firm.signed_in()
    for path, fields in (
        ("me/shop/bol", {"option": "1000:500", "key": "k"}),
        ("me/preferences", {"first": "email", "language": "nl"}),
        ("me/disputes/new", {"line": "1", "text": "x", "key": "k"}),
    ):
        browser.post(path, fields)
        assert browser.status == 403
        browser.post(path, fields | {"csrf": "guessed"})
        assert browser.status == 403
    assert (firm.mine(), firm.here.disputes.of_person("acme", "P000001")) == ([], [])


def test_the_language_that_was_asked_for_stays(firm):
    browser = firm.linked()
    browser.get("me/wallet?lang=nl")
    browser.get("me/shop")
    assert "Je hebt 0 punten." in browser.seen
    browser.get("me/shop?lang=en")
    browser.get("me/board")
    assert "Nobody has earned points" in browser.seen


def test_the_wallet_of_a_session_is_that_of_the_link(firm):
    firm.earn()
    browser = firm.signed_in()
    browser.get("me/wallet")
    assert "Wallet of Asha Patel 600 points" in browser.seen
    browser.get("me/explain?line=1")
    assert "Northwind renewal 1" in browser.seen
    bob = firm.signed_in("bob")
    bob.get("me/explain?line=1")
    assert bob.status == 404
