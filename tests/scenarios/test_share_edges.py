"""Shares of budgets at their edges: names as long as people may have them, limits that come back, and many who wait."""

from dataclasses import replace

import pytest
from tests.scenarios.calls import Calls
from tests.scenarios.desk import send
from tests.scenarios.running import BOB, CAROL, Running, deal, person
from tests.scenarios.test_budget_shares import EVERY, NOW, SHARE, WEST, Tree
from tests.scenarios.test_money_desk import Desk

from accolade import wiring
from accolade.crm.salesforce.ids import to18
from accolade.flows.situations import Situations
from accolade.model.errors import Conflict, Refused, Rejected
from accolade.situation import Decision
from accolade.store.audit import Audit
from accolade.store.connections import Connections
from accolade.store.decisions import Decisions
from accolade.store.outstanding import Outstanding
from accolade.store.programs import Programs
from accolade.wallet.shares import kind_of, program_of, team_share


@pytest.mark.parametrize("team", ["W" * 400, "西" * 400], ids=["letters", "signs"])
def test_a_team_with_the_longest_name_that_people_may_have_has_a_share(stack, team):
    tree = Tree(stack)
    tree.move("P000001", team=team)
    name = tree.set(1000, program="race", team=team)
    tree.give(700)
    tree.give(400)
    assert tree.available() == {"asha": 700}
    assert tree.spent(name) == 700
    assert len(name) < 200
    assert (program_of(name), kind_of(name)) == ("race", "team")


def test_long_names_that_begin_alike_are_the_names_of_two_teams():
    first, second = "Sales of the northern region, " * 5, "Sales of the northern region, " * 5 + "evenings"
    assert team_share("race", first) != team_share("race", second)
    assert team_share("race", first) == team_share("race", f" {first}")


def test_a_share_that_gets_a_limit_again_is_not_overdrawn_by_who_still_read_none(stack):
    tree = Tree(stack)
    tree.set(1000, program="race", team="West")
    tree.give(1)
    tree.set(None, program="race", team="West")
    here = wiring.database()
    decisions, (record,) = Decisions(here), Audit(here).records("acme")
    seen = Situations(Connections(here).get("sf"), Programs(here).rulebook("acme"), decisions).load([record], [record])
    assert seen.room(WEST) is None
    decisions.commit([Decision(None, None, {}, {}, (), (), {WEST: 10})], seen)
    tree.set(100, program="race", team="West")
    with pytest.raises(Conflict):
        decisions.commit([Decision(None, None, {}, {}, (), (), {WEST: 500})], seen)
    decisions.commit([Decision(None, None, {}, {}, (), (), {WEST: -5})], seen)
    assert tree.spent(WEST) == 6, "what goes back always may"


def test_shares_that_were_lifted_leave_room_for_new_ones(stack, monkeypatch):
    monkeypatch.setattr("accolade.flows.budget_shares.MOST_SHARES", 1)
    tree = Tree(stack)
    tree.set(10, program="race", team="West")
    tree.set(20, program="race", team="West")
    with pytest.raises(Refused, match="1 shares already"):
        tree.set(10, program="race", team="East")
    tree.set(None, program="race", team="West")
    tree.set(10, program="race", team="East")
    with pytest.raises(Refused, match="Lift one"):
        tree.set(30, program="race", team="West")


def test_the_share_of_a_team_that_nobody_is_in_any_more_can_be_lifted(stack):
    tree = Tree(stack)
    tree.set(10, program="race", team="East")
    tree.set(10, program="race", manager="Maya")
    for number in ("P000001", "P000002", "P000003"):
        tree.move(number, team="South", manager=None)
    tree.set(None, program="race", team="East")
    tree.set(None, program="race", manager="maya")
    assert [it.limit for it in tree.shares.list("acme")] == [None, None]
    with pytest.raises(Rejected, match="nobody is in a team"):
        tree.set(10, program="race", team="West")


def test_those_for_whom_too_little_is_left_do_not_keep_others_waiting(stack, monkeypatch):
    monkeypatch.setattr("accolade.flows.maintain.PARKED_A_RUN", 2)
    tree = Tree(stack)
    tree.set(100, program="race", team="West")
    tree.set(100, program="race", team="East")
    for _ in range(3):
        tree.give(200)
    tree.give(150, CAROL)
    tree.set(200, program="race", team="East")
    assert tree.minute()["resumed"] == 1
    assert tree.available() == {"carol": 150}


def test_neither_do_those_whose_period_is_worth_more_than_is_left_and_half_of_one_is_paid(stack, monkeypatch):
    monkeypatch.setattr("accolade.flows.maintain.PARKED_A_RUN", 1)
    tree = Tree(stack, EVERY)
    tree.set(50, program="race", team="West")
    tree.set(50, program="race", team="East")
    tree.give(10)
    tree.give(10, BOB)
    tree.give(10, CAROL)
    tree.give(10, CAROL)
    assert tree.minute()["resumed"] == 0
    tree.set(150, program="race", team="East")
    assert tree.minute()["resumed"] == 1
    assert tree.available() == {"carol": 100}, "one of the two that wait"


def test_many_who_wait_are_read_together(stack):
    calls = Calls()
    tree = Tree(stack)
    owners = [to18(f"0055e0000000{n:03}") for n in range(20)]
    tree.people.register("acme", [replace(person(f"more{n}", owner), team="West") for n, owner in enumerate(owners)])
    tree.set(100, program="race", team="West")

    def of_a_minute():
        calls.clear()
        tree.minute()
        return sum(it.startswith(("BatchGetItem", "GetItem")) for it in calls)

    tree.give(200)
    of_a_minute()
    one = of_a_minute()
    tree.win(*(deal(f"m{n}", at=100 + n, Amount="200.0", owner=owner) for n, owner in enumerate(owners)), now=NOW)
    assert len(list(Outstanding(wiring.database()).parked_awards("acme", "race"))) == 21
    assert of_a_minute() == one


@pytest.mark.parametrize(("held", "account"), [("", "available"), ("    hold: 30 days\n", "pending")])
def test_a_deal_that_pays_a_large_team_of_many_managers_is_paid_in_as_many_transactions_as_it_takes(stack, held, account):
    tree = Tree(stack, f"{SHARE}    splits: {{team: 100%}}\n{held}")
    owners = [to18(f"0055e0000000{n:03}") for n in range(38)]
    people = [person(f"more{n}", owner) for n, owner in enumerate(owners)]
    tree.people.register("acme", [replace(it, team="West", manager=f"m{n % 12}") for n, it in enumerate(people)])
    tree.set(8000, program="race", team="West")
    for n in range(12):
        tree.set(1000, program="race", manager=f"m{n}")
    tree.give(8000)
    paid = [tree.wallet(f"P{n:06}").get(account, 0) for n in range(1, 42)]
    assert sorted(paid) == [0, *[200] * 40], "Carol is of another team"
    assert tree.spent(WEST) == 8000
    assert tree.problems() == []


@pytest.mark.parametrize("points", ["²", "1e3", "٣", "None"])
def test_what_is_no_whole_number_of_points_is_refused_by_the_command(command, points):
    Running(command.stack)
    command.run("budget", "share", points, "--tenant", "acme", status=1)
    assert "Write a whole number, or none" in command.said


def test_a_share_of_nobody_is_refused_by_the_page_where_nobody_has_a_team_or_a_manager(linked):
    desk = Desk(linked)
    for it in desk.house.people.list("acme"):
        desk.house.people.update(replace(it, team=None, manager=None))
    browser = desk.browser()
    for whose in ("", "team:"):
        send(browser, "admin/budgets/race", "admin/budgets/race/shares", whose=whose, limit="5", why="x")
        assert browser.status == 422
    assert desk.here.budget_shares.list("acme") == []
