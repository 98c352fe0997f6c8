"""Every page there is, in a browser, as every role: sound for screen readers, no wider than the screen, no errors."""

import pytest
from playwright.sync_api import Browser
from tests.e2e.browsing import DESKTOP, PHONE, Screen, Window
from tests.e2e.rooms import Seen, entry_pages, missing, pages

pytestmark = pytest.mark.e2e


def test_every_page_is_reached_by_links(seen: Seen) -> None:
    assert missing({route: address for found in seen.found.values() for route, address in found.items()}) == set()


@pytest.mark.parametrize(("role", "screen", "dark"), [("rep", PHONE, False), ("rep", PHONE, True), ("manager", PHONE, False)])
def test_pages_of_those_who_earn_have_no_fault(seen: Seen, browser: Browser, role: str, screen: Screen, dark: bool) -> None:
    assert faults(seen, browser, role, pages(seen.found[role]), screen, dark=dark) == []


def test_pages_of_the_staff_have_no_fault(seen: Seen, browser: Browser) -> None:
    assert faults(seen, browser, "admin", pages(seen.found["admin"]), DESKTOP) == []


def test_pages_of_the_staff_have_no_fault_in_the_dark_and_in_dutch(seen: Seen, browser: Browser) -> None:
    dutch = [f"{it}{'&' if '?' in it else '?'}lang=nl" for it in pages(seen.found["admin"])]
    assert faults(seen, browser, "admin", dutch[::2], DESKTOP, dark=True) == []
    assert faults(seen, browser, "admin", dutch[1::2], PHONE, dark=True) == []


def test_pages_of_those_who_are_not_in_yet_have_no_fault(seen: Seen, browser: Browser) -> None:
    assert faults(seen, browser, "", (*entry_pages(seen.company, "rosa"), seen.board), PHONE) == []
    assert faults(seen, browser, "link", ("me/wallet", "me/shop/coffee", "sign-in/code"), PHONE, dark=True) == []


def faults(
    seen: Seen, browser: Browser, role: str, shown: tuple[str, ...] | list[str], screen: Screen, *, dark: bool = False
) -> list[str]:
    """What is wrong with the pages: violations that axe finds, what the console says, how much is beyond the edge."""
    window, found = Window(browser, screen, dark=dark), list[str]()
    if role:
        window.context.add_cookies(seen.entries[role].for_browser(seen.company))
    for address in shown:
        window.open(seen.company.site + address)
        found += [f"{address}: {it}" for it in (*window.violations(), *window.wrong)]
        found += [f"{address}: {over} px too wide"] if (over := window.overflow()) > 0 else []
        window.wrong.clear()
    window.close()
    return found
