"""What CRMs send over HTTP: outbound messages and signed webhook requests, and what the local cloud sent on."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from accolade.cli.replay.salesforce import envelope
from accolade.crm.hubspot.signature import sign_v3
from inbox import sent_mails, sent_texts

XML = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
TIMEOUT = httpx.Timeout(180.0)


@dataclass(frozen=True)
class Answer:
    """What a caller sees; headers that no two answers share are left out."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST, once and without following anything."""
    return _answer(httpx.post(url, content=body, headers=dict(headers), timeout=TIMEOUT))


def get(url: str) -> Answer:
    """GET."""
    return _answer(httpx.get(url, timeout=TIMEOUT))


def _answer(found: httpx.Response) -> Answer:
    own = re.compile(r"date|content-length|.*request-?id.*|x-amzn-trace-id|x-amz-id-2", re.IGNORECASE)
    kept = {name.lower(): value for name, value in found.headers.items() if not own.fullmatch(name)}
    return Answer(found.status_code, found.content, kept)


def notification(id_: str, record: str, *, owner: str, stage: str = "Closed Won", name: str = "Deal", **more: str) -> str:
    """A notification of a deal opened on 1 March 2017 and closed ten days later."""
    fields = {
        "Amount": "1000.0",
        "CloseDate": "2017-03-11",
        "CreatedDate": "2017-03-01T09:00:00.000Z",
        "Name": name,
        "OwnerId": owner,
        "StageName": stage,
        "SystemModstamp": "2017-03-11T12:00:00.000Z",
    } | more
    inner = "".join(f"<sf:{key}>{value}</sf:{key}>" for key, value in fields.items())
    return (
        f'<Notification><Id>{id_}</Id><sObject xsi:type="sf:Opportunity" '
        f'xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>{record}</sf:Id>{inner}</sObject></Notification>'
    )


def outbound(*notifications: str, organization: str, session: str = "") -> bytes:
    """An outbound message; with a session id as older organizations still send it."""
    body = envelope(notifications, organization=organization)
    return body.replace(b'<SessionId xsi:nil="true"/>', f"<SessionId>{session}</SessionId>".encode()) if session else body


def won_deal(id_: int, *, portal: int, owner: str, name: str = "Deal") -> bytes:
    """The events of a HubSpot deal that is created and won within ten days."""
    properties = {
        "dealname": name,
        "amount": "1000",
        "createdate": "2017-03-01T12:00:00Z",
        "closedate": "2017-03-11T12:00:00Z",
        "hubspot_owner_id": owner,
        "dealstage": "closedwon",
    }
    shared = {"portalId": portal, "appId": 1, "objectId": id_, "occurredAt": 1489233600000, "attemptNumber": 0}
    events: list[dict[str, Any]] = [shared | {"eventId": id_ * 10, "subscriptionType": "deal.creation"}]
    events += [
        shared | {"eventId": id_ * 10 + n, "subscriptionType": "deal.propertyChange", "propertyName": key, "propertyValue": value}
        for n, (key, value) in enumerate(properties.items(), start=1)
    ]
    return json.dumps(events).encode()


def signed(body: bytes, url: str, secret: str, *, late: timedelta = timedelta()) -> dict[str, str]:
    """Headers of a HubSpot request signed (v3) that long ago; a negative `late` is the future."""
    stamp = str(int((datetime.now(UTC) - late).timestamp() * 1000))
    signature = sign_v3(secret, method="POST", uri=url, body=body, timestamp=stamp)
    return {"Content-Type": "application/json", "X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp}


def signed_v2(body: bytes, url: str, secret: str) -> dict[str, str]:
    """Headers of a workflow's webhook action."""
    digest = hashlib.sha256(f"{secret}POST{url}".encode() + body).hexdigest()
    return {"Content-Type": "application/json", "X-HubSpot-Signature": digest, "X-HubSpot-Signature-Version": "v2"}


def mails(endpoint: str, to: str) -> list[dict[str, Any]]:
    """The e-mails that SES has taken for an address."""
    return [mail for mail in sent_mails(endpoint) if to in (mail.get("To") or [])]


def texts(endpoint: str, to: str) -> list[str]:
    """The SMS that SNS has taken for a number."""
    return [sent["Message"] for sent in sent_texts(endpoint) if sent["PhoneNumber"] == to]
