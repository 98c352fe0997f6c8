"""`accolade kpi` as a person uses it: any KPI over an export, with its errors in plain words."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accolade.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
HEADER = "id,rep,product,customer,stage,opened,closed,value"
DEALS = (
    "D1,Anna,GTX,Acme,Won,2017-01-02,2017-01-10,1000",
    "D2,Anna,GTX,Acme,Lost,2017-01-05,2017-02-10,0",
    "D3,Zane,MG,Bolt,Won,2017-03-01,2017-07-05,250.5",
    "D4,Zane,GTX,Bolt,New,2017-07-01,,",
)
MAPPING = """
export:
  - record: deal
    id: id
    owner: rep
    currency: USD
    fields:
      deal.amount: value
      deal.created_on: opened
      deal.close_date: closed
      deal.account: customer
      deal.product: product
      deal.stage_name: stage
    stages: {won: [Won], lost: [Lost], open: [New]}
  - record: participant
    id: rep
    fields: {participant.name: rep, participant.team: team, participant.region: region}
  - {record: account, id: name, fields: {account.name: name}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    (tmp_path / "deals.csv").write_text("\n".join([HEADER, *DEALS]) + "\n")
    (tmp_path / "people.csv").write_text("rep,team,region\nAnna,West,US\nZane,East,US\nNew,East,US\n")
    (tmp_path / "accounts.csv").write_text("name\nAcme\nBolt\nCrown\n")
    return tmp_path


def asked(name: str, *words: str, records: tuple[str, ...] = ("deal=deals.csv",)) -> tuple[str, str, int]:
    files = [word for it in records for word in ("--records", it)]
    done = CliRunner().invoke(app, ["kpi", name, *files, "--mapping", "mapping.yaml", *words])
    return done.stdout, done.stderr, done.exit_code


def lines(name: str, *words: str, **more: tuple[str, ...]) -> list[dict[str, str]]:
    out, err, code = asked(name, *words, **more)
    assert code == 0, err
    return list(csv.DictReader(out.splitlines()))


def test_a_rate_by_person_and_quarter_has_a_line_for_every_quarter_and_an_empty_cell_where_it_is_undefined() -> None:
    out, _, code = asked("close_rate", "--by", "participant", "--period", "quarter")
    assert code == 0
    assert out == (
        "subject,period,value,won,closed,lost\n"
        "Anna,2017Q1,0.500000,1,2,1\n"
        "Anna,2017Q2,,0,0,0\n"
        "Anna,2017Q3,,0,0,0\n"
        "Zane,2017Q1,,0,0,0\n"
        "Zane,2017Q2,,0,0,0\n"
        "Zane,2017Q3,1.000000,1,1,0\n"
    )


def test_money_is_written_in_major_units_and_people_of_the_file_without_a_deal_have_a_line() -> None:
    found = lines("won_amount", records=("deal=deals.csv", "participant=people.csv"))
    assert [(it["subject"], it["period"], it["value"], it["won"]) for it in found] == [
        ("Anna", "ALL", "1000.00", "1"),
        ("New", "ALL", "0.00", "0"),
        ("Zane", "ALL", "250.50", "1"),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("team", {"East": "1", "West": "1"}),
        ("region", {"US": "2"}),
        ("account", {"Acme": "1", "Bolt": "1", "Crown": "0"}),
        ("none", {"ALL": "2"}),
        ("deal.product", {"GTX": "1", "MG": "1"}),
        ("record", {"D1": "1", "D3": "1"}),
    ],
)
def test_a_kpi_can_be_taken_by_anything(by: str, expected: dict[str, str]) -> None:
    found = lines("won_count", "--by", by, records=("deal=deals.csv", "participant=people.csv", "account=accounts.csv"))
    assert {it["subject"]: it["value"] for it in found} == expected


@pytest.mark.parametrize(
    ("period", "first", "count"),
    [("week", "2017W02", 26), ("month", "2017-01", 7), ("quarter", "2017Q1", 3), ("year", "2017", 1), ("all", "ALL", 1)],
)
def test_periods_follow_each_other_without_gaps(period: str, first: str, count: int) -> None:
    found = lines("won_count", "--by", "none", "--period", period)
    assert (found[0]["period"], len(found)) == (first, count)


def test_as_of_a_day_nothing_is_known_of_what_comes_on_it_or_later() -> None:
    assert lines("won_count", "--by", "none", "--as-of", "2017-07-05")[0]["value"] == "1"
    assert lines("won_count", "--by", "none", "--as-of", "2017-07-06")[0]["value"] == "2"


def test_an_option_changes_what_is_counted_and_an_unknown_one_is_explained() -> None:
    found = lines("cycle_time", "--by", "none", "--option", "ended=closed", "--option", "measure=mean")
    assert found[0]["value"] == "56.666667"
    _, err, code = asked("cycle_time", "--option", "ended=lst")
    assert code == 1
    assert "option 'ended' of cycle_time is one of won, lost, closed; 'lst' is not" in " ".join(err.split())


def test_only_the_records_for_which_a_condition_is_true_count() -> None:
    found = lines("won_count", "--by", "none", "--where", "{field: deal.amount, above: 250.50 USD}")
    assert found[0]["value"] == "1"
    _, err, code = asked("won_count", "--where", "{field: deal.amuont, above: 5 USD}")
    assert code == 1
    assert "Did you mean deal.amount?" in err


def test_json_says_what_was_asked_and_null_where_a_value_is_undefined() -> None:
    out, _, _ = asked("close_rate", "--by", "none", "--period", "month", "--format", "json")
    document = json.loads(out)
    assert (document["kpi"], document["unit"], document["records"], document["skipped"]) == ("close_rate", "ratio", 4, 0)
    assert document["lines"][2] == {"subject": "ALL", "period": "2017-03", "value": None, "won": "0", "closed": "0", "lost": "0"}


def test_the_best_of_each_period_are_placed_as_a_program_places_them(folder: Path) -> None:
    rows = [
        f"E{n},{rep},GTX,Acme,Won,2017-01-02,2017-01-10,{value}" for n, (rep, value) in enumerate((("B", 5), ("A", 5), ("C", 9)))
    ]
    (folder / "deals.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    found = lines("won_amount", "--period", "quarter", "--top", "2", "--ties", "won_count,name")
    assert [(it["subject"], it["position"], it["rank"], it["won_count"]) for it in found] == [
        ("C", "1", "1", "1"),
        ("A", "2", "2", "1"),
    ]
    assert [it["rank"] for it in lines("won_amount", "--top", "3")] == ["1", "2", "2"]


def test_fields_of_the_records_stand_beside_what_they_count() -> None:
    found = lines("won_count", "--by", "record", "--show", "deal.owner,deal.amount")
    assert [(it["subject"], it["deal.owner"], it["deal.amount"]) for it in found] == [
        ("D1", "Anna", "1000.00"),
        ("D3", "Zane", "250.50"),
    ]


def test_rows_that_cannot_be_read_are_named_and_the_others_count(folder: Path) -> None:
    bad = [DEALS[0].replace("2017-01-10", "10.1.17"), *DEALS[1:], DEALS[2]]
    (folder / "deals.csv").write_text("\n".join([HEADER, *bad]) + "\n")
    out, err, code = asked("won_count", "--by", "none")
    assert (code, out.splitlines()[1]) == (0, "ALL,ALL,1,1")
    assert "deals.csv:2 closed: '10.1.17' is not a date" in " ".join(err.split())
    assert "D3 is there already" in err
    assert "2 rows could not be read and do not count" in err


def test_money_of_another_currency_is_not_added_up(folder: Path) -> None:
    (folder / "mapping.yaml").write_text(
        MAPPING.replace("deal.stage_name: stage\n", "deal.stage_name: stage\n      deal.currency: money\n")
    )
    (folder / "deals.csv").write_text(f"{HEADER},money\n{DEALS[0]},USD\n{DEALS[2]},EUR\n")
    out, err, _ = asked("won_amount", "--by", "none")
    assert out.splitlines()[1].startswith("ALL,ALL,1000.00")
    assert "this is in EUR, what came before in USD" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("won_cuont", "--records", "deal=deals.csv"), "Did you mean won_count?"),
        (("won_count",), "there is nothing to read"),
        (("won_count", "--records", "deals.csv"), "does not say what is in it"),
        (("won_count", "--records", "deal=none.csv"), "there is no such file"),
        (("won_count", "--records", "account=accounts.csv"), "won_count reads deal"),
        (("won_count", "--records", "deal=deals.csv", "--by", "colour"), "is nothing that won_count can be taken by"),
        (("won_count", "--records", "deal=deals.csv", "--period", "fortnight"), "is not a period"),
        (("won_count", "--records", "deal=deals.csv", "--as-of", "soon"), "is not a date"),
        (("won_count", "--records", "deal=deals.csv", "--option", "of"), "has no value"),
        (("won_count", "--records", "deal=deals.csv", "--format", "xml"), "is not a format"),
        (("won_count", "--records", "deal=deals.csv", "--show", "deal.owner"), "Add --by record"),
        (("won_count", "--records", "deal=deals.csv", "--by", "record", "--show", "deal.amuont"), "Did you mean deal.amount?"),
        (("won_count", "--records", "deal=deals.csv", "--where", "{field: deal.amount"), "this is not YAML"),
        (("won_count", "--records", "deal=deals.csv", "--top", "3", "--ties", "luck"), "'luck' is not a KPI"),
    ],
)
def test_a_wrong_word_is_explained(words: tuple[str, ...], message: str) -> None:
    done = CliRunner().invoke(app, ["kpi", *words, "--mapping", "mapping.yaml"])
    assert done.exit_code == 1
    assert message in " ".join(done.stderr.split())
    assert "nothing was" not in done.stderr


def test_without_a_name_all_kpis_are_listed() -> None:
    done = CliRunner().invoke(app, ["kpi"])
    assert done.exit_code == 0
    assert "gestation" in done.stdout
    assert "Time in stage" in done.stdout


def compared(oracles: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(ROOT / "infra" / "oracles"), "--oracles", str(oracles)]
    return subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)


def test_the_comparison_with_oracles_sees_one_wrong_cell_and_one_row_too_few(tmp_path: Path) -> None:
    known = ROOT / "tests" / "data" / "oracles" / "maven" / "win_streak_agent.csv"
    copy = tmp_path / "oracles" / "maven" / known.name
    copy.parent.mkdir(parents=True)
    rows = known.read_text().splitlines(keepends=True)
    copy.write_text("".join([rows[0], rows[1].replace(",15,", ",16,"), *rows[2:-1]]))
    done = compared(tmp_path / "oracles")
    cells = 6 * (len(rows) - 1)
    assert done.returncode == 1
    assert f"{cells - 7} of     {cells} cells equal   DIFFERENT" in done.stdout
    assert "longest_streak: '16' is expected, we say '15'" in done.stdout
    copy.write_text("".join(rows))
    assert compared(tmp_path / "oracles").returncode == 0


def test_the_comparison_fails_where_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert compared(tmp_path).returncode == 1


def test_a_name_that_would_be_a_formula_is_only_a_name(folder: Path) -> None:
    (folder / "deals.csv").write_text(f"{HEADER}\nD1,=1+1,GTX,Acme,Won,2017-01-02,2017-01-10,1000\n")

    assert [it["subject"] for it in lines("won_count", "--by", "participant", "--period", "all")] == ["'=1+1"]
