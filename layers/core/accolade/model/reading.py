"""A record read as typed values: what conditions and KPIs see, and when and by whom a deal was closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accolade.model.fields import RECORD_FIELDS, FieldType
from accolade.model.money import to_minor
from accolade.model.records import Record, Value
from accolade.model.times import Millis, from_millis, parse_date

CLOSED = ("won", "lost")


@dataclass(frozen=True, slots=True)
class Closing:
    """The last transition into won or lost: its version time, and the CRM user who owned the record then.

    If nobody is known to have owned it then, the earliest owner known afterwards; None if there is none.
    """

    at: Millis
    stage: str
    owner: str | None


def closing(record: Record) -> Closing | None:
    """How the record was closed, from its histories of stage and owner; None while it is open or deleted."""
    rows = record.history.get("stage", ())
    if not rows or rows[-1][1] not in CLOSED or record.deleted:
        return None
    at, stage = rows[-1]
    for earlier, value in reversed(rows):
        if value != stage:
            break
        at = earlier
    return Closing(at, str(stage), _owner_at(record, at))


def _owner_at(record: Record, at: Millis) -> str | None:
    rows = [(version, owner) for version, owner in record.history.get("owner", ()) if owner]
    before = [owner for version, owner in rows if version <= at]
    owners = before[-1:] or [owner for _, owner in rows[:1]]
    return str(owners[0]) if owners else None


def business_date(record: Record) -> date | None:
    """The deal's close date, a calendar date without zone: decides period, program version and `since`."""
    value = record.value("close_date")
    return parse_date(str(value)) if value else None


def values(record: Record, *, currency: str, types: Mapping[str, FieldType] | None = None) -> dict[str, object]:
    """Typed values by `type.field`: money as minor units of the record's currency (`currency` if it states none),
    dates as `date`, instants as aware UTC. What is empty or unknown is left out."""
    kind = record.key.type
    stated = str(record.value("currency") or currency)
    catalogue = RECORD_FIELDS.get(kind, {})
    found: dict[str, object] = {f"{kind}.currency": stated}
    for name, (_, value) in record.fields.items():
        if value is not None and name != "currency":
            found[f"{kind}.{name}"] = _typed(value, catalogue.get(name) or (types or {}).get(name), stated)
    created, closed = found.get("deal.created_on"), found.get("deal.close_date")
    if isinstance(created, date) and isinstance(closed, date):
        found["deal.cycle_days"] = (closed - created).days
    return found


def _typed(value: Value, field_type: FieldType | None, currency: str) -> object:
    if field_type is FieldType.MONEY:
        return to_minor(str(value), currency)
    if field_type is FieldType.DECIMAL:
        return Decimal(str(value))
    if field_type is FieldType.DATE:
        return parse_date(str(value))
    if field_type is FieldType.INSTANT and isinstance(value, int):
        return from_millis(value)
    return value
