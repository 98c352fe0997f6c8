"""HubSpot's bodies taken apart: arrays of webhook events, and what workflows send."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from accolade.crm import Notification
from accolade.crm.hubspot.objects import OBJECT_NAMES
from accolade.model.errors import Unreadable
from accolade.model.phrases import later as t
from accolade.model.phrases import said_by, shortened

MAX_BYTES = 2 * 1024 * 1024
MAX_EVENTS = 100
MAX_DEPTH = 12
_MAX_ID = 10**20
MAX_REMAINS = 20_000
_MEND = t("Send what HubSpot sends: an array of 1 to 100 events, or one object")

_PLAIN = {f"{name}.propertyChange": object_ for name, object_ in OBJECT_NAMES.items()}
"""Nearly all that HubSpot sends: subscription -> object."""
_IDS = ("objectId", "dealId", "hs_object_id", "id", "fromObjectId")
_MERGED_IDS = ("newObjectId", "primaryObjectId", *_IDS)


def split(body: bytes) -> list[Notification]:
    """The notifications of a body; Unreadable if it is not what HubSpot sends.

    One entry that is no event hurts no other: it comes along for normalization to refuse. Numbers with a fraction or
    an exponent are kept as their text, so that no amount ever becomes a float.
    """
    try:
        parsed = _parse(body)
    except (ValueError, RecursionError) as error:
        raise _unreadable(said_by(error), body) from error
    events = parsed if isinstance(parsed, list) else [parsed]
    if not isinstance(parsed, list | dict):
        raise _unreadable(t("neither an array of events nor one object"), body)
    if not 1 <= len(events) <= MAX_EVENTS:
        raise _unreadable(t("%(count)s events in one body", count=str(len(events))), body)
    return [_notification(event) for event in events]


def subscription(content: Mapping[str, Any]) -> str:
    """`deal.propertyChange` and the like; empty for what is no subscription event. HubSpot uses both names."""
    name = content.get("subscriptionType") or content.get("eventType") or ""
    return name if isinstance(name, str) else ""


def vendor_object(content: Mapping[str, Any]) -> str:
    """The API's name of the object that the content is about; what a workflow sends without a type is a deal.

    A changed association is about the record that it starts from, whichever subscription tells of it.
    """
    kind, _, verb = subscription(content).partition(".")
    if verb == "associationChange":
        return association(content)[0]
    if kind and kind != "object":
        return OBJECT_NAMES.get(kind, kind)
    named = str(content.get("objectTypeId") or content.get("objectType") or "")[:64].lower()
    if not named and not kind:
        return "contacts" if "vid" in content else "deals"
    return OBJECT_NAMES.get(named, named)


def association(content: Mapping[str, Any]) -> tuple[str, str]:
    """The objects of an association event, from and to (`DEAL_TO_COMPANY`); empty texts if it does not say."""
    start, separator, end = str(content.get("associationType") or "")[:64].lower().partition("_to_")
    return (OBJECT_NAMES.get(start, start), OBJECT_NAMES.get(end, end)) if separator else ("", "")


def object_id(content: Mapping[str, Any]) -> str:
    """The id of the record that the content is about, as text; empty if there is none or it is not a number."""
    for name in _MERGED_IDS if subscription(content).endswith(".merge") else _IDS:
        value = content.get(name)
        if value is not None and (text := plain_id(value)):
            return text
    properties = content.get("properties")
    return plain_id(properties.get("hs_object_id")) if isinstance(properties, dict) else ""


def plain_id(value: object) -> str:
    """An id of HubSpot as text: digits only (also out of `{"value": ...}`); empty for anything else."""
    if type(value) is int:
        return str(value) if 0 <= value < _MAX_ID else ""
    if isinstance(value, dict):
        return plain_id(value.get("value")) if not isinstance(value.get("value"), dict) else ""
    return value if isinstance(value, str) and len(value) <= 20 and value.isascii() and value.isdigit() else ""


def _parse(body: bytes) -> Any:
    if len(body) > MAX_BYTES:
        raise ValueError(t("%(size)s bytes; at most %(most)s are read", size=str(len(body)), most=str(MAX_BYTES)))
    text = body.decode("utf-8-sig")
    parsed = json.loads(text, parse_float=str, parse_constant=_refuse)
    # What HubSpot sends is a list of flat events without escapes: then there is nothing to clean and nothing too deep.
    flat = isinstance(parsed, list) and "\\u" not in text and text.count("{") + text.count("[") <= len(parsed) + 1
    return parsed if flat else _clean(parsed, MAX_DEPTH)


def _unreadable(what: str, body: bytes) -> Unreadable:
    return Unreadable(shortened(what, 200), remains=body[:MAX_REMAINS].decode("utf-8", "replace"), where="body", mend=_MEND)


def _refuse(text: str) -> NoReturn:
    raise ValueError(t("%(text)s is not a number", text=text))


def _clean(value: Any, levels: int) -> Any:
    """The value with lone surrogates replaced (JSON can escape them, UTF-8 cannot carry them); ValueError beyond `levels`."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        raise ValueError(t("nested more than %(most)s deep", most=MAX_DEPTH))
    if isinstance(value, list):
        return [_clean(entry, levels - 1) for entry in value]
    return {_clean(name, 0): _clean(entry, levels - 1) for name, entry in value.items()}


def _notification(event: Any) -> Notification:
    if not isinstance(event, dict) or not event:
        return Notification(id="", about="", content={"unreadable": str(event)[:200]})
    named, number, portal = event.get("subscriptionType"), event.get("objectId"), event.get("portalId")
    event_id = event.get("eventId")
    plain = _PLAIN.get(named) if isinstance(named, str) else None
    if plain and type(number) is type(event_id) is type(portal) is int and 0 <= number < _MAX_ID and 0 <= portal < _MAX_ID:
        return Notification(str(event_id)[:64], f"{plain}:{number}", event, str(portal))
    kind, id_ = vendor_object(event), object_id(event)
    return Notification(
        id=str(event_id)[:64] if event_id is not None else f"workflow-{id_}",
        about=f"{kind}:{id_}" if id_ else "",
        content=event,
        external_id=plain_id(portal),
    )
