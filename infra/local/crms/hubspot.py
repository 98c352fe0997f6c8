"""A stand-in HubSpot: the v3 calls that the adapter makes, in memory, with the limits that matter."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from serving import Line, Served

MODIFIED = "hs_lastmodifieddate"
SEARCH_CAP, SEARCH_PAGE, BATCH, HISTORY_BATCH = 10_000, 200, 100, 50
Answer = tuple[int, dict[str, Any]]


class StandIn(Served):
    """One HubSpot account. `calls` lists (method, path) of what was asked; any bearer token will do unless one is given."""

    def __init__(self, port: int = 0, *, token: str | None = None, host: str = "127.0.0.1") -> None:
        self.calls: list[tuple[str, str]] = []
        self._token = token
        self._lock = threading.RLock()
        self._objects: dict[str, dict[str, dict[str, Any]]] = {}
        self._owners: dict[str, dict[str, Any]] = {}
        self._failures: list[dict[str, Any]] = []
        self.listen(_handler(self), port=port, host=host)

    def load(self, content: Mapping[str, list[dict[str, Any]]]) -> None:
        """Add or change `owners` and objects (`deals`, ...) by id. A record: `id`, `properties`, optionally `archived`,
        `archivedAt`, `associations` (object -> ids, the first one primary), `propertiesWithHistory`; without a history of
        its own, changed values are noted as they come."""
        with self._lock:
            for kind, entries in content.items():
                for entry in entries:
                    if kind == "owners":
                        self._owners[str(entry["id"])] = dict(entry) | {"id": str(entry["id"])}
                    else:
                        self._load_record(self._objects.setdefault(kind, {}), entry)

    def fail(
        self, status: int, times: int = 1, *, path: str = "", headers: Mapping[str, str] | None = None, body: Any = None
    ) -> None:
        """Answer the next `times` calls whose path holds `path` with this status."""
        with self._lock:
            self._failures += [{"status": status, "path": path, "headers": dict(headers or {}), "body": body or {}}] * times

    def answer(self, method: str, target: str, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Status, JSON and headers for one request."""
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        with self._lock:
            control = {"/__load": self._post_load, "/__fail": self._post_fail}.get(parts.path)
            if control and method == "POST":
                return *control(body), {}
            self.calls.append((method, parts.path))
            failure = next((entry for entry in self._failures if entry["path"] in parts.path), None)
            if failure:
                self._failures.remove(failure)
                return failure["status"], failure["body"], failure["headers"]
            if not token or (self._token is not None and token != f"Bearer {self._token}"):
                return *_error(401, "INVALID_AUTHENTICATION"), {}
            return *self._route(method, parts.path.strip("/").split("/"), query, body), {}

    def _route(self, method: str, path: list[str], query: dict[str, str], body: dict[str, Any]) -> Answer:
        match method, path:
            case "GET", ["crm", "v3", "owners"]:
                return self._list(self._owners, query)
            case "GET", ["crm", "v3", "objects", kind]:
                return self._list(self._objects.get(kind, {}), query)
            case "GET", ["crm", "v3", "properties", kind]:
                names = sorted({name for record in self._objects.get(kind, {}).values() for name in record["properties"]})
                return 200, {"results": [{"name": name, "label": name.replace("_", " "), "type": "string"} for name in names]}
            case "POST", ["crm", "v3", "objects", kind, "search"]:
                return self._search(self._objects.get(kind, {}), body)
            case "POST", ["crm", "v3", "objects", kind, "batch", "read"]:
                return self._batch(self._objects.get(kind, {}), body, archived=query.get("archived") == "true")
            case "PATCH", ["crm", "v3", "objects", kind, id_] if id_ in self._objects.get(kind, {}):
                return self._patch(self._objects[kind], id_, body)
            case "POST", ["crm", "v4", "associations", kind, other, "batch", "read"]:
                return self._ends(self._objects.get(kind, {}), other, body)
        return _error(404, "OBJECT_NOT_FOUND")

    def _post_load(self, body: dict[str, Any]) -> Answer:
        self.load(body)
        return 200, {"owners": len(self._owners), **{kind: len(records) for kind, records in self._objects.items()}}

    def _post_fail(self, body: dict[str, Any]) -> Answer:
        self.fail(
            int(body["status"]),
            int(body.get("times", 1)),
            path=body.get("path", ""),
            headers=body.get("headers"),
            body=body.get("body"),
        )
        return 200, {}

    def _load_record(self, records: dict[str, dict[str, Any]], entry: dict[str, Any]) -> None:
        id_ = str(entry["id"])
        known = records.get(id_, {"properties": {}, "propertiesWithHistory": {}})
        properties = known["properties"] | entry.get("properties", {}) | {"hs_object_id": id_}
        history = {name: list(rows) for name, rows in known["propertiesWithHistory"].items()}
        for name, value in entry.get("properties", {}).items():
            rows = history.setdefault(name, [])
            if not rows or rows[0]["value"] != value:
                rows.insert(0, {"value": value, "timestamp": _changed(properties), "sourceType": "CRM_UI"})
        records[id_] = known | entry | {"id": id_, "properties": properties, "updatedAt": _changed(properties)}
        records[id_]["propertiesWithHistory"] = history | entry.get("propertiesWithHistory", {})

    def _list(self, entries: dict[str, dict[str, Any]], query: dict[str, str]) -> Answer:
        limit = int(query.get("limit", "10"))
        if limit > 100:
            return _error(400, "VALIDATION_ERROR")
        archived = query.get("archived") == "true"
        wanted = [entry for entry in entries.values() if bool(entry.get("archived")) == archived]
        return 200, _page([_shown(entry, None, None) for entry in wanted], int(query.get("after", "0")), limit)

    def _batch(self, records: dict[str, dict[str, Any]], body: dict[str, Any], *, archived: bool) -> Answer:
        ids = [str(entry["id"]) for entry in body.get("inputs", ())]
        history = body.get("propertiesWithHistory") or []
        if len(ids) > (HISTORY_BATCH if history else BATCH):
            return _error(400, "VALIDATION_ERROR")
        found = [records[id_] for id_ in ids if id_ in records and bool(records[id_].get("archived")) == archived]
        answer = {"status": "COMPLETE", "results": [_shown(record, body.get("properties"), history) for record in found]}
        if len(found) == len(ids):
            return 200, answer
        return 207, answer | {"numErrors": 1, "errors": [{"status": "error", "category": "OBJECT_NOT_FOUND"}]}

    def _ends(self, records: dict[str, dict[str, Any]], other: str, body: dict[str, Any]) -> Answer:
        """Associations: only records that have some are in the answer, the others are told as errors."""
        found = []
        for id_ in (str(entry["id"]) for entry in body.get("inputs", ())):
            ids = (records.get(id_, {}).get("associations") or {}).get(other) or []
            if ids:
                kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"}]
                rest = [{"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}]
                ends = [{"toObjectId": int(end), "associationTypes": rest if place else kinds} for place, end in enumerate(ids)]
                found.append({"from": {"id": id_}, "to": sorted(ends, key=lambda end: end["toObjectId"])})  # type: ignore[return-value] # ids are numbers
        return (200 if len(found) == len(body.get("inputs", ())) else 207), {"status": "COMPLETE", "results": found}

    def _patch(self, records: dict[str, dict[str, Any]], id_: str, body: dict[str, Any]) -> Answer:
        changed = {name: str(value) for name, value in body.get("properties", {}).items()}
        self._load_record(records, {"id": id_, "properties": changed})
        return 200, _shown(records[id_], list(changed), None)

    def _search(self, records: dict[str, dict[str, Any]], body: dict[str, Any]) -> Answer:
        limit, after = int(body.get("limit", 10)), int(body.get("after") or 0)
        sorts = body.get("sorts", [])
        if limit > SEARCH_PAGE or after + limit > SEARCH_CAP or len(sorts) > 1:
            return _error(400, "VALIDATION_ERROR")
        groups = body.get("filterGroups", [])
        live = [record for record in records.values() if not record.get("archived")]
        found = [record for record in live if not groups or any(_matches(record, group["filters"]) for group in groups)]
        for sort in sorts:
            found.sort(key=lambda record: _comparable(record, sort["propertyName"]), reverse=sort["direction"] == "DESCENDING")
        page = _page(found, after, limit)
        page["results"] = [_shown(record, body.get("properties"), None) for record in page["results"]]
        return 200, page | {"total": len(found)}


_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "GTE": lambda left, right: left >= right,
    "GT": lambda left, right: left > right,
    "LTE": lambda left, right: left <= right,
    "LT": lambda left, right: left < right,
    "EQ": lambda left, right: left == right,
}


def _changed(properties: Mapping[str, Any]) -> Any:
    """When a record was last changed; contacts keep an older name for it."""
    return properties.get(MODIFIED) or properties.get("lastmodifieddate")


def _matches(record: dict[str, Any], filters: list[dict[str, Any]]) -> bool:
    return all(
        _OPERATORS[entry["operator"]](_comparable(record, entry["propertyName"]), int(entry["value"])) for entry in filters
    )


def _comparable(record: dict[str, Any], name: str) -> int:
    value = str(record["properties"].get(name) or "0")
    if value.isdigit():
        return int(value)
    instant = datetime.fromisoformat(value).astimezone(UTC)
    return int(instant.timestamp()) * 1000 + instant.microsecond // 1000


def _shown(entry: dict[str, Any], properties: list[str] | None, history: list[str] | None) -> dict[str, Any]:
    shown = {name: value for name, value in entry.items() if name not in ("properties", "propertiesWithHistory")}
    if "properties" in entry:
        wanted = properties or [MODIFIED]
        shown["properties"] = {name: entry["properties"].get(name) for name in dict.fromkeys([*wanted, "hs_object_id"])}
        shown["archived"] = bool(entry.get("archived"))
    if history:
        shown["propertiesWithHistory"] = {name: entry["propertiesWithHistory"].get(name, []) for name in history}
    return shown


def _page(entries: list[dict[str, Any]], after: int, limit: int) -> dict[str, Any]:
    page: dict[str, Any] = {"results": entries[after : after + limit]}
    if after + limit < len(entries):
        page["paging"] = {"next": {"after": str(after + limit)}}
    return page


def _error(status: int, category: str) -> Answer:
    return status, {"status": "error", "message": category.replace("_", " ").lower(), "category": category}


def _handler(stand_in: StandIn) -> type[Line]:
    class Handler(Line):
        def asked(self) -> None:
            body = json.loads(self.body() or b"{}")
            self.reply_json(*stand_in.answer(self.command, self.path, self.headers.get("authorization") or "", body))

    return Handler
