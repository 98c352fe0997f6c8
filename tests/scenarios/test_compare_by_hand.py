"""Orders are compared by hand too: on the page of redemptions, and by the command, which fails if anything differs."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.scenarios.comparing import Company, csrf, opened
from tests.scenarios.shopping import shop

from accolade import wiring
from accolade.model.errors import Conflict
from accolade.store.parked import Parked


@pytest.fixture
def company(linked, monkeypatch) -> Iterator[Company]:
    with opened(linked, monkeypatch) as made:
        yield made


def test_the_page_says_what_was_compared_and_lets_it_be_done_again(company):
    browser = company.browser()
    assert "Not compared yet." in browser.get("admin/redemptions")
    it = company.fulfilled()
    company.minute()
    assert "1 order, 1 fulfilled redemption" not in browser.get("admin/redemptions")
    assert "one order, one fulfilled redemption, no difference." in browser.seen
    company.there(it)["status"] = "CANCELED"
    company.minute(minutes=1)
    assert company.cases() == []
    browser.submit()
    assert "They are compared within some minutes." in browser.seen
    assert "orders.compared" in {act.what for act in wiring.house(company.log).actions.list("acme")}
    company.minute(minutes=1)
    assert "one difference." in browser.get("admin/redemptions")
    browser.get("admin/cases")
    assert "A reward that was delivered has been cancelled at the provider" in browser.seen
    browser.get(f"admin/cases/cancelled-{it.id}")
    assert "What was compared" in browser.seen
    assert f'href="../../admin/redemptions/{it.id}"' in browser.text
    assert "Decide it again" not in browser.seen
    browser.post(f"admin/cases/cancelled-{it.id}", {"csrf": csrf(browser), "act": "retry", "reason": "x"})
    assert browser.status == 422
    assert "Nothing of it can be decided again." in browser.seen
    browser.get(f"admin/cases/cancelled-{it.id}")
    browser.submit(act="dismiss", reason="The person has another one")
    assert company.cases() == []
    assert company.stack.messages("inbox") == []


def test_who_only_looks_cannot_start_it(company):
    browser = company.browser("support")
    assert "Compare now" not in browser.get("admin/redemptions")
    browser.post("admin/redemptions", {"csrf": csrf(browser)})
    assert browser.status in (403, 404)
    assert "Compare now" in company.browser("finance").get("admin/redemptions")


def test_the_page_is_dutch_for_who_reads_dutch(company):
    company.fulfilled()
    company.minute()
    browser = company.browser()
    browser.get("admin/redemptions", **{"accept-language": "nl"})
    assert "Vergeleken met de leveranciers" in browser.seen
    assert "\u00e9\u00e9n bestelling, \u00e9\u00e9n vervulde inwisseling, geen verschil." in browser.seen


def test_somebody_who_is_at_it_is_not_disturbed(company):
    company.parts.compare.ask_for("acme", "tremendous")
    store = company.parts.compare.store
    stale = company.rounds()["tremendous"]
    store.move("acme", stale)
    with pytest.raises(Conflict):
        store.move("acme", stale)


@pytest.fixture
def commanded(command, monkeypatch) -> Iterator[Any]:
    with shop(command.stack, monkeypatch) as made:
        made.command = command
        yield made


def test_the_command_compares_now_and_fails_if_anything_differs(commanded):
    commanded.redeem("one")
    commanded.work()
    (stock, tremendous) = commanded.command.json("redemption", "reconcile", "--tenant", "acme")
    assert (tremendous["provider"], tremendous["orders"], tremendous["differences"]) == ("tremendous", 1, [])
    assert (stock["provider"], stock["orders"]) == ("stock", 0)
    commanded.stand_in.ordered_outside(25)
    asked = ("redemption", "reconcile", "--tenant", "acme", "--provider", "tremendous", "--days", "7")
    (found,) = commanded.command.json(*asked, status=1)
    assert found["new_cases"] == 1
    assert found["differences"][0]["reason"] == "tremendous has an order that is no redemption"
    said = commanded.command.run(*asked, status=1)
    assert "DIFFERS  order ORD0000002 at tremendous: tremendous has an order that is no redemption." in said
    assert "tremendous: 2 orders and 1 fulfilled redemptions since" in said
    assert "1 differences, 0 new cases" in said
    assert len(list(Parked(wiring.database()).list("acme"))) == 1


def test_the_command_says_what_is_wrong_with_its_words(commanded):
    commanded.command.run("redemption", "reconcile", "--tenant", "acme", "--provider", "tango", status=1)
    assert "not a provider we know" in commanded.command.said
