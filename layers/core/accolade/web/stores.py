"""The stores that pages and the API read and write, each made when it is first asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accolade.store.database import Database
from accolade.web.links import Links

if TYPE_CHECKING:
    from accolade.store.actions import Actions
    from accolade.store.answers import Answers
    from accolade.store.audit import Audit
    from accolade.store.budgets import Budgets
    from accolade.store.connections import Connections
    from accolade.store.deliveries import Deliveries
    from accolade.store.keyring import Keyring
    from accolade.store.limits import Limits
    from accolade.store.parked import Parked
    from accolade.store.people import People
    from accolade.store.programs import Programs
    from accolade.store.screens import Screens
    from accolade.store.sessions import Sessions
    from accolade.store.tenants import Tenants
    from accolade.store.views import Views


@dataclass
class Stores:
    """Made once a process from its primitives: `client(service, **options)` makes an AWS client with time-outs,
    `queue(name)` a queue of ours, `secret(name)` reads a secret, `keep_secret(name, text)` stores one, `random(n)` gives n
    random bytes, `monotonic` is a clock in seconds, `settings` are the stack's by field name of `config.Config`, `outbox`
    routes and hands over deliveries, `log` writes a line."""

    db: Database
    links: Links
    client: Callable[..., Any]
    queue: Callable[[str], Any]
    secret: Callable[[str], str]
    keep_secret: Callable[[str, str], None]
    random: Callable[[int], bytes]
    monotonic: Callable[[], float]
    settings: Any
    outbox: Any
    log: Callable[..., None] = field(default=lambda event, **fields: None)

    @cached_property
    def people(self) -> "People":
        from accolade.store.people import People

        return People(self.db)

    @cached_property
    def tenants(self) -> "Tenants":
        from accolade.store.tenants import Tenants

        return Tenants(self.db)

    @cached_property
    def programs(self) -> "Programs":
        from accolade.store.programs import Programs

        return Programs(self.db)

    @cached_property
    def views(self) -> "Views":
        from accolade.store.views import Views

        return Views(self.db)

    @cached_property
    def audit(self) -> "Audit":
        """Reads of whole tenants (see `store.audit`)."""
        from accolade.store.audit import Audit

        return Audit(self.db)

    @cached_property
    def sessions(self) -> "Sessions":
        from accolade.store.sessions import Sessions

        return Sessions(self.db, self.random)

    @cached_property
    def keyring(self) -> "Keyring":
        from accolade.store.keyring import Keyring

        return Keyring(self.db, self.random)

    @cached_property
    def actions(self) -> "Actions":
        """The audit log of what staff did."""
        from accolade.store.actions import Actions

        return Actions(self.db)

    @cached_property
    def limits(self) -> "Limits":
        from accolade.store.limits import Limits

        return Limits(self.db)

    @cached_property
    def screens(self) -> "Screens":
        from accolade.store.screens import Screens

        return Screens(self.db, self.random)

    @cached_property
    def answers(self) -> "Answers":
        """What calls of the API were answered."""
        from accolade.store.answers import Answers

        return Answers(self.db)

    @cached_property
    def budgets(self) -> "Budgets":
        from accolade.store.budgets import Budgets

        return Budgets(self.db)

    @cached_property
    def connections(self) -> "Connections":
        from accolade.store.connections import Connections

        return Connections(self.db)

    @cached_property
    def deliveries(self) -> "Deliveries":
        from accolade.store.deliveries import Deliveries

        return Deliveries(self.db)

    @cached_property
    def parked(self) -> "Parked":
        from accolade.store.parked import Parked

        return Parked(self.db)
