"""Points expire by their program's rule, what expires soonest is spent first, and the lots are always the balance."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accolade.model.expiry import AFTER, INACTIVE, ON, PROGRAM, Expires, Rule, later
from accolade.model.ledger import Entry, EntryKind, Wallet
from accolade.model.records import Holding
from accolade.wallet import accounts
from accolade.wallet.adjusting import adjust
from accolade.wallet.awards import VESTED
from accolade.wallet.books import Award, Books, Occasion
from accolade.wallet.chain import fold
from accolade.wallet.expiry import Lots, expire, lots
from accolade.wallet.moving import move
from accolade.wallet.spending import Act, Purchase, hold, release, spend

ASHA = "P000001"
START = datetime(2026, 1, 10, 12, tzinfo=UTC)
YEAR = Rule(Expires(AFTER, months=12), "Europe/Amsterdam")
MONTH = Rule(Expires(AFTER, months=1), "UTC")
QUIET = Rule(Expires(INACTIVE, months=2), "UTC")
RULES = {"year": YEAR, "month": MONTH, "quiet": QUIET}


def rules(program: str, version: int) -> Rule | None:
    return RULES.get(program)


class Purse:
    """One wallet and everything that is ever done to it, with the clock in the test's hands."""

    def __init__(self) -> None:
        self.wallet, self.entries, self.now = Wallet("acme", ASHA), list[Entry](), START
        self.holdings: dict[str, Holding] = {}
        self.bought: dict[str, Purchase] = {}

    def award(self, program: str, scope: str, should: int, *, due: int = VESTED, open_gate: bool = True) -> None:
        """The award is worth so many points from now on."""
        key = f"{program}/win/{ASHA}/{scope}"
        occasion = Occasion("acme", self.now - timedelta(days=5), self.now, self.now, "process")
        books = Books({ASHA: self.wallet}, lambda node: None, occasion)
        held = self.holdings.get(key, Holding())
        award = Award(key, program, 1, "win", ASHA, scope, held, should, debt_limit=500, due=due, open_gate=open_gate)
        self.holdings[key] = books.settle(award)
        self._moved(books.changed[ASHA], *books.entries)

    def order(self, points: int) -> str:
        name = f"r{len(self.bought)}"
        self.bought[name] = Purchase(name, "card", "stock", points)
        done = hold(self.wallet, self.bought[name], Act(self.now, ASHA))
        self._moved(done.wallet, done.entry)
        return name

    def ends(self, name: str, *, paid: bool) -> None:
        done = (spend if paid else release)(self.wallet, self.bought.pop(name), Act(self.now, "fulfill"))
        self._moved(done.wallet, done.entry)

    def correct(self, points: int, dispute: str) -> None:
        done = adjust(self.wallet, points, dispute=dispute, at=self.now, actor="admin", reason_hash="")
        self._moved(done.wallet, done.entry)

    def expire(self) -> list[int]:
        """What expires now, entry by entry."""
        done = expire(self.wallet, self.lots(), now=self.now, most=100)
        if done is None:
            return []
        self._moved(done.wallet, *done.entries)
        return [it.amount for entry in done.entries for it in entry.transfers]

    def lots(self) -> Lots:
        return lots(self.entries, ASHA, rules)

    def days(self) -> dict[str, int]:
        return {day.isoformat(): points for day, points in self.lots().days().items()}

    def _moved(self, wallet: Wallet, *entries: Entry) -> None:
        self.wallet = wallet
        self.entries += entries


@pytest.mark.parametrize(
    ("since", "months", "last"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2026-03-31", 120, "2036-03-31"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one_of_a_shorter_month(since, months, last):
    assert later(date.fromisoformat(since), months) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("month", "day", "least", "since", "last"),
    [
        (12, 31, 90, "2026-06-30", "2026-12-31"),
        (12, 31, 90, "2026-10-02", "2026-12-31"),
        (12, 31, 90, "2026-10-03", "2027-12-31"),
        (12, 31, 0, "2026-12-31", "2026-12-31"),
        (2, 29, 0, "2026-02-01", "2026-02-28"),
        (2, 29, 0, "2028-02-01", "2028-02-29"),
        (2, 29, 30, "2027-02-10", "2028-02-29"),
    ],
)
def test_a_calendar_date_takes_points_only_when_they_are_old_enough(month, day, least, since, last):
    rule = Expires(ON, month=month, day=day, least=least)
    assert rule.last_day(date.fromisoformat(since)) == date.fromisoformat(last)


def test_the_last_day_is_whole_in_the_zone_of_the_program_also_when_its_clock_changes():
    purse = Purse()
    purse.now = datetime(2025, 10, 25, 22, 30, tzinfo=UTC)  # 00:30 on the 26th in Amsterdam, the night of 25 hours
    purse.award("year", "a", 90)
    assert purse.days() == {"2026-10-26": 90}
    purse.now = datetime(2026, 10, 26, 22, 59, tzinfo=UTC)
    assert purse.expire() == []
    purse.now = datetime(2026, 10, 26, 23, 0, tzinfo=UTC)
    assert purse.expire() == [90]
    entry = purse.entries[-1]
    assert entry.id == f"~expiry/year/{ASHA}/2026-10-26#1"
    assert (entry.at, entry.cause.program, entry.cause.milestone, entry.cause.scope) == (purse.now, PROGRAM, "year", "2026-10-26")
    assert [(it.source, it.target) for it in entry.transfers] == [(accounts.wallet(ASHA), accounts.EXPIRED)]


def test_points_count_from_the_day_on_which_they_came_and_not_from_when_they_were_earned():
    purse = Purse()
    purse.award("month", "a", 10)
    assert purse.entries[0].at < purse.now
    assert purse.days() == {"2026-02-10": 10}


def test_what_vests_later_lasts_from_then_on():
    purse = Purse()
    purse.award("month", "a", 50, due=1, open_gate=False)
    assert purse.days() == {}
    purse.now += timedelta(days=20)
    purse.award("month", "a", 50, due=1)
    assert purse.days() == {"2026-02-28": 50}


def test_what_expires_soonest_is_spent_first_and_a_release_brings_it_back_as_it_was():
    purse = Purse()
    purse.award("other", "never", 5)
    purse.award("year", "a", 100)
    purse.award("month", "b", 40)
    name = purse.order(60)
    assert purse.days() == {"2027-01-10": 80}
    purse.now += timedelta(days=3)
    purse.ends(name, paid=False)
    assert purse.days() == {"2026-02-10": 40, "2027-01-10": 100}
    purse.ends(purse.order(141), paid=True)
    assert purse.days() == {}
    assert [lot.points for lot in purse.lots().free] == [4]


def test_a_clawback_takes_the_points_of_its_own_award_first():
    purse = Purse()
    purse.award("month", "a", 40)
    purse.award("year", "b", 100)
    purse.award("year", "b", 30)
    assert purse.days() == {"2026-02-10": 40, "2027-01-10": 30}
    purse.order(35)
    purse.award("year", "b", 0)
    assert purse.days() == {"2026-02-10": 5}


def test_what_repays_a_debt_is_no_lot():
    purse = Purse()
    purse.award("month", "a", 100)
    purse.order(100)
    purse.award("month", "a", 0)
    assert purse.wallet.debt == 100
    purse.award("year", "b", 130)
    assert purse.days() == {"2027-01-10": 30}


def test_a_released_hold_repays_debt_with_what_expires_soonest():
    purse = Purse()
    purse.award("month", "a", 40)
    purse.award("year", "b", 60)
    name = purse.order(100)
    purse.award("month", "a", 0)
    purse.ends(name, paid=False)
    assert purse.days() == {"2027-01-10": 60}


def test_activity_puts_off_what_expires_by_inactivity():
    purse = Purse()
    purse.award("quiet", "a", 100)
    assert purse.days() == {"2026-03-10": 100}
    purse.now = datetime(2026, 3, 1, tzinfo=UTC)
    purse.order(10)
    assert purse.days() == {"2026-05-01": 90}
    purse.now = datetime(2026, 5, 2, tzinfo=UTC)
    assert purse.expire() == [90]
    assert purse.expire() == []


def test_what_comes_back_after_its_day_expires_once_more_under_the_next_number():
    purse = Purse()
    purse.award("month", "a", 40)
    purse.award("month", "b", 60)
    name = purse.order(30)
    purse.now = datetime(2026, 2, 11, tzinfo=UTC)
    assert purse.expire() == [70]
    purse.ends(name, paid=False)
    assert purse.expire() == [30]
    assert [it.id.rpartition("#")[2] for it in purse.entries if it.kind is EntryKind.EXPIRY] == ["1", "2"]
    assert purse.wallet.available == 0


def test_points_of_a_merged_wallet_keep_their_days():
    gone, kept = Purse(), Wallet("acme", "P000002")
    gone.award("month", "a", 40)
    gone.award("year", "b", 60)
    moved = move(gone.wallet, kept, at=gone.now, actor="admin")
    assert moved is not None
    out, into = moved
    left = lots([*gone.entries, out.entry], ASHA, rules)
    assert left.free == []
    found = lots([into.entry], "P000002", rules, lambda scope: left.left[int(scope.partition(".")[2])])
    assert {day.isoformat(): points for day, points in found.days().items()} == {"2026-02-10": 40, "2027-01-10": 60}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["award", "award", "vest", "order", "paid", "released", "correct", "expire", "wait"]),
        st.integers(0, 3),
        st.integers(0, 120),
    ),
    max_size=30,
)


@given(STEPS, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_lots_are_always_the_balance_and_expiry_takes_each_point_once_at_most(steps, chance):
    purse = Purse()
    for number, (what, which, points) in enumerate(steps):
        before = purse.wallet.available
        _do(purse, what, which, points, number)
        assert purse.lots().available == purse.wallet.available >= 0
        if what == "expire":
            gone = before - purse.wallet.available
            assert gone >= 0
            assert purse.expire() == [], "a second round finds nothing"
            assert all(day >= purse.now.date() - timedelta(days=1) for day in purse.lots().days())
    whole = fold(Wallet("acme", ASHA), purse.entries)
    assert whole == replace(purse.wallet, revision=whole.revision)
    mixed = list(purse.entries)
    chance.shuffle(mixed)
    assert lots(mixed, ASHA, rules) == purse.lots()
    expired = [entry.id for entry in purse.entries if entry.kind is EntryKind.EXPIRY]
    assert len(expired) == len(set(expired))


def _do(purse: Purse, what: str, which: int, points: int, number: int) -> None:
    program = ("year", "month", "quiet", "other")[which]
    purse.now += timedelta(minutes=1)
    if what == "award":
        purse.award(program, str(points % 3), points)
    elif what == "vest":
        purse.award(program, f"v{which}", points, due=1, open_gate=bool(points % 2))
    elif what == "order" and 0 < points <= purse.wallet.available:
        purse.order(points)
    elif what in ("paid", "released") and purse.bought:
        purse.ends(sorted(purse.bought)[which % len(purse.bought)], paid=what == "paid")
    elif what == "correct" and 0 < points <= purse.wallet.available:
        purse.correct(points if which % 2 else -points, str(number))
    elif what == "expire":
        purse.expire()
    elif what == "wait":
        purse.now += timedelta(days=points)
