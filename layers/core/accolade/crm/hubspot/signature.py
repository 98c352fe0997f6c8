"""HubSpot's request signatures, computed over the raw bytes: v3, v2 and, only if configured, v1.

Rules as HubSpot's developer documentation ("Validating requests") states them; the SDK's own checker neither decodes
the URI nor refuses time stamps of the future, so it is not used here.
"""

import base64
import hmac
import re
from datetime import datetime
from hashlib import sha256

from accolade.crm import WebhookRequest
from accolade.model.errors import Forged
from accolade.model.times import to_millis

WINDOW_MS = 300_000
"""How far a v3 time stamp may lie from now, before and after: replays of the past and of the future end here."""

_DECODED = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}
_ESCAPE = re.compile("|".join(_DECODED), re.IGNORECASE)
_TIMESTAMP = re.compile(r"[0-9]{1,15}")


def check(request: WebhookRequest, secret: str, *, url: str, now: datetime, allow_v1: bool = False) -> None:
    """Forged unless the request carries a good signature of `secret`.

    `url` is the public URL without query, as HubSpot was told to call it; the request's raw query is added. A v3
    signature decides alone if its header is there; else the version named by the header does. v1 covers neither the
    URL nor the time and counts only with `allow_v1`.
    """
    if not secret:
        raise Forged("no secret is configured", where="connection")
    uri = f"{url}?{request.query}" if request.query else url
    v3 = request.headers.get("x-hubspot-signature-v3")
    if v3 is not None:
        stamp = request.headers.get("x-hubspot-request-timestamp") or ""
        _check_time(stamp, now)
        _compare(v3, sign_v3(secret, method=request.method, uri=uri, body=request.body, timestamp=stamp))
        return
    given = request.headers.get("x-hubspot-signature") or ""
    version = request.headers.get("x-hubspot-signature-version") or ""
    if version == "v2":
        _compare(given, sign_v2(secret, method=request.method, uri=uri, body=request.body))
    elif version == "v1" and allow_v1:
        _compare(given, sha256(secret.encode() + request.body).hexdigest())
    else:
        raise Forged("no signature that counts", where="x-hubspot-signature-v3")


def sign_v3(secret: str, *, method: str, uri: str, body: bytes, timestamp: str) -> str:
    """Base64 of HMAC-SHA256 over method, URI with exactly twelve escapes decoded, raw body and time stamp (epoch ms)."""
    decoded = _ESCAPE.sub(lambda found: _DECODED[found[0].upper()], uri)
    signed = f"{method}{decoded}".encode(errors="surrogatepass") + body + timestamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()


def sign_v2(secret: str, *, method: str, uri: str, body: bytes) -> str:
    """Hex SHA-256 over secret, method, URI as called and raw body; workflow actions sign so."""
    return sha256(f"{secret}{method}{uri}".encode(errors="surrogatepass") + body).hexdigest()


def _check_time(stamp: str, now: datetime) -> None:
    if not _TIMESTAMP.fullmatch(stamp) or abs(to_millis(now) - int(stamp)) > WINDOW_MS:
        raise Forged("the time stamp is missing or more than five minutes off", where="x-hubspot-request-timestamp")


def _compare(given: str, expected: str) -> None:
    """Constant time; as bytes, since a header with other than ASCII must be a refusal and not a TypeError."""
    if not hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode()):
        raise Forged("the signature does not match", where="x-hubspot-signature")
