"""Once a day what providers have is compared with what we have: what differs is a case, and no points move by themselves."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.scenarios.shopping import ASHA, CODES, Shop, shop
from tests.scenarios.stack import LambdaContext, function
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.flows import compare_orders
from accolade.model.errors import Conflict
from accolade.model.redemptions import Redemption, RedemptionState, redemption_id
from accolade.store.database import Database
from accolade.store.parked import Case, Parked
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import STAFF
from accolade.web.routes import ROUTES
from accolade.web.site import Site


class Company(Shop):
    """The shop with its minute: `minute()` is what `maintain` does at the shop's own time."""

    def __init__(self, stack: Any) -> None:
        super().__init__(stack)
        self.stand_in.clock = lambda: self.now
        self.maintain = function("maintain")
        self.parked = Parked(wiring.database())

    def minute(self, **later: float) -> dict[str, int]:
        self.now += timedelta(**later)
        return self.maintain.run(now=self.now)

    def cases(self, *, every: bool = False) -> list[Case]:
        return list(self.parked.list("acme", every=every))

    def case(self) -> Case:
        """The only case there is."""
        (found,) = self.cases()
        assert found.origin == "provider"
        return found

    def rounds(self) -> dict[str, Any]:
        return self.parts.compare.store.progress("acme")

    def lists(self) -> int:
        """How often the provider was asked for its list."""
        return sum(path.startswith("/api/v2/orders?") for _, path in self.stand_in.calls)

    def finds(self) -> int:
        """How often it was asked for one order."""
        return sum(method == "GET" and path.startswith("/api/v2/orders/") for method, path in self.stand_in.calls)

    def fulfilled(self, key: str = "one", **more: Any) -> Redemption:
        it = self.redeem(key, **more)
        self.work()
        done = self.stands(it)
        assert done.state is RedemptionState.FULFILLED
        return done

    def there(self, it: Redemption) -> dict[str, Any]:
        """The order as the provider keeps it."""
        return next(order for order in self.stand_in.orders.values() if order["external_id"] == it.id)

    def browser(self, *roles: str) -> Browser:
        here = wiring.house(self.log)
        browser = Browser(Site(here, SessionVisitors(here), ROUTES, enter), now=self.now)
        _, id_ = here.sessions.begin("staff", "acme", "eve@acme.example", now=self.now, roles=roles or ("admin",))
        browser.cookies[STAFF] = id_
        return browser


@pytest.fixture
def company(linked, monkeypatch) -> Iterator[Company]:
    monkeypatch.setenv("API_HOSTS", "127.0.0.1")
    wiring.point_at({})
    made = Company(linked)
    try:
        yield made
    finally:
        made.close()


def db() -> Database:
    return wiring.database()


def test_what_agrees_is_no_case_and_is_compared_once_a_day_however_often_the_clock_comes(company):
    company.fulfilled()
    for _ in range(3):
        assert company.minute()["differences"] == 0
    assert company.lists() == 1
    assert company.finds() == 0, "what the list has need not be asked for"
    assert company.cases() == []
    it = company.rounds()["tremendous"]
    assert (it.orders, it.redemptions, it.differences, it.step) == (1, 1, 0, "done")
    company.minute(days=1)
    company.minute(minutes=1)
    assert company.lists() == 2


def test_the_scheduled_function_does_it(company):
    company.stand_in.ordered_outside(25)
    done = company.maintain.handler({}, LambdaContext())
    assert done["differences"] == 1
    assert company.maintain.handler({}, LambdaContext())["differences"] == 0
    assert company.case().reason == "tremendous has an order that is no redemption"


def test_an_order_from_outside_is_one_case_which_stays_dismissed(company):
    company.stand_in.ordered_outside(25)
    assert company.minute()["differences"] == 1
    found = company.case()
    assert "ORD" in found.where
    assert "25.00 USD" in json.dumps(found.content)
    assert "Somebody" not in json.dumps(found.content)
    company.parked.resolve("acme", found.id, state="dismissed")
    assert company.minute(days=1)["differences"] == 0
    assert company.cases() == []
    (kept,) = company.cases(every=True)
    assert (kept.state, kept.times) == ("dismissed", 1)


def test_an_account_that_others_use_too_is_not_asked_about_their_orders(company):
    account = company.parts.catalog.account("acme", "tremendous")
    company.parts.catalog.put_account(replace(account, settings={**account.settings, "shared": "Yes"}))
    company.stand_in.ordered_outside(25)
    it = company.fulfilled()
    company.there(it)["status"] = "CANCELED"
    company.minute()
    assert company.case().id == f"cancelled-{it.id}"


def test_a_redemption_that_is_lost_is_noticed_by_its_order(company):
    it = company.fulfilled()
    db().delete(db().state, (f"PERSON#acme#{ASHA}", f"REDEMPTION#{it.id}"))
    company.minute()
    assert "under a key like ours, and there is no such redemption" in company.case().reason


def test_a_redemption_of_which_the_provider_has_no_order_is_a_case_and_its_points_stay_spent(company):
    it, before = company.fulfilled(), company.wallet()
    company.stand_in.orders.clear()
    company.minute()
    found = company.case()
    assert (found.id, found.where) == (f"missing-{it.id}", f"redemption {it.id}")
    assert company.finds() == 1
    assert company.wallet() == before
    assert company.stands(it).state is RedemptionState.FULFILLED
    company.verified()


def test_another_amount_is_a_case_unless_a_person_accepted_it(company):
    it = company.fulfilled()
    company.there(it)["rewards"][0]["value"]["denomination"] = 7.5
    company.minute()
    assert company.case().reason == "the provider's reward is worth 7.50 USD, the redemption was for 5.00 USD"
    company.stand_in.fault("wrong_amount")
    other = company.redeem("two")
    company.work()
    company.parts.care.retry("acme", other.id, by="dana", reason="fine", now=company.now, as_it_is=True)
    company.work()
    assert company.stands(other).state is RedemptionState.FULFILLED
    assert company.minute(days=1)["differences"] == 0


def test_another_currency_is_a_case(company):
    it = company.fulfilled()
    company.there(it)["rewards"][0]["value"]["currency_code"] = "EUR"
    company.minute()
    assert "5.00 EUR, the redemption was for 5.00 USD" in company.case().reason


@pytest.mark.parametrize("status", ["CANCELED", "FAILED"])
def test_what_is_cancelled_after_it_was_delivered_is_a_case(company, status):
    it, before = company.fulfilled(), company.wallet()
    company.there(it)["status"] = status
    company.minute(days=20)
    assert company.case().id == f"cancelled-{it.id}"
    assert company.wallet() == before
    assert company.cases()[0].mend.endswith("if the person has nothing from it")


def test_a_second_order_under_a_key_is_a_case(company):
    it = company.fulfilled()
    second = company.stand_in.ordered_outside(5, key=it.id)
    company.minute()
    assert company.case().id.startswith(f"second-{it.id}-")
    second["status"] = "CANCELED"
    assert company.minute(days=1)["differences"] == 0


def test_a_reward_whose_points_were_given_back_is_a_case(company):
    company.stand_in.fault("reject")
    it = company.redeem("one")
    company.work()
    assert company.stands(it).state is RedemptionState.RELEASED
    company.stand_in.ordered_outside(5, key=it.id)
    before = company.wallet()
    company.minute()
    assert company.case().id == f"given-back-{it.id}"
    assert company.wallet() == before


def test_a_reward_for_what_nobody_has_approved_is_a_case(company):
    company.settings(approve_redemptions_above=1)
    it = company.redeem("one")
    company.stand_in.ordered_outside(5, key=it.id)
    company.minute()
    assert company.case().id == f"unasked-{it.id}"
    assert company.stands(it).state is RedemptionState.AWAITING


def test_what_failed_at_the_provider_and_here_is_no_case(company):
    company.stand_in.fault("pending")
    it = company.redeem("one")
    company.work()
    company.stand_in.settle(it.id, "FAILED")
    company.work(minutes=2)
    assert company.stands(it).state is RedemptionState.RELEASED
    company.stand_in.ordered_outside(9)["status"] = "FAILED"
    assert company.minute()["differences"] == 0


def test_what_nobody_knows_here_and_is_there_is_settled_by_asking_as_always(company):
    company.stand_in.fault("timeout_after")
    it = company.redeem("one")
    company.work()
    unknown = company.stands(it)
    assert unknown.state is RedemptionState.UNKNOWN
    assert unknown.due_at > company.now + timedelta(seconds=1)
    company.minute(seconds=1)
    assert company.rounds()["tremendous"].settled == 1
    assert company.stands(it).due_at == company.now
    company.work()
    assert company.stands(it).state is RedemptionState.FULFILLED
    assert company.stand_in.cards(it.id) == 1
    assert company.cases() == []
    company.verified()


def test_what_waits_for_a_person_is_left_to_them(company):
    company.stand_in.fault("wrong_amount")
    it = company.redeem("one")
    company.work()
    before = company.stands(it)
    assert before.parked
    company.minute()
    assert company.stands(it) == before
    assert company.cases() == []


# ---- own codes


def coffee(company: Company) -> Redemption:
    for number in range(3):
        company.parts.stock.add("acme", "coffee", value=500, code=f"CODE-{number}", pin="", now=company.now)
    return company.fulfilled(item=CODES.id)


def test_codes_that_agree_are_no_case(company):
    coffee(company)
    company.minute()
    it = company.rounds()["stock"]
    assert (it.orders, it.redemptions, it.differences) == (1, 1, 0)


def test_a_code_that_was_taken_for_no_redemption_is_a_case(company):
    coffee(company)
    nobody = redemption_id("acme", ASHA, "nobody's")
    company.parts.stock.take("acme", "coffee", value=500, redemption=nobody, now=company.now)
    company.minute()
    found = company.case()
    assert found.where == f"order {nobody} at stock"
    assert "CODE-" not in json.dumps(found.content)


def test_a_redemption_whose_code_is_not_marked_as_taken_is_a_case(company):
    it = coffee(company)
    db().delete(db().state, ("STOCK#acme#coffee", f"TAKEN#{it.id}"))
    company.minute()
    assert company.case().id == f"missing-{it.id}"


def test_a_code_that_was_taken_and_its_points_given_back_is_a_case(company):
    company.parts.stock.add("acme", "coffee", value=500, code="CODE-8", pin="", now=company.now)
    it = company.redeem("none", item=CODES.id)
    company.parts.stock.take("acme", "coffee", value=500, redemption="somebody faster", now=company.now - timedelta(days=99))
    company.work()
    assert company.stands(it).state is RedemptionState.RELEASED
    company.parts.stock.add("acme", "coffee", value=500, code="CODE-9", pin="", now=company.now)
    company.parts.stock.take("acme", "coffee", value=500, redemption=it.id, now=company.now)
    company.minute()
    assert company.case().id == f"given-back-{it.id}"


def test_a_code_that_lies_among_the_free_ones_again_is_a_case(company):
    it = coffee(company)
    taken = company.parts.stock.taken("acme", "coffee", it.id)
    place = {"pk": "STOCK#acme#coffee", "sk": f"FREE#{taken.value:015d}#{taken.code}"}
    db().put(db().state, place | {"value": taken.value, "code": taken.code, "sealed": taken.sealed})
    company.minute()
    assert company.case().id == f"wrong-{it.id}"


def test_another_code_than_the_one_that_was_shown_is_a_case(company):
    it = coffee(company)
    company.parts.redemptions.put(replace(it, reward="another"))
    company.minute()
    assert company.case().id.startswith(f"second-{it.id}-")


def test_another_face_value_is_a_case(company):
    it = coffee(company)
    company.parts.redemptions.put(replace(it, value=1_000))
    company.minute()
    assert company.case().reason == "the provider's reward is worth 5.00, the redemption was for 10.00 EUR"


# ---- bounds, faults, two at once


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


# ---- by hand


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


def csrf(browser: Browser) -> str:
    return browser.text.split('name="csrf" value="')[1].split('"')[0]


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
