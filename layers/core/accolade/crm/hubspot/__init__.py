"""HubSpot: signed webhooks and workflow actions in, the v3 API for what they left out."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from accolade.crm import HttpAnswer, Notification, Reader, WebhookRequest
from accolade.crm.hubspot import signature
from accolade.crm.hubspot.normalize import normalize
from accolade.crm.hubspot.objects import DEALS, KNOWN
from accolade.crm.hubspot.split import split, subscription
from accolade.model.connections import Connection
from accolade.model.errors import Forged, Rejected
from accolade.model.phrases import later as t
from accolade.model.records import Facts


class HubSpot:
    """The adapter. Signature v1 counts only where `allow_v1` is set: it protects neither the URL nor the time."""

    name = "hubspot"
    id_field = "hubspot_owner_id"
    default_maps = (DEALS,)
    known_maps = KNOWN
    on_request = ()
    api_hosts = ("api.hubapi.com",)

    def __init__(self, *, allow_v1: bool = False) -> None:
        self._allow_v1 = allow_v1

    def verify(
        self, request: WebhookRequest, connection: Connection, secret: Callable[[str], str], *, now: datetime, url: str
    ) -> None:
        """Forged unless signed with the app's secret (v3, or v2 as workflow actions sign); no secret: fail closed."""
        if not connection.secret:
            raise Forged("no secret is configured", where=f"connection {connection.id}")
        try:
            key = secret(connection.secret)
        except Rejected as error:
            raise Forged("the secret cannot be read", where=f"connection {connection.id}") from error
        signature.check(request, key, url=url, now=now, allow_v1=self._allow_v1)

    def split(self, request: WebhookRequest) -> list[Notification]:
        """The events of the body; Unreadable if it is not what HubSpot sends."""
        return split(request.body)

    def check(self, notification: Notification, connection: Connection) -> bool:
        """Whether the portal is the connection's. A workflow body may leave the portal out: its signature and URL are
        the connection's own; a subscription event always says whose it is."""
        if not notification.external_id and not subscription(notification.content):
            return True
        return bool(connection.external_id) and hmac.compare_digest(
            notification.external_id.encode(), connection.external_id.encode()
        )

    def acknowledge(self) -> HttpAnswer:
        """Any 2xx will do for HubSpot."""
        return HttpAnswer(200, "{}", "application/json")

    def normalize(self, content: Mapping[str, Any], connection: Connection, *, origin: str) -> list[Facts]:
        """Canonical facts of an event, a workflow body or an API record."""
        return normalize(content, connection, origin=origin)

    def reader(self, connection: Connection, secret: Callable[[str], str]) -> Reader:
        """A reader with the connection's private app token; Rejected if it has none."""
        from accolade.crm.hubspot.api import HubSpotReader, token
        from accolade.crm.hubspot.calls import Calls

        if not connection.credentials:
            raise Rejected(t("no API token"), where=f"connection {connection.id}", mend="Add it with --token-env")
        return HubSpotReader(Calls(token(secret(connection.credentials)), host=connection.api_base))


ADAPTER = HubSpot()
