"""A budget runs low: the staff whom the company named are told at 80, 95 and 100 %, once each until it is raised."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from tests.scenarios.running import Running, deal, sqs_event
from tests.scenarios.stack import LambdaContext, function
from tests.scenarios.visiting import Browser
from tests.sending import Killed, killed_at

from accolade import wiring
from accolade.flows.trace import about
from accolade.model.deliveries import DeliveryState
from accolade.model.errors import Conflict
from accolade.model.participants import Channel
from accolade.programs.loading import load, numbered
from accolade.store.budget_levels import raise_limit
from accolade.store.budgets import Budgets, budget_key
from accolade.store.deliveries import Deliveries
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import STAFF
from accolade.web.routes import ROUTES
from accolade.web.site import Site

PROGRAM = """
id: race
title: {en: Quarter race, nl: Kwartaalrace}
effective: {from: 2017-01-01, to: 2019-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
milestones:
  - id: share
    title: A share
    kind: record
    record: deal
    when: {field: deal.stage, is: won}
    points: {per: deal.amount, rate: 100%}
budget: {points: 1000}
"""
READERS = ("Finance@acme.example", "ben@acme.example")


class Treasury:
    """A company whose one program may give 1,000 points; a deal over 10 USD gives 10 of them."""

    def __init__(self, stack, program=PROGRAM, readers=READERS, **settings):
        self.stack, self.running = stack, Running(stack, program=program)
        self.tenants, self.budgets = Tenants(wiring.database()), Budgets(wiring.database())
        self.set(alerts=readers, **settings)
        boto3.client("sesv2", "us-east-1").create_email_identity(EmailIdentity="rewards@acme.example")
        self.deals = 0

    def set(self, **settings):
        """Change the settings; functions started afterwards see them at once."""
        self.tenants.put(replace(self.tenants.get("acme"), **settings))
        wiring.tenant_settings.cache_clear()
        self.maintain, self.send = function("maintain"), function("send_email")

    def give(self, points):
        self.deals += 1
        self.running.put(deal(f"{self.deals}", at=self.deals, Amount=str(points)))
        self.running.work()

    def minute(self):
        """A run of `maintain`, and whatever it put on the e-mail queue is sent; how many alerts became owed."""
        done = self.maintain.handler({}, LambdaContext())
        self.post()
        return done["alerted"]

    def post(self):
        bodies = [f'{{"kind":"send","delivery":"{it["delivery"]}"}}' for it in self.stack.messages("email")]
        if bodies:
            assert self.send.handler(sqs_event(bodies), LambdaContext()) == {"batchItemFailures": []}

    def spent(self):
        return self.budgets.get("acme", "race").spent

    def owed(self):
        """Alerts, the oldest first."""
        store = Deliveries(wiring.database())
        return sorted((it for it in store.of_tenant("acme") if it.for_staff), key=lambda it: (it.created_at, it.id))

    def levels(self):
        return [it.announcement.figures["level"] for it in self.owed()]


@pytest.fixture
def firm(linked):
    return Treasury(linked, readers=READERS[:1])


def mails():
    return ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages


def words(mail):
    """What a mail says, without its tags."""
    page = re.sub(r"<style.*?</style>", " ", mail.body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_nobody_is_told_below_80_percent_and_everybody_named_once_from_there_on(linked):
    firm = Treasury(linked)
    firm.give(799)
    assert firm.minute() == 0
    firm.give(1)
    assert firm.spent() == 800
    assert firm.minute() == 2
    assert [firm.minute() for _ in range(3)] == [0, 0, 0]
    assert firm.levels() == [80, 80]
    assert {it.state for it in firm.owed()} == {DeliveryState.SENT}
    assert {to for it in mails() for to in it.destinations["ToAddresses"]} == set(READERS)


def test_each_level_is_told_and_a_jump_tells_of_the_highest_only(firm):
    firm.give(850)
    assert firm.minute() == 1
    firm.give(99)
    assert (firm.spent(), firm.minute()) == (949, 0)
    firm.give(1)
    assert firm.minute() == 1
    firm.give(50)
    assert firm.minute() == 1
    assert firm.levels() == [80, 95, 100]


def test_from_70_to_100_percent_is_one_message(firm):
    firm.give(700)
    assert firm.minute() == 0
    firm.give(300)
    assert firm.minute() == 1
    assert firm.minute() == 0
    assert firm.levels() == [100]


def test_awards_that_wait_are_counted_and_as_good_as_a_budget_that_is_used_up(firm):
    firm.give(900)
    firm.give(150)
    firm.give(250)
    assert firm.spent() == 900
    assert firm.minute() == 1
    (told,) = firm.owed()
    assert told.announcement.figures == {"level": 100, "limit": 1000, "spent": 900, "waiting": 2, "points": 400}
    (mail,) = mails()
    assert mail.subject == "Awards wait for budget: Quarter race"
    assert "2 awards wait for budget 400 points" in words(mail)
    assert firm.minute() == 0


def test_a_top_up_pays_what_waited_and_the_level_is_told_again_when_it_is_reached_again(firm):
    firm.give(1000)
    firm.give(60)
    assert firm.minute() == 1
    firm.budgets.top_up("acme", "race", 1000)
    assert firm.minute() == 0
    assert firm.spent() == 1060
    firm.give(540)
    assert firm.minute() == 1
    firm.give(300)
    assert firm.minute() == 1
    assert firm.levels() == [100, 80, 95]


def test_a_top_up_that_leaves_it_above_a_level_tells_nothing_again(firm):
    firm.give(960)
    assert firm.minute() == 1
    firm.budgets.top_up("acme", "race", 100)
    assert [firm.minute() for _ in range(2)] == [0, 0]
    firm.give(60)
    assert firm.spent() == 1020
    assert (firm.levels(), 1020 / 1100 > 0.9, firm.minute()) == ([95], True, 0)
    firm.give(30)
    assert firm.minute() == 1
    assert firm.levels() == [95, 95]


def test_a_version_that_says_more_is_a_top_up_and_points_that_go_back_are_none(firm):
    firm.give(800)
    assert firm.minute() == 1
    firm.running.put(deal("1", at=9, stage="Negotiation", Amount="800"))
    firm.running.work()
    assert firm.spent() == 0
    firm.minute()
    firm.running.put(deal("1", at=10, Amount="800"))
    firm.running.work()
    assert (firm.spent(), firm.minute()) == (800, 0)
    more = numbered(load(PROGRAM.replace("points: 1000", "points: 2000"), file="race.yaml"), 2)
    Programs(wiring.database()).publish("acme", more, title="Race", now=datetime.now(UTC))
    assert firm.minute() == 0
    firm.give(900)
    assert (firm.spent(), firm.minute()) == (1700, 1)
    assert firm.levels() == [80, 80]


def test_whoever_is_named_later_is_told_how_it_stands_then(linked):
    firm = Treasury(linked, readers=())
    firm.give(990)
    assert firm.minute() == 0
    firm.set(alerts=READERS[:1])
    assert firm.minute() == 1
    assert firm.levels() == [95]


def test_a_program_without_a_budget_tells_nothing(linked):
    firm = Treasury(linked, program=PROGRAM.replace("budget: {points: 1000}\n", ""))
    firm.give(5000)
    assert firm.minute() == 0
    assert firm.owed() == []


def test_the_mail_says_which_budget_how_much_of_it_and_where_to_raise_it(firm):
    firm.give(961)
    firm.minute()
    (mail,) = mails()
    assert mail.subject == "96% of the budget is used: Quarter race"
    for said in ("961 points", "1,000 points", "39 points", "You are told again when it is used up."):
        assert said in words(mail), said
    assert 'href="https://acme.example/admin/budgets/race"' in mail.body


def test_in_dutch(linked):
    firm = Treasury(linked, readers=READERS[:1], alerts_locale="nl")
    firm.give(1000)
    firm.give(40)
    firm.minute()
    mail = mails()[-1]
    assert mail.subject == "Het budget is op: Kwartaalrace"
    assert "1 toekenning wacht op budget 40 punten" in words(mail)
    assert "Er gaat niets verloren:" in words(mail)


@pytest.mark.parametrize("after", [False, True])
def test_two_runs_killed_before_or_after_any_call_neither_lose_nor_repeat_a_message(firm, after):
    firm.give(850)
    clients, at, whole = [wiring.client("dynamodb"), wiring.client("sqs")], 0, False
    while not whole:
        reset(firm)
        before, whole = len(firm.owed()), True
        for _ in range(2):
            with suppress(Killed), killed_at(clients, at, after=after) as made:
                firm.maintain.run.alert("acme", now=datetime.now(UTC))
            whole = whole and len(made) <= at
        firm.minute()
        assert firm.minute() == 0
        assert len(firm.owed()) == before + 1, (at, made)
        at += 1
    assert at > 4, "a list of budgets, what waits, one transaction, the queue"


def reset(firm):
    """The level is untold, as after a top-up, so that the next run tells it again."""
    db, key = wiring.database(), budget_key("acme", "race")
    names, one = {"#told": "told", "#revision": "revision"}, {":one": 1}
    db.update(db.state, key, "REMOVE #told ADD #revision :one", names=names, values=one)


def test_a_level_is_told_by_one_of_two_runs_at_once_and_a_top_up_between_wins(firm):
    firm.give(850)
    seen = firm.budgets.get("acme", "race")
    assert firm.minute() == 1
    (told,) = firm.owed()
    with pytest.raises(Conflict):
        firm.budgets.tell(seen, 80, [replace(told, id="another")])
    seen = firm.budgets.get("acme", "race")
    firm.budgets.top_up("acme", "race", 1)
    with pytest.raises(Conflict):
        firm.budgets.tell(seen, 95, [replace(told, id="another")])
    assert firm.levels() == [80]
    assert firm.budgets.get("acme", "race").told == 80


def test_a_top_up_minds_what_is_spent_meanwhile_only_where_it_crosses_a_level(firm):
    firm.give(850)
    firm.minute()
    seen, here = firm.budgets.get("acme", "race"), (wiring.database(), budget_key("acme", "race"))
    firm.give(20)
    raised = raise_limit(*here, seen, 1000, 100)
    assert (raised["limit"], raised["spent"], raised["told"]) == (1100, 870, 0)
    assert firm.minute() == 0
    firm.give(30)
    firm.minute()
    seen = firm.budgets.get("acme", "race")
    firm.give(70)
    with pytest.raises(Conflict):
        raise_limit(*here, seen, 1100, 50)
    assert firm.budgets.top_up("acme", "race", 50).told == 80
    assert (firm.minute(), firm.levels()) == (0, [80, 80])


@pytest.fixture
def office(firm):
    """A browser in which an admin of the company is signed in."""
    house = wiring.house(lambda *_, **__: None)
    browser = Browser(Site(house, SessionVisitors(house), ROUTES, enter), now=datetime.now(UTC))
    _, browser.cookies[STAFF] = house.sessions.begin("staff", "acme", "eve@acme.example", now=browser.now, roles=("admin",))
    return browser


SETTINGS = {"name": "Acme", "unit": "points", "accent": "#0b6e4f", "sender_email": "rewards@acme.example", "from": "9"}
SETTINGS |= {"to": "20", "sms_segments": "2", "adjust_alone_up_to": "1000", "zone": "UTC"}


def test_an_admin_names_who_is_told_on_the_settings_page(firm, office):
    office.get("admin/settings")
    assert READERS[0] in office.text
    office.submit(**SETTINGS, alerts="ann@acme.example, not an address", alerts_locale="nl")
    assert office.status == 422
    assert "Write at most 10 e-mail addresses as name@example.com, apart by commas." in office.seen
    assert "ann@acme.example, not an address" in office.text
    assert firm.tenants.get("acme").alerts == READERS[:1]
    office.submit(**SETTINGS, alerts=" ".join(f"{number}@acme.example" for number in range(11)), alerts_locale="nl")
    assert office.status == 422
    office.submit(**SETTINGS, alerts="ann@acme.example;\nAnn@acme.example ben@acme.example", alerts_locale="nl")
    assert "The settings are saved." in office.seen
    saved = firm.tenants.get("acme")
    assert (saved.alerts, saved.alerts_locale) == (("Ann@acme.example", "ben@acme.example"), "nl")


def test_the_page_of_budgets_says_if_nobody_is_told(firm, office):
    office.get("admin/budgets")
    assert "Nobody is told" not in office.seen
    firm.set(alerts=())
    office.get("admin/budgets")
    assert "Nobody is told when a budget runs low. Name who is" in office.seen


def test_the_messages_page_shows_an_alert_as_one_to_the_staff(firm, office):
    firm.give(850)
    firm.minute()
    (told,) = firm.owed()
    office.get("admin/messages")
    assert "Staff 85% of the budget is used: Quarter race" in office.seen
    office.get(f"admin/messages/{told.id}")
    assert "To Staff, E-mail" in office.seen
    assert "people/~" not in office.text
    assert about(told) == "alert, budget of race at 80 %,"


def test_no_address_stands_with_a_message_nor_in_the_log(firm, capsys):
    firm.give(850)
    firm.minute()
    assert mails()
    stored = firm.stack.dynamodb.scan(TableName=firm.stack.settings["deliveries_table"])["Items"]
    assert stored
    assert "acme.example" not in str(stored).replace("admin/budgets", "")
    assert "finance@" not in capsys.readouterr().out.lower()


def test_whoever_is_taken_out_of_the_settings_is_not_written_to_any_more(firm):
    firm.give(850)
    firm.maintain.handler({}, LambdaContext())
    firm.set(alerts=())
    firm.post()
    (told,) = firm.owed()
    assert (told.state, told.outcome) == (DeliveryState.SUPPRESSED, "the address is not in the settings any more")
    assert mails() == []


def test_an_address_that_bounced_is_not_written_to(firm):
    People(wiring.database()).suppress("acme", Channel.EMAIL, READERS[0], reason="bounced", now=datetime.now(UTC))
    firm.give(850)
    firm.minute()
    (told,) = firm.owed()
    assert told.state is DeliveryState.SUPPRESSED
    assert mails() == []
