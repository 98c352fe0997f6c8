"""Periods close on moto: ranks, teams, improvements, holds and group caps, once, whatever happens in between."""

from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from moto import mock_aws
from tests.scenarios.closing import Closing, won
from tests.scenarios.running import BOB, CAROL, person
from tests.scenarios.stack import Stack
from tests.scenarios.test_kills import Killed, Worker

from accolade import wiring
from accolade.flows.ledger_check import LedgerCheck
from accolade.store.audit import Audit
from accolade.store.budgets import Budgets
from accolade.store.people import People

RANK = """
  - id: first-three
    title: The quarter's best
    kind: rank
    kpi: won_amount
    period: quarter
    top: 2
    pot: 1001
    shares: [60%, 40%]
    closes_after: 3 days
"""
TEAM = """
  - id: team-win
    title: Two wins of a team
    kind: kpi
    kpi: won_count
    period: quarter
    at_least: 2
    points: 1001
    subject: team
    evaluate: at_close
"""


def at(day: str, time: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00+00:00")


def checked(house: Closing) -> None:
    """The books are whole."""
    here = wiring.database()
    found = LedgerCheck(Audit(here), People(here), Budgets(here)).verify("acme")
    assert found.problems == []


def test_a_rank_closes_after_its_window_and_only_once(stack):
    house = Closing(stack, RANK)
    house.win(won("A", "2017-02-01"), won("B", "2017-02-02", BOB, Amount="3000.0"), now=at("2017-02-03"))
    house.win(won("C", "2017-03-30", CAROL, Amount="2000.0"), now=at("2017-03-31"))
    house.maintain(now=at("2017-04-03", "23:59"))
    assert house.available() == {}, "the window for what arrives late is open"
    for _ in range(3):
        house.maintain(now=at("2017-04-04"))
    assert house.available() == {"bob": 601, "carol": 400}
    assert sorted(line["facts"]["place"] for line in house.lines()) == [1, 2]
    assert len(house.entries()) == len(house.deliveries()) == 2
    checked(house)


def test_a_late_fact_judges_the_period_again_and_the_message_says_so(stack):
    house = Closing(stack, RANK)
    house.win(won("B", "2017-02-02", BOB), won("C", "2017-03-30", CAROL, Amount="500.0"), now=at("2017-03-31"))
    house.maintain(now=at("2017-04-04"))
    assert house.available() == {"bob": 601, "carol": 400}
    house.win(won("A", "2017-03-01", Amount="9000.0"), now=at("2017-05-01"))
    house.maintain(now=at("2017-05-01"))
    assert house.available() == {"asha": 601, "bob": 400}
    late = [line for line in house.lines() if line["facts"]["reason"] == "late"]
    assert sorted(line["points"] for line in late) == [-400, -201, 601]
    before = house.entries()
    house.maintain(now=at("2017-05-02"))
    assert house.entries() == before
    assert not [key for key in house.state() if key[0].startswith("LATE#")]
    checked(house)


def test_what_a_team_gets_is_shared_exactly_and_by_whoever_was_in_it_at_the_close(stack):
    house = Closing(stack, TEAM)
    house.win(won("A", "2017-02-01"), won("B", "2017-02-02", BOB), won("C", "2017-02-03", CAROL), now=at("2017-02-04"))
    house.maintain(now=at("2017-04-04"))
    assert house.available() == {"asha": 501, "bob": 500}, "1,001 in two parts; East has one win"
    house.people.register("acme", [replace(person("bob", BOB), team="East")])
    house.win(won("D", "2017-03-02"), won("E", "2017-03-03", CAROL), now=at("2017-05-01"))
    house.maintain(now=at("2017-05-01"))
    assert house.available() == {"asha": 501, "bob": 500, "carol": 1001}, "Bob shared West's and East was Carol alone"
    checked(house)


def test_a_live_team_is_paid_as_it_stands_and_gives_back(stack):
    house = Closing(stack, TEAM.replace("at_close", "live"))
    house.win(won("A", "2017-02-01"), won("B", "2017-02-02", BOB), now=at("2017-02-03"))
    house.maintain(now=at("2017-02-03"))
    assert house.available() == {"asha": 501, "bob": 500}
    house.win(won("B", "2017-02-02", BOB, at=9, StageName="Negotiation"), now=at("2017-02-04"))
    house.maintain(now=at("2017-02-04"))
    assert house.available() == {}
    assert {line["facts"]["reason"] for line in house.lines()} == {"group"}
    checked(house)


IMPROVED = """
  - id: better
    title: Better than before
    kind: improvement
    kpi: won_amount
    period: month
    by: 10%
    over: 2
    points: 300
"""


def test_an_improvement_is_measured_against_what_was_known_when_it_closed_first(stack):
    house = Closing(stack, IMPROVED)
    house.win(*[won(f"N{n}", f"2017-0{n}-10", Amount="1000.0") for n in (1, 2)], now=at("2017-02-20"))
    house.win(won("N3", "2017-03-10", Amount="1100.0"), now=at("2017-03-20"))
    house.maintain(now=at("2017-04-04"))
    assert house.available() == {"asha": 300}
    house.win(won("N4", "2017-01-15", Amount="5000.0"), now=at("2017-04-10"))
    house.maintain(now=at("2017-04-10"))
    assert house.available() == {"asha": 300}, "the baseline was fixed at the close"
    house.win(won("N3", "2017-03-10", at=5, Amount="1099.0"), now=at("2017-04-11"))
    house.maintain(now=at("2017-04-11"))
    assert house.available() == {}, "the month itself may still be corrected"
    checked(house)


HELD = """
  - id: held
    title: Held win
    kind: record
    when: {field: deal.stage, is: won}
    points: 100
    hold: 30 days
  - id: paid
    title: Paid invoice
    kind: record
    when: {field: deal.stage, is: won}
    points: 50
    hold: {for: 20 days, until: {field: deal.probability, at_least: 100}}
  - id: month
    title: Month's wins
    kind: kpi
    kpi: won_count
    period: month
    at_least: 1
    points: 40
    hold: 10 days
"""


def test_points_on_hold_vest_after_their_days_or_go_back_when_the_gate_was_not_kept(stack):
    house = Closing(stack, HELD)
    house.win(won("A", "2017-03-01"), now=at("2017-03-01"))
    assert (house.wallet()["pending"], house.wallet()["available"]) == (190, 0)

    def later(day: str) -> tuple[int, int]:
        for _ in range(2):
            house.maintain(now=at(day))
            house.arrive(at(day))
        return house.wallet()["pending"], house.wallet()["available"]

    assert later("2017-03-10") == (190, 0)
    assert later("2017-03-12") == (150, 40)
    assert later("2017-03-20") == (150, 40)
    assert later("2017-03-22") == (100, 40), "the gate was not kept in time"
    assert later("2017-04-01") == (0, 140)
    assert not [key for key in house.state() if key[1].startswith("LOT#")]
    kinds = sorted(it.kind.value for it in house.entries())
    assert kinds == ["accrual"] * 3 + ["clawback"] + ["vest"] * 2
    assert [it["facts"]["reason"] for it in house.lines() if it["kind"] == "clawback"] == ["lapsed"]
    checked(house)


def test_a_gate_that_is_kept_vests_at_once(stack):
    house = Closing(stack, HELD)
    house.win(won("A", "2017-03-01"), now=at("2017-03-01"))
    house.win(won("A", "2017-03-01", at=5, Probability="100"), now=at("2017-03-05"))
    assert (house.wallet()["pending"], house.wallet()["available"]) == (140, 50)


CAPPED = """
  - id: any-win
    title: Any win
    kind: record
    when: {field: deal.stage, is: won}
    points: 100
    caps: [{points: 250, per: team, period: month}]
  - id: second-win
    title: Second win
    kind: every
    kpi: won_count
    n: 2
    period: quarter
    points: 90
    caps: [{points: 100, per: team, period: quarter}]
"""


def test_the_cap_of_a_team_trims_in_the_order_of_posting_and_is_given_back(stack):
    house = Closing(stack, CAPPED)
    house.win(won("A", "2017-02-01"), won("B", "2017-02-02", BOB), now=at("2017-02-03"))
    house.win(won("C", "2017-02-03"), won("D", "2017-02-03", CAROL), now=at("2017-02-04"))
    assert house.available() == {"asha": 150 + 90, "bob": 100, "carol": 100}
    house.win(won("E", "2017-02-04", BOB), now=at("2017-02-05"))
    assert house.available() == {"asha": 240, "bob": 100 + 10, "carol": 100}, "10 of West's 100 for second wins are left"
    house.win(won("A", "2017-02-01", at=9, StageName="Negotiation"), now=at("2017-02-06"))
    assert house.available() == {"asha": 50, "bob": 110, "carol": 100}
    house.win(won("F", "2017-02-07", BOB), now=at("2017-02-08"))
    assert house.available() == {"asha": 50, "bob": 110 + 100 + 80, "carol": 100}, "what was given back is there for others"
    house.win(won("G", "2017-03-07", BOB), now=at("2017-03-08"))
    assert house.available()["bob"] == 290 + 100 + 10, "another month has a cap of its own; of the quarter's 10 are left"
    caps = {key[1]: item["spent"] for key, item in house.state().items() if key[1].startswith("CAP#")}
    assert max(caps.values()) <= 250
    checked(house)


def test_a_participant_s_cap_on_a_closed_award_trims_it(stack):
    house = Closing(stack, TEAM.replace("points: 1001", "points: 1001\n    caps: [{points: 300, per: team, period: quarter}]"))
    house.win(won("A", "2017-02-01"), won("B", "2017-02-02", BOB), now=at("2017-02-03"))
    for _ in range(3):
        house.maintain(now=at("2017-04-05"))
    assert sum(house.available().values()) == 300
    caps = [item["spent"] for key, item in house.state().items() if key[1].startswith("CAP#")]
    assert caps == [300]
    checked(house)


class Writing(Worker):
    """A worker that dies at writes of closes and vests only: between two of them nothing changes."""

    WRITES = ("PutItem", "DeleteItem", "TransactWriteItems")

    def before(self, model, **given):
        if model.name in self.WRITES:
            super().before(model, **given)

    def after(self, model, **given):
        if model.name in self.WRITES:
            super().after(model, **given)


@contextmanager
def world(patch, milestones):
    for name, value in {"DEFAULT_REGION": "us-east-1", "ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing"}.items():
        patch.setenv(f"AWS_{name}", value)
    with mock_aws():
        worker, stack = Writing(), Stack()
        for name, value in stack.settings.items():
            patch.setenv(name.upper(), value)
        wiring.point_at({})
        wiring.session().register("before-call", worker.before)
        wiring.session().register("after-call", worker.after)
        yield worker, Closing(stack, milestones)
    wiring.point_at({})


STORY = RANK + TEAM + HELD[HELD.index("  - id: month") :]


def play(worker: Worker, house: Closing, *, call: int = 0, when: str = ""):
    """A quarter closes, something comes late; the process dies once at its n-th write, and the next minute goes on."""
    worker.at, worker.when = call, when
    house.win(won("A", "2017-02-01"), won("B", "2017-02-02", BOB), won("C", "2017-03-20", CAROL), now=at("2017-03-20"))
    for day in ("2017-04-04", "2017-05-01"):
        if day == "2017-05-01":
            house.win(won("D", "2017-03-01", CAROL, Amount="9000.0"), now=at(day, "09:00"))
        for minute in range(3):
            worker.armed = worker.at > len(worker.calls)
            with suppress(Killed):  # that is what is tried; the next minute goes on
                house.maintain(now=at(day) + timedelta(minutes=minute))
            worker.armed = False
            house.arrive(at(day) + timedelta(minutes=minute))
    entries = [(it.id, it.kind, it.transfers) for it in house.entries()]
    return sorted(entries), house.available(), {item["pk"] for item in house.deliveries()}


@pytest.fixture(scope="module")
def undisturbed():
    patch = pytest.MonkeyPatch()
    with world(patch, STORY) as (worker, house):
        worker.at = 10_000
        told = play(worker, house, call=10_000, when="never")
        calls = list(worker.calls)
        checked(house)
    patch.undo()
    return told, calls


def test_the_undisturbed_quarter(undisturbed):
    (entries, available, _), calls = undisturbed
    assert 15 < len(calls) < 40
    assert available["carol"] >= 601
    assert len({id_ for id_, _, _ in entries}) == len(entries)


@pytest.mark.parametrize("part", range(4))
def test_killed_before_any_write_the_books_are_as_without_the_kill(undisturbed, monkeypatch, part):
    told, calls = undisturbed
    for call in range(part + 1, len(calls) + 1, 4):
        with world(monkeypatch, STORY) as (worker, house):
            assert play(worker, house, call=call, when="before") == told, f"killed before write {call}: {calls[call - 1]}"
            assert len(worker.calls) == call, "it did die there"


def test_killed_after_the_last_write_the_books_are_as_without_the_kill(undisturbed, monkeypatch):
    told, calls = undisturbed
    with world(monkeypatch, STORY) as (worker, house):
        assert play(worker, house, call=len(calls), when="after") == told
        assert len(worker.calls) == len(calls)


def test_two_runs_at_once_close_once(stack):
    house = Closing(stack, RANK)
    house.win(won("B", "2017-02-02", BOB), now=at("2017-02-03"))
    other, closes = wiring.maintainer(log=house.log), house.maintain.close.closes
    put, raced = closes.put, []

    def slow(tenant, close):
        if not raced:
            raced.append(1)
            other(now=at("2017-04-04"))
        return put(tenant, close)

    closes.put = slow
    house.maintain(now=at("2017-04-04"))
    house.maintain(now=at("2017-04-05"))
    assert house.available() == {"bob": 601}
    assert len(house.entries()) == 1
