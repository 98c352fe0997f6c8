"""A stand-in for Salesforce's REST API: the parts that the reader uses, for tests and the demo.

    python infra/local/crms/salesforce.py --port 4701

POST /__load puts records in place: {"Opportunity": [{"Id": ..., "SystemModstamp": ..., "IsDeleted": true, ...}],
"OpportunityHistory": [...], "OpportunityFieldHistory": [...], "OpportunityStage": [...], "User": [...],
"Organization": [...]}; a record of a known Id is replaced. {"settings": {"page_size": 50, "sessions": ["..."]}} sets the
rows of a page and the sessions that are taken (none named: any but "expired").
POST /__fail makes the next calls fail: {"times": 1, "status": 503, "body": "...", "path": "query"}.
"""

import argparse
import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

if __package__ in (None, ""):
    import sys

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crms import soql
from serving import Line, Served

API = "/services/data/v62.0/"
_EVERY = ("Id", "CreatedDate", "SystemModstamp", "LastModifiedDate", "IsDeleted", "CreatedById", "LastModifiedById")
_CHANGE = ("Field", "OldValue", "NewValue", "CreatedDate")
FIELDS: dict[str, tuple[str, ...]] = {
    "Opportunity": (
        *("Id", "Name", "Amount", "StageName", "Probability", "CloseDate", "CreatedDate", "OwnerId", "AccountId", "Type"),
        *("LeadSource", "IsWon", "IsClosed", "IsDeleted", "SystemModstamp", "LastModifiedDate"),
    ),
    "Lead": (
        *_EVERY,
        "OwnerId",
        "Status",
        "LeadSource",
        "IsConverted",
        "ConvertedDate",
        "ConvertedOpportunityId",
        "MasterRecordId",
    ),
    "Contact": (*_EVERY, "OwnerId", "AccountId", "Title", "Department", "HasOptedOutOfEmail", "MasterRecordId"),
    "Account": (*_EVERY, "OwnerId", "Name", "Industry", "NumberOfEmployees", "AnnualRevenue", "ParentId", "MasterRecordId"),
    "Case": (*_EVERY, "OwnerId", "Status", "Priority", "Origin", "AccountId", "ContactId", "ClosedDate", "IsClosed"),
    "Task": (
        *(*_EVERY, "OwnerId", "Status", "TaskSubtype", "Priority", "ActivityDate", "CompletedDateTime", "IsClosed"),
        *("WhoId", "WhatId", "AccountId"),
    ),
    "Event": (
        *(*_EVERY, "OwnerId", "EventSubtype", "ActivityDate", "StartDateTime", "EndDateTime", "DurationInMinutes"),
        *("WhoId", "WhatId", "AccountId"),
    ),
    "Campaign": (*_EVERY, "OwnerId", "Name", "Status", "Type", "StartDate", "EndDate", "ActualCost", "BudgetedCost", "IsActive"),
    "CampaignMember": (
        *(*_EVERY, "CampaignId", "LeadId", "ContactId", "AccountId", "LeadOrContactOwnerId", "Status", "HasResponded"),
        "FirstRespondedDate",
    ),
    "OpportunityLineItem": (
        *(*_EVERY, "OpportunityId", "Product2Id", "Name", "Quantity", "UnitPrice", "ListPrice", "TotalPrice", "Discount"),
        "ServiceDate",
    ),
    "Product2": (*_EVERY, "Name", "ProductCode", "Family", "IsActive"),
    "Order": (*_EVERY, "OwnerId", "OrderNumber", "Status", "AccountId", "OpportunityId", "EffectiveDate", "TotalAmount"),
    "Contract": (*_EVERY, "OwnerId", "ContractNumber", "Status", "AccountId", "StartDate", "EndDate"),
    "LeadHistory": ("Id", "LeadId", *_CHANGE),
    "CaseHistory": ("Id", "CaseId", *_CHANGE),
    "LeadStatus": ("Id", "MasterLabel", "ApiName", "IsConverted"),
    "CaseStatus": ("Id", "MasterLabel", "ApiName", "IsClosed"),
    "OpportunityHistory": ("Id", "OpportunityId", "StageName", "Amount", "CloseDate", "CreatedDate"),
    "OpportunityFieldHistory": ("Id", "OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"),
    "OpportunityStage": ("Id", "MasterLabel", "ApiName", "IsWon", "IsClosed"),
    "User": ("Id", "Name", "Email", "IsActive"),
    "Organization": ("Id", "Name"),
}
"""Objects and the fields that they have even before anything is loaded; loaded records add theirs."""
_RELATIONS = {"AccountId": "Account", "OwnerId": "Owner", "OpportunityId": "Opportunity", "Product2Id": "Product2"}


class Refusal(Exception):
    """An answer that is not 200."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.body = status, json.dumps([{"errorCode": code, "message": message}])
        super().__init__(message)


class StandIn(Served):
    """The server: start it, load it, ask it at `base_url`. Safe for several threads."""

    def __init__(self, port: int = 0) -> None:
        self._lock, self._numbers = Lock(), count(1)
        self._objects: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in FIELDS}
        self._cursors: dict[str, list[dict[str, Any]]] = {}
        self._failures: list[dict[str, Any]] = []
        self._settings: dict[str, Any] = {"page_size": 2000, "sessions": []}
        self.calls: list[str] = []
        self.queries: list[str] = []
        self.redirect_to = ""
        self.listen(_handler(self), port=port)

    def load(self, content: Mapping[str, Any]) -> None:
        """Put records in place by object name; `settings` are the server's own."""
        with self._lock:
            self._settings |= content.get("settings", {})
            for object_, records in content.items():
                if object_ == "settings":
                    continue
                for record in records:
                    id_ = record.get("Id") or f"000000000{next(self._numbers):06d}AAA"
                    default = {"IsDeleted": False} if "IsDeleted" in FIELDS.get(object_, ()) else {}
                    self._objects.setdefault(object_, {})[id_] = default | dict(record) | {"Id": id_}

    def fail(self, *, times: int = 1, status: int = 503, body: str = "", path: str = "") -> None:
        """Let the next `times` calls whose path holds `path` answer so."""
        with self._lock:
            self._failures.append({"times": times, "status": status, "body": body, "path": path})

    def answer(self, method: str, url: str, body: bytes, session: str) -> tuple[int, str]:
        """Status and body of one call."""
        target = urlsplit(url)
        path = unquote(target.path)
        if path == "/__load":
            self.load(json.loads(body))
            return 200, "{}"
        if path == "/__fail":
            self.fail(**json.loads(body))
            return 200, "{}"
        with self._lock:
            self.calls.append(f"{method} {path}")
            for failure in self._failures:
                if failure["times"] > 0 and failure["path"] in path:
                    failure["times"] -= 1
                    return failure["status"], failure["body"]
            try:
                answer = self._serve(method, path, parse_qs(target.query), body, session)
                return (204, "") if answer is None else (200, json.dumps(answer))
            except Refusal as refusal:
                return refusal.status, refusal.body

    def _serve(self, method: str, path: str, query: Mapping[str, list[str]], body: bytes, session: str) -> Any:
        if path == "/services/oauth2/token" and method == "POST":
            return self._token(parse_qs(body.decode()))
        if session == "expired" or not session or (self._settings["sessions"] and session not in self._settings["sessions"]):
            raise Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if not path.startswith(API):
            raise Refusal(404, "NOT_FOUND", "The requested resource does not exist")
        parts = path[len(API) :].strip("/").split("/")
        if parts[0] in ("query", "queryAll"):
            return self._page(parts[1]) if len(parts) > 1 else self._query(query["q"][0], every=parts[0] == "queryAll")
        if parts[0] == "sobjects" and len(parts) == 3 and parts[2] == "describe":
            return self._describe(parts[1])
        if parts[0] == "sobjects" and len(parts) == 3 and parts[2] in self._objects.get(parts[1], {}):
            return self._patch(parts[1], parts[2], body) if method == "PATCH" else self._objects[parts[1]][parts[2]]
        raise Refusal(404, "NOT_FOUND", "The requested resource does not exist")

    def _patch(self, object_: str, id_: str, body: bytes) -> None:
        """Fields that the object has are changed; Salesforce answers 204 without a body."""
        changed = json.loads(body)
        for name in changed:
            if name not in self._known(object_):
                raise Refusal(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {object_}")
        self._objects[object_][id_] |= changed

    def _token(self, form: Mapping[str, list[str]]) -> dict[str, str]:
        """Any client gets a session; it is a session like others, and may be named among those that are taken."""
        if form.get("grant_type", [""])[0] not in ("client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"):
            raise Refusal(400, "unsupported_grant_type", "grant type not supported")
        session = f"session-{next(self._numbers)}"
        if self._settings["sessions"]:
            self._settings["sessions"].append(session)
        return {"access_token": session, "instance_url": self.base_url, "token_type": "Bearer"}

    def _query(self, text: str, *, every: bool) -> dict[str, Any]:
        self.queries.append(text)
        try:
            query = soql.parse(text)
        except ValueError as error:
            raise Refusal(400, "MALFORMED_QUERY", str(error)) from error
        known = self._known(query.source) | set(_RELATIONS.values())
        for name in query.fields_used:
            if name.partition(".")[0] not in known:
                raise Refusal(400, "INVALID_FIELD", f"No such column '{name}' on entity '{query.source}'")
        rows = [
            row for row in self._objects[query.source].values() if (every or row.get("IsDeleted") is not True) and query.test(row)
        ]
        for name in reversed(query.order):
            rows.sort(key=lambda row, name=name: (soql.at(row, name) is not None, soql.comparable(soql.at(row, name))))
        rows = (rows[::-1] if query.newest else rows)[: query.limit]
        return self._answer([_selected(row, query) for row in rows])

    def _page(self, locator: str) -> dict[str, Any]:
        if locator not in self._cursors:
            raise Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._answer(self._cursors.pop(locator))

    def _answer(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        size = self._settings["page_size"]
        answer: dict[str, Any] = {"totalSize": len(rows), "done": len(rows) <= size, "records": rows[:size]}
        if not answer["done"]:
            locator = f"01g{next(self._numbers):012d}-{size}"
            self._cursors[locator] = rows[size:]
            answer["nextRecordsUrl"] = f"{API}query/{locator}"
        return answer

    def _describe(self, object_: str) -> dict[str, Any]:
        fields = [{"name": name, "relationshipName": _RELATIONS.get(name)} for name in sorted(self._known(object_))]
        return {"name": object_, "fields": fields}

    def _known(self, object_: str) -> set[str]:
        if object_ not in self._objects:
            raise Refusal(400, "INVALID_TYPE", f"sObject type '{object_}' is not supported")
        return set(FIELDS.get(object_, ())).union(*self._objects[object_].values())


def _selected(row: Mapping[str, Any], query: soql.Query) -> dict[str, Any]:
    found: dict[str, Any] = {"attributes": {"type": query.source}}
    for name in query.columns:
        head, _, inner = name.partition(".")
        if inner:
            found[head] = (found.get(head) or {}) | {inner: soql.at(row, name)}
        else:
            found[name] = row.get(name)
    return found


def _handler(standin: StandIn) -> type[Line]:
    class Handler(Line):
        def asked(self) -> None:
            session = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, text = standin.answer(self.command, self.path, self.body(), session)
            elsewhere = {"Location": standin.redirect_to + self.path} if standin.redirect_to else {}
            headers = {"Content-Type": "application/json;charset=UTF-8"} | elsewhere
            self.reply(302 if elsewhere else status, text.encode(), headers)

    return Handler


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--port", type=int, default=4701)
    server = StandIn(arguments.parse_args().port)
    print(server.base_url, flush=True)
    server.serve()
