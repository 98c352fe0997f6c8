"""What one run of the command holds: the stack it found, and the classes that work on it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated

import typer

from accolade import wiring
from accolade.cli.stack import Stack, open_stack
from accolade.model.participants import Tenant
from accolade.store.budgets import Budgets
from accolade.store.connections import Connections
from accolade.store.database import Database
from accolade.store.parked import Parked
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.tenants import DEFAULT, Tenants

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON and nothing else to standard output.")]
TenantId = Annotated[str, typer.Option("--tenant", help="Which tenant.")]
DEFAULT_TENANT = DEFAULT


@dataclass
class Session:
    """Opened lazily: a command that needs no stack asks for none."""

    stack_name: str = ""
    endpoint: str = ""

    @cached_property
    def stack(self) -> Stack:
        """The stack; Missing or Retry say why there is none."""
        return open_stack(name=self.stack_name, endpoint=self.endpoint)

    @cached_property
    def db(self) -> Database:
        """The stack's tables."""
        stack = self.stack
        return Database(
            wiring.client("dynamodb"),
            state=stack.output("StateTable"),
            ledger=stack.output("LedgerTable"),
            deliveries=stack.output("DeliveriesTable"),
        )

    @property
    def tenants(self) -> Tenants:
        return Tenants(self.db)

    @property
    def people(self) -> People:
        return People(self.db)

    @property
    def programs(self) -> Programs:
        return Programs(self.db)

    @property
    def budgets(self) -> Budgets:
        return Budgets(self.db)

    @property
    def connections(self) -> Connections:
        return Connections(self.db)

    @property
    def parked(self) -> Parked:
        return Parked(self.db)

    def tenant(self, id_: str) -> str:
        """The id of a tenant that exists; `default` is made at its first use."""
        known = self.tenants.find(id_)
        if known is None and id_ == DEFAULT:
            known = self.tenants.ensure(id_, sender_email=self.stack.sender_email)
        return self.addressed(known or self.tenants.get(id_)).id

    def addressed(self, tenant: Tenant) -> Tenant:
        """The tenant with the address of its wallet pages: the stack's own, also after it changed, until another is set."""
        if tenant.public_url and "execute-api" not in tenant.public_url:
            return tenant
        if tenant.public_url == self.stack.api_url:
            return tenant
        return self.tenants.put(replace(tenant, public_url=self.stack.api_url))


def session(context: typer.Context) -> Session:
    """The session of a command's context."""
    found = context.find_object(Session)
    assert found is not None  # noqa: S101 (the root callback has set it)
    return found


def now() -> datetime:
    """The time a command was given."""
    return datetime.now(UTC)
