"""Comparing orders within bounds: many runs, long lists, many cases; who does not answer; two at once, killed in the middle."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from tests.scenarios.comparing import Company, coffee, db, opened

from accolade.flows import compare_orders


@pytest.fixture
def company(linked, monkeypatch) -> Iterator[Company]:
    with opened(linked, monkeypatch) as made:
        yield made


def in_steps(company: Company, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The comparison, as if every look at the clock took a second."""
    ticks = iter(range(1_000_000))
    monkeypatch.setattr(compare_orders, "SECONDS", 6)
    return replace(company.parts.compare, monotonic=lambda: float(next(ticks)))


def test_a_long_list_is_read_in_many_runs_each_page_once(company, monkeypatch):
    monkeypatch.setattr("accolade.providers.tremendous.PAGE", 2)
    monkeypatch.setattr(compare_orders, "AT_ONCE", 2)
    made = [company.fulfilled(f"order {number}") for number in range(7)]
    company.stand_in.ordered_outside(25)
    company.there(made[3])["status"] = "CANCELED"
    del company.stand_in.orders[company.there(made[5])["id"]]
    compare, runs, news = in_steps(company, monkeypatch), 0, 0
    while [it.step for it in company.rounds().values()] != ["done", "done"]:
        news += compare(["acme"], now=company.now)
        runs += 1
        assert runs < 60
    assert runs > 3
    it = company.rounds()["tremendous"]
    assert (it.orders, it.redemptions, it.differences, news) == (7, 7, 3, 3)
    assert company.lists() == 4, "seven orders in pages of two"
    assert company.finds() == 1, "only what the list did not have"
    assert {case.id.split("-")[0] for case in company.cases()} == {"outside", "cancelled", "missing"}


def test_a_list_without_end_is_cut_and_said_to_be(company, monkeypatch):
    monkeypatch.setattr("accolade.providers.tremendous.PAGE", 1)
    monkeypatch.setattr(compare_orders, "PAGES", 2)
    for number in range(4):
        company.fulfilled(f"order {number}")
    company.minute()
    it = company.rounds()["tremendous"]
    assert (it.cut, it.orders, it.redemptions, it.differences) == (True, 2, 4, 0)
    assert company.finds() == 2
    assert "longer than is read in a day" in company.browser().get("admin/redemptions")


def test_many_differences_come_as_so_many_cases_a_day(company, monkeypatch):
    monkeypatch.setattr(compare_orders, "CASES", 2)
    for number in range(5):
        company.stand_in.ordered_outside(10 + number)
    found = [company.minute(days=day)["differences"] for day in (0, 1, 1, 1)]
    assert found == [2, 2, 1, 0]
    assert company.rounds()["tremendous"].differences == 5


def test_a_provider_that_does_not_answer_is_asked_again_later_and_said_to_wait(company):
    company.stand_in.ordered_outside(25)
    company.stand_in.fault_lists("500", "500")
    assert company.minute()["differences"] == 0
    for _ in range(3):
        company.minute(minutes=1)
    assert company.lists() == 1, "not every minute"
    assert "Tremendous failed" in company.browser().get("admin/redemptions")
    company.minute(minutes=15)
    company.minute(minutes=16)
    assert company.lists() == 3
    assert len(company.cases()) == 1
    assert company.rounds()["tremendous"].problem == ""
    assert "Tremendous failed" not in company.browser().get("admin/redemptions")


def test_a_key_that_is_gone_stops_nobody_else(company):
    coffee(company)
    account = company.parts.catalog.account("acme", "tremendous")
    company.parts.catalog.put_account(replace(account, secret="accolade/not-there"))
    company.minute()
    assert company.rounds()["stock"].step == "done"
    assert company.rounds()["tremendous"].problem == "the secret is not there"


def test_a_company_without_an_account_is_asked_about_nothing(company):
    db().delete(db().state, ("TENANT#acme", "PROVIDER#tremendous"))
    company.minute()
    assert company.lists() == 0
    assert company.rounds()["tremendous"].begun == 0


def test_two_at_once_do_it_once(company, monkeypatch):
    company.fulfilled()
    company.stand_in.ordered_outside(25)
    answer, second = company.stand_in.answer, iter([True])

    def meanwhile(method: str, path: str, *more: Any) -> Any:
        if "/orders?" in path and next(second, False):
            company.minute()
        return answer(method, path, *more)

    monkeypatch.setattr(company.stand_in, "answer", meanwhile)
    company.minute()
    it = company.rounds()["tremendous"]
    assert (it.begun, it.orders, it.redemptions, it.news, it.step) == (1, 2, 1, 1, "done")
    assert company.case().times == 1


def test_killed_in_the_middle_it_goes_on_where_it_stood(company, monkeypatch):
    company.stand_in.ordered_outside(25)
    store = company.parts.compare.store
    move, calls = type(store).move, iter(range(100))

    def dying(self: Any, tenant: str, progress: Any) -> Any:
        if progress.provider == "tremendous" and next(calls) == 1:
            raise KeyboardInterrupt
        return move(self, tenant, progress)

    monkeypatch.setattr(type(store), "move", dying)
    with suppress(KeyboardInterrupt):
        company.minute()
    assert company.rounds()["tremendous"].step == "orders"
    company.minute(minutes=1)
    assert company.rounds()["tremendous"].step == "done"
    assert company.case().times == 1
