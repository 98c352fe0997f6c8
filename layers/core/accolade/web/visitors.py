"""Who is asking, and what they may: scopes, and the roles that are nothing but sets of scopes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from accolade.model.errors import Missing
from accolade.model.participants import Participant, Tenant

if TYPE_CHECKING:
    from accolade.web.house import House


class Scope(StrEnum):
    """What a route asks for, exactly one each. The first four are about oneself or one's own team."""

    WALLET = "wallet"
    REDEEM = "redeem"
    PREFER = "prefer"
    TEAM = "team"
    PEOPLE = "people"
    PEOPLE_WRITE = "people:write"
    PROGRAMS = "programs"
    PROGRAMS_WRITE = "programs:write"
    BUDGETS = "budgets"
    BUDGETS_WRITE = "budgets:write"
    APPROVALS = "approvals"
    MESSAGES = "messages"
    MESSAGES_WRITE = "messages:write"
    CASES = "cases"
    CASES_WRITE = "cases:write"
    CONNECTIONS = "connections"
    CONNECTIONS_WRITE = "connections:write"
    CATALOG = "catalog"
    CATALOG_WRITE = "catalog:write"
    REDEMPTIONS = "redemptions"
    REDEMPTIONS_WRITE = "redemptions:write"
    ANALYTICS = "analytics"
    AUDIT = "audit"
    SETTINGS_WRITE = "settings:write"
    KEYS_WRITE = "keys:write"


OWN = frozenset({Scope.WALLET, Scope.REDEEM, Scope.PREFER, Scope.TEAM})
"""About oneself: no role of the staff has them, for staff have no wallet."""

ROLES: Mapping[str, frozenset[Scope]] = {
    "admin": frozenset(Scope) - OWN,
    "finance": frozenset(
        {
            Scope.PEOPLE,
            Scope.BUDGETS,
            Scope.BUDGETS_WRITE,
            Scope.APPROVALS,
            Scope.CATALOG,
            Scope.CATALOG_WRITE,
            Scope.REDEMPTIONS,
            Scope.REDEMPTIONS_WRITE,
            Scope.ANALYTICS,
            Scope.AUDIT,
        }
    ),
    "support": frozenset(
        {
            Scope.PEOPLE,
            Scope.PROGRAMS,
            Scope.MESSAGES,
            Scope.MESSAGES_WRITE,
            Scope.CASES,
            Scope.CASES_WRITE,
            Scope.REDEMPTIONS,
        }
    ),
}
"""Role (a Cognito group) -> what it may."""

How = Literal["link", "code", "staff", "key"]
"""By what somebody is known: a signed link (reads only), a one-time code, a staff sign-in, an API key."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking. `name` is the actor in the audit log and in entries: a participant number, a staff e-mail address, a key's
    name. `participant` is set for `link` and `code`. `csrf` has to come back with every form. `behind`: of a key, who made it and
    so answers for what it does."""

    tenant: Tenant
    name: str
    scopes: frozenset[Scope]
    how: How
    csrf: str
    expires: datetime
    participant: Participant | None = None
    behind: str = ""

    def may(self, scope: Scope) -> bool:
        """Whether the visitor has the scope."""
        return scope in self.scopes


class ByVisitor:
    """What a page and a call of the API have in common: somebody asks, in a company's house."""

    __slots__ = ()
    visitor: Visitor | None
    house: "House"
    now: datetime

    @property
    def who(self) -> Visitor:
        """The visitor where a scope is asked for: the door has made sure of it."""
        if self.visitor is None:
            raise Missing("nobody is signed in")
        return self.visitor

    @property
    def tenant(self) -> Tenant:
        return self.who.tenant

    @property
    def zone(self) -> str:
        """The reader's time zone: a participant's own, else that of the company's staff; UTC for a stranger."""
        if self.visitor is None:
            return "UTC"
        return self.visitor.participant.zone if self.visitor.participant else self.visitor.tenant.zone

    @property
    def person(self) -> Participant:
        """The participant who asks about themselves; Missing for staff and keys."""
        if self.who.participant is None:
            raise Missing("this belongs to a participant")
        return self.who.participant


def scopes_of(roles: frozenset[str]) -> frozenset[Scope]:
    """What the roles may, together; an unknown role adds nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
