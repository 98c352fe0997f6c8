"""A record read as typed values: what conditions and KPIs see, and when and by whom it was closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from accolade.model.deriving import DERIVING
from accolade.model.fields import EVENT_FIELDS, RECORD_FIELDS, TOLD_FIELDS, FieldType
from accolade.model.money import to_minor
from accolade.model.quick import quick
from accolade.model.records import Record, Value
from accolade.model.spans import CLOSED, HISTORIES
from accolade.model.times import Millis, from_millis, parse_date

_Convert = Callable[[Value, str], object]


@quick
@dataclass(frozen=True, slots=True)
class Closing:
    """The last transition into won or lost: its version time, and the CRM user who owned the record then.

    If nobody is known to have owned it then, the earliest owner known afterwards; None if there is none.
    """

    at: Millis
    stage: str
    owner: str | None


def closing(record: Record) -> Closing | None:
    """How a staged record was closed, from its histories of stage and owner; None while it is open or deleted, and for
    the types that have no stages."""
    rows = record.history.get("stage", ())
    if not rows or rows[-1][1] not in CLOSED or record.deleted:
        return None
    at, stage = rows[-1]
    for earlier, value in reversed(rows):
        if value != stage:
            break
        at = earlier
    return Closing(at, str(stage), owner_at(record, at))


def owner_at(record: Record, at: Millis) -> str | None:
    """The CRM user who owned the record then; if nobody is known, the earliest owner afterwards; None if there is none."""
    known = record.history.get("owner", ())
    if len(known) == 1:
        return str(known[0][1]) if known[0][1] else None
    for version, owner in reversed(known):
        if owner and version <= at:
            return str(owner)
    return next((str(owner) for _, owner in known if owner), None)


def business_date(record: Record) -> date | None:
    """The day that counts, a calendar date without zone: decides period, program version and `since`.

    Of a deal its close date; of others the first known of `EVENT_FIELDS`; None if none is known.
    """
    for name in EVENT_FIELDS.get(record.key.type, ()):
        versioned = record.fields.get(name)
        if versioned and versioned[1]:
            return parse_date(str(versioned[1]))
    return None


def values(record: Record, *, currency: str, types: Mapping[str, FieldType] | None = None) -> dict[str, object]:
    """Typed values by `type.field`, with those of `DERIVED_FIELDS`: money as minor units of the record's currency
    (`currency` if it states none), dates as `date`, instants as aware UTC. What is empty or unknown is left out.

    `types`: those of the org's own fields. `<type>.history` holds the rows of the stage history: `model.spans.spans` makes
    spans of them.
    """
    kind, fields = record.key.type, record.fields
    stated = str(record.value("currency") or currency)
    known = _KNOWN.get(kind, _NONE)
    found: dict[str, object] = {}
    newest, last = 0, None
    for name, (version, value) in fields.items():
        if version is not last:  # most fields come with one version, and a million records are read in a back-test
            last = version
            newest = max(newest, version.at)
        if value is not None:
            full, convert = known.get(name) or _own(kind, name, (types or {}).get(name))
            found[full] = value if convert is None else convert(value, stated)
    found[_CURRENCIES.get(kind) or f"{kind}.currency"] = stated
    if kind in HISTORIES:
        HISTORIES[kind](record, newest, found)
    derive = DERIVING.get(kind)
    if derive:
        derive(found)
    return found


def _date(value: Value, _: str) -> object:
    return parse_date(str(value))


def _decimal(value: Value, _: str) -> object:
    return Decimal(str(value))


def _instant(value: Value, _: str) -> object:
    return from_millis(value) if isinstance(value, int) else value


def _money(value: Value, currency: str) -> object:
    return to_minor(str(value), currency)


_CONVERTERS: dict[FieldType, _Convert] = {
    FieldType.MONEY: _money,
    FieldType.DECIMAL: _decimal,
    FieldType.DATE: _date,
    FieldType.INSTANT: _instant,
}
"""Types whose values are not read as they are held."""

_KNOWN: dict[str, dict[str, tuple[str, _Convert | None]]] = {
    kind: {name: (f"{kind}.{name}", _CONVERTERS.get(type_)) for name, type_ in (fields | TOLD_FIELDS.get(kind, {})).items()}
    for kind, fields in RECORD_FIELDS.items()
}
"""Record type -> field -> its full name and how it is read: made once, for every event reads by it."""


_CURRENCIES = {kind: f"{kind}.currency" for kind in RECORD_FIELDS}
_NONE: dict[str, tuple[str, _Convert | None]] = {}


@lru_cache(maxsize=4096)
def _own(kind: str, name: str, type_: FieldType | None) -> tuple[str, _Convert | None]:
    return f"{kind}.{name}", _CONVERTERS.get(type_) if type_ else None
