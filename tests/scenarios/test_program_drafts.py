"""Drafts of programs in the console: written by form and as text, kept with what is wrong in them, saved over nobody, dropped."""

import re

import pytest
import yaml
from tests.scenarios.program_desk import Desk, Fields, act, csrf, sent
from tests.scenarios.stack import ROOT

from accolade.programs.preset_files import adapted, preset


@pytest.fixture
def desk(linked):
    return Desk(linked)


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


def test_a_dropped_draft_is_gone_and_the_audit_log_keeps_its_text(desk):
    desk.draft("id: quick\ntitle: Quick\n", "quick")
    browser = desk.browser()
    act(browser, "admin/programs/quick/live", do="drop", revision="1")
    assert (browser.status, browser.place) == (200, "admin/programs?done=dropped")
    assert "The draft is gone." in browser.seen
    assert desk.here.programs.drafts.get("acme", "quick") is None
    assert desk.here.actions.list("acme")[0].before == {"draft": "id: quick\ntitle: Quick\n"}
