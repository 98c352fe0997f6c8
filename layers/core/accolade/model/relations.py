"""Which records a record refers to: by which field, of which type, and under which prefix their fields are seen beside it."""

from datetime import date
from functools import cache

from accolade.model.fields import RECORD_FIELDS, FieldType

_TARGETS = {
    "account": "account",
    "contact": "contact",
    "deal": "deal",
    "lead": "lead",
    "ticket": "ticket",
    "product": "product",
    "campaign": "campaign",
    "subscription": "subscription",
    "converted_deal": "deal",
    "converted_account": "account",
    "converted_contact": "contact",
}
"""Reference field -> record type, which is the prefix too. References to a record's own kind (`parent`, `merged_into`,
`renewed_from`) are not followed: `account.name` is always the account itself."""


@cache
def relations(kind: str) -> tuple[tuple[str, str, str], ...]:
    """(field, type, prefix) of every record that one of this type refers to, in the order they are tried.

    The field holds the other record's id in the same connection. Two fields may lead to one prefix (a lead's `account`
    and `converted_account`): the first that holds something counts.
    """
    fields = RECORD_FIELDS.get(kind, {})
    found = [(name, target, target) for name, target in _TARGETS.items() if name in fields and target != kind]
    # A deal says its product as a text, which is the product's id where products are read too.
    return tuple(it for it in found if fields[it[0]] in (FieldType.REFERENCE, FieldType.TEXT))


@cache
def prefixes(kind: str) -> tuple[str, ...]:
    """The prefixes that may lie beside a record's own, each once."""
    return tuple(dict.fromkeys(prefix for _, _, prefix in relations(kind)))


LED = "deal.lead_cycle_days"


def follow_lead(values: dict[str, object]) -> None:
    """The days of a deal's cycle across the conversion, by the lead joined beside it, where the deal itself does not say
    (`deal.lead_created_on`)."""
    made, closed = values.get("lead.created_on"), values.get("deal.close_date")
    if LED not in values and isinstance(made, date) and isinstance(closed, date):
        values[LED] = (closed - made).days
