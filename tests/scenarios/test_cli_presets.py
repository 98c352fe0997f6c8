"""Presets by the command: listed, shown, written as one's own, and published as they are."""

import pytest
from typer.testing import CliRunner

from accolade.cli.app import app


def run(*args, status=0):
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == status, result.output
    return result


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_presets_are_listed_by_department_and_shown_with_what_to_adapt_and_their_risks(folder):
    assert "first-response" in run("preset", "list", "--department", "service").stdout
    shown = run("preset", "show", "cycle-time").stdout
    for part in ("What: ", "For whom: ", "Adapt: ", "Risks: ", "What people read:", "accolade preset use cycle-time"):
        assert part in shown
    assert "punten" in run("preset", "show", "cycle-time", "--language", "nl").stdout


def test_a_preset_becomes_a_document_of_ones_own_and_never_overwrites_one(folder):
    run("preset", "use", "close-rate", "--out", "mine.yaml", "--from", "2027-01-01", "--currency", "EUR", "--id", "mine")
    text = (folder / "mine.yaml").read_text()
    assert "id: mine\n" in text
    assert "effective: {from: 2027-01-01, to: 2028-01-01}" in text
    assert "is fine: mine, 1 milestone" in run("program", "validate", "mine.yaml").stdout
    assert "somebody's work" in run("preset", "use", "close-rate", "--out", "mine.yaml", status=1).stderr
    assert "Did you mean close-rate?" in run("preset", "use", "closerate", status=1).stderr


def test_a_preset_is_published_as_it_stands(command, folder):
    command.run("preset", "use", "training")
    done = command.json("program", "publish", "training.yaml", "--ghost")
    assert (done["id"], done["version"], done["state"]) == ("training", 1, "ghost")
