"""Reads the identity token that Cognito hands to us, and to nobody in between.

A token is never taken from a browser. It comes over TLS from Cognito in answer to our own call, and for that case OpenID
Connect lets TLS stand for the signature (Core 1.0, section 3.1.3.7, point 6); everything else is checked as it demands.
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from accolade.model.errors import Forged
from accolade.model.phrases import later as t

MAX_TOKEN = 16_384
CLOCKS = timedelta(minutes=2)
"""How far Cognito's clock and ours may differ."""

MAX_NAME = 254


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has signed in: e-mail address, tenant's id, groups."""

    email: str
    tenant: str
    groups: frozenset[str]


def read_id_token(text: str, *, pool: str, client: str, now: datetime, nonce: str = "") -> SignedIn:
    """Who the token is about. Forged, always in the same words, if it is not an identity token of this pool for this client
    that is in time, or says no tenant. `nonce`: the one that we sent along, if we did."""
    try:
        claims = _claims(text)
        good = (
            claims["iss"] == issuer(pool)
            and claims["aud"] == client
            and claims["token_use"] in ("id",)
            and (not nonce or claims.get("nonce") == nonce)
            and _in_time(claims, now)
        )
        email, tenant, groups = claims["email"], claims["custom:tenant"], claims.get("cognito:groups", [])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _forged() from None
    if not (good and _is_name(email) and _is_name(tenant) and isinstance(groups, list)):
        raise _forged()
    return SignedIn(email.lower(), tenant, frozenset(str(it) for it in groups[:20]))


def issuer(pool: str) -> str:
    """The issuer of a pool's tokens; a pool's id begins with its region."""
    return f"https://cognito-idp.{pool.partition('_')[0]}.amazonaws.com/{pool}"


def _claims(text: str) -> Mapping[str, Any]:
    if len(text) > MAX_TOKEN:
        raise ValueError("too long")
    _, payload, _ = text.split(".")
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    if not isinstance(claims, dict):
        raise ValueError("no claims")
    return claims


def _in_time(claims: Mapping[str, Any], now: datetime) -> bool:
    ends, made = (datetime.fromtimestamp(int(claims[name]), UTC) for name in ("exp", "iat"))
    return made - CLOCKS <= now < ends + CLOCKS


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME


def _forged() -> Forged:
    return Forged(t("this sign-in is not good"), mend=t("Sign in again"))
