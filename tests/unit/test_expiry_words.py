"""What people and authors read of expiry: rules, changes of them, warnings on every channel, problems with their mending."""

from datetime import UTC, datetime

import pytest

from accolade.channels.email import Email
from accolade.channels.sms import Sms
from accolade.channels.whatsapp import WhatsApp
from accolade.model.deliveries import Announcement, Delivery
from accolade.model.expiry import PROGRAM
from accolade.model.participants import Participant, Tenant
from accolade.programs.differences import differences
from accolade.programs.loading import from_json, load, to_json
from accolade.programs.problems import Problems
from accolade.programs.words import program_sentences
from accolade.texts import texts

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACME = Tenant("acme", 1, "Acme Rewards", "rewards@acme.example", public_url="https://acme.example")
SHOP = "https://acme.example/me/shop"
TEXT = """
id: race
title: Race
effective: {from: 2026-01-01}
time_zone: Europe/Amsterdam
point_value: 0.01 USD
expires: EXPIRES
milestones:
  - {id: win, title: Win, kind: record, when: {field: deal.stage, is: won}, points: 50}
"""


def program(expires: str):
    return load(TEXT.replace("EXPIRES", expires) if expires else TEXT.replace("expires: EXPIRES\n", ""), file="race.yaml")


@pytest.mark.parametrize(
    ("expires", "en", "nl"),
    [
        ("{after: 18 months}", "Points expire 18 months after they came.", "Punten vervallen 18 maanden nadat ze binnenkwamen."),
        ("{after: 60 days}", "Points expire 60 days after they came.", "Punten vervallen 60 dagen nadat ze binnenkwamen."),
        (
            "{on: 12-31}",
            "Points expire on 31 December, but not before they are 90 days old.",
            "Punten vervallen op 31 december, maar niet voordat ze 90 dagen oud zijn.",
        ),
        ("{on: 02-29, least: 0 days}", "Points expire on 29 February.", "Punten vervallen op 29 februari."),
        (
            "{inactive: 1 year}",
            "Points expire when you have earned and ordered nothing for 1 year.",
            "Punten vervallen als je 1 jaar lang niets hebt verdiend en niets hebt besteld.",
        ),
    ],
)
def test_a_rule_is_said_in_words_and_survives_the_store(expires, en, nl):
    made = program(expires)
    stored = from_json(to_json(made))
    assert stored.expires == made.expires
    assert en in program_sentences(stored, texts("en"))
    assert nl in program_sentences(stored, texts("nl"))


def test_without_a_rule_points_never_expire_and_nothing_is_said():
    assert program("").expires is None
    assert not any("xpire" in it for it in program_sentences(program(""), texts("en")))


def test_a_change_of_the_rule_is_said():
    said = differences(program("{after: 12 months}"), program("{after: 24 months}"), texts("en"))
    assert said == ["When points expire is after 24 months instead of after 12 months."]
    assert differences(program(""), program("{on: 12-31}"), texts("en")) == ["When points expire is new: on 12-31."]


@pytest.mark.parametrize(
    ("expires", "place", "what"),
    [
        ("12 months", "expires", "one of after, on and inactive"),
        ("{after: 12 months, on: 12-31}", "expires", "one of after, on and inactive"),
        ("{}", "expires", "one of after, on and inactive"),
        ("{after: 12}", "expires.after", "12 is not a length of time"),
        ("{after: 29 days}", "expires.after", "30 days to 10 years"),
        ("{inactive: 11 years}", "expires.inactive", "30 days to 10 years"),
        ("{on: 02-30}", "expires.on", "02-30 is not a day of the year"),
        ("{on: 5}", "expires.on", "5 is not a day of the year"),
        ("{on: 12-31, least: 5 hours}", "expires.least", "not a number of days"),
        ("{after: 12 months, least: 90 days}", "expires.least", "not part of expires after"),
    ],
)
def test_a_wrong_rule_says_where_it_is_wrong_and_how_to_mend_it(expires, place, what):
    with pytest.raises(Problems) as caught:
        program(expires)
    said = str(caught.value)
    assert f"race.yaml:7  {place} " in said
    assert what in said
    assert "Write" in said


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "90 points will expire on 30 June 2026."), ("nl", "Nog tot en met 30 juni 2026 te besteden: 90 punten.")],
)
@pytest.mark.parametrize(
    "channel",
    [Email(None), Sms(None, sender_id="", origination_number=""), WhatsApp(None, phone_number_id="1")],
    ids=["email", "sms", "whatsapp"],
)
def test_a_warning_says_how_many_until_when_and_leads_to_the_shop(channel, language, line):
    title = {"en": "90 points", "nl": "90 punten"}
    news = Announcement("expires", "2026-06-30", title, ("Sentence.",), "me/shop")
    delivery = Delivery("d", "acme", "P000001", PROGRAM, None, "", (), 90, AT, AT, announcement=news)
    person = Participant("acme", "asha", "P000001", "Asha", "asha@acme.example", locale=language)
    stop = "https://acme.example/u/1"
    message = channel.render(delivery, participant=person, tenant=ACME, link=SHOP, unsubscribe_link=stop, texts=texts(language))
    assert line in message.text
    assert "acme.example/me/shop" in message.text + message.html or message.button == "me/shop"
    if message.subject:
        assert line.removesuffix(".") in message.subject
