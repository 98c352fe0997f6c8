"""Times are read by the reader's own clock: the staff's by the company's setting, a manager's by their own zone."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.scenarios.desk import Desk, send
from tests.scenarios.test_desk_cases import asked, parked

from accolade.flows.disputes import About, Told
from accolade.model.errors import Rejected
from accolade.model.times import iso, parse_instant
from accolade.programs.zones import zone_named
from accolade.texts import texts

TIMES = re.compile(r'<time datetime="([^"]+)" title="([^"]+)">([^<]+)</time>')
TOKYO, HONOLULU = "Asia/Tokyo", "Pacific/Honolulu"


@pytest.fixture
def desk(linked):
    return Desk(linked)


def settings(desk, **changes):
    """The fields of the settings as they stand, with changes."""
    it = desk.here.tenants.get("acme")
    start, end = it.sending_hours
    stands = {"name": it.name, "unit": it.unit, "accent": it.accent, "sender_email": it.sender_email, "zone": it.zone}
    limits = {"sms_segments": str(it.sms_segments), "adjust_alone_up_to": str(it.adjust_alone_up_to)}
    return stands | limits | {"from": str(start), "to": str(end), "alerts_locale": "en"} | changes


def test_a_company_says_by_which_clock_its_staff_reads_times(desk):
    browser = desk.staff()
    parked(desk)
    browser.get("admin/cases")
    assert "Times: UTC" in browser.seen
    assert texts("en").datetime(desk.house.now, "UTC") in browser.seen
    send(browser, "admin/settings", "admin/settings", **settings(desk, zone="Tokyo"))
    assert browser.status == 422
    assert "Did you mean Asia/Tokyo?" in browser.seen
    assert 'value="Tokyo"' in browser.text
    send(browser, "admin/settings", "admin/settings", **settings(desk, zone=TOKYO))
    assert "The settings are saved." in browser.seen
    browser.get("admin/cases")
    assert "Times: Asia/Tokyo" in browser.seen
    there = texts("en").datetime(desk.house.now, TOKYO)
    assert (iso(desk.house.now), f"{there} {TOKYO} ({iso(desk.house.now)})", there) in TIMES.findall(browser.text)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_time_on_the_staffs_pages_is_by_that_clock_and_shows_the_exact_instant(desk, language):
    desk.house.deal(1, "Closed Won", Amount="9000.00")
    parked(desk)
    question = asked(desk)
    desk.here.tenants.put(replace(desk.here.tenants.get("acme"), zone=HONOLULU))
    desk.here.people.register("acme", [replace(desk.person("asha"), zone="Europe/Amsterdam")])
    asha, t = desk.person("asha"), texts(language)
    browser = desk.staff()
    send(browser, "admin/settings", "admin/settings", **settings(desk))
    rooms = ["today", "cases", "cases/case1", "disputes", f"disputes/{question.id}", "approvals", "messages", "audit"]
    rooms += ["connections/sf", f"people/{asha.number}", f"people/{asha.number}/why/1"]
    for room in rooms:
        browser.get(f"admin/{room}?lang={language}")
        assert browser.status == 200, room
        assert "UTC" not in browser.seen.replace(t.t("Day, by UTC"), ""), room
        found = TIMES.findall(browser.text)
        assert found, room
        assert len(found) == browser.text.count("<time"), room
        for exact, hover, shown in found:
            assert hover == f"{t.datetime(parse_instant(exact), HONOLULU)} {HONOLULU} ({exact})", room
            assert hover.startswith(shown), room
    assert t.t("Times: %(zone)s", zone=HONOLULU) in browser.seen


def test_a_manager_reads_times_by_their_own_clock(desk):
    desk.here.people.register("acme", [replace(desk.person("maria"), zone=TOKYO)])
    desk.here.tenants.put(replace(desk.here.tenants.get("acme"), zone=HONOLULU))
    desk.house.deal(1, "Closed Won", Amount="9000.00")
    browser = desk.signed_in("maria")
    browser.get("team/approvals")
    found = TIMES.findall(browser.text)
    assert found
    assert all(f" {TOKYO} (" in hover for _, hover, _ in found)


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("europe/amsterdam", "Did you mean Europe/Amsterdam?"),
        ("New York", "Did you mean America/New_York?"),
        ("Europe/Amstredam", "Did you mean Europe/Amsterdam?"),
        ("../../etc/passwd", "Write it like Europe/Amsterdam"),
        ("", "Write it like Europe/Amsterdam"),
    ],
)
def test_a_zone_that_there_is_not_gets_the_one_that_was_meant(written, mend):
    with pytest.raises(Rejected) as refused:
        zone_named(written, where="--zone")
    assert (refused.value.mend, refused.value.where) == (mend, "--zone")
    assert zone_named("Europe/Amsterdam") == "Europe/Amsterdam"


def test_the_news_of_an_answer_names_the_day_on_which_its_reader_asked(desk):
    desk.here.people.register("acme", [replace(desk.person("asha"), zone=TOKYO)])
    late = datetime(2026, 11, 22, 20, tzinfo=UTC)
    question = desk.here.disputes.open(desk.person("asha"), "Where is it?", About(words="a line"), key="late", now=late)
    told = Told("It is there.", "dana@acme.example", late)
    desk.here.disputes.answer(desk.here.tenants.get("acme"), question.id, told)
    news = [it.announcement for it in desk.here.deliveries.of_person("acme", question.participant, 10) if it.announcement]
    assert [it.on for it in news if it.event == "answered"] == ["2026-11-23"]
