"""What pages and the API stand on: stores and flows, each made when it is first asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accolade.store.database import Database
from accolade.web.links import Links

if TYPE_CHECKING:
    from accolade.flows.approvals import Approvals
    from accolade.flows.boards import Boards
    from accolade.flows.cases import Cases
    from accolade.flows.disputes import DisputeDesk
    from accolade.flows.explain import Explainer
    from accolade.flows.figures import Counting
    from accolade.flows.nominations import Nominations
    from accolade.flows.people import ParticipantImport
    from accolade.flows.preferences import Preferences
    from accolade.flows.program_states import ProgramChanges
    from accolade.flows.publish import Publishing
    from accolade.flows.redeeming import Redeeming
    from accolade.flows.sign_in import CodeSignIn
    from accolade.flows.team_board import TeamBoards
    from accolade.flows.wallet_view import WalletView
    from accolade.identity.sign_in import StaffSignIn
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
class House:
    """Made once a process from its primitives: `client(service, **options)` makes an AWS client with time-outs,
    `queue(name)` a queue of ours, `secret(name)` reads a secret, `random(n)` gives n random bytes, `monotonic` is a clock
    in seconds, `settings` are the stack's by field name of `config.Config`, `outbox` routes and hands over deliveries,
    `log` writes a line."""

    db: Database
    links: Links
    client: Callable[..., Any]
    queue: Callable[[str], Any]
    secret: Callable[[str], str]
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
    def sign_in(self) -> "CodeSignIn":
        from accolade.flows.sign_in import CodeSignIn
        from accolade.store.challenges import Challenges

        challenges = Challenges(self.db)
        return CodeSignIn(
            self.people, challenges, self.deliveries, self.limits, self.links.code, self.random, self.outbox.hand_over
        )

    @cached_property
    def staff(self) -> "StaffSignIn":
        from accolade.identity.https import post_form
        from accolade.identity.sign_in import StaffSignIn

        here = self.settings
        cognito = self.client("cognito-idp", attempts=1)
        pool, client_id, domain = here.user_pool_id, here.user_pool_client_id, here.sign_in_domain
        return StaffSignIn(cognito, pool=pool, client_id=client_id, domain=domain, post=post_form)

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
    def team_boards(self) -> "TeamBoards":
        """The board of somebody's own team (see `flows.team_board`)."""
        from accolade.flows.team_board import TeamBoards

        return TeamBoards(self.views, self.people.list, self.programs.rulebook, self.monotonic)

    @cached_property
    def preferences(self) -> "Preferences":
        from accolade.flows.preferences import Preferences

        return Preferences(self.people)

    @cached_property
    def wallets(self) -> "WalletView":
        from accolade.flows.wallet_view import WalletView
        from accolade.store.redemptions import Redemptions

        return WalletView(
            people=self.people,
            tenants=self.tenants,
            views=self.views,
            rulebook=self.programs.rulebook,
            redeemed=Redemptions(self.db).many,
        )

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

    @cached_property
    def boards(self) -> "Boards":
        """Who has earned what this month (see `flows.boards`)."""
        from accolade.flows.boards import Boards
        from accolade.store.months import Months

        return Boards(Months(self.db), self.people.list, self.monotonic)

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

    @cached_property
    def imports(self) -> "ParticipantImport":
        from accolade.flows.announce import Announcer
        from accolade.flows.people import ParticipantImport
        from accolade.store.waiting import Waiting

        return ParticipantImport(self.people, Announcer(Waiting(self.db), self.queue("inbox")))

    @cached_property
    def publishing(self) -> "Publishing":
        from accolade.flows.publish import Publishing

        return Publishing(self.programs, self.connections, self.tenants, self.people)

    @cached_property
    def program_changes(self) -> "ProgramChanges":
        from accolade.flows.program_states import ProgramChanges

        return ProgramChanges(self.programs, self.tenants)

    @cached_property
    def approvals(self) -> "Approvals":
        from accolade.flows.approvals import Approvals
        from accolade.flows.waiting_awards import WaitingAwards
        from accolade.store.decisions import Decisions
        from accolade.store.outstanding import Outstanding
        from accolade.store.signatures import Signatures

        awards = WaitingAwards(self.connections, Decisions(self.db), self.programs.rulebook)
        out, salt = self.outbox, lambda: self.random(16).hex()
        return Approvals(awards, Outstanding(self.db), Signatures(self.db), salt, out.route, out.hand_over)

    def nominations(self, tenant: str) -> "Nominations":
        """The nominations of one tenant."""
        from accolade.flows.batch import Batch
        from accolade.flows.nominations import Nominations
        from accolade.flows.problems import ProblemParker
        from accolade.model.connections import internal
        from accolade.store.decisions import Decisions
        from accolade.store.signatures import Signatures

        book, out, park = self.programs.rulebook(tenant), self.outbox, ProblemParker(self.parked.park)

        def batch(beside: Any) -> Batch:
            return Batch(internal(tenant), book, Decisions(self.db), out.route, out.hand_over, park, beside)

        return Nominations(tenant, book, list(self.people.list(tenant)), self.audit, Signatures(self.db), batch)

    @cached_property
    def redeeming(self) -> "Redeeming":
        """The shop, redemptions, own codes and the accounts with providers (see `flows.redeeming`)."""
        from accolade.clients import Later
        from accolade.flows.redeeming import redeeming

        return redeeming(
            self.db,
            queue=self.queue("orders"),
            kms=Later(lambda: self.client("kms")),
            key_id=self.settings.codes_key_id,
            secret=self.secret,
            hosts=self.settings.api_hosts,
            settings=self.tenants.get,
            outbox=self.outbox,
            salt=lambda: self.random(16).hex(),
            monotonic=self.monotonic,
            log=self.log,
        )

    @cached_property
    def cases(self) -> "Cases":
        from accolade.flows.cases import Cases

        return Cases(self.parked, self.connections, self.queue("inbox"))

    @cached_property
    def figures(self) -> "Counting":
        """What programs gave, cost and left owed (see `flows.figures`)."""
        from accolade.flows.figures import Counting
        from accolade.store.months import Months

        return Counting(Months(self.db), self.people.list, self.audit.wallets)
