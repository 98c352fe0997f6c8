"""Publishing by the command: states, a second person, phases, the audit, and what each refusal says."""

from pathlib import Path

import pytest
from tests.scenarios.running import LONG_AGO, Running, deal
from typer.testing import CliRunner

from accolade import wiring
from accolade.cli.app import app
from accolade.flows.ghosts import compared
from accolade.flows.program_states import ProgramChanges, Signed
from accolade.programs.loading import load, numbered
from accolade.programs.states import Lifecycle, State
from accolade.programs.transitions import entered
from accolade.store.audit import Audit
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants

DEMO = Path(__file__).resolve().parents[2] / "infra" / "local" / "demo"
PROGRAM = (DEMO / "program.yaml").read_text()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "program.yaml").write_text(PROGRAM)
    (tmp_path / "better.yaml").write_text(PROGRAM.replace("points: 500\n", "points: 600\n"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def standing(command):
    return [(it["version"], it["state"]) for it in command.json("program", "list")]


def test_a_ghost_goes_live_and_is_retired_and_the_audit_says_who_and_why(command, folder):
    command.json("program", "publish", "program.yaml", "--as", "asha")
    done = command.json("program", "publish", "better.yaml", "--ghost", "--as", "asha", "--reason", "fewer wins than planned")
    assert (done["version"], done["state"]) == (2, "ghost")
    assert standing(command) == [(1, "live"), (2, "ghost")]
    assert command.json("program", "live", "q-race", "--from", "2999-01-01", "--as", "bob")["from"] == "2999-01-01"
    assert command.json("program", "retire", "q-race", "--on", "2999-06-01", "--as", "bob")["ends"] == "2999-06-01"
    rows = command.json("program", "log", "q-race")
    assert [(it["by"], it["what"], it["reason"]) for it in rows] == [
        ("asha", "version 1 published as live", ""),
        ("asha", "version 2 published as ghost", "fewer wins than planned"),
        ("bob", "version 2 goes live from 2999-01-01", ""),
        ("bob", "retires on 2999-06-01", ""),
    ]
    assert rows[2]["before"]["versions"]["2"]["state"] == "ghost"
    assert rows[2]["after"]["versions"]["2"]["starts"] == "2999-01-01"


def test_a_replacement_in_the_past_is_refused_unless_it_is_a_ghost(command, folder):
    command.json("program", "publish", "program.yaml")
    command.run("program", "publish", "better.yaml", status=1)
    assert "at least 2 minutes ahead" in command.said
    assert command.json("program", "publish", "better.yaml", "--ghost")["state"] == "ghost"


def test_where_a_second_person_is_asked_for_a_program_waits_as_a_draft(command, folder):
    command.json("tenant", "set", "default", "--second-person")
    assert command.json("program", "publish", "program.yaml", "--as", "asha")["state"] == "draft"
    assert standing(command) == [(1, "draft")]
    command.run("program", "approve", "q-race@1", "--as", "Asha", status=1)
    assert "another person has to agree" in command.said
    assert command.json("program", "approve", "q-race@1", "--as", "bob")["versions"] == {"1": "live"}
    command.json("program", "publish", "better.yaml", "--ghost", "--as", "asha")
    command.run("program", "live", "q-race", "--as", "bob", status=1)
    assert "accolade program approve q-race@2 --as NAME" in command.said


def test_a_program_is_rolled_out_in_phases(command, folder):
    (folder / "ahead.yaml").write_text(PROGRAM.replace("2017-01-01", "2999-01-01").replace("2027-12-31", "2999-12-31"))
    (folder / "people.csv").write_text("id,name,email,team\na,Ann,a@acme.example,Central\nb,Bea,b@acme.example,West\n")
    command.json("participant", "import", "people.csv")
    command.json("program", "publish", "ahead.yaml")
    assert command.json("program", "rollout", "q-race", "--percent", "20")["percent"] == 20
    assert command.json("program", "list")[0]["for"] == "20%"
    before = command.json("program", "log", "q-race")
    again = command.run("program", "rollout", "q-race", "--percent", "20")
    assert again == "q-race is for 20%, as before; nothing has changed\n"
    assert command.json("program", "log", "q-race") == before
    command.run("program", "rollout", "q-race", "--percent", "20", "--teams", "West", status=1)
    assert command.json("program", "rollout", "q-race", "--teams", "West, Central")["teams"] == ["Central", "West"]


def test_a_rollout_to_a_team_in_which_nobody_is_is_refused_with_what_was_meant(command, folder):
    (folder / "people.csv").write_text("id,name,email,team\nasha,Asha Rao,asha@acme.example,Central\n")
    command.json("participant", "import", "people.csv")
    command.json("program", "publish", "program.yaml")
    command.run("program", "rollout", "q-race", "--teams", "Centrl", status=1)
    assert "Did you mean Central?" in command.said
    assert [it["what"] for it in command.json("program", "log", "q-race")] == ["version 1 published as live"]
    command.run("program", "log", "q-rce", status=1)
    assert "there is no program 'q-rce'" in command.said


def test_an_end_that_is_known_already_is_not_written_down_again(command, folder):
    command.json("program", "publish", "program.yaml")
    retire = ("program", "retire", "q-race", "--on", "2099-06-01")
    assert "every function follows" in command.run(*retire)
    before = command.json("program", "log", "q-race")
    assert command.run(*retire) == "q-race ends at the beginning of 2099-06-01, as before; nothing has changed\n"
    assert command.json("program", "log", "q-race") == before
    assert "every function follows" in command.run(*retire[:-1], "2099-07-01")


def test_a_ghost_that_was_given_up_can_be_published_again(command, folder):
    command.json("program", "publish", "program.yaml", "--ghost")
    command.json("program", "withdraw", "q-race", "--version", "1")
    assert command.json("program", "publish", "program.yaml")["version"] == 2
    assert standing(command) == [(1, "retired"), (2, "live")]


def test_a_program_that_is_not_smart_is_not_published(command, folder):
    (folder / "vague.yaml").write_text(PROGRAM.replace("audience: everyone\n", ""))
    said = command.run("program", "publish", "vague.yaml", status=1)
    assert "for whom it is" in said
    assert command.run("program", "validate", "vague.yaml", status=1) == said
    assert command.json("program", "list") == []


def test_two_documents_are_compared_in_words_without_a_stack(folder):
    said = CliRunner().invoke(app, ["program", "diff", "program.yaml", "better.yaml"])
    assert said.stdout == "every-fifth-win pays 600 points instead of 500.\n"


def test_a_published_version_is_compared_with_another_and_with_a_document(command, folder):
    command.json("program", "publish", "program.yaml")
    command.json("program", "publish", "better.yaml", "--ghost")
    expected = ["every-fifth-win geeft 600 punten in plaats van 500."]
    assert command.json("program", "diff", "q-race", "--language", "nl")["differences"] == expected
    assert command.json("program", "diff", "q-race@2", "better.yaml")["differences"] == []
    assert command.json("program", "diff", "q-race@2", "q-race@1")["differences"] != []


def test_a_ghost_is_compared_with_what_was_given(stack):
    house = Running(stack, program=PROGRAM.replace("q-race", "race"))
    programs = Programs(wiring.database())
    changes = ProgramChanges(programs, Tenants(wiring.database()), People(wiring.database()))
    better = load(PROGRAM.replace("q-race", "race").replace("points: 50\n", "points: 70\n"), file="better.yaml")
    lifecycle = entered(numbered(better, 2), Lifecycle("race"), State.GHOST, author="asha", now=LONG_AGO)
    beside = programs.states.writes("acme", Lifecycle("race"), lifecycle, what="ghost", by="asha", reason="", now=LONG_AGO)
    programs.publish("acme", numbered(better, 2), title="Race", now=LONG_AGO, beside=beside)
    house.put(deal("A"))
    house.work()
    audit = Audit(wiring.database())
    standings = audit.standings("acme", "P000001")
    rows = compared(better, standings=standings, records=audit.records("acme"))
    assert [(it.milestone, it.participant, it.live, it.ghost) for it in rows] == [("fast-win", "P000001", 50, 70)]
    assert sum(it.change for it in rows) == 20
    assert house.wallet()["available"] == 50
    assert [entry.cause.program for entry in house.entries()] == ["race"]
    assert changes.withdraw("acme", "race", 2, signed=Signed("bob"), now=LONG_AGO).state(2) is State.RETIRED


def test_an_audience_without_anybody_in_it_is_noted_with_the_roles_there_are(command, folder):
    command.json("participant", "import", str(DEMO / "participants.csv"))
    (folder / "nobody.yaml").write_text(
        PROGRAM.replace("audience: everyone", "audience: {field: participant.role, is: Sales rep}")
    )
    notes = command.json("program", "publish", "nobody.yaml", "--ghost")["warnings"]
    assert any(note.startswith("None of 23 participants is in its audience now. Their roles are sales;") for note in notes)
