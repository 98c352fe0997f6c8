"""The reader: records, deletions, stage and owner history, and users, by SOQL."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

from accolade.crm import CrmUser, Page, VendorField, maps_of, writable
from accolade.crm.salesforce import oauth
from accolade.crm.salesforce.histories import Histories
from accolade.crm.salesforce.ids import is_id, to18
from accolade.crm.salesforce.normalize import SYSTEM_FIELDS
from accolade.crm.salesforce.objects import FLAGS, MERGEABLE
from accolade.crm.salesforce.rest import Rest
from accolade.crm.salesforce.values import instant, read
from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import Missing, Rejected
from accolade.model.phrases import later as t
from accolade.model.records import Value
from accolade.model.times import iso, parse_instant

PAGE = 200
"""Records of a page: what one message on the queue holds, and few enough ids for a query's URL."""
OVERLAP = timedelta(minutes=10)
SETTLING = timedelta(minutes=1)
"""Long transactions become visible late, with older stamps: the newest minute is left to the next sweep."""
DEEP = timedelta(hours=72)
SAMPLED = 200
"""Fields of which a sample is read."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}(?:\.[A-Za-z][A-Za-z0-9_]{0,79}){0,4}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sweep stands: inside the window up to `high`, after the record `id` of `stamp`."""

    stamp: str
    id: str = ""
    high: str = ""


class SalesforceReader:
    """Reads one org; made anew for each run. `secret` is the credentials' text."""

    def __init__(self, connection: Connection, secret: str) -> None:
        self._connection = connection
        self._rest = Rest(connection.api_base or "", oauth.parse(secret))
        self._selected: dict[str, tuple[str, ...]] = {}
        maps = maps_of(connection)
        self._histories = Histories(self._rest, leads=any(entry.record == "lead" for entry in maps))

    def fetch(self, field_map: FieldMap, ids: Sequence[str], *, with_history: bool = False) -> list[Mapping[str, Any]]:
        """The records as `content` dicts, deleted ones too; what is no id, or unknown, is left out."""
        wanted = dict.fromkeys(to18(id_) for id_ in ids if is_id(id_))
        found: list[Mapping[str, Any]] = []
        for chunk in batched(wanted, PAGE, strict=False):
            soql = f"{self._select(field_map)} WHERE Id IN ({_quoted(chunk)})"
            rows = list(self._rest.query(soql, deleted=True))
            found += self._contents(field_map, rows, with_history=with_history)
        return found

    def changed_since(self, field_map: FieldMap, cursor: str | None, *, now: datetime, deep: bool = False) -> Iterator[Page]:
        """Pages of what changed since the cursor, by SystemModstamp and id, deleted ones too, with their histories.

        The cursor is an instant up to which everything was read (the next window starts 10 minutes before it), or a
        place inside a window that was not read to its end. No cursor: everything there is.
        """
        place = _start(cursor, now=now, deep=deep)
        high = place.high or _instant(now - SETTLING)
        while place.stamp < high:
            soql = f"{self._select(field_map)} WHERE {_after(place)} AND SystemModstamp < {high}"
            soql += f" ORDER BY SystemModstamp, Id LIMIT {PAGE}"
            rows = list(self._rest.query(soql, deleted=True))
            if len(rows) < PAGE:
                yield Page(self._contents(field_map, rows, with_history=True), high, more=False)
                return
            place = _Place(_instant(instant(str(rows[-1]["SystemModstamp"]))), str(rows[-1]["Id"]), high)
            yield Page(self._contents(field_map, rows, with_history=True), "|".join((place.stamp, place.id, high)))
        yield Page([], cursor or high, more=False)

    def users(self) -> Iterable[CrmUser]:
        """All users of the org, inactive ones too."""
        for row in self._rest.query("SELECT Id, Name, Email, IsActive FROM User ORDER BY Id"):
            yield CrmUser(
                id=to18(str(row["Id"])),
                name=str(row.get("Name") or ""),
                email=str(row["Email"]) if row.get("Email") else None,
                active=row.get("IsActive") is True,
            )

    def write_back(self, field_map: FieldMap, id_: str, values: Mapping[str, Value]) -> bool:
        """Set the mapped fields of one record, if they hold something else."""
        fields = writable(field_map, values)
        if not is_id(id_):
            raise Missing(t("%(id)r is no record", id=id_[:40]), where=field_map.object)
        self._select(field_map)
        columns = ("Id", *(vendor for vendor, _, _ in fields.values()))
        rows = list(self._rest.query(_soql(columns, field_map.object, f"WHERE Id = '{to18(id_)}'")))
        if not rows:
            raise Missing(t("the record is not there any more"), where=f"{field_map.object} {id_}")
        zone = ZoneInfo(field_map.time_zone)
        changed = {
            vendor: value
            for vendor, type_, value in fields.values()
            if read(_text(rows[0], vendor) or "", type_, currency=field_map.currency, zone=zone) != value
        }
        if changed:
            self._rest.update(field_map.object, to18(id_), changed)
        return bool(changed)

    def described(self, field_map: FieldMap) -> list[VendorField]:
        """The object's fields as the API user sees them, with what the record modified last holds."""
        if not _NAME.fullmatch(field_map.object) or "." in field_map.object:
            raise Rejected(t("%(object)r is not the name of an object", object=field_map.object[:80]), where="mapping: object")
        told = [it for it in self._rest.describe(field_map.object).get("fields", ()) if _NAME.fullmatch(str(it.get("name", "")))]
        names = [str(it["name"]) for it in told if it.get("type") not in ("address", "location", "base64")][:SAMPLED]
        rows = list(self._rest.query(_soql(names, field_map.object, "ORDER BY SystemModstamp DESC LIMIT 1"))) if names else []
        held = {name: _text(rows[0], name) or "" for name in names} if rows else {}
        return [
            VendorField(str(it["name"]), str(it.get("label", "")), str(it.get("type", "")), held.get(str(it["name"]), "")[:80])
            for it in told
        ]

    def probe(self) -> str:
        """The org's name and id; Rejected if the credentials are another org's."""
        rows = list(self._rest.query("SELECT Id, Name FROM Organization LIMIT 1"))
        id_ = str(rows[0]["Id"]) if rows else ""
        if id_[:15] != self._connection.external_id[:15]:
            mend = "Store the credentials of the organization that sends the messages, or correct --organization-id"
            raise Rejected(t("the credentials belong to another organization"), where=self._rest.base, mend=mend)
        return f"{rows[0].get('Name') or ''} ({id_})"

    def _select(self, field_map: FieldMap) -> str:
        if field_map.object not in self._selected:
            self._selected[field_map.object] = self._columns(field_map)
        return _soql(self._selected[field_map.object], field_map.object)

    def _columns(self, field_map: FieldMap) -> tuple[str, ...]:
        """Mapped fields that the API user sees; a field that the org itself mapped and that is not there is an error."""
        if not _NAME.fullmatch(field_map.object) or "." in field_map.object:
            raise Rejected(t("%(object)r is not the name of an object", object=field_map.object[:80]), where="mapping: object")
        described = self._rest.describe(field_map.object).get("fields", ())
        plain = {str(field["name"]) for field in described}
        related = {str(field["relationshipName"]) for field in described if field.get("relationshipName")}
        columns = dict.fromkeys((*SYSTEM_FIELDS, "StageName", *FLAGS, "CreatedDate", "OwnerId", "MasterRecordId"))
        if field_map.object in MERGEABLE:
            columns |= dict.fromkeys(("CreatedById", "LastModifiedById"))
        columns = {name: None for name in columns if name in plain}
        for canonical, vendor in field_map.fields.items():
            known = _NAME.fullmatch(vendor) is not None and (vendor in plain or vendor.partition(".")[0] in related)
            if known:
                columns[vendor] = None
            elif canonical in field_map.named:
                raise _unknown(vendor, plain, where=f"mapping: {field_map.record}.{canonical}")
        return tuple(columns)

    def _contents(self, field_map: FieldMap, rows: Sequence[Mapping[str, Any]], *, with_history: bool) -> list[Mapping[str, Any]]:
        histories = self._histories.of(field_map, rows) if with_history else {}
        contents: list[Mapping[str, Any]] = []
        for row in rows:
            texts = {name: _text(row, name) for name in self._selected[field_map.object]}
            content: dict[str, Any] = {"id": "", "type": field_map.object, "fields": texts}
            if "IsDeleted" in texts:
                content["deleted"] = texts["IsDeleted"] == "true" or bool(texts.get("MasterRecordId"))
            contents.append(content | histories.get(to18(str(row["Id"])), {}))
        return contents


def _start(cursor: str | None, *, now: datetime, deep: bool) -> _Place:
    """Where to begin; Rejected if the cursor is none of ours (it goes into a query)."""
    parts = (cursor or "").split("|")
    try:
        if len(parts) not in (1, 3) or (len(parts) == 3 and not is_id(parts[1])):
            raise ValueError("neither an instant nor a place in a window")
        if len(parts) == 3:
            return _Place(_instant(parse_instant(parts[0])), parts[1], _instant(parse_instant(parts[2])))
        if deep:
            return _Place(_instant(now - DEEP))
        return _Place(_instant(parse_instant(parts[0]) - OVERLAP) if cursor else "1970-01-01T00:00:00.000Z")
    except ValueError as error:
        raise Rejected(
            t("%(cursor)r is not a cursor", cursor=(cursor or "")[:60]),
            mend=t("Remove the cursor; the sweep then reads everything"),
        ) from error


def _soql(columns: Iterable[str], object_: str, *rest: str) -> str:
    """A query; names come from the mapping and were checked, ids and instants were parsed: nothing else enters."""
    return " ".join(("SELECT", ", ".join(columns), "FROM", object_, *rest))


def _after(place: _Place) -> str:
    if not place.id:
        return f"SystemModstamp >= {place.stamp}"
    return f"(SystemModstamp > {place.stamp} OR (SystemModstamp = {place.stamp} AND Id > '{place.id}'))"


def _instant(at: datetime) -> str:
    return iso(at)


def _quoted(ids: Iterable[str]) -> str:
    return ", ".join(f"'{id_}'" for id_ in ids)


def _text(row: Mapping[str, Any], name: str) -> str | None:
    """A value as text, as a message would carry it; `Account.Name` is read along its path."""
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None or isinstance(value, Mapping | list):
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    # JSON may hold half of a surrogate pair, which no queue takes.
    return text.encode("utf-8", "replace").decode()


def _unknown(vendor: str, known: set[str], *, where: str) -> Rejected:
    close = get_close_matches(vendor, known, n=1)
    mend = (
        t("Did you mean %(close)s?", close=close[0]) if close else t("Correct the name, or give the API user access to the field")
    )
    return Rejected(t("the API user sees no field %(name)r", name=vendor[:80]), where=where, mend=mend)
