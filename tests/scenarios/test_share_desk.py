"""Shares of budgets where people see and set them: the console, the manager's page, the API and the command line."""

from dataclasses import replace

import pytest
from tests.scenarios.desk import send
from tests.scenarios.running import ASHA, BOB, person
from tests.scenarios.test_budget_shares import Tree
from tests.scenarios.test_money_desk import Desk

from accolade import wiring

RACE = "admin/budgets/race"


@pytest.fixture
def desk(linked):
    made = Desk(linked)
    people = {it.id: it for it in made.house.people.list("acme")}
    made.house.people.update(replace(people["asha"], team="West", manager="Maya <b>Boss</b>"))
    made.house.people.update(replace(people["bob"], team="R/D & more", manager="Maya <b>Boss</b>"))
    made.house.people.register("acme", [replace(person("maya", "0055e0000000Maya"), name="Maya <b>Boss</b>")])
    return made


def test_an_admin_gives_a_team_its_share_and_sees_what_it_is_used_for(desk):
    browser = desk.browser()
    browser.get(RACE)
    assert "Team West (1 person)" in browser.seen
    assert "People of Maya <b>Boss</b> (2 people)" in browser.seen
    send(browser, RACE, f"{RACE}/shares", whose="team:West", limit="800", why="A third of the quarter")
    assert browser.place == "admin/budgets/race?done=shared"
    assert "The share is set." in browser.seen
    desk.house.again()
    desk.house.deal(1, "Closed Won")
    desk.house.deal(2, "Closed Won", after=1)
    browser.get(RACE)
    assert "Team West 800 600 200 75%" in browser.seen
    browser.get("admin/budgets")
    assert "Team West 800 600 75%" in browser.seen
    browser.get("admin/audit")
    assert "share.set" in browser.seen
    assert "A third of the quarter" in browser.seen


def test_a_team_with_any_name_and_a_manager_have_their_shares_as_text(desk):
    browser = desk.browser()
    for whose in ("team:R/D & more", "manager:Maya <b>Boss</b>"):
        send(browser, RACE, f"{RACE}/shares", whose=whose, limit="50", why="x")
        assert browser.status == 200
    for page in ("admin/budgets", RACE):
        browser.get(page)
        assert "Team R/D & more 50" in browser.seen
        assert "People of Maya <b>Boss</b> 50" in browser.seen
        assert "<b>Boss" not in browser.text


def test_the_company_s_limit_stands_on_the_page_of_all_budgets_and_is_lifted_with_an_empty_field(desk):
    browser = desk.browser()
    browser.get("admin/budgets")
    assert "Nothing limits what all programs give together." in browser.seen
    send(browser, "admin/budgets", "admin/budgets", limit="12,000", why="The year")
    assert browser.place == "admin/budgets?done=shared"
    assert "All programs together may give 12,000 points; 0 are given, 12,000 are left." in browser.seen
    send(browser, "admin/budgets", "admin/budgets", limit="", why="No more")
    assert "Nothing limits" in browser.seen


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"whose": "team:West", "limit": "-1", "why": "x"}, "Write a whole number from 0"),
        ({"whose": "team:West", "limit": "5", "why": ""}, "Fill this in."),
        ({"whose": "team:Nowhere", "limit": "5", "why": "x"}, "Choose one of the list."),
        ({"whose": "__class__:x", "limit": "5", "why": "x"}, "Choose one of the list."),
        ({"whose": "team:West", "limit": "", "why": "x"}, "this share has no limit"),
    ],
)
def test_what_cannot_be_set_is_said_at_its_field_and_keeps_what_was_typed(desk, sent, says):
    browser = desk.browser()
    send(browser, RACE, f"{RACE}/shares", **sent)
    assert browser.status == 422
    assert says.lower() in browser.seen.lower()
    assert f'value="{sent["limit"]}"' in browser.text
    assert "<details open><summary>Set a share</summary>" in browser.text
    assert desk.here.budget_shares.list("acme") == []


def test_a_share_of_a_program_that_is_not_there_is_not_found(desk):
    browser = desk.browser()
    send(browser, RACE, "admin/budgets/nothing/shares", whose="team:West", limit="5", why="x")
    assert browser.status == 404


def test_the_api_sets_and_lists_shares_and_says_what_is_wrong(ask):
    people = ask.here.people
    people.update(replace(people.by_id("acme", "asha"), team="West"))
    wanted = {"program": "plan-acme", "team": "West", "limit": 500, "reason": "Its part"}
    status, _, made = ask("PUT", "/budget-shares", wanted)
    assert (status, made) == (200, {"program": "plan-acme", "team": "West", "manager": "", "limit": 500, "spent": 0, "left": 500})
    assert ask("GET", "/budget-shares")[2] == {"items": [made]}
    assert ask.acts("share.set")[0].after == {"limit": 500}
    assert ask("GET", "/budget-shares", by=ask.theirs)[2] == {"items": []}
    status, _, problem = ask("PUT", "/budget-shares", wanted | {"team": "Wset"})
    assert (status, "Did you mean West?" in problem["detail"]) == (422, True)
    assert ask("PUT", "/budget-shares", wanted | {"limit": None})[2]["left"] is None
    assert ask("PUT", "/budget-shares", {"limit": 5000, "reason": "All"})[2]["program"] == ""


def test_the_command_line_sets_shows_and_lifts_shares(command):
    from tests.scenarios.running import Running

    running = Running(command.stack)
    running.people.register("acme", [replace(person("asha", ASHA), team="West", manager="maya"), person("bob", BOB)])
    done = command.json("budget", "share", "600", "--program", "race", "--team", "West", "--tenant", "acme")
    assert done == {"program": "race", "share": "team West", "limit": 600, "spent": 0, "left": 600, "used_percent": 0}
    said = command.run("budget", "share", "none", "--program", "race", "--team", "West", "--tenant", "acme")
    assert said == "race, team West: no limit; 0 given\n"
    said = command.run("budget", "share", "9000", "--tenant", "acme")
    assert said == "the whole company: 0 of 9,000 given, 9,000 left\n"
    shown = command.json("budget", "show", "race", "--tenant", "acme")
    assert [it["share"] for it in shown["shares"]] == ["team West"]
    rows = command.json("budget", "show", "--tenant", "acme")
    assert [(it["program"], it.get("share")) for it in rows] == [("race", None), ("", "the whole company"), ("race", "team West")]
    for wrong, says in (
        (("12x",), "Write a whole number, or none"),
        (("5", "--team", "West"), "Name the program"),
        (("5", "--program", "race", "--manager", "mya"), "Did you mean maya?"),
    ):
        command.run("budget", "share", *wrong, "--tenant", "acme", status=1)
        assert says in command.said


def test_today_counts_a_share_that_runs_low(desk):
    desk.here.budget_shares.set("acme", 600, program="race", team="West")
    desk.here.budget_shares.set("acme", 5000)
    desk.house.again()
    desk.here = wiring.house(lambda *_, **__: None)  # pages that have just started: they read anew which shares there are
    desk.house.deal(1, "Closed Won")
    desk.house.deal(2, "Closed Won", after=1)
    browser = desk.browser()
    browser.get("admin/today")
    assert "2 Budgets above 80%" in browser.seen, "the program's and the team's"


def test_the_doctor_names_a_share_that_runs_low_and_how_it_is_raised(command):
    tree = Tree(command.stack)
    tree.set(600, program="race", team="West")
    tree.set(5000)
    tree.give(600)
    command.not_offered("sesv2.GetAccount", "sns.GetSMSAttributes")
    checks = {it["about"]: it for it in command.json("doctor", status=1)["checks"]}
    assert checks["Program race, team West"]["what"] == "100 % of the budget is used"
    assert checks["Program race, team West"]["mend"] == "accolade budget share POINTS --program race --team West"
    assert "All programs together" not in checks
    tree.set(700)
    checks = {it["about"]: it for it in command.json("doctor", status=1)["checks"]}
    assert checks["All programs together"]["mend"] == "accolade budget share POINTS"


def test_of_many_shares_the_first_ten_stand_on_the_page_of_all_budgets_and_all_on_the_program_s_own(desk):
    people = [replace(person(f"rep{n}", f"0055e0000000X{n:03d}"), team=f"Team {n:02d}") for n in range(12)]
    desk.house.people.register("acme", people)
    for n in range(12):
        desk.here.budget_shares.set("acme", 10, program="race", team=f"Team {n:02d}")
    browser = desk.browser()
    browser.get("admin/budgets")
    assert "Team Team 09" in browser.seen
    assert "Team Team 10" not in browser.seen
    assert "and 2 more" in browser.seen
    browser.get(RACE)
    assert browser.seen.count("Team Team 1") >= 2
