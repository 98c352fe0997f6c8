"""The guide "Write your first program", followed literally: each command as it stands there, each edit as it says."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.scenarios.stack import function

from accolade import wiring

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "first-program.md"
DEMO = "infra/local/demo"
DEALS, SPREAD = 100, 60
JULY = re.compile(r",2017-07-0[12],")
"""The two days whose deals happen while one follows the guide."""


def commands() -> list[list[str]]:
    """Every command that stands on a line of its own, in order."""
    lines = re.findall(r"^    accolade (.+)$", GUIDE.read_text(), re.MULTILINE)
    return [[part.strip('"') for part in re.findall(r'"[^"]*"|\S+', line)] for line in lines]


def edits() -> list[tuple[str, str]]:
    """(what stands in the file, what it becomes)."""
    return re.findall(r"^    ([-\w].+)\n\nbecomes?\n\n    (.+)$", GUIDE.read_text(), re.MULTILINE)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The demo's files where the guide says, with the first deals of its history."""
    shutil.copytree(ROOT / DEMO, tmp_path / DEMO)
    export = tmp_path / DEMO / "data" / "sales_pipeline.csv"
    rows = export.read_text().splitlines(keepends=True)
    closed = [row for row in rows[1:] if re.search(r",(Won|Lost),", row) and not JULY.search(row)]
    export.write_text("".join([rows[0], *closed[::SPREAD][:DEALS]]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def minute(command, now):
    """What the schedule does: a run of maintain, and the Inbox worked off by functions that have read the rules anew."""
    command.process = function("process").handler
    wiring.maintainer(lambda *_, **__: None)(now=now)
    command.work()


def test_the_guide_leads_from_a_preset_to_points_in_wallets(command, place, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    mapping = ("--mapping", f"{DEMO}/mapping.yaml", "--since", "2016-01-01")
    command.json("connection", "add", "salesforce", "demo-salesforce", "--organization-id", "00D5e000000AbcD", *mapping)
    command.json("participant", "import", f"{DEMO}/participants.csv")
    sent = command.json("send", "salesforce", f"{DEMO}/data/sales_pipeline.csv", "--connection", "demo-salesforce", *mapping[:2])
    assert sent["deals"] > 50
    command.work()
    with (place / DEMO / "data" / "sales_pipeline.csv").open("a") as export:
        export.writelines(row for row in (ROOT / DEMO / "data" / "sales_pipeline.csv").open() if JULY.search(row))
    (days, points), said = edits(), dict[str, str]()
    for words in commands():
        said[" ".join(words)] = command.run(*words)
        if words[0] == "send":
            command.work()
        if words[:2] == ["preset", "use"]:
            file = place / "quick-win.yaml"
            for before, after in (days, points):
                assert [line.strip() for line in file.read_text().splitlines()].count(before) == 1
                file.write_text(re.sub(rf"^( *){re.escape(before)}$", rf"\g<1>{after}", file.read_text(), flags=re.MULTILINE))
        if words[:2] in (["program", "publish"], ["program", "live"]):
            now = datetime.now(UTC)
            minute(command, now + timedelta(minutes=1))

    def heard(start):
        return next(text for words, text in said.items() if words.startswith(start))

    assert "is fine: quick-win, 1 milestone" in heard("program validate")
    assert (place / "report" / "index.html").exists()
    ghost = int(re.search(r"([\d,]+) instead of 0 points", heard("program diff quick-win --ghost"))[1].replace(",", ""))
    assert "quick-win version 1 is live from 2017-01-01" in heard("program live")
    assert "deals" in heard("send salesforce")
    assert "available" in heard("wallet show")
    assert "/w/" in heard("wallet link")
    assert "quick-win" in heard("explain")
    assert sum(row["points"] for row in command.json("leaderboard")) > 0
    assert command.json("program", "rollout", "quick-win", "--percent", "100")["teams"] == []
    minute(command, datetime.now(UTC) + timedelta(minutes=1))
    entries = [json.loads(line) for line in command.run("ledger", "export").splitlines()]
    july = sum(it["transfers"][0]["amount"] for it in entries if it["at"].startswith(("2017-07-01", "2017-07-02")))
    assert july > 0
    assert sum(row["points"] for row in command.json("leaderboard")) == ghost + july
    assert command.json("ledger", "verify")["ok"]
    assert heard("program diff quick-win quick-win.yaml") == "They say the same.\n"
    assert [row["what"] for row in command.json("program", "log", "quick-win")][:3] == [
        "version 1 published as ghost",
        "rolled out to Central, West",
        "version 1 goes live",
    ]
