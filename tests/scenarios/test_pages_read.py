"""What a page reads to be shown: few calls, each thing once, and what was written in between anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.scenarios.calls import Calls
from tests.scenarios.desk import Desk
from tests.scenarios.shopping import CODES
from tests.scenarios.stack import Stack

from accolade import wiring
from accolade.flows.past_months import PastMonths, over
from accolade.flows.today import LATE, Flowing
from accolade.store.codec import entry_to_item
from accolade.store.database import Database
from accolade.store.keys import SHARDS
from accolade.store.months import Months


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


def test_a_wallet_with_rewards_and_an_affordable_shop_is_read_in_ten_calls_too(desk: Desk, calls: Calls) -> None:
    parts, asha = desk.here.redeeming, desk.person("asha")
    parts.catalog.put(CODES)
    for number in range(4):
        parts.stock.add("acme", "coffee", value=500, code=f"CODE-{number}", pin="", now=desk.house.now)
    for number in range(2):
        parts.redeemer.redeem("acme", asha.number, "coffee", 500, f"key-{number}", now=desk.house.now, actor=asha.number)
    browser = desk.signed_in("asha")
    calls.clear()
    browser.get("me/wallet")
    assert browser.seen.count("Coffee") >= 3
    assert len(calls) <= MOST["me/wallet"], "\n".join(calls)
    assert len(set(calls)) == len(calls)


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


def test_today_is_read_in_as_few_calls_as_its_indexes_have_parts(desk: Desk, calls: Calls) -> None:
    admin = desk.staff("admin")
    admin.get("admin/today")
    calls.clear()
    admin.get("admin/today")
    assert admin.status == 200
    assert len(set(calls)) == len(calls)
    again = (admin.now - LATE, admin.now)  # what is read once more; soon after midnight it began on the day before
    months, days = {f"{it:%Y-%m}" for it in again}, {it.date() for it in again}
    # entries of a month, messages of a day and wallets lie in four parts each; the other fifteen: who asks, what waits (each
    # its own list), budgets
    assert len(calls) <= (len(months) + len(days) + 1) * SHARDS + 15, "\n".join(calls)


@pytest.mark.parametrize("page", ["analytics", "budgets", "approvals", "people/P000001", "connections", "programs/race"])
def test_a_page_of_the_staff_is_read_in_twenty_calls_at_most(desk: Desk, calls: Calls, page: str) -> None:
    admin = desk.staff("admin")
    admin.get(f"admin/{page}")
    calls.clear()
    admin.get(f"admin/{page}")
    assert admin.status == 200
    assert 0 < len(calls) <= 20, "\n".join(calls)


def test_what_flowed_is_the_same_whether_its_beginning_was_read_before_or_not(desk: Desk) -> None:
    db, now = wiring.database(), datetime.now(UTC)

    def flows(at: datetime) -> list[int]:
        seen = desk.here.flowing.flow("acme", now=at)
        assert seen == Flowing(Months(db), desk.here.deliveries).flow("acme", now=at)
        return [sum(getattr(hour, name) for hour in seen.hours) for name in ("records", "awards", "messages")]

    assert flows(now) == [6, 9, 6]  # six fast wins, and three pairs, each told with the win that completes it
    desk.house.deal(7, "Closed Won")
    posted_late(db, now - timedelta(minutes=15))
    assert flows(datetime.now(UTC)) == [7, 11, 7]
    assert flows(now + timedelta(hours=30)) == [0, 0, 0]


def posted_late(db: Database, at: datetime) -> None:
    """An award that a slow worker began to decide at that instant."""
    entry = next(Months(db).entries("acme", f"{datetime.now(UTC):%Y-%m}"))
    late = replace(entry, id=f"{entry.id}99", cause=replace(entry.cause, record=None), posted_at=at, seq=99)
    db.put(db.ledger, entry_to_item(late))


def test_a_month_that_is_over_is_read_once_and_the_running_one_each_time(desk: Desk, calls: Calls) -> None:
    past, now = PastMonths(Months(wiring.database())), datetime.now(UTC)
    month = f"{now:%Y-%m}"
    assert past.count("acme", month, most=100, now=now).entries == 9
    desk.house.deal(7, "Closed Won")
    assert past.count("acme", month, most=100, now=now).entries == 10
    later = now + timedelta(days=40)
    assert past.count("acme", month, most=100, now=later).entries == 10
    calls.clear()
    again = past.count("acme", month, most=100, now=later)
    assert (again.entries, sum(count for count, _ in again.cube.cells.values()), calls) == (10, 10, [])
    assert past.count("acme", month, most=100, now=None).entries == 10
    assert len(calls) == SHARDS  # whoever does not say what time it is has it read


def test_a_month_is_over_an_hour_after_its_end() -> None:
    assert not over("2026-10", datetime(2026, 11, 1, 0, 59, tzinfo=UTC))
    assert over("2026-10", datetime(2026, 11, 1, 1, 0, tzinfo=UTC))
