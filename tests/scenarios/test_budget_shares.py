"""Shares of budgets on moto: the company, a team, the people of a manager; what one of them has no room for waits."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.scenarios.closing import HEAD, Closing, won
from tests.scenarios.running import BOB, CAROL, LONG_AGO, deal

from accolade import wiring
from accolade.flows.budget_shares import BudgetShares
from accolade.flows.ledger_check import LedgerCheck
from accolade.flows.situations import Situations
from accolade.model.errors import Conflict, Missing, Refused, Rejected
from accolade.programs.loading import load
from accolade.situation import Decision
from accolade.store import outstanding
from accolade.store.audit import Audit
from accolade.store.budgets import Budgets, budget_key
from accolade.store.connections import Connections
from accolade.store.decisions import Decisions
from accolade.store.deliveries import Deliveries
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants
from accolade.wallet.shares import COMPANY, manager_share, team_share

SHARE = """
  - id: share
    title: A share
    kind: record
    record: deal
    when: {field: deal.stage, is: won}
    points: {per: deal.amount, rate: 100%}
"""
RANK = """
  - id: best
    title: The quarter's best
    kind: rank
    kpi: won_amount
    period: quarter
    top: 1
    pot: 500
    shares: [100%]
    closes_after: 3 days
"""
EVERY = """
  - id: every
    title: Every win
    kind: every
    kpi: won_count
    n: 1
    period: quarter
    points: 100
"""
HELD = """
  - id: held
    title: A share, held
    kind: every
    kpi: won_count
    n: 1
    period: quarter
    points: 100
    hold: 30 days
"""
NOW = datetime.fromisoformat("2017-03-20T12:00:00+00:00")
WEST = team_share("race", "West")
MAYA = manager_share("race", "acme", "maya")


class Tree(Closing):
    """Asha and Bob of West, who report to Maya, and Carol of East; shares take effect at once."""

    def __init__(self, stack, milestones=SHARE, **more):
        super().__init__(stack, milestones, **more)
        for number in ("P000001", "P000002"):
            self.move(number, manager="maya")
        self.shares = BudgetShares(Budgets(wiring.database()), self.people.list, Programs(wiring.database()).rulebook)
        self.deals = 0

    def move(self, number, **fields):
        self.people.update(replace(self.people.by_number("acme", number), **fields))

    def set(self, points, **whose):
        name, _ = self.shares.set("acme", points, **whose)
        self.run = wiring.processor(log=self.log)  # reads the rules, and with them which shares there are
        return name

    def give(self, points, owner=None, *, now=NOW):
        """A deal of so many dollars, which is worth as many points."""
        self.deals += 1
        fields = {"owner": owner} if owner else {}
        self.win(deal(f"{self.deals}", at=self.deals, Amount=f"{points}.0", **fields), now=now)
        return self.deals

    def reopen(self, number, *, now=NOW):
        self.win(deal(f"{number}", at=1800 + number, stage="Prospecting"), now=now)

    def spent(self, name):
        return {it.program: it.spent for it in self.shares.list("acme")}[name]

    def minute(self, *, now=NOW):
        return self.maintain(now=now)

    def problems(self):
        here = wiring.database()
        return LedgerCheck(Audit(here), self.people, Budgets(here)).verify("acme").problems


@pytest.fixture
def tree(stack):
    return Tree(stack)


def test_what_a_team_s_share_has_no_room_for_waits_and_another_team_is_paid(tree):
    tree.set(1000, program="race", team="West")
    tree.give(700)
    tree.give(400, BOB)
    tree.give(400, CAROL)
    assert tree.available() == {"asha": 700, "carol": 400}
    assert tree.spent(WEST) == 700
    tree.give(300, BOB)
    assert tree.available() == {"asha": 700, "bob": 300, "carol": 400}, "a later one that fits goes past"
    assert tree.minute()["resumed"] == 0
    assert tree.problems() == []


def test_what_waited_is_paid_within_the_minute_in_which_the_share_is_raised(tree):
    tree.set(500, program="race", team="West")
    tree.give(600)
    tree.give(600, BOB)
    assert tree.available() == {}
    tree.set(700, program="race", team="West")
    assert tree.minute()["resumed"] == 1
    assert tree.available() == {"asha": 600}, "the oldest first"
    tree.set(1200, program="race", team="West")
    assert tree.minute()["resumed"] == 1
    assert tree.available() == {"asha": 600, "bob": 600}
    assert tree.spent(WEST) == 1200
    assert tree.problems() == []


def test_points_go_back_to_the_share_they_came_from_though_their_owner_has_moved(tree):
    tree.set(1000, program="race", team="West")
    tree.set(1000, program="race", team="East")
    first = tree.give(800)
    tree.move("P000001", team="East")
    tree.give(300)
    assert (tree.spent(WEST), tree.spent(team_share("race", "East"))) == (800, 300)
    tree.reopen(first)
    assert (tree.spent(WEST), tree.spent(team_share("race", "East"))) == (0, 300)
    assert tree.problems() == []


def test_the_company_s_share_binds_all_programs_together(stack):
    tree = Tree(stack)
    second = load(f"{HEAD}milestones:\n{SHARE}".replace("id: race", "id: second"), file="second.yaml")
    Programs(wiring.database()).publish("acme", second, title="Second", now=LONG_AGO)
    assert tree.set(1500) == COMPANY
    tree.give(700)
    assert tree.available() == {"asha": 1400}, "both programs pay for it"
    tree.give(200, CAROL)
    assert tree.available() == {"asha": 1400}
    assert tree.spent(COMPANY) == 1400
    tree.set(1800)
    assert tree.minute()["resumed"] == 2
    assert tree.available() == {"asha": 1400, "carol": 400}
    assert tree.problems() == []


def test_a_manager_s_share_is_for_those_who_report_to_them_however_they_are_written(tree):
    tree.move("P000003", manager=" MAYA")
    tree.set(500, program="race", manager="Maya")
    tree.give(400)
    tree.give(200, CAROL)
    assert tree.available() == {"asha": 400}
    assert tree.spent(MAYA) == 400
    tree.move("P000003", manager="olga")
    assert tree.minute()["resumed"] == 1, "who reports to somebody else is not bound by it"
    assert tree.available() == {"asha": 400, "carol": 200}


def test_every_budget_on_the_way_has_to_have_room(stack):
    tree = Tree(stack, program="budget: {points: 1000}\n")
    tree.set(900)
    tree.set(800, program="race", team="West")
    tree.set(700, program="race", manager="maya")
    tree.give(650)
    tree.give(100)  # beyond the manager's
    tree.move("P000001", manager=None)
    tree.give(200)  # beyond the team's
    tree.move("P000001", team=None)
    tree.give(300)  # beyond the company's
    tree.give(200)
    budget = Budgets(wiring.database()).get("acme", "race")
    assert (budget.spent, tree.spent(COMPANY), tree.spent(WEST), tree.spent(MAYA)) == (850, 850, 650, 650)
    assert tree.available() == {"asha": 850}
    assert tree.problems() == []


def test_a_share_counts_from_when_it_was_set_and_what_came_before_gives_nothing_back_to_it(tree):
    before = tree.give(800)
    tree.set(1000, program="race", team="West")
    after = tree.give(600)
    assert tree.spent(WEST) == 600
    tree.reopen(before)
    assert tree.spent(WEST) == 600
    tree.reopen(after)
    assert tree.spent(WEST) == 0
    assert tree.available() == {}
    assert tree.problems() == []


def test_a_share_that_is_lifted_binds_nobody_and_keeps_counting(tree):
    tree.set(500, program="race", team="West")
    one = tree.give(400)
    tree.give(300, BOB)
    tree.set(None, program="race", team="West")
    assert tree.minute()["resumed"] == 1
    tree.reopen(one)
    assert tree.spent(WEST) == 300
    with pytest.raises(Refused, match="300 are spent already"):
        tree.set(200, program="race", team="West")
    tree.set(300, program="race", team="West")
    tree.give(1)
    assert tree.available() == {"bob": 300}
    assert tree.problems() == []


def test_two_decisions_at_once_cannot_take_the_same_room(tree):
    tree.set(1000, program="race", team="West")
    tree.give(1)
    here = wiring.database()
    connection = Connections(here).get("sf")
    book = Programs(here).rulebook("acme")
    decisions = Decisions(here)
    (record,) = Audit(here).records("acme")
    seen = Situations(connection, book, decisions).load([record], [record])
    assert seen.room(WEST) == 999
    tree.give(600, BOB)
    with pytest.raises(Conflict):
        decisions.commit([Decision(None, None, {}, {}, (), (), {WEST: 500})], seen)
    assert tree.spent(WEST) == 601


def test_a_rank_waits_for_the_share_of_whoever_won_it(stack):
    tree = Tree(stack, RANK)
    tree.set(400, program="race", team="West")
    tree.win(won("A", "2017-02-01", Amount="9000.0"), won("B", "2017-02-02", CAROL), now=NOW)
    closed = datetime.fromisoformat("2017-04-05T12:00:00+00:00")
    tree.minute(now=closed)
    assert tree.available() == {}
    tree.set(500, program="race", team="West")
    assert tree.minute(now=closed)["resumed"] == 1
    assert tree.available() == {"asha": 500}
    assert tree.spent(WEST) == 500
    assert tree.problems() == []


def test_awards_of_a_period_wait_level_by_level_and_give_back_to_the_share(stack):
    tree = Tree(stack, EVERY)
    tree.set(250, program="race", manager="maya")
    deals = [tree.give(10) for _ in range(4)]
    assert tree.available() == {"asha": 200}
    tree.set(350, program="race", manager="maya")
    assert tree.minute()["resumed"] == 1
    assert (tree.available(), tree.spent(MAYA)) == ({"asha": 300}, 300)
    for it in deals:
        tree.reopen(it)
    assert (tree.available(), tree.spent(MAYA)) == ({}, 0)
    assert tree.problems() == []


def test_points_on_hold_are_taken_from_the_share_at_once_and_vest_without_taking_more(stack):
    tree = Tree(stack, HELD)
    tree.set(150, program="race", team="West")
    tree.give(10)
    assert tree.spent(WEST) == 100
    later = NOW + timedelta(days=60)
    tree.minute(now=later)
    tree.arrive(later)
    assert (tree.available(), tree.spent(WEST)) == ({"asha": 100}, 100)
    assert tree.problems() == []


def test_what_a_person_approves_waits_if_the_share_is_short(stack):
    tree = Tree(stack, f"{SHARE}    approval_above: 100\n")
    tree.set(300, program="race", team="West")
    tree.give(400)
    house = wiring.house(tree.log)
    (held,) = house.approvals.waiting("acme")
    house.approvals.approve("acme", held.award, by="dana", reason="Right", now=NOW)
    assert tree.available() == {}
    tree.set(400, program="race", team="West")
    assert tree.minute()["resumed"] == 1
    assert tree.available() == {"asha": 400}
    assert tree.problems() == []


def test_those_who_cannot_be_paid_do_not_keep_others_waiting(tree, monkeypatch):
    monkeypatch.setattr("accolade.flows.maintain.PARKED_A_RUN", 2)
    tree.set(100, program="race", team="West")
    tree.set(100, program="race", team="East")
    for _ in range(3):
        tree.give(200)
    tree.give(150, CAROL)
    tree.give(100)
    tree.set(200, program="race", team="East")
    assert tree.minute()["resumed"] == 1
    assert tree.available() == {"asha": 100, "carol": 150}


def test_nobody_looks_through_more_of_what_waits_than_there_is_time_for(tree, monkeypatch):
    monkeypatch.setattr(outstanding, "LOOKED_THROUGH", 2)
    tree.set(100, program="race", team="West")
    for _ in range(3):
        tree.give(200)
    found = outstanding.Outstanding(wiring.database()).parked_awards("acme", "race")
    assert len(list(found)) == 2


@pytest.mark.parametrize(
    ("whose", "error", "says"),
    [
        ({"program": "race", "team": "Wset"}, Rejected, "Did you mean West?"),
        ({"program": "race", "team": "North"}, Rejected, "nobody is in a team"),
        ({"program": "race", "manager": "mya"}, Rejected, "Did you mean maya?"),
        ({"program": "rac", "team": "West"}, Missing, "there is no program"),
        ({"team": "West"}, Rejected, "Name the program"),
        ({"program": "race", "team": "West", "manager": "maya"}, Rejected, "Name the one or the other"),
        ({"program": "race"}, Rejected, "a team's or a manager's"),
    ],
)
def test_a_share_of_nobody_is_refused(tree, whose, error, says):
    with pytest.raises(error) as refused:
        tree.set(100, **whose)
    assert says in f"{refused.value} {refused.value.mend}"
    assert tree.shares.list("acme") == []


def test_a_share_that_was_never_set_cannot_be_lifted_and_there_are_at_most_so_many(tree, monkeypatch):
    with pytest.raises(Refused, match="no limit"):
        tree.set(None, program="race", team="West")
    monkeypatch.setattr("accolade.flows.budget_shares.MOST_SHARES", 1)
    tree.set(1, program="race", team="West")
    with pytest.raises(Refused, match="1 shares already"):
        tree.set(1, program="race", team="East")
    tree.set(2, program="race", team="West")


def test_verify_finds_a_share_that_has_counted_less_than_its_awards_hold(tree):
    tree.set(1000, program="race", team="West")
    tree.give(700)
    here = wiring.database()
    key = budget_key("acme", WEST)
    item = here.get(here.state, key)
    here.put(here.state, item | {"spent": 699})
    assert tree.problems() == [f"share {WEST}: 699 stored as spent, its awards hold 700"]
    here.put(here.state, item | {"spent": 1001})
    assert tree.problems() == [f"share {WEST}: 1001 spent of 1000"]


def test_a_share_is_not_taken_for_unlimited_when_it_was_not_read(tree):
    tree.set(1000, program="race", team="West")
    situation = Situations(
        Connections(wiring.database()).get("sf"), Programs(wiring.database()).rulebook("acme"), Decisions(wiring.database())
    ).load([], [])
    with pytest.raises(LookupError):
        situation.room(WEST)


def told(tree):
    """What the alerts are about, the oldest first: level, what waits, where it leads."""
    owed = [it for it in Deliveries(wiring.database()).of_tenant("acme") if it.for_staff]
    news = [it.announcement for it in sorted(owed, key=lambda it: (it.created_at, it.id))]
    return [(it.title["en"], it.figures["level"], it.figures["waiting"], it.path) for it in news]


@pytest.fixture
def watched(stack):
    tenants = Tenants(wiring.database())
    tree = Tree(stack)
    tenants.put(replace(tenants.get("acme"), alerts=("finance@acme.example",)))
    wiring.tenant_settings.cache_clear()
    return tree


def test_the_staff_are_told_of_a_share_that_runs_low_as_of_a_budget(watched):
    watched.set(1000, program="race", team="West")
    watched.set(2000)
    watched.give(800)
    watched.minute()
    watched.minute(now=NOW + timedelta(minutes=1))
    assert told(watched) == [("Race, team West", 80, 0, "admin/budgets/race")]
    watched.give(800, CAROL)
    watched.minute(now=NOW + timedelta(minutes=2))
    assert told(watched)[1:] == [("the whole company", 80, 0, "admin/budgets")]


def test_a_share_that_somebody_waits_for_counts_as_used_up(watched):
    watched.set(1000, program="race", manager="maya")
    watched.set(600, program="race", team="East")
    watched.give(300)
    watched.give(800)
    watched.give(100, CAROL)
    watched.minute()
    assert told(watched) == [("Race, the people of one manager", 100, 1, "admin/budgets/race")]


def test_no_alert_names_a_manager(watched):
    watched.move("P000001", manager="maya@acme.example")
    name = watched.set(100, program="race", manager="maya@acme.example")
    watched.give(100)
    watched.minute()
    assert len(told(watched)) == 1
    state = {key: item for key, item in watched.state().items() if not key[1].startswith(("PERSON#", "PROGRAMSHARE#"))}
    everything = str(watched.deliveries()) + str(watched.logged) + str(state)
    assert name in everything
    assert "maya@" not in everything
