"""The shop from the command line: items and codes come in, redemptions are looked after."""

import json
from pathlib import Path

import pytest
from tests.scenarios.command import Command
from tests.scenarios.shopping import ASHA, shop

ITEMS = """
items:
  - id: gift-card
    provider: tremendous
    product: OKMHM2X2OHYV
    title: {en: Gift card, nl: Cadeaubon}
    currency: USD
    countries: [NL, no]
    options:
      - {value: 5, points: 10}
      - {value: 12.50, points: 25}
  - id: coffee
    provider: stock
    title: Coffee
    currency: EUR
    options: [{value: 5, points: 10}]
"""
WRONG = """
items:
  - {id: ok, provider: stock, title: Fine, currency: EUR, options: [{value: 5, points: 10}]}
  - {id: Not Good, provider: stock, title: X, currency: EUR, options: [{value: 5, points: 10}]}
  - {id: nobody, provider: nobody, title: X, currency: EUR, options: [{value: 5, points: 10}]}
  - {id: free, provider: stock, title: X, currency: EUR, options: [{value: 5, points: 0}]}
  - {id: vague, provider: stock, title: X, currency: EUR, options: [{value: .nan, points: 1}]}
  - {id: strange, provider: stock, title: X, currency: EUR, price: 5, options: [{value: 5, points: 1}]}
  - {id: ok, provider: stock, title: Twice, currency: EUR, options: [{value: 5, points: 10}]}
"""
CODES = "value,code,pin\n5,CANARY-1,77\n5.00,CANARY-2,\n5,CANARY-1,\n7,CANARY-3,\n5,,\n"


@pytest.fixture
def house(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEY", "TEST_key")
    with shop(command.stack, monkeypatch) as made:
        made.command = command
        yield made


def said(house, *args: str, status: int = 0):
    return house.command.json(*args, "--tenant", "acme", status=status)


def test_items_come_in_or_the_file_says_what_is_wrong_with_each(house):
    Path("items.yaml").write_text(ITEMS)
    assert said(house, "catalog", "import", "items.yaml")["stored"] == ["gift-card", "coffee"]
    rows = {row["id"]: row for row in said(house, "catalog", "list")}
    assert rows["gift-card"]["options"] == ["5.00 USD for 10", "12.50 USD for 25"]
    assert rows["gift-card"]["countries"] == ["NL", "NO"], "YAML reads a bare no as false"
    assert "Gift card" in house.command.run("catalog", "list", "--tenant", "acme")
    again = said(house, "catalog", "import", "items.yaml")
    assert (again["stored"], again["changed"]) == (["gift-card", "coffee"], [])
    Path("items.yaml").write_text(ITEMS.replace("points: 25", "points: 20"))
    assert "2 items, 1 changed" in house.command.run("catalog", "import", "items.yaml", "--tenant", "acme")
    Path("wrong.yaml").write_text(WRONG)
    done = said(house, "catalog", "import", "wrong.yaml", status=1)
    assert done["stored"] == []
    assert [it["where"] for it in done["problems"]] == [
        "items[1].id",
        "items[2].provider",
        "items[3].options[0].points",
        "items[4].options[0].value",
        "items[5]",
        "items[6].id",
    ]
    assert all(it["mend"] for it in done["problems"])
    assert said(house, "catalog", "import", "wrong.yaml", "--partial")["stored"] == ["ok"]


def test_codes_come_in_once_and_are_never_shown(house):
    Path("codes.csv").write_text(CODES)
    done = said(house, "stock", "import", "coffee", "codes.csv", status=1)
    assert done["stored"] == 0
    assert [(it["line"], it["column"]) for it in done["problems"]] == [(4, "code"), (5, "value"), (6, "code")]
    done = said(house, "stock", "import", "coffee", "codes.csv", "--partial")
    assert done["stored"] == 2
    again = said(house, "stock", "import", "coffee", "codes.csv", "--partial", status=1)
    assert again["stored"] == 0
    assert "this code was here before" in {it["what"] for it in again["problems"]}
    assert "CANARY" not in json.dumps(done) + json.dumps(again)
    assert said(house, "stock", "count") == [{"item": "coffee", "value": "5.00 EUR", "left": 2}]
    house.command.run("stock", "import", "gift-card", "codes.csv", "--tenant", "acme", status=1)
    assert "provider stock" in house.command.said


def test_an_account_is_added_tested_and_listed_without_its_key(house):
    base = house.stand_in.base_url
    said(house, "provider", "add", "tremendous", "--key-env", "KEY", "--api-base", base, "--set", "funding_source=FUND0001")
    assert said(house, "provider", "test", "tremendous") == {
        "name": "tremendous",
        "ok": True,
        "balance": ["10,000.00 USD"],
        "products": 1,
    }
    (row,) = said(house, "provider", "list")
    assert (row["has_key"], row["takes_webhooks"]) == (True, True)
    assert "TEST_key" not in json.dumps(row)
    house.command.run("provider", "add", "tremendous", "--set", "colour=red", "--tenant", "acme", status=1)
    assert "funding_source" in house.command.said
    base = ("--api-base", "ftp://tremendous.example", "--tenant", "acme")
    house.command.run("provider", "add", "tremendous", "--key-env", "KEY", *base, status=1)
    assert "this address may not be called" in house.command.said
    house.command.run("provider", "add", "nobody", "--tenant", "acme", status=1)


def test_what_is_not_said_of_an_account_stays_and_what_changes_nothing_says_so(house):
    add = ("provider", "add", "tremendous")
    said(house, *add, "--key-env", "KEY", "--per-minute", "7")
    assert said(house, *add, "--set", "funding_source=FUND0002")["per_minute"] == 7
    assert "tremendous was so already; nothing has changed" in house.command.run(*add, "--tenant", "acme")
    assert "tremendous is set" in house.command.run(*add, "--key-env", "KEY", "--tenant", "acme"), "another key may be in it"
    house.command.run("provider", "add", "stock", "--key-env", "KEY", "--tenant", "acme", status=1)
    assert "--key-env stock calls nobody, so it would change nothing" in " ".join(house.command.said.split())


def test_redemptions_are_seen_approved_refused_and_stopped(house):
    house.command.json("tenant", "set", "acme", "--approve-redemptions-above", "5")
    first, second = house.redeem("one"), house.redeem("two")
    assert {row["id"] for row in said(house, "redemption", "list")} == {first.id, second.id}
    said(house, "redemption", "approve", first.id, "--as", "dana", "--reason", "Well earned")
    said(house, "redemption", "refuse", second.id, "--as", "dana", "--reason", "Not this month")
    house.now = house.stands(first).updated_at
    house.work()
    shown = said(house, "redemption", "show", first.id)
    assert [row["state"] for row in shown["history"]] == ["awaiting", "held", "ordered", "fulfilled"]
    assert "payout" not in json.dumps(shown)
    assert said(house, "redemption", "list", "--state", "released")[0]["id"] == second.id
    assert len(said(house, "redemption", "list", "--participant", "asha")) == 2
    house.command.run("redemption", "list", "--state", "lost", "--tenant", "acme", status=1)
    house.command.run("redemption", "release", first.id, "--as", "dana", "--reason", "x", "--tenant", "acme", status=1)
    assert "fulfilled" in house.command.said
    house.command.run("redemption", "show", "p000001xnothing", "--tenant", "acme", status=1)
    wallet = said(house, "wallet", "show", "asha")
    assert {"hold", "spend", "release"} <= {entry["kind"] for entry in wallet["entries"]}
    assert said(house, "ledger", "verify")["problems"] == []
    events = [step["event"] for step in said(house, "trace", first.id)]
    assert {"awaiting", "held", "ordered", "fulfilled", "posted", "owed"} <= set(events)
    line = next(it["seq"] for it in wallet["entries"] if it["kind"] == "hold" and first.id in it["id"])
    house.command.run("explain", "asha", "--line", str(line), "--tenant", "acme", status=1)
    assert f"accolade trace {first.id}" in house.command.said
    assert said(house, "explain", "asha")["awards"]
    assert "hold" in house.command.run("ledger", "export", "--tenant", "acme")


def test_the_limit_of_approval_can_be_taken_away(house):
    limit = "approve_redemptions_above"
    for given, kept in (("0", 0), ("5", 5), ("-1", None)):
        assert house.command.json("tenant", "set", "acme", "--approve-redemptions-above", given)[limit] == kept
    assert house.command.json("tenant", "set", "acme", "--unit", "stars")[limit] is None


def test_a_rate_and_a_tax_form_are_noted(house):
    assert said(house, "catalog", "rate", "eur", "usd", "1.085")["rate"] == "1.085"
    for wrong in (("EUR", "EUR", "1"), ("EUR", "USD", "x"), ("EUR", "USD", "0"), ("EURO", "USD", "1"), ("XYZ", "USD", "1")):
        house.command.run("catalog", "rate", *wrong, "--tenant", "acme", status=1)
    house.command.run("catalog", "rate", "EUR", "GBP", "0.85", "--tenant", "acme", status=1)
    assert "only a rate from another currency to USD is used" in " ".join(house.command.said.split())
    said(house, "redemption", "tax-form", "asha", "--on", "2026-01-31")
    assert str(house.parts.redeemer.person("acme", ASHA).tax_form_on) == "2026-01-31"
    house.command.run("redemption", "tax-form", "asha", "--on", "2999-01-01", "--tenant", "acme", status=1)
    assert "2999-01-01 lies in the future" in house.command.said
    again = house.command.run("redemption", "tax-form", "asha", "--on", "2026-01-31", "--tenant", "acme")
    assert "is on file since 2026-01-31, as before" in again
    said(house, "redemption", "tax-form", "asha", "--on", "none")
    assert house.parts.redeemer.person("acme", ASHA).tax_form_on is None
