"""Goals by the command, on the demo's real history: where people were before, and what publishing makes of it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from accolade.cli.app import app

DEMO = Path(__file__).resolve().parents[2] / "infra" / "local" / "demo"
HISTORY = ("--deals", str(DEMO / "data" / "sales_pipeline.csv"), "--mapping", str(DEMO / "mapping.yaml"))
RATE = """\
id: rates
title: Rates
department: sales
audience: everyone
effective: {from: 2026-01-01, to: 2027-01-01}
time_zone: UTC
point_value: 0.01 USD
budget: {points: 1000}
milestones:
  - {id: rate, title: Rate, kind: kpi, kpi: close_rate, at_least: 90%, min_sample: 10, period: quarter, points: 500}
"""


def run(*args, status=0):
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == status, result.output
    return result


@pytest.fixture
def file(tmp_path, monkeypatch):
    (tmp_path / "rates.yaml").write_text(RATE)
    monkeypatch.chdir(tmp_path)
    return "rates.yaml"


def test_a_kpi_says_where_half_a_quarter_and_a_tenth_of_the_people_were():
    said = run("goal", "cycle_time", *HISTORY, "--period", "all").stdout
    assert "20 values, one for each participant; lower is better" in said
    assert "p50       59.5 days   half reach it" in said


def test_a_milestone_says_how_many_reached_its_target(file):
    said = run("goal", f"{file}:rate", *HISTORY).stdout
    assert "target 90.0%: reached in 5% of them" in said
    assert "it has rate" in run("goal", f"{file}:rat", *HISTORY, status=1).stderr.lower()
    assert "is no KPI" in run("goal", "close-rate", *HISTORY, status=1).stderr


def test_publishing_asks_whether_a_target_beyond_the_history_is_meant(command, file):
    deals, mapping = ("--history", f"deal={HISTORY[1]}"), ("--mapping", HISTORY[3])
    command.run("program", "publish", file, *deals, *mapping, status=1)
    assert "is it achievable? rate asks for 90.0%" in command.said
    assert "--acknowledge" in command.said
    done = command.json("program", "publish", file, *deals, *mapping, "--acknowledge")
    assert (done["state"], len(done["warnings"])) == ("live", 1)
