"""What changes between two versions, in words: every difference is said, and nothing where there is none."""

import pytest

from accolade.programs.differences import differences
from accolade.programs.loading import load
from accolade.texts import texts

TEXT = """\
id: race
title: Race
effective: {from: 2026-01-01, to: 2027-01-01}
time_zone: Europe/Amsterdam
point_value: 0.01 USD
budget: {points: 10000}
milestones:
  - {id: every-fifth-win, title: Every fifth win, kind: every, kpi: won_count, n: 5, period: quarter, points: 500}
  - id: fast-win
    title: "closed in {in_days}"
    kind: record
    when: {all: [{field: deal.stage, is: won}, {field: deal.cycle_days, below: 14}]}
    points: 50
  - {id: rate, title: Rate, kind: kpi, kpi: close_rate, at_least: 70%, min_sample: 20, period: year, points: 900}
"""
OLD = load(TEXT, file="race.yaml")


def said(*changes: tuple[str, str], locale: str = "en", titled: bool = False) -> list[str]:
    text = TEXT
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return differences(OLD, load(text, file="race.yaml"), texts(locale), titled=titled)


def test_the_same_program_is_no_different() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("change", "english", "dutch"),
    [
        (
            ("points: 500", "points: 600"),
            "every-fifth-win pays 600 points instead of 500.",
            "every-fifth-win geeft 600 punten in plaats van 500.",
        ),
        (
            ("below: 14", "below: 10"),
            "fast-win now asks that the number of days from creation to closing is below 10 instead of 14.",
            "fast-win vraagt nu: het aantal dagen van aanmaken tot sluiten is minder dan 10, in plaats van 14.",
        ),
        (
            ("n: 5", "n: 4"),
            "every-fifth-win is paid for every 4 instead of every 5.",
            "every-fifth-win geldt voor elke 4 in plaats van elke 5.",
        ),
        (("at_least: 70%", "at_least: 75%"), "rate needs at least 75% instead of at least 70%.", None),
        (("at_least: 70%", "above: 70%"), "rate needs more than 70% instead of at least 70%.", None),
        (("min_sample: 20", "min_sample: 10"), "rate needs at least 10 records instead of 20.", None),
        (("period: year", "period: quarter"), "rate: the period is quarter instead of year.", None),
        (
            ("kpi: won_count", "kpi: closed_count"),
            "every-fifth-win: what is measured is closed count instead of won count.",
            None,
        ),
        (("points: 10000", "points: 5000"), "All awards together are limited to 5,000 points instead of 10,000 points.", None),
        (("2027-01-01", "2026-07-01"), "It ends on 1 July 2026 instead of 1 January 2027.", None),
        ((", to: 2027-01-01", ""), "It has no end any more.", None),
        (("from: 2026-01-01", "from: 2026-02-01"), "It counts from 1 February 2026 on instead of 1 January 2026.", None),
        (("title: Race", "title: Sprint"), "It is called Sprint instead of Race.", None),
        (("Europe/Amsterdam", "UTC"), "The time zone is UTC instead of Europe/Amsterdam.", None),
        (("0.01 USD", "0.02 USD"), "The worth of a point is 0.02 USD instead of 0.01 USD.", None),
        (("points: 50\n", "points: 50\n    credit: current_owner\n"), None, None),
        (
            ("milestones:", "rollout: {percent: 20}\nmilestones:"),
            "To whom it is rolled out is new: percent 20.",
            None,
        ),
        (
            ("milestones:", "audience: {field: participant.team, is: West}\nmilestones:"),
            "For whom it is is field participant. team, is West instead of everyone.",
            None,
        ),
        (("points: 50\n", "points: 50\n    hold: 30 days\n"), "fast-win: how long points stay pending is new: 30 days.", None),
        (
            ("below: 14}]}", "below: 14}, {field: deal.amount, above: 5000 USD}]}"),
            "fast-win now also asks that the amount is above $5,000.00.",
            None,
        ),
        (("{field: deal.stage, is: won}, ", ""), "fast-win no longer asks that the outcome is won.", None),
        (("points: 50\n", "points: {per: deal.amount, rate: 1%, cap: 90}\n"), None, None),
    ],
)
def test_a_change_is_said_once_and_as_a_person_would(change, english, dutch) -> None:
    (sentence,) = said(change)
    assert english is None or sentence == english
    if dutch:
        assert said(change, locale="nl") == [dutch]


def test_milestones_come_and_go() -> None:
    new = "  - {id: big, title: Big, kind: record, when: {field: deal.amount, above: 9000 USD}, points: 70}\n"
    assert said(("  - {id: rate", new + "  - {id: rating")) == [
        "New: 70 points for each deal where the amount is above $9,000.00.",
        "New: 900 points for a close rate of at least 70% over at least 20 deals in a year.",
        "rate is no longer paid.",
    ]


def test_people_read_titles_and_never_a_hole() -> None:
    change = (("points: 500", "points: 600"), ("points: 50\n", "points: 60\n"))
    assert said(*change, titled=True) == [
        '"Every fifth win" pays 600 points instead of 500.',
        '"fast win" pays 60 points instead of 50.',
    ]


def test_alternatives_are_told_as_a_whole() -> None:
    other = "when: {any: [{field: deal.stage, is: won}, {field: deal.cycle_days, below: 14}]}"
    (sentence,) = said(("when: {all: [{field: deal.stage, is: won}, {field: deal.cycle_days, below: 14}]}", other))
    assert sentence.startswith("fast-win now asks that the outcome is won or the number of days")
