"""Quotas: imported from a file, measured against, and judged again when they change."""

from datetime import UTC, datetime

import pytest
from tests.scenarios.closing import Closing, won
from tests.scenarios.running import BOB, CAROL

ATTAINED = """
  - id: attained
    title: Half and all of the quota
    kind: kpi
    kpi: won_amount
    period: quarter
    quota: true
    tiers: [{at_least: 50%, points: 100}, {at_least: 100%, points: 400}]
  - id: team-quota
    title: The team's quota
    kind: kpi
    kpi: won_count
    period: quarter
    quota: true
    at_least: 100%
    points: 300
    subject: team
    evaluate: at_close
"""

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
    fields: {participant.team: team}
"""


@pytest.fixture
def house(command):
    made = Closing(command.stack, ATTAINED)
    made.command = command
    return made


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> str:
        (tmp_path / "quotas.csv").write_text(text)
        return str(tmp_path / "quotas.csv")

    return write


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)


def imported(house, path, *more, status=0):
    return house.command.json("quota", "import", path, "--tenant", "acme", *more, status=status)


def test_attainment_of_a_quota_pays_by_tiers_and_a_changed_quota_is_judged_at_once(house, written):
    done = imported(house, written("subject,kpi,period,target\nasha,won_amount,2017Q1,10000 USD\n"))
    assert (done["quotas"], done["changed"]) == (1, 1)
    house.win(won("A", "2017-02-01", Amount="6000.0"), won("B", "2017-02-02", BOB, Amount="60000.0"), now=at("2017-02-03"))
    assert house.available() == {"asha": 100}, "Bob has no quota, so nothing is attained"
    imported(house, written("subject,kpi,period,target\nasha,won_amount,2017Q1@UTC,6000\nbob,won_amount,2017Q1,120000\n"))
    for _ in range(2):
        house.maintain(now=at("2017-02-04"))
    assert house.available() == {"asha": 400, "bob": 100}
    assert {line["facts"]["reason"] for line in house.lines() if line["facts"].get("reason")} == {"quota"}
    done = imported(house, written("subject,kpi,period,target\nasha,won_amount,2017Q1,none\nbob,won_amount,2017Q1,120000\n"))
    assert done["changed"] == 1
    house.maintain(now=at("2017-02-05"))
    assert house.available() == {"bob": 100}
    assert not [key for key in house.state() if key[0].startswith("LATE#")]


def test_a_team_s_quota_is_measured_at_the_close_and_judged_again_when_it_changes(house, written):
    imported(house, written("subject;kpi;period;target\nteam:West;won_count;2017Q1;3\nteam:East;won_count;2017Q1;1\n"))
    deals = [won("A", "2017-02-01"), won("B", "2017-02-02", BOB), won("C", "2017-02-03", CAROL)]
    house.win(*deals, now=at("2017-02-04"))
    house.maintain(now=at("2017-04-04"))
    assert house.available() == {"carol": 300}
    imported(house, written("subject;kpi;period;target\nteam:West;won_count;2017Q1;2\n"))
    house.maintain(now=at("2017-04-05"))
    assert house.available() == {"asha": 150, "bob": 150, "carol": 300}
    rows = house.command.json("quota", "list", "--tenant", "acme")
    assert [(row["subject"], row["target"]) for row in rows] == [("team:East", 1), ("team:West", 2)]


def test_a_back_test_of_a_published_program_takes_the_quotas_of_the_stack_unless_a_file_is_given(house, written, tmp_path):
    imported(house, written("subject,kpi,period,target\nasha,won_amount,2017Q1,10000\nteam:West,won_count,2017Q1,2\n"))
    texts = {
        "deals.csv": "id,rep,amount,closed,stage\nA,asha,6000,2017-02-01,Won\nB,bob,60000,2017-02-02,Won\n",
        "people.csv": "id,team\nnils,East\nasha,West\nbob,West\n",
        "map.yaml": MAPPING,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    files = ("--deals", tmp_path / "deals.csv", "--records", f"participant={tmp_path / 'people.csv'}")
    place = (*map(str, files), "--mapping", str(tmp_path / "map.yaml"), "--out", str(tmp_path / "out"), "--tenant", "acme")

    def points(*more):
        found = house.command.json("simulate", "race", *place, *more)["this"]
        return {it["participant"]: it["points"] for it in found["people"] if it["points"]}, found["notes"]

    assert points() == ({"P000002": 250, "P000003": 150}, [])
    paid, notes = points("--quotas", written("subject,kpi,period,target\nbob,won_amount,2017Q1,100000 USD\n"))
    assert paid == {"P000003": 100}
    assert [it.split(" ")[0] for it in notes] == ["team-quota"]


def test_every_bad_line_is_named_with_its_column_and_how_to_mend_it(house, written):
    text = """subject,kpi,period,target
ashe,won_amount,2017Q1,100
asha,won_amout,2017Q1,100
asha,won_amount,2017-Q1,100
asha,won_amount,2017Q1,much
asha,won_amount,2017Q1,100 EUR
asha,won_amount,2017Q1,0
bob,won_amount,2017Q1,100
bob,won_amount,2017Q1,200
team:Nord,won_count,2017Q1,25%
,won_count,2017Q1,3
asha,won_amount
"""
    done = imported(house, written(text), status=1)
    found = {it["line"]: (it["column"], it["mend"]) for it in done["problems"]}
    assert found[2] == ("subject", "Did you mean asha?")
    assert found[3] == ("kpi", "Did you mean won_amount?")
    assert found[4][0] == "period"
    assert "2020Q2@UTC" in found[4][1]
    assert found[5] == ("target", "Write it like 250000 USD, or none")
    assert found[6] == ("target", "Write it like 250000 USD")
    assert found[7][0] == "target"
    assert found[9][0] == "subject"
    assert found[10][0] == "subject"
    assert found[11][0] == "subject"
    assert found[12][0] == "period"
    assert set(found) == {2, 3, 4, 5, 6, 7, 9, 10, 11, 12}
    assert house.command.json("quota", "list", "--tenant", "acme") == []
    assert imported(house, written(text), "--partial")["changed"] == 1
