"""Fields in words: what people call what a condition asks for, in a record of any type."""

from functools import cache

from accolade.texts import Texts
from accolade.texts.plain import plain


def field_name(name: str, texts: Texts) -> str:
    """What people call a field: `the amount`, `the segment of the account`, `your team`; an org's own field by its name."""
    record, _, field = name.partition(".")
    own = _special(texts).get(name)
    if own or record == "participant":
        return own or plain(field.replace("_", " "), limit=60)
    said = _names(texts).get(field) or plain(field.replace("_", " "), limit=60)
    return texts.t("%(field)s of the account", field=said) if record == "account" else said


@cache
def _special(texts: Texts) -> dict[str, str]:
    """Fields that are called otherwise in one type of record, and those of the reader."""
    return {
        "deal.name": texts.t("the deal's name"),
        "deal.account": texts.t("the account's id"),
        "deal.account_name": texts.t("the account"),
        "participant.role": texts.t("your role"),
        "participant.team": texts.t("your team"),
        "participant.manager": texts.t("your manager"),
        "participant.country": texts.t("your country"),
        "participant.region": texts.t("your region"),
        "participant.kind": texts.t("your kind of contract"),
        "participant.tenure_days": texts.t("the number of days you have been here"),
    }


@cache
def _names(texts: Texts) -> dict[str, str]:
    return _names_1(texts) | _names_2(texts) | _names_3(texts) | _names_4(texts)


def _names_1(texts: Texts) -> dict[str, str]:
    return {
        "account": texts.t("the account"),
        "account_name": texts.t("the account's name"),
        "active": texts.t("active"),
        "amount": texts.t("the amount"),
        "answered_at": texts.t("the moment of the answer"),
        "answered_on": texts.t("the day of the answer"),
        "approved_amount": texts.t("the approved amount"),
        "assigned_on": texts.t("the day of assignment"),
        "balance": texts.t("what is still open"),
        "budget": texts.t("the budget"),
        "campaign": texts.t("the campaign"),
        "category": texts.t("the category"),
        "close_date": texts.t("the close date"),
        "closed_at": texts.t("the moment of closing"),
        "closed_on": texts.t("the day of closing"),
        "code": texts.t("the code"),
        "company": texts.t("the company"),
        "completed_on": texts.t("the day of completion"),
        "contact": texts.t("the contact"),
        "converted_account": texts.t("the account it became"),
        "converted_contact": texts.t("the contact it became"),
        "converted_deal": texts.t("the deal it became"),
        "converted_on": texts.t("the day of conversion"),
        "cost": texts.t("the cost"),
        "country": texts.t("the country"),
        "course": texts.t("the course"),
        "created_at": texts.t("the moment of creation"),
        "created_on": texts.t("the day of creation"),
        "currency": texts.t("the currency"),
        "cycle_days": texts.t("the number of days from creation to closing"),
        "days_late": texts.t("the number of days late"),
        "deal": texts.t("the deal"),
        "decided_by": texts.t("who decided"),
        "decided_on": texts.t("the day of the decision"),
        "department": texts.t("the department"),
        "discount": texts.t("the discount in percent"),
        "done": texts.t("done"),
    }


def _names_2(texts: Texts) -> dict[str, str]:
    return {
        "due_at": texts.t("the moment it is due"),
        "due_on": texts.t("the day it is due"),
        "employees": texts.t("the number of employees"),
        "ended_on": texts.t("the day of its end"),
        "escalated": texts.t("escalated"),
        "event_on": texts.t("the day that counts"),
        "family": texts.t("the product family"),
        "first_response_at": texts.t("the moment of the first response"),
        "future_impact": texts.t("the future impact"),
        "handover_note": texts.t("the hand-over note"),
        "happened_at": texts.t("the moment it happened"),
        "happened_on": texts.t("the day it happened"),
        "health": texts.t("the health score"),
        "industry": texts.t("the industry"),
        "invoice_due_on": texts.t("the day its invoice is due"),
        "invoice_paid": texts.t("the invoice is paid"),
        "issued_on": texts.t("the day of issue"),
        "job_title": texts.t("the job title"),
        "kind": texts.t("the kind"),
        "last_activity_on": texts.t("the day of the last activity"),
        "lead": texts.t("the lead"),
        "lead_created_on": texts.t("the day its lead was created"),
        "lead_cycle_days": texts.t("the number of days from its lead to closing"),
        "lead_source": texts.t("the source"),
        "lifecycle": texts.t("the phase of life"),
        "list_price": texts.t("the list price"),
        "logged_after_seconds": texts.t("the number of seconds until it was written down"),
        "logged_at": texts.t("the moment it was written down"),
        "merged_count": texts.t("the number of duplicates merged"),
        "merged_into": texts.t("the record it was merged into"),
        "milestone": texts.t("the milestone"),
        "minutes": texts.t("the number of minutes"),
        "mrr": texts.t("the revenue a month"),
        "name": texts.t("the name"),
        "new_family": texts.t("new product family"),
        "next_step": texts.t("the next step"),
        "next_step_on": texts.t("the day of the next step"),
    }


def _names_3(texts: Texts) -> dict[str, str]:
    return {
        "nominated_on": texts.t("the day of the nomination"),
        "nominator": texts.t("who nominated"),
        "number": texts.t("the number"),
        "on": texts.t("the day"),
        "on_time": texts.t("on time"),
        "opted_in_on": texts.t("the day of the opt-in"),
        "opted_out": texts.t("opted out"),
        "opted_out_on": texts.t("the day of the opt-out"),
        "outcome": texts.t("the result"),
        "own_record": texts.t("of one's own making"),
        "owner": texts.t("the owner"),
        "owner_changes": texts.t("the number of changes of owner"),
        "owner_since": texts.t("the moment the owner took over"),
        "paid_on": texts.t("the day of payment"),
        "parent": texts.t("the parent"),
        "passed": texts.t("passed"),
        "persona": texts.t("the persona"),
        "pipeline": texts.t("the pipeline"),
        "points": texts.t("the points"),
        "prestige": texts.t("the prestige"),
        "priority": texts.t("the priority"),
        "priority_bucket": texts.t("the priority group"),
        "probability": texts.t("the probability"),
        "product": texts.t("the product"),
        "product_family": texts.t("the product family"),
        "qualified_on": texts.t("the day of qualification"),
        "quantity": texts.t("the quantity"),
        "rating": texts.t("the rating"),
        "reason": texts.t("the reason"),
        "region": texts.t("the region"),
        "renewed_from": texts.t("the subscription it renews"),
        "renews_on": texts.t("the day of renewal"),
        "reopened": texts.t("the number of times it was reopened"),
        "reopenings": texts.t("the number of times it was reopened"),
        "replies": texts.t("the number of replies"),
        "resolution_seconds": texts.t("the number of seconds until it was solved"),
        "responded": texts.t("responded"),
    }


def _names_4(texts: Texts) -> dict[str, str]:
    return {
        "responded_on": texts.t("the day of the response"),
        "response_seconds": texts.t("the number of seconds until the first response"),
        "revenue": texts.t("the revenue"),
        "rfm_f": texts.t("the frequency score"),
        "rfm_m": texts.t("the monetary score"),
        "rfm_on": texts.t("the day of the customer scores"),
        "rfm_r": texts.t("the recency score"),
        "rfm_segment": texts.t("the customer segment"),
        "sale_kind": texts.t("the kind of sale"),
        "satisfaction": texts.t("the satisfaction score"),
        "scale": texts.t("the best score there is"),
        "score": texts.t("the score"),
        "segment": texts.t("the segment"),
        "series": texts.t("the series"),
        "sla_met": texts.t("the service level is kept"),
        "source": texts.t("the source"),
        "stage": texts.t("the outcome"),
        "stage_bounces": texts.t("the number of returns to an earlier stage"),
        "stage_count": texts.t("the number of stages passed"),
        "stage_days": texts.t("the number of days in this stage"),
        "stage_name": texts.t("the stage"),
        "stage_since": texts.t("the moment this stage began"),
        "started_on": texts.t("the first day"),
        "starts_on": texts.t("the first day"),
        "submitted_on": texts.t("the day of submission"),
        "subscribed": texts.t("subscribed"),
        "subscription": texts.t("the subscription"),
        "survey": texts.t("the survey"),
        "team": texts.t("the team"),
        "ticket": texts.t("the ticket"),
        "touch": texts.t("which touch it was"),
        "touches": texts.t("the number of touches"),
        "type": texts.t("the type"),
        "unit_price": texts.t("the price of one"),
        "upsell_amount": texts.t("the increase in value"),
    }
