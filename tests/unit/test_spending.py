"""Holding, spending and releasing between accruals and clawbacks: the wallet is the fold of its entries, and nothing is lost."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accolade.flows.ledger_check import redemption_problems, wallet_problems
from accolade.model.errors import Refused
from accolade.model.ledger import EntryKind, Wallet
from accolade.model.records import Holding
from accolade.wallet import accounts
from accolade.wallet.books import Award, Books, Occasion
from accolade.wallet.chain import fold
from accolade.wallet.spending import Act, Purchase, hold, release, spend

START = datetime(2026, 1, 1, tzinfo=UTC)
WHO, DEBT_LIMIT = "P000001", 50

STEP = st.one_of(
    st.tuples(st.just("award"), st.integers(0, 2), st.integers(0, 300)),
    st.tuples(st.just("hold"), st.integers(0, 4), st.integers(1, 200)),
    st.tuples(st.just("spend"), st.integers(0, 4), st.just(0)),
    st.tuples(st.just("release"), st.integers(0, 4), st.just(0)),
)


class Person:
    """A wallet with what moves it, by the same code as on the stack."""

    def __init__(self) -> None:
        self.wallet, self.entries = Wallet("acme", WHO), []
        self.holdings = defaultdict(Holding)
        self.open: dict[int, Purchase] = {}
        self.made = 0
        self.now = START

    def award(self, number: int, should: int) -> None:
        """A deal's worth moves: a rise is an accrual, a fall a clawback, debt and a write-off."""
        key = f"race/share/{WHO}/deal-{number}"
        books = Books({WHO: self.wallet}, lambda program: None, Occasion("acme", self.now, self.now, self.now, "accolade"))
        award = Award(key, "race", 1, "share", WHO, f"deal-{number}", self.holdings[number], should, debt_limit=DEBT_LIMIT)
        self.holdings[number] = books.settle(award)
        self.wallet = books.changed.get(WHO, self.wallet)
        self.entries += books.entries

    def hold(self, number: int, points: int) -> None:
        if number in self.open:
            return
        self.made += 1
        purchase = Purchase(f"p000001x{self.made}", "card", "tremendous", points)
        if self.wallet.available < points:
            with pytest.raises(Refused):
                hold(self.wallet, purchase, Act(self.now, WHO))
            return
        self._take(hold(self.wallet, purchase, Act(self.now, WHO)))
        self.open[number] = purchase

    def end(self, what: str, number: int) -> None:
        purchase = self.open.pop(number, None)
        if purchase:
            self._take((spend if what == "spend" else release)(self.wallet, purchase, Act(self.now, "accolade")))

    def _take(self, done) -> None:
        self.wallet = done.wallet
        self.entries.append(done.entry)

    def step(self, what: str, number: int, points: int) -> None:
        self.now += timedelta(minutes=1)
        if what == "award":
            self.award(number, points)
        elif what == "hold":
            self.hold(number, points)
        else:
            self.end(what, number)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(STEP, max_size=40))
def test_whatever_comes_in_whatever_order_the_books_add_up(steps):
    person = Person()
    for step in steps:
        person.step(*step)
        wallet = person.wallet
        assert min(wallet.available, wallet.pending, wallet.held, wallet.debt) >= 0
        assert wallet.debt <= DEBT_LIMIT
        assert wallet.held == sum(it.points for it in person.open.values())
    assert fold(Wallet("acme", WHO), person.entries) == person.wallet
    assert wallet_problems(person.wallet, person.entries) == []
    sums = defaultdict(int)
    for entry in person.entries:
        for it in entry.transfers:
            sums[it.source] -= it.amount
            sums[it.target] += it.amount
    assert sum(sums.values()) == 0
    assert sums[accounts.wallet(WHO)] == person.wallet.available
    assert sums[accounts.debt(WHO)] == -person.wallet.debt
    assert {name: points for name, points in sums.items() if name.startswith("held:") and points} == {
        accounts.held(it.redemption): it.points for it in person.open.values()
    }
    assert len({entry.id for entry in person.entries}) == len(person.entries)


def test_a_release_repays_debt_first():
    person = Person()
    person.award(0, 100)
    person.hold(0, 80)
    person.award(0, 60)  # 20 from the wallet, 20 as debt
    assert (person.wallet.available, person.wallet.held, person.wallet.debt) == (0, 80, 20)
    person.end("release", 0)
    assert (person.wallet.available, person.wallet.held, person.wallet.debt) == (60, 0, 0)
    assert [it.target for it in person.entries[-1].transfers] == [accounts.debt(WHO), accounts.wallet(WHO)]


def test_a_redemption_ends_once_spend_and_release_have_one_place():
    person = Person()
    person.award(0, 100)
    purchase = Purchase("p000001x1", "card", "tremendous", 30)
    held = hold(person.wallet, purchase, Act(START, WHO))
    spent, released = (end(held.wallet, purchase, Act(START, "accolade")) for end in (spend, release))
    assert spent.entry.id == released.entry.id != held.entry.id
    with pytest.raises(Refused):
        release(spent.wallet, purchase, Act(START, "accolade"))


def test_points_held_that_no_redemption_has_are_found():
    person = Person()
    person.award(0, 100)
    person.hold(0, 30)
    assert redemption_problems([], person.entries) == ["redemption p000001x1: there are entries, and no redemption"]
    assert [it.kind for it in person.entries] == [EntryKind.ACCRUAL, EntryKind.HOLD]


def test_a_wallet_that_was_tampered_with_is_found():
    from dataclasses import replace

    person = Person()
    person.award(0, 100)
    person.hold(0, 30)
    assert wallet_problems(replace(person.wallet, held=0), person.entries) == [
        f"wallet {WHO}: held is stored as 0, its entries say 30"
    ]
