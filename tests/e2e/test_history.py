"""A whole CRM history through the deployed stack: what the oracles count is paid, however often and in whatever order it
is told, and even if no webhook ever comes.

The repeated replays take its first quarter; ACCOLADE_E2E_WHOLE=1 takes all of it.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.e2e import maven
from tests.e2e.conftest import Deployed
from tests.e2e.tenancy import PROGRAM, Tenancy, by_id, levels, organization, tenancy

pytestmark = pytest.mark.e2e

UNTIL = date(2017, 12, 31) if os.environ.get("ACCOLADE_E2E_WHOLE") else date(2017, 3, 31)
WAYS = ("once", "thrice", "mixed", "swept")


@pytest.fixture(scope="module")
def tenants(deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tenancy]:
    """A tenant for each way in which the history comes. Old news pays silently: the messages have tests of their own."""
    program = tmp_path_factory.mktemp("history") / "program.yaml"
    program.write_text("".join(line for line in PROGRAM.open() if not line.startswith("silent_after")))

    def make(number: int) -> Tenancy:
        return tenancy(deployed, f"told-{WAYS[number]}", number=number, program=program, apis=WAYS[number] == "swept")

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(WAYS, pool.map(make, range(len(WAYS))), strict=True))


@pytest.fixture(scope="module")
def once(tenants: dict[str, Tenancy]) -> list[dict[str, Any]]:
    """The ledger after the whole history was told once."""
    tenant = tenants["once"]
    assert [it["failed_requests"] for it in tenant.send()] == [0, 0]
    tenant.verify()
    return tenant.entries()


@pytest.fixture(scope="module")
def thrice(tenants: dict[str, Tenancy]) -> list[dict[str, Any]]:
    """The ledger after every message came three times."""
    tenants["thrice"].send("--repeat", "3", "--to", UNTIL.isoformat())
    tenants["thrice"].verify()
    return tenants["thrice"].entries()


@pytest.fixture(scope="module")
def mixed(tenants: dict[str, Tenancy]) -> list[dict[str, Any]]:
    """The ledger after every single notification came three times, in no order."""
    tenants["mixed"].send("--repeat", "3", "--shuffle", "7", "--to", UNTIL.isoformat())
    tenants["mixed"].verify()
    return tenants["mixed"].entries()


@pytest.fixture(scope="module")
def swept(tenants: dict[str, Tenancy]) -> list[dict[str, Any]]:
    """The ledger after two sweeps and no webhook."""
    tenant, place = tenants["swept"], tenants["swept"].deployed.place
    loaded = maven.put_into_the_crms(place.salesforce, place.hubspot, organization(WAYS.index("swept")))
    told = [tenant.deployed.accolade_json("sweep", "run", "--connection", f"told-swept-{crm}") for crm in tenant.urls]
    assert sum(it["records"] for it in told) == loaded
    tenant.wait()
    tenant.verify()
    return tenant.entries()


def test_the_whole_history_pays_what_the_oracles_count(once: list[dict[str, Any]]) -> None:
    found = maven.reached(levels(once))
    assert found == maven.expected()
    assert found.counts == (583, 20, 1061)


def test_everybody_holds_what_their_entries_say(once: list[dict[str, Any]], tenants: dict[str, Tenancy]) -> None:
    assert tenants["once"].balances() == _sums(levels(once))


def test_told_three_times_it_is_the_same_set_of_entries(once: list[dict[str, Any]], thrice: list[dict[str, Any]]) -> None:
    wanted = maven.within(levels(once), UNTIL)
    cause = {entry["id"]: entry["cause"] for entry in once}
    key = {id_: (it["participant"], it["milestone"], it["scope"]) for id_, it in cause.items()}
    assert by_id(thrice) == {id_: entry for id_, entry in by_id(once).items() if key[id_] in wanted}
    assert len(thrice) == len(by_id(thrice))


def test_told_three_times_in_no_order_everybody_holds_the_same(
    once: list[dict[str, Any]], mixed: list[dict[str, Any]], tenants: dict[str, Tenancy]
) -> None:
    wanted = maven.within(levels(once), UNTIL)
    assert levels(mixed) == wanted
    assert tenants["mixed"].balances() == _sums(wanted)
    assert maven.reached(levels(mixed)) == maven.expected(UNTIL)


def test_without_any_webhook_the_sweeps_pay_the_same(
    once: list[dict[str, Any]], swept: list[dict[str, Any]], tenants: dict[str, Tenancy]
) -> None:
    assert levels(swept) == levels(once)
    assert tenants["swept"].balances() == _sums(levels(once))


def test_a_second_sweep_pays_nothing_more(swept: list[dict[str, Any]], tenants: dict[str, Tenancy]) -> None:
    tenant = tenants["swept"]
    for crm in tenant.urls:
        tenant.deployed.accolade_json("sweep", "run", "--connection", f"told-swept-{crm}")
    tenant.wait()
    assert tenant.entries() == swept


def test_nothing_is_parked_or_dead(tenants: dict[str, Tenancy], once: Path, thrice: Path, mixed: Path, swept: Path) -> None:
    for tenant in tenants.values():
        status = tenant.json("status")
        assert status["parked"] == 0, tenant.id
        assert sum(queue["dead"] for queue in status["queues"]) == 0


def _sums(held: dict[tuple[str, str, str], int]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (participant, _, _), points in held.items():
        sums[participant] = sums.get(participant, 0) + points
    return sums
