"""What pages and the API stand on: the stores, and flows, each made when it is first asked for."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accolade.web.stores import Stores

if TYPE_CHECKING:
    from accolade.flows.approvals import Approvals
    from accolade.flows.boards import Boards
    from accolade.flows.budget_shares import BudgetShares
    from accolade.flows.cases import Cases
    from accolade.flows.disputes import DisputeDesk
    from accolade.flows.expiring import Expiring
    from accolade.flows.explain import Explainer
    from accolade.flows.figures import Counting
    from accolade.flows.nominations import Nominations
    from accolade.flows.pausing import Pausing
    from accolade.flows.people import ParticipantImport
    from accolade.flows.preferences import Preferences
    from accolade.flows.program_states import ProgramChanges
    from accolade.flows.publish import Publishing
    from accolade.flows.redeeming import Redeeming
    from accolade.flows.sign_in import CodeSignIn
    from accolade.flows.simulation.bounded import BackTest
    from accolade.flows.team_board import TeamBoards
    from accolade.flows.today import Flowing
    from accolade.flows.wallet_view import WalletView
    from accolade.identity.members import Members
    from accolade.identity.sign_in import StaffSignIn


@dataclass
class House(Stores):
    """The house of one process."""

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
    def members(self) -> "Members":
        """The accounts of staff; Rejected if this stack has none."""
        from accolade.identity.members import Members

        return Members(self.client("cognito-idp"), self.settings.user_pool_id)

    @cached_property
    def disputes(self) -> "DisputeDesk":
        from accolade.flows.disputes import DisputeDesk
        from accolade.store.corrections import Corrections
        from accolade.store.disputes import Disputes

        return DisputeDesk(
            store=Disputes(self.db),
            actions=self.actions,
            corrections=Corrections(self.db),
            person=self.people.by_number,
            salt=lambda: self.random(16).hex(),
            route=self.outbox.route_to,
            hand_over=self.outbox.hand_over,
        )

    @cached_property
    def budget_shares(self) -> "BudgetShares":
        """What the company, teams and managers may give (see `flows.budget_shares`)."""
        from accolade.flows.budget_shares import BudgetShares

        return BudgetShares(self.budgets, self.people.list, self.programs.rulebook)

    @cached_property
    def flowing(self) -> "Flowing":
        """Whether rewards flow (see `flows.today`)."""
        from accolade.flows.today import Flowing
        from accolade.store.months import Months

        return Flowing(Months(self.db), self.deliveries)

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
            expiring=self.expiring.expiring,
        )

    @cached_property
    def expiring(self) -> "Expiring":
        """Which points expire when (see `flows.expiring`)."""
        from accolade.flows.expiring import Expiring
        from accolade.store.expiring import ExpiryStore

        return Expiring(ExpiryStore(self.db), self.programs.rulebook)

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

        return ProgramChanges(self.programs, self.tenants, self.people)

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
    def pausing(self) -> "Pausing":
        """Channels whose messages wait (see `flows.pausing`)."""
        from accolade.flows.pausing import Pausing
        from accolade.model.messages import SendDelivery
        from accolade.model.participants import Channel

        def enqueue(channel: Channel, delivery: str, delay: int = 0) -> None:
            self.queue(channel.value).send([SendDelivery(delivery=delivery).to_json()], delay_seconds=delay)

        return Pausing(self.tenants, self.deliveries, enqueue)

    @cached_property
    def back_test(self) -> "BackTest":
        """What a program would have cost (see `flows.simulation.bounded`)."""
        from accolade.flows.simulation.bounded import BackTest
        from accolade.store.quotas import Quotas

        return BackTest(self.audit.records, self.people.list, self.connections.list, Quotas(self.db).list, self.monotonic)

    @cached_property
    def cases(self) -> "Cases":
        from accolade.flows.cases import Cases

        return Cases(self.parked, self.connections, self.queue("inbox"))

    @cached_property
    def figures(self) -> "Counting":
        """What programs gave, cost and left owed (see `flows.figures`)."""
        from accolade.flows.figures import Counting
        from accolade.flows.past_months import PastMonths
        from accolade.store.months import Months

        return Counting(PastMonths(Months(self.db)), self.people.list, self.audit.wallets)
