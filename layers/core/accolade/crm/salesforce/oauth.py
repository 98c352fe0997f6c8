"""Access tokens for Salesforce's REST API: JWT bearer, client credentials, or a session that somebody supplies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from accolade.model.errors import Rejected, Retry
from accolade.model.phrases import later as t

_MEND = t(
    "The secret is a JSON object with client_id and client_secret (client credentials), with client_id, username and "
    "private_key (JWT bearer), or with access_token"
)
_SECRETS: dict[str, tuple[str, ...]] = {
    "access_token": ("access_token", "session_id", "token"),
    "client_id": ("client_id", "consumer_key"),
    "client_secret": ("client_secret", "consumer_secret"),
    "private_key": ("private_key", "privatekey"),
    "username": ("username",),
    "audience": ("audience",),
}
_AUDIENCE = "https://login.salesforce.com"
_LIFETIME = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What a connection's secret holds; empty text: not given. Never printed."""

    access_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    private_key: str = ""
    username: str = ""
    audience: str = ""

    @property
    def renewable(self) -> bool:
        """Whether a new token can be had when one has expired."""
        return bool(self.client_id and (self.client_secret or (self.private_key and self.username)))


def parse(secret: str) -> Credentials:
    """Credentials from a secret's text: a JSON object, or a bare access token. Rejected if neither will do."""
    text = secret.strip()
    if not text.startswith("{"):
        return Credentials(access_token=text)
    try:
        held = json.loads(text)
    except ValueError as error:
        raise Rejected(t("the API credentials are not JSON"), mend=_MEND) from error
    found = {name: next((str(held[key]) for key in keys if held.get(key)), "") for name, keys in _SECRETS.items()}
    credentials = Credentials(**found)
    if not (credentials.renewable or credentials.access_token):
        raise Rejected(t("the API credentials are incomplete"), mend=_MEND)
    return credentials


def token(credentials: Credentials, *, base: str, session: Any) -> str:
    """A fresh access token from `{base}/services/oauth2/token`, `base` being the org's own host (My Domain).

    Neither flow gives a refresh token or a lifetime: ask again when the API says that the session is invalid. The
    reply's `instance_url` is not followed: the connection's address is the only one that is called.
    Retry if Salesforce is busy, Rejected if it refuses (Salesforce help, "OAuth 2.0 JWT Bearer Flow",
    "OAuth 2.0 Client Credentials Flow").
    """
    if not credentials.renewable:
        return credentials.access_token
    reply = session.post(f"{base}/services/oauth2/token", data=_grant(credentials))
    if reply.status_code >= 500 or reply.status_code == 429:
        raise Retry(t("Salesforce answered %(status)s to the login", status=reply.status_code), after=30, where=base)
    try:
        answer = reply.json()
    except ValueError:
        answer = {}
    if reply.status_code != 200 or not isinstance(answer, Mapping) or not answer.get("access_token"):
        said = answer.get("error", "") if isinstance(answer, Mapping) else ""
        mend = t("Check that the app is approved for its user, and that its credentials are the ones stored")
        raise Rejected(
            t("Salesforce refused the login (%(status)s %(said)s)", status=reply.status_code, said=str(said)[:60]),
            where=base,
            mend=mend,
        )
    return str(answer["access_token"])


def _grant(credentials: Credentials) -> dict[str, str]:
    if not credentials.private_key:
        return {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        }
    import jwt

    claims = {
        "iss": credentials.client_id,
        "sub": credentials.username,
        "aud": credentials.audience or _AUDIENCE,
        # The login is judged by Salesforce's clock as it is now, so this one time is the process's own.
        "exp": int((datetime.now(UTC) + _LIFETIME).timestamp()),
    }
    try:
        assertion = jwt.encode(claims, credentials.private_key, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        raise Rejected(t("private_key is not a PEM private key"), mend=_MEND) from error
    return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
