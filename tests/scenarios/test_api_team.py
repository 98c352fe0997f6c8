"""A manager over the API: the team's standing, what waits for it, and nominations from a budget with an end."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from tests.contract.api_world import Caller
from tests.scenarios.asking import api_handler, asked
from tests.scenarios.desk import CHEN, Desk
from tests.scenarios.stack import Stack

from accolade.flows.asking_managers import award_id
from accolade.web.entry.cookies import SESSION
from accolade.web.visitors import OWN

WHY = {"reason": "She worked on it for a year"}


class Team:
    """Maria leads Asha and Bob; Chen leads nobody, and nobody leads Chen."""

    def __init__(self, stack: Stack) -> None:
        self.desk = Desk(stack)
        self.handler = api_handler()
        self.maria, self.chen, self.bob = (partial(asked, self.handler, self.caller(id_)) for id_ in ("maria", "chen", "bob"))

    def caller(self, id_: str) -> Caller:
        """Somebody who has just signed in."""
        person = self.desk.person(id_)
        leads = bool(self.desk.house.people.led_by(person))
        session, name = self.desk.here.sessions.begin("code", "acme", person.number, now=self.desk.house.now, leads=leads)
        return Caller(id_, OWN, {"Cookie": f"{SESSION}={name}", "X-CSRF": session.csrf})

    def number(self, id_: str) -> str:
        return str(self.desk.person(id_).number)

    def waits(self) -> str:
        """The path of the award that waits."""
        held = next(self.desk.here.approvals.waiting("acme"))
        return f"/team/approvals/{award_id('acme', held.award)}"

    def has(self, id_: str) -> int:
        return int(self.desk.here.views.wallet("acme", self.number(id_)).available)


@pytest.fixture
def team(linked: Stack) -> Team:
    return Team(linked)


def test_a_manager_sees_whom_they_lead_page_by_page(team: Team) -> None:
    team.desk.house.deal(1, "Closed Won")
    team.desk.house.deal(2, "Closed Won", after=1, owner=CHEN)
    status, _, first = team.maria("GET", "/team/standing", query={"limit": "1"})
    second = team.maria("GET", "/team/standing", query={"limit": "1", "cursor": first["next"]})[2]
    assert (status, second["next"]) == (200, None)
    shown = [(it["participant"], it["earned"], it["available"]) for it in (*first["items"], *second["items"])]
    assert shown == [(team.number("asha"), 50, 50), (team.number("bob"), 0, 0)]
    assert team.chen("GET", "/team/standing")[0] == 403, "who leads nobody has no team"


def test_a_manager_approves_what_waits_for_their_team(team: Team) -> None:
    team.desk.house.deal(1, "Closed Won", Amount="9000.0", name="Big fish", days=60)
    path = team.waits()
    (waiting,) = team.maria("GET", "/team/approvals")[2]["items"]
    assert (waiting["participant"], waiting["points"], path.endswith(waiting["id"])) == (team.number("asha"), 5000, True)
    assert team.bob("POST", f"{path}/approve", WHY)[0] == 403
    assert team.maria("POST", f"{path}/approve", {})[0] == 422
    status, _, done = team.maria("POST", f"{path}/approve", WHY)
    assert (status, done["posted"], team.has("asha")) == (200, 5000, 5000)
    assert team.maria("POST", f"{path}/approve", WHY)[0] == 404, "it waits no more"
    assert team.has("asha") == 5000
    assert "award.approved" in team.desk.did()


def test_a_manager_refuses_and_what_waits_for_others_is_not_there(team: Team) -> None:
    team.desk.house.deal(1, "Closed Won", Amount="9000.0", owner=CHEN, days=60)
    path = team.waits()
    for act in ("approve", "refuse"):
        assert team.maria("POST", f"{path}/{act}", WHY)[0] == 404
    assert team.maria("GET", "/team/approvals")[2]["items"] == []
    team.desk.house.deal(2, "Closed Won", Amount="9000.0", after=1, days=60)
    (mine,) = team.maria("GET", "/team/approvals")[2]["items"]
    status, _, done = team.maria("POST", f"/team/approvals/{mine['id']}/refuse", {"reason": "Not hers"})
    assert (status, done["posted"], team.has("asha")) == (200, 0, 0)
    assert team.maria("GET", "/team/approvals")[2]["items"] == []


def test_a_manager_nominates_once_from_a_capped_budget_and_takes_it_back(team: Team) -> None:
    (choice,) = [it for it in team.maria("GET", "/team/choices")[2]["items"] if it["milestone"] == "race/helpful"]
    assert choice["left"] == 20_000
    wanted: dict[str, Any] = {"nominee": team.number("bob"), "milestone": "race/helpful", "reason": "Stayed late"}
    assert team.maria("POST", "/team/nominations", wanted)[0] == 422, "it asks for an Idempotency-Key"
    status, _, made = team.maria("POST", "/team/nominations", wanted, once="nominate-bob")
    assert (status, made["state"], made["nominee"], made["nominator"]) == (201, "waits", team.number("bob"), team.number("maria"))
    again = team.maria("POST", "/team/nominations", wanted, once="nominate-bob")
    assert (again[1].get("Idempotency-Replayed"), again[2]) == ("true", made)
    assert [it["id"] for it in team.maria("GET", "/team/nominations")[2]["items"]] == [made["id"]]
    path = f"/team/nominations/{made['id']}"
    assert team.maria("POST", f"{path}/approve", WHY)[0] == 404, "nobody approves what they nominated"
    assert team.maria("POST", f"{path}/decline", WHY)[0] == 404
    status, _, done = team.maria("POST", f"{path}/withdraw", {"reason": "Taken back"})
    assert (status, done["state"]) == (200, "withdrawn")
    assert {"nomination.made", "nomination.withdrawn"} <= team.desk.did()


@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_a_manager_decides_what_others_nominated_in_their_team(team: Team, decision: str) -> None:
    people, bob = team.desk.house.people, team.desk.person("bob")
    made = team.desk.here.nominations("acme").nominate(bob, "race/helpful", by="maria", reason="Kind", now=team.desk.house.now)
    people.register("acme", [replace(bob, manager="chen")])
    chen = partial(asked, team.handler, team.caller("chen"))
    assert [it["id"] for it in chen("GET", "/team/nominations")[2]["items"]] == [made.id]
    status, _, done = chen("POST", f"/team/nominations/{made.id}/{decision}", WHY)
    assert (status, done["state"]) == (200, {"approve": "approved", "decline": "declined"}[decision])
    assert (team.has("bob") > 0) == (decision == "approve")
    assert chen("POST", f"/team/nominations/{made.id}/{decision}", WHY)[0] == 404


def test_nobody_outside_the_team_and_nothing_that_is_not_manual_is_nominated(team: Team) -> None:
    for nominee, milestone in (
        ("chen", "race/helpful"),
        ("bob", "race/big-deal"),
        ("bob", "race/nothing"),
        ("maria", "race/helpful"),
    ):
        wanted = {"nominee": team.number(nominee), "milestone": milestone, "reason": "x"}
        assert team.maria("POST", "/team/nominations", wanted, once="another-try")[0] == 404, (nominee, milestone)
    assert list(team.desk.here.nominations("acme").list()) == []


def test_what_is_left_for_a_nomination_is_what_the_narrowest_share_has_left(team):
    shares, people = team.desk.here.budget_shares, team.desk.house.people
    for id_ in ("asha", "bob"):
        people.update(replace(team.desk.person(id_), manager="maria", team=None))
    people.update(replace(team.desk.person("bob"), team="West"))

    def left():
        return next(it["left"] for it in team.maria("GET", "/team/choices")[2]["items"] if it["milestone"] == "race/helpful")

    assert left() == 20_000
    shares.set("acme", 5_000)
    assert left() == 5_000
    shares.set("acme", 300, program="race", manager="maria")
    assert left() == 300
    shares.set("acme", 200, program="race", team="West")
    assert left() == 300, "Asha is in no team, and has more room than Bob"
    people.update(replace(team.desk.person("asha"), team="West"))
    assert left() == 200
