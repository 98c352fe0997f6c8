"""`accolade simulate` says what a program would have cost, and leaves files that anybody may open."""

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from html import unescape
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from accolade.cli.app import app

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "infra" / "local" / "demo"
DEALS, MAPPING, PROGRAM = DEMO / "data" / "sales_pipeline.csv", DEMO / "mapping.yaml", DEMO / "program.yaml"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the demo's program over its whole history."""
    return ran(tmp_path_factory.mktemp("whole"), PROGRAM)


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every eighth deal of the demo, of all its people and the whole year."""
    head, *rows = DEALS.read_text().splitlines()
    file = tmp_path_factory.mktemp("part") / "deals.csv"
    file.write_text("\n".join([head, *rows[::8]]))
    return file


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory, part: Path) -> Path:
    """The report of another program, in which fast wins are worth less and first big deals more, beside the demo's."""
    folder = tmp_path_factory.mktemp("compared")
    richer = folder / "richer.yaml"
    richer.write_text(PROGRAM.read_text().replace("points: 50\n", "points: 10\n").replace("points: 1000", "points: 4000"))
    return ran(folder, richer, "--compare", str(PROGRAM), deals=part)


def test_every_fifth_win_is_the_event_that_a_plain_count_finds(whole):
    rows = [row for row in csv.DictReader(DEALS.open()) if row["deal_stage"] == "Won"]
    wins, expected = Counter[tuple[str, str]](), []
    for row in sorted(rows, key=lambda it: (it["close_date"], it["opportunity_id"])):
        key = (row["sales_agent"], f"{row['close_date'][:4]}Q{(int(row['close_date'][5:7]) + 2) // 3}")
        wins[key] += 1
        if wins[key] % 5 == 0:
            expected.append((*key, str(wins[key] // 5), row["opportunity_id"], row["close_date"]))
    found = [it for it in csv.DictReader((whole / "awards.csv").open()) if it["milestone"] == "every-fifth-win"]
    assert sorted((it["name"], it["period"], it["level"], it["record"], it["date"]) for it in found) == sorted(expected)


def ran(folder: Path, program: Path, *words: str, deals: Path = DEALS) -> Path:
    """The command itself; the folder of its report."""
    given = ["simulate", str(program), "--deals", str(deals), "--mapping", str(MAPPING), "--out", str(folder / "out"), *words]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 0, done.stderr
    (folder / "said.txt").write_text(done.stdout)
    return folder / "out"


def points(out: Path) -> int:
    """The points of a report."""
    return json.loads((out / "result.json").read_text())["this"]["points"]


def test_the_command_says_what_it_would_have_cost_and_writes_it_down(whole):
    out, said = whole, (whole.parent / "said.txt").read_text()
    assert re.search(r"awards +1,664\n", said.replace("  \n", "\n"))
    assert "3,645.50 USD" in said
    assert "people who win, of 20" in said
    assert sorted(it.name for it in out.iterdir()) == [
        *("awards.csv", "entries.csv", "index.html", "people.csv", "periods.csv", "result.json")
    ]
    result = json.loads((out / "result.json").read_text())["this"]
    assert (result["awards"], result["points"], result["cost"]) == (1664, 364_550, "3645.50")
    assert sum(it["points"] for it in result["people"]) == result["points"]
    months = [it for it in result["periods"] if it["kind"] == "month"]
    assert sum(it["points"] for it in months) == result["points"]
    people = list(csv.DictReader((out / "people.csv").open()))
    assert sum(int(it["points"]) for it in people) == sum(
        int(it["points"]) for it in csv.DictReader((out / "entries.csv").open())
    )


def test_two_versions_are_compared_person_by_person(compared, part, tmp_path):
    result = json.loads((compared / "result.json").read_text())
    before = points(ran(tmp_path, PROGRAM, deals=part))
    assert result["other"]["points"] == before
    assert sum(it["change"] for it in result["changes"]) == result["this"]["points"] - before
    assert any(it["change"] > 0 for it in result["changes"])
    assert any(it["change"] < 0 for it in result["changes"])
    assert "people who gain / lose" in (compared.parent / "said.txt").read_text()
    people = {it["name"]: it for it in csv.DictReader((compared / "people.csv").open())}
    assert all(people[it["name"]]["change"] == str(it["change"]) for it in result["changes"])


def test_a_program_that_begins_after_the_history_is_judged_as_if_it_had_always_been(part, tmp_path):
    in_force = points(ran(tmp_path, PROGRAM, deals=part))
    later = tmp_path / "later.yaml"
    later.write_text(PROGRAM.read_text().replace("2017-01-01", "2031-01-01"))
    out = ran(tmp_path, later, deals=part)
    assert points(out) == in_force > 0
    assert "was judged as if it had always been" in (tmp_path / "said.txt").read_text()
    assert "judged as if it had always been" in (out / "index.html").read_text()


def test_as_of_leaves_out_what_is_dated_later(part, tmp_path):
    out = ran(tmp_path, PROGRAM, "--as-of", "2017-06-30", deals=part)
    assert "2017-06-01" < max(it["date"] for it in csv.DictReader((out / "entries.csv").open())) <= "2017-06-30"
    assert json.loads((out / "result.json").read_text())["to"] <= "2017-06-30"


def test_the_day_on_which_the_budget_runs_dry_is_named(part, tmp_path):
    poor = tmp_path / "poor.yaml"
    poor.write_text(PROGRAM.read_text().replace("points: 800000", "points: 10000"))
    out = ran(tmp_path, poor, deals=part)
    spent, dry = 0, ""
    for row in csv.DictReader((out / "entries.csv").open()):
        spent += int(row["points"])
        if spent > 10_000 and not dry:
            dry = row["date"]
    assert dry
    budget = json.loads((out / "result.json").read_text())["this"]["budget"]
    assert budget == {"points": 10_000, "used_up_on": dry, "short": points(out) - 10_000}


def test_names_that_are_formulas_or_markup_stay_names(tmp_path):
    hostile = tmp_path / "deals.csv"
    rows = ["opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"]
    rows += [
        f'=cmd{n},"=HYPERLINK(""http://x"")<script>alert({n})</script>",GTX,Acme,Won,2017-01-02,2017-02-0{n},9000' for n in (1, 2)
    ]
    hostile.write_text("\n".join(rows))
    out = ran(tmp_path, PROGRAM, deals=hostile)
    for name in ("entries.csv", "awards.csv", "people.csv"):
        cells = [cell for row in csv.reader((out / name).open()) for cell in row]
        assert not [it for it in cells if it.startswith(("=", "+", "@"))]
    page = (out / "index.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_report_asks_nobody_for_anything(compared):
    page = (compared / "index.html").read_text()
    assert "default-src 'none'; style-src 'sha256-" in unescape(page)
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "url(" not in page
    assert not re.search(r"\sstyle=", page)
    assert "@import" not in page
    for heading in ("Payout by month", "Budget left", "How it spreads over people", "Who gets most", "Who gains and who loses"):
        assert heading in page
    assert page.count("<svg") <= page.count("<table")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mapping", str(MAPPING)], "Name it: --deals FILE.csv"),
        (["--deals", str(DEALS)], "nothing says which column is what"),
        (["--records", "deal"], "Write it as account=FILE.csv"),
        (["--deals", "none.csv", "--mapping", str(MAPPING)], "there is no such file"),
        (["--deals", str(DEALS), "--connection", "sf"], "the history comes from files or from a CRM"),
        (["--deals", str(DEALS), "--mapping", str(MAPPING), "--as-of", "May"], "Write it as 2026-01-31"),
        (["--deals", str(DEALS), "--mapping", str(MAPPING), "--out", str(DEALS)], "Name a folder with --out"),
        (["--deals", str(DEALS), "--mapping", str(MAPPING), "--compare", "race@two"], "Write it as race@2"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_how_to_ask(words: Sequence[str], said: str):
    done = CliRunner().invoke(app, ["simulate", str(PROGRAM), *words])
    assert done.exit_code == 1
    assert said in done.stderr.replace("\n       ", " ")


def test_rows_that_cannot_be_read_are_named_and_the_others_count(tmp_path):
    head, *rows = DEALS.read_text().splitlines()[:400]
    broken = tmp_path / "deals.csv"
    broken.write_text("\n".join([head, rows[0].replace("2017-03-01", "1 March"), *rows[1:]]))
    out = ran(tmp_path, PROGRAM, deals=broken)
    result = json.loads((out / "result.json").read_text())
    assert result["records"] == len(rows) - 1
    assert "deals.csv:2  close_date" in result["left_out"][0]["reason"]
    assert "deals.csv:2  close_date" in (tmp_path / "said.txt").read_text()


def test_rows_that_are_wrong_in_the_same_way_are_told_once_with_their_number(tmp_path):
    head, *rows = DEALS.read_text().splitlines()[:400]
    foreign = tmp_path / "deals.csv"
    foreign.write_text("\n".join([head, *(row.replace(",Won,", ",Gewonnen,") for row in rows)]))
    ran(tmp_path, PROGRAM, deals=foreign)
    said = (tmp_path / "said.txt").read_text()
    assert said.count("'Gewonnen' is not a known stage") == 1
    assert " in all)" in said


def test_a_file_without_rows_says_so(tmp_path):
    empty = tmp_path / "deals.csv"
    empty.write_text(DEALS.read_text().splitlines()[0] + "\n")
    ran(tmp_path, PROGRAM, deals=empty)
    assert "there is no record in these files" in (tmp_path / "said.txt").read_text()


def test_an_audience_of_which_the_files_say_nothing_is_named_with_what_is_missing(part, tmp_path):
    program = tmp_path / "race.yaml"
    program.write_text(PROGRAM.read_text().replace("audience: everyone", "audience: {field: participant.role, is: sales}"))
    ran(tmp_path, program, deals=part)
    said = (tmp_path / "said.txt").read_text()
    assert "its audience asks participant.role. Add --records participant=FILE (20 in all)" in said
    ran(tmp_path, program, "--records", f"participant={PROGRAM.parent / 'participants.csv'}", deals=part)
    assert "its audience asks" not in (tmp_path / "said.txt").read_text()


def test_a_field_of_the_orgs_own_can_be_asked_for(tmp_path):
    mapping: Mapping[str, object] = {
        "export": {
            "record": "deal",
            "id": "id",
            "owner": "rep",
            "fields": {"deal.stage_name": "stage", "deal.close_date": "closed", "deal.margin": "margin"},
            "types": {"deal.margin": "money"},
            "stages": {"won": ["Won"], "lost": ["Lost"]},
        }
    }
    files = {
        "mapping.yaml": yaml.safe_dump(mapping),
        "deals.csv": "id,rep,stage,closed,margin\nD1,Anna,Won,2017-02-01,600\nD2,Anna,Won,2017-02-02,400.50\n",
        "program.yaml": PROGRAM.read_text().split("milestones:")[0]
        + "milestones:\n  - {id: m, title: M, kind: record, when: {field: deal.margin, above: 500 USD}, points: 9}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    place = ["--deals", str(tmp_path / "deals.csv"), "--mapping", str(tmp_path / "mapping.yaml"), "--out", str(tmp_path / "o")]
    done = CliRunner().invoke(app, ["simulate", str(tmp_path / "program.yaml"), *place])
    assert done.exit_code == 0, done.stderr
    awards = list(csv.DictReader(io.StringIO((tmp_path / "o" / "awards.csv").read_text())))
    assert [it["record"] for it in awards] == ["D1"]


def test_control_c_ends_it_at_once_and_leaves_nothing_behind(tmp_path):
    many = tmp_path / "deals.csv"
    head, *rows = DEALS.read_text().splitlines()
    many.write_text("\n".join([head, *(f"{n}{row}" for n in range(20) for row in rows)]))
    words = [str(PROGRAM), "--deals", str(many), "--mapping", str(MAPPING), "--out", str(tmp_path / "out")]
    command = [str(Path(sys.executable).with_name("accolade")), "simulate", *words]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = {"PATH": "/usr/bin:/bin", "TMPDIR": str(scratch), "HOME": str(tmp_path)}
    heeds = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests in the background ignores it
    pipe = subprocess.PIPE
    started = subprocess.Popen(command, stderr=pipe, stdout=pipe, env=env, text=True, preexec_fn=heeds)
    deadline = time.monotonic() + 300
    while not any(scratch.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=300)
    assert started.returncode == 130, err
    assert "Stopped; no report was written. The same command begins anew" in " ".join(err.split())
    assert "Traceback" not in err
    assert not list(scratch.iterdir())
    assert not (tmp_path / "out").exists()
