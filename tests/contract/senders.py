"""How each CRM sends: a genuine request for a body, and the connection that takes it."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from accolade.crm import WebhookRequest
from accolade.model.connections import Connection, FieldMap

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
TOKEN = "a-path-token-of-a-connection"
SECRET = "11111111-2222-3333-4444-555555555555"
URL = "https://hooks.example.com/crm/hubspot/acme"


@dataclass(frozen=True)
class Sender:
    """A CRM as it sends: `send` makes a genuine request of a body, `ours` is an external id for cases that state none."""

    send: Callable[[bytes], WebhookRequest]
    ours: str
    suffix: str


def connection(crm: str, external_id: str, maps: tuple[FieldMap, ...] = ()) -> Connection:
    return Connection(
        id="acme",
        tenant="default",
        crm=crm,
        external_id=external_id,
        added_at=NOW,
        since=NOW,
        public_url=URL,
        token_hash=hashlib.sha256(TOKEN.encode()).hexdigest(),
        secret="acme-secret",
        maps=maps,
    )


def salesforce(body: bytes) -> WebhookRequest:
    headers = {"content-type": "text/xml; charset=utf-8", "soapaction": '""'}
    return WebhookRequest("POST", headers, body, path_token=TOKEN)


def hubspot(body: bytes) -> WebhookRequest:
    stamp = str(int(NOW.timestamp() * 1000))
    signature = base64.b64encode(hmac.digest(SECRET.encode(), f"POST{URL}".encode() + body + stamp.encode(), "sha256")).decode()
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp}
    return WebhookRequest("POST", headers, body)


SENDERS = {
    "salesforce": Sender(salesforce, ours="00D5e000000AbcDEAS", suffix=".xml"),
    "hubspot": Sender(hubspot, ours="62515", suffix=".json"),
}
