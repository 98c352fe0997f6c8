"""What somebody prefers: how they are written to and in which language, kept with its words; by a code, never by a link."""

import re
from dataclasses import replace

import pytest
from tests.scenarios.earning import Firm

from accolade.model.participants import Channel
from accolade.model.times import iso


@pytest.fixture
def firm(linked):
    return Firm(linked)


def test_somebody_chooses_how_they_are_written_to_and_the_consent_is_kept_with_its_words(firm):
    browser = firm.signed_in()
    browser.get("me/preferences")
    browser.submit(first="whatsapp", second="email", third="", language="nl")
    assert browser.status == 422
    assert "This way needs that you agree" in browser.seen
    assert '<option value="whatsapp" selected>' in browser.text
    browser.submit(first="whatsapp", second="email", third="", language="nl", agreed="whatsapp")
    assert "Opgeslagen." in browser.seen
    asha = firm.person()
    assert (asha.channels, asha.locale) == ((Channel.WHATSAPP, Channel.EMAIL), "nl")
    given = asha.consents[-1]
    assert (given.channel, given.source) == (Channel.WHATSAPP, "preferences page")
    assert given.given_at is not None
    assert iso(given.given_at) == iso(firm.house.now)
    assert given.text == (
        "I agree that Acme Rewards writes to me about my points by WhatsApp, at +31 *** 42. I can stop it at any time."
    )
    assert given.text in browser.seen


def test_an_import_leaves_alone_what_somebody_chose_themselves(firm):
    browser = firm.signed_in()
    browser.get("me/preferences")
    browser.submit(first="whatsapp", second="", third="", language="nl", agreed="whatsapp")
    file = replace(firm.house.asha, number="", name="Asha Patel-Jansen", channels=(Channel.EMAIL,), locale="en", consents=())
    firm.people.register("acme", [file])
    asha = firm.person()
    assert (asha.name, asha.channels, asha.locale) == ("Asha Patel-Jansen", (Channel.WHATSAPP,), "nl")
    assert asha.consents_to(Channel.WHATSAPP)


@pytest.mark.parametrize(
    "fields",
    [
        {"first": "", "second": "", "third": ""},
        {"first": "sms", "second": "sms", "third": ""},
        {"first": "pigeon", "second": "", "third": ""},
        {"first": "email", "second": "", "third": "", "language": "xx"},
    ],
)
def test_preferences_that_cannot_be_are_refused_with_the_input_kept(firm, fields):
    before = firm.person()
    browser = firm.signed_in()
    browser.get("me/preferences")
    browser.submit(**({"language": "en"} | fields))
    assert browser.status == 422
    assert firm.person() == before


def test_a_channel_is_stopped_and_switched_on_again(firm):
    browser = firm.signed_in()
    browser.get("me/preferences")
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.text)[1]
    browser.post("me/preferences/switch", {"csrf": csrf, "channel": "sms", "what": "stop"})
    assert "Stopped by you on" in browser.seen
    assert firm.house.stopped(Channel.SMS)
    browser.post("me/preferences/switch", {"csrf": csrf, "channel": "sms", "what": "restart"})
    assert not firm.house.stopped(Channel.SMS)
    browser.post("me/preferences/switch", {"csrf": csrf, "channel": "pigeon", "what": "stop"})
    assert browser.status == 422


def test_a_link_shows_preferences_and_changes_none(firm):
    browser = firm.linked()
    browser.get("me/preferences")
    assert "Sign in with a code to change this" in browser.seen
    before = firm.person()
    for path in ("me/preferences", "me/preferences/switch"):
        browser.post(path, {"csrf": "x", "first": "sms", "channel": "sms", "what": "stop", "language": "nl"}, follow=False)
        assert browser.status == 303
    assert firm.person() == before
