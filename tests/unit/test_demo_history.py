"""What the demo's real history earns, deal by deal, against counts that were computed without Accolade."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from accolade.kpis.port import Tally
from accolade.programs.loading import load
from accolade.programs.periods import calendar
from accolade.programs.rulebook import Rulebook

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "infra" / "local" / "demo"
ORACLES = ROOT / "tests" / "data" / "oracles" / "maven"

RATE = "{id: rate, title: R, kind: kpi, kpi: close_rate, at_least: 70%, min_sample: 20, period: quarter, points: 900}"


def deals() -> Iterator[tuple[str, dict[str, object]]]:
    """The demo's closed deals in order, as the rules see them."""
    with (DEMO / "data" / "sales_pipeline.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["deal_stage"] in ("Won", "Lost")]
    for row in sorted(rows, key=lambda it: (it["close_date"], it["opportunity_id"])):
        closed, opened = date.fromisoformat(row["close_date"]), date.fromisoformat(row["engage_date"])
        yield (
            row["opportunity_id"],
            {
                "deal.stage": row["deal_stage"].lower(),
                "deal.amount": int(row["close_value"]) * 100,
                "deal.currency": "USD",
                "deal.close_date": closed,
                "deal.created_on": opened,
                "deal.cycle_days": (closed - opened).days,
                "deal.owner": row["sales_agent"],
            },
        )


class Replay:
    """Every deal through the rulebook, in order: sums by participant, KPI and period, and each new award."""

    def __init__(self, book: Rulebook) -> None:
        self.parts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
        self.reached: list[tuple[str, str, str, int, str]] = []
        self.records: list[tuple[str, str, date]] = []
        levels: dict[tuple[str, str, str], int] = defaultdict(int)
        for deal, values in deals():
            owner, on = str(values["deal.owner"]), values["deal.close_date"]
            assert isinstance(on, date)
            self.records += [(it.id, owner, on) for it in book.record_milestones("deal", on) if it.holds(values) is True]
            for use in book.uses("deal"):
                period = book.counted(use, on)
                if period is None:
                    continue
                sums = self.parts[owner, use.id, period.id]
                for moment in use.moments(values):
                    self._add(sums, moment.parts)
                for milestone in book.period_milestones(use.id, period):
                    level = milestone.level(Tally(sums))
                    if level > levels[owner, milestone.id, period.id]:
                        self.reached.append((milestone.id, owner, period.label, level, deal))
                    levels[owner, milestone.id, period.id] = level
        self.levels = levels

    @staticmethod
    def _add(sums: dict[str, int], parts: Mapping[str, int]) -> None:
        for name, amount in parts.items():
            sums[name] = sums.get(name, 0) + amount


@pytest.fixture(scope="module")
def replay() -> Replay:
    rate = RATE.replace("}", ", credit: current_owner}")
    demo = load((DEMO / "program.yaml").read_text() + f"  - {rate}\n", file="program.yaml")
    return Replay(Rulebook([demo]))


def expected(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_fifth_win_is_reached_by_the_same_deals(replay: Replay) -> None:
    rows = {
        (row["sales_agent"], row["quarter"], int(row["hit_number"]), row["opportunity_id"])
        for row in expected("milestone_every_5th_won_events.csv")
    }
    assert {it[1:] for it in replay.reached if it[0] == "every-fifth-win"} == rows
    assert len(rows) == 583


def test_the_first_big_deal_is_the_same_for_each_rep(replay: Replay) -> None:
    rows = {
        (row["sales_agent"], row["opportunity_id"]) for row in expected("milestone_first_deal_over_5000.csv") if row["hit"] == "1"
    }
    assert {(it[1], it[4]) for it in replay.reached if it[0] == "first-big-deal"} == rows
    assert len(rows) == 20


def test_fast_wins_are_as_many_per_rep_and_quarter(replay: Replay) -> None:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for _, owner, on in replay.records:
        found[owner, calendar("quarter").period_of(on).label] += 1
    rows = {(row["sales_agent"], row["quarter"]): int(row["hits"]) for row in expected("milestone_cycle_under_14_days.csv")}
    assert found == {key: hits for key, hits in rows.items() if hits}
    assert sum(rows.values()) == 1061


def test_a_close_rate_of_70_percent_over_20_deals_is_held_by_the_same_reps(replay: Replay) -> None:
    rows = expected("milestone_win_rate_70_min20.csv")
    held = {(row["sales_agent"], row["quarter"]) for row in rows if row["hit_at_quarter_end"] == "1"}
    ever = {
        (row["sales_agent"], row["quarter"], row["first_hit_opportunity"])
        for row in rows
        if row["hit_ever_after_each_deal"] == "1"
    }
    levels = {(owner, period[:6]) for (owner, id_, period), level in replay.levels.items() if id_ == "rate" and level}
    assert levels == held
    firsts: dict[tuple[str, str], str] = {}
    for id_, owner, label, _, deal in replay.reached:
        if id_ == "rate":
            firsts.setdefault((owner, label), deal)
    assert {(owner, label, deal) for (owner, label), deal in firsts.items()} == ever


def test_the_totals_are_the_published_ones() -> None:
    totals = {row["milestone"]: int(row["hits"]) for row in expected("milestone_totals.csv")}
    assert (totals["every 5th won deal in a quarter by a rep"], totals["first deal > 5000 (reps)"]) == (583, 20)
    assert totals["won deals with cycle < 14 days"] == 1061
