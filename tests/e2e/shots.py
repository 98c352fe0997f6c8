"""A picture of every page, phone and desktop, light and dark: `PYTHONPATH=infra/local python -m tests.e2e.shots`.

STATE_DIR names the state folder of the cloud that is up, if it is not `.local`; the pictures are put into `shots` below it."""

import os
import re
import sys
import tempfile
from pathlib import Path

from tests.e2e.browsing import DESKTOP, PHONE, Window, chromium
from tests.e2e.conftest import ROOT, Deployed
from tests.e2e.rooms import Seen, endpoint, entry_pages, everything, pages

import cloud

STATE = ROOT / os.environ.get("STATE_DIR", ".local")
TO = STATE / "shots"
DUTCH_ROOMS = 12
"""Pages of the console that are shown in Dutch too."""


def main() -> int:
    """Take them all, on the stack that is up."""
    place = cloud.Place(endpoint(), STATE)
    with tempfile.TemporaryDirectory() as folder:
        seen = everything(Deployed(place, cloud.outputs_of(place)), Path(folder))
    TO.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for screen_name, screen in (("phone", PHONE), ("desktop", DESKTOP)):
            for dark in (False, True):
                for role, addresses in _shown(seen).items():
                    window = Window(browser, screen, dark=dark)
                    if role in seen.entries:
                        window.context.add_cookies(seen.entries[role].for_browser(seen.company))
                    for address in addresses:
                        _take(window, seen.company.site + address, f"{role}.{_named(address)}.{screen_name}", dark=dark)
                    window.close()
    print(f"{len(list(TO.glob('*.png')))} pictures in {TO.relative_to(ROOT)}")
    return 0


def _shown(seen: Seen) -> dict[str, tuple[str, ...]]:
    """Which role opens what: all pages, those who are not in yet, what is not there, and what one reads in Dutch."""
    shown = {role: (*pages(found), "me/nothing" if role == "rep" else "admin/nothing") for role, found in seen.found.items()}
    shown["rep"] += _in_dutch(pages(seen.found["rep"]))
    shown["admin"] += _in_dutch(pages(seen.found["admin"])[:DUTCH_ROOMS])
    shown |= {role: ("admin/today",) for role in ("finance", "support")}
    shown["link"] = ("me/wallet", "me/shop/coffee", "me/preferences", "me/disputes/line/1", "sign-in/code")
    return shown | {"nobody": (*entry_pages(seen.company, "rosa"), seen.board, "nothing/here")}


def _in_dutch(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{it}{'&' if '?' in it else '?'}lang=nl" for it in addresses)


def _named(address: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", address.lower())[:60].strip("-") or "home"


def _take(window: Window, url: str, name: str, *, dark: bool) -> None:
    """The whole page; its tabs at its end, not over what they would cover while somebody scrolls."""
    window.open(url)
    window.page.evaluate("for (const it of document.querySelectorAll('.tabs')) it.style.position = 'static'")
    window.page.screenshot(path=TO / f"{name}.{'dark' if dark else 'light'}.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())
