"""The pages with their real handlers: deals go in by `process`, a person opens their link, stops a channel, takes it back."""

import json
import logging
import re
from datetime import timedelta
from io import StringIO

import pytest
from tests.leaks import stands
from tests.scenarios.house import BOB, PROGRAM, House, plain
from tests.scenarios.stack import LambdaContext, function

from accolade import wiring
from accolade.model.participants import Channel, Participant
from accolade.store.tenants import Tenants


@pytest.fixture
def house(linked):
    return House(linked)


def test_a_new_participant_sees_the_rules_and_what_will_appear(house):
    text = house.wallet()
    assert "Wallet of Asha Patel 0 points" in text
    assert "Nothing yet." in text
    assert "2 more wins for 500 points, until 31 December" in text
    assert "500 points for every 2 won deals in a year." in text


def test_a_won_deal_shows_what_it_paid_and_why(house):
    house.deal(1, "Closed Won", name="Northwind renewal")
    house.deal(2, "Closed Won", name="Contoso <b>bold</b> & Sons", after=1)
    text = house.wallet()
    assert "600 points" in text
    assert "2nd win this year: Contoso <b>bold</b> & Sons +500" in text
    assert "Closed in 6 days: Northwind renewal +50" in text
    assert f"2 won deals in {house.now.year}" in text
    assert "E-mail, on its way" in text
    assert "600 punten" in house.wallet(lang="nl")
    assert "Gesloten in 6 dagen: Northwind renewal +50" in house.wallet(lang="nl")


def test_what_was_paid_without_a_message_says_what_for_all_the_same(house):
    house = House(house.stack, PROGRAM.replace("debt_limit:", "version: 2\nsilent_after: 1 hours\ndebt_limit:")).again()
    house.now -= timedelta(days=40)
    house.deal(1, "Closed Won", name="Northwind renewal")
    text = house.wallet()
    assert "Closed in 6 days: Northwind renewal +50" in text
    assert "Without a message" in text


def test_points_that_went_back_and_debt_are_shown(house):
    house.deal(1, "Closed Won", name="Northwind renewal")
    house.deal(1, "Negotiation", name="Northwind renewal", after=5)
    text = house.wallet()
    assert "0 points" in text
    assert "Reopened: Northwind renewal \u221250" in text
    assert '"Northwind renewal" was reopened on' in text


def test_a_long_statement_is_read_page_by_page_without_gap_or_overlap(house):
    for number in range(1, 36):
        house.deal(number, "Closed Won", after=number)
    seen, before = [], None
    token = house.links.token(house.tenant, house.asha, house.now)
    for _ in range(5):
        answer = house.ask("w", token, query={"before": before} if before else None)
        seen += [int(found) for found in re.findall(r"<dt>Line</dt><dd><bdi>(\d+)</bdi>", answer["body"])]
        assert "Without a message" not in answer["body"]
        assert len(answer["body"].encode()) < 100_000
        older = re.search(r"before=(\d+)#feed", answer["body"])
        if not older:
            break
        before = older[1]
    assert seen == list(range(52, 0, -1))


@pytest.mark.parametrize("before", ["0", "1", "2", "-1", "1e9", "999999999999", "9" * 30, "x' OR 1=1", "\u0663"])
def test_an_edited_page_number_shows_nothing_that_is_not_ones_own(house, before):
    house.deal(1, "Closed Won")
    answer = house.ask("w", house.links.token(house.tenant, house.asha, house.now), query={"before": before})
    assert answer["statusCode"] == 200
    assert "Wallet of Asha Patel 50 points" in plain(answer)
    assert answer["body"].count("<dt>Line</dt>") == (0 if before in ("0", "1") else 1)


def test_a_link_opens_its_own_wallet_only(house):
    house.people.register("acme", [Participant("acme", "bob", "", "Bob", identities={"salesforce": BOB})])
    bob = house.people.by_id("acme", "bob")
    house.deal(1, "Closed Won", name="Secret deal of Asha")
    answer = house.ask("w", house.links.token(house.tenant, bob, house.now))
    assert "Wallet of Bob 0 points" in plain(answer)
    assert "Secret deal" not in answer["body"]


def test_another_company_with_the_same_number_is_another_wallet(house):
    other = Tenants(wiring.database()).ensure("other", name="Other")
    house.deal(1, "Closed Won", name="Secret deal of Asha")
    answer = house.ask("w", house.links.token(other, house.asha, house.now))
    assert answer["statusCode"] == 404
    assert not stands("Asha", answer["body"])


def test_a_link_that_opens_nothing_says_what_to_do_and_nothing_else(house):
    good = house.links.token(house.tenant, house.asha, house.now)
    expired = house.links.token(house.tenant, house.asha, house.now - timedelta(days=91))
    nobody = house.links.token(house.tenant, Participant("acme", "x", "P000099", "x"), house.now)
    answers = [
        house.ask("w", token) for token in ("", "x", good[:-1], good + "A", expired, nobody, house.unsubscribe_token(), "%00")
    ]
    assert {answer["statusCode"] for answer in answers} == {404}
    assert len({answer["body"] for answer in answers}) == 1
    assert "The next message about your points has a new link." in plain(answers[0])


def test_opening_the_unsubscribe_link_changes_nothing(house):
    token = house.unsubscribe_token()
    for _ in range(3):
        answer = house.ask("u", token, query={"List-Unsubscribe": "One-Click", "stop": "1"})
        assert answer["statusCode"] == 200
        assert "Stop e-mail from Acme Rewards?" in plain(answer)
    assert not house.stopped()


MULTIPART = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=b"),
        ("stop=1", "application/x-www-form-urlencoded"),
    ],
)
def test_one_click_stops_that_channel_at_once_and_only_that(house, body, type_):
    for _ in range(2):
        answer = house.ask("u", house.unsubscribe_token(), method="POST", body=body, type_=type_)
        assert answer["statusCode"] == 200
        assert "Location" not in answer["headers"]
        assert "E-mail is stopped" in plain(answer)
    assert house.stopped()
    assert not house.stopped(Channel.SMS)
    assert "Stopped by you on" in house.wallet()


def test_an_opt_out_can_be_taken_back(house):
    house.ask("u", house.unsubscribe_token(Channel.SMS), method="POST", body="List-Unsubscribe=One-Click")
    assert house.stopped(Channel.SMS)
    answer = house.ask("u", house.unsubscribe_token(Channel.SMS), method="POST", body="undo=1")
    assert "SMS is on again" in plain(answer)
    assert not house.stopped(Channel.SMS)


def test_a_bounce_is_not_undone_by_a_link(house):
    house.people.suppress("acme", Channel.EMAIL, "asha@acme.example", reason="bounce", now=house.now)
    answer = house.ask("u", house.unsubscribe_token(), method="POST", body="undo=1")
    assert house.stopped()
    assert "messages came back or were reported" in plain(answer)


def test_a_form_that_says_nothing_stops_nothing(house):
    for body in ("", "List-Unsubscribe=Two-Click", "undo=0", "a=b"):
        assert house.ask("u", house.unsubscribe_token(), method="POST", body=body)["statusCode"] == 200
    assert house.ask("u", house.unsubscribe_token(), method="POST", body="x" * 9_000)["statusCode"] == 400
    assert not house.stopped()


def test_the_way_back_leads_only_to_the_same_persons_wallet(house):
    own = house.links.token(house.tenant, house.asha, house.now)
    answer = house.ask("u", house.unsubscribe_token(), method="POST", body=f"stop=1&back={own}")
    assert f'href="../w/{own}?lang=en#ways"' in answer["body"]
    people = house.people
    people.register("acme", [Participant("acme", "bob", "", "Bob")])
    foreign = house.links.token(house.tenant, people.by_id("acme", "bob"), house.now)
    for back in (foreign, house.unsubscribe_token(), "https://evil.example", "javascript:alert(1)"):
        answer = house.ask("u", house.unsubscribe_token(), method="POST", body=f"stop=1&back={back}")
        assert "../w/" not in answer["body"]
        assert not stands("evil", answer["body"])


def test_the_log_never_holds_a_token_or_an_address(house, monkeypatch):
    written = StringIO()
    for handler in logging.getLogger("pages").handlers:
        monkeypatch.setattr(handler, "stream", written)
    token = house.links.token(house.tenant, house.asha, house.now)
    house.ask("w", token)
    house.ask("u", house.unsubscribe_token(), method="POST", body="List-Unsubscribe=One-Click")
    logged = written.getvalue()
    lines = [json.loads(line) for line in logged.splitlines() if line.startswith("{")]
    assert [line["status"] for line in lines if line.get("event") == "page"] == [200, 200]
    assert token not in logged
    assert house.unsubscribe_token() not in logged
    assert "asha@acme.example" not in logged


def test_while_the_key_cannot_be_read_the_reader_is_asked_to_come_back(house):
    token = house.links.token(house.tenant, house.asha, house.now)
    house.stack.secrets.delete_secret(SecretId="links", ForceDeleteWithoutRecovery=True)
    wiring.point_at({})
    fresh = function("pages")
    event = {"httpMethod": "GET", "path": f"/w/{token}", "headers": None, "queryStringParameters": None, "body": None}
    answer = fresh.handler(event, LambdaContext())
    assert answer["statusCode"] == 503
    assert "in a minute" in plain(answer)
