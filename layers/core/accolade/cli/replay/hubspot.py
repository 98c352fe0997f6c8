"""Changes as HubSpot webhook events: a creation, and one event a property, all of a change at the same time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import Any

from accolade.cli.replay.history import Change
from accolade.crm.hubspot.signature import sign_v3
from accolade.model.connections import FieldMap
from accolade.model.fields import RECORD_FIELDS, FieldType
from accolade.model.times import parse_date, to_millis

PER_REQUEST = 100
APP_ID = 1
_STAGES = {"won": "closedwon", "lost": "closedlost", "open": "appointmentscheduled"}
_INSTANTS = frozenset({"closedate", "createdate"})
_NOON = time(12, tzinfo=UTC)


def record_id(deal: str) -> int:
    """The object id of a deal of the export: the same one every time."""
    return 10**10 + _number(f"deal {deal}", 9 * 10**14)


def user_id(owner: str) -> str:
    """An owner id for an owner who is no participant."""
    return str(10**9 + _number(f"owner {owner}", 9 * 10**12))


def events(change: Change, *, field_map: FieldMap, owner: str, portal: int) -> Iterator[dict[str, Any]]:
    """The events of one change: at its opening the creation first; at its closing what the closing changed."""
    shared = {
        "portalId": portal,
        "appId": APP_ID,
        "occurredAt": change.at,
        "attemptNumber": 0,
        "objectId": record_id(change.deal),
    }
    kind = _singular(field_map.object)
    if change.phase == "opened":
        head = {"eventId": _event_id(change, "creation"), "subscriptionId": 1, "subscriptionType": f"{kind}.creation"}
        yield {**head, **shared, "changeSource": "CRM", "changeFlag": "NEW"}
    for place, (name, value) in enumerate(sorted(_properties(change, field_map, owner).items()), start=2):
        head = {"eventId": _event_id(change, name), "subscriptionId": place, "subscriptionType": f"{kind}.propertyChange"}
        yield {**head, **shared, "propertyName": name, "propertyValue": value, "changeSource": "CRM_UI", "isSensitive": False}


def body(batch: Sequence[Mapping[str, Any]]) -> bytes:
    """The JSON array of a request."""
    return json.dumps(list(batch), separators=(",", ":"), ensure_ascii=False).encode()


def headers(content: bytes, *, secret: str, url: str, now: datetime) -> dict[str, str]:
    """Content type and signature v3 over the URL as the connection knows it."""
    stamp = str(to_millis(now))
    return {
        "Content-Type": "application/json",
        "X-HubSpot-Request-Timestamp": stamp,
        "X-HubSpot-Signature-v3": sign_v3(secret, method="POST", uri=url, body=content, timestamp=stamp),
    }


def _properties(change: Change, field_map: FieldMap, owner: str) -> dict[str, str]:
    types = {**RECORD_FIELDS[field_map.record], **field_map.types}
    told = dict(change.values)
    if change.phase == "closed":
        # What the opening said already is not said again, as HubSpot sends changes only.
        told = {name: value for name, value in told.items() if name in ("amount", "close_date")}
    found = {}
    for name, value in told.items():
        vendor = field_map.fields.get(name)
        if vendor and value is not None:
            found[vendor] = _text(value, vendor, types.get(name, FieldType.TEXT))
    found[field_map.fields.get("stage") or field_map.fields.get("stage_name", "dealstage")] = stage_id(change, field_map)
    if change.phase == "opened":
        found[field_map.fields.get("owner", "hubspot_owner_id")] = owner
        if "currency" in field_map.fields:
            found[field_map.fields["currency"]] = change.currency
    return found


def stage_id(change: Change, field_map: FieldMap) -> str:
    """The stage's id: the export's name if the mapping knows it, else one that means the same."""
    if field_map.stages.get(change.stage_name) == change.stage:
        return change.stage_name
    return next((name for name, stage in field_map.stages.items() if stage == change.stage), _STAGES[change.stage])


def _text(value: str, vendor: str, type_: FieldType) -> str:
    """A property's value as HubSpot writes it: instants as epoch milliseconds, at noon so that the date is the same nearly
    everywhere."""
    if type_ is FieldType.DATE and vendor in _INSTANTS:
        return str(to_millis(datetime.combine(parse_date(value), _NOON)))
    return value


def _singular(object_: str) -> str:
    return {"companies": "company"}.get(object_, object_.removesuffix("s"))


def _event_id(change: Change, name: str) -> int:
    return 10**9 + _number(f"event {change.deal} {change.phase} {name}", 9 * 10**12)


def _number(seed: str, below: int) -> int:
    return int.from_bytes(sha256(seed.encode()).digest()[:12]) % below
