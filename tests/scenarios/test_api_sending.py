"""Messages over the API: those of a day, which way one takes, channels paused and resumed, dead letters put back."""

import json
from datetime import timedelta
from typing import Any

from tests.scenarios.asking import Asking

from accolade.model.participants import Channel
from accolade.web.visitors import Scope


def waiting(ask: Asking) -> str:
    return ask.world.ids["acme"]["message"]


def due(ask: Asking) -> Any:
    """The parked message goes out again, and waits for its channel."""
    return ask("POST", f"/messages/{waiting(ask)}/retry", {"reason": "The address is right now"})


def test_the_messages_of_a_day_are_listed_by_channel_and_state(ask: Asking) -> None:
    today = ask.world.now.date()
    whole = ask("GET", "/messages/all", query={"day": str(today)})[2]["items"]
    assert waiting(ask) in [it["id"] for it in whole]
    parked = ask("GET", "/messages/all", query={"day": str(today), "state": "parked", "channel": "email"})[2]["items"]
    assert [it["id"] for it in parked] == [waiting(ask)]
    first = ask("GET", "/messages/all", query={"day": str(today), "limit": "1"})[2]
    second = (
        ask("GET", "/messages/all", query={"day": str(today), "limit": "1", "cursor": first["next"]})[2]
        if first["next"]
        else {"items": []}
    )
    assert {it["id"] for it in (*first["items"], *second["items"])} <= {it["id"] for it in whole}
    assert ask("GET", "/messages/all", query={"day": str(today - timedelta(days=1))})[2]["items"] == []
    assert ask("GET", "/messages/all", query={"day": "yesterday"})[0] == 422
    assert ask("GET", "/messages/all", by=ask.with_scopes(Scope.PEOPLE))[0] == 403
    assert waiting(ask) not in json.dumps(ask("GET", "/messages/all", by=ask.theirs)[2])


def test_a_message_says_which_way_it_would_take_and_why_there_is_none(ask: Asking) -> None:
    path = f"/messages/{waiting(ask)}/way"
    assert ask("GET", path)[2] == {"channel": "email", "paused": False, "why": ""}
    ask.here.people.suppress("acme", Channel.EMAIL, "only-acme@people.example", reason="bounced", now=ask.world.now)
    status, _, way = ask("GET", path)
    assert (status, way["channel"], "email" in way["why"]) == (200, None, True)
    assert "@" not in way["why"]
    assert ask("GET", path, by=ask.theirs)[0] == 404


def test_a_paused_channel_waits_and_goes_on_when_it_is_resumed(ask: Asking) -> None:
    assert {it["paused"] for it in ask("GET", "/channels")[2]["items"]} == {False}
    assert ask("POST", "/channels/email/pause", {})[0] == 422
    status, _, done = ask("POST", "/channels/email/pause", {"reason": "A wrong text"})
    assert (status, done) == (200, {"channel": "email", "paused": True})
    assert [it["channel"] for it in ask("GET", "/channels")[2]["items"] if it["paused"]] == ["email"]
    assert ask("GET", f"/messages/{waiting(ask)}/way")[2]["paused"] is True
    assert due(ask)[0] == 200
    ask.stack.messages("email")
    assert ask("POST", "/channels/email/resume", {"reason": "Mended"})[2]["paused"] is False
    url, name = ask.stack.queues["email"], "ApproximateNumberOfMessagesDelayed"
    delayed = ask.stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
    assert int(delayed) == 1, "what waited is on its queue, for when every sender knows that the pause is over"
    assert [(it.what, it.by, it.reason) for it in ask.here.actions.list("acme", limit=2)] == [
        ("channel.resumed", "key:key", "Mended"),
        ("message.retried", "key:key", "The address is right now"),
    ]
    assert ask("POST", "/channels/pigeon/pause", {"reason": "x"})[0] == 422
    assert ask("POST", "/channels/email/pause", {"reason": "x"}, by=ask.with_scopes(Scope.MESSAGES))[0] == 403
    ask("POST", "/channels/sms/pause", {"reason": "theirs"}, by=ask.theirs)
    assert {it["paused"] for it in ask("GET", "/channels")[2]["items"]} == {False}, "another company pauses its own"


def dead(ask: Asking, queue: str, *bodies: dict[str, Any]) -> None:
    url = ask.stack.sqs.create_queue(QueueName=f"accolade-{queue}-dlq")["QueueUrl"]
    for body in bodies:
        ask.stack.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))


def test_dead_letters_are_put_back_and_those_of_another_company_stay(ask: Asking) -> None:
    ours = {
        "kind": "notifications",
        "tenant": "acme",
        "connection": "sf-acme",
        "crm": "salesforce",
        "items": [{"Name": "secret"}],
    }
    dead(ask, "inbox", ours, ours | {"tenant": "rival", "connection": "sf-rival"})
    dead(ask, "email", {"kind": "send", "delivery": waiting(ask)})
    for queue in ("inbox", "email"):
        ask.stack.messages(queue)
    status, _, found = ask("GET", "/messages/dead")
    assert (status, [(it["queue"], it["kind"], it["about"]) for it in found["items"]]) == (
        200,
        [("inbox", "notifications", "sf-acme"), ("email", "send", "")],
    )
    assert "secret" not in json.dumps(found)
    theirs = ask("GET", "/messages/dead", by=ask.theirs)[2]["items"]
    assert [it["about"] for it in theirs] == ["sf-rival"]
    letter = {"queue": "inbox", "letter": found["items"][0]["id"], "reason": "Mended"}
    assert ask("POST", "/messages/dead/retry", letter, by=ask.theirs)[2] == {"moved": 0}
    assert ask("POST", "/messages/dead/retry", letter)[2] == {"moved": 1}
    assert [it["tenant"] for it in ask.stack.messages("inbox")] == ["acme"]
    assert ask("POST", "/messages/dead/retry", {"queue": "email", "reason": "Mended"})[2] == {"moved": 1}
    assert ask("GET", "/messages/dead")[2]["items"] == []
    assert {(it.on, it.by) for it in ask.acts("dead_letters.redriven")} == {
        ("queue:inbox", "key:key"),
        ("queue:email", "key:key"),
    }
    assert ask("POST", "/messages/dead/retry", {"queue": "schedules", "reason": "x"})[0] == 422
    assert ask("POST", "/messages/dead/retry", letter, by=ask.with_scopes(Scope.MESSAGES))[0] == 403
