"""Vendors' receipts and people's replies, as they come through SNS and the queue."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws
from tests.scenarios.stack import LambdaContext, Stack, function
from tests.sending import ASHA, AWARD, NOW, TENANT, Post, aws, minutes

from accolade import wiring
from accolade.flows.receipts import opened
from accolade.model.errors import Rejected, Retry
from accolade.model.participants import Channel
from accolade.store.database import Database


@pytest.fixture
def post(monkeypatch):
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    with mock_aws():
        stack = Stack()
        for name, value in stack.settings.items():
            monkeypatch.setenv(name.upper(), value)
        names = stack.settings
        made = Post(Database(aws("dynamodb", 3), state=names["state_table"], deliveries=names["deliveries_table"])).open()
        made.stack = stack
        yield made


def sns(message):
    """What SNS puts on a subscribed queue."""
    text = message if isinstance(message, str) else json.dumps(message)
    return json.dumps(
        {"Type": "Notification", "MessageId": "s-1", "TopicArn": "arn:aws:sns:x", "Message": text, "Signature": "x"}
    )


def ses(kind, *, key="eventType", tags=True, reference="ses-1", **more):
    mail = {"messageId": reference, "destination": ["asha@example.com"], "tags": {"delivery": [AWARD.id]} if tags else {}}
    return sns({key: kind, "mail": mail} | more)


def bounce(kind="Permanent", address="asha@example.com", **how):
    return ses(
        "Bounce", bounce={"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [{"emailAddress": address}]}, **how
    )


def complaint(address="asha@example.com"):
    return ses("Complaint", complaint={"complainedRecipients": [{"emailAddress": address}]})


def whatsapp(*, statuses=(), messages=()):
    value = {"messaging_product": "whatsapp", "metadata": {}, "statuses": list(statuses), "messages": list(messages)}
    entry = {"id": "waba", "changes": [{"field": "messages", "value": value}]}
    return sns({"context": {}, "whatsAppWebhookEntry": json.dumps(entry), "aws_account_id": "1", "messageId": "m"})


def status(word, *, id_="wamid.1", ours=AWARD.id, **more):
    return {"id": id_, "status": word, "timestamp": "1490868000", "biz_opaque_callback_data": ours} | more


def sms(text, *, number=ASHA.phone):
    body = {"originationNumber": number, "destinationNumber": "+31600000000", "messageKeyword": "KEYWORD_1", "messageBody": text}
    return sns(body | {"inboundMessageId": "i-1", "previousPublishedMessageId": "p-1"})


def sent(post, channel=Channel.EMAIL, reference="ses-1", *, participant=None):
    """The award, sent on the channel."""
    if participant:
        post.people.register("acme", [participant])
    owed = post.owe(channel=channel)
    claimed = post.deliveries.claim(post.deliveries.get(owed.id), now=NOW)
    return post.deliveries.settle_sent(claimed, reference=reference, now=NOW)


def suppressed(post, channel=Channel.EMAIL, address=ASHA.email, tenant="acme"):
    return post.people.suppression(tenant, channel, address)


def test_a_delivered_e_mail_is_settled(post):
    sent(post)
    post.hear(ses("Delivery"))
    assert post.state() == "delivered"


@pytest.mark.parametrize("how", [{"tags": False}, {"key": "notificationType"}, {"key": "notificationType", "tags": False}])
def test_an_event_is_matched_by_our_id_or_by_the_vendors(post, how):
    sent(post)
    post.hear(ses("Delivery", **how))
    assert post.state() == "delivered"


def test_a_permanent_bounce_suppresses_the_address_and_the_message_goes_another_way(post):
    sent(post)
    post.hear(bounce())
    assert suppressed(post).reason == "bounce Permanent General"
    stands = post.deliveries.get(AWARD.id)
    assert (stands.state, stands.channel, stands.tried) == ("due", Channel.SMS, (Channel.EMAIL,))
    assert post.tick(NOW + minutes(1)) == {"enqueued": 1}
    assert post.queue == [(Channel.SMS, AWARD.id, 0)]


def test_with_no_other_way_it_has_bounced(post):
    sent(post, participant=replace(ASHA, channels=(Channel.EMAIL,)))
    post.hear(bounce())
    assert post.state() == "bounced"


def test_an_address_in_display_form_is_the_same_address(post):
    sent(post)
    post.hear(bounce(address='"Rao, Asha" <Asha@Example.com>'))
    assert suppressed(post)


@pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
def test_a_full_mailbox_is_no_opt_out(post, kind):
    sent(post, participant=replace(ASHA, channels=(Channel.EMAIL,)))
    post.hear(bounce(kind))
    assert suppressed(post) is None
    assert post.state() == "bounced"


def test_who_complains_gets_no_more_e_mail(post):
    sent(post)
    post.hear(complaint())
    assert suppressed(post).reason == "complaint"
    assert post.state() == "delivered"


def test_an_opt_out_is_the_companys_own(post):
    post.tenants.ensure("other")
    sent(post)
    post.hear(bounce())
    assert suppressed(post, tenant="other") is None


@pytest.mark.parametrize(
    "events", [("Delivery", "Bounce"), ("Bounce", "Delivery"), ("Send", "Delivery", "Bounce"), ("Bounce", "Bounce", "Send")]
)
def test_states_only_move_forward_whatever_the_order(post, events):
    sent(post, participant=replace(ASHA, channels=(Channel.EMAIL,)))
    for kind in events:
        post.hear(bounce() if kind == "Bounce" else ses(kind))
    assert post.state() == "bounced"


def test_what_was_delivered_and_then_came_back_is_not_sent_another_way(post):
    sent(post)
    post.hear(ses("Delivery"))
    post.hear(bounce())
    assert post.state() == "bounced"
    assert post.tick(NOW + minutes(60)) == {}


def test_a_receipt_settles_an_unknown_outcome_and_spares_the_second_message(post):
    owed = post.owe()
    claimed = post.deliveries.claim(post.deliveries.get(owed.id), now=NOW)
    post.deliveries.settle_unknown(claimed, note="time-out", now=NOW)
    post.hear(ses("Send"), now=NOW + minutes(1))
    assert post.state() == "sent"
    assert post.deliveries.get(AWARD.id).reference == "ses-1"
    assert post.tick(NOW + minutes(60)) == {}


def test_a_receipt_may_be_faster_than_the_sender(post):
    owed = post.owe()
    claimed = post.deliveries.claim(post.deliveries.get(owed.id), now=NOW)
    post.hear(ses("Delivery"))
    post.deliveries.settle_sent(claimed, reference="ses-1", now=NOW)
    assert post.state() == "delivered"


def test_a_failure_faster_than_the_sender_is_not_undone_by_its_settling(post):
    post.people.register("acme", [replace(ASHA, channels=(Channel.WHATSAPP, Channel.SMS))])
    owed = post.owe(channel=Channel.WHATSAPP)
    claimed = post.deliveries.claim(post.deliveries.get(owed.id), now=NOW)
    post.hear(whatsapp(statuses=[status("failed")]))
    post.deliveries.settle_sent(claimed, reference="wa-1", now=NOW)
    stands = post.deliveries.get(AWARD.id)
    assert (stands.state, stands.channel) == ("due", Channel.SMS)


def test_a_receipt_before_its_reference_comes_again_and_later_is_parked(post):
    early = ses("Delivery", tags=False, reference="not-ours")
    with pytest.raises(Retry, match="before their reference"):
        post.hear(early, now=NOW + minutes(4), queued_at=NOW)
    heard = post.hear(early, now=NOW + minutes(6), queued_at=NOW)
    assert [it.event for it in heard] == ["parked"]
    [(when, reason)] = post.deliveries.parked_receipts()
    assert when.endswith("#email#not-ours")
    assert "no such message" in reason


def test_ses_greets_a_new_topic_in_plain_text(post):
    assert [it.event for it in post.hear(sns("Successfully validated SNS topic for Amazon SES event publishing."))] == ["ignored"]


@pytest.mark.parametrize("kind", ["Open", "Click", "DeliveryDelay", "Subscription", "SomethingNew"])
def test_other_events_change_nothing(post, kind):
    sent(post)
    post.hear(ses(kind))
    assert post.state() == "sent"


@pytest.mark.parametrize("body", ["", "no json", "[]", "3", '{"Type":"Notification","Message":"no json"}', "[" * 100_000])
def test_what_cannot_be_read_goes_to_the_dead_letters(post, body):
    with pytest.raises(Rejected):
        post.hear(body)


def test_what_is_nobodys_is_ignored(post):
    assert [it.event for it in post.hear('{"hello": "world"}')] == ["ignored"]
    assert opened('{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["sent"], "sent"),
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["read"], "delivered"),
        (["read", "delivered", "sent", "read"], "delivered"),
        (["warning"], "sent"),
    ],
)
def test_whatsapp_statuses_come_in_any_order(post, words, state):
    sent(post, Channel.WHATSAPP, "wa-1", participant=replace(ASHA, channels=(Channel.WHATSAPP,)))
    post.hear(whatsapp(statuses=[status(word) for word in words]))
    assert post.state() == state


def test_a_whatsapp_message_that_failed_falls_back(post):
    sent(post, Channel.WHATSAPP, "wa-1", participant=replace(ASHA, channels=(Channel.WHATSAPP, Channel.SMS)))
    post.hear(whatsapp(statuses=[status("sent"), status("failed", errors=[{"code": 131026, "title": "undeliverable"}])]))
    stands = post.deliveries.get(AWARD.id)
    assert (stands.state, stands.channel) == ("due", Channel.SMS)
    assert "131026" in stands.outcome
    assert suppressed(post, Channel.WHATSAPP, ASHA.phone) is None


def test_a_late_failure_of_a_message_that_was_read_changes_nothing(post):
    sent(post, Channel.WHATSAPP, "wa-1")
    post.hear(whatsapp(statuses=[status("read"), status("failed")]))
    assert post.state() == "delivered"


def test_a_receipt_of_the_former_channel_does_not_touch_the_next(post):
    sent(post, Channel.WHATSAPP, "wa-1", participant=replace(ASHA, channels=(Channel.WHATSAPP, Channel.SMS)))
    post.hear(whatsapp(statuses=[status("failed")]))
    post.hear(whatsapp(statuses=[status("failed"), status("failed")]))
    stands = post.deliveries.get(AWARD.id)
    assert (stands.state, stands.channel, stands.tried) == ("due", Channel.SMS, (Channel.WHATSAPP,))


def test_meta_and_aws_may_call_one_message_by_two_names(post):
    sent(post, Channel.WHATSAPP, "wa-1")
    post.hear(whatsapp(statuses=[status("sent", id_="wamid.77")]))
    post.hear(whatsapp(statuses=[status("delivered", id_="wamid.77", ours=None)]))
    assert post.state() == "delivered"


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", " Stop. ", "stop please", "Stop met berichten", "AFMELDEN", "Uitschrijven!", "unsubscribe", "stoppen"],
)
def test_stop_stops_a_channel_for_every_company_of_the_stack(post, text):
    post.tenants.ensure("other")
    assert [it.event for it in post.hear(sms(text))] == ["stopped"]
    assert suppressed(post, Channel.SMS, ASHA.phone)
    assert suppressed(post, Channel.SMS, ASHA.phone, "other")
    assert suppressed(post, Channel.WHATSAPP, ASHA.phone) is None


@pytest.mark.parametrize("text", ["", "thanks", "do not stop", "when does it end", "no", "STOPWATCH"])
def test_other_replies_stop_nothing(post, text):
    assert [it.event for it in post.hear(sms(text))] == ["ignored"]
    assert suppressed(post, Channel.SMS, ASHA.phone) is None


def test_start_lifts_a_stop(post):
    post.hear(sms("STOP"))
    assert [it.event for it in post.hear(sms("Start"))] == ["started"]
    assert suppressed(post, Channel.SMS, ASHA.phone) is None


@pytest.mark.parametrize(
    "message",
    [
        {"from": "31612345678", "type": "text", "text": {"body": "STOP"}},
        {"from": "31612345678", "type": "button", "button": {"text": "Stop"}},
        {"from": "31612345678", "type": "interactive", "interactive": {"button_reply": {"title": "afmelden"}}},
    ],
)
def test_stop_on_whatsapp_stops_whatsapp(post, message):
    assert [it.event for it in post.hear(whatsapp(messages=[message]))] == ["stopped"]
    assert suppressed(post, Channel.WHATSAPP, ASHA.phone)
    assert suppressed(post, Channel.SMS, ASHA.phone) is None


def test_a_whatsapp_sender_without_a_number_is_no_trouble(post):
    message = {"from": "US.1349000", "type": "text", "text": {"body": "STOP"}}
    assert post.hear(whatsapp(messages=[message])) == []


@pytest.mark.parametrize(
    ("inner", "parked"),
    [
        (None, 0),
        ([], 0),
        ({"changes": "x"}, 0),
        ({"changes": [{"value": []}, 3]}, 0),
        ({"changes": [{"value": {"statuses": [1, {}]}}]}, 2),
    ],
)
def test_a_receipt_of_an_odd_shape_moves_no_message_and_what_might_be_one_is_put_aside(post, inner, parked):
    sent(post)
    before = post.deliveries.get(AWARD.id)
    heard = post.hear(sns({"whatsAppWebhookEntry": json.dumps(inner)}), now=NOW + minutes(10), queued_at=NOW)
    assert [it.event for it in heard] == ["parked"] * parked
    assert post.deliveries.get(AWARD.id) == before
    assert suppressed(post, Channel.WHATSAPP, ASHA.phone) is None


def test_the_handler_applies_receipts_and_leaves_early_ones_on_the_queue(post):
    wiring.point_at({})
    sent(post)
    now = round(datetime.now(UTC).timestamp() * 1000)
    records = [
        _record("good", ses("Delivery"), now),
        _record("early", ses("Delivery", tags=False, reference="soon"), now),
        _record("broken", "no json", now),
        _record("stop", sms("STOP"), now),
    ]
    answer = function("receipts").handler({"Records": records}, LambdaContext())
    assert [it["itemIdentifier"] for it in answer["batchItemFailures"]] == ["early", "broken"]
    assert post.state() == "delivered"
    assert suppressed(post, Channel.SMS, ASHA.phone)


def test_addresses_and_texts_stay_out_of_the_log(post, caplog):
    wiring.point_at({})
    sent(post)
    records = [
        _record("a", bounce(), 1),
        _record("b", sms("STOP I am Asha"), 1),
        _record("c", complaint("canary@example.com"), 1),
    ]
    function("receipts").handler({"Records": records}, LambdaContext())
    said = " ".join(str(vars(record)) for record in caplog.records)
    assert "receipt" in said
    assert not any(secret in said for secret in ("asha@", "canary", "31612345678", "I am Asha"))


def _record(id_, body, sent_at):
    attributes = {"SentTimestamp": str(sent_at)}
    return {"messageId": id_, "body": body, "attributes": attributes, "messageAttributes": {}, "eventSource": "aws:sqs"}


def test_a_stop_holds_for_what_is_sent_next(post):
    post.owe(channel=Channel.SMS)
    post.people.register("acme", [replace(ASHA, channels=(Channel.SMS, Channel.EMAIL))])
    post.hear(sms("STOP"))
    way = post.ways.way(post.deliveries.get(AWARD.id), now=NOW + timedelta(seconds=1))
    assert way.route.channel is Channel.EMAIL
    assert way.tenant.name == TENANT.name
