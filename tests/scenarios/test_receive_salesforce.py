"""Outbound messages at the front door: the real handler of `receive` on moto, with what Salesforce and attackers send."""

import hashlib
import json

import pytest
from tests.scenarios import front_door
from tests.scenarios.front_door import (
    ACK,
    EVENTS,
    ORG,
    TOKEN,
    WON,
    Post,
    connect,
    events,
    hubspot,
    parked,
    salesforce,
    salesforce_message,
)
from tests.scenarios.stack import LambdaContext, Stack, function

from accolade import wiring
from accolade.flows.inbox import parse
from accolade.model.messages import Notifications
from accolade.store.connections import Connections

front_cloud, front, post = front_door.front_cloud, front_door.front, front_door.post


def test_an_outbound_message_is_on_the_queue_before_it_is_acknowledged(front: Stack, post: Post) -> None:
    answer = salesforce(post)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"].startswith("text/xml")
    assert ACK in answer["body"]
    (message,) = front.messages()
    assert (message["tenant"], message["connection"], message["crm"], message["origin"]) == (
        "default",
        "acme",
        "salesforce",
        "message",
    )
    assert [item["id"] for item in message["items"]] == ["04l5e00000Q1w2eAAA"]


def test_without_a_queue_nothing_is_acknowledged(front: Stack, post: Post) -> None:
    front.sqs.delete_queue(QueueUrl=front.queues["inbox"])
    answer = salesforce(post)
    assert answer["statusCode"] == 503
    assert "Ack" not in answer["body"]
    assert hubspot(post, events(33))["statusCode"] == 503


def test_a_message_in_base64_is_the_same_message(front: Stack, post: Post) -> None:
    assert salesforce(post, WON, encoded=True)["statusCode"] == 200
    assert salesforce(post, WON.decode().replace("UTF-8", "UTF-16").encode("utf-16"), encoded=True)["statusCode"] == 200
    one, other = front.messages()
    assert one["items"] == other["items"]


@pytest.mark.parametrize(
    ("connection", "token"),
    [("acme", "wrong"), ("acme", ""), ("acme", "kanári"), ("acme", TOKEN + "x"), ("nobody", TOKEN), ("hub", TOKEN), ("", "")],
)
def test_unknown_connections_and_wrong_tokens_get_one_and_the_same_answer(
    front: Stack, post: Post, connection: str, token: str
) -> None:
    assert salesforce(post, connection=connection, token=token) == salesforce(post, connection="nobody", token="wrong")
    assert salesforce(post, connection=connection, token=token)["statusCode"] == 401
    assert front.messages() == []


@pytest.mark.parametrize(
    "organization", ["", "00D", "00D5e000000AbcE", "00d5e000000abcdeas", "00D5e000000AbcDEASX", "00D000000000001EAA", "${jndi:x}"]
)
def test_the_right_token_with_another_organization_is_forged(front: Stack, post: Post, organization: str) -> None:
    answer = salesforce(post, WON.replace(ORG.encode(), organization.encode()))
    assert answer == salesforce(post, token="wrong")
    assert front.messages() == []
    assert parked() == []


def test_an_organization_in_its_short_form_is_the_same(front: Stack, post: Post) -> None:
    assert salesforce(post, WON.replace(ORG.encode(), ORG[:15].encode()))["statusCode"] == 200
    assert len(front.messages()) == 1


@pytest.mark.parametrize("token_hash", ["", hashlib.sha256(b"").hexdigest()[:10]])
def test_a_connection_without_a_proper_token_takes_nothing(front: Stack, post: Post, token_hash: str) -> None:
    connect("bare", "salesforce", "00D000000000001EAA", token_hash=token_hash)
    for token in ("", TOKEN, "0" * 64):
        assert salesforce(post, connection="bare", token=token)["statusCode"] == 401


def test_a_hundred_notifications_go_in_chunks_with_each_record_together(front: Stack, post: Post) -> None:
    rows = [(f"04l{number:012d}AAA", f"006{number % 60:012d}AAA") for number in range(100)]
    assert salesforce(post, salesforce_message(*rows))["statusCode"] == 200
    messages = front.messages()
    sizes = [len(message["items"]) for message in messages]
    assert sum(sizes) == 100
    assert max(sizes) <= 25
    where = {
        record: {n for n, message in enumerate(messages) for item in message["items"] if item["fields"]["Id"] == record}
        for _, record in rows
    }
    assert all(len(places) == 1 for places in where.values())
    for message in messages:
        for record in {item["fields"]["Id"] for item in message["items"]}:
            ids = [item["id"] for item in message["items"] if item["fields"]["Id"] == record]
            assert ids == sorted(ids)


def test_one_record_with_many_notifications_stays_in_one_message(front: Stack, post: Post) -> None:
    rows = [(f"04l{number:012d}AAA", "006000000000001AAA") for number in range(40)]
    assert salesforce(post, salesforce_message(*rows))["statusCode"] == 200
    assert [len(message["items"]) for message in front.messages()] == [40]


def test_a_body_beyond_the_queues_size_is_kept_in_the_bucket_and_acknowledged(front: Stack, post: Post) -> None:
    rows = [(f"04l{number:012d}AAA", f"006{number:012d}AAA") for number in range(30)]
    answer = salesforce(post, salesforce_message(*rows, padding=100_000))
    assert ACK in answer["body"]
    stored = front.messages()
    assert [message["kind"] for message in stored].count("stored") == 1
    found = [parse(json.dumps(message), wiring.bodies()) for message in stored]
    assert sum(len(message.items) for message in found if isinstance(message, Notifications)) == 30


def test_a_body_beyond_everything_is_refused(front: Stack, post: Post) -> None:
    assert salesforce(post, b"x" * (6 * 1024 * 1024 + 1))["statusCode"] == 413
    assert salesforce(post, b"x" * (13 * 1024 * 1024))["statusCode"] == 413
    assert front.messages() == []


def test_an_empty_message_is_acknowledged(front: Stack, post: Post) -> None:
    answer = salesforce(post, (EVENTS / "salesforce" / "aspnet-empty-bom.xml").read_bytes())
    assert ACK in answer["body"]
    assert front.messages() == []


def test_an_unreadable_body_with_the_right_token_is_parked_and_acknowledged_once(front: Stack, post: Post) -> None:
    broken = WON.replace(b'<SessionId xsi:nil="true"/>', b"<SessionId>00D5e000000AbcD!canary-session</SessionId>")[:-60]
    for _ in range(2):
        assert ACK in salesforce(post, broken)["body"]
    (case,) = parked()
    assert (case.connection, case.reason, case.times) == ("acme", "not an outbound message", 2)
    assert "Northwind renewal" in case.content[0]["raw"]
    assert "canary-session" not in json.dumps(case.content)
    assert salesforce(post, broken, token="wrong")["statusCode"] == 401
    assert front.messages() == []


@pytest.mark.parametrize(
    "attack",
    [
        (EVENTS / "salesforce" / "doctype.xml").read_bytes(),
        WON.replace(b"UTF-8", b"utf-7"),
        salesforce_message(*[(f"04l{number:012d}AAA", "006000000000001AAA") for number in range(101)]),
        WON.replace(b"<ActionId>", b"<a>" * 5000 + b"<ActionId>"),
    ],
    ids=["document type", "utf-7", "101 notifications", "depth"],
)
def test_an_attack_is_refused_and_leaves_nothing_behind(front: Stack, post: Post, attack: bytes) -> None:
    answer = salesforce(post, attack)
    assert answer["statusCode"] == 400
    assert "Ack" not in answer["body"]
    assert front.messages() == []
    assert parked() == []


def test_one_bad_notification_goes_along_with_its_siblings(front: Stack, post: Post) -> None:
    assert ACK in salesforce(post, (EVENTS / "salesforce" / "one-bad-of-four.xml").read_bytes())["body"]
    assert [len(message["items"]) for message in front.messages()] == [4]


def test_no_secret_is_ever_logged_queued_or_answered(front: Stack, post: Post) -> None:
    session = WON.replace(b'<SessionId xsi:nil="true"/>', b"<SessionId>00D5e000000AbcD!canary-session</SessionId>")
    answers = [salesforce(post, session), salesforce(post, session, token="canary-wrong-token"), salesforce(post, session[:-50])]
    answers.append(hubspot(post, events(33), secret="canary-wrong-secret"))
    answers.append(hubspot(post, events(33)))
    log = "".join(post.log)
    assert len(post.log) == 5
    assert "canary" not in log + json.dumps([*answers, *front.messages()])
    assert "Northwind" not in log


def test_the_log_names_what_came_in(front: Stack, post: Post) -> None:
    salesforce(post)
    (line,) = map(json.loads, post.log)
    wanted = {
        "event": "received",
        "tenant": "default",
        "connection": "acme",
        "notification_ids": ["04l5e00000Q1w2eAAA"],
        "status": 200,
    }
    assert wanted.items() <= line.items()
    assert line["ms"] >= 0


def test_a_body_that_is_no_base64_is_refused(front: Stack) -> None:
    event = {
        "resource": "/crm/salesforce/{connection}/{token}",
        "httpMethod": "POST",
        "headers": None,
        "pathParameters": {"connection": "acme", "token": TOKEN},
        "body": "not base64!",
        "isBase64Encoded": True,
    }
    assert function("receive").handler(event, LambdaContext())["statusCode"] == 400


def test_doctor_can_see_when_a_crm_last_spoke(front: Stack, post: Post) -> None:
    connections = Connections(wiring.database())
    assert connections.last_heard("acme") is None
    salesforce(post, token="wrong")
    assert connections.last_heard("acme") is None
    salesforce(post)
    assert connections.last_heard("acme") is not None
