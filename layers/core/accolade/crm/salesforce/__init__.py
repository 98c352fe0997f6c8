"""Salesforce: outbound messages in (SOAP 1.1), the REST API for the truth behind them."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from accolade.crm import HttpAnswer, Notification, Reader, WebhookRequest
from accolade.crm.salesforce import envelope
from accolade.crm.salesforce.ids import is_id, to18
from accolade.crm.salesforce.normalize import normalize
from accolade.crm.salesforce.objects import KNOWN, ON_REQUEST, OPPORTUNITIES
from accolade.model.connections import Connection
from accolade.model.errors import Forged, Rejected
from accolade.model.phrases import later as t
from accolade.model.records import Facts

_ACKNOWLEDGED = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    "</soapenv:Body></soapenv:Envelope>"
)
_NOBODY = "0" * 64


class Salesforce:
    """The adapter. Outbound messages are not signed: the path token and the organization id prove the sender."""

    name = "salesforce"
    id_field = "salesforce_user_id"
    default_maps = (OPPORTUNITIES,)
    known_maps = KNOWN
    on_request = ON_REQUEST
    api_hosts = (".salesforce.com", ".force.com")

    def verify(
        self, request: WebhookRequest, connection: Connection, secret: Callable[[str], str], *, now: datetime, url: str
    ) -> None:
        """Forged unless the path's token is the connection's; a connection without one, or without organization, takes
        nothing. The same work whatever the cause."""
        given = sha256(request.path_token.encode("utf-8", "surrogatepass")).hexdigest()
        same = hmac.compare_digest(given.encode(), (connection.token_hash or _NOBODY).encode())
        if not (same and connection.token_hash and is_id(connection.external_id)):
            raise Forged("the token is not this connection's", where="path")

    def split(self, request: WebhookRequest) -> list[Notification]:
        """The notifications of an outbound message; Rejected or Unreadable as `envelope.split` says."""
        return envelope.split(request.body)

    def check(self, notification: Notification, connection: Connection) -> bool:
        """True for the connection's organization, in either form; Forged for any other: right token, wrong sender."""
        ours, theirs = connection.external_id, notification.external_id
        same = hmac.compare_digest(theirs[:15].encode("utf-8", "replace"), ours[:15].encode("utf-8", "replace"))
        if not (same and is_id(ours) and is_id(theirs)):
            raise Forged("the organization is not this connection's", where="OrganizationId")
        return True

    def acknowledge(self) -> HttpAnswer:
        """One Ack for the whole message; anything else makes Salesforce send it again for 24 hours."""
        return HttpAnswer(200, _ACKNOWLEDGED, "text/xml; charset=utf-8")

    def normalize(self, content: Mapping[str, Any], connection: Connection, *, origin: str) -> list[Facts]:
        """The facts of one notification or one API record."""
        return normalize(content, connection, origin=origin)

    def user_id(self, text: str) -> str:
        """A user's id as `normalize` writes owners: 18 characters. Rejected if it is none."""
        if not is_id(text.strip()):
            raise Rejected(
                t("%(text)r is not a Salesforce user id", text=text[:40]),
                mend=t("Use the 15 or 18 characters from the user's page"),
            )
        return to18(text.strip())

    def reader(self, connection: Connection, secret: Callable[[str], str]) -> Reader:
        """A reader with the connection's API credentials; Rejected if it has none."""
        from accolade.crm.salesforce.api import SalesforceReader

        if not connection.credentials or not connection.api_base:
            mend = "Add it with --api-base and --credentials-env"
            raise Rejected(t("no API address and credentials"), where=f"connection {connection.id}", mend=mend)
        return SalesforceReader(connection, secret(connection.credentials))


ADAPTER = Salesforce()
