"""Salesforce's standard objects as canonical records: which object reads as what, and how its stages end.

Names are those of the Object Reference for the Salesforce Platform. What an org has not, or does not show to the API user,
is left out when reading (`api`); an org's own mapping lies over these (`crm.mapping`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accolade.model.connections import FieldMap

_ALL = {"created_on": "CreatedDate", "owner": "OwnerId"}
_MONEY = {"currency": "CurrencyIsoCode"}

OPPORTUNITIES = FieldMap(
    record="deal",
    object="Opportunity",
    fields={
        "name": "Name",
        "amount": "Amount",
        "currency": "CurrencyIsoCode",
        "stage_name": "StageName",
        "probability": "Probability",
        "close_date": "CloseDate",
        "created_on": "CreatedDate",
        "owner": "OwnerId",
        "account": "AccountId",
        "type": "Type",
        "lead_source": "LeadSource",
        "next_step": "NextStep",
        "quantity": "TotalOpportunityQuantity",
        "campaign": "CampaignId",
        "last_activity_on": "LastActivityDate",
    },
)
"""How a deal reads where the connection's mapping says nothing else."""

KNOWN = (
    OPPORTUNITIES,
    FieldMap(
        "lead",
        "Lead",
        _ALL
        | {"stage_name": "Status", "source": "LeadSource", "rating": "Rating", "country": "Country", "company": "Company"}
        | {"created_at": "CreatedDate", "converted_on": "ConvertedDate", "last_activity_on": "LastActivityDate"}
        | {"converted_deal": "ConvertedOpportunityId", "converted_account": "ConvertedAccountId"}
        | {"converted_contact": "ConvertedContactId", "opted_out": "HasOptedOutOfEmail"},
    ),
    FieldMap(
        "contact",
        "Contact",
        _ALL
        | {"account": "AccountId", "job_title": "Title", "department": "Department", "source": "LeadSource"}
        | {"country": "MailingCountry", "last_activity_on": "LastActivityDate", "opted_out": "HasOptedOutOfEmail"}
        | {"merged_into": "MasterRecordId"},
    ),
    FieldMap(
        "account",
        "Account",
        _ALL
        | _MONEY
        | {"name": "Name", "industry": "Industry", "type": "Type", "country": "BillingCountry", "region": "BillingState"}
        | {"employees": "NumberOfEmployees", "revenue": "AnnualRevenue", "parent": "ParentId"}
        | {"last_activity_on": "LastActivityDate", "merged_into": "MasterRecordId"},
    ),
    FieldMap(
        "product",
        "Product2",
        _MONEY
        | {"created_on": "CreatedDate", "name": "Name", "code": "ProductCode", "family": "Family", "active": "IsActive"}
        | {"owner": "CreatedById"},
    ),
    FieldMap(
        "ticket",
        "Case",
        _ALL
        | {"stage_name": "Status", "priority": "Priority", "type": "Type", "category": "Reason", "source": "Origin"}
        | {"account": "AccountId", "contact": "ContactId", "product": "ProductId", "escalated": "IsEscalated"}
        | {"created_at": "CreatedDate", "closed_on": "ClosedDate", "closed_at": "ClosedDate"},
    ),
    FieldMap(
        "activity",
        "Task",
        _ALL
        | {"kind": "TaskSubtype", "stage_name": "Status", "priority": "Priority", "outcome": "CallDisposition"}
        | {"account": "AccountId", "contact": "WhoId", "lead": "WhoId", "deal": "WhatId", "ticket": "WhatId"}
        | {"campaign": "WhatId", "due_on": "ActivityDate", "happened_on": "CompletedDateTime"}
        | {"happened_at": "CompletedDateTime", "logged_at": "CreatedDate", "done": "IsClosed"},
    ),
    FieldMap(
        "activity",
        "Event",
        _ALL
        | {"kind": "EventSubtype", "minutes": "DurationInMinutes", "account": "AccountId", "contact": "WhoId"}
        | {"lead": "WhoId", "deal": "WhatId", "ticket": "WhatId", "campaign": "WhatId", "happened_on": "ActivityDate"}
        | {"happened_at": "StartDateTime", "logged_at": "CreatedDate"},
    ),
    FieldMap(
        "campaign",
        "Campaign",
        _ALL
        | _MONEY
        | {"name": "Name", "stage_name": "Status", "type": "Type", "cost": "ActualCost", "budget": "BudgetedCost"}
        | {"started_on": "StartDate", "ended_on": "EndDate", "parent": "ParentId", "active": "IsActive"},
    ),
    FieldMap(
        "campaign_member",
        "CampaignMember",
        {"created_on": "CreatedDate", "owner": "LeadOrContactOwnerId", "stage_name": "Status", "campaign": "CampaignId"}
        | {"lead": "LeadId", "contact": "ContactId", "account": "AccountId", "responded": "HasResponded"}
        | {"responded_on": "FirstRespondedDate"},
    ),
    FieldMap(
        "line_item",
        "OpportunityLineItem",
        _MONEY
        | {"created_on": "CreatedDate", "owner": "Opportunity.OwnerId", "name": "Name", "amount": "TotalPrice"}
        | {"unit_price": "UnitPrice", "list_price": "ListPrice", "quantity": "Quantity", "discount": "Discount"}
        | {"deal": "OpportunityId", "product": "Product2Id", "family": "Product2.Family"}
        | {"account": "Opportunity.AccountId", "starts_on": "ServiceDate"},
    ),
    FieldMap(
        "invoice",
        "Order",
        _ALL
        | _MONEY
        | {"number": "OrderNumber", "stage_name": "Status", "amount": "TotalAmount", "account": "AccountId"}
        | {"deal": "OpportunityId", "issued_on": "EffectiveDate"},
    ),
    FieldMap(
        "subscription",
        "Contract",
        _ALL
        | _MONEY
        | {"number": "ContractNumber", "stage_name": "Status", "account": "AccountId", "started_on": "StartDate"}
        | {"ended_on": "EndDate"},
    ),
    # Below: only where the mapping names the object, for not every org has them or sees them.
    FieldMap(
        "invoice",
        "Invoice",
        _ALL
        | _MONEY
        | {"number": "InvoiceNumber", "stage_name": "Status", "amount": "TotalAmountWithTax", "balance": "Balance"}
        | {"account": "BillingAccountId", "issued_on": "InvoiceDate", "due_on": "DueDate"},
    ),
    FieldMap(
        "subscription",
        "Asset",
        _ALL
        | _MONEY
        | {"number": "Name", "stage_name": "Status", "account": "AccountId", "product": "Product2Id"}
        | {"product_family": "ProductFamily", "started_on": "InstallDate", "ended_on": "UsageEndDate"}
        | {"quantity": "Quantity"},
    ),
    FieldMap("survey_response", "", {"created_on": "CreatedDate", "owner": "OwnerId"}),
    FieldMap("training", "", _ALL),
    FieldMap("claim", "", _ALL | _MONEY),
    FieldMap("cost", "", {"owner": "OwnerId"} | _MONEY),
    FieldMap("nomination", "", {"owner": "OwnerId", "nominated_on": "CreatedDate"}),
)
"""What `{record: ticket}` in a mapping file lies over. An empty object: Salesforce has none; the mapping names the org's own."""

ON_REQUEST = ("Invoice", "Asset")
"""Objects that are read only where the mapping names them."""


@dataclass(frozen=True, slots=True)
class Stages:
    """How an object's records end, where the org's mapping does not say: by flags first, then by the standard names.

    `flags`: boolean field -> what its truth says. `names`: standard values of the status field.
    """

    flags: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


STAGES: dict[str, Stages] = {
    "Lead": Stages(
        {"IsConverted": "won"}, {"Closed - Converted": "won", "Closed - Not Converted": "lost", "Unqualified": "lost"}
    ),
    "Case": Stages({"IsClosed": "won"}, {"Closed": "won"}),
    "Task": Stages({"IsClosed": "won"}, {"Completed": "won", "Deferred": "lost"}),
    "Campaign": Stages({}, {"Completed": "won", "Aborted": "lost"}),
    "CampaignMember": Stages({"HasResponded": "won"}, {"Responded": "won"}),
    "Order": Stages({}, {"Cancelled": "lost", "Canceled": "lost", "Expired": "lost"}),
    "Invoice": Stages({}, {"Paid": "won", "Voided": "lost", "Canceled": "lost", "Write Off": "lost"}),
    "Contract": Stages({}, {"Expired": "won", "Cancelled": "lost", "Canceled": "lost", "Terminated": "lost"}),
    "Asset": Stages({}, {"Obsolete": "won", "Canceled": "lost", "Cancelled": "lost"}),
}
"""Object -> its standard ends; of other objects the mapping says them under `stages`."""

FLAGS = tuple(dict.fromkeys(("IsWon", "IsClosed", *(flag for it in STAGES.values() for flag in it.flags), "EndDateTime")))
"""Fields that are read with every record that has them, because its stage may hang on them."""

MERGEABLE = ("Lead", "Contact", "Account")
"""Objects whose duplicates Salesforce merges; who made and who merged them is read too."""

PREFIXES = {"account": "001", "contact": "003", "lead": "00Q", "deal": "006", "ticket": "500", "campaign": "701"}
"""The first characters of ids by record type: a task's WhoId may be a contact's or a lead's, its WhatId anything's."""
POLYMORPHIC = ("WhoId", "WhatId")

KINDS = {"event": "meeting", "listemail": "email"}
"""Salesforce's subtypes of activities that other CRMs call otherwise; the rest is taken in lower case."""


@dataclass(frozen=True, slots=True)
class History:
    """Where an object's changes are told: `changes` has Field, OldValue, NewValue and CreatedDate rows by `parent`.

    `stage`: the tracked status field; `status`: the object that lists its values, with the flag that says they are ends.
    """

    changes: str
    parent: str
    stage: str = "Status"
    status: str = ""
    flag: str = ""


HISTORIES: dict[str, History] = {
    "Opportunity": History("OpportunityFieldHistory", "OpportunityId", ""),
    "Lead": History("LeadHistory", "LeadId", status="LeadStatus", flag="IsConverted"),
    "Case": History("CaseHistory", "CaseId", status="CaseStatus", flag="IsClosed"),
    "Contact": History("ContactHistory", "ContactId", ""),
    "Account": History("AccountHistory", "AccountId", ""),
    "Contract": History("ContractHistory", "ContractId"),
    "Order": History("OrderHistory", "OrderId"),
    "Asset": History("AssetHistory", "AssetId"),
}


def history_of(field_map: FieldMap) -> History | None:
    """Where the changes of the map's object are told; None where Salesforce keeps none (tasks, members, line items)."""
    if field_map.object in HISTORIES:
        return HISTORIES[field_map.object]
    if field_map.object.endswith("__c"):
        stage = field_map.fields.get("stage_name", "")
        return History(f"{field_map.object.removesuffix('__c')}__History", "ParentId", stage)
    return None
