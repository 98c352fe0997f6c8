"""What pages and the API stand on: stores and flows, each made when it is first asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accolade.store.database import Database
from accolade.web.links import Links

if TYPE_CHECKING:
    from accolade.flows.disputes import DisputeDesk
    from accolade.flows.explain import Explainer
    from accolade.flows.wallet_view import WalletView
    from accolade.store.actions import Actions
    from accolade.store.audit import Audit
    from accolade.store.keyring import Keyring
    from accolade.store.limits import Limits
    from accolade.store.people import People
    from accolade.store.programs import Programs
    from accolade.store.sessions import Sessions
    from accolade.store.tenants import Tenants
    from accolade.store.views import Views


@dataclass
class House:
    """Made once a process from its primitives: `client(service, **options)` makes an AWS client with time-outs,
    `queue(name)` a queue of ours, `secret(name)` reads a secret, `random(n)` gives n random bytes, `monotonic` is a clock
    in seconds, `settings` are the stack's by field name of `config.Config`, `outbox` routes and hands over deliveries."""

    db: Database
    links: Links
    client: Callable[..., Any]
    queue: Callable[[str], Any]
    secret: Callable[[str], str]
    random: Callable[[int], bytes]
    monotonic: Callable[[], float]
    settings: Any
    outbox: Any

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
    def disputes(self) -> "DisputeDesk":
        from accolade.flows.disputes import DisputeDesk
        from accolade.store.disputes import Disputes

        return DisputeDesk(
            store=Disputes(self.db),
            actions=self.actions,
            person=self.people.by_number,
            salt=lambda: self.random(16).hex(),
            route=self.outbox.route_to,
            hand_over=self.outbox.hand_over,
        )

    @cached_property
    def wallets(self) -> "WalletView":
        from accolade.flows.wallet_view import WalletView

        return WalletView(people=self.people, tenants=self.tenants, views=self.views, rulebook=self.programs.rulebook)

    @cached_property
    def explainer(self) -> "Explainer":
        from accolade.flows.explain import Explainer
        from accolade.store.closes import Closes
        from accolade.store.connections import Connections
        from accolade.store.decisions import Decisions

        return Explainer(
            connections=Connections(self.db),
            decisions=Decisions(self.db),
            views=self.views,
            closes=Closes(self.db),
            rulebook=self.programs.rulebook,
        )
