"""Minutely: everything that `maintain` does in a minute, put together from the tables, the queues and the outbox."""

from collections.abc import Callable, Sequence

from accolade.crm import Reader
from accolade.flows.asking_managers import AskManagers
from accolade.flows.batch import Batch
from accolade.flows.budget_alerts import BudgetAlerts
from accolade.flows.close import Closer
from accolade.flows.due import enqueue_due
from accolade.flows.expire import Expire
from accolade.flows.expiring import Expiring
from accolade.flows.maintain import Maintainer
from accolade.flows.news import News
from accolade.flows.orders_due import Orders
from accolade.flows.outbox import Outbox
from accolade.flows.people_merge import PeopleMerge
from accolade.flows.problems import ProblemParker
from accolade.flows.rejudge import Rejudge
from accolade.flows.resales import ResaleRun
from accolade.flows.rfm import Rfm
from accolade.flows.vest import Vest
from accolade.flows.waiting_awards import WaitingAwards
from accolade.model.connections import Connection
from accolade.model.participants import Tenant
from accolade.programs.rulebook import Rulebook
from accolade.queues import Queue
from accolade.store.actions import Actions
from accolade.store.announced import Announced
from accolade.store.budgets import Budgets
from accolade.store.closes import Closes
from accolade.store.connections import Connections
from accolade.store.database import Database
from accolade.store.decisions import Decisions
from accolade.store.deliveries import Deliveries
from accolade.store.expiring import ExpiryStore
from accolade.store.merging import Merging
from accolade.store.outstanding import Outstanding
from accolade.store.parked import Parked
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.redemptions import Redemptions
from accolade.store.rejudging import Rejudging
from accolade.store.rfm import RfmStore
from accolade.store.sales import Resales
from accolade.store.tenants import Tenants


def minutely(
    db: Database,
    *,
    inbox: Queue,
    outbox: Outbox,
    announce: Callable[[str, Sequence[tuple[str, str]]], None],
    enqueue: Callable[..., None],
    settings: Callable[[str], Tenant],
    readers: Callable[[Connection], Reader | None],
    monotonic: Callable[[], float],
    orders: Orders,
    compare: Callable[..., int],
    log: Callable[..., None],
) -> Maintainer:
    """The work of `maintain`: called with `now`.

    `settings` gives a tenant's settings, `enqueue` puts a delivery on its queue, `orders` does so with redemptions,
    `compare` providers' orders with them, `readers` ask a connection's CRM.
    """
    tenants, programs, decisions = Tenants(db), Programs(db, max_age=0), Decisions(db)
    book, route, hand_over = programs.rulebook, outbox.route, outbox.hand_over
    return Maintainer(
        tenants=lambda: [tenant.id for tenant in tenants.list()],
        awards=WaitingAwards(Connections(db), decisions, book),
        decisions=decisions,
        outstanding=Outstanding(db),
        rulebook_of=book,
        rejudge=Rejudge(programs.bundle, Rejudging(db), inbox),
        vest=Vest(Outstanding(db), decisions, book, inbox, route, hand_over, log),
        close=Closer(Closes(db), decisions, book, route, hand_over, log),
        news=News(programs, People(db).list, Announced(db), Deliveries(db), outbox.route_to, hand_over),
        resell=ResaleRun(Resales(db), inbox, log),
        score=scoring(db, programs, outbox, readers=readers, monotonic=monotonic, log=log),
        compare=compare,
        announce=announce,
        follow=PeopleMerge(People(db), Merging(db), Actions(db), end_sessions=lambda tenant, name: 0).follow,
        expire=Expire(Expiring(ExpiryStore(db), book), People(db), Deliveries(db), settings, outbox.route_to, hand_over, log),
        order_due=lambda tenant, now: orders.due(Redemptions(db), tenant, now=now),
        ask_managers=AskManagers(Outstanding(db), People(db), Deliveries(db), book, outbox.route_to, hand_over),
        alert=BudgetAlerts(settings, Budgets(db), Outstanding(db), book, decisions, hand_over, log),
        send_due=lambda now: enqueue_due(
            Deliveries(db), enqueue, now, paused=lambda tenant, channel: channel in settings(tenant).paused
        ),
        route=route,
        hand_over=hand_over,
        log=log,
    )


def scoring(
    db: Database,
    programs: Programs,
    outbox: Outbox,
    *,
    readers: Callable[[Connection], Reader | None],
    monotonic: Callable[[], float],
    log: Callable[..., None],
) -> Rfm:
    """The scoring of accounts, for `maintain` and for the command."""
    decisions, park = Decisions(db), Parked(db).park
    problems = ProblemParker(park)

    def batch_of(connection: Connection, book: Rulebook) -> Batch:
        return Batch(connection, book, decisions, outbox.route, outbox.hand_over, problems)

    return Rfm(Connections(db), decisions, RfmStore(db), programs.rulebook, batch_of, readers, park, monotonic, log)
