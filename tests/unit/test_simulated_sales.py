"""Back-tests know what a won deal was to its account, as `accolade kpi` does."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accolade.cli.app import app

PROGRAM = """
id: sales
title: Sales
effective: {from: 2017-01-01}
time_zone: UTC
unit: points
point_value: 0.01 USD
milestones:
  - id: upsell
    title: An upsell
    kind: record
    when: {all: [{field: deal.stage, is: won}, {field: deal.sale_kind, is: upsell}]}
    points: {per: deal.upsell_amount, rate: 1%}
  - {id: families, title: A new family, kind: every, kpi: cross_sell, n: 1, period: lifetime, points: 10}
"""
MAPPING = """
export:
  - record: deal
    id: id
    owner: rep
    currency: USD
    fields:
      deal.amount: value
      deal.close_date: closed
      deal.account: customer
      deal.product: product
      deal.product_family: family
      deal.list_price: listed
      deal.stage_name: stage
    stages: {won: [Won], lost: [Lost]}
"""
SPLIT = """
id: split
title: Split
effective: {from: 2017-01-01}
time_zone: UTC
unit: points
point_value: 0.01 USD
milestones:
  - id: win
    title: A win
    kind: record
    when: {field: deal.stage, is: won}
    points: 100
    guards: [{signal: split_under_threshold, under: 1000 USD, effect: cap, points: 10}]
"""
PARTS = """id,rep,product,family,customer,stage,opened,closed,listed,value
D1,Anna,,,Acme,Won,2017-01-01,2017-04-01,,600
D2,Anna,,,Acme,Won,2017-01-05,2017-05-01,,500
D3,Zane,,,Acme,Won,2017-01-05,2017-05-01,,500
D4,Anna,,,Bolt,Won,2017-01-05,2017-05-01,,500
"""
DEALS = """id,rep,product,family,customer,stage,closed,listed,value
D4,Zane,MG,MG,Acme,Won,2017-04-01,50,50
D1,Anna,Basic,GTX,Acme,Won,2017-01-01,500,450
D2,Zane,Pro,GTX,Acme,Won,2017-02-01,4800,4450
D3,Zane,Pro,GTX,Acme,Lost,2017-03-01,4800,4450
D5,Anna,Pro,GTX,Bolt,Won,2017-02-01,4800,4450
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, content in (("program.yaml", PROGRAM), ("mapping.yaml", MAPPING), ("deals.csv", DEALS)):
        (tmp_path / name).write_text(content)
    return tmp_path


def paid(folder: Path) -> dict[str, int]:
    """Points by milestone, as the command says."""
    words = ["simulate", "program.yaml", "--deals", "deals.csv", "--mapping", "mapping.yaml", "--out", "out", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr
    return {it["id"]: it["points"] for it in json.loads((folder / "out" / "result.json").read_text())["this"]["milestones"]}


def test_a_program_that_asks_for_upsells_and_new_families_pays_them_in_a_back_test(folder: Path) -> None:
    # 1 % of the 4,000 USD by which Zane's deal exceeds what Acme paid before; MG is a family that Acme did not have.
    assert paid(folder) == {"upsell": 40, "families": 10}


def test_a_deal_sold_in_parts_is_seen_in_a_back_test(folder: Path) -> None:
    (folder / "program.yaml").write_text(SPLIT)
    (folder / "mapping.yaml").write_text(
        MAPPING.replace("deal.close_date: closed", "deal.close_date: closed\n      deal.created_on: opened")
    )
    (folder / "deals.csv").write_text(PARTS)
    assert paid(folder) == {"win": 10 + 10 + 100 + 100}
