"""Cookies of ours: for this host only, over TLS only, out of reach of scripts, not sent along from other sites."""

from datetime import timedelta

LINK = "__Host-accolade-link"
"""The token of a wallet link that was opened."""

SESSION = "__Host-accolade"
"""The id of a participant's session."""

STAFF = "__Host-accolade-staff"
"""The id of a staff session: a cookie of its own, so that somebody who is both need not leave the one for the other."""

CHALLENGE = "__Host-accolade-code"
"""What proves that a one-time code was asked for by this browser."""

STRANGER = "__Host-accolade-form"
"""What binds the forms of somebody who is not known yet to their browser."""

HOSTED = "__Host-accolade-staff-entry"
"""State, nonce and verifier while somebody is on Cognito's page."""


def kept(name: str, value: str, *, life: timedelta | None = None) -> str:
    """The `Set-Cookie` of a value of ours (letters, digits, `-`, `_`, `.`); without `life` until the browser is closed."""
    age = f"; Max-Age={int(life.total_seconds())}" if life is not None else ""
    return f"{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}"


def gone(name: str) -> str:
    """The `Set-Cookie` that makes a browser forget."""
    return kept(name, "", life=timedelta(0))


def link_cookie(token: str, *, life: timedelta) -> str:
    """Set when a genuine wallet link is opened: its pages are open until the link is over, or the browser forgets."""
    return kept(LINK, token, life=life)
