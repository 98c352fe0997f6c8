"""What a page reads to be shown: few calls, each thing once, and what was written in between anew."""

import pytest
from tests.scenarios.calls import Calls
from tests.scenarios.desk import Desk
from tests.scenarios.stack import Stack

from accolade import wiring


@pytest.fixture
def calls(linked: Stack) -> Calls:
    """Listens before the first client is made."""
    return Calls()


@pytest.fixture
def desk(calls: Calls, linked: Stack) -> Desk:
    """Asha has won six deals; one award of hers waits for a manager."""
    made = Desk(linked)
    for number in range(6):
        made.house.deal(number, "Closed Won", Amount="9000.0" if number == 3 else "1000.0")
    return made


MOST = {"me/wallet": 10, "me/explain": 10, "me/board": 8, "me/shop": 8, "me/rewards": 6}


@pytest.mark.parametrize("page", MOST)
def test_a_page_of_ones_own_is_read_in_a_few_calls(desk: Desk, calls: Calls, page: str) -> None:
    asha = desk.signed_in("asha")
    calls.clear()
    asha.get(page)
    assert asha.status == 200
    assert 0 < len(calls) <= MOST[page], "\n".join(calls)
    assert len(set(calls)) == len(calls)  # nothing is asked twice


def test_what_a_wallet_shows_does_not_grow_with_its_lines(desk: Desk, calls: Calls) -> None:
    asha = desk.signed_in("asha")
    for number in range(10, 40):
        desk.house.deal(number, "Closed Won")
    calls.clear()
    assert asha.get("me/wallet").count("gesloten in") + asha.text.count("closed in") >= 30
    assert len(calls) <= MOST["me/wallet"], "\n".join(calls)


def test_within_a_request_nothing_is_read_twice_until_something_is_written(linked: Stack, calls: Calls) -> None:
    db = wiring.database()
    place = ("TENANT#acme", "BUDGET#race")

    def spent() -> int:
        items = (
            db.get(db.state, place),
            db.get_many(db.state, [place])[place],
            *db.query(db.state, place[0], sk_prefix="BUDGET#race"),
        )
        assert len({item["spent"] for item in items if item}) == 1
        return int(items[0]["spent"]) if items[0] else -1

    db.put(db.state, {"pk": place[0], "sk": place[1], "spent": 1})
    with db.once():
        assert spent() == 1
        read = len(calls)
        linked.dynamodb.put_item(
            TableName=db.state, Item={"pk": {"S": place[0]}, "sk": {"S": place[1]}, "spent": {"N": "2"}}
        )  # by somebody else: the page is of one moment
        assert spent() == 1
        assert len(calls) == read
        db.put(db.state, {"pk": "TENANT#acme", "sk": "BUDGET#other", "spent": 2})
        assert spent() == 2
    db.put(db.state, {"pk": place[0], "sk": place[1], "spent": 3})
    before = len(calls)
    assert (spent(), spent()) == (3, 3)
    assert len(calls) == before + 6  # outside of a request nothing is kept
