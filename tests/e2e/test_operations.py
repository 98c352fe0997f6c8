"""Running the house: dead letters come back, a short budget is topped up, people who were unknown get theirs."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.e2e.conftest import Deployed
from tests.e2e.senders import XML, notification, outbound, post
from tests.e2e.tenancy import PROGRAM, Tenancy, organization, tenancy
from tests.e2e.test_deployment import waiting, within

from accolade.crm.salesforce.ids import to18
from accolade.model.messages import Notifications

pytestmark = pytest.mark.e2e

NUMBER, LATER = 61, 62
REP, STRANGER = to18("0055e00000Ops01"), to18("0055e00000Ops99")
PEOPLE = f"id,name,email,salesforce_user_id\nrep,Rita Rep,rita@example.com,{REP}\n"
NEWCOMER = f"id,name,email,salesforce_user_id\nnew,Nina New,nina@example.com,{STRANGER}\n"


@pytest.fixture(scope="module")
def house(deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Tenancy:
    """A tenant with one rep, whose program may give 100 points: two fast wins."""
    place = tmp_path_factory.mktemp("operations")
    (place / "people.csv").write_text(PEOPLE)
    text = PROGRAM.read_text()
    assert "budget: {points: 800000}" in text
    (place / "program.yaml").write_text(text.replace("budget: {points: 800000}", "budget: {points: 100}"))
    return tenancy(deployed, "ops", number=NUMBER, people=place / "people.csv", program=place / "program.yaml", mapping=None)


@pytest.fixture
def win(house: Tenancy) -> Callable[..., None]:
    """Deals are won and decided."""

    def won(*records: str, owner: str = REP) -> None:
        rows = [notification(f"04l{record[3:]}", record, owner=owner) for record in records]
        assert post(house.urls["salesforce"], outbound(*rows, organization=organization(NUMBER)), XML).status == 200
        house.wait()

    return won


def paid(house: Tenancy, participant: str) -> int:
    """What somebody has."""
    return int(house.json("wallet", "show", participant)["available"])


def fast_wins(house: Tenancy, record: str) -> int:
    """The entries of a deal's fast win."""
    found = [entry["cause"] for entry in house.entries()]
    return sum(it["milestone"] == "fast-win" and it["scope"].endswith(to18(record)) for it in found)


def test_what_a_budget_cannot_pay_waits_for_a_top_up(house: Tenancy, win: Callable[..., None]) -> None:
    win("0065e00000Budg1", "0065e00000Budg2", "0065e00000Budg3")
    short = house.json("budget", "show", "q-race")
    assert (short["spent"], short["left"], short["parked_awards"]) == (100, 0, 1)
    assert paid(house, "rep") == 100
    house.deployed.invoke("maintain", {})
    assert paid(house, "rep") == 100
    house.json("budget", "top-up", "q-race", "1000")
    assert paid(house, "rep") == 150, "a top-up resumes what it can at once"
    after = house.json("budget", "show", "q-race")
    assert (after["spent"], after["parked_awards"]) == (150, 0)
    house.verify()


def test_deals_of_somebody_unknown_are_paid_when_they_are_imported(
    house: Tenancy, win: Callable[..., None], tmp_path: Path
) -> None:
    before = len(house.entries())
    win("0065e00000Unkn1", owner=STRANGER)
    assert len(house.entries()) == before
    (tmp_path / "new.csv").write_text(NEWCOMER)
    house.json("participant", "import", str(tmp_path / "new.csv"))
    house.wait()
    assert paid(house, "new") == 50
    house.verify()


def test_a_dead_letter_comes_back_and_is_paid_once(house: Tenancy) -> None:
    inbox, dead = (house.deployed.outputs[f"Inbox{which}Url"] for which in ("Queue", "Dlq"))
    with _short_of_patience(house.deployed, inbox):
        sqs = house.deployed.client("sqs")
        for connection, record in (("ops-later", "0065e00000Dead1"), ("ops-salesforce", "0065e00000Good1")):
            sqs.send_message(QueueUrl=inbox, MessageBody=_inbox_message(connection, record))
        assert within(180, lambda: waiting(house.deployed, dead) == 1)
        house.wait()
    assert (fast_wins(house, "0065e00000Good1"), fast_wins(house, "0065e00000Dead1")) == (1, 0), "its sibling is paid"
    house.json("connection", "add", "salesforce", "ops-later", "--organization-id", organization(LATER), "--since", "2016-01-01")
    for _ in range(2):
        house.deployed.accolade_json("redrive", "inbox")
        assert within(180, lambda: waiting(house.deployed, dead) == 0)
        house.wait()
    assert (fast_wins(house, "0065e00000Good1"), fast_wins(house, "0065e00000Dead1")) == (1, 1)
    house.verify()


def _inbox_message(connection: str, record: str) -> str:
    fields = {
        "Id": to18(record),
        "Name": "Deal",
        "Amount": "1000.0",
        "StageName": "Closed Won",
        "CloseDate": "2017-03-11",
        "CreatedDate": "2017-03-01T09:00:00.000Z",
        "OwnerId": REP,
        "SystemModstamp": "2017-03-11T12:00:00.000Z",
    }
    item = {"id": f"04l{record[3:]}AAA", "type": "Opportunity", "fields": fields}
    return Notifications(
        tenant="ops", connection=connection, crm="salesforce", received_at=datetime.now(UTC), items=[item]
    ).to_json()


@contextmanager
def _short_of_patience(deployed: Deployed, url: str) -> Iterator[None]:
    """A queue that gives a message up within half a minute, after two deliveries, as the deployed one does within minutes.

    Each lasts longer than the function needs, on a slow machine too: else what it works on would be delivered again."""
    sqs = deployed.client("sqs")
    usual = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout", "RedrivePolicy"])["Attributes"]
    twice = json.dumps(json.loads(usual["RedrivePolicy"]) | {"maxReceiveCount": 2})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "15", "RedrivePolicy": twice})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)
