"""`accolade explain`: the command answers "why did I (not) get this?" in the words of the rules."""

import json

import pytest
from tests.scenarios.command import Command
from tests.scenarios.test_cli_day import ready, send  # noqa: F401 (a fixture and its replay)


@pytest.fixture
def played(ready: Command) -> Command:  # noqa: F811 (the fixture imported above)
    send(ready, "salesforce", "sf")
    return ready


def keys(command: Command) -> dict[str, str]:
    """The export's deals, by the day they were closed: Darcel's won on the 5th and the 30th."""
    found = command.json("explain", "darcel", "--milestone", "fast-win")["awards"]
    return {award["record"]["on"]: award["record"]["key"] for award in found if award["record"]}


def test_a_late_deal_says_by_how_many_days(played):
    record = keys(played)["2017-03-30"]
    text = played.run("explain", "darcel", "--milestone", "fast-win", "--record", record)
    lines = text.splitlines()
    assert (
        lines[0]
        == f"not held: fast-win, deal {record.rpartition(':')[2]}: deal.cycle_days below 14 (it is 29, missed by 16 days)"
    )
    assert lines[1].startswith("  deal.stage is won         true     won   (since ")
    assert lines[2] == "  deal.cycle_days below 14  false    29   (missed by 16 days; created 2017-03-01, closed 2017-03-30)"
    assert lines[3] == "  program q-race version 1 (Quarter race), in force on 2017-03-30"


def test_what_was_paid_shows_its_entry_and_what_counted(played):
    text = played.run("explain", "darcel", "--milestone", "first-big-deal")
    assert text.startswith("held: first-big-deal, all time: 1,000 points\n")
    assert "won_count" in text
    assert "= 1   (won 1)" in text
    assert "counts: sf:deal:" in text
    assert "(line " in text
    assert "+1,000 on " in text


def test_everything_at_once_says_what_is_held_and_what_is_nearest(played):
    text = played.run("explain", "darcel")
    held, _, missing = text.partition("Not there, the nearest first")
    assert "first-big-deal, all time: 1,000 points" in held
    assert "fast-win" in held
    assert "missed by 16 days" in missing


def test_people_are_found_by_what_they_are_called(played):
    person = played.json("participant", "show", "darcel")
    for who in ("Darcel Schlecht", "darcel schlecht", person["number"], person["email"].upper()):
        assert played.json("explain", who, "--line", "1")["participant"] == "darcel"
    played.run("explain", "nobody", status=1)
    assert "there is no participant 'nobody'" in played.said


def test_json_is_one_document_with_the_truth_of_every_question(played):
    record = keys(played)["2017-03-30"]
    found = played.json("explain", "darcel", "--record", record)
    fast = next(award for award in found["awards"] if award["milestone"] == "fast-win")
    assert fast["conditions"]["all"][1]["truth"] == "false"
    assert fast["nearest"][0]["missed_by"] == "16 days"
    assert json.loads(json.dumps(found)) == found


def test_a_deal_of_somebody_else_names_whose_it_is(played):
    record = keys(played)["2017-03-05"]
    number = played.json("participant", "show", "darcel")["number"]
    assert f"it counts for somebody else ({number})" in played.run("explain", "anna", "--record", record)


def test_a_lost_deal_that_gave_nothing_is_found_and_explained(played):
    awards = played.json("explain", "anna", "--milestone", "fast-win")["awards"]
    found = {award["verdict"]: [change["field"] for change in award["nearest"]] for award in awards}
    assert found == {"not_met": ["deal.stage"], "still_open": []}


def test_what_is_not_there_is_said_with_what_to_do(played):
    for args, said in (
        (["--milestone", "fast-wins"], "there is no milestone 'fast-wins'. Did you mean fast-win? There are every-fifth-win,"),
        (["--milestone", "no-such"], "there is no milestone 'no-such'. There are every-fifth-win, fast-win, first-big-deal."),
        (["--record", "nothing"], "no milestone judges a record 'nothing'"),
        (["--line", "99"], "darcel has no line 99"),
    ):
        played.run("explain", "darcel", *args, status=1)
        assert said in " ".join(played.said.split())
