"""The console's messages: found, each with why it went its way, sent again; dead letters put back; channels paused."""

import json
from datetime import timedelta

import pytest
from tests.scenarios.desk import Desk, send

from accolade.model.deliveries import DeliveryState
from accolade.model.participants import Channel


@pytest.fixture
def desk(linked):
    made = Desk(linked)
    made.house.deal(1, "Closed Won")
    made.house.deal(2, "Closed Won", after=1, owner=made.person("bob").identities["salesforce"])
    return made


def newest(desk, id_):
    return next(desk.here.deliveries.of_person("acme", desk.person(id_).number, 1))


def parked(desk, id_="asha"):
    taken = desk.here.deliveries.claim(newest(desk, id_), now=desk.house.now)
    assert taken
    return desk.here.deliveries.settle_parked(taken, note="550 no such mailbox", now=desk.house.now)


def test_messages_are_found_by_day_person_channel_and_state(desk):
    browser = desk.staff()
    browser.get("admin/messages")
    assert "Asha Patel" in browser.seen
    assert "Bob <b>Robb</b>" in browser.seen
    yesterday = (desk.house.now - timedelta(days=1)).date().isoformat()
    browser.get(f"admin/messages?day={yesterday}")
    assert "No message here" in browser.seen
    browser.get("admin/messages?person=bob&channel=email&state=due")
    assert "Asha" not in browser.seen
    assert "+50 points" in browser.seen
    browser.get("admin/messages?person=nobody")
    assert "Nobody is called so here" in browser.seen
    for odd in ("day=2026-02-31", "state=nonsense", "channel=pigeon", "before=zzz", "before=%23"):
        browser.get(f"admin/messages?{odd}")
        assert browser.status == 200


def test_a_day_with_more_messages_is_read_page_by_page(desk, monkeypatch):
    monkeypatch.setattr("accolade.web.desk.messages.SHOWN", 1)
    browser = desk.staff()
    first = browser.get("admin/messages")
    (older,) = {part.split('"')[0] for part in first.split('rel="next" href="')[1:]}
    second = browser.get("admin/" + older.replace("&amp;", "&"))
    assert ("Asha Patel" in first) is not ("Asha Patel" in second)
    assert 'rel="next"' not in second


def test_a_message_says_why_it_goes_this_way_and_what_happened(desk):
    it = parked(desk)
    browser = desk.staff()
    browser.get(f"admin/messages/{it.id}")
    assert "the first of their channels that has an address" in browser.seen
    assert "550 no such mailbox" in browser.seen
    desk.house.people.suppress("acme", Channel.EMAIL, "asha@acme.example", reason="bounced", now=desk.house.now)
    desk.house.people.suppress("acme", Channel.SMS, "+31612345642", reason="replied STOP", now=desk.house.now)
    browser.get(f"admin/messages/{it.id}")
    assert "There is no way now" in browser.seen
    assert "asha@acme.example" not in browser.seen
    assert "+31612345642" not in browser.seen


def test_a_parked_message_goes_out_again_once(desk):
    it = parked(desk)
    browser = desk.staff("support")
    browser.get("admin/messages?state=parked")
    assert "Asha Patel" in browser.seen
    assert "Bob" not in browser.seen
    send(browser, f"admin/messages/{it.id}", f"admin/messages/{it.id}/retry")
    assert desk.here.deliveries.get(it.id).state is DeliveryState.DUE
    assert "message.retried" in desk.did()
    send(browser, f"admin/messages/{it.id}", f"admin/messages/{it.id}/retry")
    assert browser.status == 409


def test_messages_of_another_company_are_not_there(desk):
    it = parked(desk)
    theirs = desk.staff(tenant="other", name="oscar@other.example")
    theirs.get(f"admin/messages/{it.id}")
    assert theirs.status == 404
    send(theirs, "admin/messages/pause", f"admin/messages/{it.id}/retry")
    assert theirs.status == 404
    theirs.get("admin/messages")
    assert "Asha" not in theirs.seen
    theirs.get("admin/messages?person=asha")
    assert "Asha Patel" not in theirs.seen
    assert desk.here.deliveries.get(it.id).state is DeliveryState.PARKED


def dead(desk, queue, *bodies):
    url = desk.stack.sqs.create_queue(QueueName=f"accolade-{queue}-dlq")["QueueUrl"]
    for body in bodies:
        desk.stack.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    return url


def left(desk, url):
    found = desk.stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def test_dead_letters_are_put_back_and_those_of_other_companies_stay(desk):
    for queue in ("inbox", "email"):
        desk.stack.messages(queue)
    ours = {"kind": "notifications", "tenant": "acme", "connection": "sf", "crm": "salesforce", "items": [{}, {}]}
    theirs = ours | {"tenant": "other", "connection": "theirs"}
    inbox = dead(desk, "inbox", ours, theirs)
    email = dead(desk, "email", {"kind": "send", "delivery": newest(desk, "asha").id}, {"kind": "send", "delivery": "nobody"})
    browser = desk.staff()
    browser.get("admin/messages/dead")
    assert "2 notifications" in browser.seen
    assert "theirs" not in browser.text
    assert (left(desk, inbox), left(desk, email)) == (2, 2), "looking moves nothing"
    send(browser, "admin/messages/dead", "admin/messages/dead", queue="inbox", reason="Mended")
    assert "They are back on their queue" in browser.seen
    assert [it["tenant"] for it in desk.stack.messages("inbox")] == ["acme"]
    assert left(desk, inbox) == 1
    letter = browser.get("admin/messages/dead").split('<option value="')[2].split('"')[0]
    send(browser, "admin/messages/dead", "admin/messages/dead", queue="email", letter=letter, reason="Mended")
    assert len(desk.stack.messages("email")) == 1
    assert left(desk, email) == 1
    assert "dead_letters.redriven" in desk.did()
    send(browser, "admin/messages/dead", "admin/messages/dead", queue="schedules", reason="x")
    assert browser.status == 422


def test_a_paused_channel_waits_and_goes_on_at_once_when_it_is_resumed(desk):
    desk.stack.messages("email")
    browser = desk.staff("support")
    send(browser, "admin/messages/pause", "admin/messages/pause", act="pause", channel="email", reason="")
    assert browser.status == 422
    send(browser, "admin/messages/pause", "admin/messages/pause", act="pause", channel="email", reason="A wrong text")
    assert desk.here.tenants.get("acme").paused == (Channel.EMAIL,)
    assert "Nothing goes out now by: E-mail" in browser.seen
    assert "By E-mail, once it is not paused" in desk.staff().get(f"admin/messages/{newest(desk, 'bob').id}")
    send(browser, "admin/messages/pause", "admin/messages/pause", act="resume", channel="email", reason="Mended")
    assert desk.here.tenants.get("acme").paused == ()
    assert {"channel.resumed", "channel.paused"} <= desk.did()
