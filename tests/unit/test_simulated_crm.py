"""A back-test of what a connected CRM holds reads it through the adapter, and gives what the same history in a file gives."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from tests.contract.senders import connection

from accolade import crm
from accolade.crm import CrmUser, Page
from accolade.crm.salesforce.ids import to18
from accolade.flows.simulation.exports import Exports
from accolade.flows.simulation.from_crm import FromCrm
from accolade.flows.simulation.packing import sales_from_bytes, sales_to_bytes
from accolade.flows.simulation.part import Task, Variant
from accolade.flows.simulation.run import Done, run
from accolade.model.connections import FieldMap
from accolade.model.participants import Participant
from accolade.model.sales import Sale
from accolade.model.times import to_millis
from accolade.programs.loading import load, to_json
from accolade.situation import AccountSales

NOW = datetime(2018, 1, 1, tzinfo=UTC)
ROWS = list(csv.DictReader((Path(__file__).parents[2] / "infra/local/demo/data/sales_pipeline.csv").open()))[:400]
PROGRAM = """
id: race
title: {en: Race, nl: Race}
effective: {from: 2017-01-01}
time_zone: UTC
point_value: 0.01 USD
milestones:
  - {id: second, title: Second, kind: every, kpi: won_count, n: 2, period: quarter, points: 5}
  - {id: fast, title: F, kind: record, when: {all: [{field: deal.stage, is: won}, {field: deal.cycle_days, below: 9}]}, points: 3}
"""
SALES = """
  - {id: cross, title: C, kind: record, when: {field: deal.sale_kind, is: cross_sell}, points: 7}
  - id: win
    title: W
    kind: record
    when: {field: deal.stage, is: won}
    points: 100
    guards: [{signal: split_under_threshold, effect: cap, points: 1}]
"""
USERS = {name: to18(f"0055e00000R{place:04d}") for place, name in enumerate(sorted({row["sales_agent"] for row in ROWS}))}
MAPPING = yaml.safe_load("""
export:
  record: deal
  id: opportunity_id
  owner: sales_agent
  fields:
    deal.amount: close_value
    deal.created_on: engage_date
    deal.close_date: close_date
    deal.account_name: account
    deal.product: product
    deal.stage_name: deal_stage
  stages: {won: [Won], lost: [Lost], open: [Engaging, Prospecting]}
""")


class Api:
    """What a Salesforce API answers, two hundred records a page."""

    def fetch(self, field_map: FieldMap, ids: Sequence[str], *, with_history: bool = False) -> list[Mapping[str, Any]]:
        return []

    def users(self) -> Iterable[CrmUser]:
        return ()

    def probe(self) -> str:
        return "here"

    def changed_since(self, field_map: FieldMap, cursor: str | None, *, now: datetime, deep: bool = False) -> Iterator[Page]:
        found = [self.record(place, row) for place, row in enumerate(ROWS)] if field_map.record == "deal" else []
        for start in range(0, len(found), 200):
            yield Page(found[start : start + 200], "", more=start + 200 < len(found))

    def record(self, place: int, row: Mapping[str, str]) -> Mapping[str, Any]:
        stamp = f"{row['close_date'] or row['engage_date'] or '2017-01-01'}T12:00:00.000+0000"
        fields = {
            "Id": to18(f"0065e0000{place:06d}"),
            "OwnerId": USERS[row["sales_agent"]],
            "StageName": row["deal_stage"],
            "IsWon": row["deal_stage"] == "Won",
            "IsClosed": row["deal_stage"] in ("Won", "Lost"),
            "Amount": float(row["close_value"] or 0),
            "CloseDate": row["close_date"] or None,
            "CreatedDate": f"{row['engage_date'] or '2017-01-01'}T09:00:00.000+0000",
            "AccountId": to18(f"0015e0000{sum(map(ord, row['account'])):06d}") if row["account"] else None,
            "Product__c": row["product"],
            "SystemModstamp": stamp,
        }
        return {"id": "", "type": "Opportunity", "fields": fields}


def from_crm() -> FromCrm:
    (deals,) = (it for it in crm.adapter("salesforce").default_maps if it.record == "deal")
    deals = replace(deals, fields={**deals.fields, "product": "Product__c"})
    people = {f"P{n:06d}": Participant("acme", name, f"P{n:06d}", name) for n, name in enumerate(USERS, start=1)}
    users = {USERS[person.name]: number for number, person in people.items()}
    return FromCrm(replace(connection("salesforce", "00D5e000000AbcDEAS"), maps=(deals,)), Api(), people, users, NOW)


def simulated(folder: Path, text: str, source: FromCrm | Exports) -> Done:
    folder.mkdir()
    program = Variant("this", (to_json(load(text, file="program.yaml")),))
    return run(Task(source, (program,), folder, to_millis(NOW)), processes=2, stage=lambda read: lambda count: None)


def paid(done: Done) -> dict[tuple[str, str], int]:
    """Points by person and milestone."""
    found: dict[tuple[str, str], int] = {}
    for it in done.results[0].awards():
        key = (done.cast.participants[it.participant].name, it.milestone)
        found[key] = found.get(key, 0) + it.after - it.before
    return found


def exported(folder: Path) -> Exports:
    with (folder / "deals.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    return Exports({"deal": (folder / "deals.csv",)}, MAPPING, sales=True)


def test_a_crm_and_its_export_pay_the_same(tmp_path: Path) -> None:
    told, read = simulated(tmp_path / "a", PROGRAM, exported(tmp_path)), simulated(tmp_path / "b", PROGRAM, from_crm())
    assert paid(read) == paid(told)
    assert read.outcomes[0].points > 0
    assert read.outcomes[0].audience == len(USERS)


def test_sales_that_are_put_away_come_back_as_they_were() -> None:
    known = Sale(NOW.date(), "D1", "Pro", "GTX", 5, 6, NOW.date(), "U1")
    sales = AccountSales(3, {"D1": known, "D2": Sale(NOW.date(), "D2")})
    assert sales_from_bytes("A1", sales_to_bytes(sales)) == sales


def test_what_deals_are_to_their_accounts_is_found_on_the_way(tmp_path: Path) -> None:
    told = simulated(tmp_path / "a", PROGRAM + SALES, exported(tmp_path))
    read = simulated(tmp_path / "b", PROGRAM + SALES, from_crm())
    assert {key: points for key, points in paid(read).items() if key[1] == "cross"}
    assert {points % 100 for key, points in paid(read).items() if key[1] == "win"} > {0}, "some were sold in parts"
    assert paid(read) == paid(told)
