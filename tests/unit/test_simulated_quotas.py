"""A back-test measures against quotas of a file or of a stack, and says of which milestones nothing can be paid without them."""

import csv
import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from accolade.cli.app import app
from accolade.flows.simulation.quotas import aims_in, aims_of, given
from accolade.model.participants import Participant
from accolade.programs.loading import load
from accolade.programs.rulebook import Rulebook
from accolade.store.quotas import Quota

MAPPING = """
export:
  - record: deal
    id: id
    owner: {column: rep, participant: id}
    currency: USD
    fields: {deal.amount: amount, deal.close_date: closed, deal.stage_name: stage}
    stages: {won: [Won], lost: [Lost]}
  - record: participant
    id: id
    fields: {participant.name: name, participant.team: team}
"""
PEOPLE = "id,name,team\nasha,Asha A,West\nbob,Bob B,West\ncarol,Carol C,East\n"
DEALS = """id,rep,amount,closed,stage
A,asha,6000,2017-02-01,Won
B,bob,60000,2017-02-02,Won
C,carol,500,2017-02-03,Won
D,asha,4000,2017-03-09,Won
"""
PROGRAM = """
id: targets
title: {en: Targets, nl: Doelen}
effective: {from: 2017-01-01}
time_zone: UTC
point_value: 0.01 USD
milestones:
  - id: attained
    title: Half and all of the quota
    kind: kpi
    kpi: won_amount
    period: quarter
    quota: true
    tiers: [{at_least: 50%, points: 100}, {at_least: 100%, points: 400}]
  - id: together
    title: The team's quota
    kind: kpi
    kpi: won_count
    period: quarter
    quota: true
    at_least: 100%
    points: 301
    subject: team
    evaluate: at_close
"""
HEADER = "subject,kpi,period,target\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small history, its mapping and a program with a quota for people and one for teams."""
    texts = {"deals.csv": DEALS, "people.csv": PEOPLE, "mapping.yaml": MAPPING, "program.yaml": PROGRAM}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def simulated(folder: Path, quotas: str | None, *more: str) -> Result:
    files = ["--deals", str(folder / "deals.csv"), "--records", f"participant={folder / 'people.csv'}"]
    place = [*files, "--mapping", str(folder / "mapping.yaml"), "--out", str(folder / "out"), *more]
    if quotas is not None:
        (folder / "quotas.csv").write_text(HEADER + quotas)
        place += ["--quotas", str(folder / "quotas.csv")]
    return CliRunner().invoke(app, ["simulate", str(folder / "program.yaml"), *place])


def paid(folder: Path) -> dict[tuple[str, str], int]:
    """Points held in the end, by participant and milestone."""
    rows = csv.DictReader((folder / "out" / "awards.csv").open())
    return {
        key: points for key, points in {(it["participant"], it["milestone"]): int(it["held"]) for it in rows}.items() if points
    }


def test_people_and_teams_are_paid_for_what_they_attain_of_their_own_quota(folder: Path):
    done = simulated(folder, "asha,won_amount,2017Q1,10000 USD\nbob,won_amount,2017Q1@UTC,120000\nteam:West,won_count,2017Q1,3\n")
    assert done.exit_code == 0, done.stderr
    assert paid(folder) == {
        ("asha", "attained"): 400,
        ("bob", "attained"): 100,
        ("asha", "together"): 151,
        ("bob", "together"): 150,
    }
    assert "attained: people who have no quota of won_amount" in done.stdout
    assert "pays nothing" not in done.stdout


def test_of_a_milestone_without_any_quota_it_is_said_that_it_pays_nothing_and_how_to_mend_it(folder: Path):
    done = simulated(folder, None)
    assert done.exit_code == 0, done.stderr
    assert paid(folder) == {}
    said = "measures against quotas of won_amount, and nobody has one here: it pays nothing. Add --quotas FILE"
    assert f"note  attained {said}" in done.stdout
    assert "note  together measures against quotas of won_count, and no team has one here: it pays nothing" in done.stdout
    assert said in (folder / "out" / "index.html").read_text()
    assert len(json.loads((folder / "out" / "result.json").read_text())["this"]["notes"]) == 2


def test_that_points_expire_is_not_simulated_and_said(folder: Path):
    (folder / "program.yaml").write_text(PROGRAM.replace("milestones:", "expires: {after: 1 month}\nmilestones:", 1))
    done = simulated(folder, "asha,won_amount,2017Q1,10000 USD\nteam:West,won_count,2017Q1,3\n")
    assert done.exit_code == 0, done.stderr
    assert paid(folder)["asha", "attained"] == 400
    said = "what expires is not taken off: it costs at most what is shown"
    assert f"note  {said}." in done.stdout
    assert said in (folder / "out" / "index.html").read_text()


def test_a_quota_of_another_calendar_or_of_a_person_mends_nothing_for_a_team(folder: Path):
    done = simulated(
        folder, "asha,won_count,2017Q1,1\nteam:West,won_count,2017-02,1\nteam:East,won_count,2017Q1@Europe.Paris,1\n"
    )
    assert done.exit_code == 0, done.stderr
    assert "together measures against quotas of won_count, and no team has one here: it pays nothing" in done.stdout
    assert "quotas for KPIs or periods that these programs do not measure (2 in all)" in done.stdout


def test_every_wrong_line_is_named_with_file_and_line_and_nothing_is_replayed(folder: Path):
    wrong = {
        "asha,won_amout,2017Q1,100": ("kpi", "Did you mean won_amount?"),
        "asha,won_amount,2017-Q1,100": ("period", "Periods here are written like 2020Q2@UTC"),
        "asha,won_amount,2017Q1,much": ("target", "Write it like 250000 USD, or none"),
        "asha,won_amount,2017Q1,100 EUR": ("target", "Write it like 250000 USD"),
        ",won_count,2017Q1,3": ("subject", "Write a participant's id, team:NAME"),
        "asha,won_amount,2017Q1,1,2": ("", "Put values that hold commas between quotation marks"),
    }
    done = simulated(folder, "\n".join(["bob,won_amount,2017Q1,5", *wrong]))
    assert done.exit_code == 1
    assert not (folder / "out").exists()
    lines = done.stderr.splitlines()
    for number, (column, mend) in enumerate(wrong.values(), start=3):
        line = next(it for it in lines if it.startswith(f"{folder / 'quotas.csv'}:{number}  {column}"))
        assert mend in line
    assert "6 lines are wrong; nothing was replayed" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "the file has no quotas"), ("asha,won_amount,2017Q1,1\nasha,won_amount,2017Q1,2\n", "stands on line 2 already")],
)
def test_a_file_that_says_nothing_or_two_things_at_once_is_refused(folder: Path, text: str, said: str):
    done = simulated(folder, text)
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_quota_for_somebody_who_is_not_in_the_history_is_named_and_the_others_count(folder: Path):
    done = simulated(folder, "ashe,won_amount,2017Q1,10000\nbob,won_amount,2017Q1,60000\nteam:Nord,won_count,2017Q1,1\n")
    assert done.exit_code == 0, done.stderr
    assert paid(folder) == {("bob", "attained"): 400}
    assert "quotas.csv:2  subject  'ashe' is nobody in this history. Did you mean asha?" in done.stdout
    assert "quotas.csv:4  subject  'team:Nord' is nobody in this history" in done.stdout


def test_none_takes_a_quota_away(folder: Path):
    assert simulated(folder, "asha,won_amount,2017Q1,none\nbob,won_amount,2017Q1,60000\n").exit_code == 0
    assert paid(folder) == {("bob", "attained"): 400}


def test_both_programs_of_a_comparison_are_measured_against_the_same_quotas(folder: Path):
    (folder / "softer.yaml").write_text(PROGRAM.replace("at_least: 50%", "at_least: 5%"))
    done = simulated(folder, "bob,won_amount,2017Q1,600000\n", "--compare", str(folder / "softer.yaml"))
    assert done.exit_code == 0, done.stderr
    result = json.loads((folder / "out" / "result.json").read_text())
    assert (result["this"]["points"], result["other"]["points"]) == (0, 100)
    assert "note  this: together measures against quotas of won_count" in done.stdout


def people(*named: tuple[str, str]) -> Mapping[str, Participant]:
    """Participants of team West by number, from (number, id)."""
    return {number: Participant("acme", id_, number, id_.title(), team="West") for number, id_ in named}


def test_quotas_of_a_stack_reach_the_same_people_under_the_numbers_they_have_in_files():
    stored = [
        Quota("P000007", "won_amount", "2017Q1@UTC", Fraction(1_000_000)),
        Quota("P000009", "won_amount", "2017Q1@UTC", Fraction(2_000_000)),
        Quota("team:West", "won_count", "2017Q1@UTC", Fraction(3)),
        Quota("company:", "won_count", "2017Q1@UTC", Fraction(9)),
    ]
    there = people(("P000007", "asha"), ("P000009", "gone")).values()
    found, left = given(aims_of(stored, there, name="tenant acme"), people(("P000001", "asha")), {"asha": "P000001"})
    assert found == {
        ("P000001", "won_amount", "2017Q1@UTC"): 1_000_000,
        ("team:West", "won_count", "2017Q1@UTC"): 3,
        ("company:", "won_count", "2017Q1@UTC"): 9,
    }
    assert [(it.reason, it.count) for it in left] == [
        ("quotas of tenant acme for people and teams that are not in this history", 1)
    ]


def test_people_without_an_id_are_named_as_records_name_them():
    book = Rulebook([load(PROGRAM, file="program.yaml")])
    aims, problems = aims_in(f"{HEADER}Asha A,won_amount,2017Q1,10\n".encode(), [book], name="quotas.csv")
    assert not problems
    assert given(aims, people(("P000001", "x")), {"Asha A": "P000001"}) == ({("P000001", "won_amount", "2017Q1@UTC"): 1000}, [])
