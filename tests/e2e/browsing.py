"""A real browser: Chromium driven by Playwright, with an ear for everything that a good page never says."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright
from playwright.sync_api import TimeoutError as TookTooLong
from tests.e2e.company import PASSWORD, Company, six_digits

PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 812}, "is_mobile": True, "has_touch": True, "locale": "en-GB"}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
SECONDS = 150
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

Screen = dict[str, Any]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "these tests need Chromium: on Debian, apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


class Window:
    """One browser of one person: a page, what was wrong in it (`wrong`), and the taps so far."""

    def __init__(self, browser: Browser, screen: Screen, *, dark: bool = False) -> None:
        scheme = "dark" if dark else "light"
        self.context: BrowserContext = browser.new_context(**screen, color_scheme=scheme, reduced_motion="reduce")
        self.context.set_default_timeout(SECONDS * 1000)
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.taps = 0
        self._touch = bool(screen.get("has_touch"))
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("response", self._response)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.wrong.append(f"{message.type}: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status}: {response.url}")

    def open(self, address: str) -> Page:
        """Go there."""
        self.page.goto(address)
        return self.page

    def tap(self, name: str, *, exact: bool = False) -> Page:
        """Touch (or click) the first link, button or line of this name; counted."""
        page = self.page
        found = page.get_by_role("link", name=name, exact=exact).or_(page.get_by_role("button", name=name, exact=exact)).first
        with self._in_sight(name):
            found.tap() if self._touch else found.click()
        self.taps += 1
        return page

    def says(self, words: str) -> None:
        """The words stand on the page, soon."""
        with self._in_sight(words):
            self.page.get_by_text(words).first.wait_for()

    @contextmanager
    def _in_sight(self, words: str) -> Iterator[None]:
        """What was looked for in vain is told with the page that was there instead."""
        try:
            yield
        except TookTooLong as error:
            raise AssertionError(f"no {words!r} at {self.page.url}, which says:\n{self.text()}") from error

    def text(self) -> str:
        """All that can be read."""
        return self.page.inner_text("body")

    def violations(self) -> list[str]:
        """What axe finds wrong on the page, one line each."""
        # The tabs float above the end of the window: what lies under them at this moment can be scrolled out from there.
        self.page.evaluate("for (const it of document.querySelectorAll('.tabs')) it.style.position = 'static'")
        options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": list(RULES)}}
        found = Axe().run(self.page, options=options).response["violations"]
        return [f"{it['id']}: {node['target']} {node['html'][:160]}" for it in found for node in it["nodes"][:3]]

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def close(self) -> None:
        self.context.close()


def sign_in(window: Window, company: Company, who: str) -> None:
    """By a code to the phone, without a link."""
    before = len(company.all_texts(who))
    window.open(f"{company.site}sign-in/person/{company.id}")
    window.page.fill("[name=address]", company.phones[who])
    window.tap("Send me a code")
    window.page.locator("[name=code]").wait_for()
    type_code(window, company, who, after=before)
    window.page.wait_for_url("**/me/wallet*")


def type_code(window: Window, company: Company, who: str, *, after: int) -> None:
    """The six digits of the SMS that came after so many; the page sends them by itself."""
    window.page.locator("[name=code]").press_sequentially(company.texted(who, six_digits, after=after))


def staff_in(window: Window, company: Company, email: str, password: str) -> None:
    """As staff, by the form of our own, with the first password replaced."""
    page = window.open(f"{company.site}sign-in/staff")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="Sign in").click()
    page.fill("[name=answer]", PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/admin/today*")
