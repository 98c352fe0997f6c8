"""What an option may be is a closed set, or it is refused: with what there is and what was meant; nothing of it needs a stack."""

import json

import pytest
from typer.testing import CliRunner

from accolade.cli.app import app
from accolade.kpis.scores import SEGMENTS, segment


def ran(*words: str) -> tuple[int, str]:
    """Exit status, and what is said in one line."""
    done = CliRunner().invoke(app, [*words])
    return done.exit_code, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("preset list --department slaes", "'slaes' is no department that has presets. Did you mean sales? There are dealer,"),
        ("preset show training --language de", "'de' is not a language we have. There are en, nl"),
        ("rfm show --segment loyl", "'loyl' is no segment. Did you mean Loyal? There are A+, Loyal, Big Spender,"),
        ("rfm run --of dealz", "'dealz' is no kind of purchase. Did you mean deals? There are deals, invoices"),
        ("kpi won_count --format xml", "'xml' is not a format. There are csv, json"),
        ("kpi --format cvs", "'cvs' is not a format. Did you mean csv?"),
        ("kpi --records deal=deals.csv", "--records no KPI is named, so it would change nothing. Leave it out"),
        ("kpi won_count --ties won_amount", "--ties nothing is left out without --top, so it would change nothing"),
        ("goal won_count --period quater", "'quater' is not a period. Did you mean quarter? There are"),
        ("goal --deals deals.csv", "--deals nothing is named, so it would change nothing"),
        ("goal race.yaml:win --by team", "--by a milestone says itself how it measures, so it would change nothing"),
        ("goal race.yaml:win --min-sample 5", "--min-sample a milestone says itself"),
        ("program publish race.yaml --mapping m.yaml", "--mapping no --history is named, so it would change nothing"),
        ("program diff race --ghost --language de", "'de' is not a language we have. There are en, nl"),
        ("redrive inbx", "'inbx' is not a queue. Did you mean inbox? There are inbox, email,"),
        ("parked retry --all some", "both ids and --all are named. Name ids from accolade parked list, or use --all"),
        ("parked retry", "nothing is named. Name ids"),
        ("key add Report --scope peopel", "'peopel' is no scope that a key may have. Did you mean people? There are"),
        ("ledger export --format csv", "'csv' is not a format. There is only jsonl"),
        ("tenant set acme", "no setting is named, so nothing is changed. Name what to change: --name, --sender-email,"),
    ],
)
def test_a_value_that_is_none_is_refused_with_those_there_are(words: str, told: str) -> None:
    status, said = ran(*words.split())
    assert status == 1
    assert told in said


def test_in_which_case_it_is_written_makes_no_difference() -> None:
    assert ran("preset", "list", "--department", "SALES") == ran("preset", "list", "--department", "sales")
    assert ran("preset", "list", "--department", "sales")[0] == 0


def test_the_segments_are_those_that_scores_lead_to() -> None:
    found = {segment(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)}
    assert found == set(SEGMENTS)


def test_all_kpis_are_listed_as_json_too_where_a_goal_names_none() -> None:
    status, said = ran("goal", "--json")
    assert status == 0
    assert "won_count" in {it["kpi"] for it in json.loads(said)}
