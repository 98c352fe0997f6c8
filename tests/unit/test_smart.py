"""The SMART check: what a program leaves open is named, with the line and the words that mend it."""

from fractions import Fraction

import pytest

from accolade.flows.publish import checked
from accolade.programs.loading import load
from accolade.programs.problems import Problems
from accolade.programs.smart import doubts, percentiles

SMART = """\
id: race
title: Race
department: sales
audience: everyone
effective: {from: 2026-01-01, to: 2027-01-01}
time_zone: Europe/Amsterdam
point_value: 0.01 EUR
milestones:
  - {id: rate, title: Rate, kind: kpi, kpi: close_rate, at_least: 70%, min_sample: 20, period: quarter, points: 500}
  - {id: five, title: Five, kind: every, kpi: won_count, n: 5, period: quarter, points: 500}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(Problems) as refused:
        checked(text, file="race.yaml")
    return [f"{it.line} {it.path}: {it.what}. {it.mend}" for it in refused.value.problems]


def test_a_program_that_says_all_of_it_may_be_published() -> None:
    assert checked(SMART, file="race.yaml").id == "race"
    assert checked(SMART.replace(", to: 2027-01-01}", "}\nreview: 2026-12-31"), file="race.yaml").effective_to is None


@pytest.mark.parametrize(
    ("without", "instead", "said"),
    [
        ("audience: everyone\n", "", "1 audience: the program does not say for whom it is (specific)."),
        (
            "department: sales\n",
            "",
            "1 department: the program does not say whose goal it serves (relevant). Write department: sales;",
        ),
        (", to: 2027-01-01", "", "5 effective.to: the program does not say when it ends (timely)."),
        (", min_sample: 20", "", "9 milestones[0].min_sample: close_rate does not say over how many records it is measured"),
        (
            "department: sales",
            "department: service",
            "9 milestones[0].kpi: close_rate is no measure of service work, but of sales",
        ),
    ],
)
def test_what_is_missing_is_named_with_its_line_and_how_to_mend_it(without, instead, said) -> None:
    assert problems(SMART.replace(without, instead))[0].startswith(said)


def test_everything_that_is_missing_is_said_at_once() -> None:
    bare = SMART.replace("audience: everyone\n", "").replace("department: sales\n", "").replace(", to: 2027-01-01", "")
    assert len(problems(bare)) == 3


def test_the_mending_that_is_proposed_mends() -> None:
    said = problems(SMART.replace(", to: 2027-01-01", ""))[0]
    assert "effective: {from: 2026-01-01, to: 2027-01-01}" in said
    assert checked(SMART, file="race.yaml")


def test_a_target_outside_what_most_have_reached_is_doubted_with_the_figures() -> None:
    program = load(SMART, file="race.yaml")
    rates = [Fraction(it, 100) for it in range(40, 60)]
    (doubt,) = doubts(program, {"rate": rates, "five": [Fraction(it) for it in range(1, 11)]})
    assert doubt.says == (
        "rate asks for 70.0%, and most of its audience lies between 41.0% and 57.0%: hardly one of ten has done that before"
    )


def test_a_target_that_nearly_everybody_reached_is_doubted_too() -> None:
    program = load(SMART, file="race.yaml")
    (doubt,) = doubts(program, {"rate": [Fraction(it, 100) for it in range(75, 95)]})
    assert "rate asks for 70.0%" in doubt.says
    assert "nine of ten have done that before" in doubt.says
    assert doubts(program, {"five": [Fraction(it) for it in range(10, 30)]}) == []


def test_what_lies_between_or_is_unknown_is_not_doubted() -> None:
    program = load(SMART, file="race.yaml")
    assert doubts(program, {"rate": [Fraction(it, 100) for it in range(50, 90)], "five": [Fraction(1)] * 4}) == []
    assert doubts(program, {}) == []


def test_percentiles_are_values_that_somebody_reached() -> None:
    assert percentiles([Fraction(it) for it in range(1, 11)]) == {10: 1, 50: 5, 75: 8, 90: 9}
    assert percentiles([Fraction(7)]) == {10: 7, 50: 7, 75: 7, 90: 7}
