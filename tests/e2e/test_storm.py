"""Sixteen workers, every message ten times, three calls in ten failing: the books are exact and the budget holds."""

import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.e2e.conftest import Deployed
from tests.e2e.sea import at_sea
from tests.e2e.tenancy import organization
from tests.e2e.weather import CANCELLED, FAULTS, SHARE, Weather
from tests.scenarios.running import LONG_AGO, deal, person

from accolade import crm, wiring
from accolade.crm.salesforce.ids import to18
from accolade.flows.budget_shares import BudgetShares
from accolade.model.connections import Connection
from accolade.model.errors import AccoladeError
from accolade.model.messages import Notifications
from accolade.programs.loading import load
from accolade.queues import Queue
from accolade.store.budgets import Budgets
from accolade.store.connections import Connections
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants

pytestmark = pytest.mark.e2e

WORKERS, DUPLICATES, TOGETHER, SECONDS = 16, 10, 4, 900
PEOPLE, DEALS_EACH = 5, 8
FAST = """
  - id: fast-win
    title: Fast win
    kind: record
    when: {all: [{field: deal.stage, is: won}, {field: deal.cycle_days, below: 14}]}
    points: 50
"""
SECOND = """
  - id: every-second
    title: Every second win
    kind: every
    kpi: won_count
    n: 2
    period: quarter
    points: 500
"""
HEAD = """
id: storm
title: Storm
effective: {{from: 2017-01-01}}
time_zone: UTC
point_value: 0.01 USD
silent_after: 36500 days
budget: {{points: {budget}}}
milestones:
"""


class Impatient(Queue):
    """A real queue on which nothing waits: what is put back comes again at once."""

    def send(self, bodies: Any, *, delay_seconds: int = 0) -> None:
        super().send(bodies)


class Storm:
    """A tenant in the deployed tables, queues of its own that no function reads, and workers in this process."""

    def __init__(self, deployed: Deployed, tenant: str, program: str, *, number: int) -> None:
        self.deployed, self.tenant = deployed, tenant
        self.sqs, self.weather = deployed.client("sqs"), Weather(seed=7)
        self.errors: list[Exception] = []
        here = wiring.database()
        Tenants(here).ensure(tenant, name="Storm", sender_email="rewards@acme.example")
        Tenants(here).put(replace(Tenants(here).get(tenant), sending_hours=(0, 24), public_url="https://acme.example"))
        People(here).register(tenant, [replace(person(f"rep{n}", _user(n)), tenant=tenant) for n in range(PEOPLE)])
        maps = crm.adapter("salesforce").default_maps
        Connections(here).put(Connection(tenant, tenant, "salesforce", to18(organization(number)), LONG_AGO, LONG_AGO, maps=maps))
        Programs(here).publish(tenant, load(program, file="storm.yaml"), title="Storm", now=LONG_AGO)

    def tell(self) -> None:
        """Every deal opens and is won; each notification ten times, in no order."""
        told = [
            deal(f"{rep}N{n}", at=at, stage=stage, owner=_user(rep))
            for rep in range(PEOPLE)
            for n in range(DEALS_EACH)
            for at, stage in ((1, "Negotiation"), (2, "Closed Won"))
        ] * DUPLICATES
        random.Random(7).shuffle(told)
        bodies = [self._message(told[start : start + TOGETHER]) for start in range(0, len(told), TOGETHER)]
        wiring.queue("inbox").send(bodies)

    def blow(self) -> None:
        """Work the queue off with all workers, as SQS and Lambda would: what fails comes again until it is done."""
        wiring.client("dynamodb")
        for name in ("dynamodb", "sqs"):
            self.weather.over(wiring.client(name))
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda _: self._work(), range(WORKERS)))
        self.weather.raging = False
        assert self._left() == 0, "the storm did not end in time"

    def _work(self) -> None:
        url, end = wiring.queue("inbox").url, time.monotonic() + SECONDS
        process = replace(wiring.processor(lambda event, **fields: None), inbox=Impatient(wiring.client("sqs"), url))
        while time.monotonic() < end:
            found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=60, WaitTimeSeconds=0)
            messages = {it["MessageId"]: it for it in found.get("Messages", ())}
            if not messages:
                if self._left() == 0:
                    return
                time.sleep(0.05)
                continue
            for id_ in self._failed(process, messages):
                self.sqs.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=messages.pop(id_)["ReceiptHandle"], VisibilityTimeout=0
                )
            for message in messages.values():
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def _failed(self, process: Any, messages: dict[str, Any]) -> list[str]:
        """The ids to come again: those that are named, or all if the whole invocation broke."""
        try:
            return process({id_: it["Body"] for id_, it in messages.items()}, now=datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 (an invocation that raises is tried again by Lambda; the test looks at it)
            self.errors.append(error)
            return list(messages)

    def _left(self) -> int:
        names = [f"ApproximateNumberOfMessages{which}" for which in ("", "NotVisible", "Delayed")]
        counts = self.sqs.get_queue_attributes(QueueUrl=wiring.queue("inbox").url, AttributeNames=names)["Attributes"]
        return sum(int(count) for count in counts.values())

    def _message(self, items: list[dict[str, Any]]) -> str:
        return Notifications(
            tenant=self.tenant, connection=self.tenant, crm="salesforce", received_at=datetime.now(UTC), items=items
        ).to_json()

    def entries(self) -> list[dict[str, Any]]:
        """The exported ledger."""
        done = self.deployed.accolade("ledger", "export", "--tenant", self.tenant)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def budget(self) -> dict[str, Any]:
        """The program's budget."""
        return self.deployed.accolade_json("budget", "show", "storm", "--tenant", self.tenant)

    def books_are_exact(self) -> bool:
        """Sum zero, balances equal to their entries, chains unbroken, standings equal to their records."""
        books = self.deployed.accolade_json("ledger", "verify", "--tenant", self.tenant)
        assert books["problems"] == []
        return bool(books["ok"])

    def told(self) -> list[str]:
        """The ids of the entries that messages are owed for, as the export writes them."""
        rows = self.deployed.accolade_json("deliveries", "list", "--limit", "10000", "--tenant", self.tenant)
        ids = {it.number: it.id for it in People(wiring.database()).list(self.tenant)}
        found = [entry.split("/", 3) for row in rows for entry in row["entries"]]
        return sorted("/".join((program, milestone, ids[number], rest)) for program, milestone, number, rest in found)


@pytest.fixture
def sea(deployed: Deployed) -> Iterator[Deployed]:
    """This process pointed at the deployed tables, with an inbox and channel queues that no function reads."""
    with at_sea(deployed, "storm", "inbox", "email", "sms", "whatsapp") as here:
        yield here


def test_in_a_storm_the_books_are_exact(sea: Deployed) -> None:
    storm = Storm(sea, "storm-books", HEAD.format(budget=1_000_000) + FAST + SECOND, number=51)
    storm.tell()
    storm.blow()
    _it_was_a_storm(storm)
    entries = storm.entries()
    assert {entry["id"] for entry in entries} == _fast_wins(storm.tenant) | {
        f"storm/every-second/rep{rep}/2017Q1@UTC#{revision}"
        for rep in range(PEOPLE)
        for revision in range(1, DEALS_EACH // 2 + 1)
    }
    assert len(entries) == PEOPLE * (DEALS_EACH + DEALS_EACH // 2)
    board = storm.deployed.accolade_json("leaderboard", "--tenant", storm.tenant)
    assert [row["points"] for row in board] == [DEALS_EACH * 50 + DEALS_EACH // 2 * 500] * PEOPLE
    assert storm.books_are_exact()
    assert storm.budget()["spent"] == PEOPLE * (DEALS_EACH * 50 + DEALS_EACH // 2 * 500)


def test_in_a_storm_a_budget_for_thirty_pays_thirty_of_forty_and_the_rest_after_a_top_up(sea: Deployed) -> None:
    storm = Storm(sea, "storm-budget", HEAD.format(budget=1500) + FAST, number=52)
    storm.tell()
    storm.blow()
    _it_was_a_storm(storm)
    entries, wanted = storm.entries(), _fast_wins(storm.tenant)
    assert len(wanted) == 40
    assert len(entries) == len({entry["id"] for entry in entries}) == 30
    assert {entry["id"] for entry in entries} < wanted
    assert storm.budget() | {"program": ""} == {
        "program": "",
        "limit": 1500,
        "spent": 1500,
        "left": 0,
        "used_percent": 100,
        "parked_awards": 10,
    }
    assert storm.books_are_exact()
    Budgets(wiring.database()).top_up(storm.tenant, "storm", 500)
    wiring.maintainer(lambda event, **fields: None)(now=datetime.now(UTC))
    assert {entry["id"] for entry in storm.entries()} == wanted
    assert (storm.budget()["spent"], storm.budget()["parked_awards"]) == (2000, 0)
    assert storm.books_are_exact()


def test_in_a_storm_no_share_of_a_budget_gives_more_than_it_has(sea: Deployed) -> None:
    storm = Storm(sea, "storm-shares", HEAD.format(budget=2000) + FAST, number=55)
    west = [replace(person(f"rep{n}", _user(n)), tenant=storm.tenant, team="West") for n in range(PEOPLE // 2)]
    People(wiring.database()).register(storm.tenant, west)
    shares = BudgetShares(Budgets(wiring.database()), People(wiring.database()).list, Programs(wiring.database()).rulebook)
    shares.set(storm.tenant, 1500)
    shares.set(storm.tenant, 400, program="storm", team="West")
    storm.tell()
    storm.blow()
    _it_was_a_storm(storm)
    entries = storm.entries()
    assert len(entries) == 30, "so many as the company's share has room for"
    of_west = [entry for entry in entries if entry["cause"]["participant"] in {it.id for it in west}]
    assert len(of_west) <= 8
    given = {it.who: it.spent for it in shares.list(storm.tenant)}
    assert given == {"": 1500, "West": 50 * len(of_west)}
    assert storm.books_are_exact()
    shares.set(storm.tenant, 2000)
    shares.set(storm.tenant, 800, program="storm", team="West")
    wiring.maintainer(lambda event, **fields: None)(now=datetime.now(UTC))
    assert {entry["id"] for entry in storm.entries()} == _fast_wins(storm.tenant)
    assert {(it.limit or 0) - it.spent for it in shares.list(storm.tenant)} == {0}
    assert storm.books_are_exact()


def _it_was_a_storm(storm: Storm) -> None:
    calls, faults = storm.weather.calls, {fault: count for fault, count in storm.weather.faults.items() if fault}
    print(f"\n{storm.tenant}: {dict(calls)} calls met {faults}")
    assert set(faults) == {*FAULTS, *CANCELLED}
    assert sum(faults.values()) > 0.8 * SHARE * calls.total()
    assert [error for error in storm.errors if not isinstance(error, AccoladeError)] == []
    assert storm.told() == sorted(entry["id"] for entry in storm.entries()), "each entry is told once"


def _fast_wins(tenant: str) -> set[str]:
    ids = {(rep, n): to18(f"0065e00000{f'{rep}N{n}':0>5}") for rep in range(PEOPLE) for n in range(DEALS_EACH)}
    return {f"storm/fast-win/rep{rep}/{tenant}:deal:{id_}#1" for (rep, _), id_ in ids.items()}


def _user(number: int) -> str:
    return to18(f"0055e0000000{number:03d}")
