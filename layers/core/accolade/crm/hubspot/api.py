"""HubSpot's v3 API as a Reader: batches, sweeps past the search's limits, archived and merged records, owners."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from accolade.crm import CrmUser, Page, VendorField, writable
from accolade.crm.hubspot.calls import Calls
from accolade.crm.hubspot.fields import convert, millis
from accolade.crm.hubspot.normalize import FLAGS, stage_property
from accolade.crm.hubspot.objects import ASSOCIATED, MERGED, associated, modified
from accolade.crm.hubspot.split import plain_id
from accolade.model.connections import FieldMap
from accolade.model.errors import Missing, Rejected
from accolade.model.fields import TRACKED_FIELDS
from accolade.model.phrases import later as t
from accolade.model.records import Value
from accolade.model.times import Millis, to_millis

_AGAIN = t("Add the connection again")
BATCH, HISTORY_BATCH, SEARCH_PAGE = 100, 50, 200
"""HubSpot's sizes: ids in a batch read, the same with history, records in a search's page."""
SAMPLED = 200
"""Properties of which a sample is read."""
OVERLAP_MS = 600_000
"""How far before the cursor a sweep looks again: the search index lags behind the records."""
DEEP = timedelta(hours=72)
MAX_HISTORY, MAX_VALUE = 200, 2000
"""Rows of a property's history and characters of a value that are taken along."""


class HubSpotReader:
    """The Reader of the port. Errors: Retry (busy, unreachable), Rejected (token, scope, mapping), Missing."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._unasked: set[tuple[str, str]] = set()

    def fetch(self, field_map: FieldMap, ids: Sequence[str], *, with_history: bool = False) -> list[Mapping[str, Any]]:
        """Records by id, 100 a call (50 with history); archived ones come as archived, unknown ids are left out."""
        wanted = list(dict.fromkeys(id_ for id_ in ids if plain_id(id_)))
        found = self._read(field_map, wanted, with_history=with_history, archived=False)
        have = {content["id"] for content in found}
        gone = [id_ for id_ in wanted if id_ not in have]
        return found + self._read(field_map, gone, with_history=False, archived=True)

    def changed_since(self, field_map: FieldMap, cursor: str | None, *, now: datetime, deep: bool = False) -> Iterator[Page]:
        """Pages of records archived, then of records modified, since the cursor (epoch ms) less ten minutes.

        Archived ones come first, with the cursor as it was: an interrupted sweep lists them again. The search is
        continued by the modification time of the last record instead of an offset, so its 10,000 results are no limit
        and a record that changes meanwhile pushes no other one out of sight.
        """
        position = int(cursor) if cursor and plain_id(cursor) else 0
        if deep:
            position = min(position, to_millis(now - DEEP))
        low = max(0, position - OVERLAP_MS)
        yield from self._archived_since(field_map, low, position=position)
        for records, at in self._modified_since(field_map, low):
            position = max(position, at)
            items = self.fetch(field_map, [str(record.get("id")) for record in records], with_history=True)
            yield Page(items, f"{position:013d}")
        yield Page((), f"{position:013d}", more=False)

    def users(self) -> Iterator[CrmUser]:
        """All owners; archived ones are inactive. A user's id here is the owner id that records carry."""
        for archived in (False, True):
            after: str | None = None
            seen: set[str | None] = {None}
            while True:
                owners, after = self._calls.owners(archived=archived, after=after)
                yield from (_user(owner, archived) for owner in owners if owner.get("type", "PERSON") == "PERSON")
                if after in seen:
                    break
                seen.add(after)

    def write_back(self, field_map: FieldMap, id_: str, values: Mapping[str, Value]) -> bool:
        """Set the mapped properties of one record, if they hold something else."""
        fields = writable(field_map, values)
        question = {"properties": [vendor for vendor, _, _ in fields.values()], "inputs": [{"id": plain_id(id_) or "0"}]}
        rows = self._calls.batch_read(field_map.object, question, archived=False)
        held = rows[0].get("properties") if rows else None
        if not isinstance(held, Mapping):
            raise Missing(t("the record is not there any more"), where=f"{field_map.object} {id_[:20]}")
        where = f"{field_map.object} {id_}"
        changed = {
            vendor: _written(value)
            for vendor, type_, value in fields.values()
            if convert(held.get(vendor), type_, vendor=vendor, zone=field_map.time_zone, where=where) != value
        }
        if changed:
            self._calls.update(field_map.object, id_, changed)
        return bool(changed)

    def described(self, field_map: FieldMap) -> list[VendorField]:
        """The object's properties, with what the record modified last holds."""
        told = [it for it in self._calls.properties(field_map.object) if it.get("name")]
        names = [str(it["name"]) for it in told][:SAMPLED]
        question = {
            "sorts": [{"propertyName": modified(field_map.object), "direction": "DESCENDING"}],
            "properties": names,
            "limit": 1,
        }
        rows = self._calls.search(field_map.object, question) if names else []
        held = rows[0].get("properties") if rows else None
        known = held if isinstance(held, Mapping) else {}
        return [
            VendorField(name, str(it.get("label", "")), str(it.get("type", "")), str(known.get(name) or "")[:80])
            for it in told
            for name in (str(it["name"]),)
        ]

    def probe(self) -> str:
        """One cheap call: one owner."""
        self._calls.owners(archived=False, after=None, limit=1)
        return f"HubSpot answers at {self._calls.host} and lets this token read owners"

    def _read(self, field_map: FieldMap, ids: Sequence[str], *, with_history: bool, archived: bool) -> list[Mapping[str, Any]]:
        size = HISTORY_BATCH if with_history else BATCH
        question: dict[str, Any] = {
            "properties": _properties(field_map),
            "propertiesWithHistory": _tracked(field_map) if with_history else [],
        }
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(ids), size):
            inputs = [{"id": id_} for id_ in ids[start : start + size]]
            rows = self._calls.batch_read(field_map.object, question | {"inputs": inputs}, archived=archived)
            contents = [_content(row, field_map) for row in rows if plain_id(row.get("id"))]
            found += contents if archived else self._associate(field_map, contents)
        return found

    def _associate(self, field_map: FieldMap, contents: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The contents with the ids of what they are associated with, for the associations that are mapped.

        A token that may not read the other object does without: it is not asked again.
        """
        found: dict[str, dict[str, str]] = {}
        for object_ in associated(field_map):
            pair = (field_map.object, object_)
            if pair in self._unasked or not contents:
                continue
            try:
                rows = self._calls.associations(*pair, ids=[content["id"] for content in contents])
            except Rejected:
                self._unasked.add(pair)
                continue
            found[object_] = {str(row["from"]["id"]): other for row in rows if (other := _primary(row))}
        return [
            {**content, "associations": {object_: ids.get(content["id"]) for object_, ids in found.items()}} if found else content
            for content in contents
        ]

    def _archived_since(self, field_map: FieldMap, low: Millis, *, position: Millis) -> Iterator[Page]:
        after: str | None = None
        seen: set[str | None] = {None}
        while True:
            rows, after = self._calls.list_archived(field_map.object, properties=[modified(field_map.object)], after=after)
            fresh = [row for row in rows if plain_id(row.get("id")) and _archived_at(row) >= low]
            if fresh:
                yield Page([_content(row | {"archived": True}, field_map) for row in fresh], f"{position:013d}")
            if after in seen:
                return
            seen.add(after)

    def _modified_since(self, field_map: FieldMap, low: Millis) -> Iterator[tuple[list[dict[str, Any]], Millis]]:
        """Records by modification time; each with the time up to which everything has been given."""
        given: set[str] = set()
        name = modified(field_map.object)
        while True:
            records = self._search(field_map, [_filter(name, "GTE", low)], sort=name)
            fresh = [record for record in records if record.get("id") not in given]
            last = _modified(records[-1], name) if records else low
            if last < low:
                raise Rejected("HubSpot's search is not in the order asked for", where=field_map.object, mend="Try again later")
            full = len(records) >= SEARCH_PAGE
            if full and last == low:
                yield from self._at_one_instant(field_map, low)
                low, given = low + 1, set()
                continue
            if fresh:
                yield fresh, last
            if not full:
                return
            given = {str(record.get("id")) for record in records if _modified(record, name) == last}
            low = last

    def _at_one_instant(self, field_map: FieldMap, at: Millis) -> Iterator[tuple[list[dict[str, Any]], Millis]]:
        """More records than a page modified in the same millisecond (an import): continued by id."""
        last_id = "0"
        while True:
            filters = [_filter(modified(field_map.object), "EQ", at), _filter("hs_object_id", "GT", last_id)]
            records = self._search(field_map, filters, sort="hs_object_id")
            if records:
                yield records, at
            if len(records) < SEARCH_PAGE or int(plain_id(records[-1].get("id")) or 0) <= int(last_id):
                return
            last_id = str(records[-1]["id"])

    def _search(self, field_map: FieldMap, filters: list[dict[str, str]], *, sort: str) -> list[dict[str, Any]]:
        question = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": [modified(field_map.object)],
            "limit": SEARCH_PAGE,
        }
        return self._calls.search(field_map.object, question)


def token(secret: str) -> str:
    """The access token out of the stored secret: the token itself, or JSON with `token` or `access_token`."""
    text = secret.strip()
    if text.startswith("{"):
        try:
            stored = json.loads(text)
        except ValueError as error:
            raise Rejected(t("the stored credentials are not JSON"), where="credentials", mend=_AGAIN) from error
        text = str(stored.get("token") or stored.get("access_token") or "")
    if not text or not text.isascii() or not text.isprintable():
        raise Rejected(t("the stored credentials have no token"), where="credentials", mend=_AGAIN)
    return text


def _written(value: Value) -> str:
    """A value as HubSpot takes it: texts; an empty one clears the property."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _properties(field_map: FieldMap) -> list[str]:
    flags = [flag for flag, _ in FLAGS] if field_map.record == "deal" else []
    mapped = [vendor for vendor in field_map.fields.values() if not vendor.startswith(ASSOCIATED)]
    return list(dict.fromkeys([*mapped, modified(field_map.object), MERGED, *flags]))


def _tracked(field_map: FieldMap) -> list[str]:
    tracked = TRACKED_FIELDS.get(field_map.record, ())
    found = [stage_property(field_map) if name == "stage" else field_map.fields.get(name, "") for name in tracked]
    return list(dict.fromkeys([*(name for name in found if name), MERGED]))


def _primary(row: Mapping[str, Any]) -> str:
    """The id that a record is associated with: the one labelled as primary, else the smallest; empty if there is none."""
    ends = [end for end in row.get("to") or () if isinstance(end, Mapping) and plain_id(end.get("toObjectId"))]

    def rank(end: Mapping[str, Any]) -> tuple[bool, int]:
        kinds = [kind for kind in end.get("associationTypes") or () if isinstance(kind, Mapping)]
        return not any(str(kind.get("label") or "").lower() == "primary" for kind in kinds), int(plain_id(end["toObjectId"]))

    return plain_id(min(ends, key=rank)["toObjectId"]) if ends else ""


def _filter(name: str, operator: str, value: int | str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": str(value)}


def _modified(record: Mapping[str, Any], name: str) -> Millis:
    properties = record.get("properties")
    stated = properties.get(name) if isinstance(properties, Mapping) else None
    return millis(stated or record.get("updatedAt"), where=f"record {record.get('id')} {name}")


def _archived_at(row: Mapping[str, Any]) -> Millis:
    return millis(row.get("archivedAt") or row.get("updatedAt"), where=f"record {row.get('id')} archivedAt")


def _content(row: Mapping[str, Any], field_map: FieldMap) -> Mapping[str, Any]:
    """What normalization needs of a record, bounded; the map's object is named, for the record itself does not say."""
    properties = row.get("properties")
    content: dict[str, Any] = {
        "id": str(row["id"]),
        "objectType": field_map.object,
        "properties": _bounded(properties) if isinstance(properties, Mapping) else {},
        "archived": row.get("archived") is True,
    }
    content |= {name: row[name] for name in ("updatedAt", "archivedAt") if row.get(name)}
    histories = row.get("propertiesWithHistory")
    if isinstance(histories, Mapping) and histories:
        content["propertiesWithHistory"] = {name: _rows(rows) for name, rows in histories.items()}
    return content


def _bounded(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value[:MAX_VALUE] if isinstance(value, str) else value for name, value in properties.items()}


def _rows(rows: Any) -> list[dict[str, Any]]:
    listed = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    newest = sorted(listed, key=lambda row: str(row.get("timestamp")), reverse=True)[:MAX_HISTORY]
    return [_bounded({"value": row.get("value"), "timestamp": row.get("timestamp")}) for row in newest]


def _user(owner: Mapping[str, Any], archived: bool) -> CrmUser:
    name = " ".join(str(owner.get(part) or "").strip() for part in ("firstName", "lastName")).strip()
    email = str(owner.get("email") or "").strip() or None
    return CrmUser(
        str(owner.get("id")), (name or email or "")[:200], email, active=not (archived or owner.get("archived") is True)
    )
