"""The company's staff in a browser: a program from a preset to a paid rep, approvals, a redemption and a question."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page
from tests.e2e.browsing import DESKTOP, PHONE, Window, sign_in, staff_in, type_code
from tests.e2e.company import Company, company, until
from tests.e2e.conftest import Deployed

pytestmark = pytest.mark.e2e

ROSA = {"id": "rosa", "name": "Rosa Vink", "team": "West", "manager": "maya"}
MAYA = {"id": "maya", "name": "Maya Boss", "team": "West", "role": "lead"}


@dataclass
class Office:
    """A company with two admins at their desks, and a rep and her manager on their phones."""

    company: Company
    anna: Window
    bert: Window
    rosa: Window
    maya: Window


@pytest.fixture(scope="module")
def office(deployed: Deployed, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    acme = company(deployed, tmp_path_factory.mktemp("desk"), [ROSA, MAYA], name="desk")
    made = Office(acme, *(Window(browser, DESKTOP) for _ in range(2)), *(Window(browser, PHONE) for _ in range(2)))
    for window in (made.anna, made.bert):
        staff_in(window, acme, *acme.staff("admin"))
    yield made
    for window in (made.anna, made.bert, made.rosa, made.maya):
        window.close()
        assert window.wrong == []


def test_a_program_goes_from_a_preset_by_way_of_a_simulation_to_a_second_person_who_agrees(office: Office) -> None:
    acme, page = office.company, office.anna.page
    _setting(page, acme, "second_person")
    office.anna.open(f"{acme.site}admin/presets")
    page.get_by_role("link", name="Winning streak").click()
    page.fill("[name=id]", "streak")
    page.fill("[name=starts]", "2026-01-01")
    page.get_by_role("button", name="Make it a draft").click()
    page.wait_for_url("**/admin/programs/streak**", wait_until="load")
    page.fill("[name=m0_n]", "0")
    page.locator("#e-m0_n:not(:empty)").wait_for()  # said while it is typed
    page.fill("[name=m0_n]", "2")
    page.fill("[name=m0_points]", "750")
    until(lambda: "points: 750" in page.input_value("#f-text"), "points in the YAML")
    page.locator("#e-m0_n:empty").wait_for(state="attached")
    page.get_by_role("button", name="Save the draft").click()
    office.anna.says("The draft is saved.")
    acme.tell(("rosa", "Before the race", {}))
    acme.wallet_link("rosa")
    page.get_by_role("link", name="Simulate").first.click()
    page.get_by_role("button", name="Simulate").click()
    page.locator("#figures").wait_for()
    assert "Five wins in a row" in page.inner_text("main")
    page.get_by_role("link", name="Live").click()
    page.fill("#f-reason-publish", "Spring plan")
    page.get_by_role("button", name="Publish, to be approved").click()
    office.anna.says("waits for another person's approval")
    assert page.get_by_role("button", name="Approve", exact=True).count() == 0, "nobody approves their own"
    _agreed_by_another(office)


def _agreed_by_another(office: Office) -> None:
    page = office.bert.open(f"{office.company.site}admin/programs/streak/live")
    page.fill("#f-reason-approve", "Within the budget")
    page.get_by_role("button", name="Approve", exact=True).click()
    office.bert.says("Approved.")
    page.get_by_text("live", exact=False).first.wait_for()


def test_a_manager_approves_an_award_from_the_message(office: Office) -> None:
    acme, maya = office.company, office.maya
    acme.win("rosa", "The large one", Amount="90000")
    until(lambda: acme.tenant.json("approval", "list"), "award that waits")
    acme.deployed.invoke("maintain", {})
    link = acme.texted("maya", lambda text: (re.search(r"https?://\S+/team/approvals/[a-z0-9]+\?\S+", text) or [""])[0])
    texted = len(acme.all_texts("maya"))
    maya.open(link)
    maya.page.fill("[name=address]", acme.phones["maya"])
    maya.tap("Send me a code")
    maya.page.wait_for_url("**/sign-in/type**")
    type_code(maya, acme, "maya", after=texted)
    maya.says("A large deal won")
    maya.page.fill("[name=reason]", "I was there")
    maya.tap("Approve and pay")
    maya.says("It is approved.")
    assert until(lambda: _paid(acme, "large"), "large award")


def test_a_redemption_above_the_limit_waits_for_the_staff_and_is_delivered(office: Office) -> None:
    acme, rosa, page = office.company, office.rosa, office.anna.page
    office.anna.open(f"{acme.site}admin/settings")
    page.fill("[name=approve_redemptions_above]", "3000")
    page.get_by_role("button", name="Save").click()
    office.anna.says("The settings are saved.")
    sign_in(rosa, acme, "rosa")
    rosa.open(f"{acme.site}me/shop/coffee")
    rosa.page.get_by_text("€40.00").click()
    rosa.tap("Take it")
    rosa.page.wait_for_url("**/me/rewards/**")
    rosa.says("Waits for approval")
    office.anna.open(f"{acme.site}admin/redemptions")
    page.get_by_role("link", name="Coffee card").first.click()
    page.fill("[name=reason]", "Well earned")
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_role("status").wait_for()
    until(lambda: rosa.page.reload() and rosa.page.get_by_role("button", name="Show the code").count(), "code to look at")
    rosa.tap("Show the code")
    assert re.fullmatch(rf"LARGE-{acme.number}-\d", rosa.page.locator("#secret").inner_text())


def test_a_question_about_a_line_is_settled_by_an_adjusting_entry(office: Office) -> None:
    acme, rosa, page = office.company, office.rosa, office.anna.page
    rosa.open(f"{acme.site}me/wallet")
    line = rosa.page.locator("ol.feed details").filter(has_text="Before the race").first
    if line.get_attribute("open") is None:
        line.locator("summary").click()
    line.get_by_role("link", name="Something is wrong with this").click()
    rosa.page.fill("[name=text]", "This deal was twice as large.")
    rosa.tap("Send")
    rosa.says("Sent. You get a message")
    office.anna.open(f"{acme.site}admin/disputes")
    page.get_by_role("link", name="This deal was").click()
    page.fill("[name=answer]", "You are right, and thank you.")
    page.fill("[name=points]", "250")
    page.get_by_role("button", name="Answer and settle").click()
    office.anna.says("ettled")
    rosa.open(f"{acme.site}me/disputes")
    rosa.says("You are right, and thank you.")
    (entry,) = [it for it in acme.tenant.entries() if it["cause"]["program"] == "~adjustment"]
    assert [it["amount"] for it in entry["transfers"]] == [250]
    acme.tenant.verify()


def test_the_new_program_pays_the_rep(office: Office) -> None:
    acme = office.company
    acme.tell(("rosa", "First of the race", {}), ("rosa", "Second of the race", {}))
    # Functions read the rules again within two minutes, of which most have gone by since it was approved.
    assert until(lambda: _paid(acme, "five-in-a-row"), "award of the new program", seconds=300)
    office.rosa.open(acme.wallet_link("rosa"))
    office.rosa.says("Five wins in a row")


def test_the_audit_log_has_all_of_it(office: Office) -> None:
    page = office.bert.open(f"{office.company.site}admin/audit")
    said = page.inner_text("main")
    wanted = ("staff.signed_in", "program.begun", "program.waiting", "program.approved", "settings.changed", "Well earned")
    assert [it for it in (*wanted, "dispute", "award", "I was there", "Within the budget") if it not in said] == []


def _setting(page: Page, acme: Company, name: str) -> None:
    page.goto(f"{acme.site}admin/settings")
    page.check(f"[name={name}]")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The settings are saved.").wait_for()


def _paid(acme: Company, milestone: str) -> bool:
    return any(it["cause"]["milestone"] == milestone and it["transfers"] for it in acme.tenant.entries())
