"""Ranks and shares: who is best, who shares a place, and that every pot is shared out exactly."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.test_kinds import one

from accolade.kpis.port import Fact, Tally
from accolade.programs.ranking import Place, prizes, ranking
from accolade.programs.rules import Milestone
from accolade.programs.shares import shared

POT = "kind: rank, kpi: won_count, period: month, top: 3, pot: 1000, shares: [50%, 30%, 20%]"
NAMES = {"P1": "Ada", "P2": "Ben", "P3": "Cleo", "P4": "Dirk"}
weights = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.one_of(st.integers(0, 1000), st.fractions(0, 1000, max_denominator=97)),
    min_size=1,
    max_size=12,
)


def wins(*days: int) -> Tally:
    facts = [Fact(date(2026, 3, 1) + timedelta(days=it), f"d{i}", {"won": 1}) for i, it in enumerate(sorted(days))]
    return Tally({"won": len(days)} if days else {}, facts, date(2026, 3, 1), date(2026, 4, 1))


def places(milestone: Milestone, **tallies: Tally) -> list[tuple[str, int, int]]:
    return [(it.participant, it.position, it.points) for it in ranking(milestone, tallies, NAMES)]


# --- shares -------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**9), weights)
def test_shares_sum_exactly_and_are_within_one_of_what_is_exact(total, asked) -> None:
    parts, whole = shared(total, asked), sum(asked.values())
    if not whole:
        assert parts == {}
        return
    assert sum(parts.values()) == total
    assert all(abs(parts[name] - Fraction(total) * weight / whole) < 1 for name, weight in asked.items())
    assert all(parts[name] == 0 for name, weight in asked.items() if not weight)


@given(st.integers(0, 10**6), weights, st.randoms())
def test_shares_do_not_depend_on_who_is_named_first(total, asked, shuffle: Random) -> None:
    names = list(asked)
    shuffle.shuffle(names)
    assert shared(total, {name: asked[name] for name in names}) == shared(total, asked)


@given(st.integers(1, 10**6), st.lists(st.integers(1, 100), min_size=1, max_size=20))
def test_a_pot_is_shared_out_to_the_last_point(pot, parts) -> None:
    milestone = one(POT)
    assert milestone.rank is not None
    rank = milestone.rank.__class__(len(parts), pot, tuple(Fraction(it, sum(parts)) for it in parts))
    worth = prizes(rank)
    assert sum(worth) == pot
    assert all(abs(got - Fraction(pot * it, sum(parts))) < 1 for got, it in zip(worth, parts, strict=True))


# --- ranks --------------------------------------------------------------------------------------------------------


def test_the_best_share_the_pot_by_their_places() -> None:
    found = places(one(POT), P1=wins(1), P2=wins(1, 2, 3), P3=wins(1, 2), P4=wins())
    assert found == [("P2", 1, 500), ("P3", 2, 300), ("P1", 3, 200)]


def test_fewer_people_than_places_leave_their_part_of_the_pot_unpaid() -> None:
    assert places(one(POT), P1=wins(1)) == [("P1", 1, 500)]
    assert places(one(POT)) == []


def test_of_two_equals_who_was_there_earlier_comes_first_and_then_the_name() -> None:
    assert [it[0] for it in places(one(POT), P1=wins(1, 9), P2=wins(3, 4), P3=wins(2, 4))] == ["P2", "P3", "P1"]


def test_the_rules_order_decides_ties() -> None:
    by_amount = one(POT.replace("won_count", "won_amount").replace("20%]", "20%], ties: [won_count, name]"))
    few = Tally({"won": 1, "amount": 100})
    many = Tally({"won": 5, "amount": 100})
    assert by_amount.kpi is not None
    assert [use.name for use in by_amount.tie_uses] == ["won_count"]
    assert not by_amount.kpi.folded
    others = {"won_count": {"P1": Tally({"won": 1}), "P2": Tally({"won": 5})}}
    assert [it.participant for it in ranking(by_amount, {"P1": few, "P2": many}, NAMES, others)] == ["P2", "P1"]
    assert [it.participant for it in ranking(by_amount, {"P1": few, "P2": many}, NAMES)] == ["P1", "P2"]


def test_equals_may_share_what_their_places_get() -> None:
    sharing = one(POT.replace("20%]", "20%], ties: [share]"))
    found = places(sharing, P1=wins(1, 2), P2=wins(3, 4), P3=wins(1), P4=wins(9))
    assert found == [("P1", 1, 400), ("P2", 1, 400), ("P3", 3, 100), ("P4", 3, 100)]


def test_who_has_too_few_records_or_no_value_is_not_ranked() -> None:
    rated = one(POT.replace("won_count", "close_rate").replace("top: 3", "min_sample: 5, top: 3"))
    tallies = {"P1": Tally({"won": 4, "closed": 4}), "P2": Tally({"won": 2, "closed": 5}), "P3": Tally()}
    assert ranking(rated, tallies, NAMES) == [Place("P2", 1, Fraction(2, 5), 500)]


def test_where_less_is_better_the_lowest_wins() -> None:
    quick = one("kind: rank, kpi: reopen_rate, period: month, top: 1, prizes: [100], min_sample: 1")
    assert quick.kpi is not None
    assert quick.kpi.kpi.better == "lower"
    first = {reopened: next(iter(quick.kpi.moments(_ticket(reopened=reopened)))).parts for reopened in (0, 1)}
    tallies = {"P1": Tally(first[1]), "P2": Tally(first[0])}
    assert next(iter(ranking(quick, tallies, NAMES))).participant == "P2"


def _ticket(*, reopened: int) -> dict[str, object]:
    on = date(2026, 3, 2)
    return {"ticket.stage": "won", "ticket.closed_on": on, "ticket.event_on": on, "ticket.reopened": reopened}


@given(st.dictionaries(st.sampled_from(sorted(NAMES)), st.lists(st.integers(0, 30), max_size=6), max_size=4), st.randoms())
def test_a_rank_pays_no_more_than_its_pot_and_does_not_depend_on_order(days, shuffle: Random) -> None:
    for ties in ("", ", ties: [share]", ", ties: [name]"):
        milestone = one(POT.replace("20%]", f"20%]{ties}"))
        tallies = {who: wins(*it) for who, it in days.items()}
        found = ranking(milestone, tallies, NAMES)
        assert sum(it.points for it in found) <= 1000
        if len(found) >= 3:
            assert sum(it.points for it in found) == 1000
        names = list(tallies)
        shuffle.shuffle(names)
        assert ranking(milestone, {who: tallies[who] for who in names}, NAMES) == found


@pytest.mark.parametrize("subject", ["team", "region"])
def test_teams_are_ranked_by_their_own_kpi(subject) -> None:
    milestone = one(POT.replace("top: 3", f"subject: {subject}, top: 3"))
    assert milestone.kpi is not None
    assert milestone.kpi.subject == subject
    assert milestone.kpi.id == f"won_count.facts~{subject}"
    assert [it[0] for it in places(milestone, West=wins(1, 2), East=wins(3))] == ["West", "East"]
