"""Salesforce records as canonical facts: by the connection's field map, versioned by SystemModstamp.

What a message does not carry. Salesforce leaves null fields out of outbound messages, and it also leaves out what the
message does not select; a single message cannot tell the two apart, and its reading must not depend on other messages.
So an absent field counts as null only where the org said that its messages carry it: the fields that the connection's
own mapping names, and `amount`, which the setup guide has everybody select, if the message carries the rest of that
selection. Never null by absence: fields that Salesforce never leaves empty (absent means not selected) and fields of
other objects (`Account.Name`), which no message can carry. An API read says null in so many words.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from accolade.crm import maps_of
from accolade.crm.salesforce import values
from accolade.crm.salesforce.ids import is_id, to18
from accolade.crm.salesforce.merges import merges
from accolade.crm.salesforce.objects import KINDS, POLYMORPHIC, PREFIXES, STAGES, Stages
from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import Rejected
from accolade.model.fields import EVENT_FIELDS, RECORD_FIELDS, STAGED, FieldType
from accolade.model.records import Facts, Origin, RecordKey, Value, Version
from accolade.model.times import Millis

DEAL_STAGES = {"Closed Won": "won", "Closed Lost": "lost"}
"""The standard closed stages; an org's own names come from its mapping or from IsWon and IsClosed."""
_QUEUE = "00G"
"""Ids of queues and groups: what they own, nobody owns yet."""

NEVER_EMPTY = frozenset(
    ("Name", "StageName", "CloseDate", "OwnerId", "CreatedDate", "SystemModstamp", "LastModifiedDate", "IsWon", "IsClosed")
)
GUIDED = ("StageName", "CloseDate", "OwnerId")
"""What a message that follows the setup guide always carries, next to Amount and SystemModstamp."""
SYSTEM_FIELDS = ("Id", "IsDeleted", "SystemModstamp")

_ADD_STAMP = "Add SystemModstamp to the fields of the outbound message (a record deleted before it was sent comes without any)"

_GONE = "Such a record was deleted before it was sent, or the message is not Salesforce's own; the sweep brings what there is"


def normalize(content: Mapping[str, Any], connection: Connection, *, origin: str) -> list[Facts]:
    """The facts of one notification or one API record; none for an object that the connection does not map.

    `content`: `{"id", "type", "fields": {name: text or None}}`, of a read also `history` (`stage`: [[epoch ms, stage
    name]], `owner`: [[epoch ms, user id]]), `stages` (stage name -> won, lost, open), `lead` (`id`, `created`: the lead
    behind a deal) and `deleted`. Rejected names the field, what it held and how to mend it.
    """
    fields = content.get("fields")
    if not isinstance(fields, Mapping) or not content.get("type"):
        raise Rejected(
            "the notification holds no readable sObject", where=str(content.get("id", ""))[:64], mend="See the raw case"
        )
    field_map = next((entry for entry in maps_of(connection) if entry.object == content["type"]), None)
    if field_map is None:
        return []
    record = str(fields.get("Id") or "").strip()
    if not is_id(record):
        raise Rejected("the record has no id of 15 or 18 characters", where=f"{content['type']}.Id", mend=_GONE)
    reading = _Reading(content, fields, field_map, message=origin == "message", record=to18(record))
    stated = reading.fields()
    facts = Facts(
        key=RecordKey(connection.tenant, connection.id, field_map.record, to18(record)),
        version=Version(reading.version(), Origin.MESSAGE if origin == "message" else Origin.READ),
        fields=stated,
        history=reading.history(),
        deleted=reading.deleted(),
        complete=origin != "message" or _whole(stated, field_map),
        notification_ids=(str(content["id"])[:64],) if content.get("id") else (),
    )
    return [facts, *merges(facts, fields, field_map, connection)] if facts.deleted else [facts]


def types_of(field_map: FieldMap) -> dict[str, FieldType]:
    """The type of each mapped canonical field; an org's own fields are text unless its mapping says otherwise."""
    catalogue = RECORD_FIELDS.get(field_map.record, {})
    return {name: field_map.types.get(name) or catalogue.get(name, FieldType.TEXT) for name in field_map.fields}


def _whole(stated: Mapping[str, Value], field_map: FieldMap) -> bool:
    """Whether a message says all that deciding needs: who, in which stage, and one of the dates that count (a deal: its
    close date)."""
    needed = [
        name
        for name in ("owner", *(("stage",) if field_map.record in STAGED else ()))
        if name != "owner" or "owner" in field_map.fields
    ]
    return all(name in stated for name in needed) and any(name in stated for name in EVENT_FIELDS[field_map.record])


class _Reading:
    """One record's texts, read by one field map."""

    def __init__(
        self, content: Mapping[str, Any], texts: Mapping[str, Any], field_map: FieldMap, *, message: bool, record: str
    ) -> None:
        self._content, self._texts, self._map = content, texts, field_map
        self._message, self._record = message, record
        self._currency = str(texts.get(field_map.fields.get("currency", "")) or field_map.currency)
        self._zone = ZoneInfo(field_map.time_zone)

    def fields(self) -> dict[str, Value]:
        """Canonical fields that the content states, null ones included."""
        found: dict[str, Value] = {}
        for name, type_ in types_of(self._map).items():
            if name == "stage":
                continue  # derived below
            vendor = self._map.fields[name]
            if vendor in self._texts or self._empty(name, vendor):
                found[name] = self._told(name, vendor, type_)
        if self._map.record == "activity" and not found.get("kind"):
            found["kind"] = "meeting" if self._map.object == "Event" else "task"
        if self._map.record in STAGED and (stage := self._stage()):
            found["stage"] = stage
        return found | self._lead()

    def _told(self, name: str, vendor: str, type_: FieldType) -> Value:
        """A field's value; None for a reference of another kind, and where a queue owns the record."""
        value = self._value(vendor, type_, name=f"{self._map.record}.{name}")
        if not isinstance(value, str):
            return value
        if type_ is FieldType.USER and value.startswith(_QUEUE):
            return None
        if vendor in POLYMORPHIC and not value.startswith(PREFIXES.get(name, "")):
            return None
        if name == "kind" and self._map.record in ("activity", "survey_response"):
            return KINDS.get(value.lower(), value.lower())
        return value

    def _lead(self) -> dict[str, Value]:
        """The lead that a deal was converted from, as the reader found it."""
        lead = self._content.get("lead")
        if self._map.record != "deal" or not isinstance(lead, Mapping):
            return {}
        return {"lead": str(lead.get("id")), "lead_created_on": values.date_in(str(lead.get("created")), self._zone)}

    def version(self) -> Millis:
        """SystemModstamp, or LastModifiedDate where that is all there is, as epoch milliseconds."""
        for vendor in ("SystemModstamp", "LastModifiedDate"):
            value = self._value(vendor, FieldType.INSTANT, name="version")
            if isinstance(value, int):
                return value
        raise Rejected("nothing says when this was true", where=f"{self._record}: SystemModstamp", mend=_ADD_STAMP)

    def deleted(self) -> bool | None:
        """What the record says of its deletion; None if it says nothing."""
        said = self._content.get("deleted")
        if isinstance(said, bool):
            return said
        value = self._value("IsDeleted", FieldType.BOOLEAN, name="deleted")
        return value if isinstance(value, bool) else None

    def history(self) -> dict[str, tuple[tuple[Millis, Value], ...]]:
        """Rows of stage and owner as the CRM's own history tells them."""
        told = self._content.get("history") or {}
        found: dict[str, tuple[tuple[Millis, Value], ...]] = {}
        try:
            if told.get("stage"):
                found["stage"] = tuple((int(at), self._named(str(name)) or "open") for at, name in told["stage"])
                found["stage_name"] = tuple((int(at), str(name)[: values.MAX_TEXT]) for at, name in told["stage"])
            if told.get("owner"):
                found["owner"] = tuple((int(at), to18(str(user))) for at, user in told["owner"] if str(user)[:3] != _QUEUE)
        except (TypeError, ValueError, AttributeError) as error:
            raise Rejected(
                "the history cannot be read", where=f"{self._record}: history", mend="Sweep the record again"
            ) from error
        return found

    def _empty(self, name: str, vendor: str) -> bool:
        """Whether a field that is absent from the content counts as null; the module's docstring says why."""
        if not self._message or vendor in NEVER_EMPTY or "." in vendor:
            return False
        return name in self._map.named or (name == "amount" and all(field in self._texts for field in GUIDED))

    def _stage(self) -> str | None:
        """won, lost or open; None if the content says nothing of it."""
        if self._map.record == "deal":
            return self._deal_stage()
        if self._map.object == "Event":
            return self._meeting_stage()
        name = str(self._texts.get(self._map.fields.get("stage_name", "")) or "").strip()
        known = STAGES.get(self._map.object, Stages())
        stage = self._map.stages.get(name)
        # A status that says "lost" is more exact than a flag that only says "closed".
        if stage or known.names.get(name) == "lost":
            return stage or "lost"
        flags = {end: self._value(flag, FieldType.BOOLEAN, name=flag) for flag, end in known.flags.items()}
        for end, value in flags.items():
            if value is not None:
                return end if value else "open"
        return self._named(name) or ("open" if name else None)

    def _meeting_stage(self) -> str | None:
        """A calendar event has no status: it was held if it had ended when the record was last changed."""
        end = self._value("EndDateTime", FieldType.INSTANT, name="EndDateTime")
        return None if not isinstance(end, int) else "won" if end <= self.version() else "open"

    def _deal_stage(self) -> str | None:
        """The stage of a deal, or of an object that the org maps to deals.

        The org's own stage names come first, so that a message and a read agree whether or not they carry IsWon;
        then IsWon and IsClosed; then the standard names.
        """
        won = self._value("IsWon", FieldType.BOOLEAN, name="IsWon")
        closed = self._value("IsClosed", FieldType.BOOLEAN, name="IsClosed")
        name = str(self._texts.get(self._map.fields.get("stage_name", "StageName")) or "").strip()
        if name in self._map.stages:
            return self._map.stages[name]
        if won:
            return "won"
        if closed is False:
            return "open"
        by_name = self._named(name)
        if closed and won is False:
            return "lost"
        if closed and by_name is None:
            mend = "Add IsWon to the outbound message, or name the stage under `stages` in the mapping"
            raise Rejected(f"stage {name[:40]!r} is closed, but won or lost?", where=f"{self._record}: StageName", mend=mend)
        if won is False and by_name == "won":
            return "open"
        return by_name or ("open" if name or won is False else None)

    def _named(self, name: str) -> str | None:
        told = self._content.get("stages") or {}
        known = DEAL_STAGES if self._map.record == "deal" else STAGES.get(self._map.object, Stages()).names
        standard = known.get(name)
        return self._map.stages.get(name) or ("lost" if standard == "lost" else told.get(name) or standard)

    def _value(self, vendor: str, type_: FieldType, *, name: str) -> Value:
        raw = self._texts.get(vendor)
        if raw is None:
            return None
        text = str(raw).lower() if isinstance(raw, bool) else str(raw)
        try:
            return values.read(text, type_, currency=self._currency, zone=self._zone)
        except ValueError as error:
            raise Rejected(
                f"{vendor} holds {text[:40]!r}; {error}",
                where=f"{self._record}: {name}",
                mend=f"Correct the record, or map {name} to a field of type {type_.value}",
            ) from error
