"""Points expire on moto: by the real work of each minute, with the clock in the test's hands, racing a redemption or not."""

import json
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws
from tests.scenarios.closing import HEAD, Closing, won
from tests.scenarios.running import BOB, CAROL
from tests.scenarios.stack import Stack
from tests.scenarios.test_kills import Killed, Worker

from accolade import wiring
from accolade.flows import expire as expiring_run
from accolade.flows.ledger_check import LedgerCheck, exported, wallet_problems
from accolade.flows.people_merge import PeopleMerge
from accolade.flows.trace import Tracer
from accolade.store.actions import Actions
from accolade.store.audit import Audit
from accolade.store.budgets import Budgets
from accolade.store.connections import Connections
from accolade.store.deliveries import Deliveries
from accolade.store.expiring import ExpiryStore
from accolade.store.merging import Merging
from accolade.store.people import People
from accolade.texts import texts
from accolade.wallet.spending import Act, Purchase, hold
from accolade.web.wallet_words import wallet_words

ASHA, BOBS = "P000001", "P000002"
WIN = """
  - id: win
    title: A win
    kind: record
    when: {field: deal.stage, is: won}
    points: 100
"""


def at(day: str, time: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00+00:00")


class Expiring(Closing):
    """Three people, and 100 points for each win that expire two months after they came, unless the test says otherwise."""

    def __init__(self, stack: Stack, expires: str = "{after: 2 months}") -> None:
        super().__init__(stack, WIN, program=f"expires: {expires}\n" if expires else "")

    def warnings(self) -> list[tuple[str, str, int]]:
        """Who was told of which day, and the balance in the message, in the order of days."""
        found = [(it, json.loads(it["news"])) for it in self.deliveries() if it.get("news")]
        return sorted((it["participant"], news[1], it["balance"]) for it, news in found if news[0] == "expires")

    def expired(self) -> list[str]:
        return [it.id for it in self.entries() if it.kind == "expiry"]

    def minutes(self, *days: str) -> None:
        for day in days:
            self.maintain(now=at(day))

    def checked(self) -> None:
        """The books are whole."""
        here = wiring.database()
        assert LedgerCheck(Audit(here), People(here), Budgets(here)).verify("acme").problems == []
        sums = Counter[str]()
        for entry in self.entries():
            for it in entry.transfers:
                sums[it.source] -= it.amount
                sums[it.target] += it.amount
        assert sum(sums.values()) == 0


def test_points_go_after_their_last_day_and_only_once_however_often_the_clock_fires(stack):
    house = Expiring(stack)
    house.win(won("A", "2017-01-30"), now=at("2017-01-31"))
    house.win(won("B", "2017-03-01"), now=at("2017-03-02"))
    house.maintain(now=at("2017-03-31", "23:59"))
    assert house.available() == {"asha": 200}
    for minute in range(10):
        house.maintain(now=at("2017-04-01", f"00:{minute:02d}"))
    assert house.available() == {"asha": 100}
    assert house.expired() == [f"~expiry/race/{ASHA}/2017-03-31#1"]
    [entry] = [it for it in house.entries() if it.kind == "expiry"]
    assert (entry.at, entry.posted_at) == (at("2017-04-01", "00:00"), at("2017-04-01", "00:00"))
    assert exported(entry, "asha")["transfers"] == [
        {"source": "wallet:asha", "target": "expired", "amount": 100, "unit": "points"}
    ]
    here = wiring.database()
    tracer = Tracer(Audit(here), People(here), Deliveries(here), Connections(here), lambda terms: ())
    [step] = tracer.trace("acme", "~expiry/race/asha/2017-03-31#1")
    assert step.text == f"expiry race of asha: 100 wallet:{ASHA} -> expired (program ~expiry v0)"
    house.checked()


def test_after_days_of_standstill_everything_that_is_over_goes_in_one_round(stack):
    house = Expiring(stack)
    for number, day in enumerate(("2017-01-10", "2017-01-11", "2017-02-20")):
        house.win(won(f"A{number}", day), won(f"B{number}", day, BOB), now=at(day))
    house.maintain(now=at("2017-03-20"))
    assert house.available() == {"asha": 100, "bob": 100}
    assert house.expired() == [f"~expiry/race/{it}/2017-03-{day}#1" for it in (ASHA, BOBS) for day in (10, 11)]
    house.maintain(now=at("2017-06-01"))
    assert house.available() == {}
    house.checked()


def test_owners_are_told_30_and_7_days_before_once_for_all_of_a_week(stack):
    house = Expiring(stack)
    for number, day in enumerate(("2017-01-10", "2017-01-12", "2017-01-30")):
        house.win(won(f"A{number}", day), now=at(day))
    days = ("02-07", "02-08", "02-09", "02-10", "02-27", "02-28", "03-02", "03-03", "03-05", "03-22", "03-23", "03-31")
    house.minutes(*[f"2017-{day}" for day in days for _ in range(2)])
    told = Counter(day for _, day, _ in house.warnings())
    assert told == {"2017-03-10": 2, "2017-03-30": 2}
    assert house.available() == {}
    news = {json.loads(it["news"])[1]: it for it in house.deliveries() if it.get("news") and "expires" in it["news"]}
    created = sorted(it["created_at"][:10] for it in house.deliveries() if it.get("news") and "expires" in it["news"])
    assert created == ["2017-02-08", "2017-02-28", "2017-03-03", "2017-03-23"]
    words = json.loads(news["2017-03-10"]["news"])
    assert words[2:] == [
        {"en": "100 points", "nl": "100 punten"},
        ["You can spend them until the end of that day.", "Another 100 points will expire by 12 March 2017."],
        "me/shop",
    ]
    house.checked()


def test_after_a_standstill_the_nearer_warning_is_enough(stack):
    house = Expiring(stack)
    house.win(won("A", "2017-01-10"), now=at("2017-01-10"))
    house.minutes("2017-03-06", "2017-03-07")
    assert house.warnings() == [(ASHA, "2017-03-10", 100)]


def test_spending_takes_the_soonest_and_what_comes_back_late_goes_with_the_next_round(stack):
    house = Expiring(stack)
    house.win(won("A", "2017-01-10"), now=at("2017-01-10"))
    house.win(won("B", "2017-02-10"), now=at("2017-02-10"))
    spend(house, 60, "r1", at("2017-02-11"))
    house.maintain(now=at("2017-03-11"))
    assert house.available() == {"asha": 100}
    house.maintain(now=at("2017-04-11"))
    assert house.available() == {}
    assert house.expired() == [f"~expiry/race/{ASHA}/2017-03-10#1", f"~expiry/race/{ASHA}/2017-04-10#1"]


def test_a_redemption_that_comes_between_is_folded_in(stack, monkeypatch):
    house = Expiring(stack)
    house.win(won("A", "2017-01-10"), now=at("2017-01-10"))
    commit, times = expiring_run.Expiring.of, []

    def overtaken(self: Any, *given: Any) -> Any:
        """Somebody orders while the wallet is folded."""
        found = commit(self, *given)
        if not times:
            times.append(1)
            spend(house, 70, "r1", at("2017-03-11"))
        return found

    monkeypatch.setattr(expiring_run.Expiring, "of", overtaken)
    house.maintain(now=at("2017-03-11"))
    assert times
    assert house.wallet(ASHA)["available"] == 0
    assert [(it.kind.value, it.transfers[0].amount) for it in house.entries()] == [("accrual", 100), ("hold", 70), ("expiry", 30)]
    here = wiring.database()
    assert wallet_problems(Audit(here).wallet("acme", ASHA), Audit(here).entries("acme", ASHA)) == []


def test_a_wallet_that_never_stands_still_is_put_off_to_the_next_round(stack, monkeypatch):
    house = Expiring(stack)
    house.win(won("A", "2017-01-10"), won("B", "2017-01-10", BOB), now=at("2017-01-10"))
    fold, number = expiring_run.Expiring.of, iter(range(100))

    def overtaken(self: Any, tenant: str, participant: str, *given: Any) -> Any:
        found = fold(self, tenant, participant, *given)
        if participant == ASHA:
            spend(house, 1, f"r{next(number)}", at("2017-03-11"))
        return found

    monkeypatch.setattr(expiring_run.Expiring, "of", overtaken)
    house.maintain(now=at("2017-03-11"))
    assert house.available() == {"asha": 95}
    assert ("expiry_put_off", {"tenant": "acme", "participant": ASHA}) in house.logged
    monkeypatch.undo()
    house.maintain(now=at("2017-03-12"))
    assert house.available() == {}


def test_a_round_goes_on_where_the_minute_before_stopped(stack, monkeypatch):
    monkeypatch.setattr(expiring_run, "PEOPLE_A_RUN", 1)
    house = Expiring(stack)
    house.win(won("A", "2017-01-10"), won("B", "2017-01-10", BOB), won("C", "2017-01-10", CAROL), now=at("2017-01-10"))
    left = []
    for minute in range(5):
        house.maintain(now=at("2017-03-11", f"00:{minute:02d}"))
        left.append(sum(house.available().values()))
    assert left == [200, 100, 0, 0, 0]


def test_where_no_program_expires_nothing_is_read_for_it(stack, monkeypatch):
    house = Expiring(stack, "")
    house.win(won("A", "2017-01-10"), now=at("2017-01-10"))

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was read")

    for name in ("round", "wallet", "entries", "looked", "keep", "move"):
        monkeypatch.setattr(f"accolade.store.expiring.ExpiryStore.{name}", never)
    house.maintain(now=at("2019-01-01"))
    assert house.available() == {"asha": 100}
    assert wiring.house(house.log).expiring.expiring("acme", ASHA, at("2019-01-01")) == []


def test_a_wallet_that_nothing_is_due_in_is_not_folded_again(stack, monkeypatch):
    house = Expiring(stack, "{after: 12 months}")
    house.win(won("A", "2017-01-10"), now=at("2017-01-10"))
    house.maintain(now=at("2017-01-11"))
    folded = []
    of = expiring_run.Expiring.of
    monkeypatch.setattr(expiring_run.Expiring, "of", lambda *given: folded.append(given[2]) or of(*given))
    house.minutes(*[f"2017-{month:02d}-15" for month in range(2, 12)])
    assert folded == []
    house.minutes("2017-12-11")
    assert folded == [ASHA]
    assert len(house.warnings()) == 1


def test_who_is_inactive_loses_points_and_who_orders_does_not(stack):
    house = Expiring(stack, "{inactive: 2 months}")
    house.win(won("A", "2017-01-10"), won("B", "2017-01-10", BOB), now=at("2017-01-10"))
    spend(house, 10, "r1", at("2017-03-01"))
    house.maintain(now=at("2017-03-11"))
    assert house.available() == {"asha": 90}
    assert house.expired() == [f"~expiry/race/{BOBS}/2017-03-10#1"]


def test_a_new_rule_is_for_points_that_come_under_it(stack):
    house = Expiring(stack, "")
    house.win(won("A", "2017-01-10"), now=at("2017-01-10"))
    text = f"{HEAD}version: 2\nexpires: {{after: 1 month}}\nmilestones:\n{WIN}".replace("2017-01-01", "2017-02-01")
    house.publish(text)
    house.run = wiring.processor(log=house.log)
    house.win(won("B", "2017-02-10"), now=at("2017-02-10"))
    house.maintain(now=at("2017-12-01"))
    assert house.available() == {"asha": 100}


def test_merged_points_expire_on_their_own_days(stack):
    house = Expiring(stack)
    house.win(won("A", "2017-01-10"), won("B", "2017-02-10", BOB), now=at("2017-02-10"))
    here = wiring.database()
    merge = PeopleMerge(People(here), Merging(here), Actions(here), end_sessions=lambda tenant, name: 0)
    merge.merge("acme", BOBS, ASHA, by="dana", reason="one person", now=at("2017-03-01"))
    assert wiring.house(house.log).expiring.expiring("acme", ASHA, at("2017-03-01")) == [(at("2017-04-10").date(), 200)]
    house.maintain(now=at("2017-04-11"))
    assert house.available() == {}
    house.checked()


def test_who_has_left_is_not_warned_and_loses_points_all_the_same(stack):
    house = Expiring(stack)
    house.win(won("A", "2017-01-10"), now=at("2017-01-10"))
    people = People(wiring.database())
    people.update(replace(people.by_number("acme", ASHA), active=False))
    house.minutes("2017-02-10", "2017-03-05", "2017-03-11")
    assert house.warnings() == []
    assert house.available() == {}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_and_the_statement_say_what_expires_and_what_has(stack, language):
    house = Expiring(stack)
    house.win(won("A", "2017-01-10"), won("B", "2017-01-10"), now=at("2017-01-10"))
    here = wiring.house(house.log)
    tenant, person = here.tenants.get("acme"), here.people.by_number("acme", ASHA)
    view = here.wallets.show(tenant, person, now=at("2017-02-01"))
    words = {"en": "200 points will expire on 10 March 2017", "nl": "Nog tot en met 10 maart 2017 te besteden: 200 punten"}
    assert words[language] in wallet_words(view, texts(language), now=at("2017-02-01"))["under"]
    house.maintain(now=at("2017-03-11"))
    [line, *_] = wallet_words(here.wallets.show(tenant, person, now=at("2017-03-11")), texts(language), now=at("2017-03-11"))[
        "lines"
    ]
    assert (line["words"], line["leads"]) == ({"en": "Expired", "nl": "Vervallen"}[language], "")


def spend(house: Expiring, points: int, name: str, now: datetime) -> None:
    """Asha orders something for so many points."""
    redemptions = wiring.house(house.log).redeeming.redemptions
    wallet = redemptions.wallet("acme", ASHA)
    done = hold(wallet, Purchase(name, "card", "stock", points), Act(now, ASHA))
    ExpiryStore(wiring.database()).commit(wallet, done.wallet, [done.entry])


@contextmanager
def mortal(patch: pytest.MonkeyPatch):
    """A stack whose calls can kill, with two people whose points are over and one who has to be told."""
    for name, value in {"DEFAULT_REGION": "us-east-1", "ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing"}.items():
        patch.setenv(f"AWS_{name}", value)
    with mock_aws():
        worker, stack = Worker(), Stack()
        for name, value in stack.settings.items():
            patch.setenv(name.upper(), value)
        wiring.point_at({})
        wiring.session().register("before-call", worker.before)
        wiring.session().register("after-call", worker.after)
        house = Expiring(stack)
        house.win(won("A", "2017-01-10"), won("B", "2017-01-10", BOB), now=at("2017-01-10"))
        house.win(won("C", "2017-01-20"), won("D", "2017-02-08", CAROL), now=at("2017-02-08"))
        yield worker, house
    wiring.point_at({})


def lived(worker: Worker, house: Expiring, *, call: int = 0, when: str = "") -> tuple[Any, ...]:
    """Three minutes of a day; the process dies once at its n-th call, and the next minute goes on."""
    worker.at, worker.when = call, when
    for minute in range(3):
        worker.armed = worker.at > len(worker.calls)
        with suppress(Killed):  # that is what is tried; the next minute goes on
            house.maintain.expire("acme", now=at("2017-03-13") + timedelta(minutes=minute))
        worker.armed = False
    found = [(it.id, it.transfers) for it in house.entries()]
    return sorted(found), house.available(), house.warnings()


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call_the_books_and_the_warnings_are_as_without_the_kill(monkeypatch, when):
    with mortal(monkeypatch) as (worker, house):
        told = lived(worker, house, call=10_000)
        calls = len(worker.calls)
        house.checked()
    assert told[1] == {"asha": 100, "carol": 100}
    assert len(told[2]) == 2
    assert calls > 15
    for call in range(1, calls + 1, 2 if when == "after" else 3):
        with mortal(monkeypatch) as (worker, house):
            assert lived(worker, house, call=call, when=when) == told, f"killed {when} call {call}"
