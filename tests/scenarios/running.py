"""Drive the real handlers over moto's queues: what lies on a queue is delivered, what fails comes again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from moto.sqs.models import sqs_backends
from tests.playing import PROGRAM
from tests.scenarios.stack import LambdaContext, Stack, function

from accolade import crm, wiring
from accolade.crm.salesforce.ids import to18
from accolade.model.connections import Connection
from accolade.model.messages import Notifications
from accolade.model.participants import Channel, Consent, Participant
from accolade.programs.loading import load
from accolade.store.codec import entry_from_item
from accolade.store.connections import Connections
from accolade.store.database import from_wire
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants

LONG_AGO = datetime(2016, 1, 1, tzinfo=UTC)
ASHA, BOB, CAROL = (to18(f"0055e000000{name}") for name in ("Asha", "Robb", "Caro"))


class Running:
    """A tenant with two people, a Salesforce connection and a program; notifications go in, queues are worked off."""

    def __init__(self, stack: Stack, *, program: str = PROGRAM, since: datetime = LONG_AGO, **connection: Any) -> None:
        self.stack = stack
        here = wiring.database()
        tenants = Tenants(here)
        tenants.put(
            replace(
                tenants.ensure("acme", name="Acme Rewards", sender_email="rewards@acme.example"),
                sending_hours=(0, 24),
                public_url="https://acme.example",
            )
        )
        self.people = People(here)
        self.people.register("acme", [person("asha", ASHA), person("bob", BOB)])
        made = Connection(
            "sf", "acme", "salesforce", "00D5e000000AbcDEAS", since, since, maps=crm.adapter("salesforce").default_maps
        )
        Connections(here).put(replace(made, **connection))
        Programs(here).publish("acme", load(program, file="race.yaml"), title="Race", now=LONG_AGO)
        self.process = function("process").handler

    def put(self, *items: dict[str, Any], origin: str = "message", connection: str = "sf") -> None:
        """A message on the Inbox."""
        message = Notifications(
            tenant="acme",
            connection=connection,
            crm="salesforce",
            received_at=datetime.now(UTC),
            origin=origin,
            items=list(items),
        )
        wiring.queue("inbox").send([message.to_json()])

    def work(self, rounds: int = 20) -> list[dict[str, Any]]:
        """Deliver everything on the Inbox to `process` until nothing is left; failed messages come again, `rounds` times."""
        answers, pending = [], []
        for _ in range(rounds):
            hasten("accolade-inbox")
            pending += [json.dumps(body) for body in self.stack.messages("inbox")]
            if not pending:
                return answers
            batch, pending = pending[:10], pending[10:]
            answer = self.process(sqs_event(batch), LambdaContext())
            failed = {int(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]}
            pending += [body for number, body in enumerate(batch) if number in failed]
            answers.append(answer)
        return answers

    def entries(self) -> list[Any]:
        """Every entry of the ledger by wallet and sequence."""
        found = self.stack.dynamodb.scan(TableName=self.stack.settings["ledger_table"])["Items"]
        return sorted((entry_from_item(from_wire(item)) for item in found), key=lambda it: (it.cause.participant, it.seq))

    def deliveries(self) -> list[dict[str, Any]]:
        found = self.stack.dynamodb.scan(TableName=self.stack.settings["deliveries_table"])["Items"]
        return [item for item in map(from_wire, found) if item["sk"] == "DELIVERY"]

    def wallet(self, number: str = "P000001") -> dict[str, Any]:
        item = wiring.database().get(wiring.database().state, (f"PERSON#acme#{number}", "WALLET"))
        return item or {"available": 0, "debt": 0, "rev": 0}

    def state(self) -> dict[tuple[str, str], dict[str, Any]]:
        found = self.stack.dynamodb.scan(TableName=self.stack.settings["state_table"])["Items"]
        return {(item["pk"], item["sk"]): item for item in map(from_wire, found)}


def hasten(queue: str) -> None:
    """Let moto deliver now what was put on a queue with a delay."""
    for message in sqs_backends["123456789012"]["us-east-1"].queues[queue]._messages:
        message.delayed_until = 0


def person(name: str, user: str) -> Participant:
    consents = (Consent(Channel.SMS, LONG_AGO.date()),)
    return Participant(
        "acme",
        name,
        "",
        name.title(),
        f"{name}@acme.example",
        "+31612345678",
        identities={"salesforce": user},
        channels=(Channel.EMAIL,),
        consents=consents,
        role="sales",
    )


def sqs_event(bodies: list[str]) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": str(number), "body": body, "eventSource": "aws:sqs", "attributes": {}, "messageAttributes": {}}
            for number, body in enumerate(bodies)
        ]
    }


def deal(name: str = "A", *, at: int = 1, stage: str = "Closed Won", owner: str = ASHA, **fields: Any) -> dict[str, Any]:
    """A Salesforce notification as `receive` hands it over: deal `name` at version `at` (seconds past noon, 11 March)."""
    id_ = to18(f"0065e00000{name:0>5}")
    values = {
        "Id": id_,
        "Name": f"Deal {name}",
        "Amount": "1000.0",
        "StageName": stage,
        "CloseDate": "2017-03-11",
        "CreatedDate": "2017-03-01T09:00:00.000Z",
        "OwnerId": owner,
        "SystemModstamp": f"2017-03-11T12:{at // 60:02d}:{at % 60:02d}.000Z",
    }
    return {"id": f"04l5e0000{name:0>4}{at:02d}AAA", "type": "Opportunity", "fields": values | fields}
