"""The pages of whoever earns in a hostile world: names of strangers, odd addresses, weight, structure, nothing from elsewhere."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from tests.scenarios.earning import BOB, CARD, Firm
from tests.scenarios.visiting import Browser
from tests.unit.page_samples import Outline
from tests.unit.test_page_safety import HOSTILE

from accolade.store.tenants import Tenants

PLACES = (
    "me/wallet",
    "me/explain",
    "me/explain?line=1",
    "me/shop",
    "me/shop/bol",
    "me/rewards",
    "me/board",
    "me/preferences",
    "me/disputes",
    "me/disputes/new",
    "me/disputes/line/1",
)
ASSETS = re.compile(r"(\.\./){0,3}assets/[a-z0-9.-]+\.(css|js)|data:,")
"""Everything that a page loads."""


@pytest.fixture
def firm(linked):
    return Firm(linked)


def parsed(html: str) -> Outline:
    """The page, whose QR codes are known to be one path of ours each."""
    drawing = re.compile(r'<svg viewBox="[0-9 ]+"><path stroke="#000" d="[Mmh0-9. -]+"/></svg>')
    return Outline(drawing.sub("", html))


def hostile(firm: Firm, name: str) -> None:
    """Everything that strangers, customers and administrators write has that name."""
    db = firm.here.db
    Tenants(db).put(replace(firm.tenant, name=name, unit=name[:20], accent="red;}</style><script>alert(1)</script>"))
    firm.people.update(replace(firm.person(), name=name, team=name))
    firm.people.update(replace(firm.person("bob"), name=name, team=name))
    text = {"en": name, "nl": name}
    firm.parts.catalog.put(replace(CARD, title=text, description=text, terms=text, category=name[:60]))
    for number in (1, 2):
        firm.house.deal(number, "Closed Won", name=name, after=number)
    firm.house.deal(20, "Closed Won", name=name, after=20, owner=BOB)


def everywhere(firm: Firm, browser: Browser) -> list[tuple[str, str]]:
    """Every page, those of a reward and its code too."""
    browser.get("me/disputes/line/1")
    browser.submit(text="<b>" + "y" * 1_990)
    browser.get("me/shop/bol")
    browser.submit()
    reward = browser.place
    pages = [(reward, browser.text)]
    firm.deliver()
    browser.get(reward)
    browser.submit()
    pages.append((f"{reward} (code)", browser.text))
    for place in (*PLACES, "me/shop?q=%3Cscript%3E&category=x", "me/rewards?page=3", "me/preferences?done=saved"):
        pages.append((place, browser.get(place)))
        assert browser.status == 200, place
    return pages


@pytest.mark.parametrize("name", [*HOSTILE, "=HYPERLINK(1)", "\u0001'\"`<!--"])
def test_names_from_strangers_are_only_ever_text_on_every_page(firm, name):
    hostile(firm, name)
    for place, html in everywhere(firm, firm.signed_in()):
        outline = parsed(html)
        tags = {tag for tag, _ in outline.tags}
        assert not tags & {"img", "iframe", "object", "style", "base", "embed"}, place
        scripts = [it for it in outline.all("script")]
        assert all(ASSETS.fullmatch(str(it.get("src"))) for it in scripts), place
        assert not any(key.startswith("on") or key == "style" for _, found in outline.tags for key in found), place
        assert not any(sign in html for sign in "\u202e\u202c\u2066\u2069\u200f\x00\x01\x1b\r"), place
        hrefs = [str(it["href"]) for it in outline.all("a")]
        assert not any(re.match(r"\s*(javascript|data|//|https?:)", href, re.IGNORECASE) for href in hrefs), place
        assert len(html.encode()) < 100_000, place


def test_every_page_reads_well_aloud_and_loads_nothing_from_elsewhere(firm):
    firm.earn()
    for place, html in everywhere(firm, firm.signed_in()):
        outline = parsed(html)
        assert len(outline.all("main")) == len(outline.all("h1")) == 1, place
        order = [tag for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
        assert order[0] == "h1", place
        assert all(int(later[1]) - int(earlier[1]) <= 1 for earlier, later in pairwise(order)), place
        ids = [found["id"] for _, found in outline.tags if "id" in found]
        assert len(ids) == len(set(ids)), place
        references = {
            name
            for _, found in outline.tags
            for key in ("aria-labelledby", "aria-describedby", "for")
            if key in found
            for name in str(found[key]).split()
        }
        assert references <= set(ids), place
        labelled = {found.get("for") for found in outline.all("label")}
        for field in outline.all("input") + outline.all("select") + outline.all("textarea"):
            inside = field.get("type") in ("hidden", "checkbox", "radio")  # those two stand inside their labels
            assert inside or field["id"] in labelled, (place, field)
        assert all(ASSETS.fullmatch(str(it["href"])) for it in outline.all("link")), place
        assert all(it.get("csrf") or 'name="csrf"' in html for it in outline.all("form")), place
        assert "<title>" in html, place
        current = [it for it in outline.all("a") if it.get("aria-current") == "page" and "/" in str(it["href"])]
        assert len(current) <= 1, place


@pytest.mark.parametrize(
    "place",
    [
        "me/rewards/x",
        "me/rewards/p000001x" + "a" * 26,
        "me/rewards/../../admin",
        "me/rewards?page=-1",
        "me/rewards?page=1e9",
        "me/board?period=-1",
        "me/board?period=x",
        "me/shop?page=-5",
        "me/shop?country=%00%00",
        "me/shop?q=" + "x" * 81,
        "me/disputes/line/0",
        "me/disputes/line/999999999999",
        "me/disputes/line/9999999999999",
        "me/disputes/new?milestone=" + "x" * 300,
        "me/explain?line=x",
        "me/wallet?before=x",
        "me/wallet?lang=../../etc",
        "me/nothing",
    ],
)
def test_odd_addresses_are_never_an_error_of_ours(firm, place):
    firm.earn(1)
    browser = firm.signed_in()
    browser.get(place)
    assert browser.status in (200, 404, 422), place


def test_pages_of_the_signed_in_are_kept_nowhere(firm):
    firm.earn()
    browser = firm.signed_in()
    for place in PLACES:
        browser.get(place)
        assert browser.headers["Cache-Control"] == "no-store", place
        assert "unsafe" not in browser.headers["Content-Security-Policy"], place
