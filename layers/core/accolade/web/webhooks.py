"""Webhooks: API Gateway's event becomes a request, the flow's outcome an answer; the one table of what errors answer."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from accolade.crm import HttpAnswer, WebhookRequest
from accolade.flows.receive import Received, Receiver
from accolade.model.errors import AccoladeError, Foreign, Forged, Rejected, Retry

MAX_BODY_BYTES = 6 * 1024 * 1024
"""What Lambda takes at most; vendors send far less."""


class TooLarge(Rejected):
    """A body beyond what is read at all."""


ANSWERS: tuple[tuple[type[AccoladeError], int, str], ...] = (
    (Forged, 401, "unauthorized"),
    (Foreign, 403, "not a connection"),
    (TooLarge, 413, "too large"),
    (Rejected, 400, "not accepted"),
    (Retry, 503, "busy, send it again"),
)
"""Error -> status and constant text; the first that fits. Details go to the log, never to the caller."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The proxy answer, and the fields of the one log line: ids and sizes, never a token, a path or a body."""

    answer: Mapping[str, Any]
    line: Mapping[str, Any]


class Webhooks:
    """Takes REST API proxy events of `/crm/<crm>`, `/crm/<crm>/{connection}` and `/crm/<crm>/{connection}/{token}`."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def __call__(self, event: Mapping[str, Any], *, now: datetime) -> Outcome:
        """The outcome of one event; only errors that are bugs of ours get past."""
        crm, connection = _route(event)
        line: dict[str, Any] = {"event": "received", "crm": crm, "connection": connection}
        try:
            request = read_request(event)
            line["bytes"] = len(request.body)
            if connection:
                received = self._receiver.own(crm, connection, request, now=now)
            else:
                received = self._receiver.shared(crm, request, now=now)
        except (Rejected, Retry) as error:
            status, text = next((status, text) for kind, status, text in ANSWERS if isinstance(error, kind))
            line |= {"event": "refused", "status": status, "reason": error.what, "where": error.where}
            headers = {"Retry-After": str(round(error.after))} if isinstance(error, Retry) else {}
            return Outcome(_proxy(HttpAnswer(status, json.dumps({"error": text}), "application/json"), headers), line)
        return Outcome(_proxy(received.answer, {}), line | _taken(received))


def read_request(event: Mapping[str, Any]) -> WebhookRequest:
    """The request of a REST API proxy event: header names in lower case, the body as the bytes that were sent.

    TooLarge above 6 MB; Rejected if the body is not the base64 it claims to be. API Gateway hands the query over
    decoded, so it is encoded again (every reserved character).
    """
    text = event.get("body") or ""
    if len(text) > 2 * MAX_BODY_BYTES:
        raise TooLarge("the body is too large", where="body")
    try:
        body = b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
    except ValueError as error:
        raise Rejected("the body is not base64", where="body") from error
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("the body is too large", where="body")
    query = event.get("multiValueQueryStringParameters") or event.get("queryStringParameters") or {}
    return WebhookRequest(
        method=str(event.get("httpMethod") or "POST").upper(),
        headers={str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()},
        body=body,
        query=urlencode(query, doseq=True, quote_via=quote, safe=""),
        path_token=str((event.get("pathParameters") or {}).get("token") or ""),
    )


def _route(event: Mapping[str, Any]) -> tuple[str, str]:
    """The CRM by the route's own text (`/crm/salesforce/{connection}/{token}`), the connection by its parameter."""
    crm = [*str(event.get("resource") or "").strip("/").split("/"), ""][1]
    return crm, str((event.get("pathParameters") or {}).get("connection") or "")[:100]


def _proxy(answer: HttpAnswer, headers: Mapping[str, str]) -> dict[str, Any]:
    return {"statusCode": answer.status, "headers": {"Content-Type": answer.content_type, **headers}, "body": answer.body}


def _taken(received: Received) -> dict[str, Any]:
    return {
        "status": received.answer.status,
        "tenant": received.tenant,
        "connection": received.connection,
        "notification_ids": list(received.notification_ids),
        "parked": received.parked,
    }
