"""The typed catalogue of canonical fields: what adapters write and conditions may ask for."""

from enum import StrEnum


class FieldType(StrEnum):
    """How a canonical value is held: TEXT, CHOICE, USER, REFERENCE: str; INTEGER: int; BOOLEAN: bool;
    DECIMAL and MONEY: decimal text in major units without trailing zeros (the record's `currency` field says which
    currency); DATE: `YYYY-MM-DD`; INSTANT: epoch milliseconds, int."""

    TEXT = "text"
    CHOICE = "choice"
    USER = "user"
    REFERENCE = "reference"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    BOOLEAN = "boolean"


STAGES = ("open", "won", "lost")
"""One reading for every staged type. `open`: it runs. `won`: it came to the end that it is for. `lost`: it ended otherwise.

deal: won, lost. lead: converted, disqualified. ticket: solved, closed without a solution. activity: done, cancelled or
missed. campaign: completed, aborted. campaign_member: responded, opted out or bounced. invoice: paid, void or written off.
subscription: open while it runs, won when it ran its term (and ended or was renewed), lost when it was cancelled.
training: passed, failed or lapsed. claim: approved, rejected. nomination: approved, declined.
"""


def _fields(**named: str) -> dict[str, FieldType]:
    """Fields by type, from `money="amount list_price", ...`."""
    return {field: FieldType(type_) for type_, fields in named.items() for field in fields.split()}


RECORD_FIELDS: dict[str, dict[str, FieldType]] = {
    "deal": _fields(
        text="name stage_name pipeline account_name product product_family type lead_source next_step handover_note region",
        money="amount list_price",
        choice="currency stage",
        decimal="probability discount quantity prestige future_impact",
        date="close_date created_on lead_created_on invoice_due_on next_step_on last_activity_on",
        user="owner",
        reference="account contact lead campaign",
        boolean="invoice_paid",
    ),
    "lead": _fields(
        text="stage_name source rating country segment persona company handover_note",
        choice="currency stage",
        money="amount",
        decimal="score",
        date="created_on qualified_on converted_on closed_on last_activity_on",
        instant="created_at first_response_at",
        user="owner",
        reference="converted_deal converted_account converted_contact campaign account",
        boolean="opted_out",
    ),
    "contact": _fields(
        text="persona job_title department lifecycle source country handover_note",
        date="created_on opted_in_on opted_out_on last_activity_on",
        user="owner",
        reference="account merged_into",
        integer="merged_count",
        boolean="subscribed opted_out",
    ),
    "account": _fields(
        text="name segment industry country region type department rfm_segment priority_bucket handover_note",
        choice="currency",
        money="revenue",
        integer="employees rfm_r rfm_f rfm_m merged_count",
        decimal="health prestige",
        date="created_on rfm_on last_activity_on",
        user="owner",
        reference="parent merged_into",
    ),
    "product": _fields(
        text="name code family series",
        choice="currency",
        money="list_price",
        date="created_on",
        user="owner",
        boolean="active",
    ),
    "ticket": _fields(
        text="stage_name pipeline priority type category source handover_note",
        choice="stage",
        integer="reopened replies",
        decimal="satisfaction",
        date="created_on closed_on",
        instant="created_at closed_at first_response_at due_at",
        user="owner",
        reference="account contact product",
        boolean="sla_met escalated",
    ),
    "activity": _fields(
        text="kind stage_name outcome priority",
        choice="stage",
        integer="minutes",
        date="created_on happened_on due_on",
        instant="happened_at logged_at",
        user="owner",
        reference="account contact deal lead ticket campaign",
        boolean="done own_record",
    ),
    "campaign": _fields(
        text="name stage_name type",
        choice="currency stage",
        money="cost budget",
        date="created_on started_on ended_on",
        user="owner",
        reference="parent",
        boolean="active",
    ),
    "campaign_member": _fields(
        text="stage_name",
        choice="stage",
        integer="touch touches",
        date="created_on responded_on",
        user="owner",
        reference="campaign lead contact account deal",
        boolean="responded",
    ),
    "line_item": _fields(
        text="name family",
        choice="currency",
        money="amount unit_price list_price",
        decimal="quantity discount",
        date="created_on starts_on",
        user="owner",
        reference="deal product account",
    ),
    "invoice": _fields(
        text="number stage_name",
        choice="currency stage",
        money="amount balance",
        date="created_on issued_on due_on paid_on",
        user="owner",
        reference="account deal subscription",
    ),
    "subscription": _fields(
        text="number stage_name product_family",
        choice="currency stage",
        money="mrr",
        decimal="quantity",
        date="created_on started_on ended_on renews_on",
        user="owner",
        reference="account product deal renewed_from",
    ),
    "survey_response": _fields(
        text="survey",
        choice="kind",
        decimal="score scale",
        date="created_on answered_on",
        instant="answered_at",
        user="owner",
        reference="account contact ticket deal campaign",
    ),
    "training": _fields(
        text="course stage_name",
        choice="stage",
        integer="minutes",
        decimal="score",
        date="created_on assigned_on due_on completed_on",
        user="owner",
        boolean="passed",
    ),
    "claim": _fields(
        text="number kind stage_name",
        choice="currency stage",
        money="amount approved_amount",
        decimal="quantity",
        date="created_on submitted_on due_on decided_on",
        user="owner",
        reference="account product deal",
    ),
    "cost": _fields(
        text="kind team region",
        choice="currency",
        money="amount",
        date="on",
        user="owner",
        reference="campaign account product",
    ),
    "nomination": _fields(
        text="milestone reason stage_name",
        choice="stage",
        integer="points",
        date="nominated_on decided_on",
        user="owner nominator decided_by",
    ),
}
"""Record type -> field -> type; an org's own fields come from its mapping.

Who earns is always `owner`: of a training or nomination whom it is about, of a survey response or claim who answers for it.
Where both a date and an instant are there (`created_on`, `created_at`), the date is the day in the connection's time zone.
`deal.list_price` is of the whole deal, `line_item.list_price` of one unit. Discounts and probabilities are percent, 0 to 100.
`survey_response.scale`: the best score there is. `merged_count`: how many duplicates were merged into the record.
`activity.kind`: call, meeting, email, task, note, merge (`own_record`: of a duplicate made by the same person), cleanup (of
a stale record), or an org's own word, such as referral, review or content. `ticket.replies`: how often we answered.
`campaign_member.touch`, `touches`: which of the touches of its deal it was, in order of response, and how many there were.
"""

STAGED = tuple(record for record, fields in RECORD_FIELDS.items() if "stage" in fields)
"""The types that run through stages."""

_SOLD = _fields(choice="sale_kind", money="upsell_amount", boolean="new_family")

TOLD_FIELDS: dict[str, dict[str, FieldType]] = {"deal": _SOLD | _fields(text="near_amounts")}
"""Derived from other records than their own, so they are written to the record by whoever has read those; see `model.sales`.
No condition asks for `deal.near_amounts`: signals do."""

_HISTORY = _fields(integer="stage_days stage_count stage_bounces reopenings", instant="stage_since")
_OWNERS = _fields(integer="owner_changes", instant="owner_since")
_OWN_DERIVED: dict[str, dict[str, FieldType]] = {
    "deal": _fields(integer="cycle_days lead_cycle_days") | _SOLD,
    "lead": _fields(integer="cycle_days response_seconds", date="event_on"),
    "ticket": _fields(integer="cycle_days response_seconds resolution_seconds", date="event_on"),
    "activity": _fields(integer="logged_after_seconds", boolean="on_time", date="event_on"),
    "campaign": _fields(date="event_on"),
    "campaign_member": _fields(date="event_on"),
    "invoice": _fields(integer="days_late", boolean="on_time", date="event_on"),
    "subscription": _fields(date="event_on"),
    "survey_response": _fields(date="event_on"),
    "training": _fields(integer="days_late", boolean="on_time", date="event_on"),
    "claim": _fields(integer="cycle_days", boolean="on_time", date="event_on"),
    "nomination": _fields(date="event_on"),
    "line_item": _fields(date="event_on"),
}

DERIVED_FIELDS: dict[str, dict[str, FieldType]] = {
    record: (_HISTORY if record in STAGED else {}) | (_OWNERS if "owner" in fields else {}) | _OWN_DERIVED.get(record, {})
    for record, fields in RECORD_FIELDS.items()
}
"""Computed from the record as it stands; calendar days are differences of dates.

`cycle_days`: from created to closed (a lead: to its conversion or disqualification; a claim: to the decision).
`deal.lead_cycle_days`: from the creation of the lead behind it to the deal's close date.
`response_seconds`, `resolution_seconds`: from creation to the first response, to the closing. `logged_after_seconds`: from
when it happened to when it was written down. `days_late`: after the due date, negative when early; `on_time`: not late.
From the stage history: `stage_since` when the present stage began, `stage_days` whole days from then to the newest version
known, `stage_count` stages passed, `stage_bounces` returns to a stage left before, `reopenings` ends that were undone.
From the account's other won deals, see `model.sales`: `deal.sale_kind`, `deal.upsell_amount`, `deal.new_family`.
From the owner history: `owner_since`, `owner_changes`. `event_on`: the day that counts, see `EVENT_FIELDS`.
"""

EVENT_FIELDS: dict[str, tuple[str, ...]] = {
    "deal": ("close_date",),
    "lead": ("converted_on", "closed_on", "created_on"),
    "contact": ("created_on",),
    "account": ("created_on",),
    "product": ("created_on",),
    "ticket": ("closed_on", "created_on"),
    "activity": ("happened_on", "due_on", "created_on"),
    "campaign": ("ended_on", "started_on", "created_on"),
    "campaign_member": ("responded_on", "created_on"),
    "line_item": ("starts_on", "created_on"),
    "invoice": ("paid_on", "issued_on", "created_on"),
    "subscription": ("started_on", "created_on"),
    "survey_response": ("answered_on", "created_on"),
    "training": ("completed_on", "assigned_on", "created_on"),
    "claim": ("submitted_on", "created_on"),
    "cost": ("on",),
    "nomination": ("decided_on", "nominated_on"),
}
"""Record type -> the dates of which the first known is its business date (derived as `event_on` where there are several)."""

PARTICIPANT_FIELDS: dict[str, FieldType] = {
    "role": FieldType.TEXT,
    "team": FieldType.TEXT,
    "manager": FieldType.TEXT,
    "country": FieldType.TEXT,
    "region": FieldType.TEXT,
    "kind": FieldType.TEXT,
    "tenure_days": FieldType.INTEGER,
}

TRACKED_FIELDS: dict[str, tuple[str, ...]] = {
    record: tuple(name for name in ("stage", "stage_name", "owner") if name in fields) for record, fields in RECORD_FIELDS.items()
}
"""The fields of which a bounded history of (version, value) is kept with the record."""
