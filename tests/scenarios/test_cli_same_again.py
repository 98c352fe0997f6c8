"""Commands say what they did: what changes nothing says so, and what is not there, or cannot be, is refused."""

from pathlib import Path

import pytest
from tests.scenarios.command import Command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(command: Command, *words: str) -> str:
    """What a command that ends with status 1 says, in one line."""
    said = command.run(*words, status=1) + command.said
    return " ".join(said.split())


def test_settings_that_were_so_already_are_not_called_set(command: Command) -> None:
    command.run("tenant", "add", "acme", "--name", "Acme")
    words = ("tenant", "set", "acme", "--unit", "stars", "--two-way-sms")
    assert command.run(*words) == "tenant acme is set\n"
    assert command.run(*words) == "tenant acme was so already; nothing has changed\n"
    assert "no setting is named, so nothing is changed" in refused(command, "tenant", "set", "acme")


@pytest.mark.parametrize(
    ("option", "given", "mend"),
    [
        ("--sender-email", "rewards at acme", "Write it as name@example.com"),
        ("--public-url", "rewards.acme.example", "Write it as https://rewards.example.com"),
        ("--unit", "", "Write 1 to 20 characters on one line"),
        ("--name", "A" * 61, "Write 1 to 60 characters on one line"),
        ("--alerts-locale", "tlh", "There are en, nl"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(command: Command, option: str, given: str, mend: str) -> None:
    command.run("tenant", "add", "acme", "--name", "Acme")
    before = command.json("tenant", "list")
    said = refused(command, "tenant", "set", "acme", option, given)
    assert said.startswith(f"error {option} ")
    assert mend in said
    assert command.json("tenant", "list") == before


def test_a_tenant_that_is_there_already_says_that_it_stays_as_it_is(command: Command) -> None:
    add = ("tenant", "add", "acme", "--name")
    command.run(*add, "Acme")
    assert "stays as it is" not in command.run(*add, "Acme")
    assert "it was there before and stays as it is: accolade tenant set acme changes it" in command.run(*add, "Other")
    assert {it["id"]: it["name"] for it in command.json("tenant", "list")}["acme"] == "Acme"


def test_no_command_takes_a_tenant_that_is_none(command: Command) -> None:
    for words in (("status",), ("parked", "list"), ("participant", "list"), ("quota", "list"), ("deliveries", "list")):
        assert "there is no tenant 'acmee'" in refused(command, *words, "--tenant", "acmee")


def test_a_period_without_quotas_is_refused_where_there_are_others(command: Command, folder: Path) -> None:
    assert "No quota yet" in command.run("quota", "list", "--period", "2027Q1")
    (folder / "people.csv").write_text("id,name\nasha,Asha\n")
    command.run("participant", "import", "people.csv")
    command.run("preset", "use", "quota-attainment", "--from", "2027-01-01")
    command.run("program", "publish", "quota-attainment.yaml")
    (folder / "quotas.csv").write_text("subject,kpi,period,target\nasha,won_amount,2027Q1,1000 USD\n")
    command.run("quota", "import", "quotas.csv")
    assert len(command.json("quota", "list", "--period", "2027q1")) == 1
    said = refused(command, "quota", "list", "--period", "2028Q1")
    assert "'2028Q1' is no period that has quotas." in said
    assert "2027Q1" in said


def test_a_file_or_a_folder_that_cannot_be_written_is_said_before_anything_is_done(command: Command, folder: Path) -> None:
    (folder / "taken").write_text("x")
    command.run("tenant", "add", "acme")
    for place in ("taken/entries.jsonl", "nowhere/entries.jsonl"):
        assert "the file cannot be written" in refused(command, "ledger", "export", "--out", place)
    command.run("preset", "use", "close-rate")
    (folder / "deals.csv").write_text("id\n")
    (folder / "mapping.yaml").write_text("export: {record: deal, id: id}\n")
    words = ("simulate", "close-rate.yaml", "--deals", "deals.csv", "--mapping", "mapping.yaml", "--out", "taken/report")
    assert "taken this is a file. Name a folder with --out" in refused(command, *words)


def test_credentials_that_cannot_be_are_refused_when_the_connection_is_added(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS", '{"client_id": "x"')
    add = ("connection", "add", "salesforce", "sf", "--organization-id", "00D5e000000AbcDEAS", "--credentials-env", "CREDENTIALS")
    assert "the API credentials are not JSON" in refused(command, *add)
    monkeypatch.setenv("CREDENTIALS", '{"client_id": "x"}')
    assert "the API credentials are incomplete" in refused(command, *add)
    assert command.json("connection", "list") == []


def test_a_connection_that_was_so_already_is_not_called_changed(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "a-client-secret")
    add = ("connection", "add", "hubspot", "hub", "--portal-id", "12345678")
    assert "connection hub is added." in command.run(*add, "--client-secret-env", "SECRET")
    assert "connection hub is as it was." in command.run(*add)
    assert "connection hub is changed." in command.run(*add, "--since", "2026-01-01")
    assert "connection hub is changed." in command.run(*add, "--client-secret-env", "SECRET"), "another one may be in it"


def test_a_file_that_is_not_there_is_named_once(command: Command, folder: Path) -> None:
    for words in (("participant", "import"), ("quota", "import"), ("catalog", "import")):
        assert refused(command, *words, "nobody.csv") == "error nobody.csv there is no such file. Check the path."
