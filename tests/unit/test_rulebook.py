"""The rulebook: which version judges what, and what the demo's real history earns."""

from datetime import date
from pathlib import Path

import pytest

from accolade.kpis.port import Tally
from accolade.programs.loading import load
from accolade.programs.periods import Period, calendar, parse_period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone, Program

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "infra" / "local" / "demo"
ORACLES = ROOT / "tests" / "data" / "oracles" / "maven"

FIFTH = "{id: fifth, title: Fifth, kind: every, kpi: won_count, n: 5, period: quarter, points: 500}"
FAST = "{id: fast, title: Fast, kind: record, when: {field: deal.cycle_days, below: 14}, points: 50}"
FIRST = "{id: first, title: First, kind: kpi, kpi: won_count, at_least: 1, period: lifetime, points: 100}"


def program(
    *milestones: str, id_: str = "race", version: int = 1, begin: str = "2026-01-01", end: str = "", extra: str = ""
) -> Program:
    until = f", to: {end}" if end else ""
    head = f"id: {id_}\ntitle: T\nversion: {version}\neffective: {{from: {begin}{until}}}\n"
    head += "time_zone: Europe/Amsterdam\npoint_value: 0.01 USD\n"
    return load(head + extra + "milestones:\n" + "".join(f"  - {it}\n" for it in milestones), file="p.yaml")


def one(milestone: str, **more: str) -> Milestone:
    return program(milestone, **more).milestones[0]


def counted(book: Rulebook, on: date):
    """What a deal of that day counts for."""
    return tuple(use for use in book.uses("deal") if book.counted(use, on))


def quarter(day: str) -> Period:
    return calendar("quarter", zone="Europe/Amsterdam").period_of(date.fromisoformat(day))


# --- versions -----------------------------------------------------------------------------------------------------


def test_a_day_is_judged_by_the_version_in_force() -> None:
    book = Rulebook([program(FAST, version=2, begin="2026-03-01"), program(FAST)])
    versions = [book.on("race", date.fromisoformat(day)) for day in ("2025-12-31", "2026-01-01", "2026-02-28", "2026-03-01")]
    assert [it.version if it else None for it in versions] == [None, 1, 1, 2]
    assert [it.version for it in book.record_milestones("deal", date(2026, 3, 1))] == [2]
    assert book.record_milestones("deal", date(2025, 12, 31)) == ()
    assert book.record_milestones("lead", date(2026, 3, 1)) == ()


def test_the_end_of_the_newest_version_ends_the_program_for_good() -> None:
    book = Rulebook([program(FAST), program(FAST, version=2, begin="2026-03-01", end="2026-04-01")])
    assert book.in_force(date(2026, 3, 31)) != []
    assert book.in_force(date(2026, 4, 1)) == []


def test_a_period_is_judged_by_the_version_in_force_at_its_start_all_through() -> None:
    book = Rulebook([program(FIFTH), program(FIFTH.replace("500", "900"), version=2, begin="2026-02-01")])
    first, second = quarter("2026-02-15"), quarter("2026-04-01")
    assert [it.points.fixed for it in book.period_milestones("won_count", first)] == [500]
    assert [it.points.fixed for it in book.period_milestones("won_count", second)] == [900]


def test_a_period_that_began_before_the_program_is_judged_by_its_first_version() -> None:
    book = Rulebook([program(FIFTH, FIRST, begin="2026-02-01"), program(FIFTH, FIRST, version=2, begin="2026-05-01")])
    assert [it.version for it in book.milestones_in(quarter("2026-02-15"))] == [1]
    assert [it.version for it in book.milestones_in(parse_period("lifetime"))] == [1]
    assert counted(book, date(2026, 1, 31)) == ()
    assert len(counted(book, date(2026, 2, 1))) == 2
    assert len(counted(book, date(2026, 7, 1))) == 2


def test_a_program_that_is_over_takes_no_more_facts() -> None:
    book = Rulebook([program(FIFTH, end="2026-02-01")])
    assert len(counted(book, date(2026, 1, 31))) == 1
    assert counted(book, date(2026, 2, 1)) == ()


def test_two_milestones_that_read_the_same_share_one_kpi() -> None:
    goal = FIFTH.replace("fifth", "goal").replace("every", "kpi").replace("n: 5", "at_least: 20")
    book = Rulebook([program(FIFTH, goal), program(FIFTH, id_="other")])
    uses = counted(book, date(2026, 1, 5))
    assert [use.id for use in uses] == ["won_count"]
    assert len(book.period_milestones("won_count", quarter("2026-01-05"))) == 3


def test_programs_with_other_calendars_never_share_a_standing() -> None:
    other = program(FIFTH, id_="other", extra="fiscal_year_start: 2\n")
    uses = counted(Rulebook([program(FIFTH), other]), date(2026, 1, 5))
    assert {use.calendar.period_of(date(2026, 1, 5)).id for use in uses} == {
        "2026Q1@Europe.Amsterdam",
        "2026Q4@Europe.Amsterdam~2",
    }


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", "won_count"),
        (", credit: current_owner", "won_count.current_owner"),
        (", where: {field: deal.amount, above: 5000 USD}", "won_count.USD."),
        (", where: {field: deal.type, is: new}", "won_count."),
    ],
)
def test_a_kpis_id_holds_what_makes_it_another_number(more, expected) -> None:
    use = one(FIFTH.replace(", points", f"{more}, points")).kpi
    assert use is not None
    assert use.id.startswith(expected)
    assert (use.id == expected) is not expected.endswith(".")


def test_the_audience_is_part_of_what_each_contribution_has_to_satisfy() -> None:
    audience = "audience: {field: participant.team, is: Central}\n"
    milestone, record = program(FIFTH, FAST, extra=audience).milestones
    won = {"deal.stage": "won", "deal.cycle_days": 3, "deal.close_date": date(2026, 1, 5)}
    assert milestone.kpi is not None
    assert [it.parts for it in milestone.kpi.moments(won | {"participant.team": "Central"})] == [{"won": 1}]
    assert [*milestone.kpi.moments(won | {"participant.team": "West"})] == [*milestone.kpi.moments(won)] == []
    assert record.holds(won) is None
    assert record.holds(won | {"participant.team": "West"}) is False
    assert milestone.reads_participant
    assert record.reads_participant
    assert milestone.kpi.id != one(FIFTH).kpi.id


# --- levels and points --------------------------------------------------------------------------------------------


def test_every_fifth_counts_full_fives_only() -> None:
    milestone = one(FIFTH)
    assert [milestone.level(Tally({"won": won})) for won in (0, 4, 5, 9, 10, -5)] == [0, 0, 1, 1, 2, 0]
    assert [milestone.points_for(level) for level in (0, 1, 3)] == [0, 500, 1500]
    assert milestone.progress(Tally({"won": 8})) == (3, 5)
    assert milestone.progress(Tally({})) == (0, 5)


def test_steps_of_money_are_in_minor_units() -> None:
    milestone = one(FIFTH.replace("won_count", "won_amount").replace("n: 5", "n: 10000 USD"))
    assert milestone.level(Tally({"won": 3, "amount": 2_999_999})) == 2
    assert milestone.progress(Tally({"won": 3, "amount": 2_999_999})) == (999_999, 1_000_000)
    assert milestone.progress_unit == "USD"
    assert milestone.reads_money


RATE = "{id: rate, title: R, kind: kpi, kpi: close_rate, at_least: 70%, min_sample: 20, period: quarter, points: 900}"


def test_a_rate_pays_exactly_from_its_threshold_and_only_on_enough_deals() -> None:
    milestone = one(RATE)
    assert milestone.level(Tally({"won": 14, "closed": 20})) == 1
    assert milestone.level(Tally({"won": 13, "closed": 19})) == 0
    assert milestone.level(Tally({"won": 699_999, "closed": 1_000_000})) == 0
    assert milestone.level(Tally({})) == 0
    assert milestone.progress(Tally({"won": 6, "closed": 9})) == (66, 70)
    assert milestone.progress(Tally({"won": 14, "closed": 20})) is None
    assert milestone.progress_unit == "percent"


@pytest.mark.parametrize(
    ("line", "pays", "pays_not"),
    [
        ("at_least: 3", 3, 2),
        ("above: 3", 4, 3),
        ("between: [3, 5]", 5, 6),
        ("at_most: 3, min_sample: 1", 3, 4),
        ("below: 3, min_sample: 1", 2, 3),
    ],
)
def test_a_threshold_means_what_its_word_says(line, pays, pays_not) -> None:
    milestone = one(FIFTH.replace("every", "kpi").replace("n: 5", line))
    assert milestone.level(Tally({"won": pays})) == 1
    assert milestone.level(Tally({"won": pays_not})) == 0
    assert milestone.level(Tally({})) == 0


def test_points_per_unit_are_rounded_half_up_between_floor_and_cap() -> None:
    points = one(FAST.replace("points: 50", "points: {per: deal.amount, rate: 1%, floor: 10, cap: 1000}")).points
    given = {
        amount: points.of({"deal.amount": amount, "deal.currency": "USD"}) for amount in (0, 154_999, 155_000, 10**9, -(10**6))
    }
    assert given == {0: 10, 154_999: 15, 155_000: 16, 10**9: 1000, -(10**6): 10}
    assert points.of({"deal.currency": "USD"}) is None
    assert points.of({"deal.amount": 100, "deal.currency": "EUR"}) is None
    steps = one(FAST.replace("points: 50", "points: {per: deal.amount, every: 100 USD, points: 1}")).points
    assert steps.of({"deal.amount": 15_000, "deal.currency": "USD"}) == 2
    assert steps.of({"deal.amount": 14_999, "deal.currency": "USD"}) == 1


def test_points_may_depend_on_a_plain_number() -> None:
    milestone = one(FAST.replace("points: 50", "points: {per: participant.tenure_days, rate: 0.5}"))
    assert milestone.points.of({"participant.tenure_days": 3}) == 2
    assert milestone.reads_participant
    assert milestone.points_for(1, {}) is None
    assert milestone.points_for(0, {}) == 0


def test_what_a_program_is_compared_with_may_lie_before_it_begins_and_pays_nothing() -> None:
    better = "{id: better, title: B, kind: improvement, kpi: won_count, period: quarter, by: 10%, over: 2, points: 9}"
    book = Rulebook([program(FIFTH, better)])
    (use,) = {use.id: use for use in book.uses("deal")}.values()
    assert counted(book, date(2025, 11, 5))
    assert book.history(use, date(2025, 11, 5))
    assert not book.history(use, date(2026, 1, 5))
    assert counted(Rulebook([program(FIFTH)]), date(2025, 11, 5)) == ()
