"""The staff's pages of money: analytics, budgets, the shop, redemptions, settings, the audit log, and the board on the wall."""

import csv
import json
from dataclasses import replace
from io import StringIO

import pytest
from tests.scenarios.house import BOB, PROGRAM, House
from tests.scenarios.stack import LambdaContext, function
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.model.participants import Participant
from accolade.store.audit import Audit
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import STAFF
from accolade.web.routes import ROUTES
from accolade.web.site import Site

BUDGET = PROGRAM.replace("debt_limit: 300", "debt_limit: 300\nbudget: {points: 700}")


class Desk:
    """A company with two people and a budget for one award of 500; a browser of its staff."""

    def __init__(self, stack) -> None:
        self.house = House(stack, BUDGET)
        people = [
            replace(self.house.asha, team="West"),
            Participant(
                "acme", "bob", "", "=Bob, formula", team="East", email="bob@acme.example", identities={"salesforce": BOB}
            ),
        ]
        self.house.people.register("acme", people)
        self.house.again()
        self.here = wiring.house(lambda *_, **__: None)

    def browser(self, *roles: str, name: str = "eve@acme.example") -> Browser:
        browser = Browser(Site(self.here, SessionVisitors(self.here), ROUTES, enter), now=self.house.now)
        _, id_ = self.here.sessions.begin("staff", "acme", name, now=self.house.now, roles=roles or ("admin",))
        browser.cookies[STAFF] = id_
        return browser


@pytest.fixture
def desk(linked):
    return Desk(linked)


def test_the_figures_are_those_of_the_books(desk):
    desk.house.deal(1, "Closed Won")
    desk.house.deal(2, "Closed Won", after=1)
    desk.house.deal(3, "Closed Won", after=2, owner=BOB)
    desk.house.deal(1, "Negotiation", after=9)
    wallets = Audit(wiring.database()).wallets("acme")
    owed = sum(it.available + it.pending + it.held - it.debt for it in wallets)
    browser = desk.browser()
    browser.get("admin/analytics")
    assert f"Liability now {owed:,} ${owed / 100:.2f}" in browser.seen
    rows = list(csv.reader(StringIO(desk.browser().get("admin/analytics/teams.csv"))))
    given = {row[0]: int(row[2]) for row in rows[1:]}
    assert sum(given.values()) == owed
    assert set(given) == {"West", "East"}


def test_an_export_of_people_runs_nothing_in_a_spreadsheet(desk):
    exported = desk.browser().get("admin/people/export")
    rows = list(csv.reader(StringIO(exported)))
    assert "'=Bob, formula" in {cell for row in rows for cell in row}
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_a_day_before_yesterday_and_a_day_of_no_calendar_are_answered_in_words(desk):
    browser = desk.browser()
    browser.get("admin/analytics?since=2026-02-31&until=2026-03-01")
    assert browser.status == 200
    assert "Write a date as 2026-03-31." in browser.seen
    browser.get("admin/analytics?since=2019-01-01&until=2026-01-01")
    assert "Choose at most a year" in browser.seen


def test_a_budget_is_raised_with_a_reason_and_what_waited_is_paid(desk):
    for number in range(1, 5):
        desk.house.deal(number, "Closed Won", after=number, days=20)
    before = Audit(wiring.database()).wallet("acme", desk.house.asha.number).available
    browser = desk.browser()
    browser.get("admin/budgets/race")
    assert "Awards that wait for budget 1" in browser.seen
    browser.submit(points="500")
    assert browser.status == 422
    assert "Fill this in." in browser.seen
    browser.submit(points="5,000", reason="A good quarter")
    assert browser.place == "admin/budgets?done=topped"
    assert "5,700" in browser.seen
    browser.get("admin/audit")
    assert "budget.raised" in browser.seen
    assert "A good quarter" in browser.seen
    function("maintain").handler({}, LambdaContext())
    bodies = [json.dumps(body) for body in desk.house.stack.messages("inbox")]
    for body in bodies:
        desk.house.process.handler({"Records": [{"messageId": "1", "body": body}]}, LambdaContext())
    assert Audit(wiring.database()).wallet("acme", desk.house.asha.number).available == before + 500


def test_finance_raises_budgets_and_support_does_not_even_see_them(desk):
    support = desk.browser("support")
    support.get("admin/budgets")
    assert support.status == 404
    finance = desk.browser("finance")
    finance.get("admin/budgets/race")
    assert "Raise the budget" in finance.seen


ITEM = {
    "id": "coffee",
    "title": "Coffee <b>card</b>",
    "provider": "stock",
    "currency": "EUR",
    "options": "5 = 500\n10,00 = 1.000",
    "countries": "NL, DE",
    "category": "cards",
    "active": "1",
}


def test_an_item_and_its_codes_are_put_into_the_shop(desk):
    browser = desk.browser()
    browser.get("admin/shop/new")
    browser.submit(**ITEM)
    assert browser.place == "admin/shop?done=saved"
    assert "Coffee <b>card</b>" in browser.seen
    assert "€5.00 = 500 · €10.00 = 1,000" in browser.seen
    csrf = wiring.house(lambda *_, **__: None).sessions.find(browser.cookies[STAFF], now=desk.house.now).csrf
    browser.post("admin/shop/coffee/codes", {"csrf": csrf, "codes": "5,AAAA-1111,99\n10,BBBB-2222\n7,CCCC-3333"})
    assert browser.status == 422
    assert "Line 3: the item has no such value." in browser.seen
    assert "AAAA-1111" in browser.text  # the input is not lost
    browser.post("admin/shop/coffee/codes", {"csrf": csrf, "codes": "5,AAAA-1111,99\n10,BBBB-2222"})
    assert browser.place == "admin/shop/coffee?done=codes"
    assert "€5.00 one left €10.00 one left" in browser.seen
    table = json.dumps(desk.house.stack.dynamodb.scan(TableName="accolade-state")["Items"])
    assert "AAAA-1111" not in table
    assert "BBBB-2222" not in table


def test_a_price_that_is_none_stands_at_its_field_and_nothing_is_stored(desk):
    browser = desk.browser()
    browser.get("admin/shop/new")
    browser.submit(**ITEM | {"options": "5 for 500"})
    assert browser.status == 422
    assert 'id="e-options"' in browser.text
    assert "5 for 500" in browser.text
    browser.get("admin/shop")
    assert "The shop is empty." in browser.seen


def test_a_redemption_above_the_limit_waits_until_somebody_approves_it(desk):
    desk.here.tenants.put(replace(desk.house.tenant, approve_redemptions_above=100))
    desk.house.deal(1, "Closed Won")
    desk.house.deal(2, "Closed Won", after=1)
    browser = desk.browser()
    browser.get("admin/shop/new")
    browser.submit(**ITEM | {"countries": ""})
    asha = desk.house.asha
    desk.here.redeeming.stock.add("acme", "coffee", value=500, code="AAAA-1111", pin="", now=desk.house.now)
    kept = desk.here.redeeming.redeemer.redeem("acme", asha.number, "coffee", 500, "key-1", now=desk.house.now, actor=asha.number)
    browser.get("admin/redemptions")
    assert "Asha Patel" in browser.seen
    browser.get(f"admin/redemptions/{kept.id}")
    browser.submit(act="approve", reason="Well earned")
    assert "Approved; it is ordered now." in browser.seen
    assert "To be ordered" in browser.seen
    browser.submit(act="approve", reason="Once more")
    assert browser.status == 422


def test_settings_are_saved_all_or_none_and_stand_in_the_log(desk):
    browser = desk.browser()
    browser.get("admin/settings")
    fields = {"name": "Acme Stars", "unit": "stars", "accent": "#aa0000", "sender_email": "stars@acme.example"}
    fields |= {"zone": "Europe/Amsterdam"}
    fields |= {"from": "8", "to": "18", "sms_segments": "1", "adjust_alone_up_to": "50", "approve_redemptions_above": ""}
    browser.submit(**fields | {"logo": "<script>alert(1)</script>"})
    assert browser.status == 422
    assert "This is not an SVG picture" in browser.seen
    assert desk.here.tenants.get("acme").unit == "points"
    browser.submit(**fields | {"logo": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>'})
    assert "The settings are saved." in browser.seen
    saved = desk.here.tenants.get("acme")
    assert (saved.unit, saved.sending_hours, saved.sms_segments, saved.adjust_alone_up_to) == ("stars", (8, 18), 1, 50)
    assert saved.approve_redemptions_above is None
    assert '<img src="data:image/svg+xml;base64,' in browser.text
    browser.get("admin/audit?on=tenant")
    assert "settings.changed" in browser.seen


def test_a_board_shows_places_and_wins_and_nothing_once_it_is_taken_down(desk):
    browser = desk.browser()
    browser.get("admin/boards")
    browser.submit(name="Sales floor", team="", locale="en", first_names="1")
    address = browser.seen.split("/board/")[1].split()[0]
    stranger = Browser(browser.site, now=desk.house.now)
    stranger.get(f"board/{address}")
    assert "Nobody has points yet this month." in stranger.seen
    desk.house.deal(1, "Closed Won")
    desk.here.boards._kept.clear()  # as in a function that has just started
    stranger.get(f"board/{address}/rows")
    assert "1 Asha 50" in stranger.seen
    assert "+50 points" in stranger.seen
    assert "Patel" not in stranger.text
    browser.get("admin/boards")
    browser.submit()
    stranger.get(f"board/{address}")
    assert stranger.status == 404
