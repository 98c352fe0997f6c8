"""The life of a program in the console: tried on a history, published as it was seen, agreed to, rolled out and ended."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scenarios.program_desk import Desk, act, csrf, sent

from accolade.flows.publish import Asked
from accolade.flows.simulation import bounded
from accolade.programs.preset_files import adapted, preset


@pytest.fixture
def desk(linked):
    return Desk(linked)


def test_the_draft_that_is_published_is_the_one_that_was_seen(desk):
    desk.draft(adapted(preset("cycle-time"), starts=desk.first_day, id_="quick"), "quick")
    mine, theirs = desk.browser(), desk.browser(name="anna@acme.example")
    mine.get("admin/programs/quick/live")
    theirs.get("admin/programs/quick")
    theirs.post("admin/programs/quick", sent(theirs, m0_points="111", do="save"))
    mine.submit(do="publish", reason="")
    assert mine.status == 422
    assert "The draft was changed meanwhile" in mine.seen
    assert not desk.here.programs.versions("acme", "quick")


def test_where_a_second_person_is_asked_the_author_cannot_approve(desk):
    desk.here.tenants.put(replace(desk.here.tenants.get("acme"), second_person=True))
    desk.draft(adapted(preset("cycle-time"), starts=desk.first_day, id_="quick"), "quick")
    author, other = desk.browser(), desk.browser(name="anna@acme.example")
    author.get("admin/programs/quick/live")
    author.submit(do="publish", reason="")
    assert "It waits for another person's approval" in author.seen
    assert "Approve" not in author.seen.replace("Approvals", "")
    author.post("admin/programs/quick/live", {"csrf": csrf(author), "do": "approve", "version": "1"})
    assert (author.status, "another person has to agree" in author.seen) == (422, True)
    other.get("admin/today")
    assert "1 Programs to approve" in other.seen
    act(other, "admin/programs/quick/live", do="approve", version="1", reason="fine")
    assert "version 1: live" in other.seen


def test_a_ghost_is_compared_goes_live_is_rolled_out_and_retired(desk):
    text = adapted(preset("cycle-time"), starts=desk.first_day, id_="quick")
    asked = Asked("anna@acme.example", ghost=True)
    desk.here.publishing.publish(text, file="quick.yaml", tenant="acme", asked=asked, now=desk.house.now)
    desk.fresh()
    desk.house.deal(1, "Closed Won")
    browser = desk.browser()
    browser.get("admin/programs/quick/live?compare=1")
    assert "would have given 100 instead of 0 points" in browser.seen
    act(browser, "admin/programs/quick/live", do="live", version="1", reason="it fits")
    assert "version 1: live" in browser.seen
    act(browser, "admin/programs/quick/live", do="rollout", teams="West", reason="begin there")
    assert (browser.status, "nobody is in a team" in browser.seen) == (422, False), "it has begun, and only becomes wider"
    act(browser, "admin/programs/quick/live", do="rollout", teams="Wset", reason="begin there")
    assert (browser.status, "Did you mean West?" in browser.seen) == (422, True)
    act(browser, "admin/programs/quick/live", do="retire", on="2099-01-01", reason="")
    assert (browser.status, "Fill this in." in browser.seen) == (422, True)
    assert 'value="2099-01-01"' in browser.text, "what was typed stays"
    act(browser, "admin/programs/quick/live", do="retire", on="2099-01-01", reason="the year is over")
    assert "It ends at the beginning of that day." in browser.seen
    assert "Why: the year is over" in browser.seen


def test_a_file_is_simulated_and_a_wrong_mapping_is_said_at_its_field(desk):
    rows = "id,owner,amount,stage,created,closed\n" + "".join(
        f"{n},Dana,1000,Won,{desk.first_day},{desk.first_day + timedelta(days=n)}\n" for n in range(1, 5)
    )
    desk.draft(adapted(preset("cycle-time"), starts=desk.first_day, id_="quick", audience="everyone"), "quick")
    browser = desk.browser()
    browser.get("admin/programs/quick/simulate")
    example = re.search(r"(export:.*?)</textarea>", browser.text, re.DOTALL)[1]
    act(browser, "admin/programs/quick/simulate", history="file", type="deal", file=rows, mapping=example)
    assert browser.status == 200, browser.seen
    assert "Dana" in browser.seen
    assert "400" in browser.seen
    act(
        browser,
        "admin/programs/quick/simulate",
        history="file",
        type="deal",
        file=rows,
        mapping=example.replace("amount: amount", "amount: worth"),
    )
    assert browser.status == 422
    assert "worth" in browser.seen
    assert 'id="e-mapping"' in browser.text
    act(browser, "admin/programs/quick/simulate", history="file", type="deal", file="", mapping="export: [")
    assert (browser.status, "Choose a CSV file." in browser.seen) == (422, True)


def test_a_simulation_that_takes_too_long_ends_with_a_word_and_a_large_history_says_that_it_was_cut(desk, monkeypatch):
    desk.draft(adapted(preset("cycle-time"), starts=desk.first_day, id_="quick"), "quick")
    for number in range(1, 5):
        desk.house.deal(number, "Closed Won", after=number)
    monkeypatch.setattr(bounded, "MOST_RECORDS", 3)
    browser = desk.browser()
    act(browser, "admin/programs/quick/simulate", history="stored")
    assert "There is more history than this page takes" in browser.seen
    assert "3 records" in browser.seen
    monkeypatch.setattr(bounded, "LONGEST", -1.0)
    act(browser, "admin/programs/quick/simulate", history="stored")
    assert (browser.status, "This takes longer than an answer may." in browser.seen) == (422, True)
