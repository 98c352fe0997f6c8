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
from accolade.model.phrases import later as t
from accolade.model.phrases import said_by
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

_ADD_STAMP = t("Add SystemModstamp to the fields of the outbound message (a record deleted before it was sent comes without any)")

_GONE = t("Such a record was deleted before it was sent, or the message is not Salesforce's own; the sweep brings what there is")


def normalize(content: Mapping[str, Any], connection: Connection, *, origin: str) -> list[Facts]:
    """The facts of one notification or one API record; none for an object that the connection does not map.

    `content`: `{"id", "type", "fields": {name: text or None}}`, of a read also `history` (`stage`: [[epoch ms, stage
    name]], `owner`: [[epoch ms, user id]]), `stages` (stage name -> won, lost, open), `lead` (`id`, `created`: the lead
    behind a deal) and `deleted`. Rejected names the field, what it held and how to mend it.
    """
    fields = content.get("fields")
    if not isinstance(fields, Mapping) or not content.get("type"):
        raise Rejected(
            t("the notification holds no readable sObject"), where=str(content.get("id", ""))[:64], mend=t("See the raw case")
        )
    plan = _planned(connection).get(str(content["type"]))
    if plan is None:
        return []
    field_map = plan.map
    record = str(fields.get("Id") or "").strip()
    if not is_id(record):
        raise Rejected(t("the record has no id of 15 or 18 characters"), where=f"{content['type']}.Id", mend=_GONE)
    record = to18(record)
    reading = _Reading(content, fields, plan, message=origin == "message", record=record)
    stated = reading.fields()
    facts = Facts(
        key=RecordKey(connection.tenant, connection.id, field_map.record, record),
        version=Version(reading.version(), Origin.MESSAGE if origin == "message" else Origin.READ),
        fields=stated,
        history=reading.history(),
        deleted=reading.deleted(),
        complete=origin != "message" or plan.whole(stated),
        notification_ids=(str(content["id"])[:64],) if content.get("id") else (),
    )
    return [facts, *merges(facts, fields, field_map, connection)] if facts.deleted else [facts]


def types_of(field_map: FieldMap) -> dict[str, FieldType]:
    """The type of each mapped canonical field; an org's own fields are text unless its mapping says otherwise."""
    catalogue = RECORD_FIELDS.get(field_map.record, {})
    return {name: field_map.types.get(name) or catalogue.get(name, FieldType.TEXT) for name in field_map.fields}


class _Field:
    """How one mapped field is read. `text`: as it stands; `plain`: as its type says and no more; `carried`: absent from a
    message it counts as null, where the org says that its messages carry it (`always`), or where the message follows the
    guide (`guided`)."""

    __slots__ = ("carried", "full", "name", "plain", "text", "type", "vendor")

    def __init__(self, name: str, type_: FieldType, field_map: FieldMap) -> None:
        vendor = field_map.fields[name]
        self.name, self.type, self.vendor = name, type_, vendor
        self.full = f"{field_map.record}.{name}"
        self.plain = type_ is not FieldType.USER and vendor not in POLYMORPHIC and name != "kind"
        self.text = type_ is FieldType.TEXT and self.plain
        never = vendor in NEVER_EMPTY or "." in vendor
        self.carried = "" if never else "always" if name in field_map.named else "guided" if name == "amount" else ""


class _Plan:
    """What a field map means, worked out once: every notification of its object is read by it."""

    def __init__(self, field_map: FieldMap) -> None:
        self.map = field_map
        self.fields = [_Field(name, type_, field_map) for name, type_ in types_of(field_map).items() if name != "stage"]
        self.zone = ZoneInfo(field_map.time_zone)
        self.currency = field_map.fields.get("currency", "")
        staged = field_map.record in STAGED
        self.staged = staged
        self._needed = [it for it, asked in (("owner", "owner" in field_map.fields), ("stage", staged)) if asked]
        self._dates = EVENT_FIELDS[field_map.record]

    def whole(self, stated: Mapping[str, Value]) -> bool:
        """Whether a message says all that deciding needs: who, in which stage, and one of the dates that count (a deal: its
        close date)."""
        return all(name in stated for name in self._needed) and any(name in stated for name in self._dates)


_plans: dict[int, tuple[tuple[FieldMap, ...], dict[str, _Plan]]] = {}
"""By the identity of a connection's maps, which are kept beside so that the identity stays theirs."""
_MAX_PLANS = 256


def _planned(connection: Connection) -> dict[str, _Plan]:
    """The connection's plans by object; of two maps of one object the first counts."""
    maps = maps_of(connection)
    found = _plans.get(id(maps))
    if found is not None and found[0] is maps:
        return found[1]
    if len(_plans) >= _MAX_PLANS:
        _plans.clear()
    made = {it.object: _Plan(it) for it in reversed(maps)}
    _plans[id(maps)] = (maps, made)
    return made


class _Reading:
    """One record's texts, read by one field map."""

    def __init__(self, content: Mapping[str, Any], texts: Mapping[str, Any], plan: _Plan, *, message: bool, record: str) -> None:
        self._content, self._texts, self._plan, self._map = content, texts, plan, plan.map
        self._message, self._record = message, record
        self._currency = str(texts.get(plan.currency) or plan.map.currency)
        self._zone = plan.zone

    def fields(self) -> dict[str, Value]:
        """Canonical fields that the content states, null ones included."""
        found: dict[str, Value] = {}
        texts = self._texts
        for it in self._plan.fields:
            raw = texts.get(it.vendor)
            if raw is None:
                if it.vendor in texts or (it.carried and self._empty(it.carried)):
                    found[it.name] = None
            elif it.text and type(raw) is str:
                found[it.name] = raw.strip()[: values.MAX_TEXT] or None
            else:
                found[it.name] = self._told(it, raw)
        if self._map.record == "activity" and not found.get("kind"):
            found["kind"] = "meeting" if self._map.object == "Event" else "task"
        if self._plan.staged and (stage := self._stage()):
            found["stage"] = stage
        return found | self._lead() if self._content.get("lead") else found

    def _told(self, field: _Field, raw: object) -> Value:
        """A field's value; None for a reference of another kind, and where a queue owns the record."""
        value = self._read(raw, field.vendor, field.type, name=field.full)
        if field.plain or not isinstance(value, str):
            return value
        if field.type is FieldType.USER and value.startswith(_QUEUE):
            return None
        if field.vendor in POLYMORPHIC and not value.startswith(PREFIXES.get(field.name, "")):
            return None
        if field.name == "kind" and self._map.record in ("activity", "survey_response"):
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
        raise Rejected(t("nothing says when this was true"), where=f"{self._record}: SystemModstamp", mend=_ADD_STAMP)

    def deleted(self) -> bool | None:
        """What the record says of its deletion; None if it says nothing."""
        said = self._content.get("deleted")
        if isinstance(said, bool):
            return said
        value = self._value("IsDeleted", FieldType.BOOLEAN, name="deleted")
        return value if isinstance(value, bool) else None

    def history(self) -> dict[str, tuple[tuple[Millis, Value], ...]]:
        """Rows of stage and owner as the CRM's own history tells them."""
        told = self._content.get("history")
        if not told:
            return {}
        found: dict[str, tuple[tuple[Millis, Value], ...]] = {}
        try:
            if told.get("stage"):
                found["stage"] = tuple((int(at), self._named(str(name)) or "open") for at, name in told["stage"])
                found["stage_name"] = tuple((int(at), str(name)[: values.MAX_TEXT]) for at, name in told["stage"])
            if told.get("owner"):
                found["owner"] = tuple((int(at), to18(str(user))) for at, user in told["owner"] if str(user)[:3] != _QUEUE)
        except (TypeError, ValueError, AttributeError) as error:
            raise Rejected(
                t("the history cannot be read"), where=f"{self._record}: history", mend=t("Sweep the record again")
            ) from error
        return found

    def _empty(self, carried: str) -> bool:
        """Whether a field that is absent from the content counts as null; the module's docstring says why."""
        return self._message and (carried == "always" or all(field in self._texts for field in GUIDED))

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
            mend = t("Add IsWon to the outbound message, or name the stage under `stages` in the mapping")
            raise Rejected(
                t("stage %(name)r is closed, but won or lost?", name=name[:40]), where=f"{self._record}: StageName", mend=mend
            )
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
        return None if raw is None else self._read(raw, vendor, type_, name=name)

    def _read(self, raw: object, vendor: str, type_: FieldType, *, name: str) -> Value:
        text = raw if type(raw) is str else str(raw).lower() if isinstance(raw, bool) else str(raw)
        try:
            return values.read(text, type_, currency=self._currency, zone=self._zone)
        except ValueError as error:
            raise Rejected(
                t("%(field)s holds %(text)r; %(why)s", field=vendor, text=text[:40], why=said_by(error)),
                where=f"{self._record}: {name}",
                mend=t("Correct the record, or map %(name)s to a field of type %(type)s", name=name, type=type_.value),
            ) from error
