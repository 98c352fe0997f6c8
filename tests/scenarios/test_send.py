"""Sending on real tables: claimed once, sent once, settled; and what happens when the process dies in between."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from tests.scenarios.stack import LambdaContext, Stack, function
from tests.sending import ASHA, AWARD, NOW, TENANT, Killed, Post, aws, killed_at, minutes

from accolade import wiring
from accolade.channels.email import Email
from accolade.channels.sms import Sms
from accolade.channels.whatsapp import WhatsApp
from accolade.flows.due import resume
from accolade.model.deliveries import TRANSITIONS, DeliveryState
from accolade.model.errors import Rejected, Retry, UnknownOutcome
from accolade.model.participants import Channel
from accolade.store.database import Database, to_wire
from accolade.store.delivery_items import to_item
from serving import Line, Served

REGION = "us-east-1"


@pytest.fixture
def post(monkeypatch):
    for name, value in (("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing"), ("AWS_DEFAULT_REGION", REGION)):
        monkeypatch.setenv(name, value)
    with mock_aws():
        stack = Stack()
        for name, value in stack.settings.items():
            monkeypatch.setenv(name.upper(), value)
        names = stack.settings
        db = Database(aws("dynamodb", 3), state=names["state_table"], deliveries=names["deliveries_table"])
        aws("sesv2").create_email_identity(EmailIdentity=TENANT.sender_email)
        made = Post(db).open()
        made.stack = stack
        yield made


def emails():
    return ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages


def texts_sent():
    return list(sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values())


class Vendor:
    """A channel whose vendor answers as the test says; what reached it is in `sent`."""

    def __init__(self, *answers, name=Channel.EMAIL):
        self.name, self.answers, self.sent = name, list(answers), []

    def render(self, delivery, **_):
        return Email(aws("sesv2")).render(delivery, **_)

    def send(self, rendered, *, to, delivery_id):
        self.sent.append(to)
        answer = self.answers.pop(0) if self.answers else f"ref-{len(self.sent)}"
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_an_award_is_sent_by_e_mail_and_settled(post):
    post.owe()
    told = post.send(Email(aws("sesv2")))
    assert told.event == "sent"
    assert post.state() == "sent"
    assert len(emails()) == 1
    stored = post.deliveries.get(AWARD.id)
    assert stored.reference == told.reference
    assert [state for state, _, _ in stored.history] == ["claimed", "sent"]
    assert post.deliveries.by_reference(Channel.EMAIL, told.reference).id == AWARD.id


def test_an_award_is_sent_by_sms(post):
    post.owe(channel=Channel.SMS)
    post.people.register("acme", [replace(ASHA, channels=(Channel.SMS,))])
    assert post.send(Sms(aws("sns"))).event == "sent"
    assert [number for number, _ in texts_sent()] == ["+31612345678"]
    assert texts_sent()[0][1].startswith("Acme Rewards: 550 points")


def test_a_number_that_opted_out_at_aws_is_not_sent_to(post):
    post.owe(channel=Channel.SMS)
    post.people.register("acme", [replace(ASHA, phone="+31612345699", channels=(Channel.SMS, Channel.EMAIL))])
    assert post.send(Sms(aws("sns"))).event == "moved"
    assert not texts_sent()
    assert post.queue == [(Channel.EMAIL, AWARD.id, 0)]
    assert post.deliveries.get(AWARD.id).tried == (Channel.SMS,)


class Meta(Served):
    """A stand-in for AWS End User Messaging Social: keeps what it is sent."""

    def __init__(self):
        self.seen = seen = []

        class Handler(Line):
            def asked(self):
                seen.append((self.path, json.loads(self.body())))
                self.reply_json(200, {"messageId": f"wa-{len(seen)}"})

        self.listen(Handler)


@pytest.fixture
def meta(monkeypatch):
    with Meta() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SOCIALMESSAGING", server.base_url)
        yield server


def test_an_award_is_sent_by_whatsapp_over_http(post, meta):
    post.owe(channel=Channel.WHATSAPP)
    post.people.register("acme", [replace(ASHA, channels=(Channel.WHATSAPP,))])
    told = post.send(WhatsApp(aws("socialmessaging"), phone_number_id="phone-number-id-0123456789abcdef0123456789abcdef"))
    assert (told.event, told.reference) == ("sent", "wa-1")
    assert meta.seen[0][0] == "/v1/whatsapp/send"


def test_the_handlers_send_what_lies_on_their_queues(post, monkeypatch):
    post.stack.secrets.create_secret(Name="links", SecretString="a key of the test that is long enough")
    monkeypatch.setenv("LINK_SECRET_NAME", "links")
    wiring.point_at({})
    post.owe()
    post.owe(id="b" * 26, channel=Channel.SMS)
    post.people.register("acme", [replace(ASHA, channels=(Channel.EMAIL,))])
    records = [_record(AWARD.id), _record("b" * 26), _record("nobody"), {**_record("x"), "body": "{}", "messageId": "poison"}]
    answer = function("send_email").handler({"Records": records}, LambdaContext())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "poison"}]}
    assert len(emails()) == 1
    # The second was chosen for SMS; she wants e-mail now: the SMS function hands it over.
    function("send_sms").handler({"Records": [_record("b" * 26)]}, LambdaContext())
    assert post.stack.messages("email") == [{"v": 1, "kind": "send", "delivery": "b" * 26}]
    function("send_email").handler({"Records": [_record("b" * 26)]}, LambdaContext())
    assert len(emails()) == 2
    assert not texts_sent()


def _record(id_):
    return {
        "messageId": f"m-{id_}",
        "body": json.dumps({"v": 1, "kind": "send", "delivery": id_}),
        "attributes": {"SentTimestamp": "1490868000000"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }


def test_the_same_message_ten_times_is_one_e_mail(post):
    post.owe()
    vendor = Vendor()
    told = [post.send(vendor).event for _ in range(10)]
    assert told == ["sent"] + ["skipped"] * 9
    assert len(vendor.sent) == 1


def test_of_two_senders_that_read_the_same_delivery_one_sends(post):
    owed = post.owe()
    read = post.deliveries.get(owed.id)
    assert post.deliveries.claim(read, now=NOW) is not None
    assert post.deliveries.claim(read, now=NOW) is None


def test_an_opt_out_holds_for_what_is_already_queued(post):
    post.owe(channel=Channel.SMS)
    post.people.register("acme", [replace(ASHA, channels=(Channel.SMS,))])
    post.people.suppress("acme", Channel.SMS, ASHA.phone, reason="replied STOP", now=NOW)
    vendor = Vendor(name=Channel.SMS)
    assert post.send(vendor).event == "suppressed"
    assert not vendor.sent
    assert post.state() == "suppressed"


def test_a_consent_that_is_withdrawn_sends_the_message_another_way(post):
    post.owe(channel=Channel.SMS)
    post.people.register("acme", [replace(ASHA, channels=(Channel.SMS, Channel.EMAIL), consents=())])
    vendor = Vendor(name=Channel.SMS)
    assert post.send(vendor).event == "moved"
    assert post.queue == [(Channel.EMAIL, AWARD.id, 0)]
    assert not vendor.sent
    assert post.send(Vendor()).event == "sent"


def test_who_is_gone_gets_nothing(post):
    post.owe(participant="P000099")
    assert post.send(Vendor()).event == "suppressed"


def test_paused_messages_stay_due_and_go_when_the_pause_ends(post):
    post.owe()
    post.tenants.pause("acme", (Channel.EMAIL,))
    vendor = Vendor()
    assert post.send(vendor).event == "waiting"
    assert (post.state(), vendor.sent) == ("due", [])
    post.tenants.resume("acme", (Channel.EMAIL,))
    assert resume(post.deliveries, post.enqueue, "acme", (Channel.EMAIL,), NOW) == 1
    assert [entry[:2] for entry in post.queue] == [(Channel.EMAIL, AWARD.id)]
    assert post.send(vendor).event == "sent"


def test_outside_the_sending_hours_a_message_waits_for_the_morning_there(post):
    post.tenants.put(replace(post.tenants.get("acme"), sending_hours=(9, 20)))
    post.owe()
    night = NOW.replace(hour=19)  # 21:00 in Amsterdam
    assert post.send(Vendor(), now=night).event == "waiting"
    morning = NOW.replace(day=31, hour=7)
    assert post.deliveries.get(AWARD.id).due_at == morning
    assert post.tick(morning - minutes(1)) == {}
    assert post.tick(morning + minutes(1)) == {"enqueued": 1}
    assert post.send(Vendor(), now=morning + minutes(1)).event == "sent"


def test_a_throttled_send_waits_longer_each_time_and_is_never_lost(post):
    post.owe()
    vendor = Vendor(Retry("slow down", after=5), Retry("slow down", after=5))
    assert post.send(vendor).event == "waiting"
    assert post.queue == [(Channel.EMAIL, AWARD.id, 5)]
    assert post.send(vendor, now=NOW + timedelta(seconds=6)).event == "waiting"
    assert post.queue[-1] == (Channel.EMAIL, AWARD.id, 10)
    assert post.send(vendor, now=NOW + timedelta(seconds=20)).event == "sent"


def test_what_a_channel_will_never_carry_falls_back_to_the_next(post):
    post.owe()
    assert post.send(Vendor(Rejected("refused: MessageRejected"))).event == "moved"
    assert post.queue == [(Channel.SMS, AWARD.id, 0)]
    assert post.send(Vendor(name=Channel.SMS)).event == "sent"
    assert post.deliveries.get(AWARD.id).channel is Channel.SMS


def test_with_no_channel_left_a_person_has_to_look(post):
    post.owe()
    post.people.register("acme", [replace(ASHA, channels=(Channel.EMAIL,))])
    assert post.send(Vendor(Rejected("refused: MessageRejected"))).event == "parked"
    assert [it.id for it in post.deliveries.parked("acme")] == [AWARD.id]
    again = post.deliveries.retry(AWARD.id, now=NOW)
    assert (again.state, list(post.deliveries.parked("acme"))) == (DeliveryState.DUE, [])


def test_an_unknown_outcome_is_sent_once_more_after_fifteen_minutes_and_then_parked(post):
    post.owe()
    vendor = Vendor(UnknownOutcome("perhaps sent"), UnknownOutcome("perhaps sent"))
    assert post.send(vendor).event == "unknown"
    assert post.tick(NOW + minutes(14)) == {}
    assert post.send(vendor, now=NOW + minutes(14)).event == "skipped"
    assert post.tick(NOW + minutes(15)) == {"once_more": 1}
    assert post.send(vendor, now=NOW + minutes(15)).event == "unknown"
    assert post.tick(NOW + minutes(31)) == {"parked": 1}
    assert len(vendor.sent) == 2
    assert post.state() == "parked"


def test_a_lost_queue_message_costs_a_minute_and_a_long_queue_is_not_doubled(post):
    post.owe()
    assert post.tick(NOW + timedelta(seconds=20)) == {}
    assert post.tick(NOW + minutes(1)) == {"enqueued": 1}
    assert post.tick(NOW + minutes(2)) == {}
    assert post.tick(NOW + minutes(7)) == {"enqueued": 1}
    assert post.send(Vendor(), now=NOW + minutes(7)).event == "sent"
    assert post.tick(NOW + minutes(30)) == {}


def test_being_looked_after_does_not_disturb_a_claim(post):
    owed = post.owe()
    read = post.deliveries.get(owed.id)
    post.tick(NOW + minutes(1))
    assert post.deliveries.claim(read, now=NOW + minutes(1)) is not None


def test_a_vanished_senders_claim_ends_and_its_late_settling_is_still_heard(post):
    owed = post.owe()
    claimed = post.deliveries.claim(post.deliveries.get(owed.id), now=NOW)
    assert post.tick(NOW + minutes(1)) == {}
    assert post.tick(NOW + minutes(3)) == {"unknown": 1}
    post.deliveries.settle_sent(claimed, reference="late", now=NOW + minutes(4))
    assert post.state() == "sent"
    assert post.tick(NOW + minutes(60)) == {}


def test_a_late_worker_cannot_end_its_successors_claim(post):
    owed = post.owe()
    first = post.deliveries.claim(post.deliveries.get(owed.id), now=NOW)
    post.tick(NOW + minutes(3))
    post.tick(NOW + minutes(19))
    second = post.deliveries.claim(post.deliveries.get(owed.id), now=NOW + minutes(19))
    post.deliveries.settle_busy(first, until=NOW, note="throttled", now=NOW + minutes(19))
    assert post.state() == "claimed"
    post.deliveries.settle_sent(second, reference="second", now=NOW + minutes(20))
    assert post.deliveries.get(owed.id).reference == "second"


CHANNELS = {
    "email": lambda: Email(aws("sesv2")),
    "sms": lambda: Sms(aws("sns")),
    "whatsapp": lambda: WhatsApp(aws("socialmessaging"), phone_number_id="phone-number-id-0123456789abcdef0123456789abcdef"),
}


def _count(name, meta):
    return {"email": lambda: len(emails()), "sms": lambda: len(texts_sent()), "whatsapp": lambda: len(meta.seen)}[name]()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", CHANNELS)
def test_killed_at_any_aws_call_at_most_one_extra_message_goes_out(post, meta, name, after):
    post.people.register("acme", [replace(ASHA, channels=(Channel(name),))])
    channel, killed = CHANNELS[name](), 0
    for call in range(10):
        owed = post.owe(id=f"killed-at-call-{call}", channel=Channel(name))
        before = _count(name, meta)
        try:
            with killed_at([post.db.client, channel._vendor.client], call, after=after):
                post.send(channel, id_=owed.id)
        except Killed:
            killed += 1
        for minute in (1, 3, 5, 20, 21, 40):
            now = NOW + minutes(minute)
            post.tick(now)
            post.send(channel, now=now, id_=owed.id)  # SQS brings the message again, whatever became of it
        assert 1 <= _count(name, meta) - before <= (2 if call < killed else 1), call
        assert post.state(owed.id) == "sent", call
    assert killed == {"email": 8, "sms": 9, "whatsapp": 8}[name]


def test_a_sender_makes_no_more_aws_calls_than_the_fault_run_covers(post):
    post.owe()
    channel = CHANNELS["email"]()
    with killed_at([post.db.client, channel._vendor.client], 99, after=False) as calls:
        post.send(channel)
    assert calls == ["GetItem", "GetItem", "GetItem", "GetItem", "PutItem", "SendEmail", "PutItem", "PutItem"]


def test_a_lost_reply_of_the_vendor_is_not_repeated_by_the_sdk(post):
    post.owe()
    client = aws("sesv2")
    lost = []

    def drop(http_response=None, **_):
        lost.append(1)
        return

    client.meta.events.register("needs-retry.sesv2.SendEmail", drop)
    post.send(Email(client))
    assert len(emails()) == 1
    assert len(lost) == 1


def test_an_item_of_two_or_three_lines_is_under_a_kilobyte(post):
    three = replace(AWARD, lines=(*AWARD.lines, replace(AWARD.lines[1], milestone="first-big-deal")))
    for delivery in (AWARD, three):
        item = to_wire(to_item(delivery))
        size = sum(len(name) + len(next(iter(value.values()))) for name, value in item.items() if "M" not in value)
        assert size < (1024 if delivery is AWARD else 1200), size


def test_a_delivery_reads_back_as_it_was_written(post):
    post.owe(tried=(Channel.SMS,), debt=5)
    assert post.deliveries.get(AWARD.id) == replace(AWARD, tried=(Channel.SMS,), debt=5)


def test_history_is_bounded(post):
    post.owe()
    for count in range(30):
        stands = post.deliveries.get(AWARD.id)
        post.deliveries.settle_busy(stands, until=NOW, note=f"move {count}", now=NOW)
    stored = post.deliveries.get(AWARD.id)
    assert len(stored.history) == 20
    assert stored.history[-1][2] == "move 29"


def test_a_persons_messages_are_listed_newest_first(post):
    for day in (1, 2, 3):
        post.owe(id=str(day) * 26, created_at=NOW + timedelta(days=day))
    assert [it.id[0] for it in post.deliveries.of_person("acme", "P000001")] == ["3", "2", "1"]
    assert sorted(it.id[0] for it in post.deliveries.of_tenant("acme")) == ["1", "2", "3"]


def test_every_state_is_in_the_table_and_ends_are_ends():
    assert set(TRANSITIONS) == set(DeliveryState)
    assert not TRANSITIONS[DeliveryState.BOUNCED]
    assert not TRANSITIONS[DeliveryState.SUPPRESSED]
    assert all(DeliveryState.CLAIMED not in after for state, after in TRANSITIONS.items() if state is not DeliveryState.DUE)
