"""CSV exports: whole, quoted, and nothing that a spreadsheet would run."""

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest

from accolade.web.csv_file import csv_answer, csv_text


@pytest.mark.parametrize("text", ["=1+1", "+31", "-5", "@SUM(A1)", "\tx", "\rx", "  =1+1", '=HYPERLINK("http://x")'])
def test_a_text_that_begins_like_a_formula_stays_text(text):
    ((cell,),) = list(csv.reader(StringIO(csv_text(["name"], [[text]]))))[1:]
    assert cell == f"'{text}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (-5, "-5"), (True, "yes"), (date(2026, 3, 1), "2026-03-01"), ("a,b", "a,b"), ('say "hi"', 'say "hi"')],
)
def test_values_come_back_as_they_were(value, shown):
    assert list(csv.reader(StringIO(csv_text(["x", "y"], [[value, "end"]]))))[1:] == [[shown, "end"]]


def test_lines_within_a_cell_stay_in_it():
    rows = list(csv.reader(StringIO(csv_text(["x"], [["one\r\ntwo"]]), newline="")))
    assert rows == [["x"], ["one\r\ntwo"]]


def test_instants_are_exact():
    assert "2026-03-01T12:00:00" in csv_text(["at"], [[datetime(2026, 3, 1, 12, tzinfo=UTC)]])


def test_a_file_is_kept_and_nothing_in_it_runs():
    answer = csv_answer("people.csv", ["id"], [["asha"]])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Cache-Control"] == "no-store"
