"""What is kept to be said in another language later costs nothing on the main path, and little beside it."""

import json
from dataclasses import replace

import boto3
import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.shopping import shop
from tests.scenarios.stack import LambdaContext, function

from accolade import wiring
from accolade.model.deliveries import DeliveryState
from accolade.model.messages import SendDelivery
from accolade.model.phrases import Phrase
from accolade.model.redemptions import RedemptionState
from accolade.store.database import to_wire
from accolade.texts import texts
from accolade.web.desk.message_words import said


@pytest.fixture
def desk(linked):
    return Desk(linked)


def weighs(item):
    """Bytes of an item as DynamoDB counts them, near enough: names and values as text."""
    return sum(len(name) + len(str(next(iter(value.values()))).encode()) for name, value in to_wire(item).items())


def handle(verb, body):
    record = {"messageId": "1", "body": body, "attributes": {"SentTimestamp": "1490868000000"}}
    assert function(verb).handler({"Records": [record]}, LambdaContext()) == {"batchItemFailures": []}


def test_a_message_that_goes_its_way_keeps_not_one_byte_more(desk):
    boto3.client("sesv2", region_name="us-east-1").create_email_identity(EmailIdentity="rewards@acme.example")
    desk.here.tenants.put(replace(desk.here.tenants.get("acme"), sending_hours=(0, 24)))
    desk.house.again().deal(1, "Closed Won")
    (it,) = desk.here.deliveries.of_person("acme", desk.person("asha").number, 1)
    handle("send_email", SendDelivery(delivery=it.id).to_json())
    sent = desk.here.deliveries.get(it.id)
    assert sent.state is DeliveryState.SENT
    mail = {"messageId": sent.reference, "destination": ["asha@acme.example"], "tags": {"delivery": [it.id]}}
    event = json.dumps({"eventType": "Delivery", "mail": mail, "delivery": {}})
    handle("receipts", json.dumps({"Type": "Notification", "Message": event}))
    assert desk.here.deliveries.get(it.id).state is DeliveryState.DELIVERED
    database = wiring.database()
    item = database.get(database.deliveries, (f"DELIVERY#{it.id}", "DELIVERY"))
    assert "said" not in item
    assert [note.partition(" ")[0] for _, _, note in json.loads(item["history"])] == ["email", "email", "email"]


def test_a_redemption_grows_by_the_parts_of_what_has_values_and_no_more(linked, monkeypatch):
    with shop(linked, monkeypatch) as here:
        here.stand_in.fault("reject")
        it = here.redeem("no")
        here.work()
        assert here.stands(it).state is RedemptionState.RELEASED
        (item,) = (row for (_, sk), row in here.running.state().items() if sk == f"REDEMPTION#{it.id}")
    rows = json.loads(item["body"])["said"]
    assert [row[0] for row in rows] == ["%(what)s (%(status)s)", "order %(count)s"]
    assert len(json.dumps(rows)) < 150


def test_a_case_grows_by_a_bounded_part_however_large_its_words_are(desk):
    parked, now = desk.here.parked, desk.house.now
    database = wiring.database()

    def case(id_, reason):
        parked.park("acme", id_=id_, connection="sf", crm="salesforce", reason=reason, content=[], now=now)
        (item,) = (row for row in database.query(database.state, "PARKED#acme") if row["id"] == id_)
        return weighs(item)

    bare = case("bare", str(Phrase("stage %(name)r is closed, but won or lost?", name="Gesloten")))
    assert case("some", Phrase("stage %(name)r is closed, but won or lost?", name="Gesloten")) - bare < 100
    many = [Phrase("%(what)s, %(name)s", what=Phrase("%(name)s", name="x" * 100), name="y" * 300), "z" * 10_000]
    assert [case(f"many{place}", text) < bare + 1_500 for place, text in enumerate(many)] == [True, True]


@pytest.mark.parametrize(
    ("noted", "english", "dutch"),
    [
        ("email delivery", "E-mail: delivered", "E-mail: aangekomen"),
        ("email bounce Permanent General", "E-mail: came back (Permanent General)", "E-mail: teruggekomen (Permanent General)"),
        ("whatsapp failed 131026", "WhatsApp: failed (131026)", "WhatsApp: mislukt (131026)"),
        ("sms attempt 2", "SMS: attempt 2", "SMS: poging 2"),
        ("email 0100018e-ses", "E-mail: 0100018e-ses", "E-mail: 0100018e-ses"),
        (
            "email: no address; sms: no consent",
            "E-mail: no address; SMS: no consent",
            "E-mail: geen adres; SMS: geen toestemming",
        ),
        ("outside the sending hours", "outside the sending hours", "buiten de verzendtijden"),
        ("550 no such mailbox", "550 no such mailbox", "550 no such mailbox"),
        (Phrase("goes by %(way)s now", way="sms"), "goes by SMS now", "gaat nu via SMS"),
        ("", "", ""),
    ],
)
def test_what_is_noted_of_a_message_as_a_code_is_said_in_words(noted, english, dutch):
    assert (said(texts("en"), noted), said(texts("nl"), noted)) == (english, dutch)
