"""Redemptions by their rules alone: ids, states, offers, taxes and turns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accolade.catalog import tax
from accolade.catalog.bucket import Bucket, taken
from accolade.catalog.offers import offers, price
from accolade.catalog.states import HISTORY, moved
from accolade.model.catalog import Item, Option, Rate
from accolade.model.errors import Missing, Refused
from accolade.model.money import Money
from accolade.model.participants import Participant
from accolade.model.redemptions import (
    HOLDING,
    OPEN,
    TRANSITIONS,
    Redemption,
    RedemptionState,
    participant_of,
    redemption_id,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASHA = Participant("acme", "asha", "P000001", "Asha", country="NL")
CARD = Item("acme", "card", "tremendous", {"en": "Card"}, "USD", (Option(500, 50), Option(1_000, 100)), category="cards")
HELD = Redemption("p000001xa", "acme", "P000001", "card", "tremendous", {}, 500, "USD", 50, RedemptionState.HELD, NOW, NOW)


def test_an_id_names_its_owner_and_suits_every_provider():
    id_ = redemption_id("acme", "P000017", "a key of the browser, 2026 / ?")
    assert id_ == redemption_id("acme", "P000017", "a key of the browser, 2026 / ?")
    assert id_.isalnum()
    assert id_.isascii()
    assert len(id_) <= 50
    assert participant_of(id_) == "P000017"
    others = [("acme", "P000018", "k"), ("acme", "P000017", "l"), ("beta", "P000017", "k"), ("acme", "P000017", "k")]
    assert len({redemption_id(*it) for it in others}) == 4
    assert [participant_of(text) for text in ("", "p000017", "P000017x" + "a" * 26, id_ + "a", "../" + id_)] == [None] * 5
    assert participant_of(redemption_id("acme", "P1234567", "k")) == "P1234567"


def test_every_state_can_be_left_but_the_two_ends():
    assert {state for state, after in TRANSITIONS.items() if not after} == {RedemptionState.FULFILLED, RedemptionState.RELEASED}
    assert set(TRANSITIONS) == set(RedemptionState)
    assert set(OPEN) <= set(HOLDING)
    assert {RedemptionState.FULFILLED, RedemptionState.RELEASED}.isdisjoint(HOLDING)
    assert RedemptionState.RELEASED not in TRANSITIONS[RedemptionState.ORDERED], "while it may exist, nothing comes back"


@pytest.mark.parametrize("state", RedemptionState)
@pytest.mark.parametrize("to", RedemptionState)
def test_no_move_is_made_that_is_not_in_the_table(state, to):
    it = replace(HELD, state=state)
    if to in TRANSITIONS[state]:
        assert moved(it, to, NOW, "x").history[-1] == (to.value, "2026-03-01T12:00:00.000Z", "x")
    else:
        with pytest.raises(Refused):
            moved(it, to, NOW, "x")


def test_a_history_is_bounded():
    it = HELD
    for number in range(100):
        it = moved(it, RedemptionState.HELD, NOW, f"{number} " + "x" * 1_000)
    assert len(it.history) == HISTORY
    assert max(len(note) for _, _, note in it.history) <= 160


def test_a_person_sees_what_is_for_their_country_and_what_they_can_afford():
    items = [CARD, replace(CARD, id="dutch", countries=("NL",)), replace(CARD, id="german", countries=("DE",))]
    items += [replace(CARD, id="gone", active=False), replace(CARD, id="empty", options=())]
    seen = offers(items, ASHA, 60)
    assert [it.item.id for it in seen] == ["card", "dutch"]
    assert [option.value for option in seen[0].affordable] == [500]
    assert offers(items, ASHA, 10, affordable=True) == []
    assert [it.item.id for it in offers(items, replace(ASHA, country=None), 60)] == ["card"]
    assert [it.item.id for it in offers(items, ASHA, 60, category="books")] == []
    assert [it.item.id for it in offers(items, ASHA, 60, currency="USD")] == ["card", "dutch"]


def test_the_price_is_the_catalogs():
    assert price(CARD, ASHA, 1_000).points == 100
    with pytest.raises(Refused):
        price(CARD, ASHA, 999)
    for item in (None, replace(CARD, active=False), replace(CARD, countries=("DE",))):
        with pytest.raises(Missing):
            price(item, ASHA, 500)


@pytest.mark.parametrize(("year", "limit"), [(2019, 600_00), (2025, 600_00), (2026, 2_000_00), (2031, 2_000_00)])
def test_thresholds_go_by_the_year(year, limit):
    assert tax.threshold(year) == limit


@pytest.mark.parametrize(
    ("others", "value", "crosses"),
    [([], 599_99, False), ([], 600_00, True), ([300_00, 299_99], 0, False), ([300_00, 299_99], 1, True)],
)
def test_a_year_that_reaches_the_threshold_waits_for_a_form(others, value, crosses):
    at = datetime(2025, 5, 1, tzinfo=UTC)
    rows = [replace(HELD, id=f"p{n}", taxed=amount, created_at=at) for n, amount in enumerate(others)]
    gone = [replace(HELD, id="back", taxed=500_00, created_at=at, state=RedemptionState.RELEASED)]
    before = [replace(HELD, id="before", taxed=500_00, created_at=datetime(2024, 12, 31, tzinfo=UTC))]
    new = replace(HELD, id="new", taxed=value, created_at=at)
    person = replace(ASHA, country="US")
    assert tax.crosses(new, rows + gone + before, person) is crosses
    assert not tax.crosses(new, rows, replace(person, tax_form_on=at.date()))


def test_a_year_begins_where_the_person_is():
    """New Year's Eve in Los Angeles is the next year in UTC."""
    eve = datetime(2026, 1, 1, 3, tzinfo=UTC)
    person = replace(ASHA, country="US", zone="America/Los_Angeles")
    assert tax.year_of(replace(HELD, created_at=eve), person) == 2025
    assert tax.crosses(replace(HELD, taxed=600_00, created_at=eve), [], person)


def test_thresholds_are_for_the_us_and_not_for_a_payroll():
    assert not tax.applies_to(ASHA)
    assert tax.applies_to(replace(ASHA, country="us"))
    assert not tax.applies_to(replace(ASHA, country="US", kind="Employee"))


@pytest.mark.parametrize(
    ("value", "rate", "usd"),
    [
        (Money(1_000, "USD"), None, 1_000),
        (Money(1_000, "EUR"), Rate("EUR", "USD", Decimal("1.085"), NOW), 1_085),
        (Money(1_000, "JPY"), Rate("JPY", "USD", Decimal("0.0067"), NOW), 670),
        (Money(10_000, "KWD"), Rate("KWD", "USD", Decimal("3.25"), NOW), 3_250),
        (Money(1, "EUR"), Rate("EUR", "USD", Decimal("1.5"), NOW), 2),
    ],
)
def test_a_value_in_dollars_is_exact_in_every_currency(value, rate, usd):
    assert tax.in_usd(value, rate) == usd


@pytest.mark.parametrize("rate", [None, Rate("GBP", "USD", Decimal("1.3"), NOW), Rate("EUR", "USD", Decimal(0), NOW)])
def test_without_a_rate_nothing_is_guessed(rate):
    with pytest.raises(Refused, match="no rate"):
        tax.in_usd(Money(1_000, "EUR"), rate)


def test_turns_come_back_with_the_clock_and_never_by_it_going_back():
    bucket, wait = taken(None, per_minute=60, now=NOW)
    for _ in range(5):
        bucket, wait = taken(bucket, per_minute=60, now=NOW)
        assert wait == 0
    bucket, wait = taken(bucket, per_minute=60, now=NOW)
    assert wait == pytest.approx(1.0)
    assert taken(bucket, per_minute=60, now=NOW - timedelta(days=1))[1] > 0
    assert taken(bucket, per_minute=60, now=NOW + timedelta(seconds=1))[1] == 0
    full, _ = taken(bucket, per_minute=60, now=NOW + timedelta(days=300))
    assert full.level == 5 * 60_000, "idle time does not pile up"
    assert taken(Bucket(0, NOW), per_minute=1, now=NOW)[1] == pytest.approx(60.0)
