"""Finds out who is asking: by session, by the link that was opened, or by an API key."""

import hmac
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from accolade.model.errors import Forged, Missing
from accolade.model.participants import Participant, Tenant
from accolade.store.sessions import Session
from accolade.web.asking import Request
from accolade.web.entry.cookies import LINK, SESSION, STAFF
from accolade.web.links import LinkClaims
from accolade.web.visitors import Scope, Visitor, scopes_of

if TYPE_CHECKING:
    from accolade.web.house import House

READS = frozenset({Scope.WALLET})
_STAFF_ENTRY = (("sign-in", "staff"), ("sign-in", "hosted"), ("sign-in", "callback"))
OWNS = frozenset({Scope.WALLET, Scope.REDEEM, Scope.PREFER})


class SessionVisitors:
    """Who is asking, by the cookies of a request. Pages of staff are asked by staff, those of participants by
    participants, whoever else has signed in in the same browser."""

    def __init__(self, house: "House") -> None:
        self._house = house

    def of(self, request: Request, *, now: datetime) -> Visitor | None:
        """The visitor; None if there is none, or what they came with is over."""
        if request.path[0] == "admin" or request.path[:2] in _STAFF_ENTRY:
            return self._staff(request, now)
        if request.path[0] in ("me", "team", "w"):
            return self._participant(request, now)
        if request.path == ("sign-in", "out"):
            return self._leaving(request, now)
        return self._participant(request, now) or self._staff(request, now)

    def _leaving(self, request: Request, now: datetime) -> Visitor | None:
        """Whose form it is, signs out."""
        given = next(iter(request.form.get("csrf", ())), "")
        found = [it for it in (self._participant(request, now), self._staff(request, now)) if it is not None]
        return next((it for it in found if hmac.compare_digest(it.csrf.encode(), given.encode())), found[0] if found else None)

    def session(self, request: Request, *, staff: bool, now: datetime) -> Session | None:
        """The session of a request as it is stored."""
        found = self._house.sessions.find(request.cookies.get(STAFF if staff else SESSION, ""), now=now)
        return found if found is not None and (found.kind == "staff") == staff else None

    def _staff(self, request: Request, now: datetime) -> Visitor | None:
        session = self.session(request, staff=True, now=now)
        tenant = self._house.tenants.find(session.tenant) if session else None
        if session is None or tenant is None:
            return None
        return Visitor(tenant, session.name, scopes_of(session.roles), "staff", session.csrf, session.ends)

    def _participant(self, request: Request, now: datetime) -> Visitor | None:
        signed_in, claims = self._signed_in(request, now), self._claims(request, now)
        if signed_in is None or claims is None:
            return signed_in or self._linked(request, claims)
        if (signed_in.tenant.number, signed_in.name) == (claims.tenant_number, claims.participant):
            return signed_in
        # The link of somebody else was opened later: a device that two people share.
        return self._linked(request, claims) or signed_in

    def _signed_in(self, request: Request, now: datetime) -> Visitor | None:
        session = self.session(request, staff=False, now=now)
        if session is None:
            return None
        self._house.people.ahead(session.tenant, session.name)
        tenant = self._house.tenants.find(session.tenant)
        person = self._active(session.tenant, session.name) if tenant else None
        if tenant is None or person is None:
            return None
        scopes = OWNS | {Scope.TEAM} if session.leads else OWNS
        return Visitor(tenant, person.number, scopes, "code", session.csrf, session.ends, person)

    def _claims(self, request: Request, now: datetime) -> LinkClaims | None:
        token = request.cookies.get(LINK, "")
        try:
            return self._house.links.read(token, purpose="w", now=now) if token else None
        except Forged:
            return None

    def _linked(self, request: Request, claims: LinkClaims | None) -> Visitor | None:
        tenant = self._numbered(claims) if claims else None
        person = self._active(tenant.id, claims.participant) if tenant and claims else None
        if tenant is None or person is None or claims is None:
            return None
        ends = datetime.combine(claims.expires + timedelta(days=1), time(), UTC)
        csrf = self._house.links.csrf(request.cookies[LINK])
        return Visitor(tenant, person.number, READS, "link", csrf, ends, person)

    def _numbered(self, claims: LinkClaims) -> Tenant | None:
        return next((it for it in self._house.tenants.list() if it.number == claims.tenant_number), None)

    def _active(self, tenant: str, number: str) -> Participant | None:
        try:
            person = self._house.people.by_number(tenant, number)
        except Missing:
            return None
        return person if person.active else None


def key_visitor(house: "House", authorization: str, *, now: datetime) -> Visitor | None:
    """The visitor of an `Authorization: Bearer acc_...` header; None for any other header and for a key that does not work."""
    kind, _, text = authorization.strip().partition(" ")
    key = house.keyring.find(text.strip(), now=now) if kind.lower() == "bearer" else None
    tenant = house.tenants.find(key.tenant) if key else None
    if key is None or tenant is None:
        return None
    scopes = frozenset(scope for scope in Scope if scope.value in key.scopes)
    return Visitor(tenant, f"key:{key.name}", scopes, "key", "", key.expires, behind=key.made_by)
