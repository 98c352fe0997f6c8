"""Real browsers on the deployed stack: from the message on the phone to the code on the screen, and ways in without a link."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route
from tests.e2e.browsing import PHONE, Window, sign_in, type_code
from tests.e2e.company import Company, company, six_digits, until
from tests.e2e.conftest import Deployed

pytestmark = pytest.mark.e2e

ROSA, TOM = {"id": "rosa", "name": "Rosa Vink", "team": "West"}, {"id": "tom", "name": "Tom Thumb", "team": "East"}


@pytest.fixture(scope="module")
def acme(deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Company:
    return company(deployed, tmp_path_factory.mktemp("acme"), [ROSA, TOM], name="acme")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Window]:
    window = Window(browser, PHONE)
    yield window
    window.close()
    assert window.wrong == []


def test_from_the_message_on_the_phone_to_a_code_on_the_screen_in_three_taps(acme: Company, phone: Window) -> None:
    acme.win("rosa", "Northwind renewal")
    phone.open(acme.wallet_link("rosa"))
    phone.says("1,500 points")
    phone.says("Northwind renewal")
    texted = len(acme.all_texts("rosa"))
    phone.tap("Coffee card")
    phone.tap("Take it")
    type_code(phone, acme, "rosa", after=texted)
    phone.tap("Show the code")
    code = phone.page.locator("#secret").inner_text()
    assert phone.taps == 3
    assert re.fullmatch(rf"BEAN-{acme.number}-\d", code)
    phone.says("PIN")
    assert phone.overflow() == 0
    phone.open(f"{acme.site}me/wallet")
    phone.says("500 points")
    assert _spent(acme, "coffee") == {"amount": 1000}
    acme.tenant.verify()


def test_a_gift_card_of_a_provider_is_a_link_on_the_screen_in_three_taps(acme: Company, phone: Window) -> None:
    acme.win("tom", "Contoso")
    phone.open(acme.wallet_link("tom"))
    texted = len(acme.all_texts("tom"))
    phone.tap("Gift card")
    phone.tap("Take it")
    type_code(phone, acme, "tom", after=texted)
    phone.tap("Show the code")
    link = phone.page.get_by_role("link", name="Open it").get_attribute("href") or ""
    assert phone.taps == 3
    assert link.startswith("https://testflight.tremendous.example/rewards/payout/")
    assert _spent(acme, "card") == {"amount": 500}
    acme.tenant.verify()


def test_somebody_without_a_link_signs_in_with_a_code_to_their_address(acme: Company, phone: Window) -> None:
    sign_in(phone, acme, "rosa")
    phone.says("You are Rosa Vink")
    phone.tap("Sign out")
    phone.page.wait_for_url("**/sign-in/left*")
    phone.open(f"{acme.site}me/wallet")
    assert "sign-in" in phone.page.url


def test_a_code_that_was_typed_before_the_script_of_the_page_had_come_is_sent_all_the_same(acme: Company, phone: Window) -> None:
    held: list[Route] = []
    phone.page.route(re.compile(r"/code[^/]*\.js"), lambda route: held.append(route))
    texted = len(acme.all_texts("rosa"))
    _asks_for_a_code(phone, acme, "rosa")
    type_code(phone, acme, "rosa", after=texted)
    (script,) = held
    assert "sign-in/type" in phone.page.url
    script.continue_()
    phone.page.wait_for_url("**/me/wallet*")


def test_five_wrong_codes_are_the_end_of_a_challenge(acme: Company, phone: Window) -> None:
    texted = len(acme.all_texts("tom"))
    _asks_for_a_code(phone, acme, "tom")
    right = acme.texted("tom", six_digits, after=texted)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        _typed(phone, wrong)
        phone.page.get_by_role("alert").wait_for()
    _typed(phone, right)
    phone.page.get_by_role("alert").wait_for()
    assert "sign-in/type" in phone.page.url


def _asks_for_a_code(phone: Window, acme: Company, who: str) -> None:
    phone.open(f"{acme.site}sign-in/person/{acme.id}")
    phone.page.fill("[name=address]", acme.phones[who])
    phone.tap("Send me a code")
    phone.page.wait_for_url("**/sign-in/type**", wait_until="commit")


def _typed(phone: Window, digits: str) -> None:
    with phone.page.expect_navigation():
        phone.page.locator("[name=code]").press_sequentially(digits)


def _spent(acme: Company, item: str) -> Any:
    """What the books say was spent on an item, once they do."""

    def look() -> Any:
        for entry in acme.tenant.entries():
            if entry["cause"]["milestone"] == item:
                for transfer in entry["transfers"]:
                    if transfer["target"].startswith("redeemed:"):
                        return {"amount": transfer["amount"]}
        return None

    return until(look, f"spending on {item}")
