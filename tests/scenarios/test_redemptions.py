"""Redemptions: points for a card, whatever the provider, the clock, other people and one's own impatience do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.scenarios.shopping import ASHA, BOB, CARD, shop

from accolade import wiring
from accolade.flows.redeem import ABOVE, TAX_FORM
from accolade.model.catalog import Rate
from accolade.model.errors import Conflict, Forged, Missing, Refused, Rejected
from accolade.model.redemptions import RedemptionState, participant_of
from accolade.store.parked import Parked
from accolade.store.people import People

CALM = RedemptionState.FULFILLED, RedemptionState.RELEASED


@pytest.fixture
def here(linked, monkeypatch):
    with shop(linked, monkeypatch) as made:
        yield made
        made.verified()


def test_points_are_held_then_spent_and_the_card_is_there(here):
    had = here.wallet().available
    it = here.redeem("first")
    assert it.state is RedemptionState.HELD
    assert (here.wallet().available, here.wallet().held) == (had - 10, 10)
    assert participant_of(it.id) == ASHA
    assert len(it.id) <= 50
    assert it.id.isalnum()
    assert [told.event for told in here.work()] == ["fulfilled", "skipped"], "the hint, and what is due: one of them orders"
    assert here.stands(it).state is RedemptionState.FULFILLED
    assert (here.wallet().available, here.wallet().held) == (had - 10, 0)
    assert here.told() == ["ready"]
    (order,) = here.stand_in.orders.values()
    assert order["rewards"][0]["value"] == {"denomination": 5.0, "currency_code": "USD"}
    assert order["rewards"][0]["recipient"] == {"name": "Asha"}, "no address goes to the provider"


def test_the_link_is_shown_to_its_owner_and_kept_nowhere(here):
    it = here.redeem("first")
    with pytest.raises(Refused):
        here.parts.redeemer.reveal(it, by=ASHA, now=here.now)
    here.work()
    shown = here.parts.redeemer.reveal(here.stands(it), by=ASHA, now=here.now)
    assert shown.link.startswith("https://testflight.tremendous.example/rewards/payout/")
    assert [by for _, by in here.stands(it).reveals] == [ASHA]
    kept = str(here.running.state()) + str(here.running.deliveries()) + str(here.running.entries()) + str(here.lines)
    assert "payout" not in kept
    with pytest.raises(Missing):
        here.parts.redeemer.own("acme", BOB, it.id)


def test_the_same_key_is_the_same_redemption_and_with_other_content_a_conflict(here):
    had = here.wallet().available
    first, second = here.redeem("twice"), here.redeem("twice")
    assert first.id == second.id
    with pytest.raises(Conflict):
        here.redeem("twice", value=1_000)
    here.work()
    assert here.redeem("twice").state is RedemptionState.FULFILLED
    with pytest.raises(Conflict):
        here.redeem("twice", value=1_000)
    assert here.wallet().available == had - 10
    assert here.redeem("another").id != first.id


def test_nobody_redeems_more_than_they_have(here):
    with pytest.raises(Refused, match="enough points"):
        here.redeem("too-much", value=100_000, who=BOB)
    here.redeem("all", value=100_000)
    with pytest.raises(Refused, match="enough points"):
        here.redeem("once-more", value=100_000)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"active": False}, Missing),
        ({"countries": ("DE",)}, Missing),
        ({"options": ()}, Missing),
        ({"provider": "gone"}, Refused),
    ],
)
def test_what_the_shop_does_not_offer_is_not_sold(here, changes, error):
    here.parts.catalog.put(replace(CARD, **changes))
    had = here.wallet().available
    with pytest.raises(error):
        here.redeem("first")
    assert here.wallet().available == had


def test_a_price_that_changed_since_it_was_shown_is_asked_for_again(here):
    with pytest.raises(Refused, match="price"):
        here.redeem("first", points=9)
    assert here.redeem("first", points=10).points == 10


def test_a_card_accepted_late_is_found_and_there_is_one(here):
    here.stand_in.fault("late")
    it = here.redeem("late")
    here.work()
    assert here.stands(it).state is RedemptionState.UNKNOWN
    here.stand_in.accept_late()
    here.work(minutes=2)
    assert here.stands(it).state is RedemptionState.FULFILLED
    assert here.stand_in.cards(it.id) == 1


def test_a_card_accepted_late_behind_a_no_is_still_found(here):
    """The first order is in doubt, the second is refused: the points stay held until the provider certainly has nothing."""
    here.stand_in.fault("late", "reject")
    it = here.redeem("late")
    here.work(minutes=5)
    stands = here.stands(it)
    assert (stands.state, bool(stands.refusal)) == (RedemptionState.UNKNOWN, True)
    assert here.wallet().held == 10
    here.stand_in.accept_late()
    here.now += timedelta(hours=2)
    here.work()
    assert here.stands(it).state is RedemptionState.FULFILLED
    assert here.stand_in.cards(it.id) == 1


@pytest.mark.parametrize("style", ["replay", "unique"])
def test_a_late_card_under_a_second_order_is_still_one(linked, monkeypatch, style):
    with shop(linked, monkeypatch, unique=style == "unique") as here:
        here.stand_in.fault("late", "late")
        it = here.redeem("late")
        here.work()
        here.now += timedelta(minutes=20)
        here.work()
        here.stand_in.accept_late()
        here.now += timedelta(hours=1)
        here.work(minutes=3)
        assert here.stands(it).state is RedemptionState.FULFILLED
        assert here.stand_in.cards(it.id) == 1
        here.verified()


def test_a_card_of_another_amount_waits_for_a_person(here):
    here.stand_in.fault("wrong_amount")
    it = here.redeem("wrong")
    assert "parked" in [told.event for told in here.work()]
    here.now += timedelta(days=3)
    assert here.work() == [], "nothing goes on by itself"
    stands = here.stands(it)
    assert (stands.state, stands.parked) == (RedemptionState.UNKNOWN, "the provider's order is for 1000 USD (minor units)")
    assert here.wallet().held == 10
    with pytest.raises(Refused, match="has this order"):
        here.parts.care.release("acme", it.id, by="dana", reason="a mistake", now=here.now)
    here.parts.care.retry("acme", it.id, by="dana", reason="goodwill", now=here.now, as_it_is=True)
    here.work()
    assert here.stands(it).state is RedemptionState.FULFILLED


def test_a_wrong_card_that_was_cancelled_there_gives_the_points_back(here):
    here.stand_in.fault("wrong_amount")
    it, had = here.redeem("wrong"), here.wallet().available
    here.work()
    here.stand_in.settle(it.id, "CANCELED")
    assert here.parts.care.release("acme", it.id, by="dana", reason="cancelled there", now=here.now).state is CALM[1]
    assert here.wallet().available == had + 10
    assert here.told() == ["returned"]


def test_an_order_of_the_same_key_with_other_content_is_asked_for(here):
    """409: an order is there that is not what we ask for; it is found, and looked at."""
    it = here.redeem("first")
    here.stand_in.fault("timeout_after")
    here.work()
    people = People(wiring.database())
    people.update(replace(people.by_number("acme", ASHA), name="Asha Renamed"))
    here.stand_in.fault("409")
    here.work(minutes=2)
    assert here.stands(it).state is RedemptionState.FULFILLED
    assert here.stand_in.cards(it.id) == 1


def test_what_the_provider_has_not_decided_is_asked_for_until_it_has(here):
    here.stand_in.fault("pending")
    it = here.redeem("pending")
    here.work()
    assert here.stands(it).state is RedemptionState.ORDERED
    here.work(minutes=5)
    assert here.stands(it).state is RedemptionState.ORDERED
    here.stand_in.settle(it.id, "FAILED")
    here.now += timedelta(hours=1)
    here.work()
    assert here.stands(it).state is RedemptionState.RELEASED
    assert here.told() == ["returned"]


@pytest.mark.parametrize("fault", ["funding", "busy"])
def test_a_provider_that_cannot_now_is_asked_later(here, fault):
    here.stand_in.fault(fault)
    it = here.redeem("later")
    here.work()
    assert here.stands(it).state is RedemptionState.HELD
    here.now += timedelta(minutes=16)
    here.work()
    assert here.stands(it).state is RedemptionState.FULFILLED


def test_a_refused_order_gives_the_points_back_and_says_so(here):
    here.stand_in.fault("reject")
    it, had = here.redeem("no"), here.wallet().available
    here.work()
    assert here.stands(it).state is RedemptionState.RELEASED
    assert [row[0] for row in here.stands(it).history] == ["held", "ordered", "failed", "released"]
    assert here.wallet().available == had + 10
    assert here.told() == ["returned"]


def test_a_redemption_above_the_limit_waits_for_somebody_else(here):
    here.settings(approve_redemptions_above=15)
    here = replace_parts(here)
    it = here.redeem("big", value=1_000)
    assert (it.state, it.why) == (RedemptionState.AWAITING, ABOVE)
    assert here.work(minutes=5) == []
    with pytest.raises(Refused, match="own redemption"):
        here.parts.redeemer.approve("acme", it.id, by="asha", reason="please", now=here.now)
    assert [waiting.id for waiting in here.parts.redeemer.waiting("acme")] == [it.id]
    here.parts.redeemer.approve("acme", it.id, by="dana", reason="well earned", now=here.now)
    here.work()
    assert here.stands(it).state is RedemptionState.FULFILLED
    with pytest.raises(Refused):
        here.parts.redeemer.approve("acme", it.id, by="dana", reason="again", now=here.now)


def test_a_refused_redemption_gives_the_points_back(here):
    here.settings(approve_redemptions_above=15)
    here, had = replace_parts(here), here.wallet().available
    it = here.redeem("big", value=1_000)
    here.parts.redeemer.refuse("acme", it.id, by="dana", reason="not now", now=here.now)
    assert here.stands(it).state is RedemptionState.RELEASED
    assert here.wallet().available == had
    assert here.told() == ["declined"]


def in_the_us(here, **changes):
    people = People(wiring.database())
    people.update(replace(people.by_number("acme", ASHA), country="US", **changes))


def test_the_year_of_a_us_participant_without_a_form_stops_at_the_threshold(here):
    in_the_us(here, kind="dealer")
    here.now = datetime(2025, 6, 1, tzinfo=UTC)
    first = here.redeem("one", value=500)
    assert (first.state, first.taxed, first.country, first.kind) == (RedemptionState.HELD, 500, "US", "dealer")
    held = here.redeem("two", value=60_000)
    assert (held.state, held.why) == (RedemptionState.AWAITING, TAX_FORM)
    here.now = datetime(2026, 6, 1, tzinfo=UTC)
    assert here.redeem("next-year", value=60_000).state is RedemptionState.HELD


def test_with_the_form_on_file_nothing_waits(here):
    in_the_us(here, tax_form_on=date(2025, 1, 1))
    here.now = datetime(2025, 6, 1, tzinfo=UTC)
    assert here.redeem("one", value=60_000).state is RedemptionState.HELD


def test_a_value_in_another_currency_needs_a_rate_and_keeps_it(here):
    in_the_us(here)
    here.parts.catalog.put(replace(CARD, currency="EUR"))
    with pytest.raises(Refused, match="no rate"):
        here.redeem("euro")
    here.parts.catalog.put_rate("acme", Rate("EUR", "USD", Decimal("1.085"), here.now))
    it = here.redeem("euro")
    assert (it.taxed, it.rate, it.rate_at) == (543, "1.085", here.now)
    assert here.stands(it).rate == "1.085"


def test_own_codes_are_encrypted_taken_once_and_shown_to_their_owner(here):
    stock = here.parts.stock
    assert stock.add("acme", "coffee", value=500, code="CANARY-1", pin="77", now=here.now)
    assert not stock.add("acme", "coffee", value=500, code="CANARY-1", pin="77", now=here.now), "it is here already"
    it, second = here.redeem("one", item="coffee"), here.redeem("two", item="coffee")
    here.work()
    ended = [here.stands(it), here.stands(second)]
    assert sorted(one.state for one in ended) == sorted(CALM), "both asked while there was one"
    with pytest.raises(Refused, match="sold out"):
        here.redeem("three", item="coffee")
    assert here.wallet().held == 0
    won = next(one for one in ended if one.state is RedemptionState.FULFILLED)
    shown = here.parts.redeemer.reveal(won, by=ASHA, now=here.now)
    assert (shown.code, shown.pin) == ("CANARY-1", "77")
    assert here.parts.redeemer.reveal(here.stands(won), by=ASHA, now=here.now) == shown
    assert not stock.add("acme", "coffee", value=500, code="CANARY-1", pin="77", now=here.now), "it was here"
    assert stock.count("acme", "coffee") == {}
    assert "CANARY" not in str(here.running.state()) + str(here.running.deliveries()) + str(here.lines)


def test_a_code_of_one_item_cannot_be_read_as_anothers(here):
    stock = here.parts.stock
    stock.add("acme", "coffee", value=500, code="CANARY-1", pin="", now=here.now)
    taken = stock.take("acme", "coffee", value=500, redemption="r1", now=here.now)
    with pytest.raises(Rejected):
        stock.read("acme", "gift-card", taken)


def test_a_webhook_is_never_believed_only_a_reason_to_ask(here):
    here.stand_in.webhooks.key = "TEST_private_key"
    here.stand_in.fault("pending")
    it = here.redeem("pending")
    here.work()
    here.stand_in.settle(it.id, "EXECUTED")
    body, signature = here.stand_in.webhooks.told[-1]
    events, headers = here.parts.events, {"tremendous-webhook-signature": signature}
    for forged in ({}, {"tremendous-webhook-signature": "sha256=00"}):
        with pytest.raises(Forged):
            events("acme", "tremendous", forged, body, now=here.now)
    with pytest.raises(Forged):
        events("nobody", "tremendous", headers, body, now=here.now)
    assert here.stands(it).due_at > here.now
    assert events("acme", "tremendous", headers, body, now=here.now).redemption == it.id
    assert events("acme", "tremendous", headers, body, now=here.now).event == "heard", "twice is as good as once"
    here.work()
    assert here.stands(it).state is RedemptionState.FULFILLED


def test_a_card_that_is_cancelled_after_it_was_delivered_is_put_before_a_person(here):
    here.stand_in.webhooks.key = "TEST_private_key"
    it = here.redeem("first")
    here.work()
    told = here.parts.events
    for status in ("EXECUTED", "CANCELED"):
        here.stand_in.settle(it.id, status)
        body, signature = here.stand_in.webhooks.told[-1]
        told("acme", "tremendous", {"tremendous-webhook-signature": signature}, body, now=here.now)
    (case,) = Parked(wiring.database()).list("acme")
    assert it.id in case.where
    assert here.stands(it).state is RedemptionState.FULFILLED


def test_a_provider_is_asked_no_more_often_than_its_account_allows(here):
    account = here.parts.catalog.account("acme", "tremendous")
    here.parts.catalog.put_account(replace(account, per_minute=2))
    made = [here.redeem(f"key-{number}") for number in range(4)]
    here.work()
    assert sum(here.stands(it).state is RedemptionState.FULFILLED for it in made) == 1
    here.work(minutes=3)
    assert all(here.stands(it).state is RedemptionState.FULFILLED for it in made)


def test_an_account_that_is_gone_holds_the_points_until_somebody_mends_it(here):
    it = here.redeem("first")
    account = here.parts.catalog.account("acme", "tremendous")
    here.parts.catalog.put_account(replace(account, api_base="https://elsewhere.example"))
    here.work()
    assert here.stands(it).state is RedemptionState.HELD
    assert here.stand_in.orders == {}, "nothing goes to an address that is not allowed"
    here.parts.catalog.put_account(account)
    here.parts.care.retry("acme", it.id, by="dana", reason="mended", now=here.now)
    here.work()
    assert here.stands(it).state is RedemptionState.FULFILLED


def test_a_redemption_is_stopped_only_while_the_provider_certainly_has_nothing(here):
    here.stand_in.fault("busy", "timeout_before")
    it = here.redeem("stop")
    here.work()
    assert here.parts.care.release("acme", it.id, by="dana", reason="asked to", now=here.now).state is RedemptionState.RELEASED
    doubtful = here.redeem("doubt")
    here.work()
    with pytest.raises(Refused, match="may still"):
        here.parts.care.release("acme", doubtful.id, by="dana", reason="asked to", now=here.now)


def replace_parts(here):
    """A cold start: settings are read anew."""
    wiring.point_at({})
    here.parts = here.made()
    return here
