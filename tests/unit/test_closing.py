"""What is to be judged, by whom a period is touched, and how judgements are kept."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from accolade.flows.close import due
from accolade.programs.loading import load
from accolade.programs.rulebook import Rulebook
from accolade.situation import Closed, Result
from accolade.store.closes import Close, Closes

PROGRAM = """
id: race
title: {en: Race}
effective: {from: 2017-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
milestones:
  - {id: best, title: Best, kind: rank, kpi: won_amount, period: quarter, top: 1, prizes: [100]}
  - {id: churn, title: Kept, kind: kpi, kpi: %s, period: quarter, at_most: 10%%, min_sample: 5, points: 10, evaluate: at_close}
"""
QUARTERS = ["2017Q1@UTC", "2017Q2@UTC", "2017Q3@UTC"]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook([load(PROGRAM % "churn", file="race.yaml")])


def judged(milestone: str, period: str, **changed) -> Close:
    return Close(("race", milestone, period), Closed(), NOW, **({"final": True, "settled": True} | changed))


NOW = datetime(2017, 11, 1, tzinfo=UTC)


def asked(book: Rulebook, late: set[str], *unsettled: tuple[str, str]) -> set[tuple[str, str]]:
    known = {
        (close := judged(milestone, period, settled=(milestone, period) not in unsettled)).name: close
        for milestone in ("best", "churn")
        for period in QUARTERS
    }
    return {(milestone.id, period.id) for milestone, period in due(book, known, late, NOW)}


def test_what_is_judged_and_settled_is_left_alone(book):
    assert asked(book, set()) == set()
    assert asked(book, set(), ("best", QUARTERS[1])) == {("best", QUARTERS[1])}


def test_a_late_fact_touches_later_periods_where_the_kpi_looks_back(book):
    assert asked(book, {QUARTERS[1]}) == {("best", QUARTERS[1]), ("churn", QUARTERS[1]), ("churn", QUARTERS[2])}


def test_a_period_is_judged_from_the_end_of_its_window_on(book):
    early = datetime(2017, 4, 3, 23, 59, tzinfo=UTC)
    assert list(due(book, {}, set(), early)) == []
    found = {(milestone.id, period.id) for milestone, period in due(book, {}, set(), datetime(2017, 4, 4, tzinfo=UTC))}
    assert found == {("best", QUARTERS[0]), ("churn", QUARTERS[0])}


class _Table:
    """What `Closes` asks of the tables, kept in a dictionary."""

    state = "state"

    def __init__(self) -> None:
        self.items: dict = {}

    def put(self, table, item, **_):
        self.items[item["pk"], item["sk"]] = item

    def query(self, table, pk, **_):
        return list(self.items.values())


@pytest.mark.parametrize("people", [1, 20_000])
def test_a_judgement_reads_back_as_it_was_and_fits_into_one_item(people):
    numbers = [f"P{n:06d}" for n in range(people)]
    closed = Closed(
        {number: Result(500, 1, place) for place, number in enumerate(numbers, start=1)},
        {number: Fraction(1, 3) for number in numbers},
        {"company:": tuple(numbers)},
    )
    table = _Table()
    stored = Closes(table).put("acme", Close(("race", "best", QUARTERS[0]), closed, NOW))
    (item,) = table.items.values()
    assert len(str(item)) < 390_000
    assert Closes(table).all("acme") == {stored.name: stored}
