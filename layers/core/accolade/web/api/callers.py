"""Callers: who asks, by an API key or by the session of a browser, and how often they may."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from accolade.web.api.incoming import Incoming
from accolade.web.api.operation import Operation
from accolade.web.api.problems import Turned
from accolade.web.asking import Request
from accolade.web.entry import SessionVisitors, key_visitor
from accolade.web.visitors import OWN, Visitor

if TYPE_CHECKING:
    from accolade.web.house import House

REALM = 'Bearer realm="accolade"'
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rates:
    """Calls a minute: of one key or visitor, of one address that comes without being known, and of one company for what keeps a
    function busy for seconds (the functions that hear CRMs share the account's room with it)."""

    known: int = 600
    unknown: int = 60
    slow: int = 20


class Callers:
    """Finds callers. Turned away: nobody is known (401), may not (403), comes from another site (403), too often (429)."""

    def __init__(self, house: "House", rates: Rates) -> None:
        self._house, self._rates, self._visitors = house, rates, SessionVisitors(house)

    def of(self, operation: Operation, incoming: Incoming, *, now: datetime) -> Visitor | None:
        """Who asks for the operation, and may; None where anybody may."""
        if operation.scope is None:
            self._not_too_often(f"api-open#{incoming.hashed_source}", self._rates.unknown, now)
            return None
        visitor = self._known(operation, incoming, now)
        if visitor is None:
            self._not_too_often(f"api-unknown#{incoming.hashed_source}", self._rates.unknown, now)
            given = "authorization" in incoming.headers
            how = f'{REALM}, error="invalid_token"' if given else REALM
            what = "the key does not work, or works no more" if given else "say who you are: Authorization: Bearer acc_..."
            raise Turned(401, what, headers={"WWW-Authenticate": how})
        self._not_too_often(f"api#{visitor.tenant.id}#{visitor.name}", self._rates.known, now)
        if not visitor.may(operation.scope):
            how = f'{REALM}, error="insufficient_scope", scope="{operation.scope}"'
            raise Turned(403, f"this needs the scope {operation.scope}", headers={"WWW-Authenticate": how})
        if operation.slow:
            self._not_too_often(f"api-{operation.id}#{visitor.tenant.id}", self._rates.slow, now)
        if visitor.how != "key" and operation.changes:
            _same_site(incoming, visitor)
        return visitor

    def _known(self, operation: Operation, incoming: Incoming, now: datetime) -> Visitor | None:
        """A header that says who it is counts alone: a browser's session never helps out a key that does not work."""
        if authorization := incoming.headers.get("authorization", ""):
            return key_visitor(self._house, authorization, now=now)
        place = "me" if operation.scope in OWN else "admin"
        cookies = _cookies(incoming.headers.get("cookie", ""))
        if not cookies:
            return None
        return self._visitors.of(Request(incoming.method, (place,), cookies=cookies, source=incoming.source), now=now)

    def _not_too_often(self, name: str, most: int, now: datetime) -> None:
        if not self._house.limits.take(name, MINUTE, most, now):
            raise Turned(429, f"more than {most} calls in a minute", headers={"Retry-After": str(60 - now.second)})


def _same_site(incoming: Incoming, visitor: Visitor) -> None:
    """A change by a page of ours: Fetch Metadata, and the token of the session in the header X-CSRF."""
    if incoming.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Turned(403, "the call came from another site")
    if not hmac.compare_digest(incoming.headers.get("x-csrf", "").encode(), visitor.csrf.encode()):
        raise Turned(403, "the header X-CSRF has to hold the token of the session")


def _cookies(header: str) -> Mapping[str, str]:
    try:
        return {name: it.value for name, it in SimpleCookie(header).items()}
    except CookieError:
        return {}
