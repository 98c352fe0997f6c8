"""The front door of scenarios: one stack on moto, the real handler of `receive`, and senders of both kinds."""

import base64
import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from tests.scenarios.stack import LambdaContext, Stack, function

from accolade import wiring
from accolade.model.connections import Connection
from accolade.store.connections import Connections
from accolade.store.parked import Parked

EVENTS = Path(__file__).resolve().parents[2] / "events"
START = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN, ORG = "canary-path-token", "00D5e000000AbcDEAS"
APP_SECRET, OWN_SECRET = "canary-app-secret", "canary-own-secret"
HOOKS = "https://hooks.example.com/crm/hubspot"
ACK = '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
WON = (EVENTS / "salesforce" / "won.xml").read_bytes()


@pytest.fixture(scope="module")
def front_cloud() -> Iterator[Stack]:
    """One stack for all of these tests: making clients and tables costs more than the tests do."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name, value in {"DEFAULT_REGION": "us-east-1", "ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing"}.items():
            patch.setenv(f"AWS_{name}", value)
        made = Stack()
        for name, value in made.settings.items():
            patch.setenv(name.upper(), value)
        wiring.point_at({})
        made.secrets.create_secret(Name="app", SecretString=APP_SECRET)
        made.secrets.create_secret(Name="own", SecretString=OWN_SECRET)
        yield made
    wiring.point_at({})


@pytest.fixture
def front(front_cloud: Stack) -> Stack:
    """The stack with three connections and nothing else."""
    front_cloud.sqs.create_queue(QueueName="accolade-inbox")
    front_cloud.messages()
    state = front_cloud.settings["state_table"]
    for item in front_cloud.dynamodb.scan(TableName=state)["Items"]:
        front_cloud.dynamodb.delete_item(TableName=state, Key={"pk": item["pk"], "sk": item["sk"]})
    connect("acme", "salesforce", ORG, token_hash=hashlib.sha256(TOKEN.encode()).hexdigest())
    connect("hub", "hubspot", "33", tenant="hubs", secret="own", public_url=f"{HOOKS}/hub")
    connect("hub-two", "hubspot", "34", tenant="other", secret="own", public_url=f"{HOOKS}/hub-two")
    return front_cloud


def connect(id_: str, crm: str, external: str, *, tenant: str = "default", **more: Any) -> None:
    Connections(wiring.database()).put(Connection(id_, tenant, crm, external, START, START, **more))


class Post:
    """Posts to a route as API Gateway does and gives its answer; `log` is what the function wrote."""

    def __init__(self) -> None:
        self._module = function("receive")
        self._log = io.StringIO()
        self._module.logger.registered_handler.setStream(self._log)

    def __call__(
        self, route: str, body: bytes, headers: dict[str, str] | None = None, *, encoded: bool = False, **path: str
    ) -> dict[str, Any]:
        event = {
            "resource": route,
            "path": route.format(**path),
            "httpMethod": "POST",
            "headers": headers or {},
            "pathParameters": path or None,
            "body": base64.b64encode(body).decode() if encoded else body.decode(),
            "isBase64Encoded": encoded,
        }
        return self._module.handler(event, LambdaContext())

    @property
    def log(self) -> list[str]:
        return self._log.getvalue().splitlines()


@pytest.fixture
def post(front: Stack) -> Post:
    return Post()


def salesforce(post: Post, body: bytes = WON, *, connection: str = "acme", token: str = TOKEN, **more: Any) -> dict[str, Any]:
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
    return post("/crm/salesforce/{connection}/{token}", body, headers, connection=connection, token=token, **more)


def signed(body: bytes, url: str, secret: str, *, shift_ms: int = 0) -> dict[str, str]:
    stamp = str(int(datetime.now(UTC).timestamp() * 1000) + shift_ms)
    text = f"POST{url}".encode() + body + stamp.encode()
    signature = base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode()
    return {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp}


def hubspot(post: Post, body: bytes, *, connection: str = "hub", secret: str = OWN_SECRET, **more: Any) -> dict[str, Any]:
    headers = signed(body, f"{HOOKS}/{connection}", secret, **more)
    return post("/crm/hubspot/{connection}", body, headers, connection=connection)


def events(*portals: int, first: int = 1) -> bytes:
    return json.dumps(
        [
            {
                "eventId": first + number,
                "portalId": portal,
                "subscriptionType": "deal.propertyChange",
                "objectId": 9000 + number,
                "propertyName": "dealstage",
                "propertyValue": "closedwon",
                "occurredAt": 1767225600123,
                "attemptNumber": 0,
            }
            for number, portal in enumerate(portals)
        ]
    ).encode()


def salesforce_message(*notifications: tuple[str, str], padding: int = 0) -> bytes:
    """A message of (notification id, record id) with a field of `padding` characters in each."""
    rows = "".join(
        f'<Notification><Id>{id_}</Id><sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
        f"<sf:Id>{record}</sf:Id><sf:Description>{'x' * padding}</sf:Description></sObject></Notification>"
        for id_, record in notifications
    )
    head, tail = WON.decode().split("<Notification>", 1)[0], "</notifications></soapenv:Body></soapenv:Envelope>"
    return (head + rows + tail).encode()


def parked(tenant: str = "default") -> list[Any]:
    return list(Parked(wiring.database()).list(tenant))
