"""News of programs: who is told what, in which language, when the day has come, and once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.scenarios.running import person
from tests.sending import TENANT

from accolade import wiring
from accolade.channels.email.letter import letter
from accolade.channels.sms.septets import segments
from accolade.channels.sms.wording import worded
from accolade.channels.whatsapp import WhatsApp
from accolade.flows.news import News
from accolade.flows.program_states import ProgramChanges, Signed
from accolade.flows.trace import about
from accolade.flows.wallet_view import WalletView
from accolade.programs.loading import load, numbered
from accolade.store.announced import Announced
from accolade.store.deliveries import Deliveries
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants
from accolade.store.views import Views
from accolade.texts import texts
from accolade.web.wallet_words import wallet_words

PUBLISHED = datetime(2026, 3, 1, 9, tzinfo=UTC)
BEFORE = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
STARTS = datetime(2026, 3, 31, 22, tzinfo=UTC)
TEXT = """\
id: race
title: {en: Quarter race, nl: Kwartaalrace}
effective: {from: 2026-04-01, to: 2027-01-01}
time_zone: Europe/Amsterdam
point_value: 0.01 EUR
audience: {field: participant.role, is: sales}
milestones:
  - {id: fifth, title: {en: Every fifth win, nl: Elke vijfde}, kind: every, kpi: won_count, n: 5, period: quarter, points: 500}
"""


class Newsroom:
    """A tenant with an English and a Dutch seller and somebody of service, and what `maintain` calls each minute."""

    def __init__(self):
        here = wiring.database()
        self.tenants, self.people, self.programs = Tenants(here), People(here), Programs(here, max_age=0)
        self.tenants.ensure("acme")
        folk = [person("asha", "A"), replace(person("bob", "B"), locale="nl"), replace(person("carol", "C"), role="service")]
        self.people.register("acme", folk)
        self.deliveries = Deliveries(here)
        self.handed = []
        route = wiring.outbox(lambda *_, **__: None).route_to
        self.news = News(self.programs, self.people.list, Announced(here), self.deliveries, route, self.hand_over)
        self.changes = ProgramChanges(self.programs, self.tenants, self.people)

    def hand_over(self, found, now):
        self.handed.extend(it.id for it in found)

    def publish(self, text=TEXT, version=1, now=PUBLISHED):
        self.programs.publish("acme", numbered(load(text, file="race.yaml"), version), title="Race", now=now)

    def run(self, now):
        return self.news("acme", now=now)

    def owed(self, number="P000001"):
        return [it.announcement for it in self.deliveries.of_person("acme", number)]


@pytest.fixture
def room(stack):
    return Newsroom()


def test_each_of_the_audience_is_told_once_when_the_day_comes_in_the_programs_zone(room):
    room.publish()
    assert room.run(BEFORE) == 0
    assert room.run(STARTS) == 2
    assert room.run(STARTS + timedelta(minutes=1)) == 0
    assert len(room.handed) == 2
    (english,), (dutch,) = room.owed("P000001"), room.owed("P000002")
    assert (english.event, english.on) == ("started", "2026-04-01")
    assert english.sentences[0] == "500 points for every 5 won deals in a quarter."
    assert dutch.sentences[0] == "500 punten voor elke 5 gewonnen deals in een kwartaal."
    assert room.owed("P000003") == []


def test_what_is_traced_calls_news_news_and_not_a_message_of_no_points(room):
    room.publish()
    room.run(STARTS)
    (delivery,) = room.deliveries.of_person("acme", "P000001")
    assert about(delivery) == "announcement, race started on 2026-04-01,"


def test_a_crash_before_the_position_was_kept_tells_nobody_twice(room):
    room.publish()
    room.run(STARTS)
    turn = next(iter(room.news._turns("acme")))
    room.news.announced.move("acme", next(key for key in keys_of() if key.startswith(turn.key)), "")
    assert room.run(STARTS + timedelta(minutes=1)) == 0
    assert len(room.owed()) == 1


def keys_of():
    here = wiring.database()
    found = here.query(here.state, "TENANT#acme", sk_prefix="ANNOUNCED#")
    return [item["sk"].removeprefix("ANNOUNCED#") for item in found]


def test_a_change_says_what_differs_and_an_end_which_day_was_the_last(room):
    room.publish()
    room.run(STARTS)
    room.publish(TEXT.replace("2026-04-01", "2026-07-01").replace("points: 500", "points: 600"), 2)
    room.run(datetime(2026, 7, 1, 8, tzinfo=UTC))
    changed = room.owed()[0]
    assert (changed.event, changed.on) == ("changed", "2026-07-01")
    assert changed.sentences == ('"Every fifth win" pays 600 points instead of 500.',)
    assert room.owed("P000002")[0].sentences == ('"Elke vijfde" geeft 600 punten in plaats van 500.',)
    room.changes.retire("acme", "race", on=date(2026, 9, 1), signed=Signed("bob"), now=datetime(2026, 8, 1, tzinfo=UTC))
    assert room.run(datetime(2026, 8, 30, tzinfo=UTC)) == 0
    room.run(datetime(2026, 9, 1, 8, tzinfo=UTC))
    assert (room.owed()[0].event, room.owed()[0].on) == ("ended", "2026-08-31")
    assert [it.event for it in room.owed()] == ["ended", "changed", "started"]


def test_a_program_that_began_long_ago_is_news_on_the_day_it_is_published(room):
    room.publish(TEXT.replace("2026-04-01", "2026-01-01"))
    assert room.run(PUBLISHED) == 2


def test_old_news_and_silent_programs_are_told_to_nobody(room):
    room.publish()
    assert room.run(STARTS + timedelta(days=8)) == 0
    room.publish(TEXT.replace("id: race", "id: quiet") + "announce: false\n")
    assert room.run(STARTS) == 2


def test_a_wider_rollout_is_told_to_those_who_are_new_in_it(room):
    room.publish()
    room.people.update(replace(room.people.by_number("acme", "P000001"), team="West"))
    signed = Signed("bob")
    room.changes.roll_out("acme", "race", percent=None, teams=["West"], signed=signed, now=PUBLISHED)
    assert room.run(STARTS) == 1
    later = STARTS + timedelta(days=30)
    room.changes.roll_out("acme", "race", percent=100, teams=None, signed=signed, now=later)
    assert room.run(later) == 1
    assert [len(room.owed(number)) for number in ("P000001", "P000002")] == [1, 1]


@pytest.fixture
def delivery(room):
    room.publish()
    room.run(STARTS)
    return next(iter(room.deliveries.of_person("acme", "P000001")))


def test_the_email_says_what_counts_in_html_and_text(delivery):
    written = letter(delivery, tenant=TENANT, link="https://acme.example/w/x", unsubscribe_link="https://u", texts=texts("en"))
    assert written["subject"] == "New: Quarter race"
    for part in (written["html"], written["text"]):
        assert "counts from 1 April 2026 on." in part
        assert "500 points for every 5 won deals in a quarter." in part
        assert "https://acme.example/w/x" in part


def test_an_sms_says_as_much_as_fits_and_always_has_the_link(delivery):
    def said(allowed, sender="Acme Rewards"):
        tenant = replace(TENANT, sms_segments=allowed, name=sender)
        text = worded(delivery, tenant=tenant, link="https://acme.example/w/x", texts=texts("en"))
        assert segments(text) <= allowed
        return text

    headline, goal, end = (
        '"Quarter race" counts from 1 April 2026 on.',
        "500 points for every 5 won deals in a quarter.",
        "acme.example/w/x",
    )
    assert said(1) == f"Acme Rewards: {headline} {goal} {end}  STOP to opt out"
    assert said(2).startswith(f"Acme Rewards: {headline} {goal} It counts")
    assert said(1, "The very long name of a large company").startswith(f"The very long name of a large company: {headline} {end}")


def test_whatsapp_sends_the_template_of_news(delivery):
    channel = WhatsApp(None, phone_number_id="")
    rendered = channel.render(
        delivery, participant=None, tenant=TENANT, link="https://acme.example/w/x", unsubscribe_link="", texts=texts("nl")
    )
    assert rendered.template == "reward_program_news"
    assert rendered.text.startswith('Over je beloningen: "Kwartaalrace" telt vanaf 1 april 2026. ')
    assert all(0 < len(it) <= 400 for it in rendered.parameters)


def test_the_wallet_page_shows_the_news_and_what_counts_now(room, delivery):
    view = WalletView(people=room.people, tenants=room.tenants, views=Views(wiring.database()), rulebook=room.programs.rulebook)
    tenant, asha = room.tenants.get("acme"), room.people.by_number("acme", "P000001")
    shown = wallet_words(view.show(tenant, asha, now=STARTS), texts("en"), now=STARTS)
    assert shown["news"][0]["headline"] == '"Quarter race" counts from 1 April 2026 on.'
    assert shown["rules"][0]["goals"] == ["500 points for every 5 won deals in a quarter."]
    later = STARTS + timedelta(days=31)
    assert wallet_words(view.show(tenant, asha, now=later), texts("en"), now=later)["news"] == []
