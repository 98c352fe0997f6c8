"""Programs in the console: begun from a preset, written by form, tried, published, approved and ended; and today in one look."""

import csv
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from io import StringIO

import pytest
import yaml
from tests.scenarios.house import BOB, PROGRAM, House
from tests.scenarios.stack import ROOT
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.flows.publish import Asked
from accolade.flows.simulation import bounded
from accolade.model.participants import Participant
from accolade.programs.preset_files import adapted, preset
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import STAFF
from accolade.web.routes import ROUTES
from accolade.web.site import Site

HOSTILE = "<script>alert(1)</script>{{7*7}}\u202eWei"


class Fields(HTMLParser):
    """What a browser would send of the form `#rules`, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inside, self.area, self.select = False, "", ""
        self.found: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        it = {name: value or "" for name, value in attrs}
        self.inside = self.inside or (tag == "form" and it.get("id") == "rules")
        name = it.get("name", "") if self.inside else ""
        if tag == "textarea" and name:
            self.area = name
            self.found.append((name, ""))
        elif tag == "select" and name:
            self.select = name
            self.found.append((name, ""))
        elif tag == "option" and self.select and "selected" in it:
            self.found[-1] = (self.select, it.get("value", ""))
        elif tag == "input" and name and (it.get("type") != "checkbox" or "checked" in it):
            self.found.append((name, it.get("value", "")))

    def handle_data(self, data):
        if self.area:
            name, value = self.found[-1]
            self.found[-1] = (name, value + data)

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area:
            name, value = self.found[-1]
            self.found[-1], self.area = (name, value.removeprefix("\n").removeprefix("\n")), ""
        self.select = "" if tag == "select" else self.select
        self.inside = self.inside and tag != "form"


class Desk:
    """A company with two people and a race that pays; browsers of its staff."""

    def __init__(self, stack) -> None:
        self.house = House(stack, PROGRAM.replace("debt_limit: 300", "debt_limit: 300\nbudget: {points: 800}"))
        bob = Participant("acme", "bob", "", f"Bob {HOSTILE}", team="East", role="sales", identities={"salesforce": BOB})
        self.house.people.register("acme", [replace(self.house.asha, team="West", role="sales"), bob])
        self.house.again()
        self.here = wiring.house(lambda *_, **__: None)

    def browser(self, role: str = "admin", name: str = "eve@acme.example") -> Browser:
        browser = Browser(Site(self.here, SessionVisitors(self.here), ROUTES, enter), now=self.house.now)
        _, id_ = self.here.sessions.begin("staff", "acme", name, now=self.house.now, roles=(role,))
        browser.cookies[STAFF] = id_
        return browser

    def fresh(self) -> None:
        """Functions and pages that have just started."""
        self.house.again()
        self.here = wiring.house(lambda *_, **__: None)

    def draft(self, text: str, id_: str) -> None:
        self.here.programs.drafts.save("acme", id_, text, seen=0, by="anna@acme.example", now=self.house.now)

    @property
    def first_day(self):
        return self.house.now.date().replace(day=1)


@pytest.fixture
def desk(linked):
    return Desk(linked)


def csrf(browser: Browser) -> str:
    return dict(Fields(f'<form id="rules">{browser.text}').found)["csrf"]


def sent(browser: Browser, **typed: str) -> list[tuple[str, str]]:
    """The form as it stands, with something typed into it."""
    found = [(name, typed.pop(name, value)) for name, value in Fields(browser.text).found]
    return [*found, *typed.items()]


def act(browser: Browser, path: str, **fields: str) -> str:
    browser.get(path)
    return browser.post(path, {"csrf": csrf(browser), **fields})


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


def test_who_saves_over_somebody_else_sees_both_and_decides(desk):
    desk.draft(adapted(preset("cycle-time"), starts=desk.first_day, id_="quick"), "quick")
    mine, theirs = desk.browser(), desk.browser(name="anna@acme.example")
    mine.get("admin/programs/quick")
    theirs.get("admin/programs/quick")
    theirs.post("admin/programs/quick", sent(theirs, m0_points="111", do="save"))
    mine.post("admin/programs/quick", sent(mine, m0_points="222", do="save"))
    assert mine.status == 409
    assert "Somebody was faster: nothing of yours was saved. Revision 2 is by anna@acme.example" in mine.seen
    assert "points: 111" in mine.text
    assert "points: 222" in mine.text
    assert "points: 111" in desk.here.programs.drafts.get("acme", "quick").text
    mine.post("admin/programs/quick", sent(mine, do="save"))
    kept = desk.here.programs.drafts.get("acme", "quick")
    assert (kept.revision, kept.by) == (3, "eve@acme.example")
    assert "points: 222" in kept.text


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


def test_of_many_goals_a_few_stand_open_and_one_that_is_opened_loses_nothing_that_was_typed(desk):
    text = (ROOT / "tests" / "bench" / "ten_milestones.yaml").read_text()
    desk.draft(text, "ten-milestones")
    browser = desk.browser()
    browser.get("admin/programs/ten-milestones")
    assert len(browser.text.encode()) < 40_000
    shown = {name.partition("_")[0] for name, _ in Fields(browser.text).found if re.match(r"m\d", name)}
    assert shown == {"m0"}
    browser.post("admin/programs/ten-milestones", sent(browser, m0_title_en="Typed, not saved", do="open:9"))
    assert browser.text.index('name="m0_title_en" value="Typed, not saved"') < browser.text.index('name="m9_title_en"')
    assert "Not saved yet" in browser.seen
    browser.post("admin/programs/ten-milestones", sent(browser, m9_title_en="The tenth", do="drop:4"))
    assert 'name="m8_title_en" value="The tenth"' in browser.text, "what stood open still does, one place higher"
    browser.post("admin/programs/ten-milestones", sent(browser, do="save"))
    before, after = (
        yaml.safe_load(it)["milestones"] for it in (text, desk.here.programs.drafts.get("acme", "ten-milestones").text)
    )
    assert [it["title"]["en"] if isinstance(it["title"], dict) else it["title"] for it in (after[0], after[8])] == [
        "Typed, not saved",
        "The tenth",
    ]
    assert after[1:8] == [*before[1:4], *before[5:9]]


def test_a_goal_that_is_shut_says_what_is_wrong_in_it(desk):
    text = (ROOT / "tests" / "bench" / "ten_milestones.yaml").read_text()
    desk.draft(re.sub(r"points: \d+", "points: lots", text), "ten-milestones")
    browser = desk.browser()
    browser.get("admin/programs/ten-milestones")
    opened = {int(name[1]) for name, _ in Fields(browser.text).found if re.match(r"m\d_", name)}
    assert len(opened) == 3
    last = max(set(range(10)) - opened)
    assert re.search(rf'<p class="error" id="e-m{last}">[^<]*lots is not a whole number', browser.text)
    assert f'href="ten-milestones#f-m{last}"' in browser.text
    assert f'id="f-m{last}"' in browser.text


def test_to_look_at_a_goal_is_no_change(desk):
    desk.draft((ROOT / "tests" / "bench" / "ten_milestones.yaml").read_text(), "ten-milestones")
    browser = desk.browser()
    browser.get("admin/programs/ten-milestones")
    browser.post("admin/programs/ten-milestones", sent(browser, do="open:5"))
    assert 'name="m5_title_en"' in browser.text
    assert "Not saved yet" not in browser.seen


def test_problems_stand_at_the_field_while_somebody_types_and_nothing_is_saved(desk):
    desk.draft(adapted(preset("cycle-time"), starts=desk.first_day, id_="quick"), "quick")
    browser = desk.browser()
    browser.get("admin/programs/quick")
    typed = sent(browser, m0_points="lots")
    here = {"HX_Request": "true", "HX_Current_URL": "https://rewards.acme.example/live/admin/programs/quick"}
    browser.post("admin/programs/quick/checked", typed, **here)
    assert browser.status == 200
    assert '<p id="e-m0_points">Points lots is not a whole number' in browser.text
    assert "Line" in browser.seen
    assert "points: lots" in browser.text, "the other side follows"
    side = re.search(r'<textarea id="f-text"[^>]*>', browser.text)[0]
    browser.get("admin/programs/quick")
    assert side in browser.text, "and is the same as on the page"
    browser.post("admin/programs/quick/checked?from=yaml", [*typed[:1], ("text", "id: quick\ntitle: [")], **here)
    assert "this is not YAML" in browser.seen.replace("This", "this")
    assert desk.here.programs.drafts.get("acme", "quick").revision == 1
    browser.get("admin/programs/quick/live")
    assert "cannot be published" not in browser.seen


def test_a_draft_with_problems_is_kept_and_cannot_be_published(desk):
    desk.draft("id: quick\ntitle: Quick\n", "quick")
    browser = desk.browser()
    browser.get("admin/programs/quick/live")
    assert "so it cannot be published yet" in browser.seen
    browser.post("admin/programs/quick/live", {"csrf": csrf(browser), "do": "publish", "revision": "1"})
    assert browser.status == 422
    browser.get("admin/programs/quick")
    assert "The program does not say when it starts" in browser.seen
    act(browser, "admin/programs/quick/simulate", history="stored")
    assert browser.status == 422


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


def test_words_are_those_of_the_channels_in_both_languages(desk):
    browser = desk.browser()
    browser.get("admin/programs/race/words")
    assert 'Acme Rewards: 50 points for "Northwind renewal" (closed in 10 days). You have 1,290.' in browser.seen
    assert 'Acme Rewards: 50 punten voor "Northwind renewal" (gesloten in 10 dagen). Saldo 1.290.' in browser.seen


def test_today_shows_each_role_its_own_and_nothing_else(desk):
    desk.house.deal(1, "Closed Won")
    desk.house.deal(2, "Closed Won", after=1)
    admin, finance, support = (desk.browser(role) for role in ("admin", "finance", "support"))
    admin.get("admin/today")
    assert "Awards 3" in admin.seen
    assert "600 Given so far, $6.00" in admin.seen
    assert "not heard yet" in admin.seen
    finance.get("admin/today")
    assert "Liability" in finance.seen
    assert "Dead letters" not in finance.seen
    assert "not heard yet" not in finance.seen
    support.get("admin/today")
    assert "Questions of people" in support.seen
    assert "Liability" not in support.seen
    assert "Budgets above" not in support.seen


def test_a_full_budget_and_what_cannot_be_decided_wait_for_somebody(desk):
    for number in range(1, 5):
        desk.house.deal(number, "Closed Won", after=number)
    desk.here.parked.park("acme", id_="one", connection="sf", crm="salesforce", reason="r", content=[], now=desk.house.now)
    browser = desk.browser()
    browser.get("admin/today")
    assert "1 Notifications that could not be decided" in browser.seen
    assert "1 Budgets above 80%" in browser.seen
    assert "1 Awards that wait for budget" in browser.seen


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


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "save", "text": "x" * 70_000},
        {"do": "test:m0_when:99999999999999999999"},
        {"do": "gone:p_audience:-3"},
        {"do": "drop:9"},
        {"do": "milestone:nothing"},
        {"m0_when_depth": "0", "m0_when_word": "all"},
        {"m0_when_depth": "x", "m0_when_word": "all", "m0_when_field": "", "m0_when_operator": "", "m0_when_value": ""},
        {
            "p_audience_depth": "9",
            "p_audience_word": "kept",
            "p_audience_field": "",
            "p_audience_operator": "",
            "p_audience_value": "{",
        },
        {"revision": "soon", "do": "save"},
        {"was": "- 1", "text": "- 2"},
        {"text": "\x00"},
    ],
)
def test_whatever_is_sent_there_is_an_answer(desk, fields):
    desk.draft(adapted(preset("cycle-time"), starts=desk.first_day, id_="quick"), "quick")
    browser = desk.browser()
    browser.get("admin/programs/quick")
    typed = {name: value for name, value in sent(browser) if name in ("csrf", "text", "was", "revision")}
    for where in ("admin/programs/quick", "admin/programs/quick/checked"):
        browser.post(where, typed | fields)
        assert browser.status in (200, 303, 409, 422), browser.seen


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


def test_a_dropped_draft_is_gone_and_the_audit_log_keeps_its_text(desk):
    desk.draft("id: quick\ntitle: Quick\n", "quick")
    browser = desk.browser()
    act(browser, "admin/programs/quick/live", do="drop", revision="1")
    assert (browser.status, browser.place) == (200, "admin/programs?done=dropped")
    assert "The draft is gone." in browser.seen
    assert desk.here.programs.drafts.get("acme", "quick") is None
    assert desk.here.actions.list("acme")[0].before == {"draft": "id: quick\ntitle: Quick\n"}


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
