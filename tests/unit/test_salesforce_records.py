"""Salesforce's objects beyond opportunities, from the stand-in's API to canonical facts, and the tag written back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.contract.senders import connection

from accolade import crm
from accolade.crm.mapping import field_maps
from accolade.model.errors import Missing, Rejected, Retry
from accolade.model.fields import RECORD_FIELDS
from accolade.model.records import Facts
from accolade.model.times import to_millis
from crms.salesforce import StandIn

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
ADAPTER = crm.adapter("salesforce")
STAMP, MADE = "2026-03-30T10:00:00.000+0000", "2026-03-01T08:00:00.000+0000"
ANN, BOB = "0055e000003XyZ1AAK", "0055e000003XyZ2AAK"
ACCOUNT, DEAL, CASE, LEAD, CONTACT = (f"{prefix}5e0000000001AAA" for prefix in ("001", "006", "500", "00Q", "003"))
LATER = to_millis(datetime(2026, 3, 30, 10, tzinfo=UTC))
FIRST = to_millis(datetime(2026, 3, 1, 8, tzinfo=UTC))

ROWS: dict[str, dict[str, Any]] = {
    "Lead": {
        "Id": LEAD,
        "Status": "Qualified",
        "IsConverted": True,
        "ConvertedDate": "2026-03-20",
        "ConvertedOpportunityId": DEAL,
    },
    "Contact": {"Id": CONTACT, "AccountId": ACCOUNT, "Title": "Buyer", "HasOptedOutOfEmail": False},
    "Account": {"Id": ACCOUNT, "Name": "Northwind", "NumberOfEmployees": 200, "AnnualRevenue": 1000000.5},
    "Product2": {"Id": "01t5e0000000001AAA", "Name": "GTX Pro", "Family": "GTX", "IsActive": True, "CreatedById": ANN},
    "Case": {"Id": CASE, "Status": "Closed", "IsClosed": True, "ClosedDate": STAMP, "Priority": "High", "AccountId": ACCOUNT},
    "Task": {"Id": "00T5e0000000001AAA", "Status": "Completed", "IsClosed": True, "TaskSubtype": "Call", "WhoId": CONTACT}
    | {"WhatId": DEAL, "CompletedDateTime": STAMP, "ActivityDate": "2026-03-31"},
    "Event": {"Id": "00U5e0000000001AAA", "EventSubtype": "Event", "StartDateTime": MADE, "EndDateTime": MADE, "WhoId": LEAD},
    "Campaign": {
        "Id": "7015e0000000001AAA",
        "Name": "Spring",
        "Status": "Completed",
        "ActualCost": 1200.0,
        "EndDate": "2026-03-29",
    },
    "CampaignMember": {"Id": "00v5e0000000001AAA", "CampaignId": "7015e0000000001AAA", "HasResponded": True, "LeadId": LEAD}
    | {"FirstRespondedDate": "2026-03-12", "LeadOrContactOwnerId": ANN, "Status": "Responded"},
    "OpportunityLineItem": {"Id": "00k5e0000000001AAA", "OpportunityId": DEAL, "Product2Id": "01t5e0000000001AAA"}
    | {"Quantity": 2.0, "UnitPrice": 90.0, "ListPrice": 100.0, "Opportunity": {"OwnerId": ANN, "AccountId": ACCOUNT}},
    "Order": {"Id": "8015e0000000001AAA", "OrderNumber": "00000100", "Status": "Activated", "TotalAmount": 180.0},
    "Contract": {"Id": "8005e0000000001AAA", "Status": "Activated", "StartDate": "2026-01-01", "AccountId": ACCOUNT},
}
SAID: dict[str, dict[str, Any]] = {
    "Lead": {"stage": "won", "stage_name": "Qualified", "converted_on": "2026-03-20", "converted_deal": DEAL, "owner": ANN},
    "Contact": {"account": ACCOUNT, "job_title": "Buyer", "opted_out": False, "created_on": "2026-03-01"},
    "Account": {"name": "Northwind", "employees": 200, "revenue": "1000000.5", "owner": ANN},
    "Product2": {"name": "GTX Pro", "family": "GTX", "active": True},
    "Case": {"stage": "won", "stage_name": "Closed", "closed_at": LATER, "closed_on": "2026-03-30", "created_at": FIRST},
    "Task": {"kind": "call", "stage": "won", "done": True, "contact": CONTACT, "lead": None, "deal": DEAL, "ticket": None}
    | {"happened_at": LATER, "due_on": "2026-03-31", "logged_at": FIRST},
    "Event": {"kind": "meeting", "stage": "won", "lead": LEAD, "contact": None, "happened_at": FIRST},
    "Campaign": {"name": "Spring", "stage": "won", "cost": "1200", "ended_on": "2026-03-29"},
    "CampaignMember": {"stage": "won", "responded": True, "responded_on": "2026-03-12", "lead": LEAD, "owner": ANN},
    "OpportunityLineItem": {
        "deal": DEAL,
        "quantity": "2",
        "unit_price": "90",
        "list_price": "100",
        "owner": ANN,
        "account": ACCOUNT,
    },
    "Order": {"number": "00000100", "stage": "open", "amount": "180"},
    "Contract": {"stage": "open", "started_on": "2026-01-01", "account": ACCOUNT},
}


@pytest.fixture
def org() -> Iterator[StandIn]:
    stand_in = StandIn().start()
    common = {"CreatedDate": MADE, "SystemModstamp": STAMP, "OwnerId": ANN}
    stand_in.load({object_: [common | row] for object_, row in ROWS.items()})
    stand_in.load({"Opportunity": [common | {"Id": DEAL, "StageName": "Closed Won", "IsWon": True, "IsClosed": True}]})
    yield stand_in
    stand_in.stop()


def linked(org: StandIn, *entries: dict[str, Any]) -> Any:
    maps = field_maps({"connection": {"salesforce": list(entries)}}, crm="salesforce")
    found = connection("salesforce", "00D5e000000AbcDEAS", maps)
    return replace(found, api_base=org.base_url, credentials="acme-api")


def read(org: StandIn, *entries: dict[str, Any]) -> list[Facts]:
    acme = linked(org, *entries)
    reader = ADAPTER.reader(acme, lambda name: "a-session")
    pages = [page for entry in acme.maps for page in reader.changed_since(entry, None, now=NOW)]
    return [facts for page in pages for item in page.items for facts in ADAPTER.normalize(item, acme, origin="read")]


@pytest.mark.parametrize("object_", ROWS)
def test_each_object_is_swept_and_read_as_its_record(org: StandIn, object_: str) -> None:
    record = next(it.record for it in ADAPTER.known_maps if it.object == object_)
    (facts,) = read(org, {"record": record, "object": object_})
    assert facts.key.type == record
    assert SAID[object_].items() <= facts.fields.items()
    assert set(facts.fields) <= set(RECORD_FIELDS[record])
    assert (facts.complete, facts.deleted, facts.version.at) == (True, False, LATER)


def test_every_object_that_is_mapped_is_swept(org: StandIn) -> None:
    kinds = sorted({it.record for it in ADAPTER.known_maps if it.object and it.object not in ADAPTER.on_request})
    assert {facts.key.type for facts in read(org, *({"record": kind} for kind in kinds))} == set(kinds)


def test_what_was_deleted_or_merged_away_comes_as_deleted(org: StandIn) -> None:
    org.load({"Case": [ROWS["Case"] | {"IsDeleted": True, "SystemModstamp": STAMP, "OwnerId": ANN}]})
    org.load(
        {"Contact": [ROWS["Contact"] | {"IsDeleted": True, "MasterRecordId": "0035e0000000009AAA", "SystemModstamp": STAMP}]}
    )
    ticket, contact = read(org, {"record": "ticket"}, {"record": "contact"})
    assert (ticket.deleted, contact.deleted) == (True, True)
    assert contact.fields["merged_into"] == "0035e0000000009AAA"


def test_a_merge_is_an_act_of_whoever_merged(org: StandIn) -> None:
    gone = {"IsDeleted": True, "MasterRecordId": "0035e0000000009AAA", "SystemModstamp": STAMP, "LastModifiedById": ANN}
    org.load({"Contact": [ROWS["Contact"] | gone | {"CreatedById": BOB}], "Task": [], "Event": []})

    def merged() -> Facts:
        return next(it for it in read(org, {"record": "contact"}, {"record": "activity"}) if it.fields.get("kind") == "merge")

    act = merged()
    assert (act.key.type, act.key.id, act.deleted) == ("activity", CONTACT, False)
    assert {"owner": ANN, "done": True, "contact": "0035e0000000009AAA", "own_record": False}.items() <= act.fields.items()
    assert act.fields["happened_on"] == "2026-03-30"
    org.load({"Contact": [ROWS["Contact"] | gone | {"CreatedById": ANN}]})
    assert merged().fields["own_record"] is True
    assert {it.key.type for it in read(org, {"record": "contact"})} == {"contact"}


def test_a_case_is_told_its_stages_and_owners_by_its_history(org: StandIn) -> None:
    def change(field: str, old: str, new: str, at: str) -> dict[str, str]:
        return {"CaseId": CASE, "Field": field, "OldValue": old, "NewValue": new, "CreatedDate": at}

    org.load(
        {
            "CaseStatus": [{"MasterLabel": name, "ApiName": name, "IsClosed": name == "Solved"} for name in ("New", "Solved")],
            "CaseHistory": [
                change("Status", "New", "Solved", "2026-03-05T08:00:00.000+0000"),
                change("Status", "Solved", "New", "2026-03-06T08:00:00.000+0000"),
                change("Owner", ANN, BOB, "2026-03-07T08:00:00.000+0000"),
                change("Owner", "Ann", "Bob", "2026-03-07T08:00:00.000+0000"),
            ],
        }
    )
    (facts,) = read(org, {"record": "ticket"})
    assert [stage for _, stage in facts.history["stage"]] == ["open", "won", "open"]
    assert [name for _, name in facts.history["stage_name"]] == ["New", "Solved", "New"]
    assert facts.history["stage"][0][0] == FIRST
    assert [owner for _, owner in facts.history["owner"]] == [ANN, BOB]


def test_a_deal_is_told_which_lead_it_came_from(org: StandIn) -> None:
    deal, _ = read(org, {"record": "deal"}, {"record": "lead"})
    assert (deal.fields["lead"], deal.fields["lead_created_on"]) == (LEAD, "2026-03-01")
    (alone,) = read(org, {"record": "deal"})
    assert "lead" not in alone.fields


def test_what_a_queue_owns_nobody_owns(org: StandIn) -> None:
    org.load({"Case": [ROWS["Case"] | {"SystemModstamp": STAMP, "OwnerId": "00G5e0000000001AAA"}]})
    (facts,) = read(org, {"record": "ticket"})
    assert facts.fields["owner"] is None


def test_an_object_of_the_orgs_own_is_any_record_it_says(org: StandIn) -> None:
    row = {"Id": "a0B5e0000000001AAA", "SystemModstamp": STAMP, "CreatedDate": MADE, "OwnerId": ANN, "Sent__c": "2026-03-02"}
    org.load({"Warranty__c": [row | {"State__c": "Paid", "IsDeleted": False}]})
    fields = {"claim.submitted_on": "Sent__c", "claim.stage": "State__c"}
    (facts,) = read(org, {"record": "claim", "object": "Warranty__c", "fields": fields, "stages": {"won": "Paid"}})
    assert facts.key.type == "claim"
    assert {"submitted_on": "2026-03-02", "stage": "won", "stage_name": "Paid", "owner": ANN}.items() <= facts.fields.items()


TAGGED = {
    "record": "account",
    "fields": {"account.rfm_segment": "Tag__c", "account.rfm_on": "TagDate__c", "account.rfm_r": "R__c"},
}


def writer(org: StandIn, entry: dict[str, Any] = TAGGED) -> Any:
    org.load({"Account": [{"Id": ACCOUNT, "SystemModstamp": STAMP, "Tag__c": None, "TagDate__c": None, "R__c": 3.0}]})
    acme = linked(org, entry)
    reader = ADAPTER.reader(acme, lambda name: "a-session")
    return lambda **tag: reader.write_back(acme.maps[0], tag.pop("id_", ACCOUNT), tag)


def patches(org: StandIn) -> int:
    return sum(call.startswith("PATCH") for call in org.calls)


def test_a_tag_and_its_date_are_written_back_once(org: StandIn) -> None:
    write = writer(org)
    assert write(rfm_segment="Champions", rfm_on="2026-04-01", rfm_r=3) is True
    assert write(rfm_segment="Champions", rfm_on="2026-04-01", rfm_r=3) is False
    assert patches(org) == 1
    (facts,) = read(org, TAGGED)
    assert (facts.fields["rfm_segment"], facts.fields["rfm_on"]) == ("Champions", "2026-04-01")


def test_nothing_is_written_to_fields_that_the_org_did_not_name(org: StandIn) -> None:
    write = writer(org)
    with pytest.raises(Rejected, match="no field of the CRM is mapped"):
        write(name="Ours")
    with pytest.raises(Rejected, match="nothing to write"):
        write()
    money = writer(org, {"record": "account", "fields": {"account.revenue": "Revenue__c"}})
    with pytest.raises(Rejected, match="money is not written back"):
        money(revenue="5")
    assert patches(org) == 0


def test_a_write_that_fails_is_tried_once_and_may_be_tried_again(org: StandIn) -> None:
    write = writer(org)
    org.fail(path=f"sobjects/Account/{ACCOUNT}", status=503)
    with pytest.raises(Retry):
        write(rfm_segment="Champions")
    assert patches(org) == 1
    assert write(rfm_segment="Champions") is True
    assert patches(org) == 2
    with pytest.raises(Missing):
        write(id_="0015e0000000077AAA", rfm_segment="Champions")
    with pytest.raises(Missing):
        write(id_="x' OR Name != '", rfm_segment="Champions")
