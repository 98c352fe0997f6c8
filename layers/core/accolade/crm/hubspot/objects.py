"""HubSpot's standard objects as canonical records: which object reads as what, and how its stages end.

Property names are those of HubSpot's object guides. HubSpot passes over properties that an account does not have; an org's
own mapping lies over these (`crm.mapping`). `associations.companies` is no property: it is the id of the associated company.
"""

from collections.abc import Mapping

from accolade.model.connections import FieldMap

ASSOCIATED = "associations."
_OWNER = {"owner": "hubspot_owner_id"}
_HS = _OWNER | {"created_on": "hs_createdate"}
_PLAIN = _OWNER | {"created_on": "createdate"}
_COMPANY = {"account": "associations.companies"}
_CONTACT = {"contact": "associations.contacts"}
_ABOUT = _COMPANY | _CONTACT | {"deal": "associations.deals"}
_ACTIVITY = _HS | _ABOUT | {"logged_at": "hs_createdate", "happened_on": "hs_timestamp", "happened_at": "hs_timestamp"}

DEALS = FieldMap(
    record="deal",
    object="deals",
    fields={
        "name": "dealname",
        "amount": "amount",
        "currency": "deal_currency_code",
        "stage_name": "dealstage",
        "pipeline": "pipeline",
        "probability": "hs_deal_stage_probability",
        "close_date": "closedate",
        "created_on": "createdate",
        "owner": "hubspot_owner_id",
        "type": "dealtype",
        "next_step": "hs_next_step",
        "last_activity_on": "notes_last_updated",
        "account": "associations.companies",
    },
    stages={"closedwon": "won", "closedlost": "lost"},
)
"""HubSpot's own deal properties; the canonical stage is derived from that of `stage_name`. Stages that neither the map
lists nor the record itself calls closed are open."""

KNOWN = (
    DEALS,
    FieldMap(
        "lead",
        "leads",
        _HS
        | _COMPANY
        | {"stage_name": "hs_pipeline_stage", "rating": "hs_lead_label", "created_at": "hs_createdate"}
        | {"converted_deal": "associations.deals", "converted_contact": "associations.contacts"},
        stages={"qualified-stage-id": "won", "unqualified-stage-id": "lost"},
    ),
    FieldMap(
        "contact",
        "contacts",
        _PLAIN
        | {"account": "associatedcompanyid", "persona": "hs_persona", "job_title": "jobtitle", "source": "hs_analytics_source"}
        | {"lifecycle": "lifecyclestage", "country": "country", "last_activity_on": "notes_last_updated"}
        | {"opted_out": "hs_email_optout"},
    ),
    FieldMap(
        "account",
        "companies",
        _PLAIN
        | {"name": "name", "industry": "industry", "country": "country", "region": "state", "type": "type"}
        | {"employees": "numberofemployees", "revenue": "annualrevenue", "parent": "hs_parent_company_id"}
        | {"last_activity_on": "notes_last_updated"},
    ),
    FieldMap(
        "product",
        "products",
        _PLAIN | {"name": "name", "code": "hs_sku", "list_price": "price", "family": "hs_product_type"},
    ),
    FieldMap(
        "ticket",
        "tickets",
        _PLAIN
        | _COMPANY
        | _CONTACT
        | {"stage_name": "hs_pipeline_stage", "pipeline": "hs_pipeline", "priority": "hs_ticket_priority"}
        | {"category": "hs_ticket_category", "source": "source_type", "created_at": "createdate"}
        | {"closed_on": "closed_date", "closed_at": "closed_date", "first_response_at": "first_agent_reply_date"}
        | {"due_at": "hs_time_to_close_sla_at"},
        stages={"4": "won"},
    ),
    FieldMap(
        "activity",
        "calls",
        _ACTIVITY | {"stage_name": "hs_call_status", "outcome": "hs_call_disposition"},
        stages={"COMPLETED": "won", "CANCELED": "lost", "BUSY": "lost", "FAILED": "lost", "NO_ANSWER": "lost", "MISSED": "lost"},
    ),
    FieldMap(
        "activity",
        "meetings",
        _ACTIVITY
        | {"stage_name": "hs_meeting_outcome", "happened_on": "hs_meeting_start_time", "happened_at": "hs_meeting_start_time"},
        stages={"COMPLETED": "won", "NO_SHOW": "lost", "CANCELED": "lost"},
    ),
    FieldMap(
        "activity",
        "emails",
        _ACTIVITY | {"stage_name": "hs_email_status", "outcome": "hs_email_direction"},
        stages={"SENT": "won", "BOUNCED": "lost", "FAILED": "lost"},
    ),
    FieldMap(
        "activity",
        "tasks",
        _ACTIVITY
        | {"stage_name": "hs_task_status", "priority": "hs_task_priority", "due_on": "hs_timestamp"}
        | {"happened_on": "hs_task_completion_date", "happened_at": "hs_task_completion_date"},
        stages={"COMPLETED": "won", "DEFERRED": "lost"},
    ),
    FieldMap(
        "line_item",
        "line_items",
        _PLAIN
        | {"name": "name", "amount": "amount", "unit_price": "price", "quantity": "quantity", "product": "hs_product_id"}
        | {"discount": "hs_discount_percentage", "currency": "hs_line_item_currency_code", "deal": "associations.deals"}
        | {"starts_on": "hs_recurring_billing_start_date"},
    ),
    FieldMap(
        "invoice",
        "invoices",
        _HS
        | _COMPANY
        | {"number": "hs_number", "stage_name": "hs_invoice_status", "amount": "hs_amount_billed", "currency": "hs_currency"}
        | {"balance": "hs_balance_due", "issued_on": "hs_invoice_date", "due_on": "hs_due_date", "paid_on": "hs_payment_date"}
        | {"deal": "associations.deals"},
        stages={"paid": "won", "voided": "lost"},
    ),
    FieldMap(
        "subscription",
        "subscriptions",
        _HS
        | _COMPANY
        | {"number": "hs_name", "stage_name": "hs_status", "started_on": "hs_recurring_billing_start_date"}
        | {"ended_on": "hs_recurring_billing_end_date", "renews_on": "hs_next_payment_due_date", "currency": "hs_currency_code"}
        | {"mrr": "hs_recurring_revenue", "deal": "associations.deals"},
        stages={"expired": "won", "canceled": "lost"},
    ),
    FieldMap(
        "survey_response",
        "feedback_submissions",
        _HS
        | _COMPANY
        | _CONTACT
        | {"survey": "hs_survey_name", "kind": "hs_survey_type", "score": "hs_value"}
        | {"answered_on": "hs_submission_timestamp", "answered_at": "hs_submission_timestamp"}
        | {"ticket": "associations.tickets"},
    ),
    FieldMap("campaign", "", _HS),
    FieldMap("campaign_member", "", _HS | _CONTACT),
    FieldMap("training", "", _HS),
    FieldMap("claim", "", _HS | _COMPANY),
    FieldMap("cost", "", _OWNER),
    FieldMap("nomination", "", _OWNER | {"nominated_on": "hs_createdate"}),
)
"""What `{record: ticket}` in a mapping file lies over. An empty object: HubSpot has none; the mapping names the org's own."""

KINDS = {"calls": "call", "meetings": "meeting", "emails": "email", "tasks": "task", "notes": "note"}
"""Object -> the kind of activity that all its records are."""

_NAMES: dict[str, str] = {
    "0-1": "contacts",
    "0-2": "companies",
    "0-3": "deals",
    "0-5": "tickets",
    "0-7": "products",
    "0-8": "line_items",
    "0-19": "feedback_submissions",
    "0-27": "tasks",
    "0-46": "notes",
    "0-47": "meetings",
    "0-48": "calls",
    "0-49": "emails",
    "0-53": "invoices",
    "0-69": "subscriptions",
    "0-136": "leads",
}
OBJECT_NAMES: Mapping[str, str] = _NAMES | {
    "company": "companies",
    **{name.removesuffix("s"): name for name in _NAMES.values() if name != "companies"},
}
"""HubSpot's object type ids and singular names -> the names its API uses."""

MODIFIED = "hs_lastmodifieddate"
MERGED = "hs_merged_object_ids"


def modified(object_: str) -> str:
    """The property that says when a record was last changed; contacts keep an older name for it."""
    return "lastmodifieddate" if object_ == "contacts" else MODIFIED


def associated(field_map: FieldMap) -> dict[str, str]:
    """Object -> canonical field, for the fields that are associations and no properties."""
    return {vendor.removeprefix(ASSOCIATED): name for name, vendor in field_map.fields.items() if vendor.startswith(ASSOCIATED)}
