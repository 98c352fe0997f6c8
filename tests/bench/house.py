"""A tenant on the deployed stack for measuring: people, a Salesforce connection, a program with a budget."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from tests.bench.parsing import FIELDS

from accolade import crm, wiring
from accolade.cli.replay.salesforce import envelope
from accolade.cli.stack import Stack
from accolade.crm.salesforce.ids import to18
from accolade.flows.connecting import Connecting, Wanted
from accolade.flows.process import Processor
from accolade.model.messages import Notifications
from accolade.model.participants import Channel, Consent, Participant
from accolade.programs.loading import load
from accolade.store.connections import Connections
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants

LONG_AGO = datetime(2016, 1, 1, tzinfo=UTC)
RUN = f"{int(time.time()):x}"
"""Part of every name, so that a stack can be measured again."""
PER_MESSAGE = 100

EVERY_FIFTH = """
  - id: every-fifth-win
    title: {en: Every fifth win, nl: Elke vijfde gewonnen deal}
    kind: every
    kpi: won_count
    n: 5
    period: quarter
    points: 500
"""
EVERY_WIN = EVERY_FIFTH.replace("fifth", "single").replace("n: 5", "n: 1")
FAST = """
  - id: fast-win
    title: {en: "closed in {in_days}", nl: "gesloten in {in_days}"}
    kind: record
    when: {all: [{field: deal.stage, is: won}, {field: deal.cycle_days, below: 14}]}
    points: 50
"""


@dataclass(frozen=True)
class House:
    """A tenant with `people` (user ids of Salesforce) and its connection at `url`."""

    tenant: str
    url: str
    people: Sequence[str]
    organization: str

    def body(self, notifications: Iterable[str]) -> bytes:
        """An outbound message of this organization."""
        return envelope(list(notifications), organization=self.organization)

    def message(self, *items: Mapping[str, Any]) -> str:
        """The Inbox message that `receive` would make of these contents."""
        connection = f"{self.tenant}-sf"
        return Notifications(
            tenant=self.tenant, connection=connection, crm="salesforce", received_at=now(), items=[dict(item) for item in items]
        ).to_json()


def house(
    stack: Stack, tenant: str, *milestones: str, channel: Channel = Channel.EMAIL, people: int = 1, budget: int = 10**9
) -> House:
    """Make the tenant; everybody takes messages by `channel` at any hour."""
    here, tenant = wiring.database(), f"{tenant}-{RUN}"
    made = replace(Tenants(here).ensure(tenant, name="Acme Rewards"), sending_hours=(0, 24), public_url=stack.api_url)
    Tenants(here).put(replace(made, sender_email="rewards@acme.example"))
    users = [to18(f"0055e00000R{n:04d}") for n in range(people)]
    People(here).register(tenant, [_person(tenant, n, user, channel) for n, user in enumerate(users)])
    program = "id: race\ntitle: {en: Quarter race, nl: Kwartaalrace}\neffective: {from: 2017-01-01}\ntime_zone: UTC\n"
    program += f"unit: points\npoint_value: 0.01 USD\nbudget: {{points: {budget}}}\nsilent_after: 36500 days\ndebt_limit: 5000\n"
    program += f"milestones:{''.join(milestones)}"
    Programs(here).publish(tenant, load(program, file="race.yaml"), title="Quarter race", now=now())
    keep = Connecting(Connections(here), api_url=stack.api_url, keep=lambda kind, id_, text: "", token=lambda: "t" * 43)
    organization = to18(f"00D{sha256(tenant.encode()).hexdigest()[:12]}")
    wanted = Wanted(f"{tenant}-sf", tenant, "salesforce", organization, since=LONG_AGO)
    return House(tenant, keep.add(wanted, now=now()).url, users, organization)


def _person(tenant: str, n: int, user: str, channel: Channel) -> Participant:
    return Participant(
        tenant,
        f"rep-{n}",
        "",
        f"Rep Number {n}",
        f"rep-{tenant}-{n}@acme.example",
        f"+316{n:08d}",
        zone="Europe/Amsterdam",
        team="West",
        role="sales",
        identities={"salesforce": user},
        channels=(channel,),
        consents=tuple(Consent(it, date(2016, 1, 1), source="contract") for it in Channel),
    )


def fields(deal: int, owner: str, *, stage: str = "Closed Won", second: int = 0) -> dict[str, str]:
    """All fields of a deal of March 2026 as Salesforce sends them, closed two months after it was made."""
    closed = str(stage.startswith("Closed")).lower()
    own = {"Id": to18(f"0065e0000{deal:06d}"), "Name": f"Hooli - Data Platform - {deal}", "OwnerId": owner, "StageName": stage}
    own |= {"IsClosed": closed, "IsWon": str(stage == "Closed Won").lower()}
    return FIELDS | own | {"SystemModstamp": f"2026-03-30T16:{second // 60:02d}:{second % 60:02d}.000Z"}


def content(deal: int, owner: str, **more: Any) -> dict[str, Any]:
    """A notification as `receive` hands it over."""
    return {"id": to18(f"04l5e0000{deal:06d}"), "type": "Opportunity", "fields": fields(deal, owner, **more)}


def element(deal: int, owner: str, **more: Any) -> str:
    """A notification as Salesforce sends it."""
    values = fields(deal, owner, **more)
    inner = "".join(f"<sf:{name}>{text}</sf:{name}>" for name, text in values.items())
    return (
        f'<Notification><Id>{to18(f"04l5e0000{deal:06d}")}</Id><sObject xsi:type="sf:Opportunity" '
        f'xmlns:sf="urn:sobject.enterprise.soap.sforce.com">{inner}</sObject></Notification>'
    )


def own_queues(stack: Stack) -> None:
    """Let this process's deciding put its messages on queues that no function reads."""
    sqs = wiring.client("sqs")
    urls = {name: sqs.create_queue(QueueName=f"bench-{name}")["QueueUrl"] for name in ("inbox", "email", "sms", "whatsapp")}
    wiring.point_at({f"{name}_queue_url": url for name, url in urls.items()})


def processor() -> Processor:
    """The real one, in this process, without its log."""
    crm.adapter("salesforce")
    return wiring.processor(log=lambda event, **line: None)


def now() -> datetime:
    """Now."""
    return datetime.now(UTC)
