"""Signals of play with the rules: what is seen, what is not, and what guards do about it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accolade.model.records import Record, RecordKey, Version
from accolade.model.sales import NEAR_AMOUNTS, Sale, near
from accolade.model.times import to_millis
from accolade.programs.periods import calendar
from accolade.programs.signal_words import said
from accolade.programs.signals import SIGNALS, Effects, Sighting, effects, sighted
from accolade.programs.terms import Guard
from accolade.texts import texts

DEAL = {"deal.currency": "USD", "deal.stage": "won", "deal.close_date": date(2026, 3, 20)}


def closed_on(*days: datetime, stage: str = "won") -> Record:
    """A deal that was closed, and opened again, at these instants in turn."""
    rows = tuple((to_millis(at), stage if i % 2 == 0 else "open") for i, at in enumerate(days))
    newest = rows[-1][0]
    fields = {"stage": (Version(newest), rows[-1][1]), "close_date": (Version(newest), "2026-03-20")}
    return Record(RecordKey("t", "sf", "deal", "D1"), fields, {"stage": rows})


def score(signal: str, values: dict, record: Record | None = None, **guard) -> int | None:
    found = sighted(Guard(signal, "review", **guard), values, record)
    return found.score if found else None


def test_a_deal_closed_when_it_says_is_not_back_dated() -> None:
    assert score("back_dated_close", DEAL, closed_on(datetime(2026, 3, 20, 23, tzinfo=UTC))) == 0
    assert score("back_dated_close", DEAL, closed_on(datetime(2026, 3, 1, tzinfo=UTC))) == 0
    assert score("back_dated_close", DEAL, closed_on(datetime(2026, 4, 1, 9, tzinfo=UTC))) == 12


def test_without_a_history_nothing_is_held_against_anybody() -> None:
    assert score("back_dated_close", DEAL) == 0
    assert score("stage_bouncing", DEAL) == 0
    assert score("discount_depth", DEAL) == 0


def test_returns_to_a_stage_and_reopenings_are_counted() -> None:
    assert score("stage_bouncing", DEAL | {"deal.stage_bounces": 3}) == 3
    assert score("closed_and_reopened", DEAL | {"deal.reopenings": 2}) == 2
    assert score("closed_and_reopened", {"ticket.currency": "USD", "ticket.reopened": 1}) == 1


@pytest.mark.parametrize(("day", "expected"), [(31, 5), (30, 4), (27, 1), (26, 0), (1, 0)])
def test_the_last_five_days_of_a_quarter_are_watched(day, expected) -> None:
    quarter = calendar("quarter", zone="Europe/Amsterdam")
    assert score("period_end_pull_forward", DEAL | {"deal.close_date": date(2026, 3, day)}, calendar=quarter) == expected


def test_a_discount_counts_in_whole_percent() -> None:
    from decimal import Decimal

    assert score("discount_depth", DEAL | {"deal.discount": Decimal("24.9")}) == 24
    assert score("discount_depth", DEAL | {"deal.discount": Decimal("-5")}) == 0


def part(amount: int, *others: Sale) -> dict:
    """A deal made on 1 March by U1, as a guard sees it beside other sales to the account."""
    own = sold("own", amount)
    return DEAL | {"deal.amount": amount, NEAR_AMOUNTS: near([own, *others]).get("own", "")}


def sold(id_: str, amount: int | None, *, days: int = 0, owner: str = "U1") -> Sale:
    made = date(2026, 3, 1) + timedelta(days=days)
    return Sale(date(2026, 3, 20), id_, amount=amount, made=made, owner=owner)


def test_a_deal_in_parts_is_one_whose_parts_together_reach_the_line() -> None:
    whole = {"under": 10_000_00}
    assert score("split_under_threshold", part(6_000_00, sold("a", 5_000_00, days=3)), **whole) == 1
    assert score("split_under_threshold", part(3_000_00, sold("a", 5_000_00, days=3)), **whole) == 0
    assert score("split_under_threshold", part(6_000_00, sold("a", 5_000_00, days=30)), **whole) == 0
    assert score("split_under_threshold", part(6_000_00, sold("a", 5_000_00, owner="U2")), **whole) == 0
    assert score("split_under_threshold", part(6_000_00, sold("a", 50_000_00), sold("b", None)), **whole) == 0
    assert score("split_under_threshold", part(6_000_00), **whole) == 0
    assert score("split_under_threshold", part(12_000_00, sold("a", 5_000_00)), **whole) == 0
    assert score("split_under_threshold", part(1, sold("a", 1), sold("b", None, days=-7), sold("c", 3, days=8))) == 2


def test_a_merge_of_ones_own_duplicate_is_seen_and_anothers_is_not() -> None:
    merge = {"activity.currency": "USD", "activity.kind": "merge"}
    assert score("own_duplicate_merged", merge | {"activity.own_record": True}) == 1
    assert score("own_duplicate_merged", merge | {"activity.own_record": False}) == 0
    assert score("own_duplicate_merged", merge) == 0
    assert score("own_duplicate_merged", DEAL) is None


def test_guards_take_the_lowest_cap_the_longest_hold_and_the_first_review() -> None:
    seen = DEAL | {"deal.stage_bounces": 4, "deal.reopenings": 2, "deal.discount": 30}
    watching = (
        Guard("stage_bouncing", "cap", above=3, points=50),
        Guard("closed_and_reopened", "cap", above=0, points=20),
        Guard("discount_depth", "hold", above=20, days=30),
        Guard("discount_depth", "hold", above=29, days=60),
        Guard("discount_depth", "review", above=30),
        Guard("stage_bouncing", "review", above=1),
    )
    found = effects(watching, seen, None)
    assert (found.cap, found.days, found.review) == (20, 60, "stage_bouncing")
    assert len(found.sightings) == 5
    assert effects(watching, DEAL, None) == Effects()


@pytest.mark.parametrize("locale", ["en", "nl"])
@pytest.mark.parametrize("signal", sorted(SIGNALS))
@pytest.mark.parametrize("count", [1, 3])
def test_each_signal_says_plainly_what_was_seen(signal, count, locale) -> None:
    sentence = said(Sighting(signal, count, {"count": count}), texts(locale))
    assert sentence.endswith(".")
    assert "%(" not in sentence
    assert sentence != said(Sighting(signal, count, {"count": count}), texts("nl" if locale == "en" else "en"))


def test_what_was_seen_names_its_number() -> None:
    assert said(Sighting("back_dated_close", 12), texts("en")) == "It was marked as closed 12 days after its close date."
    assert said(Sighting("discount_depth", 25), texts("en")) == "It was sold 25% below the list price."
