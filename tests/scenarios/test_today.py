"""Today in one look: each role sees its own, and what waits for somebody."""

import pytest
from tests.scenarios.program_desk import Desk


@pytest.fixture
def desk(linked):
    return Desk(linked)


def test_today_shows_each_role_its_own_and_nothing_else(desk):
    desk.house.deal(1, "Closed Won")
    desk.house.deal(2, "Closed Won", after=1)
    admin, finance, support = (desk.browser(role) for role in ("admin", "finance", "support"))
    admin.get("admin/today")
    assert "Awards 3" in admin.seen
    assert "600 Given so far, $6.00" in admin.seen
    assert "not heard yet" in admin.seen
    finance.get("admin/today")
    assert "Liability" in finance.seen
    assert "Dead letters" not in finance.seen
    assert "not heard yet" not in finance.seen
    support.get("admin/today")
    assert "Questions of people" in support.seen
    assert "Liability" not in support.seen
    assert "Budgets above" not in support.seen


def test_a_full_budget_and_what_cannot_be_decided_wait_for_somebody(desk):
    for number in range(1, 5):
        desk.house.deal(number, "Closed Won", after=number)
    desk.here.parked.park("acme", id_="one", connection="sf", crm="salesforce", reason="r", content=[], now=desk.house.now)
    browser = desk.browser()
    browser.get("admin/today")
    assert "1 Notifications that could not be decided" in browser.seen
    assert "1 Budgets above 80%" in browser.seen
    assert "1 Awards that wait for budget" in browser.seen
