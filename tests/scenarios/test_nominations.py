"""Nominations: `accolade nominate` puts somebody forward, `accolade nomination` lets it pay once or takes it back."""

from dataclasses import replace

import pytest
from tests.scenarios.closing import Closing
from tests.scenarios.running import ASHA, person
from tests.scenarios.stack import function

from accolade import wiring
from accolade.flows.ledger_check import LedgerCheck
from accolade.model.messages import Reevaluate
from accolade.store.audit import Audit
from accolade.store.budgets import Budgets
from accolade.store.people import People

PROGRAM = """
id: thanks
title: {en: Thank you}
effective: {from: 2026-01-01}
time_zone: Europe/Amsterdam
currency: EUR
point_value: 0.01 EUR
debt_limit: 100
milestones:
  - id: helped
    title: Helped a colleague
    kind: manual
    by: anyone
    points: 50
  - id: led
    title: Led a project
    kind: manual
    by: manager
    points: 200
"""


@pytest.fixture
def house(command):
    made = Closing(command.stack, "\n  - {id: x, title: X, kind: record, when: {field: deal.stage, is: won}, points: 1}")
    made.publish(PROGRAM)
    made.people.register("acme", [replace(person("asha", ASHA), team="West", manager="carol")])
    made.command = command
    return made


def said(house, *args: str, status: int = 0):
    return (
        house.command.run(*args, "--tenant", "acme", status=status) if status else house.command.json(*args, "--tenant", "acme")
    )


def nominate(house, who: str, milestone: str, by: str, reason: str = "For the launch", status: int = 0):
    return said(house, "nominate", who, "--milestone", f"thanks/{milestone}", "--by", by, "--reason", reason, status=status)


def decide(house, what: str, id_: str, by: str, status: int = 0):
    return said(house, "nomination", what, id_, "--as", by, "--reason", "Seen", status=status)


def test_an_approved_nomination_pays_once_and_is_told(house):
    made = nominate(house, "asha", "helped", "bob")
    assert house.entries() == []
    (row,) = said(house, "nomination", "list")
    assert (row["nominee"], row["nominator"], row["state"]) == ("Asha", "Bob", "waits")
    assert nominate(house, "asha", "helped", "bob")["id"] == made["id"], "the same again is the same"
    assert decide(house, "approve", made["id"], "dana")["state"] == "approved"
    assert house.available() == {"asha": 50}
    (delivery,) = house.deliveries()
    assert delivery["record"] == f"accolade:nomination:{made['id']}"
    decide(house, "approve", made["id"], "dana", status=1)
    assert "approved before" in house.command.said
    assert house.available() == {"asha": 50}
    assert said(house, "nomination", "list") == []
    by = [(it["what"], it["by"]) for it in said(house, "approval", "log")]
    assert by == [("nomination approved", "dana"), ("nominated", "bob")]


def test_what_is_declined_or_withdrawn_goes_back(house):
    first, second = nominate(house, "asha", "helped", "bob"), nominate(house, "bob", "helped", "carol")
    for made in (first, second):
        decide(house, "approve", made["id"], "dana")
    assert house.available() == {"asha": 50, "bob": 50}
    decide(house, "withdraw", first["id"], "carol", status=1)
    assert decide(house, "withdraw", first["id"], "bob")["state"] == "withdrawn"
    assert decide(house, "decline", second["id"], "dana")["state"] == "declined"
    assert house.available() == {}
    assert {line["facts"]["reason"] for line in house.lines() if line["points"] < 0} == {"nomination"}
    decide(house, "approve", second["id"], "dana", status=1)
    decide(house, "decline", second["id"], "dana", status=1)
    here = wiring.database()
    assert LedgerCheck(Audit(here), People(here), Budgets(here)).verify("acme").problems == []


def test_only_who_may_nominates_and_nobody_approves_their_own(house):
    nominate(house, "asha", "helped", "asha", status=1)
    nominate(house, "asha", "helped", "a stranger", status=1)
    nominate(house, "asha", "led", "bob", status=1)
    assert "manager is carol" in house.command.said
    nominate(house, "asha", "nothing", "bob", status=1)
    assert "thanks/helped, thanks/led" in house.command.said
    made = nominate(house, "asha", "led", "Carol")
    for by in ("carol", "asha", "asha@acme.example", "P000003"):
        decide(house, "approve", made["id"], by, status=1)
    assert house.entries() == []
    decide(house, "approve", made["id"], "bob")
    assert house.available() == {"asha": 200}


def test_a_late_rule_judges_nominations_again_by_the_road_of_every_record(house):
    made = nominate(house, "asha", "helped", "bob")
    decide(house, "approve", made["id"], "dana")
    house.command.run("explain", "asha", "--record", made["id"], "--tenant", "acme")
    body = Reevaluate(tenant="acme", connection="accolade", records=[f"nomination:{made['id']}"], cause="test").to_json()
    wiring.queue("inbox").send([body])
    house.process = function("process").handler
    assert house.work() == [{"batchItemFailures": []}]
    assert house.available() == {"asha": 50}


def test_our_own_connection_is_nobody_else_s(house, monkeypatch):
    monkeypatch.setenv("SECRET", "s3cret")
    given = ("accolade", "--portal-id", "1234567", "--client-secret-env", "SECRET", "--tenant", "acme")
    house.command.run("connection", "add", "hubspot", *given, status=1)
    assert "ours" in house.command.said
