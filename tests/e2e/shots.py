"""A picture of every page, phone and desktop, light and dark: `PYTHONPATH=infra/local python -m tests.e2e.shots`."""

import re
import sys
import tempfile
from pathlib import Path

from tests.e2e.browsing import DESKTOP, PHONE, Window, chromium
from tests.e2e.conftest import ROOT, Deployed
from tests.e2e.rooms import endpoint, entry_pages, everything, pages

import cloud

TO = ROOT / ".local" / "shots"


def main() -> int:
    """Take them all, on the stack that is up."""
    place = cloud.Place(endpoint(), ROOT / ".local")
    with tempfile.TemporaryDirectory() as folder:
        seen = everything(Deployed(place, cloud.outputs_of(place)), Path(folder))
    shown = {role: pages(found) for role, found in seen.found.items()} | {
        "nobody": (*entry_pages(seen.company, "rosa"), seen.board)
    }
    TO.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for screen_name, screen in (("phone", PHONE), ("desktop", DESKTOP)):
            for dark in (False, True):
                for role, addresses in shown.items():
                    window = Window(browser, screen, dark=dark)
                    if role in seen.entries:
                        window.context.add_cookies(seen.entries[role].for_browser(seen.company))
                    for address in addresses:
                        window.open(seen.company.site + address)
                        name = re.sub(r"[^a-z0-9]+", "-", address.lower())[:60].strip("-") or "home"
                        shade = "dark" if dark else "light"
                        window.page.screenshot(path=TO / f"{role}.{name}.{screen_name}.{shade}.png", full_page=True)
                    window.close()
    print(f"{len(list(TO.glob('*.png')))} pictures in {TO.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
