"""Kinds of milestones: what each concludes from what somebody did."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accolade.kpis.port import Fact, Tally
from accolade.programs.improving import baseline, benchmark, improved
from accolade.programs.loading import from_json, load, to_json
from accolade.programs.rules import Milestone, Program
from accolade.programs.runs import lengths

HEAD = """\
id: race
title: Race
effective: {from: 2026-01-01}
time_zone: Europe/Amsterdam
point_value: 0.01 USD
"""

EVERY_KIND = {
    "record": "kind: record, when: {field: deal.stage, is: won}, points: 50",
    "every": "kind: every, kpi: won_count, n: 5, period: quarter, points: 500",
    "kpi": "kind: kpi, kpi: close_rate, at_least: 70%, min_sample: 20, period: half, points: 500",
    "tiers": "kind: kpi, kpi: won_amount, period: year, quota: true, "
    "tiers: [{at_least: 80%, points: 500}, {at_least: 100%, points: 1000}, {at_least: 120%, points: 3000}]",
    "streak": "kind: streak, when: {field: deal.stage, is: won}, n: 3, period: quarter, points: 100",
    "weeks": "kind: streak, record: activity, when: {field: activity.done, is: true}, of: weeks, n: 4, once: true, "
    "period: year, points: 100",
    "rank": "kind: rank, kpi: won_amount, period: month, top: 3, pot: 1000, shares: [50%, 30%, 20%]",
    "prizes": "kind: rank, kpi: won_count, period: {from: 2026-03-01, to: 2026-03-15}, top: 2, prizes: [500, 100], ties: [share]",
    "improvement": "kind: improvement, kpi: close_rate, by: 10%, over: 3, period: quarter, points: 300",
    "pace": "kind: improvement, record: deal, when: {field: deal.stage, is: won}, faster_than: team, period: quarter, points: 30",
    "behaviour": "kind: behaviour, record: activity, when: {field: activity.on_time, is: true}, per: day, points: 3",
    "manual": "kind: manual, by: manager, points: 100",
}


def program(*milestones: str, extra: str = "") -> Program:
    lines = "".join(f"  - {{id: m{i}, title: T, {it}}}\n" for i, it in enumerate(milestones))
    return load(f"{HEAD}{extra}milestones:\n{lines}", file="p.yaml")


def one(milestone: str, **more: str) -> Milestone:
    return program(milestone, **more).milestones[0]


def day(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


def facts(*parts: Mapping[str, int], on: list[int] | None = None) -> list[Fact]:
    days = on or list(range(len(parts)))
    return [Fact(day(at), f"sf:deal:{i:03d}", it) for i, (at, it) in enumerate(zip(days, parts, strict=True))]


def tally(*parts: Mapping[str, int], on: list[int] | None = None, **more: Any) -> Tally:
    found = facts(*parts, on=on)
    sums: dict[str, int] = {}
    for fact in found:
        for name, amount in fact.parts.items():
            sums[name] = sums.get(name, 0) + amount
    return Tally(sums, found, **({"start": date(2026, 1, 1), "end": date(2026, 4, 1)} | more))


WON, LOST, HIT, MISS = {"won": 1, "closed": 1}, {"closed": 1}, {"hit": 1}, {"miss": 1}


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_kind_survives_being_stored(name) -> None:
    built = program(EVERY_KIND[name])
    again = from_json(to_json(built))
    assert again == built
    assert to_json(again) == to_json(built)
    seen = tally(WON, LOST, WON, target=Fraction(1))
    assert again.milestones[0].due(seen) == built.milestones[0].due(seen)


# --- thresholds, tiers, quotas ------------------------------------------------------------------------------------


def test_the_highest_tier_that_is_reached_says_what_is_paid_in_all() -> None:
    milestone = one(EVERY_KIND["tiers"])
    paid = {amount: milestone.due(Tally({"won": 1, "amount": amount}, target=Fraction(1_000_00))) for amount in (799_99, 800_00)}
    assert paid == {799_99: 0, 800_00: 500}
    assert milestone.due(Tally({"won": 9, "amount": 1_200_00}, target=Fraction(1_000_00))) == 3000
    assert milestone.level(Tally({"won": 9, "amount": 1_000_00}, target=Fraction(1_000_00))) == 2
    assert milestone.progress(Tally({"won": 1, "amount": 899_99}, target=Fraction(1_000_00))) == (89, 100)


def test_without_a_quota_attainment_is_undefined_and_pays_nothing() -> None:
    milestone = one(EVERY_KIND["tiers"])
    for target in (None, Fraction(0)):
        assert milestone.due(Tally({"won": 9, "amount": 10**9}, target=target)) == 0


def test_what_was_reached_once_is_kept_when_later_facts_pull_it_down() -> None:
    kept = one(EVERY_KIND["kpi"].replace("min_sample: 20", "min_sample: 2, keep: once_reached"))
    while_true = one(EVERY_KIND["kpi"].replace("min_sample: 20", "min_sample: 2"))
    seen = tally(WON, WON, LOST, LOST)
    assert (kept.due(seen), while_true.due(seen)) == (500, 0)
    assert kept.kpi is not None
    assert while_true.kpi is not None
    assert (kept.kpi.folded, while_true.kpi.folded) == (True, False)
    assert kept.kpi.id == f"{while_true.kpi.id}.facts"


def test_what_was_reached_falls_with_the_facts_that_reached_it() -> None:
    kept = one(EVERY_KIND["kpi"].replace("min_sample: 20", "min_sample: 2, keep: once_reached"))
    assert kept.due(tally(WON, LOST, LOST)) == 0
    assert kept.due(tally(LOST, WON, WON, WON, WON, LOST, LOST)) == 500


def test_a_goal_may_be_looked_at_only_at_the_end_of_each_day() -> None:
    by_day = one(EVERY_KIND["kpi"].replace("min_sample: 20", "min_sample: 2, keep: once_reached, reached: day"))
    by_record = one(EVERY_KIND["kpi"].replace("min_sample: 20", "min_sample: 2, keep: once_reached"))
    seen = tally(WON, WON, LOST, on=[0, 0, 0])
    assert (by_record.due(seen), by_day.due(seen)) == (500, 0)
    assert by_day.due(tally(WON, WON, LOST, on=[0, 0, 1])) == 500


@given(st.lists(st.sampled_from([WON, LOST]), max_size=25))
def test_a_fold_equals_looking_after_every_fact(parts) -> None:
    kept = one(EVERY_KIND["kpi"].replace("min_sample: 20", "min_sample: 3, keep: once_reached"))
    plain = one(EVERY_KIND["kpi"].replace("min_sample: 20", "min_sample: 3"))
    assert kept.due(tally(*parts)) == max([0, *(plain.due(tally(*parts[: i + 1])) for i in range(len(parts)))])


# --- streaks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "level", "next_one"),
    [
        ("", 0, (0, 3)),
        ("hhh", 1, (0, 3)),
        ("hhmhh", 0, (2, 3)),
        ("hhhhhhmhhh", 3, (0, 3)),
        ("hhhhm", 1, (0, 3)),
        ("hhhhh", 1, (2, 3)),
    ],
)
def test_each_run_counts_its_full_threes_and_a_miss_begins_anew(said, level, next_one) -> None:
    milestone = one(EVERY_KIND["streak"])
    seen = tally(*(HIT if it == "h" else MISS for it in said))
    assert milestone.level(seen) == level
    assert milestone.due(seen) == 100 * level
    assert milestone.progress(seen) == next_one


def test_a_streak_paid_once_is_paid_once() -> None:
    milestone = one(EVERY_KIND["weeks"])
    every_monday = tally(*[HIT] * 12, on=[4 + 7 * i for i in range(12)])
    assert milestone.level(every_monday) == 1
    assert milestone.progress(every_monday) is None


def test_weeks_in_a_row_follow_each_other_across_the_turn_of_a_year() -> None:
    days = [date(2020, 12, 23), date(2020, 12, 28), date(2021, 1, 3), date(2021, 1, 4), date(2021, 1, 18)]
    seen = [Fact(on, str(on), HIT) for on in days]
    assert list(lengths(seen, "weeks")) == [3, 1]
    assert list(lengths(seen, "months")) == [2]
    assert list(lengths(seen, "days")) == [1, 1, 2, 1]


@given(st.lists(st.booleans(), max_size=40))
def test_runs_are_what_a_naive_reader_counts(hits) -> None:
    said = "".join("h" if hit else "m" for hit in hits)
    assert list(lengths(facts(*(HIT if hit else MISS for hit in hits)), "records")) == [
        len(run) for run in said.split("m") if run
    ]


def test_a_deal_that_is_lost_breaks_a_run_and_an_open_one_does_not() -> None:
    use = one(EVERY_KIND["streak"]).kpi
    assert use is not None
    on = {"deal.close_date": day(3)}
    said = {stage: [it.parts for it in use.moments({"deal.stage": stage} | on)] for stage in ("won", "lost", "open")}
    assert said == {"won": [HIT], "lost": [MISS], "open": []}
    assert list(use.moments(on)) == []


# --- improvement --------------------------------------------------------------------------------------------------


def quarter(won: int, closed: int) -> Tally:
    return Tally({"won": won, "closed": closed})


def test_better_than_before_is_measured_against_ones_own_average() -> None:
    milestone = one(EVERY_KIND["improvement"])
    mine = baseline(milestone, [quarter(0, 9), quarter(5, 10), quarter(6, 10), quarter(7, 10)])
    assert mine == Fraction(6, 10)
    won = {it: improved(milestone, Tally({"won": it, "closed": 100}, target=mine)) for it in (65, 66)}
    assert won == {65: 0, 66: 1}
    assert milestone.due(Tally({"won": 70, "closed": 100}, target=mine)) == 300


def test_periods_without_a_value_do_not_count_and_one_alone_is_no_baseline() -> None:
    milestone = one(EVERY_KIND["improvement"])
    assert baseline(milestone, [quarter(5, 10), quarter(0, 0), quarter(7, 10)]) == Fraction(6, 10)
    assert baseline(milestone, [quarter(5, 10), quarter(0, 0), quarter(0, 0)]) is None
    assert baseline(milestone, []) is None
    assert milestone.due(Tally({"won": 9, "closed": 9}, target=None)) == 0


def test_faster_is_better_where_less_is_better() -> None:
    milestone = one(EVERY_KIND["improvement"].replace("close_rate, by: 10%", "cycle_time, by: 2 days"))
    assert milestone.kpi is not None
    won = {"deal.stage": "won", "deal.created_on": day(0), "deal.close_date": day(10), "deal.cycle_days": 10}
    (moment,) = milestone.kpi.moments(won)
    ten_days = tally(moment.parts, on=[10])
    assert milestone.kpi.kpi.value(ten_days) == 10
    held = {target: improved(milestone, tally(moment.parts, on=[10], target=Fraction(target))) for target in (11, 12, 13)}
    assert held == {11: 0, 12: 1, 13: 1}


def test_a_deal_faster_than_the_teams_median_of_the_period_before_counts_by_itself() -> None:
    milestone = one(EVERY_KIND["pace"])
    use = milestone.kpi
    assert use is not None
    won = [
        it.parts
        for days in (3, 9, 10, 30)
        for it in use.moments({"deal.stage": "won", "deal.cycle_days": days, "deal.close_date": day(1)})
    ]
    assert list(use.moments({"deal.stage": "lost", "deal.cycle_days": 1, "deal.close_date": day(1)})) == []
    team = [tally(*won[:2]), tally(*won[2:]), tally(won[2])]
    assert benchmark(milestone, team) == 10
    assert benchmark(milestone, team[:2]) is None
    assert milestone.due(tally(*won, target=Fraction(10))) == 60


# --- records ------------------------------------------------------------------------------------------------------


def test_behaviour_is_bounded_by_the_day() -> None:
    assert one(EVERY_KIND["behaviour"]).daily == 1
    assert one(EVERY_KIND["behaviour"].replace("per: day", "daily_cap: 3")).daily == 3
    assert one(EVERY_KIND["behaviour"].replace(", per: day", "")).daily is None


def test_a_nomination_pays_once_it_is_approved_and_only_for_its_own_milestone() -> None:
    milestone = one(EVERY_KIND["manual"])
    approved = {"nomination.stage": "won", "nomination.milestone": "race/m0"}
    assert (milestone.record, milestone.nominators) == ("nomination", "manager")
    assert milestone.holds(approved) is True
    assert milestone.holds(approved | {"nomination.stage": "open"}) is False
    assert milestone.holds(approved | {"nomination.milestone": "other/m0"}) is False


def test_only_what_needs_the_others_or_the_past_waits_for_the_close() -> None:
    live = {name for name, text in EVERY_KIND.items() if one(text).inline}
    assert set(EVERY_KIND) - live == {"rank", "prizes", "improvement", "pace"}
    assert one(EVERY_KIND["every"].replace("n: 5", "n: 5, subject: team")).evaluate == "at_close"
    assert one(EVERY_KIND["kpi"].replace("close_rate", "lead_velocity")).evaluate == "at_close"
