"""What may be written back to a CRM: only fields that the org's own mapping names, only texts, dates and plain numbers."""

from collections.abc import Mapping

from accolade.model.connections import FieldMap
from accolade.model.errors import Rejected
from accolade.model.fields import RECORD_FIELDS, FieldType
from accolade.model.records import Value

WRITABLE = (FieldType.TEXT, FieldType.CHOICE, FieldType.DATE, FieldType.INTEGER, FieldType.BOOLEAN)
_MEND = "Map it to a field of your own, like {record}.{name}: Segment__c, and let the API user edit that field"


def writable(field_map: FieldMap, values: Mapping[str, Value]) -> dict[str, tuple[str, FieldType, Value]]:
    """Canonical field -> the vendor's field, its type and the value to write.

    Rejected for a field that the mapping does not name (the vendor's own fields are never overwritten), and for a type that
    is not written (amounts, instants, references).
    """
    if not values:
        raise Rejected("nothing to write", where=f"mapping: {field_map.record}")
    found: dict[str, tuple[str, FieldType, Value]] = {}
    for name, value in values.items():
        type_ = field_map.types.get(name) or RECORD_FIELDS[field_map.record].get(name)
        where = f"mapping: {field_map.record}.{name}"
        if name not in field_map.named or type_ is None or "." in field_map.fields[name]:
            mend = _MEND.format(record=field_map.record, name=name)
            raise Rejected("no field of the CRM is mapped for it", where=where, mend=mend)
        if type_ not in WRITABLE:
            raise Rejected(f"a field of type {type_.value} is not written back", where=where)
        found[name] = (field_map.fields[name], type_, value)
    return found
