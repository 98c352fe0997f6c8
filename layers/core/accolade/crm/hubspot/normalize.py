"""HubSpot's events, workflow bodies and API records as canonical facts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from accolade.crm.hubspot.changes import change
from accolade.crm.hubspot.fields import convert, field_type, millis, text_of
from accolade.crm.hubspot.objects import ASSOCIATED, DEALS, KINDS, MERGED, associated, modified
from accolade.crm.hubspot.split import association, object_id, plain_id, subscription, vendor_object
from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import Rejected
from accolade.model.fields import RECORD_FIELDS, STAGED, STAGES, TRACKED_FIELDS
from accolade.model.phrases import later as t
from accolade.model.records import Facts, Origin, RecordKey, Value, Version
from accolade.model.times import Millis

FLAGS = (("hs_is_closed_won", "won"), ("hs_is_closed_lost", "lost"), ("hs_is_closed", "lost"))
"""Read with a deal, in this order: the first that is true says how its present stage ended."""
_CLOSED = "closed_date"
"""HubSpot sets it on a ticket in a closed stage, and empties it when the ticket is opened again."""

_MEND = t("Send the event as HubSpot sends it")
_MAX_MERGED = 100


def normalize(content: Mapping[str, Any], connection: Connection, *, origin: str) -> list[Facts]:
    """The facts of one notification or API record; empty for what the connection does not map.

    A `propertyChange` is one field at its `occurredAt`; what comes from the API is complete, at `hs_lastmodifieddate`.
    Rejected names the property at fault.
    """
    plain = change(content, connection, Origin.READ if origin == "read" else Origin.MESSAGE)
    if plain is not None:
        return plain
    field_map = mapped(connection, vendor_object(content))
    if field_map is None:
        return []
    source = _Source(content, connection, field_map, Origin.READ if origin == "read" else Origin.MESSAGE)
    return source.event() if subscription(content) else source.record()


def mapped(connection: Connection, object_: str) -> FieldMap | None:
    """The connection's own map of an object; the default one only where the connection has no maps at all."""
    if connection.maps:
        return connection.map_for(object_=object_)
    return DEALS if object_ == DEALS.object else None


def stage_property(field_map: FieldMap) -> str:
    """The property from which the canonical stage is derived; empty if none is mapped."""
    return field_map.fields.get("stage") or field_map.fields.get("stage_name", "")


class _Source:
    """One content with what is needed to read it."""

    def __init__(self, content: Mapping[str, Any], connection: Connection, field_map: FieldMap, origin: Origin) -> None:
        self._content, self._connection, self._map, self._origin = content, connection, field_map, origin
        self._id = object_id(content)
        self._where = f"{field_map.object} {self._id}".strip()
        event_id = content.get("eventId")
        self._ids = (str(event_id)[:64],) if event_id is not None else ()

    def event(self) -> list[Facts]:
        """A webhook event: what changed, at the time HubSpot says that it did."""
        verb = subscription(self._content).rpartition(".")[2]
        if verb not in ("propertyChange", "creation", "deletion", "restore", "merge", "privacyDeletion", "associationChange"):
            return []
        self._need_id()
        at = millis(self._content.get("occurredAt"), where=f"{self._where} occurredAt")
        match verb:
            case "propertyChange":
                return self._change(at)
            case "associationChange":
                return self._association(at)
            case "privacyDeletion":
                return [self._facts(self._id, at, fields=dict.fromkeys(self._map.fields), deleted=True)]
            case "deletion" | "restore":
                return [self._facts(self._id, at, deleted=verb == "deletion")]
            case "merge":
                return [self._facts(self._id, at), *(self._facts(id_, at, deleted=True) for id_ in self._losers())]
            case _:
                return [self._facts(self._id, at, fields=self._kind())]

    def record(self) -> list[Facts]:
        """A record of the API or a workflow's body: every mapped property it has, at its last modification."""
        self._need_id()
        properties = self._properties()
        archived = self._content.get("archivedAt")
        if self._content.get("archived") is True or self._content.get("isDeleted") is True:
            at = millis(archived, where=f"{self._where} archivedAt") if archived else self._modified(properties)
            return [self._facts(self._id, at, deleted=True)]
        at = self._modified(properties)
        read = self._origin is Origin.READ
        facts = self._facts(
            self._id,
            at,
            fields=self._fields(properties) | self._associated(),
            history=self._history(properties),
            deleted=False if read else None,
            complete=read,
        )
        return [facts, *self._absorbed(properties, at)]

    def _change(self, at: Millis) -> list[Facts]:
        name = str(self._content.get("propertyName") or "")
        if self._content.get("isSensitive") is True:
            return []
        fields = self._fields({name: self._content.get("propertyValue")})
        return [self._facts(self._id, at, fields=fields)] if fields else []

    def _association(self, at: Millis) -> list[Facts]:
        """Which company, contact or deal the record belongs to now. Of several companies only the primary one counts."""
        other = association(self._content)[1]
        name = associated(self._map).get(other)
        if name is None or (other == "companies" and self._content.get("isPrimaryAssociation") is False):
            return []
        removed = self._content.get("associationRemoved") is True
        id_ = plain_id(self._content.get("toObjectId"))
        return [self._facts(self._id, at, fields={name: None if removed else id_})] if id_ else []

    def _associated(self) -> dict[str, Value]:
        """The associations that the reader found, as the fields that they are mapped to."""
        found = self._content.get("associations")
        if not isinstance(found, Mapping):
            return {}
        names = associated(self._map)
        return {names[object_]: plain_id(id_) or None for object_, id_ in found.items() if object_ in names}

    def _kind(self) -> dict[str, Value]:
        """What every record of an object of activities is."""
        kind = KINDS.get(self._map.object)
        return {"kind": kind} if kind and self._map.record == "activity" and "kind" not in self._map.fields else {}

    def _losers(self) -> list[str]:
        """The records that a merge ended: all that took part but the one that lives on."""
        merged = self._content.get("mergedObjectIds")
        listed = merged if isinstance(merged, list) else []
        took_part = dict.fromkeys(plain_id(id_) for id_ in (self._content.get("primaryObjectId"), *listed[:_MAX_MERGED]))
        return [id_ for id_ in took_part if id_ and id_ != self._id]

    def _absorbed(self, properties: Mapping[str, Any], at: Millis) -> Iterator[Facts]:
        """The records merged into this one, as the survivor lists them, since the time its history gives."""
        for id_ in text_of(properties.get(MERGED)).split(";")[:_MAX_MERGED]:
            if plain_id(id_) and id_ != self._id:
                since = [row_at for row_at, value in self._rows(MERGED, properties) if id_ in value.split(";")]
                yield self._facts(id_, min(since, default=at), deleted=True)

    def _properties(self) -> Mapping[str, Any]:
        """The record's properties; a workflow's own body may have them at its top level."""
        found = self._content.get("properties")
        if isinstance(found, Mapping):
            return found
        known = {*self._map.fields.values(), modified(self._map.object), MERGED, *(flag for flag, _ in FLAGS)}
        return {name: value for name, value in self._content.items() if name in known}

    def _modified(self, properties: Mapping[str, Any]) -> Millis:
        name = modified(self._map.object)
        for raw in (properties.get(name), self._content.get("updatedAt"), self._content.get("occurredAt")):
            if text_of(raw):
                return millis(raw, where=f"{self._where} {name}")
        stamps = [entry["timestamp"] for entry in properties.values() if isinstance(entry, Mapping) and entry.get("timestamp")]
        if not stamps:
            raise Rejected(
                t("no time of change"),
                where=self._where,
                mend=t("Add the property %(name)s to what the workflow sends", name=name),
            )
        return max(millis(stamp, where=f"{self._where} timestamp") for stamp in stamps)

    def _fields(self, properties: Mapping[str, Any]) -> dict[str, Value]:
        found = {
            name: self._value(name, properties[vendor])
            for name, vendor in self._map.fields.items()
            if vendor in properties and name != "stage" and not vendor.startswith(ASSOCIATED)
        }
        vendor = stage_property(self._map)
        if vendor and vendor in properties and self._map.record in STAGED:
            found["stage"] = _stage(properties[vendor], self._stages(properties))
        if MERGED in properties and "merged_count" in RECORD_FIELDS[self._map.record]:
            found["merged_count"] = len([it for it in text_of(properties[MERGED]).split(";") if it])
        return found | self._kind() if found else found

    def _value(self, name: str, raw: object) -> Value:
        vendor, kind = self._map.fields[name], field_type(name, self._map)
        return convert(raw, kind, vendor=vendor, zone=self._map.time_zone, where=self._where)

    def _stages(self, properties: Mapping[str, Any]) -> Mapping[str, str]:
        """Vendor stage -> open, won, lost: as the mapping lists it, else as the record's flags tell of its present one."""
        deal = self._map.record == "deal"
        known = self._map.stages or (DEALS.stages if deal else {})
        listed = {stage: result for stage, result in known.items() if result in STAGES}
        present = text_of(properties.get(stage_property(self._map)))
        if self._map.record == "ticket" and present and present not in listed and text_of(properties.get(_CLOSED)):
            return {**listed, present: "won"}
        if not deal:
            return listed
        for flag, result in FLAGS:
            if present and present not in listed and text_of(properties.get(flag)).lower() == "true":
                return {**listed, present: result}
        return listed

    def _history(self, properties: Mapping[str, Any]) -> dict[str, tuple[tuple[Millis, Value], ...]]:
        stages = self._stages(properties)
        found = {}
        for name in TRACKED_FIELDS.get(self._map.record, ()):
            vendor = stage_property(self._map) if name == "stage" else self._map.fields.get(name, "")
            rows = [
                (at, _stage(raw, stages) if name == "stage" else self._value(name, raw))
                for at, raw in self._rows(vendor, properties)
            ]
            if rows:
                found[name] = tuple(sorted(rows, key=lambda row: row[0]))
        return found

    def _rows(self, vendor: str, properties: Mapping[str, Any]) -> list[tuple[Millis, str]]:
        """A property's history: `propertiesWithHistory` of the API, `versions` in older workflow bodies."""
        histories = self._content.get("propertiesWithHistory")
        rows: Any = histories.get(vendor) if isinstance(histories, Mapping) else None
        if rows is None and isinstance(properties.get(vendor), Mapping):
            rows = properties[vendor].get("versions")
        return [(millis(row.get("timestamp"), where=f"{self._where} {vendor} history"), text_of(row)) for row in _mappings(rows)]

    def _need_id(self) -> None:
        if not self._id:
            raise Rejected(t("no record id"), where=self._map.object, mend=_MEND)

    def _facts(self, id_: str, at: Millis, **said: Any) -> Facts:
        key = RecordKey(self._connection.tenant, self._connection.id, self._map.record, id_)
        return Facts(key, Version(at, self._origin), notification_ids=self._ids, **({"fields": {}} | said))


def _stage(raw: object, stages: Mapping[str, str]) -> Value:
    text = text_of(raw)
    return stages.get(text, "open") if text else None


def _mappings(rows: object) -> Iterable[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
