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

RECORD_FIELDS: dict[str, dict[str, FieldType]] = {
    "deal": {
        "name": FieldType.TEXT,
        "amount": FieldType.MONEY,
        "currency": FieldType.CHOICE,
        "stage": FieldType.CHOICE,
        "stage_name": FieldType.TEXT,
        "pipeline": FieldType.TEXT,
        "probability": FieldType.DECIMAL,
        "close_date": FieldType.DATE,
        "created_on": FieldType.DATE,
        "owner": FieldType.USER,
        "account": FieldType.REFERENCE,
        "account_name": FieldType.TEXT,
        "product": FieldType.TEXT,
        "type": FieldType.TEXT,
        "lead_source": FieldType.TEXT,
    },
}
"""Record type -> field -> type. Later record types are further keys; an org's own fields come from its mapping."""

DERIVED_FIELDS: dict[str, dict[str, FieldType]] = {
    "deal": {"cycle_days": FieldType.INTEGER},
}
"""Computed from the record as it stands: `cycle_days` = close_date - created_on in calendar days."""

PARTICIPANT_FIELDS: dict[str, FieldType] = {
    "role": FieldType.TEXT,
    "team": FieldType.TEXT,
    "manager": FieldType.TEXT,
    "country": FieldType.TEXT,
    "tenure_days": FieldType.INTEGER,
}

TRACKED_FIELDS: dict[str, tuple[str, ...]] = {"deal": ("stage", "owner")}
"""The fields of which a bounded history of (version, value) is kept with the record."""
