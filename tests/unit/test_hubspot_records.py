"""HubSpot's objects beyond deals: from the stand-in's API and from events to canonical facts, and the tag written back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.contract.senders import connection

from accolade import crm
from accolade.crm import Reader
from accolade.crm.hubspot.api import HubSpotReader
from accolade.crm.hubspot.calls import Calls
from accolade.crm.hubspot.objects import OBJECT_NAMES
from accolade.crm.mapping import field_maps
from accolade.model.errors import Missing, Rejected, Retry
from accolade.model.fields import RECORD_FIELDS
from accolade.model.records import Facts
from accolade.model.times import to_millis
from crms.hubspot import StandIn

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
ADAPTER = crm.adapter("hubspot")
MADE, LATER = "2026-03-01T08:00:00Z", "2026-03-30T10:00:00Z"
FIRST, LAST = (to_millis(datetime.fromisoformat(at)) for at in (MADE, LATER))
TO: dict[str, dict[str, list[str]]] = {"associations": {"companies": ["31", "30"], "contacts": ["501"], "deals": ["7"]}}

PROPERTIES: dict[str, dict[str, str]] = {
    "leads": {"hs_pipeline_stage": "qualified-stage-id", "hs_createdate": MADE},
    "contacts": {"jobtitle": "Buyer", "lifecyclestage": "customer", "associatedcompanyid": "30", "createdate": MADE},
    "companies": {"name": "Northwind", "numberofemployees": "200", "annualrevenue": "1000000.5", "hs_merged_object_ids": "8;9"},
    "products": {"name": "GTX Pro", "hs_sku": "GTX-1", "price": "100"},
    "tickets": {"hs_pipeline_stage": "4", "createdate": MADE, "closed_date": LATER, "first_agent_reply_date": MADE},
    "calls": {"hs_timestamp": MADE, "hs_createdate": LATER, "hs_call_status": "COMPLETED"},
    "meetings": {"hs_meeting_start_time": MADE, "hs_meeting_outcome": "NO_SHOW"},
    "emails": {"hs_timestamp": MADE, "hs_email_status": "SENT"},
    "tasks": {"hs_timestamp": LATER, "hs_task_status": "NOT_STARTED", "hs_task_priority": "HIGH"},
    "line_items": {"name": "GTX Pro", "price": "90", "quantity": "2", "hs_product_id": "5", "hs_line_item_currency_code": "eur"},
    "invoices": {
        "hs_invoice_status": "paid",
        "hs_amount_billed": "180.00",
        "hs_due_date": "2026-03-20",
        "hs_payment_date": LATER,
    },
    "subscriptions": {"hs_status": "canceled", "hs_recurring_billing_start_date": "2026-01-01"},
    "feedback_submissions": {"hs_survey_type": "NPS", "hs_value": "9", "hs_submission_timestamp": LATER},
}
SAID: dict[str, dict[str, Any]] = {
    "leads": {"stage": "won", "created_on": "2026-03-01", "converted_deal": "7", "account": "31"},
    "contacts": {"job_title": "Buyer", "lifecycle": "customer", "account": "30", "created_on": "2026-03-01"},
    "companies": {"name": "Northwind", "employees": 200, "revenue": "1000000.5", "merged_count": 2},
    "products": {"name": "GTX Pro", "code": "GTX-1", "list_price": "100"},
    "tickets": {"stage": "won", "stage_name": "4", "closed_at": LAST, "first_response_at": FIRST, "contact": "501"},
    "calls": {"kind": "call", "stage": "won", "happened_at": FIRST, "logged_at": LAST, "deal": "7", "account": "31"},
    "meetings": {"kind": "meeting", "stage": "lost", "happened_on": "2026-03-01"},
    "emails": {"kind": "email", "stage": "won"},
    "tasks": {"kind": "task", "stage": "open", "due_on": "2026-03-30", "happened_at": None, "priority": "HIGH"},
    "line_items": {"name": "GTX Pro", "unit_price": "90", "quantity": "2", "product": "5", "currency": "EUR", "deal": "7"},
    "invoices": {"stage": "won", "amount": "180", "due_on": "2026-03-20", "paid_on": "2026-03-30"},
    "subscriptions": {"stage": "lost", "started_on": "2026-01-01"},
    "feedback_submissions": {"kind": "nps", "score": "9", "answered_on": "2026-03-30", "contact": "501"},
}


def row(object_: str, **properties: str) -> dict[str, Any]:
    stamp = "lastmodifieddate" if object_ == "contacts" else "hs_lastmodifieddate"
    known = {"hubspot_owner_id": "77", stamp: str(LAST)}
    return {"id": "1", "properties": known | PROPERTIES[object_] | properties} | TO


@pytest.fixture
def hub() -> Iterator[StandIn]:
    server = StandIn(token="hub-token").start()
    server.load({object_: [row(object_)] for object_ in PROPERTIES})
    yield server
    server.stop()


def linked(hub: StandIn, *entries: dict[str, Any]) -> Any:
    maps = field_maps({"connection": {"hubspot": list(entries)}}, crm="hubspot")
    return replace(connection("hubspot", "62515", maps), api_base=hub.base_url, credentials="acme-api")


def read(hub: StandIn, *entries: dict[str, Any], reader: Reader | None = None) -> list[Facts]:
    acme = linked(hub, *entries)
    reader = reader or ADAPTER.reader(acme, lambda name: "hub-token")
    pages = [page for entry in acme.maps for page in reader.changed_since(entry, None, now=NOW)]
    return [facts for page in pages for item in page.items for facts in ADAPTER.normalize(item, acme, origin="read")]


@pytest.mark.parametrize("object_", PROPERTIES)
def test_each_object_is_swept_and_read_as_its_record(hub: StandIn, object_: str) -> None:
    record = next(it.record for it in ADAPTER.known_maps if it.object == object_)
    facts = read(hub, {"record": record, "object": object_})[0]
    assert facts.key.type == record
    assert SAID[object_].items() <= facts.fields.items()
    assert facts.fields["owner"] == "77"
    assert set(facts.fields) <= set(RECORD_FIELDS[record])
    assert (facts.complete, facts.deleted, facts.version.at) == (True, False, LAST)


def test_activities_are_read_from_all_their_objects(hub: StandIn) -> None:
    waits: list[float] = []
    hasty = HubSpotReader(Calls("hub-token", host=hub.base_url, sleep=waits.append, monotonic=lambda: 100.0))
    found = read(hub, {"record": "activity"}, reader=hasty)
    assert {facts.fields["kind"] for facts in found} == {"call", "meeting", "email", "task"}
    assert waits == pytest.approx([0.2] * 3)


def test_a_ticket_in_a_closed_stage_of_the_orgs_own_is_solved_until_it_is_opened_again(hub: StandIn) -> None:
    hub.load({"tickets": [row("tickets", hs_pipeline_stage="991")]})
    assert read(hub, {"record": "ticket"})[0].fields["stage"] == "won"
    hub.load({"tickets": [row("tickets", hs_pipeline_stage="990", closed_date="")]})
    assert read(hub, {"record": "ticket"})[0].fields["stage"] == "open"


def test_stage_and_owner_come_with_their_history(hub: StandIn) -> None:
    steps = [{"value": "4", "timestamp": LATER}, {"value": "1", "timestamp": MADE}]
    owners = [{"value": "77", "timestamp": LATER}, {"value": "66", "timestamp": MADE}]
    history = {"hs_pipeline_stage": steps, "hubspot_owner_id": owners}
    hub.load({"tickets": [row("tickets") | {"propertiesWithHistory": history}]})
    facts = read(hub, {"record": "ticket"})[0]
    assert facts.history["stage"] == ((FIRST, "open"), (LAST, "won"))
    assert facts.history["stage_name"] == ((FIRST, "1"), (LAST, "4"))
    assert facts.history["owner"] == ((FIRST, "66"), (LAST, "77"))


def test_a_deals_company_is_the_primary_one_of_several(hub: StandIn) -> None:
    hub.load({"deals": [{"id": "1", "properties": {"hs_lastmodifieddate": str(LAST), "dealstage": "closedwon"}} | TO]})
    assert read(hub, {"record": "deal"})[0].fields["account"] == "31"


def test_a_token_that_may_not_read_companies_reads_the_deals_alone(hub: StandIn) -> None:
    hub.load({"deals": [{"id": "1", "properties": {"hs_lastmodifieddate": str(LAST)}} | TO]})
    hub.fail(403, times=2, path="/crm/v4/associations/")
    assert "account" not in read(hub, {"record": "deal"})[0].fields


def test_archived_records_of_any_object_come_as_deleted(hub: StandIn) -> None:
    hub.load({"contacts": [row("contacts") | {"archived": True, "archivedAt": LATER}]})
    (facts,) = read(hub, {"record": "contact"})
    assert (facts.deleted, facts.version.at) == (True, LAST)


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"eventId": 1, "portalId": 62515, "occurredAt": LAST, "subscriptionType": kind, "objectId": 1} | more


def test_events_of_every_object_are_read(hub: StandIn) -> None:
    acme = linked(hub, {"record": "ticket"}, {"record": "contact"}, {"record": "deal"}, {"record": "activity"})

    def told(**content: Any) -> dict[str, Any]:
        (facts,) = ADAPTER.normalize(content, acme, origin="message")
        return {"type": facts.key.type, "id": facts.key.id, "fields": dict(facts.fields), "deleted": facts.deleted}

    closed = event("ticket.propertyChange", propertyName="hs_pipeline_stage", propertyValue="4")
    assert told(**closed) == {"type": "ticket", "id": "1", "fields": {"stage": "won", "stage_name": "4"}, "deleted": None}
    generic = event("object.propertyChange", objectTypeId="0-48", propertyName="hs_call_status", propertyValue="BUSY")
    assert told(**generic)["fields"] == {"stage": "lost", "stage_name": "BUSY", "kind": "call"}
    assert told(**event("object.creation", objectTypeId="0-47"))["fields"] == {"kind": "meeting"}
    gone = told(**event("contact.privacyDeletion"))
    assert gone["deleted"] is True
    assert set(gone["fields"].values()) == {None}


def test_a_changed_association_moves_the_deal_to_its_new_company(hub: StandIn) -> None:
    acme = linked(hub, {"record": "deal"})

    def moved(**more: Any) -> list[Any]:
        known = {"fromObjectId": 7, "toObjectId": 31, "associationType": "DEAL_TO_COMPANY", "associationRemoved": False}
        content = event("deal.associationChange") | known | more
        content.pop("objectId")
        return [(facts.key.id, dict(facts.fields)) for facts in ADAPTER.normalize(content, acme, origin="message")]

    assert moved(isPrimaryAssociation=True) == [("7", {"account": "31"})]
    assert moved(isPrimaryAssociation=True, associationRemoved=True) == [("7", {"account": None})]
    assert moved(isPrimaryAssociation=False) == []
    assert moved(associationType="COMPANY_TO_DEAL", fromObjectId=31, toObjectId=7) == []
    assert moved(associationType="DEAL_TO_TICKET") == []


TAGGED = {"record": "account", "fields": {"account.rfm_segment": "tag", "account.rfm_on": "tag_date", "account.rfm_r": "r"}}


def test_a_tag_and_its_date_are_written_back_once(hub: StandIn) -> None:
    acme = linked(hub, TAGGED)
    reader = ADAPTER.reader(acme, lambda name: "hub-token")
    tag = {"rfm_segment": "Champions", "rfm_on": "2026-04-01", "rfm_r": 5}
    assert reader.write_back(acme.maps[0], "1", tag) is True
    assert reader.write_back(acme.maps[0], "1", tag) is False
    assert reader.write_back(acme.maps[0], "1", tag | {"rfm_segment": None}) is True
    assert [path for method, path in hub.calls if method == "PATCH"] == ["/crm/v3/objects/companies/1"] * 2
    facts = read(hub, TAGGED)[0]
    assert (facts.fields["rfm_segment"], facts.fields["rfm_on"], facts.fields["rfm_r"]) == (None, "2026-04-01", 5)


def test_a_write_that_fails_is_tried_once_and_nothing_else_is_overwritten(hub: StandIn) -> None:
    acme = linked(hub, TAGGED)
    reader = ADAPTER.reader(acme, lambda name: "hub-token")
    hub.fail(503, path="/crm/v3/objects/companies/1")
    with pytest.raises(Retry):
        reader.write_back(acme.maps[0], "1", {"rfm_segment": "Champions"})
    assert sum(method == "PATCH" for method, _ in hub.calls) == 1
    with pytest.raises(Rejected, match="no field of the CRM is mapped"):
        reader.write_back(acme.maps[0], "1", {"name": "Ours"})
    for id_ in ("404", "../deals/1"):
        with pytest.raises(Missing):
            reader.write_back(acme.maps[0], id_, {"rfm_segment": "Champions"})


_VALUES = [
    "",
    " ",
    "closedwon",
    "COMPLETED",
    "4",
    "12.50",
    "1774950000000",
    "2026-03-31T09:00:00Z",
    "2026-03-31",
    "true",
    "x" * 600,
]
_ODD = [None, True, 7, {"value": "4"}, ["4"], "1e400", "NaN", "caf\u00e9"]


def test_a_change_reads_the_same_by_its_plan_as_at_length(hub: StandIn) -> None:
    acme = linked(hub, *({"record": it.record, "object": it.object or "2-99"} for it in ADAPTER.known_maps if it.object))
    singular = {object_: name for name, object_ in OBJECT_NAMES.items() if not name.startswith("0-")}
    compared = 0
    for field_map in acme.maps:
        for vendor in {*field_map.fields.values(), "unmapped"}:
            for value in (*_VALUES, *_ODD):
                kind = f"{singular[field_map.object]}.propertyChange"
                short = event(kind, propertyName=vendor, propertyValue=value)
                # An id as text is not HubSpot's own form, so this one is read at length.
                assert outcome(acme, short) == outcome(acme, short | {"objectId": "1"}), (vendor, value)
                compared += 1
    assert compared > 2000


def outcome(acme: Any, content: dict[str, Any]) -> Any:
    try:
        return ADAPTER.normalize(content, acme, origin="message")
    except Rejected as error:
        return str(error)
