"""Mapping files: how an org's own fields and stages read, checked field by field before anything is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accolade import crm as crms
from accolade.model.connections import FieldMap
from accolade.model.errors import Rejected
from accolade.model.fields import DERIVED_FIELDS, RECORD_FIELDS, STAGES, FieldType
from accolade.model.phrases import Phrase
from accolade.model.phrases import later as t

KEYS = ("record", "object", "source", "time_zone", "currency", "fields", "types", "stages")
SECTIONS = ("connection", "export")
_MAX_FIELDS = 200
_EXAMPLE = t("for example {connection: {salesforce: {record: deal, object: Opportunity, fields: {deal.amount: Amount}}}}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the document we are, for messages."""

    path: str

    def __truediv__(self, name: object) -> "_Place":
        return _Place(f"{self.path}.{name}" if self.path else str(name))

    def wrong(self, what: str, mend: str = "") -> Rejected:
        return Rejected(what, where=self.path, mend=mend)


def field_maps(
    document: object, *, crm: str, known: tuple[FieldMap, ...] | None = None, name: str = "mapping"
) -> tuple[FieldMap, ...]:
    """The field maps of a mapping document (parsed YAML or JSON) for one CRM; none if it says nothing of that CRM.

    Each map lies over what the adapter knows of its record and object (`known`, or the adapter's own): fields that it does
    not name stay as they are there. `{record: activity}` without an object means all of the vendor's objects for it that
    every org has. One map or a list of them may stand below `connection.<crm>`. `export` is not read here. Rejected names
    the first problem with its place in the file (`name` is the file's) and what was probably meant.
    """
    adapter = crms.adapter(crm)
    place = _Place(name)
    top = _mapping(document if document is not None else {}, place)
    _known(top, SECTIONS, place)
    connection = _mapping(top.get("connection") or {}, place / "connection")
    entries = connection.get(crm)
    if entries is None:
        return ()
    place = place / "connection" / crm
    listed = entries if isinstance(entries, list) else [entries]
    bases = [it for it in known or adapter.known_maps if it.object not in adapter.on_request]
    found: list[FieldMap] = []
    for it in listed:
        entry = _mapping(it, place)
        _known(entry, KEYS, place)
        found += [_field_map(entry, base, place) for base in _bases(entry, bases, adapter, place)]
    if len({entry.object for entry in found}) < len(found):
        raise place.wrong(t("an object is mapped twice"), t("Put its fields together"))
    return tuple(found)


def one_map(entry: object, *, name: str) -> FieldMap:
    """One field map that stands alone, for example a part of an `export` section; `name` says where it stands."""
    place = _Place(name)
    checked = _mapping(entry, place)
    _known(checked, KEYS, place)
    return _field_map(checked, FieldMap(_record(checked, place), "", {}), place)


def _record(entry: Mapping[str, Any], place: _Place) -> str:
    record = _text(entry.get("record", "deal"), place / "record")
    if record not in RECORD_FIELDS:
        raise (place / "record").wrong(t("%(record)r is not a record type", record=record), _meant(record, RECORD_FIELDS))
    return record


def _bases(entry: Mapping[str, Any], bases: list[FieldMap], adapter: crms.Crm, place: _Place) -> list[FieldMap]:
    """What an entry lies over: the map of the object that it names, else those of its record."""
    record = _record(entry, place)
    same = [it for it in bases if it.record == record] or [FieldMap(record, "", {})]
    if "object" not in entry:
        if not same[0].object:
            raise (place / "object").wrong(
                t("%(adapter)s has no object of its own for %(record)s", adapter=adapter.name, record=record),
                t("Name yours, like Claim__c"),
            )
        return same
    every = [it for it in (*bases, *adapter.known_maps) if it.record == record]
    return [next((it for it in every if it.object == entry["object"]), same[0])]


def _field_map(entry: Mapping[str, Any], base: FieldMap, place: _Place) -> FieldMap:
    record = base.record
    types = _types(entry.get("types") or {}, record, place / "types")
    fields = _fields(entry.get("fields") or {}, record, types, place / "fields")
    object_ = _text(entry.get("object", base.object), place / "object")
    return replace(
        base,
        object=object_,
        fields={**base.fields, **fields},
        types={**base.types, **types},
        stages={**base.stages, **_stages(entry.get("stages") or {}, place / "stages")},
        currency=_currency(entry.get("currency", base.currency), place / "currency"),
        time_zone=_zone(entry.get("time_zone", base.time_zone), place / "time_zone"),
        source=_boolean(entry.get("source", base.source), place / "source"),
        named=tuple(sorted(fields)),
    )


def _fields(raw: object, record: str, types: Mapping[str, FieldType], place: _Place) -> dict[str, str]:
    """Canonical name (without `deal.`) -> the vendor's field."""
    entries = _mapping(raw, place)
    if len(entries) > _MAX_FIELDS:
        raise place.wrong(t("%(count)s fields", count=len(entries)), t("At most %(most)s are mapped", most=_MAX_FIELDS))
    found: dict[str, str] = {}
    for key, vendor in entries.items():
        name = _canonical(key, record, place)
        if name not in RECORD_FIELDS[record] and name not in types:
            mend = _meant(f"{record}.{name}", [f"{record}.{known}" for known in RECORD_FIELDS[record]])
            raise (place / key).wrong(
                t("%(record)s.%(name)s is not a field of %(record)s", record=record, name=name),
                t(
                    "%(meant)s Or state the type of your own field: types: {%(record)s.%(name)s: money}",
                    meant=mend,
                    record=record,
                    name=name,
                ),
            )
        found[name] = _text(vendor, place / key)
    return found


def _types(raw: object, record: str, place: _Place) -> dict[str, FieldType]:
    found: dict[str, FieldType] = {}
    for key, kind in _mapping(raw, place).items():
        name, allowed = _canonical(key, record, place), [entry.value for entry in FieldType]
        if name in RECORD_FIELDS[record]:
            raise (place / key).wrong(
                t("the type of %(record)s.%(name)s is fixed", record=record, name=name),
                t("Leave it out; types are for fields of your own"),
            )
        if kind not in allowed:
            raise (place / key).wrong(t("%(kind)r is not a type", kind=str(kind)[:40]), _meant(str(kind), allowed))
        found[name] = FieldType(kind)
    return found


def _canonical(key: object, record: str, place: _Place) -> str:
    """`deal.amount` -> `amount`; what is computed from other fields cannot be mapped."""
    text = _text(key, place)
    prefix, _, name = text.rpartition(".")
    if prefix != record or not name.isidentifier() or len(name) > 60:
        raise (place / text[:80]).wrong(
            t("a canonical field is expected"), t("Write it as %(record)s.name, for example %(record)s.amount", record=record)
        )
    if name in DERIVED_FIELDS.get(record, {}):
        raise (place / text).wrong(t("%(text)s is computed from other fields", text=text), t("Leave it out"))
    # The canonical stage is derived from the vendor's, with `stages`; who maps it means the vendor's.
    return "stage_name" if name == "stage" else name


def _stages(raw: object, place: _Place) -> dict[str, str]:
    """Vendor stage -> canonical stage, from `{won: [...], lost: [...]}`."""
    found: dict[str, str] = {}
    for stage, names in _mapping(raw, place).items():
        if stage not in STAGES:
            raise (place / stage).wrong(t("%(stage)r is not a stage", stage=str(stage)[:40]), _meant(str(stage), STAGES))
        for name in names if isinstance(names, list) else [names]:
            vendor = _text(name, place / stage)
            if found.get(vendor, stage) != stage:
                raise (place / stage).wrong(
                    t("%(vendor)r cannot be both %(found)s and %(stage)s", vendor=vendor, found=found[vendor], stage=stage),
                    t("Keep one of them"),
                )
            found[vendor] = str(stage)
    return found


def _currency(raw: object, place: _Place) -> str:
    text = _text(raw, place)
    if not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise place.wrong(t("%(text)r is not an ISO 4217 code", text=text[:40]), t("Write it as USD or EUR"))
    return text


def _zone(raw: object, place: _Place) -> str:
    text = _text(raw, place)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise place.wrong(t("%(text)r is not a time zone", text=text[:60]), t("Write it as Europe/Amsterdam")) from error
    return text


def _boolean(raw: object, place: _Place) -> bool:
    if not isinstance(raw, bool):
        raise place.wrong(t("true or false is expected"))
    return raw


def _text(raw: object, place: _Place) -> str:
    # YAML reads a bare number or yes/no as such; stage names and fields are texts.
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str) or not raw.strip() or len(raw) > 255:
        raise place.wrong(t("a text of 1 to 255 characters is expected"), t("Put it in quotes if it looks like something else"))
    return raw.strip()


def _mapping(raw: object, place: _Place) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise place.wrong(t("a mapping is expected"), _EXAMPLE)
    return raw


def _known(entry: Mapping[str, Any], keys: Iterable[str], place: _Place) -> None:
    for key in entry:
        if key not in keys:
            raise (place / str(key)[:80]).wrong(t("this is not known here"), _meant(str(key), keys))


def _meant(word: str, known: Iterable[str]) -> Phrase:
    choices = list(known)
    close = get_close_matches(word, choices, n=1)
    if close:
        return t("Did you mean %(close)s?", close=close[0])
    return t("Use one of %(names)s.", names=", ".join(choices))
