"""Property changes, nearly all that HubSpot sends: read by plans that are made once for a connection's maps.

Only the plain ones, in HubSpot's own form; whatever is unusual in any way is left to `normalize`, which says what is wrong.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from accolade.crm.hubspot.fields import MAX_TEXT, convert, field_type, text_of
from accolade.crm.hubspot.objects import ASSOCIATED, DEALS, KINDS, MERGED, OBJECT_NAMES
from accolade.model.connections import Connection, FieldMap
from accolade.model.fields import STAGED, STAGES, FieldType
from accolade.model.records import Facts, Origin, RecordKey, Value, Version
from accolade.model.times import to_millis

_Plan = tuple[FieldMap, dict[str, "_Property"]]
_OBJECTS = {f"{name}.propertyChange": object_ for name, object_ in OBJECT_NAMES.items() if not name.startswith("0-")}
_FIRST, _LAST = (to_millis(datetime(year, 1, 2, tzinfo=UTC)) for year in (1900, 2199))
_MAX_ID = 10**20
_NOTHING: _Plan = (DEALS, {})
_MAX_PLANS = 256

_plans: dict[int, tuple[tuple[FieldMap, ...], dict[str, _Plan]]] = {}
"""By the identity of a connection's maps, which are kept beside so that the identity stays theirs."""


class _Property:
    """What one property means: the canonical fields that it fills, and the stage if it is the one that holds it."""

    __slots__ = ("fields", "kind", "stages", "vendor", "zone")

    def __init__(self, vendor: str, field_map: FieldMap) -> None:
        self.vendor, self.zone = vendor, field_map.time_zone
        self.fields = [
            (name, field_type(name, field_map))
            for name, mapped in field_map.fields.items()
            if mapped == vendor and name != "stage"
        ]
        holds = field_map.fields.get("stage") or field_map.fields.get("stage_name", "")
        known = field_map.stages or (DEALS.stages if field_map.record == "deal" else {})
        listed = {stage: result for stage, result in known.items() if result in STAGES}
        self.stages = listed if vendor == holds and field_map.record in STAGED else None
        kind = KINDS.get(field_map.object) if field_map.record == "activity" and "kind" not in field_map.fields else None
        self.kind: dict[str, Value] = {"kind": kind} if kind else {}

    def read(self, raw: object, where: str) -> dict[str, Value]:
        """The canonical fields; Rejected for a value that is not of their type."""
        found = dict(self.kind)
        for name, type_ in self.fields:
            if type_ is FieldType.TEXT and type(raw) is str:
                found[name] = raw.strip()[:MAX_TEXT] or None
            else:
                found[name] = convert(raw, type_, vendor=self.vendor, zone=self.zone, where=where)
        if self.stages is not None:
            text = text_of(raw)
            found["stage"] = self.stages.get(text, "open") if text else None
        return found


def change(content: Mapping[str, Any], connection: Connection, origin: Origin) -> list[Facts] | None:
    """The facts of a plain property change; None for anything else."""
    object_, id_, at = _OBJECTS.get(str(content.get("subscriptionType"))), content.get("objectId"), content.get("occurredAt")
    name = content.get("propertyName")
    if object_ is None or type(id_) is not int or type(at) is not int or type(name) is not str:
        return None
    if not (0 <= id_ < _MAX_ID and _FIRST < at < _LAST) or name == MERGED:
        return None
    field_map, properties = _planned(connection).get(object_, _NOTHING)
    known = properties.get(name)
    if known is None or content.get("isSensitive") is True:
        return []
    event = content.get("eventId")
    return [
        Facts(
            RecordKey(connection.tenant, connection.id, field_map.record, str(id_)),
            Version(at, origin),
            known.read(content.get("propertyValue"), f"{object_} {id_}"),
            notification_ids=(str(event)[:64],) if event is not None else (),
        )
    ]


def _planned(connection: Connection) -> dict[str, _Plan]:
    maps = connection.maps
    found = _plans.get(id(maps))
    if found is not None and found[0] is maps:
        return found[1]
    if len(_plans) >= _MAX_PLANS:
        _plans.clear()
    made = {
        it.object: (it, {vendor: _Property(vendor, it) for vendor in it.fields.values() if not vendor.startswith(ASSOCIATED)})
        for it in maps or (DEALS,)
    }
    _plans[id(maps)] = (maps, made)
    return made
