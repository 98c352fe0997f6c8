"""Gaps by the command, on an export with several record types."""

import json

import pytest
from typer.testing import CliRunner

from accolade.cli.app import app

MAPPING = """\
export:
  - record: deal
    id: id
    owner: rep
    currency: USD
    fields: {deal.amount: amount, deal.created_on: made, deal.close_date: closed, deal.stage_name: stage, deal.next_step: next}
    stages: {won: [Won], lost: [Lost], open: [Open]}
  - record: ticket
    id: id
    owner: agent
    fields: {ticket.created_on: day, ticket.created_at: made, ticket.first_response_at: answered, ticket.stage_name: stage}
    stages: {won: [Solved], open: [Open]}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Twelve open deals, half without a next step, all of them in West; ten tickets answered after three hours."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    deals = [f"D{n},{'Asha' if n < 6 else 'Bob'},100,2026-02-02,,Open,{'Call' if n < 6 else ''}\n" for n in range(12)]
    deals += [f"W{n},Asha,100,2026-02-02,2026-02-12,Won,Call\n" for n in range(6)]
    (tmp_path / "deals.csv").write_text("id,rep,amount,made,closed,stage,next\n" + "".join(deals))
    tickets = [f"T{n},Carol,2026-02-02,2026-02-02T09:00:00Z,2026-02-02T12:00:00Z,Open\n" for n in range(10)]
    (tmp_path / "tickets.csv").write_text("id,agent,day,made,answered,stage\n" + "".join(tickets))
    (tmp_path / "people.csv").write_text(
        "id,name,team,role\nasha,Asha,East,sales\nbob,Bob,West,sales\ncarol,Carol,Desk,service\n"
    )
    return tmp_path


ALL = (
    "--records",
    "deal=deals.csv",
    "--records",
    "ticket=tickets.csv",
    "--records",
    "participant=people.csv",
    "--mapping",
    "mapping.yaml",
)


def run(*args, status=0):
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == status, result.output
    return result


def test_gaps_are_named_with_team_preset_and_cost(folder):
    found = {it["gap"]: it for it in json.loads(run("gaps", *ALL, "--json").stdout)}
    slow = found["slow replies to tickets"]
    assert (slow["overall"]["value"], slow["preset"]) == (10800, "first-response")
    assert [(it["by"], it["subject"]) for it in slow["groups"]] == [("role", "service"), ("team", "Desk")]
    assert slow["cost"]["points"] == 0
    step = found["no next step"]
    assert step["overall"]["value"] == 0.5
    assert ("team", "West") in [(it["by"], it["subject"]) for it in step["groups"]]
    assert ("team", "East") not in [(it["by"], it["subject"]) for it in step["groups"]]
    assert step["cost"] == {"points": 150, "money": "1.50 USD", "awards": 1}
    assert "long cycles" not in found
    assert "late entries" not in found


def test_what_was_found_reads_as_sentences_with_the_next_command(folder):
    said = run("gaps", *ALL, "--no-costs").stdout
    assert (
        "Slow replies to tickets: 3.0 hours over 10 records (half of the first answers take longer; should be at most 1.0 hours)"
        in said
    )
    assert "  team Desk: 3.0 hours over 10" in said
    assert "accolade preset use first-response" in said
    assert "--records deal=FILE.csv" in run("gaps", status=1).stderr
