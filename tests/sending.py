"""One participant, one tenant, one delivery, on the real tables in moto: for tests of what is sent and what comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config

from accolade.channels import readings
from accolade.flows.due import enqueue_due
from accolade.flows.receipts import Receipts
from accolade.flows.send import Sender
from accolade.flows.ways import Ways
from accolade.model.deliveries import Delivery, Line, Progress
from accolade.model.messages import SendDelivery
from accolade.model.participants import Channel, Consent, Participant, Tenant
from accolade.store.database import Database
from accolade.store.deliveries import Deliveries
from accolade.store.people import People
from accolade.store.tenants import Tenants
from accolade.web.links import Links

NOW = datetime(2017, 3, 30, 10, 0, tzinfo=UTC)
PERIOD = "2017Q1@Europe.Amsterdam"

EVERY = Line(
    "q-race/every-fifth-win/P000001/2017Q1@Europe.Amsterdam#1",
    500,
    "accrual",
    "every-fifth-win",
    "every",
    {"en": "Every fifth win", "nl": "Elke vijfde gewonnen deal"},
    {"count": 5, "n": 5, "unit_kpi": "won_count", "period": PERIOD},
)
FAST = Line(
    "q-race/fast-win/P000001/acme-sf:deal:006Hn00001ABCDEFGH#1",
    50,
    "accrual",
    "fast-win",
    "record",
    {"en": "closed in {in_days}", "nl": "gesloten in {in_days}"},
    {"days": 10},
)
STEP = Progress("every-fifth-win", {"en": "Every fifth win"}, "every", 3, 5, 500, "2017-06-30", "won_count")
AWARD = Delivery(
    id="abcdefghijklmnopqrstuvwxyz",
    tenant="acme",
    participant="P000001",
    program="q-race",
    record="acme-sf:deal:006Hn00001ABCDEFGH",
    subject="Northwind renewal",
    lines=(EVERY, FAST),
    balance=1240,
    created_at=NOW,
    due_at=NOW,
    channel=Channel.EMAIL,
    progress=(STEP,),
)
REOPENED = {"reason": "reopened", "on": "2017-04-02"}
CLAWBACK = replace(
    AWARD,
    lines=(
        replace(EVERY, points=-500, kind="clawback", facts={**EVERY.facts, "count": 4, **REOPENED}),
        replace(FAST, points=-50, kind="clawback", facts={**FAST.facts, **REOPENED}),
    ),
    balance=690,
)
TENANT = Tenant(
    id="acme",
    number=1,
    name="Acme Rewards",
    sender_email="rewards@acme.example",
    sending_hours=(0, 24),
    two_way_sms=True,
    public_url="https://acme.example",
)
ASHA = Participant(
    tenant="acme",
    id="asha",
    number="",
    name="Asha Rao",
    email="asha@example.com",
    phone="+31612345678",
    zone="Europe/Amsterdam",
    channels=(Channel.EMAIL, Channel.SMS, Channel.WHATSAPP),
    consents=(Consent(Channel.SMS, date(2017, 1, 5)), Consent(Channel.WHATSAPP, date(2017, 1, 5))),
)


def aws(service: str, attempts: int = 1) -> Any:
    """A client as the functions have it: with time-outs, and for sends without retries."""
    return boto3.client(
        service,
        region_name="us-east-1",
        config=Config(connect_timeout=3, read_timeout=3, retries={"mode": "standard", "total_max_attempts": attempts}),
    )


@dataclass
class Post:
    """A sending house: the stores, the queue as a list, and the flows around one channel adapter."""

    db: Database
    sending: Any = None

    def __post_init__(self) -> None:
        self.deliveries, self.people, self.tenants = Deliveries(self.db), People(self.db), Tenants(self.db)
        self.queue: list[tuple[Channel, str, int]] = []
        self.ways = Ways(person=self.people.by_number, tenant=self.tenants.get, suppression=self.people.suppression)

    def open(self, participant: Participant = ASHA, tenant: Tenant = TENANT) -> "Post":
        self.tenants.ensure(tenant.id)
        self.tenants.put(tenant)
        self.people.register(tenant.id, [participant])
        return self

    def owe(self, delivery: Delivery = AWARD, **changes: Any) -> Delivery:
        owed = replace(delivery, **changes)
        self.deliveries.add(owed)
        return owed

    def enqueue(self, channel: Channel, delivery: str, delay: int) -> None:
        self.queue.append((channel, delivery, delay))

    def send(self, sending: Any = None, *, now: datetime = NOW, id_: str = AWARD.id) -> Any:
        links = Links(lambda: "a key for tests that is long enough")
        ready = Sender(sending or self.sending, deliveries=self.deliveries, ways=self.ways, links=links, enqueue=self.enqueue)
        return ready(SendDelivery(delivery=id_).to_json(), now=now)

    def hear(self, body: str, *, now: datetime = NOW, queued_at: datetime | None = None) -> Any:
        receipts = Receipts(
            deliveries=self.deliveries,
            ways=self.ways,
            suppressions=self.people,
            tenants=self.tenants.list,
            readings=readings(),
        )
        return receipts(body, queued_at=queued_at or now, now=now)

    def tick(self, now: datetime) -> dict[str, int]:
        """What `maintain` does for deliveries."""
        return dict(enqueue_due(self.deliveries, self.enqueue, now))

    def state(self, id_: str = AWARD.id) -> str:
        found = self.deliveries.get(id_)
        return found.state.value if found else "missing"


class Killed(BaseException):
    """The process is gone: nothing in it can catch this."""


@contextmanager
def killed_at(clients: list[Any], call: int, *, after: bool) -> Iterator[list[str]]:
    """Kill before or after AWS call number `call` (from 0) of these clients; gives the calls as they were made."""
    made: list[str] = []

    def before(model: Any, **_: Any) -> None:
        made.append(model.name)
        if not after and len(made) == call + 1:
            raise Killed(model.name)

    def behind(model: Any, **_: Any) -> None:
        if after and len(made) == call + 1:
            raise Killed(model.name)

    for client in clients:
        client.meta.events.register("before-call.*.*", before, unique_id="kill-before")
        client.meta.events.register("after-call.*.*", behind, unique_id="kill-after")
    try:
        yield made
    finally:
        for client in clients:
            client.meta.events.unregister("before-call.*.*", before, unique_id="kill-before")
            client.meta.events.unregister("after-call.*.*", behind, unique_id="kill-after")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
