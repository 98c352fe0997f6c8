"""A form that comes back says above its fields what is wrong, names each field, leads to it, and keeps what was typed."""

import re

import pytest
from tests.scenarios.desk import Desk, send
from tests.scenarios.test_desk_cases import parked
from tests.scenarios.test_times_of_readers import settings

from accolade.texts import texts
from accolade.web.forms import FormState


@pytest.fixture
def desk(linked):
    return Desk(linked)


def summary(browser):
    """What the notice above the form says, and where its links lead."""
    found = re.search(r'<div class="notice error" role="alert".*?</div>', browser.text, re.S)
    assert found
    links = re.findall(r'<a href="[^"#]*#([^"]+)">([^<]+)</a>', found[0])
    for place, _ in links:
        assert f'id="{place}"' in browser.text, place
    return [(place, words.replace("&#34;", '"')) for place, words in links]


@pytest.mark.parametrize(("language", "said"), [("en", "Fill in: Why."), ("nl", "Vul in: Waarom.")])
def test_one_empty_field_is_named_where_it_is_not_seen(desk, language, said):
    parked(desk)
    browser = desk.staff("support")
    browser.get(f"admin/cases?lang={language}")
    send(browser, "admin/cases/case1", "admin/cases/case1", act="dismiss", reason=" ")
    assert summary(browser) == [("f-reason", said)]
    assert texts(language).t("Fill this in.") in browser.seen


def test_what_else_is_wrong_names_its_field_too_and_several_empty_ones_are_counted(desk):
    browser = desk.staff()
    send(browser, "admin/settings", "admin/settings", **settings(desk, zone="Mars", sms_segments="9"))
    assert summary(browser) == [
        ("f-zone", "Time zone of the staff: Write it like Europe/Amsterdam."),
        ("f-sms_segments", "SMS segments at most: Write a whole number from 1 to 6."),
    ]
    send(browser, "admin/settings", "admin/settings", **settings(desk, name="", unit=""))
    assert summary(browser) == [("f-name", "Fill in the 2 fields that are marked.")]


def test_of_several_forms_with_the_same_field_the_one_that_was_sent_is_meant(desk):
    browser = desk.staff()
    send(browser, "admin/messages/pause", "admin/messages/pause", act="pause", channel="sms", reason="")
    assert summary(browser) == [("r-sms", "Fill in: Why.")]
    assert browser.text.count("Fill this in.") == 1
    send(browser, "admin/messages/pause", "admin/messages/pause", act="stop", channel="sms", reason="It rains")
    assert browser.status == 422
    assert 'id="r-sms" name="reason" maxlength="400" required value="It rains"' in browser.text
    assert browser.text.count("It rains") == 1


def test_a_problem_of_no_field_and_one_of_a_field_without_a_name_are_said_as_they_are():
    form = FormState(texts("en"))
    assert form.summed("", "The budget is used up.") == "The budget is used up."
    assert form.summed("points", form.missing) == "Fill this in."
    assert form.named("points", "How many") == ""
    assert form.summed("points", form.missing) == "Fill in: How many."
