"""Every kind of milestone on the deployed stack pays what the back-test of the same history says: one `decide`, two worlds."""

import csv
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import ROOT, Deployed
from tests.e2e.maven import record_in
from tests.e2e.tenancy import CRMS, EXPORT, MAPPING, PEOPLE, Tenancy, tenancy

pytestmark = pytest.mark.e2e

PROGRAM = ROOT / "tests" / "e2e" / "every_kind.yaml"
QUOTAS = """subject,kpi,period,target
anna,won_amount,2017Q2,60000 USD
anna,won_amount,2017Q3,150000
cecily,won_amount,2017Q2,50000
moses,won_amount,2017Q4,40000
kary,won_amount,2017Q3,250000
james,won_amount,2017Q2,90000
team:Central,won_count,2017Q2,120
team:Central,won_count,2017Q3,400
team:West,won_count,2017Q3,90
team:West,won_count,2017Q4,100
"""
CLOSES_WITHIN = 900
"""Seconds in which maintain, asked again and again, has to have judged everything."""

Held = dict[tuple[str, str, str], int]
"""Points by (participant, milestone, record or period)."""


REPS = {"Anna Snelling", "Cecily Lampkin", "Moses Frase", "Kary Hendrixson", "James Ascencio", "Kami Bicknell"}
"""Whose deals are told: two teams, the whole year."""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history of a few people; ACCOLADE_E2E_WHOLE=1 takes everybody's."""
    if os.environ.get("ACCOLADE_E2E_WHOLE"):
        return EXPORT
    part = tmp_path_factory.mktemp("history") / "part.csv"
    with EXPORT.open(encoding="utf-8", newline="") as whole, part.open("w", encoding="utf-8", newline="") as some:
        rows = csv.DictReader(whole)
        writer = csv.DictWriter(some, rows.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in rows if row["sales_agent"] in REPS)
    return part


@pytest.fixture(scope="module")
def quotas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What some people and teams should reach."""
    file = tmp_path_factory.mktemp("quotas") / "quotas.csv"
    file.write_text(QUOTAS, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def tenant(deployed: Deployed, history: Path, quotas: Path) -> Tenancy:
    """A tenant that was given its quotas and told the history, half by each CRM, and whose periods were all judged: not before
    all of it was told, for what improvements are measured against stays as the first judging found it."""
    made = tenancy(deployed, "every-kind", number=40, program=PROGRAM)
    made.json("quota", "import", str(quotas))
    with deployed.clock_stopped():
        made.send(export=history)
        until = time.monotonic() + CLOSES_WITHIN
        before, now = -1, len(made.entries())
        while before != now:
            assert time.monotonic() < until, "maintain never came to an end"
            deployed.invoke("maintain", {})
            made.wait()
            before, now = now, len(made.entries())
    return made


def test_production_and_the_back_test_give_the_same_awards_and_points(
    tenant: Tenancy, history: Path, quotas: Path, tmp_path: Path
):
    entries = tenant.entries()
    told = as_in_the_crms(history, entries, tmp_path / "told.csv")
    paid, foretold = posted(entries), simulated(tenant, told, quotas, tmp_path)
    differing = {key: (paid.get(key), foretold.get(key)) for key in {*paid, *foretold} if paid.get(key) != foretold.get(key)}
    assert not sorted(differing.items())[:20]
    assert len({milestone for _, milestone, _ in paid}) == 13


def test_the_books_are_balanced_and_a_further_run_of_the_clock_changes_nothing(tenant: Tenancy, deployed: Deployed):
    tenant.verify()
    before = tenant.entries()
    deployed.invoke("maintain", {})
    tenant.wait()
    assert tenant.entries() == before


def test_a_rank_gives_its_pot_exactly(tenant: Tenancy):
    by_quarter: dict[str, int] = {}
    for (_, milestone, scope), points in posted(tenant.entries()).items():
        if milestone == "quarter-race":
            by_quarter[scope] = by_quarter.get(scope, 0) + points
    assert by_quarter
    assert set(by_quarter.values()) == {10_000}


def as_in_the_crms(history: Path, entries: Sequence[Mapping[str, Any]], told: Path) -> Path:
    """The history with the record ids of the CRM that told it: deals of one day come in the order of their ids."""
    with PEOPLE.open(encoding="utf-8") as people:
        names = {row["id"]: row["name"] for row in csv.DictReader(people)}
    scopes = ((names[it["cause"]["participant"]], it["cause"]["scope"]) for it in entries)
    crms = {name: scope.split(":")[0] for name, scope in scopes if scope.startswith(CRMS)}
    with history.open(encoding="utf-8", newline="") as there, told.open("w", encoding="utf-8", newline="") as here:
        rows = csv.DictReader(there)
        writer = csv.DictWriter(here, rows.fieldnames or ())
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"opportunity_id": record_in(crms[row["sales_agent"]], row).split(":")[-1]})
    return told


def posted(entries: Sequence[Mapping[str, Any]]) -> Held:
    """What the ledger says is held: what came out of the program, less what went back."""
    held: Held = {}
    for entry in entries:
        cause = entry["cause"]
        scope = cause["scope"].split(":")[-1] if cause["scope"].startswith(CRMS) else cause["scope"]
        key = (cause["participant"], cause["milestone"], scope)
        for it in entry["transfers"]:
            given = it["source"].startswith("program:") - it["target"].startswith("program:")
            held[key] = held.get(key, 0) + given * it["amount"]
    return {key: points for key, points in held.items() if points}


def simulated(tenant: Tenancy, history: Path, quotas: Path, out: Path) -> Held:
    """What the back-test says is held, with the people's ids and the periods' full names."""
    place = ("--deals", str(history), "--records", f"participant={PEOPLE}", "--mapping", str(MAPPING), "--out", str(out))
    done = tenant.deployed.accolade("simulate", str(PROGRAM), *place, "--quotas", str(quotas), "--json")
    assert done.returncode == 0, done.stderr
    with PEOPLE.open(encoding="utf-8") as people:
        ids = {row["name"]: row["id"] for row in csv.DictReader(people)}
    held: Held = {}
    for row in csv.DictReader((out / "awards.csv").open(encoding="utf-8")):
        scope = row["award"].split("/", 3)[3] if row["period"] else row["record"]
        held[ids[row["name"]], row["milestone"], scope] = int(row["held"])
    return {key: points for key, points in held.items() if points}
