"""What the factories are made of: configuration, clients, stores and queues, each made when it is first asked for, once."""

import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from accolade import clients, config
from accolade.queues import Bodies, Queue
from accolade.store.database import Database
from accolade.vault import Vault


@cache
def settings() -> config.Config:
    """The process's configuration, read once."""
    return config.from_environment()


@cache
def session() -> Any:
    """The AWS session of this process; `register` listens to its calls."""
    return clients.new_session()


@cache
def client(service: str, *, read_timeout: float = 10.0, attempts: int = 3) -> Any:
    """An AWS client with time-outs. `attempts=1` for sends: they have no idempotency token, the outbox owns the retry."""
    return clients.new_client(session(), service, read_timeout=read_timeout, attempts=attempts)


@cache
def database() -> Database:
    """The three tables."""
    here = settings()
    return Database(client("dynamodb"), state=here.state_table, ledger=here.ledger_table, deliveries=here.deliveries_table)


@cache
def vault() -> Vault:
    """Secrets by name."""
    return Vault(clients.Later(partial(client, "secretsmanager")), time.monotonic)


@cache
def bodies() -> Bodies:
    """Bodies too large for the queue."""
    return Bodies(clients.Later(partial(client, "s3")), settings().bodies_bucket)


@cache
def queue(name: str) -> Queue:
    """A queue by its name: `inbox`, `orders`, or a channel's."""
    return Queue(client("sqs"), getattr(settings(), f"{name}_queue_url"))


def enqueue(channel: Any, delivery: str, delay: int = 0) -> None:
    """Put a delivery's id on its channel's queue, `delay` seconds from now; `maintain` finds what no queue was told."""
    from accolade.model.messages import SendDelivery

    queue(channel.value).send([SendDelivery(delivery=delivery).to_json()], delay_seconds=delay)


@cache
def readers() -> Any:
    """Readers of CRM APIs: the vendors' hosts and what the stack's allow-list adds."""
    from accolade.flows.readers import Readers

    return Readers(vault().read, hosts=settings().api_hosts, monotonic=time.monotonic)


@cache
def links() -> Any:
    """Signed links for messages: `link(tenant, participant, now)`, `unsubscribe_link(tenant, participant, channel, now)`."""
    from accolade.web.links import Links

    return Links(partial(vault().read, settings().link_secret_name))


@cache
def tenant_settings() -> Callable[[str], Any]:
    """A tenant's settings, at most a few seconds old: a pause holds within that time."""
    from accolade.flows.ways import SETTINGS_AGE
    from accolade.store.tenants import Tenants

    tenants, seen = Tenants(database()), dict[str, tuple[float, Any]]()

    def read(tenant: str) -> Any:
        if tenant not in seen or time.monotonic() - seen[tenant][0] > SETTINGS_AGE - 1:
            seen[tenant] = (time.monotonic(), tenants.get(tenant))
        return seen[tenant][1]

    return read


@cache
def announcer() -> Any:
    """What waited for somebody who became known goes to the Inbox: called with a tenant and (crm, user) pairs."""
    from accolade.flows.announce import Announcer
    from accolade.store.waiting import Waiting

    return Announcer(Waiting(database()), queue("inbox"))


def ways() -> Any:
    """Where a stored delivery may go now (see `flows.ways`)."""
    from accolade.flows.ways import Ways
    from accolade.store.people import People

    people = People(database())
    return Ways(person=people.by_number, tenant=tenant_settings(), suppression=people.suppression)


def outbox(log: Callable[..., None]) -> Any:
    """Routes new deliveries and hands over what is due."""
    from accolade.flows.outbox import Outbox

    return Outbox(lambda channel: queue(channel.value), tenant_settings(), log)
