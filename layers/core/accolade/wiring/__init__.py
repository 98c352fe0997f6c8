"""The composition root: one factory a function, called once at cold start. Only this package imports config.

Imports are inside the factories: a function pays only for what it uses. What they share is made in `wiring.shared`.
"""

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache, partial
from typing import Any

from accolade import clients, config
from accolade.queues import Queue
from accolade.wiring.shared import (
    announcer,
    bodies,
    client,
    database,
    enqueue,
    links,
    outbox,
    queue,
    readers,
    session,
    settings,
    tenant_settings,
    vault,
    ways,
)

__all__ = [
    "announcer",
    "api",
    "bodies",
    "client",
    "database",
    "enqueue",
    "fulfiller",
    "house",
    "links",
    "maintainer",
    "outbox",
    "pages",
    "point_at",
    "processor",
    "queue",
    "readers",
    "receipts",
    "receiver",
    "scorer",
    "sender",
    "session",
    "settings",
    "sweeper",
    "tenant_settings",
    "vault",
    "ways",
]


def point_at(settings: Mapping[str, str], **where: str) -> None:
    """Point this process at a stack (see `config.point_at`, `config.adopt`) and forget what was made for another one."""
    config.point_at(**where)
    config.adopt(settings)
    for made in list(globals().values()):
        if callable(clear := getattr(made, "cache_clear", None)):
            clear()


def sweeper(log: Callable[..., None]) -> Any:
    """The sweep: called with `now`, `left`, and one connection's id or none for all (see `flows.sweep`)."""
    from accolade.flows.sweep import Sweeper
    from accolade.flows.sync_people import sync_people
    from accolade.store.connections import Connections
    from accolade.store.cursors import Cursors
    from accolade.store.people import People
    from accolade.store.tenants import Tenants

    connections, tenants = Connections(database()), Tenants(database())
    people = partial(sync_people, people=People(database()), announce=announcer())
    return Sweeper(
        connections=lambda: (found for tenant in tenants.list() for found in connections.list(tenant.id)),
        reader_for=readers(),
        cursors=Cursors(database()),
        inbox=queue("inbox"),
        people=lambda users, tenant, crm: people(users, tenant=tenant, crm=crm),
        pause=time.sleep,
        log=log,
    )


def receiver() -> Any:
    """receive: takes CRMs' webhooks."""
    from accolade import crm
    from accolade.flows.receive import Receiver
    from accolade.store.connections import Connections
    from accolade.store.parked import Parked
    from accolade.web.webhooks import Webhooks

    for name in crm.names():
        crm.adapter(name)
    here = database()
    return Webhooks(Receiver(Connections(here), vault().read, queue("inbox"), bodies(), Parked(here).park))


def sender(name: str, log: Callable[..., None]) -> Any:
    """send_<channel>: called with an SQS event and `clock` (see `flows.batches`)."""
    from accolade.channels import connected
    from accolade.flows.batches import sending
    from accolade.flows.send import Sender
    from accolade.store.deliveries import Deliveries

    channel, store = connected(name, client, asdict(settings())), Deliveries(database())
    return sending(Sender(channel, deliveries=store, ways=ways(), links=links(), enqueue=enqueue), log)


def receipts(log: Callable[..., None]) -> Any:
    """receipts: called with an SQS event and `clock` (see `flows.batches`)."""
    from accolade.channels import readings
    from accolade.flows.batches import hearing
    from accolade.flows.receipts import Receipts
    from accolade.store.deliveries import Deliveries
    from accolade.store.people import People
    from accolade.store.tenants import Tenants

    here = database()
    heard = Receipts(
        deliveries=Deliveries(here),
        ways=ways(),
        suppressions=People(here),
        tenants=Tenants(here).list,
        readings=readings(),
    )
    return hearing(heard, log)


@cache
def house(log: Callable[..., None]) -> Any:
    """What pages and the API stand on (see `web.house`)."""
    from accolade.web.house import House

    return House(
        db=database(),
        links=links(),
        client=client,
        queue=queue,
        secret=vault().read,
        keep_secret=vault().keep,
        random=os.urandom,
        monotonic=time.monotonic,
        settings=settings(),
        outbox=outbox(log),
        log=log,
    )


def pages(log: Callable[..., None]) -> Any:
    """pages: called with a REST proxy event and `now`, gives a page (see `web.site`, `web.routes`)."""
    from accolade.web.entry import SessionVisitors, enter
    from accolade.web.routes import ROUTES
    from accolade.web.site import Site

    return Site(house(log), SessionVisitors(house(log)), ROUTES, enter).respond


def api(log: Callable[..., None]) -> Any:
    """api: called with a REST proxy event and `now`, gives an answer and its line for the log (see `web.api.door`)."""
    from accolade.web.api.door import Api

    return Api(house(log)).respond


def processor(log: Callable[..., None]) -> Any:
    """process: called with queue bodies by message id and `now`, gives the ids that failed."""
    from accolade.flows.batch import Batch
    from accolade.flows.problems import ProblemParker
    from accolade.flows.process import Processor
    from accolade.flows.reread import Rereader
    from accolade.store.connections import Connections
    from accolade.store.decisions import Decisions
    from accolade.store.parked import Parked
    from accolade.store.programs import Programs

    here = database()
    out, park = outbox(log), Parked(here).park
    programs, decisions, problems = Programs(here), Decisions(here), ProblemParker(park)
    return Processor(
        connections=Connections(here),
        bodies=bodies(),
        inbox=Queue(clients.Later(partial(client, "sqs")), settings().inbox_queue_url),  # few messages go back to it
        park=park,
        rereader=Rereader(readers()),
        batch_of=lambda connection: Batch(
            connection, programs.rulebook(connection.tenant), decisions, out.route, out.hand_over, problems
        ),
        pause=lambda attempt: time.sleep(random.uniform(0, 0.02 * 2**attempt)),
        log=log,
    )


def maintainer(log: Callable[..., None]) -> Any:
    """maintain: called with `now`, does what the clock owes and gives counts."""
    from accolade.flows.minutely import minutely
    from accolade.flows.orders_due import Orders

    return minutely(
        database(),
        inbox=queue("inbox"),
        outbox=outbox(log),
        announce=announcer(),
        enqueue=enqueue,
        settings=tenant_settings(),
        readers=readers(),
        monotonic=time.monotonic,
        orders=Orders(queue("orders"), log),
        compare=house(log).redeeming.compare,
        log=log,
    )


def fulfiller(log: Callable[..., None]) -> Any:
    """fulfill: called with an SQS event and `clock` (see `flows.batches`)."""
    from accolade.flows.order_batches import ordering

    return ordering(house(log).redeeming.fulfiller, log)


def scorer(log: Callable[..., None]) -> Any:
    """Scores accounts for the command: `run(connection, of=..., now=...)` (see `flows.rfm`)."""
    from accolade.flows.minutely import scoring
    from accolade.store.programs import Programs

    here = database()
    return scoring(here, Programs(here), outbox(log), readers=readers(), monotonic=time.monotonic, log=log)
