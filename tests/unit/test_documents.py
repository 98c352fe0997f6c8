"""What the documents say is true: commands exist, links lead somewhere, templates are the ones that are sent."""

import re
from pathlib import Path

import pytest
import typer.main

from accolade.channels.whatsapp import templates
from accolade.cli.app import COMMANDS, app, load

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "infra" / "decisions").glob("*.md")],
)
SOURCE = re.compile(r"`([^`\n]+)`|^ {4,}(.+)$", re.MULTILINE)
PLACE = re.compile(r"`((?:layers|infra|functions|tests|events|docs)/[\w./*-]+)`")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands() -> list[tuple[str, str]]:
    """(document, command line) of everything that stands as code and begins with `accolade`."""
    found = []
    for document in DOCUMENTS:
        for short, block in SOURCE.findall(document.read_text()):
            line = (short or block).strip().removeprefix(".venv/bin/")
            if line.startswith("accolade "):
                found.append((named(document), line))
    return found


def test_there_are_documents_and_commands_in_them():
    assert len(DOCUMENTS) > 15
    assert len(commands()) > 40


@pytest.mark.parametrize(("document", "line"), commands())
def test_every_command_that_a_document_names_exists(document, line):
    command = typer.main.get_command(app)
    words = re.sub(r'"[^"]*"', "x", line).split()[1:]
    while words and words[0].startswith("--"):
        assert words[0] in ("--endpoint", "--stack"), line
        words = words[2:]
    assert words[0] in command.commands, line
    command = load(words.pop(0))
    while words and hasattr(command, "commands") and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    assert not hasattr(command, "commands"), f"{document}: {line}"
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= options, f"{document}: {line}"
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument" and parameter.required]
    assert len([word for word in words if not word.startswith("-")]) >= len(arguments), f"{document}: {line}"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_where_the_list_says_and_its_line_says_what_it_says(name):
    command, line = load(name), COMMANDS[name][1]
    assert command.name == name
    assert (command.help or "").replace("\n", " ").startswith(line.partition(",")[0].rstrip(".;"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_to_a_file(document):
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
        assert target.startswith("https://") or (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_place_that_a_document_names_is_there(document):
    for place in PLACE.findall(document.read_text()):
        assert list(ROOT.glob(place.rstrip("/"))), place


def test_every_target_of_make_that_a_document_names_is_there():
    targets = set(re.findall(r"^([a-z0-9]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named_targets = {
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:`|^    )make ([a-z0-9]+)", document.read_text(), re.MULTILINE)
    }
    assert {"demo", "test", "setup"} <= named_targets <= targets


def test_the_whatsapp_templates_to_submit_are_the_ones_that_are_sent():
    text = (ROOT / "docs" / "runbooks" / "whatsapp-templates.md").read_text()
    submitted = re.findall(r"^### `(\w+)`, \w+ \(`(\w+)`\)\n\nBody:\n\n    (.+)$", text, re.MULTILINE)
    assert {(name, language): body for name, language, body in submitted} == templates.BODIES
    assert all(f"`{words}`" in text for words in templates.BUTTONS.values())


def test_the_decisions_are_listed():
    folder = ROOT / "infra" / "decisions"
    listed = set(re.findall(r"\((\d{4}[\w-]+\.md)\)", (folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_the_parameters_that_documents_name_are_the_templates():
    template = (ROOT / "template.yaml").read_text()
    for name in (
        "SenderEmail",
        "AlarmEmail",
        "PublicUrl",
        "SmsSenderId",
        "SmsOriginationNumber",
        "WhatsAppPhoneNumberId",
        "SmsSpendUsd",
    ):
        assert re.search(rf"^  {name}:", template, re.MULTILINE), name
    for output in ("MessagingEventsTopic",):
        assert re.search(rf"^  {output}:", template, re.MULTILINE), output
