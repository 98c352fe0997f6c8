"""Changes as Salesforce outbound messages: SOAP envelopes of up to 100 notifications."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from xml.sax.saxutils import escape

from accolade.cli.replay.history import Change
from accolade.crm.salesforce.ids import to18
from accolade.model.connections import FieldMap
from accolade.model.fields import RECORD_FIELDS, FieldType
from accolade.model.times import from_millis, iso

PER_MESSAGE = 100
EXPECTED_DAYS = 90
"""Salesforce has a close date from the start: an open deal's is expected this many days later."""

_READABLE = re.compile(r"[1-9A-Za-z][A-Za-z0-9]{5,11}")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_STAGES = {"won": "Closed Won", "lost": "Closed Lost", "open": "Prospecting"}
_INSTANTS = frozenset({"CreatedDate", "LastModifiedDate", "SystemModstamp"})


def record_id(deal: str) -> str:
    """The 18-character id of a deal of the export: the same one every time, and readable where the export's id fits."""
    return to18("006" + deal.rjust(12, "0")) if _READABLE.fullmatch(deal) else _made_up("006", deal)


def user_id(owner: str) -> str:
    """A user id for an owner who is no participant."""
    return _made_up("005", owner)


def notification(change: Change, *, field_map: FieldMap, owner: str) -> str:
    """One `Notification` element, by the connection's field map; `owner` is the owner's user id. Null fields are absent."""
    fields = _fields(change, field_map, owner)
    inner = "".join(f"<sf:{name}>{escape(text)}</sf:{name}>" for name, text in sorted(fields.items()))
    id_ = _made_up("04l", f"{change.deal} {change.phase} {change.at}")
    return (
        f'<Notification><Id>{id_}</Id><sObject xsi:type="sf:{field_map.object}" '
        f'xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>{record_id(change.deal)}</sf:Id>{inner}</sObject></Notification>'
    )


def envelope(notifications: Sequence[str], *, organization: str) -> bytes:
    """The SOAP 1.1 message of an organization, as the outbound message WSDL has it (the session id is empty since 2026)."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
        '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
        f"<OrganizationId>{organization}</OrganizationId><ActionId>{_made_up('04k', organization)}</ActionId>"
        '<SessionId xsi:nil="true"/>'
        "<EnterpriseUrl>https://replay.example/services/Soap/c/62.0</EnterpriseUrl>"
        "<PartnerUrl>https://replay.example/services/Soap/u/62.0</PartnerUrl>"
        f"{''.join(notifications)}</notifications></soapenv:Body></soapenv:Envelope>"
    ).encode()


def _fields(change: Change, field_map: FieldMap, owner: str) -> Mapping[str, str]:
    """Vendor field -> text."""
    values = dict(change.values)
    if change.stage == "open" and not values.get("close_date"):
        values["close_date"] = f"{from_millis(change.at + EXPECTED_DAYS * 86_400_000):%Y-%m-%d}"
    types = {**RECORD_FIELDS[field_map.record], **field_map.types}
    found = {}
    for name, value in values.items():
        vendor = field_map.fields.get(name)
        if vendor and value is not None and "." not in vendor:
            found[vendor] = _text(value, vendor, types.get(name, FieldType.TEXT))
    found |= {
        field_map.fields.get("stage_name", "StageName"): stage_name(change, field_map),
        field_map.fields.get("owner", "OwnerId"): owner,
        "IsWon": str(change.stage == "won").lower(),
        "IsClosed": str(change.stage != "open").lower(),
        "SystemModstamp": iso(from_millis(change.at)),
    }
    return found


def stage_name(change: Change, field_map: FieldMap) -> str:
    """The stage as the org calls it: the export's name if the mapping knows it, else one that means the same."""
    if field_map.stages.get(change.stage_name) == change.stage:
        return change.stage_name
    return next((name for name, stage in field_map.stages.items() if stage == change.stage), _STAGES[change.stage])


def _text(value: str, vendor: str, type_: FieldType) -> str:
    return f"{value}T09:00:00.000Z" if type_ is FieldType.DATE and vendor in _INSTANTS else value


def _made_up(prefix: str, seed: str) -> str:
    number, text = int.from_bytes(sha256(f"{prefix} {seed}".encode()).digest()), ""
    while len(text) < 12:
        number, place = divmod(number, len(_ALPHABET))
        text += _ALPHABET[place]
    return to18(prefix + text)
