"""Budgets, parked cases and suppressions as the tables keep them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accolade import wiring
from accolade.model.errors import Missing, Refused
from accolade.model.participants import Channel
from accolade.programs.loading import load, numbered
from accolade.store.budgets import Budgets
from accolade.store.parked import Parked
from accolade.store.people import People
from accolade.store.programs import TTL_SECONDS, Programs

DEMO = Path(__file__).resolve().parents[2] / "infra" / "local" / "demo" / "program.yaml"
NOW, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def db(command):
    return wiring.database()


def spend(db, points: int) -> None:
    key = ("TENANT#acme", "BUDGET#race")
    db.update(db.state, key, "ADD #spent :points", names={"#spent": "spent"}, values={":points": points})


def test_a_top_up_outlives_a_new_version_of_the_program(db):
    budgets = Budgets(db)
    budgets.set_base("acme", "race", 1000)
    budgets.top_up("acme", "race", 50)
    budgets.set_base("acme", "race", 2000)
    assert budgets.get("acme", "race").limit == 2050
    assert budgets.get("acme", "race").partial is False


def test_a_budget_below_what_is_spent_is_refused(db):
    budgets = Budgets(db)
    budgets.set_base("acme", "race", 1000)
    spend(db, 700)
    with pytest.raises(Refused):
        budgets.set_base("acme", "race", 699)
    budgets.set_base("acme", "race", 700)
    assert (budgets.get("acme", "race").limit, budgets.get("acme", "race").spent) == (700, 700)


def test_what_a_program_spent_without_a_limit_is_known_to_be_missing_from_its_budget(db):
    budgets = Budgets(db)
    budgets.set_base("acme", "race", None)
    with pytest.raises(Refused):
        budgets.top_up("acme", "race", 5)
    budgets.set_base("acme", "race", 100)
    assert budgets.get("acme", "race").partial is True


def test_a_published_version_never_changes(db):
    programs, program = Programs(db), load(DEMO.read_text(), file="program.yaml")
    programs.publish("acme", program, title="Race", now=NOW)
    programs.publish("acme", program, title="Race", now=LATER)
    with pytest.raises(Refused):
        programs.publish("acme", replace(program, document={**program.document, "debt_limit": 1}), title="Race", now=LATER)
    assert programs.get("acme", "q-race").published_at == NOW


def test_a_rulebook_is_used_for_half_a_minute_and_then_read_again(db):
    clock = [0.0]
    program, programs = load(DEMO.read_text(), file="program.yaml"), Programs(db, lambda: clock[0])
    Programs(db).publish("acme", numbered(program, 1), title="Race", now=NOW)
    first = programs.rulebook("acme")
    Programs(db).publish("acme", numbered(program, 2), title="Race", now=NOW)
    assert programs.rulebook("acme") is first
    clock[0] = TTL_SECONDS + 1
    assert len(programs.rulebook("acme").versions("q-race")) == 2


def test_parking_the_same_case_again_keeps_its_age_and_makes_a_resolved_one_wait_again(db):
    parked = Parked(db)
    case = {"id_": "case", "connection": "", "crm": "hubspot", "content": [{"x": 1}]}
    parked.park("acme", reason="first", now=NOW, **case)
    parked.park("acme", reason="second", now=LATER, **case)
    (found,) = parked.list("acme")
    assert (found.at, found.reason, found.times, found.connection) == (NOW, "second", 2, "")
    parked.resolve("acme", "case")
    assert list(parked.list("acme")) == []
    parked.park("acme", reason="again", now=LATER, **case)
    assert [it.state for it in parked.list("acme")] == ["waiting"]
    with pytest.raises(Missing):
        parked.get("other", "case")


def test_content_too_large_for_an_item_is_left_to_the_sweep(db):
    Parked(db).park("acme", id_="big", connection="c", crm="hubspot", reason="r", content=[{"x": "y" * 400_000}], now=NOW)
    assert Parked(db).get("acme", "big").content is None


def test_an_opted_out_address_is_recognized_however_it_is_written_and_stands_nowhere(db, command):
    people = People(db)
    people.suppress("acme", Channel.SMS, "+31 6 1234-5678", reason="STOP", now=NOW)
    people.suppress("acme", Channel.SMS, "+31612345678", reason="again", now=LATER)
    people.suppress("acme", Channel.EMAIL, "Asha@Acme.example ", reason="complaint", now=NOW)
    found = people.suppression("acme", Channel.SMS, "+31612345678")
    assert (found.reason, found.since) == ("STOP", NOW)
    assert people.suppression("acme", Channel.EMAIL, "asha@acme.example").reason == "complaint"
    assert people.suppression("acme", Channel.WHATSAPP, "+31612345678") is None
    assert people.suppression("other", Channel.SMS, "+31612345678") is None
    items = str(command.stack.dynamodb.scan(TableName=command.stack.settings["state_table"])["Items"])
    assert "612345678" not in items
    assert "asha@acme" not in items.lower()
    people.lift("acme", Channel.SMS, "+31612345678")
    assert people.suppression("acme", Channel.SMS, "+31612345678") is None
