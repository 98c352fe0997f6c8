"""Names that are meant to break pages: on every page and in every export they are text, and no page becomes wider by them."""

import csv
import json
import re
from io import StringIO

import httpx
import pytest
from playwright.sync_api import Browser
from tests.e2e.browsing import PHONE, Window
from tests.e2e.company import ITEMS, PROGRAM
from tests.e2e.conftest import Deployed
from tests.e2e.rooms import TIMEOUT, Seen, everything, pages

pytestmark = pytest.mark.e2e

OVERRIDE = "\u202e"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TEMPLATE = "{{7*7}}${7*7}<%= 7*7 %>"
FORMULA = "=HYPERLINK(0)"
NAME = f"{SCRIPT} {TEMPLATE} {OVERRIDE}yllib"
LONG = "W" * 2_000
PEOPLE: dict[str, dict[str, str]] = {
    "rosa": {"name": f"Rosa {NAME}", "team": FORMULA},
    "maya": {"name": f"+31 {NAME}", "team": FORMULA},
    "tom": {"name": f"@{LONG}", "team": f"-2 {SCRIPT}"},
}
LOOSE = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, around = node.parentElement;
    const apart = around.closest("bdi, option, textarea, pre, code, title");
    if (node.data.includes("\\u202e") && !apart) found.push(around.outerHTML.slice(0, 200));
  }
  for (const bad of document.querySelectorAll("script:not([src]), img[onerror], img[src=x]")) found.push(bad.outerHTML);
  return found;
}"""
"""What was not written as text, and what turns the text around it."""


@pytest.fixture(scope="module")
def seen(deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    title = f"title: {{en: {json.dumps(f'Race {NAME}')}, nl: {json.dumps(f'Race {NAME}')}}}"
    program = PROGRAM.replace("title: {en: Spring race, nl: Voorjaarsrace}", title)
    items = ITEMS.replace("{en: Coffee card, nl: Koffiekaart}", json.dumps({"en": f"={NAME}"[:100], "nl": f"={NAME}"[:100]}))
    deals = [("rosa", f"={NAME}", {}), ("rosa", LONG[:120], {"Amount": "80000"}), ("tom", f"-{NAME}", {}), ("nobody", NAME, {})]
    return everything(deployed, tmp_path_factory.mktemp("hostile"), deals=deals, changes=PEOPLE, program=program, items=items)


@pytest.mark.parametrize("role", ["rep", "manager", "admin"])
def test_hostile_names_are_text_on_every_page(seen: Seen, browser: Browser, role: str) -> None:
    window, wrong, shown = Window(browser, PHONE), list[str](), 0
    window.context.add_cookies(seen.entries[role].for_browser(seen.company))
    for address in pages(seen.found[role]):
        page = window.open(seen.company.site + address)
        wrong += [f"{address}: {it}" for it in (*page.evaluate(LOOSE), *window.wrong)]
        wrong += [f"{address}: {over} px too wide"] if (over := window.overflow()) > 0 else []
        shown += "alert(1)" in page.inner_text("body") or "7*7" in page.inner_text("body")
        window.wrong.clear()
    window.close()
    assert wrong == []
    assert shown >= 4, "the names are to be seen"


def test_no_cell_of_an_export_is_a_formula(seen: Seen) -> None:
    entry = seen.entries["admin"]
    exports = {it for found in seen.found.values() for route, it in found.items() if "export" in route or ".csv" in it}
    assert len(exports) >= 5
    with httpx.Client(timeout=TIMEOUT) as client:
        for address in sorted(exports):
            entry = seen.entries["manager" if address.startswith("team") else "admin"]
            answer = client.get(seen.company.site + address, headers={"Cookie": f"{entry.cookie}={entry.value}"})
            assert answer.headers["content-type"].startswith("text/csv"), address
            cells = [cell for row in csv.reader(StringIO(answer.text)) for cell in row]
            assert [it for it in cells if re.match(r"[=+@\t\r]|-(?![\d.,]+$)", it)] == [], address
