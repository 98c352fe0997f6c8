"""Lists of the console on a phone: a line becomes a block under its own name, and every value says what it is."""

import re
from dataclasses import replace

import pytest
from tests.scenarios.desk import Desk
from tests.scenarios.earning import CARD
from tests.scenarios.test_desk_cases import asked, parked

from accolade.model.catalog import ProviderAccount
from accolade.web.assets import asset_name

TABLE = re.compile(r'<table class="stack">(.*?)</table>', re.S)

ROOMS = ["shop", "people", "messages", "cases", "disputes", "approvals", "connections", "connections/sf", "programs"]
ROOMS += ["programs/race/live"]


@pytest.fixture
def desk(linked):
    made = Desk(linked)
    made.house.deal(1, "Closed Won", Amount="9000.00")
    parked(made)
    asked(made)
    catalog = made.here.redeeming.catalog
    catalog.put_account(ProviderAccount("acme", "stock"))
    catalog.put(replace(CARD, active=False))
    return made


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("room", ROOMS)
def test_every_value_says_what_it_is(desk, room, language):
    browser = desk.staff()
    browser.get(f"admin/{room}?lang={language}")
    tables = TABLE.findall(browser.text)
    assert tables
    for table in tables:
        head, _, body = table.partition("</thead>")
        names = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', head)
        rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
        assert rows
        for row in rows:
            cells = re.findall(r'<(?:(th) scope="row"[^>]*>|td(?: class="long")? data-is="([^"]*)")', row)
            assert len(cells) == len(names)
            assert all(named == name for (own, named), name in zip(cells, names, strict=True) if not own)
            assert sum(own == "th" for own, _ in cells) <= 1


def test_the_style_makes_blocks_of_lines_only_where_it_is_narrow(desk):
    style = desk.staff().get(f"assets/{asset_name('app.css')}")
    narrow = style.partition("@media (max-width:47.99rem){\n.stack")
    assert narrow[1]
    assert ".stack" not in narrow[0]
    assert "content:attr(data-is)" in narrow[2]


def test_a_value_and_its_price_are_not_torn_apart(desk):
    assert "€10.00\u00a0=\u00a0500 · €50.00\u00a0=\u00a02,500" in desk.staff().get("admin/shop")
