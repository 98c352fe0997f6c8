"""Programs in the console: begun from a preset, listed, found by who may; their words, and names that are hostile."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from tests.scenarios.house import BOB
from tests.scenarios.program_desk import HOSTILE, Desk, act, csrf, sent

from accolade.flows.publish import Asked
from accolade.programs.preset_files import adapted, preset


@pytest.fixture
def desk(linked):
    return Desk(linked)


def test_an_admin_begins_with_a_preset_simulates_publishes_and_a_deal_is_paid_by_it(desk):
    desk.house.deal(1, "Closed Won")
    browser = desk.browser()
    browser.get("admin/presets")
    assert "Quick and good" in browser.seen
    browser.get("admin/presets/cycle-time")
    browser.submit(id="quick", starts=desk.first_day.isoformat(), time_zone="UTC", currency="USD")
    assert (browser.status, browser.place) == (200, "admin/programs/quick?done=begun")

    browser.post("admin/programs/quick", sent(browser, m0_points="120", p_title_en="Quick is good", do="save"))
    assert "The draft is saved" in browser.seen
    assert "points: 120" in browser.text

    act(browser, "admin/programs/quick/simulate", history="stored", type="deal", mapping="")
    assert "What each goal paid" in browser.seen
    assert "120" in browser.seen
    assert "Asha Patel" in browser.seen

    browser.get("admin/programs/quick/live")
    browser.submit(do="publish", reason="The board agreed")
    assert "Published. What is known already" in browser.seen
    assert "version 1 published as live" in browser.seen
    assert desk.here.programs.drafts.get("acme", "quick") is None

    desk.fresh()
    desk.house.deal(2, "Closed Won", after=60)
    entries = desk.here.audit.entries("acme", desk.house.asha.number)
    assert [it.cause.milestone for it in entries if it.cause.program == "quick"] == ["quick-win"]
    assert desk.here.audit.wallet("acme", desk.house.asha.number).pending == 120
    browser = desk.browser()
    browser.get("admin/programs/quick/live")
    assert "Asha Patel 120" in browser.seen
    said = {(it.what, it.by, it.reason) for it in desk.here.actions.list("acme")}
    assert ("program.published", "eve@acme.example", "The board agreed") in said
    assert {"program.begun", "program.drafted"} <= {what for what, _, _ in said}


@pytest.mark.parametrize("path", ["", "/live", "/simulate", "/words"])
def test_a_role_without_programs_does_not_find_them(desk, path):
    finance, support = desk.browser("finance"), desk.browser("support")
    finance.get(f"admin/programs/race{path}")
    assert finance.status == 404
    support.get(f"admin/programs/race{path}")
    assert support.status == 200
    assert "Save the draft" not in support.seen


def test_support_sees_and_changes_nothing(desk):
    support = desk.browser("support")
    support.get("admin/programs/race")
    token = csrf(support)
    for where in ("admin/programs/race", "admin/programs/race/live", "admin/programs/race/checked", "admin/presets/cycle-time"):
        support.post(where, {"csrf": token, "do": "retire", "on": "2099-01-01", "reason": "x"})
        assert support.status == 404, where
    assert not list(desk.here.programs.states.changes("acme", "race"))


def test_a_program_of_another_company_is_not_there(desk):
    desk.here.tenants.ensure("other", name="Other", sender_email="x@other.example")
    desk.here.programs.drafts.save("other", "theirs", "id: theirs\n", seen=0, by="x", now=desk.house.now)
    browser = desk.browser()
    for path in ("", "/live", "/simulate", "/words"):
        browser.get(f"admin/programs/theirs{path}")
        assert browser.status == 404


def test_words_are_those_of_the_channels_in_both_languages(desk):
    browser = desk.browser()
    browser.get("admin/programs/race/words")
    assert 'Acme Rewards: 50 points for "Northwind renewal" (closed in 10 days). You have 1,290.' in browser.seen
    assert 'Acme Rewards: 50 punten voor "Northwind renewal" (gesloten in 10 dagen). Saldo 1.290.' in browser.seen


def test_hostile_names_are_text_and_every_page_is_light(desk):
    text = adapted(preset("cycle-time"), starts=desk.first_day, id_="quick").replace("Quick and good", f'"{HOSTILE}"')
    desk.draft(text, "quick")
    desk.draft("title: {{{\n", "broken")
    desk.house.deal(1, "Closed Won", owner=BOB)
    browser = desk.browser()
    tabs = ("", "/live?compare=1", "/simulate", "/words")
    pages = [f"admin/programs/{id_}{tab}" for id_ in ("race", "quick", "broken") for tab in tabs]
    for path in [*pages, "admin/programs", "admin/presets", "admin/presets/~nothing", "admin/today"]:
        for language in ("en", "nl"):
            browser.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert browser.status == 200, path
            assert "<script>alert" not in browser.text
            assert len(browser.text.encode()) < 40_000, path


def test_the_list_is_filtered_and_taken_along_as_a_file(desk):
    desk.draft(f'id: quick\ntitle: "=1+1 {HOSTILE}"\n', "quick")
    desk.house.deal(1, "Closed Won")
    browser = desk.browser()
    for state, shown in (("", {"race", "quick"}), ("live", {"race"}), ("draft", {"quick"}), ("ghost", set()), ("retired", set())):
        browser.get(f"admin/programs?state={state}")
        assert {id_ for id_ in ("race", "quick") if f'href="programs/{id_}"' in browser.text} == shown
    rows = list(csv.reader(StringIO(browser.get("admin/programs.csv"))))
    assert [row[0] for row in rows] == ["program", "quick", "race"]
    assert rows[1][1].startswith("'=1+1")
    assert rows[2][2:] == ["1", "live", "2017-01-01", "", "2", "50", "800"]


def test_the_next_preset_begins_with_the_currency_and_the_clock_of_the_last_program(desk):
    text = adapted(preset("cycle-time"), starts=desk.first_day, id_="quick", currency="EUR", time_zone="Europe/Amsterdam")
    later = desk.house.now + timedelta(minutes=1)
    desk.here.publishing.publish(text, file="q", tenant="acme", asked=Asked("anna@acme.example"), now=later)
    browser = desk.browser()
    browser.get("admin/presets/upsell")
    assert 'value="Europe/Amsterdam"' in browser.text
    assert 'value="EUR"' in browser.text
    browser.submit(id="race", starts="", time_zone="Europe/Amsterdm", currency="euro")
    assert browser.status == 422
    for words in ("Fill this in.", "Did you mean Europe/Amsterdam?", "Write its three letters"):
        assert words in browser.seen
    browser.submit(id="race", starts="2027-01-01", time_zone="UTC", currency="EUR")
    assert "There is a program of this id already" in browser.seen
