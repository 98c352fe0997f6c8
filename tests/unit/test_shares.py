"""Shares of budgets, whatever happens in whatever order: none is ever overdrawn, and each gets back exactly what it gave."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accolade.model.ledger import Wallet
from accolade.model.participants import Participant
from accolade.model.records import Holding
from accolade.wallet.books import Award, Books, Occasion
from accolade.wallet.shares import COMPANY, is_share, kind_of, manager_share, on_the_way, program_of, team_share

AT = datetime(2026, 3, 1, tzinfo=UTC)
WEST, EAST, MAYA = team_share("race", "West"), team_share("race", "East"), manager_share("race", "acme", "maya")
WAYS = ((), (COMPANY,), (COMPANY, WEST), (COMPANY, EAST, MAYA), (WEST, MAYA))


def person(**fields: str) -> Participant:
    return Participant("acme", "asha", "P000001", "Asha", **fields)


def test_an_award_is_taken_from_the_company_the_team_and_the_manager_of_whoever_gets_it():
    assert on_the_way("race", person(team="West", manager="Maya ")) == (COMPANY, WEST, MAYA)
    assert on_the_way("race", person()) == (COMPANY,)
    assert on_the_way("race", None) == (COMPANY,)


@pytest.mark.parametrize("team", ["R/D", "a~team:b", "x#y", "Noord-Holland", "=1+1", "100%", "Ünï"])
def test_no_sign_in_the_name_of_a_team_makes_its_share_something_else(team):
    share = team_share("race", team)
    assert is_share(share)
    assert (program_of(share), kind_of(share)) == ("race", "team")
    assert not set("/#=") & set(share)


def test_a_manager_is_not_named_in_the_name_of_their_share():
    share = manager_share("race", "acme", "maya@acme.example")
    assert "maya" not in share
    assert share == manager_share("race", "acme", " MAYA@acme.example")
    assert share != manager_share("race", "other", "maya@acme.example")
    assert (is_share(share), program_of(share), kind_of(share)) == (True, "race", "manager")


@pytest.mark.parametrize("node", ["race", "race~ghost", "race/*/team:West~team:x/lifetime=5"])
def test_programs_ghosts_and_caps_are_no_shares(node):
    assert not is_share(node)


step = st.tuples(
    st.sampled_from(("settle", "resume", "approve", "refuse", "spend", "limit")),
    st.integers(0, 2),
    st.integers(0, 400),
    st.sampled_from(WAYS),
    st.sampled_from((COMPANY, WEST, EAST, MAYA, "race")),
)


class Play:
    """Three awards of one person, whose way through the budgets changes, and limits that are raised."""

    def __init__(self) -> None:
        self.limits = dict.fromkeys((COMPANY, WEST, EAST, MAYA, "race"), 500)
        self.spent = dict.fromkeys(self.limits, 0)
        self.wallet = Wallet("acme", "P000001")
        self.holdings = [Holding() for _ in range(3)]

    def act(self, what: str, which: int, points: int, way: tuple[str, ...], node: str) -> None:
        if what == "limit":
            self.limits[node] += points
            return
        if what == "spend":
            self.wallet = self.wallet.with_points(max(0, self.wallet.available - points), debt=self.wallet.debt)
            return
        books = Books(
            {"P000001": self.wallet},
            lambda it: self.limits[it] - self.spent[it],
            Occasion("acme", AT, AT, AT, "test"),
            shares=lambda program, number: way,
        )
        holding = self.holdings[which]
        review = what == "settle" and points % 5 == 0
        award = Award(
            f"race/m{which}/P000001/x", "race", 1, f"m{which}", "P000001", "x", holding, points, debt_limit=50, review=review
        )
        done = {
            "settle": lambda: books.settle(award),
            "resume": lambda: books.resume(award, step=0),
            "approve": lambda: books.approve(award),
            "refuse": lambda: books.refuse(award),
        }
        self.holdings[which] = done[what]()
        self.wallet = books.changed["P000001"]
        for name, taken in books.budget.items():
            self.spent[name] += taken


@given(st.lists(step, max_size=25))
@settings(max_examples=400)
def test_no_budget_on_any_way_is_overdrawn_and_none_gets_back_more_than_it_gave(steps):
    play = Play()
    for it in steps:
        play.act(*it)
        assert all(0 <= play.spent[node] <= play.limits[node] for node in play.limits), it
        for node in play.limits:
            drawn = [one for one in play.holdings if node in one.nodes]
            assert play.spent[node] >= sum(one.posted + one.written_off for one in drawn), it
        assert play.spent["race"] == sum(one.posted + one.written_off for one in play.holdings)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 400)), max_size=12), st.sampled_from(WAYS))
def test_whoever_stays_where_they_are_leaves_every_budget_as_it_was_when_all_goes_back(changes, way):
    play = Play()
    for which, points in changes:
        play.act("settle", which, points, way, "race")
    for which in range(3):
        play.act("settle", which, 0, way, "race")
    assert set(play.spent.values()) == {0}


def test_what_was_written_off_and_earned_again_elsewhere_is_given_back_to_neither():
    play = Play()
    west, east = (WEST,), (EAST,)
    play.act("settle", 0, 101, west, "race")
    play.act("spend", 0, 101, west, "race")
    play.act("settle", 0, 0, west, "race")
    assert (play.holdings[0].written_off, play.spent[WEST]) == (51, 51)
    play.act("settle", 1, 301, (), "race")
    play.act("settle", 0, 101, east, "race")
    assert (play.spent[WEST], play.spent[EAST]) == (51, 50)
    play.act("settle", 0, 0, east, "race")
    assert (play.spent[WEST], play.spent[EAST]) == (51, 50)
