"""The figures of a back-test: when a budget is used up, what a percentile is, cells that are no formulas."""

from datetime import date
from fractions import Fraction

import pytest

from accolade.flows.formulas import plain_cell
from accolade.flows.simulation.outcome import Got, Left, Outcome, Simulation, Spell, percentile
from accolade.web.simulation_page import report


def outcome(*days: tuple[date, int], budget: int | None = None) -> Outcome:
    points = sum(points for _, points in days)
    people = (Got("P1", "Anna", "West", 1, points),)
    spells = (Spell("2017-03", "month", 1, points, 1, points, points),) if days else ()
    return Outcome(
        *("this", "race", 1, "Race", "points", "USD", Fraction(1, 100), budget, 1, points, 1, 1, people, spells, (), days)
    )


def test_a_budget_is_dry_on_the_first_day_that_asks_for_more():
    days = ((date(2017, 3, 1), 60), (date(2017, 3, 5), 40), (date(2017, 3, 9), 1), (date(2017, 4, 1), -50))
    assert outcome(*days, budget=100).dry == date(2017, 3, 9)
    assert outcome(*days, budget=101).dry is None
    assert outcome(*days).dry is None
    assert outcome(*days, budget=40).short == 11


@pytest.mark.parametrize(("percent", "expected"), [(1, 1), (50, 2), (75, 3), (76, 4), (100, 4)])
def test_a_percentile_is_a_value_that_is_there(percent, expected):
    assert percentile([1, 2, 3, 4], percent) == expected


def test_a_report_of_nothing_says_so():
    page = report(Simulation(outcome(), None, 0, 0, None, None, 0.0, (Left("the id is empty", 3),)))
    assert "Nothing was paid" in page
    assert "the id is empty" in page


@pytest.mark.parametrize("text", ["=1+1", "+31 6", "-2", "@sum", "\tx", "\rx"])
def test_no_cell_is_a_formula(text):
    assert plain_cell(text) == f"'{text}"
    assert plain_cell("Anna =1") == "Anna =1"
