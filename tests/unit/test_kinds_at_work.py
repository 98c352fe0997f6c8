"""Every kind of milestone at work: facts go through the real decide, and the points are what the program says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.playing import House, won

from accolade.model.connections import FieldMap
from accolade.programs.rulebook import Rulebook

HEAD = """
id: race
title: Race
effective: {from: 2017-01-01, to: 2019-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
silent_after: 3650 days
debt_limit: 300
milestones:
"""
EARLY = datetime(2017, 4, 1, tzinfo=UTC)


def house(*milestones: str, head: str = HEAD) -> House:
    return House(head + "".join(f"  - {{{milestone}}}\n" for milestone in milestones))


def told(milestone: str, *deals: dict, now: datetime = EARLY) -> House:
    playing = house(milestone)
    for i, fields in enumerate(deals):
        playing.tell(f"D{i}", i + 1, now=now, **won(**fields))
    return playing


def points(playing: House) -> dict[str, int]:
    return {key.removeprefix("race/").replace("/P000001", "").replace("sf:deal:", ""): it for key, it in playing.levels().items()}


STREAK = "id: run, title: Run, kind: streak, record: deal, when: {field: deal.stage, is: won}, n: 3, period: quarter, points: 100"


def on(day: int, **fields) -> dict:
    return {"close_date": f"2017-03-{day:02d}"} | fields


def test_a_streak_pays_for_each_run_of_three_and_a_lost_deal_breaks_it():
    deals = [on(day) for day in (1, 2, 3)] + [on(4, stage="lost")] + [on(day) for day in (5, 6, 7, 8, 9, 10)]
    assert points(told(STREAK, *deals)) == {"run/2017Q1@UTC": 300}


def test_a_lost_deal_that_is_known_late_breaks_the_streak_it_falls_into():
    playing = told(STREAK, on(1), on(2), on(5))
    assert points(playing) == {"run/2017Q1@UTC": 100}
    playing.tell("late", 9, now=EARLY, **won(stage="lost", close_date="2017-03-03"))
    assert points(playing) == {}
    assert playing.wallet().available == 0


TIERS = (
    "id: rate, title: Rate, kind: kpi, kpi: close_rate, period: quarter, min_sample: 2, "
    "tiers: [{at_least: 50%, points: 10}, {at_least: 75%, points: 30}]"
)


def test_the_highest_tier_reached_counts():
    assert points(told(TIERS, on(1), on(2, stage="lost"))) == {"rate/2017Q1@UTC": 10}
    assert points(told(TIERS, on(1), on(2, stage="lost"), on(3), on(4))) == {"rate/2017Q1@UTC": 30}


def test_what_was_reached_once_is_kept_while_the_facts_that_reached_it_stand():
    kept = told(f"{TIERS}, keep: once_reached", on(1), on(2), on(3, stage="lost"), on(4, stage="lost"))
    assert points(kept) == {"rate/2017Q1@UTC": 30}
    kept.tell("D0", 9, now=EARLY, stage="open")
    assert points(kept) == {"rate/2017Q1@UTC": 10}, "two wins reached the second tier; one of them is open again"


CAPPED = (
    "id: win, title: Win, kind: record, when: {field: deal.stage, is: won}, points: 40, "
    "caps: [{points: 100, per: participant, period: month, over: OVER}]"
)


@pytest.mark.parametrize(("over", "march"), [("trim", 100), ("refuse", 80)])
def test_a_cap_trims_or_refuses_what_does_not_fit_in_the_month(over, march):
    deals = [*(on(day) for day in (1, 2, 3, 4)), {"close_date": "2017-04-01"}]
    held = points(told(CAPPED.replace("OVER", over), *deals))
    assert held == {"win/2017-03@UTC": march, "win/2017-04@UTC": 40}


def test_the_cap_follows_event_order_and_room_that_comes_free_goes_to_the_next():
    milestone = (
        "id: win, title: Win, kind: record, when: {field: deal.stage, is: won}, points: {per: deal.amount, rate: 1}, "
        "caps: [{points: 100, per: participant, period: month, over: refuse}]"
    )
    playing = told(milestone, on(3, amount="90"), on(2, amount="80"), on(1, amount="60"))
    assert points(playing) == {"win/2017-03@UTC": 60}
    playing.tell("D2", 9, now=EARLY, stage="lost")
    assert points(playing) == {"win/2017-03@UTC": 80}


def test_shares_sum_exactly_and_go_to_owner_manager_and_team():
    playing = house(
        "id: s, title: S, kind: record, when: {field: deal.stage, is: won}, points: 101, splits: {owner: 70%, manager: 30%}"
    )
    asha = playing.situation.participants["P000001"]
    playing.situation.participants["P000001"] = replace(asha, manager="bo")
    playing.situation.by_id["bo"] = "P000002"
    playing.tell("A", 1, now=EARLY, **won())
    assert (playing.wallet("P000001").available, playing.wallet("P000002").available) == (71, 30)
    playing.tell("A", 2, now=EARLY, stage="open")
    assert (playing.wallet("P000001").available, playing.wallet("P000002").available) == (0, 0)


def test_one_won_deal_may_pay_a_whole_team():
    playing = house(
        "id: t, title: T, kind: record, when: {field: deal.stage, is: won}, points: 101, subject: team, sharing: equal"
    )
    playing.situation.participants["P000001"] = replace(playing.situation.participants["P000001"], team="West")
    playing.situation.teams["team:West"] = ("P000001", "P000002")
    playing.tell("A", 1, now=EARLY, **won())
    assert sorted((playing.wallet("P000001").available, playing.wallet("P000002").available)) == [50, 51]
    playing.situation.teams["team:West"] = ("P000001",)
    playing.tell("A", 2, now=EARLY, amount="2000")
    assert playing.wallet("P000002").available in (50, 51), "who was in the team when it was won keeps the share"


def test_the_new_get_half_as_much_again():
    milestone = (
        "id: m, title: M, kind: record, when: {field: deal.stage, is: won}, points: 5, "
        "multipliers: [{times: 1.5, when: {field: participant.tenure_days, below: 90}}]"
    )
    playing = house(milestone)
    playing.situation.participants["P000001"] = replace(playing.situation.participants["P000001"], started_on=date(2017, 1, 1))
    playing.tell("A", 1, now=EARLY, **won())
    assert playing.wallet().available == 8, "7.5, rounded half up"


@pytest.mark.parametrize(
    ("more", "paid"),
    [
        ("", 20),
        (", caps: [{points: 100, per: participant, period: month}]", 20),
        (", caps: [{points: 15, per: participant, over: trim}]", 15),
    ],
)
def test_what_is_multiplied_is_multiplied_once_and_a_cap_is_the_most_that_is_paid(more, paid):
    milestone = (
        "id: m, title: M, kind: record, when: {field: deal.stage, is: won}, points: 10, "
        f"multipliers: [{{times: 2, when: {{field: participant.tenure_days, below: 90}}}}]{more}"
    )
    playing = house(milestone)
    playing.situation.participants["P000001"] = replace(playing.situation.participants["P000001"], started_on=date(2017, 1, 1))
    playing.tell("A", 1, now=EARLY, **won())
    assert playing.wallet().available == paid


HELD = "id: h, title: H, kind: record, when: {field: deal.stage, is: won}, points: 70, hold: 30 days"


def test_a_held_award_vests_after_its_days_and_not_before():
    playing = told(HELD, on(11), now=datetime(2017, 3, 12, tzinfo=UTC))
    assert (playing.wallet().pending, playing.wallet().available) == (70, 0)
    playing.again("D0", now=datetime(2017, 3, 30, tzinfo=UTC))
    assert playing.wallet().pending == 70
    playing.again("D0", now=datetime(2017, 4, 1, tzinfo=UTC))
    assert (playing.wallet().pending, playing.wallet().available) == (0, 70)


def test_points_go_back_when_the_gate_was_not_kept_in_time():
    gate = "id: g, title: G, kind: record, when: {field: deal.stage, is: won}, points: 70, "
    gate += "hold: {for: 30 days, until: {field: deal.invoice_paid, is: true}}"
    playing = told(gate, on(11), now=datetime(2017, 3, 12, tzinfo=UTC))
    assert playing.wallet().pending == 70
    paid = told(gate, on(11, invoice_paid=True), now=datetime(2017, 3, 12, tzinfo=UTC))
    assert (paid.wallet().pending, paid.wallet().available) == (0, 70)
    playing.again("D0", now=datetime(2017, 5, 1, tzinfo=UTC))
    assert (playing.wallet().pending, playing.wallet().available) == (0, 0)
    playing.tell("D0", 900, now=datetime(2017, 5, 2, tzinfo=UTC), invoice_paid=True)
    assert playing.wallet().available == 70


def test_above_a_limit_a_person_looks_first():
    big = "id: b, title: B, kind: record, when: {field: deal.stage, is: won}, points: {per: deal.amount, rate: 10%}, "
    big += "approval_above: 100"
    playing = told(big, on(1, amount="1000"), on(2, amount="5000"))
    assert playing.wallet().available == 100
    assert playing.parkings == {"race/b/P000001/sf:deal:D1": 500}


ALL_KINDS = (
    STREAK,
    f"{TIERS}, keep: once_reached",
    CAPPED.replace("OVER", "refuse"),
    HELD,
    "id: fifth, title: F, kind: every, kpi: won_count, n: 2, period: half, points: 50",
    "id: weeks, title: W, kind: streak, record: deal, when: {field: deal.stage, is: won}, of: weeks, n: 2, "
    "period: year, points: 9",
    "id: daily, title: D, kind: behaviour, record: deal, when: {field: deal.stage, is: won}, per: day, points: 3",
    "id: fast, title: Q, kind: kpi, kpi: cycle_time, at_most: 12 days, min_sample: 2, period: month, points: 11",
)

CHANGE = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(["open", "won", "lost"]),
        "owner": st.sampled_from(["asha", "bob"]),
        "amount": st.sampled_from(["10", "999.99", "50000"]),
        "close_date": st.sampled_from([f"2017-03-{day:02d}" for day in range(1, 29, 3)] + ["2017-04-02", "2016-12-31"]),
    },
)
STORY = st.lists(st.tuples(st.sampled_from("ABCDE"), CHANGE), min_size=1, max_size=14)


def replay(steps) -> House:
    playing = house(*ALL_KINDS)
    for deal in "ABCDE":
        playing.tell(deal, 0, now=EARLY, **won(stage="open"))
    for at, (deal, change) in steps:
        playing.tell(deal, at, now=EARLY, **change)
    return playing


@given(STORY, st.randoms(use_true_random=False))
def test_any_order_and_duplication_of_a_history_gives_the_same_awards(story, random):
    steps = list(enumerate(story, start=1))
    told_once = replay(steps)
    again = steps + random.sample(steps, k=len(steps) // 2)
    random.shuffle(again)
    other = replay(again)
    assert other.levels() == told_once.levels()
    assert net(other) == net(told_once)


def net(playing: House) -> dict[str, int]:
    """What somebody has, less what they owe and what was written off for them: the same by every road."""
    lost = sum(it.written_off for standing in playing.situation.standings.values() for it in standing.awards.values())
    lost += sum(it.written_off for record in playing.records.values() for it in record.awards.values())
    wallets = playing.situation.wallets.items()
    return {who: points for who, it in wallets if (points := it.available + it.pending - it.debt)} if not lost else {}


@settings(max_examples=60)
@given(STORY)
def test_when_every_deal_is_deleted_nothing_is_left_behind(story):
    playing = replay(enumerate(story, start=1))
    person = playing.situation.participants["P000001"]
    playing.situation.participants["P000001"] = replace(person, team="Elsewhere", manager="someone", started_on=date(2017, 3, 1))
    for deal in "ABCDE":
        playing.tell(deal, 1000, now=EARLY + timedelta(days=1), deleted=True)
    assert playing.levels() == {}
    assert all(not it.parts and not it.baseline for it in playing.situation.standings.values())
    assert all(not it.every for it in playing.situation.facts.values())


@settings(max_examples=60)
@given(STORY, st.integers(0, 14), st.integers(0, 14))
def test_rules_mappings_and_people_may_change_between_facts_and_leave_nothing_behind(story, rules_at, mapping_at):
    """Everything is subtracted as it was stored, whatever the rules, the currency or the team are by then; a second version
    of the program comes between two facts, for days on which some have happened already."""
    playing = house(*ALL_KINDS)
    fewer = (*ALL_KINDS[:4], "id: fifth, title: F, kind: every, kpi: won_count, n: 3, period: week, points: 70")
    second = house(*fewer, head=HEAD.replace("2017-01-01", "2017-03-12").replace("id: race", "id: race\nversion: 2"))
    other = Rulebook([*playing.situation.rulebook.versions("race"), *second.situation.rulebook.versions("race")])
    for deal in "ABCDE":
        playing.tell(deal, 0, now=EARLY, **won(stage="open"))
    for at, (deal, change) in enumerate(story, start=1):
        if at == rules_at:
            playing.situation.rulebook = other
        if at == mapping_at:
            maps = (FieldMap("deal", "Opportunity", {}, currency="EUR"),)
            playing.situation.connection = replace(playing.situation.connection, maps=maps)
            bob = playing.situation.participants["P000002"]
            playing.situation.participants["P000002"] = replace(bob, team="East", manager="carol")
        playing.tell(deal, at, now=EARLY, **change)
    for deal in "ABCDE":
        playing.tell(deal, 1000, now=EARLY + timedelta(days=1), deleted=True)
    assert playing.levels() == {}
    assert all(not it.parts and not it.baseline for it in playing.situation.standings.values())
    assert all(not it.every for it in playing.situation.facts.values())
