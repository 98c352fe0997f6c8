"""The deployed front door over real HTTP: who is let in, who is not, and what becomes of what was let in."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import Deployed
from tests.e2e.senders import (
    XML,
    Answer,
    get,
    mails,
    notification,
    outbound,
    post,
    signed,
    signed_v2,
    texts,
    won_deal,
)
from tests.e2e.tenancy import SECRET, Tenancy, organization, portal, tenancy

from accolade.crm.salesforce.ids import to18

pytestmark = pytest.mark.e2e

NUMBER = 41
ORG, PORTAL, FOREIGN = organization(NUMBER), portal(NUMBER), 9_999_999
MAIL, PHONE, SESSION = "canary.cleo@example.com", "+31612347431", f"{ORG}!AQcAQCanarySessionId7431"
CLEO, DORA = to18("0055e00000Cleo1"), to18("0055e00000Dora1")
PEOPLE = f"""id,name,email,phone,locale,zone,country,channels,consents,salesforce_user_id,hubspot_owner_id
cleo,Cleo Canary,{MAIL},{PHONE},en,Europe/Amsterdam,NL,email;sms,sms:2016-02-06 signed form,{CLEO},80000001
dora,Dora Door,dora.door@example.com,,nl,Europe/Amsterdam,NL,email,,{DORA},80000002
"""
ACK = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b'<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    b"</soapenv:Body></soapenv:Envelope>"
)
FIRST, LARGE, PAUSED, LAST = "04l5e00000First0AAA", 40_000, "0065e00000Paus1", "0065e00000Last1"


@dataclass
class Door:
    """The tenant behind the door, with what was answered when everything that may come in came in."""

    tenant: Tenancy
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def deployed(self) -> Deployed:
        return self.tenant.deployed

    @property
    def shared_url(self) -> str:
        return self.tenant.urls["hubspot"].rpartition("/")[0]

    def soap(self, body: bytes, url: str = "") -> Answer:
        return post(url or self.tenant.urls["salesforce"], body, XML)

    def win(self, record: str, owner: str = CLEO) -> None:
        """A deal is won, and all that follows is done."""
        message = outbound(notification(f"04l{record[3:]}", record, owner=owner, name=f"Deal {record}"), organization=ORG)
        assert self.soap(message).body == ACK
        self.tenant.wait()

    def deliveries(self, record: str = "") -> list[dict[str, Any]]:
        rows = self.tenant.json("deliveries", "list", "--limit", "1000")
        return [row for row in rows if to18(record) in (row["record"] or "")] if record else rows


@pytest.fixture(scope="module")
def door(deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Door:
    people = tmp_path_factory.mktemp("door") / "people.csv"
    people.write_text(PEOPLE)
    made = Door(tenancy(deployed, "door", number=NUMBER, people=people, mapping=None))
    urls, small = made.tenant.urls, notification(FIRST, "0065e00000Firs1", owner=CLEO, name="Canary renewal")
    made.answers["soap"] = made.soap(outbound(small, organization=ORG, session=SESSION))
    rows = [
        notification(
            f"04l5e00000Lar{n:03d}AA{n % 10}",
            f"0065e00000Lar{n:02d}",
            owner=DORA,
            stage="Closed Won" if n in (0, 99) else "Prospecting",
            Description="x" * LARGE,
        )
        for n in range(100)
    ]
    made.answers["large"] = made.soap(outbound(*rows, organization=to18(ORG)))
    own, shared = won_deal(501, portal=PORTAL, owner="80000001"), won_deal(502, portal=PORTAL, owner="80000002")
    made.answers["own"] = post(urls["hubspot"], own, signed(own, urls["hubspot"], SECRET))
    made.answers["shared"] = post(made.shared_url, shared, signed(shared, made.shared_url, SECRET))
    action = won_deal(503, portal=PORTAL, owner="80000001")
    made.answers["action"] = post(urls["hubspot"], action, signed_v2(action, urls["hubspot"], SECRET))
    made.tenant.wait()
    return made


@pytest.fixture(scope="module")
def held(door: Door) -> Iterator[set[str]]:
    """The records for which fast wins were paid by what came in first."""
    return {entry["cause"]["record"] for entry in door.tenant.entries() if entry["cause"]["milestone"] == "fast-win"}


def test_an_outbound_message_is_acknowledged_in_salesforces_own_words(door: Door, held: set[str]) -> None:
    assert door.answers["soap"].status == 200
    assert door.answers["soap"].body == ACK
    assert door.answers["soap"].headers["content-type"] == "text/xml; charset=utf-8"
    assert f"salesforce:deal:{to18('0065e00000Firs1')}" in held


def test_who_does_not_belong_here_learns_nothing_by_the_answer(door: Door) -> None:
    own, message = door.tenant.urls["salesforce"], outbound(notification(FIRST, LAST, owner=CLEO), organization=ORG)
    root, _, token = own.rpartition("/")
    hub, events = door.tenant.urls["hubspot"], won_deal(601, portal=PORTAL, owner="80000001")
    stranger = outbound(notification(FIRST, LAST, owner=CLEO), organization=organization(42))
    answers = {
        "a wrong token": door.soap(message, f"{root}/{token[:-1]}{'a' if token[-1] != 'a' else 'b'}"),
        "a token cut short": door.soap(message, f"{root}/{token[:-1]}"),
        "an unknown connection": door.soap(message, own.replace("door-salesforce", "nobody-salesforce")),
        "a connection of another CRM": door.soap(message, own.replace("door-salesforce", "door-hubspot")),
        "another organization": door.soap(stranger),
        "a bad signature": post(hub, events, signed(events, hub, "another-secret")),
        "another body": post(hub, events + b" ", signed(events, hub, SECRET)),
        "no signature": post(hub, events, {"Content-Type": "application/json"}),
        "an unknown HubSpot connection": post(f"{hub}x", events, signed(events, f"{hub}x", SECRET)),
        "a bad signature on the shared URL": post(door.shared_url, events, signed(events, hub, SECRET)),
        "an old signature": post(hub, events, signed(events, hub, SECRET, late=timedelta(seconds=310))),
        "a signature of the future": post(hub, events, signed(events, hub, SECRET, late=timedelta(seconds=-310))),
    }
    constant = answers["a wrong token"]
    assert {why: answer for why, answer in answers.items() if answer != constant} == {}
    assert constant.status == 401
    assert json.loads(constant.body) == {"error": "unauthorized"}


def test_what_salesforce_never_sends_is_refused_without_acknowledgement(door: Door) -> None:
    message = outbound(notification(FIRST, LAST, owner=CLEO), organization=ORG)
    bomb = message.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1)
    many = outbound(*[notification(FIRST, LAST, owner=CLEO)] * 101, organization=ORG)
    for body in (bomb, many):
        answer = door.soap(body)
        assert answer.status == 400
        assert b"Ack" not in answer.body


@pytest.mark.parametrize(
    ("way", "record"), [("own", "hubspot:deal:501"), ("shared", "hubspot:deal:502"), ("action", "hubspot:deal:503")]
)
def test_a_signed_webhook_is_taken_and_paid(door: Door, held: set[str], way: str, record: str) -> None:
    assert door.answers[way].status == 200
    assert record in held


def test_a_foreign_portal_has_no_effect(door: Door) -> None:
    events, hub = won_deal(701, portal=FOREIGN, owner="80000001"), door.tenant.urls["hubspot"]
    before = door.deployed.accolade_json("status", "--tenant", "_foreign")["parked"]
    assert post(hub, events, signed(events, hub, SECRET)).status == 403
    assert post(door.shared_url, events, signed(events, door.shared_url, SECRET)).status == 200
    door.tenant.wait()
    assert door.deployed.accolade_json("status", "--tenant", "_foreign")["parked"] == before + 1
    assert not [entry for entry in door.tenant.entries() if "701" in entry["cause"]["scope"]]


def test_a_message_too_large_for_the_queue_is_kept_in_the_bucket_and_paid(door: Door, held: set[str]) -> None:
    assert door.answers["large"].body == ACK
    listed = door.deployed.client("s3").list_objects_v2(Bucket=door.deployed.outputs["BodiesBucket"], Prefix="received/door/")
    assert [it for it in listed["Contents"] if it["Size"] > 700 * 1024]
    wanted = {f"salesforce:deal:{to18(f'0065e00000Lar{n:02d}')}" for n in (0, 99)}
    assert wanted <= held


def test_one_notification_is_traced_through_the_whole_house(door: Door) -> None:
    steps = door.tenant.json("trace", FIRST)
    events = [step["event"] for step in steps]
    assert {"received", "processed", "posted", "owed", "sent"} <= set(events), events
    assert events.index("received") < events.index("processed")
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)


def test_the_wallet_page_opens_from_its_link_and_from_no_other(door: Door) -> None:
    link = door.tenant.json("wallet", "link", "cleo")["link"]
    page = get(link)
    assert page.status == 200
    text = page.body.decode()
    assert "150" in text
    assert "Canary renewal" in text
    assert MAIL not in text
    assert PHONE not in text
    assert get(f"{link[:-1]}{'A' if link[-1] != 'A' else 'B'}").status == 404


def test_an_opt_out_by_one_click_holds_for_the_next_award(door: Door) -> None:
    endpoint = door.deployed.place.endpoint
    mail = json.dumps(mails(endpoint, MAIL))
    link = re.search(r"http[^\s\"'<>\\]+/u/[A-Za-z0-9_-]{20,40}", mail)
    assert link, mail[:2000]
    assert get(link[0]).status == 200
    door.win("0065e00000Open1")
    (by_mail,) = door.deliveries("0065e00000Open1")
    assert by_mail["channel"] == "email", "opening the page stops nothing"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert post(link[0], b"List-Unsubscribe=One-Click", form).status == 200
    sent, texted = len(mails(endpoint, MAIL)), len(texts(endpoint, PHONE))
    door.win("0065e00000Stop1")
    (by_text,) = door.deliveries("0065e00000Stop1")
    assert (by_text["channel"], by_text["state"]) == ("sms", "sent")
    assert len(mails(endpoint, MAIL)) == sent
    assert len(texts(endpoint, PHONE)) == texted + 1


def test_what_a_pause_holds_goes_out_after_it(door: Door) -> None:
    door.tenant.json("pause")
    time.sleep(6)  # settings are at most five seconds old
    door.win(PAUSED, DORA)
    (waiting,) = door.deliveries(PAUSED)
    assert waiting["state"] == "due"
    door.tenant.json("resume")
    end = time.monotonic() + 300
    while (state := door.deliveries(PAUSED)[0]["state"]) == "due" and time.monotonic() < end:
        door.deployed.invoke("maintain", {})
        time.sleep(1)
    assert state == "sent"


def test_secrets_and_addresses_are_only_where_they_belong(door: Door, tmp_path: Path) -> None:
    deployed, token = door.deployed, door.tenant.urls["salesforce"].rpartition("/")[2]
    link = door.tenant.json("wallet", "link", "cleo")["link"].rpartition("/")[2]
    secret = {"path token": token, "client secret": SECRET, "session": "AQcAQCanarySessionId7431", "wallet link": link}
    private = {"e-mail": MAIL, "phone": PHONE.removeprefix("+")}
    assert _found(secret | private | {"what belongs there": FIRST}, _logs(deployed)) == {"what belongs there"}
    assert _found(secret | private, _dead_letters(deployed)) == set()
    assert _found(secret, _stored_bodies(deployed)) == set()
    for table in ("LedgerTable", "DeliveriesTable"):
        assert _found(secret | private, map(json.dumps, _items(deployed, table))) == set(), table
    state = list(_items(deployed, "StateTable"))
    assert _found(secret, map(json.dumps, state)) == set()
    places = {item["sk"]["S"].split("#")[0] for item in state if _found(private, [json.dumps(item)])}
    assert places == {"PERSON"}


def _found(wanted: dict[str, str], places: Any) -> set[str]:
    """Which of the texts stand anywhere in the places."""
    return {name for text in places for name, value in wanted.items() if value in text}


def _logs(deployed: Deployed) -> Iterator[str]:
    logs = deployed.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    assert f"{deployed.outputs['LogGroupPrefix']}receive" in groups
    for group in groups:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
            yield from (event["message"] for event in page["events"])


def _dead_letters(deployed: Deployed) -> Iterator[str]:
    sqs = deployed.client("sqs")
    for name, url in deployed.outputs.items():
        if name.endswith("DlqUrl"):
            found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
            yield from (message["Body"] for message in found.get("Messages", ()))


def _stored_bodies(deployed: Deployed) -> Iterator[str]:
    s3, bucket = deployed.client("s3"), deployed.outputs["BodiesBucket"]
    for it in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
        yield s3.get_object(Bucket=bucket, Key=it["Key"])["Body"].read().decode()


def _items(deployed: Deployed, table: str) -> Iterator[dict[str, Any]]:
    pages = deployed.client("dynamodb").get_paginator("scan").paginate(TableName=deployed.outputs[table])
    for page in pages:
        yield from page["Items"]
