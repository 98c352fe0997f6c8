"""A notification is a hint, the record is the truth: what is read from the CRM before anything is decided."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.scenarios.running import ASHA, LONG_AGO, Running, deal

from accolade import crm, wiring
from accolade.crm.salesforce.ids import to18
from accolade.model.connections import Connection
from accolade.model.messages import Notifications
from accolade.model.participants import Channel, Participant
from accolade.model.times import to_millis
from accolade.store.connections import Connections
from accolade.store.parked import Parked
from crms import hubspot, salesforce

CLOSED = datetime(2017, 3, 11, 12, tzinfo=UTC)


@pytest.fixture
def force():
    server = salesforce.StandIn().start()
    yield server
    server.stop()


@pytest.fixture
def hub():
    server = hubspot.StandIn(token="hub-token").start()
    yield server
    server.stop()


@pytest.fixture
def rereading(stack, force, monkeypatch):
    """A house whose Salesforce connection takes messages as hints only."""
    monkeypatch.setenv("API_HOSTS", force.base_url.removeprefix("http://"))
    wiring.point_at({})
    stack.secrets.create_secret(Name="sf-api", SecretString="session-token")
    return Running(stack, trust="reread", credentials="sf-api", api_base=force.base_url)


def stored(name="A", **fields):
    """An Opportunity as Salesforce has it."""
    values = {
        "Id": to18(f"0065e00000{name:0>5}"),
        "Name": f"Deal {name}",
        "Amount": 1000.0,
        "StageName": "Closed Won",
        "IsWon": True,
        "IsClosed": True,
        "CloseDate": "2017-03-11",
        "CreatedDate": "2017-03-01T09:00:00.000+0000",
        "OwnerId": ASHA,
        "SystemModstamp": "2017-03-11T12:00:01.000+0000",
        "IsDeleted": False,
    }
    return values | fields


def test_a_forged_amount_in_a_message_pays_what_salesforce_says(rereading, force):
    force.load({"Opportunity": [stored()]})
    rereading.put(deal(at=1, Amount="99999.0"))
    rereading.work()
    assert rereading.wallet()["available"] == 60


def test_a_message_about_a_deal_that_salesforce_does_not_know_becomes_a_case(rereading, force):
    force.load({"Opportunity": [stored("B")]})
    rereading.put(deal("A"), deal("B"))
    rereading.work(rounds=40)
    assert rereading.wallet()["available"] == 60
    (case,) = Parked(wiring.database()).list("acme")
    assert "does not know" in case.reason


def test_a_busy_salesforce_delays_and_loses_nothing(rereading, force):
    force.load({"Opportunity": [stored()]})
    force.fail(status=503, times=4)
    rereading.put(deal(at=1))
    rereading.work(rounds=40)
    assert rereading.wallet()["available"] == 60


@pytest.fixture
def house(stack, hub, monkeypatch):
    """A house with a HubSpot connection that can be read, and one rep."""
    monkeypatch.setenv("API_HOSTS", hub.base_url.removeprefix("http://"))
    wiring.point_at({})
    made = Running(stack)
    stack.secrets.create_secret(Name="hub-api", SecretString="hub-token")
    connection = Connection("hub", "acme", "hubspot", "33", LONG_AGO, LONG_AGO, credentials="hub-api", api_base=hub.base_url)
    Connections(wiring.database()).put(replace(connection, maps=crm.adapter("hubspot").default_maps))
    rep = Participant("acme", "dan", "", "Dan", "dan@acme.example", identities={"hubspot": "501"}, channels=(Channel.EMAIL,))
    made.people.register("acme", [rep])
    return made


def event(name, value, *, at=CLOSED, number=7):
    return {
        "eventId": abs(hash((name, value))) % 10**9,
        "portalId": 33,
        "occurredAt": to_millis(at),
        "subscriptionType": "deal.propertyChange",
        "objectId": number,
        "propertyName": name,
        "propertyValue": value,
    }


def tell(house, *events):
    message = Notifications(tenant="acme", connection="hub", crm="hubspot", received_at=datetime.now(UTC), items=list(events))
    wiring.queue("inbox").send([message.to_json()])
    house.work(rounds=40)


def whole(number=7, **properties):
    known = {
        "dealname": "Hub deal",
        "amount": "1000",
        "deal_currency_code": "USD",
        "dealstage": "closedwon",
        "closedate": "2017-03-11T09:00:00Z",
        "createdate": "2017-03-01T09:00:00Z",
        "hubspot_owner_id": "501",
        "hs_lastmodifieddate": str(to_millis(CLOSED)),
    }
    return {"id": str(number), "properties": known | properties}


def batches(hub):
    """How often records were read, a hundred at most a time."""
    return len([path for _, path in hub.calls if "objects/deals/batch/read" in path])


def test_one_thin_event_about_an_unknown_deal_is_enough(house, hub):
    hub.load({"deals": [whole()]})
    tell(house, event("dealstage", "closedwon"))
    assert house.wallet("P000003")["available"] == 60


def test_a_known_deal_is_read_when_it_closes_and_not_for_every_property(house, hub):
    opened = datetime(2017, 3, 1, 9, tzinfo=UTC)
    hub.load({"deals": [whole(dealstage="contractsent", closedate="", hs_lastmodifieddate=str(to_millis(opened)))]})
    tell(house, event("dealname", "Hub deal", at=opened))
    reads = batches(hub)
    assert reads == 1
    tell(house, event("amount", "900", at=datetime(2017, 3, 5, tzinfo=UTC)))
    assert batches(hub) == reads
    hub.load({"deals": [whole(amount="2000")]})
    tell(house, event("dealstage", "closedwon"))
    assert batches(hub) == reads + 1
    assert house.wallet("P000003")["available"] == 70


def test_a_hundred_unknown_deals_are_one_call(house, hub):
    hub.load({"deals": [whole(number) for number in range(100, 150)]})
    tell(house, *[event("dealstage", "closedwon", number=number) for number in range(100, 150)])
    assert batches(hub) == 1
    assert len({entry.cause.record for entry in house.entries() if entry.cause.record}) == 50
