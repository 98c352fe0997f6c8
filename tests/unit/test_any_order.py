"""Whatever the order, the duplicates and the splits: the same points, equal to a small oracle."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.playing import House, won

from accolade.model.ledger import Wallet
from accolade.model.records import Facts, Origin, Record, RecordKey, Version, merge
from accolade.wallet.chain import fold

STORY = (
    (1, {"stage": "open", "owner": "asha", "created_on": "2017-03-01", "close_date": "2017-03-11", "name": "Deal"}),
    (2, {"stage": "won", "amount": "1000"}),
    (3, {"stage": "open"}),
    (4, {"stage": "won", "amount": "1000"}),
    (5, {"amount": "2000"}),
    (6, {"owner": "bob"}),
    (7, {"deleted": True}),
)
"""Won, reopened, won again, amount changed, owner changed, deleted."""


def oracle(story) -> dict[str, int]:
    """Points by person, from the story in the CRM's own order: nothing of the house is used."""
    state: dict = {}
    owner_at_closing, stage = None, None
    for _, change in sorted(story):
        state |= change
        if "stage" in change and change["stage"] != stage:
            stage = change["stage"]
            owner_at_closing = state.get("owner") if stage == "won" else None
        if stage == "won" and owner_at_closing is None:
            owner_at_closing = state.get("owner")
    if stage != "won" or state.get("deleted") or not owner_at_closing or "close_date" not in state:
        return {}
    fast = 50 if "created_on" in state else 0
    share = int(state.get("amount", "0")) // 100
    return {owner_at_closing: fast + share} if fast + share else {}


def held(house: House) -> dict[str, int]:
    balances = {"asha": house.wallet("P000001").available, "bob": house.wallet("P000002").available}
    assert house.wallet("P000001").debt == house.wallet("P000002").debt == 0
    return {name: points for name, points in balances.items() if points}


def told(order) -> House:
    house = House()
    for at, change in order:
        change = dict(change)
        house.tell("A", at, deleted=change.pop("deleted", None), **change)
    return house


@pytest.mark.parametrize("length", range(1, len(STORY) + 1))
def test_in_every_order_the_points_are_those_of_the_story(length):
    story = STORY[:length]
    expected = oracle(story)
    for order in list(permutations(story))[:: (1, 1, 1, 1, 1, 1, 3, 15)[length]]:
        assert held(told(order)) == expected, [at for at, _ in order]


@pytest.mark.parametrize("left_out", range(len(STORY)))
def test_a_lost_notification_leaves_what_the_rest_tells(left_out):
    story = STORY[:left_out] + STORY[left_out + 1 :]
    for order in list(permutations(story))[::7]:
        assert held(told(order)) == oracle(story)


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(["open", "won", "lost"]),
        "owner": st.sampled_from(["asha", "bob", "carol"]),
        "amount": st.sampled_from(["0", "100", "999.99", "50000"]),
        "close_date": st.sampled_from(["2017-03-11", "2017-04-02", "2016-01-01"]),
        "created_on": st.sampled_from(["2017-03-01", "2017-01-01"]),
    },
)
NOTIFICATIONS = st.lists(
    st.tuples(st.sampled_from(["A", "B", "C"]), st.integers(0, 6), CHANGES, st.sampled_from([None, None, None, True, False])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=80)
@given(NOTIFICATIONS, st.randoms(use_true_random=False))
def test_any_order_and_duplication_of_a_history_gives_the_same_levels_and_balances(notifications, random):
    straight, shuffled = House(), House()
    again = notifications * 2
    random.shuffle(again)
    for house, order in ((straight, notifications), (shuffled, again)):
        for deal, at, change, deleted in order:
            house.tell(deal, at, deleted=deleted, **change)
    assert straight.levels() == shuffled.levels()
    for number in ("P000001", "P000002"):
        one, other = straight.wallet(number), shuffled.wallet(number)
        assert one.available - one.debt - written_off(straight, number) == other.available - other.debt - written_off(
            shuffled, number
        )
        mine = [entry for entry in shuffled.entries if entry.cause.participant == number]
        folded = fold(Wallet("acme", number), mine)
        assert (folded.available, folded.debt, folded.head) == (other.available, other.debt, other.head)


def written_off(house: House, number: str) -> int:
    standings = [it for key, it in house.situation.standings.items() if key[0] == number]
    holdings = [it for standing in standings for it in standing.awards.values()]
    holdings += [it for record in house.records.values() for key, it in record.awards.items() if key.split("/")[2] == number]
    return sum(it.written_off for it in holdings)


FACTS = st.builds(
    lambda at, origin, fields, deleted: Facts(RecordKey("t", "c", "deal", "1"), Version(at, origin), fields, deleted=deleted),
    st.integers(0, 3),
    st.sampled_from(Origin),
    st.dictionaries(st.sampled_from(["stage", "owner", "amount"]), st.sampled_from([None, "a", "b", "c", 3, True]), max_size=3),
    st.sampled_from([None, True, False]),
)


@given(st.lists(FACTS, max_size=8), st.randoms(use_true_random=False))
def test_the_merge_is_commutative_and_idempotent(facts, random):
    def merged(order):
        record = Record(RecordKey("t", "c", "deal", "1"))
        for it in order:
            record = merge(record, it, tracked=("stage", "owner"))
        return record

    shuffled = facts * 2
    random.shuffle(shuffled)
    assert merged(facts) == merged(shuffled)


def test_a_merge_that_says_nothing_new_gives_the_very_same_record():
    record = merge(
        Record(RecordKey("t", "c", "deal", "1")), Facts(RecordKey("t", "c", "deal", "1"), Version(5), won()), tracked=("stage",)
    )
    assert merge(record, Facts(RecordKey("t", "c", "deal", "1"), Version(5), won()), tracked=("stage",)) is record
    assert merge(record, Facts(RecordKey("t", "c", "deal", "1"), Version(4), {"name": "Old"}), tracked=("stage",)) is record
