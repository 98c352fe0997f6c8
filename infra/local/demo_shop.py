"""The demo's shop and doors: items with codes made up here, a stand-in provider, an account for the console."""

import csv
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent / "demo"
CATALOG = HERE / "catalog.yaml"
KEY = "DEMO_TREMENDOUS_KEY"
CODES = {"coffee": (5, 10), "bookshop": (25,), "trees": (5,)}
"""Items with own codes, and their values."""

PER_VALUE = 40
STAFF = "maria@acme.example"


def open_shop(say: Callable[..., None], rewards: str) -> None:
    """Fill the shop; `rewards` is where the stand-in of Tremendous answers."""
    os.environ.setdefault(KEY, "TEST_demo-key-of-no-worth")
    settings = ("--set", "funding_source=FUND0001", "--set", "campaign=CAMP0001")
    say("provider", "add", "tremendous", "--key-env", KEY, "--api-base", rewards, *settings)
    say("catalog", "import", str(CATALOG))
    with tempfile.TemporaryDirectory() as folder:
        for item, values in CODES.items():
            say("stock", "import", item, str(_codes(Path(folder), item, values)))


def staff_password(ask: Callable[..., Any]) -> str:
    """An account for the console; gives its first password. One that is there already keeps its own: empty text."""
    known = {it["email"] for it in ask("staff", "list")}
    if STAFF in known:
        return ""
    return str(ask("staff", "add", STAFF, "--role", "admin", "--print-password")["password"])


def _codes(folder: Path, item: str, values: tuple[int, ...]) -> Path:
    """Codes of no worth: the same each time, so that a second demo finds them stored."""
    file = folder / f"{item}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("value", "code", "pin"))
        for value in values:
            writer.writerows((value, f"DEMO-{item.upper()[:4]}-{value:03d}-{number:04d}", "") for number in range(PER_VALUE))
    return file
