"""Folds that go on from where they stood come to what a fold from the beginning comes to."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from accolade.kpis.port import Fact, Tally
from accolade.programs import capping
from accolade.programs.keeping import along
from accolade.programs.loading import load
from accolade.programs.runs import lengths, reached
from accolade.programs.terms import Streak
from accolade.programs.trail import Trail, folded, grown
from accolade.situation import FactSet

START = date(2017, 1, 1)
PROGRAM = """
id: race
title: {en: Race, nl: Race}
effective: {from: 2017-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
milestones:
  - {id: rate, title: A, kind: kpi, kpi: close_rate, at_least: 70%, min_sample: 3, period: quarter, points: 9, keep: once_reached}
  - id: capped
    title: Capped
    kind: record
    record: deal
    when: {field: deal.stage, is: won}
    points: 40
    caps:
      - {points: 100, per: participant, period: month, over: refuse}
      - {points: 250, per: participant, period: quarter, over: trim}
"""
RATE, CAPPED = load(PROGRAM, file="race.yaml").milestones
facts = st.lists(st.tuples(st.integers(0, 95), st.booleans(), st.integers(0, 60)), max_size=30).map(
    lambda rows: [
        Fact(
            START + timedelta(days=day),
            f"D{place:02d}",
            {"won": 1, "closed": 1, "hit": 1, "points": points} if won else {"closed": 1, "miss": 1, "points": points},
        )
        for place, (day, won, points) in enumerate(sorted(rows))
    ]
)


def tally(known) -> Tally:
    sums: dict[str, int] = {}
    for fact in known:
        for name, amount in fact.parts.items():
            sums[name] = sums.get(name, 0) + amount
    return Tally(sums, known, START, date(2017, 4, 1))


def growing(known):
    """The facts one more at a time, as a history tells them."""
    trail = ()
    for fact in known:
        trail = grown(trail, fact)
        yield trail


@given(facts, st.sampled_from(("records", "days", "weeks", "months")), st.integers(2, 4))
def test_runs_counted_along_the_way_are_the_runs_there_are(known, of, k):
    for trail in growing(known):
        told = tally(trail)
        assert reached(Streak(k, of), told) == sum(length // k for length in lengths(told.within(), of))


@given(facts, st.sampled_from(("record", "day")))
def test_what_was_reached_on_the_way_is_found_in_one_step_a_fact(known, when):
    milestone = replace(RATE, reached=when)
    plain = replace(milestone, keep="while_true")
    for trail in growing(known):
        every = along(milestone.kpi.kpi, tally(tuple(trail)), by_day=when == "day")
        assert milestone.level(tally(trail)) == max([plain.level(tally(trail)), *map(plain.level, every)], default=0)


@given(facts)
def test_caps_leave_the_same_whether_counted_at_once_or_along_the_way(known):
    milestone = capping.by_period(CAPPED)
    for trail in growing(known):
        at_once = [it.points for it in capping.granted(CAPPED, tuple(trail))]
        assert milestone.due(tally(trail)) == sum(at_once)
        assert milestone.level(tally(trail)) == sum(1 for points in at_once if points)


def test_facts_that_grow_twice_do_not_hear_of_each_other():
    one, two, three = (Fact(START, name, {"won": amount}) for name, amount in (("A", 1), ("B", 10), ("C", 100)))

    def total(known):
        return folded(known, "sum", 0, lambda sofar, fact: sofar + fact.parts["won"])

    first = grown((), one)
    assert total(first) == 1
    left, right = grown(first, two), grown(first, three)
    assert (total(left), total(right), total(first)) == (11, 101, 1)


def test_a_fact_that_comes_late_takes_its_place_and_the_fold_begins_again():
    facts = FactSet()
    for day in (5, 9, 2):
        facts = facts.moved(1, Fact(START + timedelta(days=day), "D", {"hit": 1}), baseline=False)
    assert [it.on.day for it in facts.every] == [3, 6, 10]
    assert not isinstance(facts.every, Trail)
