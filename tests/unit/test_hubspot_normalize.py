"""HubSpot's events, workflow bodies and API records as facts."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accolade.crm import WebhookRequest
from accolade.crm.hubspot import ADAPTER
from accolade.crm.hubspot.objects import DEALS
from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import Rejected, Unreadable
from accolade.model.fields import FieldType
from accolade.model.records import Origin, Version

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
AT = 1767225600123


def connection(**changes):
    return Connection("hs", "acme", "hubspot", added_at=NOW, since=NOW, **({"external_id": "33", "maps": (DEALS,)} | changes))


def mapped(**changes):
    given = {"record": "deal", "object": "deals", "fields": DEALS.fields, "stages": DEALS.stages} | changes
    return connection(maps=(FieldMap(**given),))


def split(value):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return ADAPTER.split(WebhookRequest("POST", {}, body))


def event(kind="deal.propertyChange", **changes):
    given = {"eventId": 1, "portalId": 33, "occurredAt": AT, "subscriptionType": kind, "attemptNumber": 0, "objectId": 77}
    return given | changes


def changed(name, value, **more):
    return event(propertyName=name, propertyValue=value, **more)


def facts_of(content, to=None, origin="message"):
    return ADAPTER.normalize(content, to or connection(), origin=origin)


def record(properties, **more):
    return {
        "id": "77",
        "objectType": "deals",
        "archived": False,
        "properties": {"hs_lastmodifieddate": "2026-01-02T00:00:00.500Z"} | properties,
    } | more


def test_a_batch_becomes_one_notification_an_event():
    found = split([event(eventId=5), event(eventId=6, objectId=2**60)])
    assert [(it.id, it.about, it.external_id) for it in found] == [
        ("5", "deals:77", "33"),
        ("6", f"deals:{2**60}", "33"),
    ]


def test_a_single_object_and_a_byte_order_mark_are_taken_too():
    assert split(b"\xef\xbb\xbf" + json.dumps(event()).encode())[0].about == "deals:77"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"3",
        b'[{"a": NaN}]',
        b'[{"a": Infinity}]',
        b"\xff\xfe",
        b"[{",
        b"[" * 100_000,
        b'[{"a": ' + b"[" * 20 + b"]" * 20 + b"}]",
        b'[{"a": ' + b"9" * 5000 + b"}]",
        b"[" + b",".join([b'{"eventId":1}'] * 101) + b"]",
        b'[{"a": "' + b"x" * 2_200_000 + b'"}]',
    ],
)
def test_what_hubspot_never_sends_is_put_aside_as_it_came(body):
    with pytest.raises(Unreadable) as refused:
        split(body)
    assert refused.value.remains == body[:20_000].decode("utf-8", "replace")


def test_one_entry_that_is_no_event_hurts_no_other():
    good, bad = split([event("deal.creation"), "nonsense"])
    assert facts_of(good.content)[0].key.id == "77"
    with pytest.raises(Rejected):
        facts_of(bad.content)


def test_numbers_never_become_floats_and_contents_can_be_written_as_json_again():
    (found,) = split(b'[{"eventId":1,"portalId":33,"amount":0.1000000000000000055,"note":"\\ud800"}]')
    assert found.content["amount"] == "0.1000000000000000055"
    json.dumps(found.content, ensure_ascii=False).encode()


def test_events_of_unknown_kinds_split_fine_and_mean_nothing():
    kinds = [
        "deal.associationChange",
        "contact.propertyChange",
        "conversation.newMessage",
        "object.creation",
        "",
        "x",
        "event.completed",
    ]
    for found in split([event(kind, fromObjectId=1, toObjectId=2) for kind in kinds if kind]):
        assert facts_of(found.content) == []


def test_only_the_connections_own_portal_passes():
    (mine,), (theirs,), (nobodys,) = split([event()]), split([event(portalId=34)]), split([{**event(), "portalId": None}])
    assert ADAPTER.check(mine, connection())
    assert not ADAPTER.check(theirs, connection())
    assert not ADAPTER.check(nobodys, connection())
    assert not ADAPTER.check(mine, connection(external_id=""))


def test_a_workflow_body_without_portal_passes_on_a_connections_own_url():
    (found,) = split({"objectId": 77, "properties": {"dealstage": "closedwon"}})
    assert ADAPTER.check(found, connection())
    (foreign,) = split({"objectId": 77, "portalId": 34, "properties": {}})
    assert not ADAPTER.check(foreign, connection())


def test_a_property_change_is_one_field_at_the_time_it_occurred():
    (facts,) = facts_of(changed("amount", "120000.50"))
    assert facts.fields == {"amount": "120000.5"}
    assert facts.version == Version(AT, Origin.MESSAGE)
    assert (str(facts.key), facts.deleted, facts.complete, facts.notification_ids) == ("hs:deal:77", None, False, ("1",))


def test_a_stage_says_whether_the_deal_is_won():
    stages = {"closedwon": "won", "closedlost": "lost", "contractsent": "open", "1f4f1ec1-8174-49f3-a112-4eaa4748e38e": "open"}
    for raw, stage in stages.items():
        (facts,) = facts_of(changed("dealstage", raw))
        assert facts.fields == {"stage": stage, "stage_name": raw}
    (facts,) = facts_of(changed("dealstage", "998"), mapped(stages={"998": "won"}))
    assert facts.fields["stage"] == "won"


def test_an_emptied_property_is_known_to_be_empty():
    (facts,) = facts_of(changed("amount", ""))
    assert facts.fields == {"amount": None}


def test_a_property_that_is_not_mapped_or_is_hidden_says_nothing():
    assert facts_of(changed("hs_analytics_source", "OFFLINE")) == []
    assert facts_of(changed("amount", "REDACTED", isSensitive=True)) == []


def test_creation_deletion_and_restore():
    (created,) = facts_of(event("deal.creation"))
    (deleted,) = facts_of(event("deal.deletion"))
    (restored,) = facts_of(event("deal.restore"))
    assert (created.fields, created.deleted, created.complete) == ({}, None, False)
    assert (deleted.deleted, restored.deleted) == (True, False)


def test_a_merge_deletes_the_losers_and_not_the_survivor():
    merge = event("deal.merge", primaryObjectId=1, mergedObjectIds=[2, 3], newObjectId=3)
    del merge["objectId"]
    assert {facts.key.id: facts.deleted for facts in facts_of(merge)} == {"3": None, "1": True, "2": True}
    without_new = event("deal.merge", primaryObjectId=1, mergedObjectIds=[2])
    del without_new["objectId"]
    assert {facts.key.id: facts.deleted for facts in facts_of(without_new)} == {"1": None, "2": True}


def test_generic_object_events_are_read_by_their_type():
    assert facts_of(event("object.propertyChange", objectTypeId="0-3", propertyName="amount", propertyValue="5"))[0].fields == {
        "amount": "5"
    }
    assert facts_of(event("object.deletion", objectTypeId="0-1")) == []
    assert facts_of(event("object.deletion")) == []


def test_the_subscription_may_be_called_event_type():
    content = changed("amount", "5")
    content["eventType"] = content.pop("subscriptionType")
    assert facts_of(content)[0].fields == {"amount": "5"}


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("amount", "NaN"),
        ("amount", "Infinity"),
        ("amount", "1e400"),
        ("amount", "1e-400"),
        ("amount", "1000000000000001"),
        ("amount", "12,50"),
        ("amount", "0x10"),
        ("amount", "١٢"),
        ("closedate", "2026-02-30"),
        ("closedate", "next week"),
        ("closedate", "99999999999999"),
        ("closedate", "2026-03-31T10:00:00"),
        ("deal_currency_code", "EURO"),
        ("hubspot_owner_id", "9" * 65),
    ],
)
def test_what_cannot_be_a_value_is_refused_by_name_and_shortened(name, raw):
    with pytest.raises(Rejected) as refused:
        facts_of(changed(name, raw))
    assert name in refused.value.where
    assert "77" in refused.value.where
    assert refused.value.mend
    assert len(refused.value.what) < 120


@pytest.mark.parametrize("missing", ["objectId", "occurredAt"])
def test_an_event_without_record_or_time_is_refused(missing):
    content = changed("amount", "5")
    del content[missing]
    with pytest.raises(Rejected):
        facts_of(content)


@pytest.mark.parametrize(
    ("raw", "zone", "date"),
    [
        ("1774998000000", "UTC", "2026-03-31"),
        ("1774998000000", "Europe/Amsterdam", "2026-04-01"),
        ("1774998000000", "Pacific/Pago_Pago", "2026-03-31"),
        ("2026-03-31T23:00:00Z", "Pacific/Kiritimati", "2026-04-01"),
        ("2026-03-31T00:00:00Z", "America/New_York", "2026-03-30"),
        ("2026-03-31", "America/New_York", "2026-03-31"),
    ],
)
def test_a_close_date_is_the_date_in_the_maps_zone_and_a_date_is_never_shifted(raw, zone, date):
    (facts,) = facts_of(changed("closedate", raw), mapped(time_zone=zone))
    assert facts.fields == {"close_date": date}


def test_an_orgs_own_date_at_midnight_utc_is_a_date():
    to = mapped(fields={"renewal": "renewal_date"}, types={"renewal": FieldType.DATE}, time_zone="America/New_York")
    assert facts_of(changed("renewal_date", "1774915200000"), to)[0].fields == {"renewal": "2026-03-31"}


def test_probability_is_in_percent_as_in_other_crms():
    assert facts_of(changed("hs_deal_stage_probability", "0.2"))[0].fields == {"probability": "20"}
    assert facts_of(changed("hs_deal_stage_probability", "1.0"))[0].fields == {"probability": "100"}


def test_a_read_record_is_complete_at_its_last_modification():
    content = record(
        {
            "dealname": "Northwind renewal",
            "amount": "12000",
            "dealstage": "closedwon",
            "closedate": "2026-01-01T15:00:00Z",
            "createdate": "2025-12-20T08:00:00.123Z",
            "hubspot_owner_id": "501",
            "deal_currency_code": None,
            "pipeline": "default",
        },
        propertiesWithHistory={
            "dealstage": [
                {"value": "closedwon", "timestamp": "2026-01-01T15:00:00Z"},
                {"value": "contractsent", "timestamp": "2025-12-20T08:00:00.123Z"},
            ],
            "hubspot_owner_id": [{"value": "501", "timestamp": "2025-12-20T08:00:00.123Z"}],
        },
    )
    (facts,) = facts_of(content, origin="read")
    assert facts.version == Version(1767312000500, Origin.READ)
    assert facts.complete
    assert facts.deleted is False
    assert facts.fields == {
        "name": "Northwind renewal",
        "amount": "12000",
        "currency": None,
        "stage": "won",
        "stage_name": "closedwon",
        "pipeline": "default",
        "close_date": "2026-01-01",
        "created_on": "2025-12-20",
        "owner": "501",
    }
    assert facts.history == {
        "stage": ((1766217600123, "open"), (1767279600000, "won")),
        "stage_name": ((1766217600123, "contractsent"), (1767279600000, "closedwon")),
        "owner": ((1766217600123, "501"),),
    }


def test_a_record_tells_how_a_stage_of_its_own_pipeline_ended_and_the_mapping_knows_better():
    own = {"dealstage": "41862", "hs_is_closed_won": "true", "hs_is_closed": "true"}
    history = {"dealstage": [{"value": "41862", "timestamp": "2026-01-01T00:00:00Z"}]}
    (facts,) = facts_of(record(own, propertiesWithHistory=history), origin="read")
    assert (facts.fields["stage"], facts.history["stage"]) == ("won", ((1767225600000, "won"),))
    (lost,) = facts_of(record(own | {"hs_is_closed_won": "false"}), origin="read")
    assert lost.fields["stage"] == "lost"
    (listed,) = facts_of(record(own), mapped(stages={"41862": "open"}), origin="read")
    assert listed.fields["stage"] == "open"


def test_an_archived_record_is_deleted_since_then():
    (facts,) = facts_of(record({"amount": "5"}, archived=True, archivedAt="2026-02-01T00:00:00Z"), origin="read")
    assert (facts.deleted, facts.version, facts.fields) == (True, Version(1769904000000, Origin.READ), {})


def test_a_survivor_names_the_records_merged_into_it():
    history = {"hs_merged_object_ids": [{"value": "5;6", "timestamp": "2026-01-01T00:00:00Z"}, {"value": "5", "timestamp": 1}]}
    found = facts_of(record({"hs_merged_object_ids": "5;6"}, propertiesWithHistory=history), origin="read")
    assert [(facts.key.id, facts.deleted, facts.version.at) for facts in found] == [
        ("77", False, 1767312000500),
        ("5", True, 1),
        ("6", True, 1767225600000),
    ]


def test_a_workflows_whole_record_with_versions_is_read():
    content = {
        "portalId": 33,
        "dealId": 77,
        "isDeleted": False,
        "properties": {
            "dealname": {"value": "Northwind", "timestamp": 1457040864519, "source": "API"},
            "dealstage": {
                "value": "closedwon",
                "timestamp": 1457040864600,
                "versions": [{"name": "dealstage", "value": "closedwon", "timestamp": 1457040864600}],
            },
        },
    }
    (notification,) = split(content)
    assert (notification.about, notification.external_id) == ("deals:77", "33")
    (facts,) = facts_of(notification.content)
    assert facts.fields == {"name": "Northwind", "stage": "won", "stage_name": "closedwon"}
    assert facts.version == Version(1457040864600, Origin.MESSAGE)
    assert facts.history == {
        "stage": ((1457040864600, "won"),),
        "stage_name": ((1457040864600, "closedwon"),),
    }
    assert not facts.complete


def test_a_workflows_own_body_may_list_the_properties_at_its_top():
    body = {"hs_object_id": "77", "dealstage": "closedwon", "amount": 12.5, "hs_lastmodifieddate": "1767225600123"}
    (notification,) = split(body)
    (facts,) = facts_of(notification.content)
    assert facts.fields == {"stage": "won", "stage_name": "closedwon", "amount": "12.5"}
    assert (facts.version.at, facts.key.id) == (AT, "77")


def test_a_workflow_body_without_a_time_is_refused_with_the_property_to_add():
    with pytest.raises(Rejected, match="hs_lastmodifieddate"):
        facts_of({"objectId": 77, "properties": {"amount": "5"}})


def test_a_workflow_about_a_contact_means_nothing():
    assert facts_of({"vid": 3, "portalId": 33, "properties": {}}) == []
    assert facts_of({"objectId": 3, "objectType": "CONTACT", "properties": {}}) == []


@given(
    st.dictionaries(
        st.sampled_from(
            ["objectId", "occurredAt", "subscriptionType", "propertyName", "propertyValue", "properties", "archived", "id"]
        ),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(max_size=20)
            | st.sampled_from(["deal.merge", "amount", "deal.propertyChange"]),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["dealstage", "amount", "value"]), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        min_size=1,
    )
)
def test_whatever_comes_is_read_or_refused_and_never_breaks(content):
    for notification in split([content]):
        for origin in ("message", "read"):
            try:
                found = facts_of(notification.content, origin=origin)
            except Rejected:
                continue  # refused in words, as it should be
            assert all(facts.key.id.isdigit() for facts in found)
