"""An award that somebody has decided already says who, when and why; whoever comes too late has decided nothing."""

import re
from dataclasses import replace

import pytest
from tests.scenarios.desk import Desk, send

from accolade.texts import texts


@pytest.fixture
def desk(linked):
    made = Desk(linked)
    made.house.deal(1, "Closed Won", Amount="9000.00")
    return made


def award(browser, room):
    """The address of the only award that waits."""
    (found,) = set(re.findall(r"approvals/([a-z0-9]+)\"", browser.get(f"{room}/approvals")))
    return f"{room}/approvals/{found}"


def test_the_staff_read_who_decided_and_a_late_decision_changes_nothing(desk):
    late = desk.staff(name="eve@acme.example")
    page = award(late, "admin")
    csrf = re.search(r'name="csrf" value="([^"]*)"', late.get(page))[1]
    dana = desk.staff()
    send(dana, page, page, act="approve", reason="I saw the contract")
    points = desk.here.views.wallet("acme", desk.person("asha").number).available
    late.post(page, {"csrf": csrf, "act": "refuse", "reason": "Looks odd"})
    assert late.status == 409
    assert "Somebody was faster: what you chose was not done." in late.seen
    when = texts("en").datetime(desk.house.now, "UTC")
    assert f"For Asha Patel 5,000 points dana@acme.example approved it on {when} . I saw the contract" in late.seen
    assert desk.here.views.wallet("acme", desk.person("asha").number).available == points
    late.get(f"{page}?lang=nl")
    assert late.status == 200
    assert "dana@acme.example heeft het op" in late.seen
    assert "sneller" not in late.seen
    dana.get(page)
    assert f"You approved it on {when} ." in dana.seen
    late.get("admin/approvals/nothingthere")
    assert late.status == 404
    theirs = desk.staff(tenant="other", name="oscar@other.example")
    theirs.get(page)
    assert theirs.status == 404


def test_a_manager_reads_what_the_staff_decided_and_nothing_of_other_teams(desk):
    maria = desk.signed_in("maria")
    page = award(maria, "team")
    staff = f"admin/{page.partition('/')[2]}"
    send(desk.staff(), staff, staff, act="refuse", reason="A test deal")
    maria.get(page)
    assert "dana@acme.example refused it on" in maria.seen
    assert "A test deal" in maria.seen
    maria.post(page, {"csrf": re.search(r'name="csrf" value="([^"]*)"', maria.text)[1], "act": "approve", "reason": "Good"})
    assert maria.status == 409
    desk.here.people.update(replace(desk.person("asha"), manager=None))
    maria.get(page)
    assert "A test deal" not in maria.seen
