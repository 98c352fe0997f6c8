"""Points that are held back, reviewed or capped: what an award does to a wallet, step by step, never losing a point."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from accolade.model.ledger import EntryKind, Wallet
from accolade.model.records import Holding
from accolade.wallet import accounts, awards
from accolade.wallet.awards import VESTED, Terms

ASHA = Wallet("acme", "P000001")
FREE = Terms("race", "points", debt_limit=300, room=None)
DAY = 86_400_000


def test_points_on_hold_are_pending_and_not_spendable():
    change = awards.adjust(ASHA, Holding(), should=500, terms=replace(FREE, due=30 * DAY))
    assert (change.wallet.pending, change.wallet.available) == (500, 0)
    assert change.holding.lots == ((30 * DAY, 500),)
    assert change.postings[0].transfers[0].target == accounts.pending("P000001")


def test_what_is_due_vests_once():
    held = awards.adjust(ASHA, Holding(), should=500, terms=replace(FREE, due=30 * DAY))
    early = awards.adjust(held.wallet, held.holding, should=500, terms=replace(FREE, due=30 * DAY, matured=30 * DAY - 1))
    assert early.postings == ()
    due = awards.adjust(held.wallet, held.holding, should=500, terms=replace(FREE, due=30 * DAY, matured=30 * DAY))
    assert [it.kind for it in due.postings] == [EntryKind.VEST]
    assert (due.wallet.pending, due.wallet.available, due.holding.lots) == (0, 500, ())
    again = awards.adjust(due.wallet, due.holding, should=500, terms=replace(FREE, due=30 * DAY, matured=31 * DAY))
    assert again.postings == ()


def test_a_gate_that_is_not_kept_lets_nothing_vest_however_late_it_is():
    held = awards.adjust(ASHA, Holding(), should=500, terms=replace(FREE, due=0, open_gate=False, matured=90 * DAY))
    assert held.wallet.pending == 500
    assert held.wallet.available == 0


def test_a_clawback_takes_the_award_s_own_pending_points_first():
    held = awards.adjust(replace(ASHA, available=200), Holding(), should=500, terms=replace(FREE, due=30 * DAY))
    back = awards.adjust(held.wallet, held.holding, should=100, terms=replace(FREE, due=30 * DAY))
    assert (back.wallet.pending, back.wallet.available, back.wallet.debt) == (100, 200, 0)


def test_an_award_that_needs_a_person_waits_and_is_posted_when_approved():
    asked = awards.adjust(ASHA, Holding(), should=5000, terms=replace(FREE, review=True))
    assert asked.postings == ()
    assert asked.holding == Holding(awaiting=5000)
    given_ = awards.approve(asked.wallet, asked.holding, terms=replace(FREE, review=True))
    assert (given_.wallet.available, given_.holding.posted, given_.holding.awaiting) == (5000, 5000, 0)


def test_what_a_person_refused_is_not_asked_for_again():
    asked = awards.adjust(ASHA, Holding(), should=5000, terms=replace(FREE, review=True))
    no = awards.refuse(asked.wallet, asked.holding)
    assert awards.adjust(no.wallet, no.holding, should=5000, terms=replace(FREE, review=True)).holding == Holding(refused=5000)
    more = awards.adjust(no.wallet, no.holding, should=6000, terms=replace(FREE, review=True))
    assert more.holding == Holding(refused=5000, awaiting=1000)


def test_a_fall_takes_the_refused_then_the_awaiting_then_the_parked_then_the_posted():
    mixed = Holding(posted=100, parked=30, awaiting=20, refused=10, revision=1)
    wallet = replace(ASHA, available=100)
    left = [awards.adjust(wallet, mixed, should=should, terms=FREE).holding for should in (150, 130, 100, 40)]
    assert [(it.refused, it.awaiting, it.parked, it.posted) for it in left] == [
        (0, 20, 30, 100),
        (0, 0, 30, 100),
        (0, 0, 0, 100),
        (0, 0, 0, 40),
    ]


def test_vesting_repays_debt_first():
    held = awards.adjust(replace(ASHA, debt=200), Holding(), should=500, terms=replace(FREE, due=DAY))
    assert held.wallet.debt == 200
    due = awards.adjust(held.wallet, held.holding, should=500, terms=replace(FREE, due=DAY, matured=DAY))
    assert (due.wallet.available, due.wallet.debt, due.wallet.pending) == (300, 0, 0)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 900),
        st.sampled_from([VESTED, 0, 5 * DAY, 9 * DAY]),
        st.sampled_from([0, 6 * DAY, 10 * DAY]),
        st.booleans(),
        st.booleans(),
        st.sampled_from([None, 0, 250]),
    ),
    max_size=12,
)


@given(STEPS)
def test_whatever_happens_the_wallet_is_the_fold_of_its_postings_and_holds_what_it_says(steps):
    wallet, holding, sums = ASHA, Holding(), dict[str, int]()
    for should, due, matured, gate, review, room in steps:
        terms = Terms("race", "points", 300, room, due=due, matured=matured, open_gate=gate, review=review)
        change = awards.adjust(wallet, holding, should=should, terms=terms)
        wallet, holding = change.wallet, change.holding
        for posting in change.postings:
            assert posting.transfers
            for it in posting.transfers:
                assert it.amount > 0
                sums[it.source] = sums.get(it.source, 0) - it.amount
                sums[it.target] = sums.get(it.target, 0) + it.amount
        assert holding.held == should
        assert (wallet.available, wallet.pending, wallet.debt) == (
            sums.get(accounts.wallet("P000001"), 0),
            sums.get(accounts.pending("P000001"), 0),
            -sums.get(accounts.debt("P000001"), 0),
        )
        assert wallet.available >= 0 <= wallet.pending
        assert 0 <= wallet.debt <= 300
        assert holding.pending == wallet.pending
        assert sum(sums.values()) == 0
