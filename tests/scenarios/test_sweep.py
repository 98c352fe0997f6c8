"""Sweeps on stand-in CRMs: what the webhooks lost is found, once, whoever fails, dies or runs at the same time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws
from tests.scenarios.stack import LambdaContext, Stack, function

from accolade import crm, wiring
from accolade.crm.mapping import field_maps
from accolade.flows.sweep import SweepFailed
from accolade.model.connections import Connection
from accolade.model.errors import Missing, Rejected
from accolade.model.times import iso, to_millis
from accolade.store import keys
from accolade.store.connections import Connections
from accolade.store.cursors import Cursors
from accolade.store.people import People
from accolade.store.tenants import Tenants
from crms import hubspot, salesforce

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def stack(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        made = Stack()
        for name, value in (made.settings | {"api_hosts": "127.0.0.1"}).items():
            monkeypatch.setenv(name.upper(), value)
        wiring.point_at({})
        Tenants(wiring.database()).ensure("acme")
        yield made
    wiring.point_at({})


@pytest.fixture
def hub():
    server = hubspot.StandIn(token="hub-token").start()
    server.load({"owners": [{"id": "501", "email": "asha@acme.example", "firstName": "Asha", "lastName": "Rao"}]})
    yield server
    server.stop()


@pytest.fixture
def force():
    server = salesforce.StandIn().start()
    yield server
    server.stop()


def connect(stack, base, *, id_="hub", crm_="hubspot", external="33", held="hub-token", **changes):
    stack.secrets.create_secret(Name=f"{id_}-api", SecretString=held)
    made = Connection(id_, "acme", crm_, external, NOW, NOW, credentials=f"{id_}-api", api_base=base)
    made = replace(made, maps=crm.adapter(crm_).default_maps, **changes)
    Connections(wiring.database()).put(made)
    return made


def deal(number, at, **properties):
    stamps = {"hs_lastmodifieddate": str(to_millis(at)), "createdate": str(to_millis(at))}
    return {"id": str(number), "properties": {"dealname": f"Deal {number}", "amount": "100"} | stamps | properties}


@pytest.fixture
def sweep(stack):
    """The function, with its pauses noted instead of waited."""
    module = function("sweep")
    module.pauses = []
    module.run = replace(module.run, pause=module.pauses.append)

    def call(event=None, context=None):
        return module.handler(event or {}, context or LambdaContext())

    call.module = module
    return call


def told(stack, origin="read"):
    """The facts on the Inbox, as process will read them."""
    connections = Connections(wiring.database())
    found = []
    for message in stack.messages():
        assert message["kind"] == "notifications"
        assert message["origin"] == origin
        connection = connections.get(message["connection"])
        for content in message["items"]:
            found += crm.adapter(message["crm"]).normalize(content, connection, origin=message["origin"])
    return found


def position(object_="deals", connection="hub"):
    return Cursors(wiring.database()).get(connection, object_).position


def test_a_deal_that_no_webhook_told_of_is_found_whole_with_its_history(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(1, NOW - timedelta(days=9), dealstage="contractsent", hubspot_owner_id="500")]})
    hub.load({"deals": [deal(1, NOW, dealstage="closedwon", hubspot_owner_id="501", closedate="2026-03-31T09:00:00Z")]})
    assert sweep()["records"] == 1
    (facts,) = told(stack)
    assert (facts.fields["stage"], facts.fields["amount"], facts.complete) == ("won", "100", True)
    assert [value for _, value in facts.history["stage"]] == ["open", "won"]
    assert [value for _, value in facts.history["owner"]] == ["500", "501"]
    assert int(position()) == to_millis(NOW)


def test_the_next_sweep_tells_only_what_changed_since_and_the_overlap(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(n, NOW - timedelta(minutes=n)) for n in range(1, 31)]})
    sweep()
    assert {facts.key.id for facts in told(stack)} == {str(n) for n in range(1, 31)}
    hub.load({"deals": [deal(30, NOW + timedelta(minutes=5), amount="7")]})
    sweep()
    assert sorted({int(facts.key.id) for facts in told(stack)}) == [*range(1, 12), 30]


def test_archived_and_merged_deals_are_told_as_deleted(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(1, NOW), deal(2, NOW, hs_merged_object_ids="8;9")]})
    hub.load({"deals": [{"id": "1", "archived": True, "archivedAt": iso(NOW + timedelta(minutes=1))}]})
    sweep()
    deleted = {facts.key.id: facts.deleted for facts in told(stack)}
    assert deleted == {"1": True, "2": False, "8": True, "9": True}


def test_thousands_of_deals_changed_in_one_instant_are_all_told(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(n, NOW) for n in range(1, 1051)] + [deal(2000, NOW + timedelta(seconds=1))]})
    sweep()
    assert {int(facts.key.id) for facts in told(stack)} == {*range(1, 1051), 2000}


def test_owners_are_kept_in_step_as_participants(stack, hub, sweep):
    connect(stack, hub.base_url)
    people = People(wiring.database())
    sweep()
    asha = people.by_identity("acme", "hubspot", "501")
    assert (asha.name, asha.email, asha.active) == ("Asha Rao", "asha@acme.example", True)
    hub.load({"owners": [{"id": "501", "email": "asha@acme.example", "firstName": "Asha", "lastName": "Rao-Vries"}]})
    sweep()
    assert people.by_identity("acme", "hubspot", "501").name == "Asha Rao-Vries"
    hub.load({"owners": [{"id": "501", "email": "asha@acme.example", "firstName": "Asha", "archived": True}]})
    sweep()
    assert not people.by_identity("acme", "hubspot", "501").active
    assert len(list(people.list("acme"))) == 1


def test_what_waited_for_an_owner_is_decided_again_once_the_sweep_knows_the_owner(stack, hub, sweep):
    connect(stack, hub.base_url)
    database = wiring.database()
    for number in range(30):
        database.put(database.state, {"pk": keys.waiting("acme", "hubspot", "501"), "sk": f"hub:deal:{number}"})
    sweep()
    messages = stack.messages()
    assert {message["kind"] for message in messages} == {"reevaluate"}
    assert {message["connection"] for message in messages} == {"hub"}
    assert {record for message in messages for record in message["records"]} == {f"deal:{n}" for n in range(30)}
    sweep()
    assert stack.messages() == []


def test_one_failing_connection_does_not_stop_the_others_and_is_heard_of(stack, hub, sweep):
    connect(stack, hub.base_url, id_="broken", external="34", held="no-such-token")
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(1, NOW)]})
    with pytest.raises(SweepFailed, match="broken") as failed:
        sweep()
    assert "hub-token" not in str(failed.value)
    assert [facts.key.connection for facts in told(stack)] == ["hub"]


def test_owners_that_may_not_be_read_do_not_stop_the_deals(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(1, NOW)]})
    hub.fail(403)
    with pytest.raises(SweepFailed, match=r"crm\.objects\.owners\.read"):
        sweep()
    assert len(told(stack)) == 1


def test_a_page_that_did_not_reach_the_queue_leaves_the_cursor_where_it_was(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(1, NOW)]})
    stack.sqs.delete_queue(QueueUrl=stack.queues["inbox"])
    with pytest.raises(SweepFailed):
        sweep()
    assert position() is None
    stack.queues["inbox"] = stack.sqs.create_queue(QueueName="accolade-inbox")["QueueUrl"]
    sweep()
    assert len(told(stack)) == 1


class Hurried(LambdaContext):
    """A context whose time is up after so many looks at the clock."""

    def __init__(self, looks):
        super().__init__()
        self.looks = looks

    def get_remaining_time_in_millis(self):
        self.looks -= 1
        return 900_000 if self.looks >= 0 else 1000


def test_a_sweep_stops_before_its_time_is_up_and_the_next_goes_on(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(n, NOW - timedelta(hours=600 - n)) for n in range(1, 501)]})
    assert sweep(context=Hurried(2)) == {"connections": 1, "records": 399, "unfinished": ["hub"], "skipped": []}
    first = told(stack)
    assert sweep()["unfinished"] == []
    second = told(stack)
    assert {facts.key.id for facts in first + second} == {str(n) for n in range(1, 501)}
    assert len(second) == 102


def test_two_sweeps_at_once_lose_nothing_and_the_slower_one_steps_back(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(n, NOW - timedelta(hours=600 - n)) for n in range(1, 501)]})

    class Interrupted(LambdaContext):
        looks = 0

        def get_remaining_time_in_millis(self):
            self.looks += 1
            if self.looks == 2:
                assert sweep()["unfinished"] == []
            return 900_000

    assert sweep(context=Interrupted())["unfinished"] == ["hub"]
    assert {facts.key.id for facts in told(stack)} == {str(n) for n in range(1, 501)}
    assert int(position()) == to_millis(NOW - timedelta(hours=100))


def test_a_deep_sweep_looks_three_days_back_and_the_cursor_ends_where_it_was(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(1, NOW)]})
    sweep()
    stack.messages()
    now = datetime.now(UTC)
    hub.load({"deals": [deal(2, now - timedelta(hours=70)), deal(3, now)]})
    sweep()
    stack.messages()
    hub.load({"deals": [deal(4, now - timedelta(hours=71))]})
    sweep()
    assert {facts.key.id for facts in told(stack)} == {"3"}
    sweep({"connection": "hub", "deep": True})
    assert {facts.key.id for facts in told(stack)} == {"2", "3", "4"}
    assert int(position()) == to_millis(now)


def test_a_busy_crm_is_waited_for(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(1, NOW)]})
    hub.fail(429, 2, path="search", body={"policyName": "SECONDLY"})
    hub.fail(429, path="owners", headers={"Retry-After": "4"})
    sweep()
    assert sweep.module.pauses == [4.0, 1.0, 1.0]
    assert len(told(stack)) == 1


def test_a_crm_that_is_busy_for_the_day_is_left_to_the_next_sweep(stack, hub, sweep):
    connect(stack, hub.base_url)
    hub.load({"deals": [deal(1, NOW)]})
    hub.fail(429, path="search", body={"policyName": "DAILY"})
    with pytest.raises(SweepFailed, match="rate limit"):
        sweep()
    assert sweep.module.pauses == []
    sweep()
    assert len(told(stack)) == 1


def test_a_connection_without_api_credentials_is_skipped(stack, hub, sweep):
    connect(stack, hub.base_url)
    Connections(wiring.database()).put(Connection("mute", "acme", "hubspot", "77", NOW, NOW))
    assert sweep()["skipped"] == ["mute"]


def test_an_address_that_is_not_allowed_is_never_called(stack, hub, sweep):
    for number, base in enumerate(
        ["http://169.254.169.254", hub.base_url.replace("127.0.0.1", "localhost"), "https://evil.example"]
    ):
        connect(stack, base, id_=f"hub{number}", external=str(number))
    with pytest.raises(SweepFailed, match="3 of 3"):
        sweep()
    assert hub.calls == []


def test_an_unknown_connection_is_named(stack, sweep):
    with pytest.raises(Missing, match="nobody"):
        sweep({"connection": "nobody"})


def test_salesforce_is_swept_by_the_same_road(stack, force, sweep):
    connect(stack, force.base_url, id_="sf", crm_="salesforce", external="00D5e000000AbcDEAS", held='{"access_token": "s"}')
    force.load(
        {
            "User": [{"Id": "0055e000003XyZ1AAK", "Name": "Asha Rao", "Email": "asha@acme.example", "IsActive": True}],
            "Opportunity": [
                {
                    "Id": "0065e00000LmN0pAAF",
                    "Name": "Northwind renewal",
                    "Amount": 120000.0,
                    "StageName": "Closed Won",
                    "IsWon": True,
                    "IsClosed": True,
                    "CloseDate": "2026-03-31",
                    "CreatedDate": "2026-03-19T00:00:00.000+0000",
                    "OwnerId": "0055e000003XyZ1AAK",
                    "SystemModstamp": "2026-03-30T18:27:02.000+0000",
                }
            ],
        }
    )
    assert sweep()["records"] == 1
    (facts,) = told(stack)
    assert (str(facts.key), facts.fields["stage"], facts.fields["amount"]) == ("sf:deal:0065e00000LmN0pAAF", "won", "120000")
    assert People(wiring.database()).by_identity("acme", "salesforce", "0055e000003XyZ1AAK").name == "Asha Rao"
    sweep()
    stack.messages()
    assert position("Opportunity", "sf")


def test_unknown_records_are_read_in_batches_and_refusals_are_ours(stack, hub):
    from accolade.flows.reread import Rereader

    connection = connect(stack, hub.base_url)
    hub.load({"deals": [deal(n, NOW) for n in range(1, 121)] + [{"id": "500", "archived": True, "properties": {}}]})
    rereader = Rereader(wiring.readers())
    assert rereader.able(connection)
    found = rereader.read(connection, "deal", [str(n) for n in range(1, 121)] + ["500", "999", "x' OR 1"], with_history=False)
    assert len(found) == 121
    assert [path for _, path in hub.calls].count("/crm/v3/objects/deals/batch/read") == 3
    assert rereader.read(connection, "ticket", ["1"]) == []
    hub.fail(401)
    with pytest.raises(Rejected, match="token"):
        rereader.read(connection, "deal", ["1"])


def test_every_mapped_object_is_swept_with_a_cursor_of_its_own(stack, hub, sweep):
    mapping = {"connection": {"hubspot": [{"record": it} for it in ("deal", "ticket", "contact", "account", "activity")]}}
    made = connect(stack, hub.base_url)
    Connections(wiring.database()).put(replace(made, maps=field_maps(mapping, crm="hubspot")))
    stamp = {"hs_lastmodifieddate": str(to_millis(NOW))}
    hub.load({"deals": [deal(1, NOW) | {"associations": {"companies": ["3"]}}], "companies": [{"id": "3", "properties": stamp}]})
    hub.load({"tickets": [{"id": "2", "properties": stamp | {"hs_pipeline_stage": "4"}}]})
    hub.load({"contacts": [{"id": "4", "properties": {"lastmodifieddate": str(to_millis(NOW)), "jobtitle": "Buyer"}}]})
    hub.load({"calls": [{"id": "5", "properties": stamp}], "meetings": [{"id": "6", "properties": stamp, "archived": True}]})
    hub.load({"meetings": [{"id": "6", "archivedAt": iso(NOW)}]})
    sweep()
    found = {f"{facts.key.type}:{facts.key.id}": facts for facts in told(stack)}
    assert set(found) == {"deal:1", "account:3", "ticket:2", "contact:4", "activity:5", "activity:6"}
    assert found["deal:1"].fields["account"] == "3"
    assert found["ticket:2"].fields["stage"] == "won"
    assert found["activity:6"].deleted is True
    assert {position(object_) for object_ in ("deals", "tickets", "contacts", "companies", "calls")} == {str(to_millis(NOW))}


def test_salesforce_objects_are_swept_one_after_the_other(stack, force, sweep):
    mapping = {"connection": {"salesforce": [{"record": it} for it in ("deal", "ticket", "lead", "activity")]}}
    made = connect(
        stack, force.base_url, id_="sf", crm_="salesforce", external="00D5e000000AbcDEAS", held='{"access_token": "x"}'
    )
    Connections(wiring.database()).put(replace(made, maps=field_maps(mapping, crm="salesforce")))
    stamp = {"SystemModstamp": "2026-03-31T11:00:00.000+0000", "CreatedDate": "2026-03-01T08:00:00.000+0000"}
    force.load({"Case": [{"Id": "5005e0000000001AAA", "Status": "Closed", "IsClosed": True} | stamp]})
    force.load({"Lead": [{"Id": "00Q5e0000000001AAA", "Status": "New", "IsDeleted": True} | stamp]})
    force.load({"Task": [{"Id": "00T5e0000000001AAA", "Status": "Completed", "IsClosed": True} | stamp]})
    sweep()
    found = {facts.key.type: facts for facts in told(stack)}
    assert set(found) == {"ticket", "lead", "activity"}
    assert (found["ticket"].fields["stage"], found["lead"].deleted, found["activity"].fields["kind"]) == ("won", True, "task")
