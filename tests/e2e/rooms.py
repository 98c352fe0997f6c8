"""Every page of a company in use, found as people find it: by the links of the pages before; and ways in for each role."""

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from tests.e2e.company import Company, Deal, company, until
from tests.e2e.conftest import Deployed

import cloud
from accolade import wiring
from accolade.cli.stack import open_stack
from accolade.flows.disputes import About
from accolade.model.disputes import DisputeState
from accolade.programs.preset_files import adapted, preset
from accolade.store.screens import Screen
from accolade.web.asking import Request
from accolade.web.entry.cookies import LINK, SESSION, STAFF
from accolade.web.house import House
from accolade.web.routes import ROUTES
from accolade.web.site import Route
from accolade.web.visitors import ROLES

TIMEOUT = httpx.Timeout(180.0)
STARTS = {
    "rep": ("me/wallet", "me/explain", "me/rewards", "me/board", "me/disputes", "me/disputes/line/1"),
    "manager": ("team/standing", "team/approvals", "team/nominate"),
    "admin": tuple(
        f"admin/{room}"
        for room in (
            *("today", "programs", "people", "budgets", "shop", "messages", "cases", "connections", "analytics", "audit"),
            *("redemptions", "redemptions?state=fulfilled", "disputes", "disputes?state=answered", "approvals", "presets"),
            *("providers", "boards", "settings", "messages/dead", "messages/pause", "connections/add/salesforce"),
            "people/import",
        )
    ),
}
"""Where each role begins; the links lead on."""
PEOPLE = (
    {"id": "rosa", "name": "Rosa Vink", "team": "West", "manager": "maya"},
    {"id": "maya", "name": "Maya Boss", "team": "West"},
    {"id": "tom", "name": "Tom Thumb", "team": "West", "manager": "maya", "locale": "nl"},
)

DEALS: tuple[Deal, ...] = (
    ("rosa", "Northwind renewal", {}),
    ("rosa", "Contoso, all of it", {"Amount": "80000"}),
    ("tom", "Fabrikam", {}),
    ("nobody", "Of nobody we know", {}),
)


@dataclass(frozen=True)
class Entry:
    """How a role comes in: the cookie's name and value."""

    role: str
    cookie: str
    value: str

    def for_browser(self, company: Company) -> Any:
        """The cookie as Playwright takes it."""
        where = urlsplit(company.site)
        return [
            {"name": self.cookie, "value": self.value, "domain": where.hostname, "path": "/", "secure": True, "httpOnly": True}
        ]


@dataclass
class Seen:
    """A company in use, how each role comes in, the pages (route -> address) to which each role's links lead, and its board."""

    company: Company
    entries: dict[str, Entry]
    found: dict[str, dict[str, str]]
    board: str


@contextmanager
def inside(company: Company) -> Iterator[House]:
    """The house of the deployed stack, in this process."""
    place = company.deployed.place
    with pytest.MonkeyPatch.context() as patch:
        for name, value in place.environment().items():
            if name.startswith("AWS_"):
                patch.setenv(name, value)
        open_stack(name=place.stack, endpoint=place.endpoint)
        yield wiring.house(lambda event, **fields: None)
    wiring.point_at({})


def entries(company: Company, house: House, *, rep: str, manager: str) -> dict[str, Entry]:
    """A session for each role, and the link of the rep's newest message."""
    now, found = datetime.now(UTC), dict[str, Entry]()
    for role, who in (("rep", rep), ("manager", manager)):
        person = house.people.by_id(company.id, who)
        _, id_ = house.sessions.begin("code", company.id, person.number, now=now, leads=role == "manager")
        found[role] = Entry(role, SESSION, id_)
    for role in ROLES:
        _, id_ = house.sessions.begin("staff", company.id, f"{role}@acme.example", now=now, roles=[role])
        found[role] = Entry(role, STAFF, id_)
    found["link"] = Entry("link", LINK, company.wallet_link(rep).rpartition("/")[2])
    return found


def in_use(company: Company, house: House, *, rep: str) -> str:
    """What a company collects: redemptions, questions, a draft, a board. Gives the address of the board: no page links to it."""
    now, person = datetime.now(UTC), house.people.by_id(company.id, rep)
    parts = house.redeeming
    done = [
        parts.redeemer.redeem(company.id, person.number, item, value, f"key-of-{item}", now=now, actor=person.number)
        for item, value in (("coffee", 1000), ("card", 500))
    ]
    until(lambda: all(parts.redemptions.get(company.id, it.id).state == "fulfilled" for it in done), "fulfilled redemptions")
    for place, text in enumerate(("The amount was 2,000, not 1,000.", "Was this not my deal?")):
        house.disputes.open(person, text, About(line=1), key=f"key-of-question-{place}", now=now)
    draft = adapted(preset("cycle-time"), starts=date(2026, 1, 1), id_="quick", currency="USD", time_zone="UTC")
    house.programs.drafts.save(company.id, "quick", draft, seen=0, by="admin@acme.example", now=now, preset="cycle-time")
    until(lambda: house.disputes.in_state(company.id, DisputeState.OPEN, limit=5), "open question")
    token = house.screens.put_up(Screen(company.id, "wall", "The wall", now))
    return f"board/{token}"


def addresses(company: Company, entry: Entry, starts: Collection[str]) -> dict[str, str]:
    """Route -> the address of one page of it, for all that the links from `starts` lead to."""
    found: dict[str, str] = {}
    asked = set[str]()
    waiting = list(starts)
    with httpx.Client(headers={"Cookie": f"{entry.cookie}={entry.value}"}, timeout=TIMEOUT) as client:
        while waiting:
            address = waiting.pop(0)
            route = route_of(address)
            if address in asked or route is None or route.path.startswith(("assets", "sign-in")):
                continue
            if route.path in found and address not in starts:
                continue
            asked.add(address)
            answer = client.get(company.site + address)
            if answer.status_code == 200:
                found.setdefault(route.path, address)
                waiting += links(company, answer)
    return found


def everything(
    deployed: Deployed,
    folder: Path,
    people: Sequence[dict[str, Any]] = PEOPLE,
    *,
    deals: Sequence[Deal] = DEALS,
    changes: Mapping[str, Mapping[str, str]] | None = None,
    **files: str,
) -> Seen:
    """A company in use, and all its pages as every role finds them. `changes`: fields of people by their id, as an
    import would refuse them. `files`: see `company`."""
    acme = company(deployed, folder, people, name="seen", **files)
    acme.tell(*deals)
    acme.garble()
    acme.wallet_link("rosa")
    acme.wallet_link("tom")
    acme.tenant.wait()  # the last deal and what was garbled lead to pages too
    with inside(acme) as house:
        renamed = [replace(house.people.by_id(acme.id, who), **fields) for who, fields in (changes or {}).items()]
        house.people.register(acme.id, renamed)
        came = entries(acme, house, rep="rosa", manager="maya")
        board = in_use(acme, house, rep="rosa")
    found = {role: addresses(acme, came[role], starts) for role, starts in STARTS.items()}
    return Seen(acme, came, found, board)


def endpoint() -> int:
    """The port of the stack that is up."""
    return urlsplit(os.environ.get("ACCOLADE_ENDPOINT", "")).port or cloud.DEFAULT_PORT


def loaded(html: str) -> list[str]:
    """The style sheets and scripts of a page."""
    found = re.findall(r'<link rel="stylesheet" href="([^"]+)"|<script src="([^"]+)"', html)
    return [style or script for style, script in found]


def links(company: Company, answer: httpx.Response) -> list[str]:
    """Where a page leads on this site, as paths below its root."""
    found = [unescape(it) for it in re.findall(r'(?:href|hx-get)="([^"#]+)', answer.text)]
    whole = [urljoin(str(answer.url), it).partition("#")[0] for it in found]
    return [it.removeprefix(company.site) for it in whole if it.startswith(company.site)]


def route_of(address: str) -> Route | None:
    """The GET route of an address."""
    path = tuple(urlsplit(address).path.split("/"))
    request = Request("GET", path)
    return next((it for it in ROUTES if it.match(request) is not None), None)


def missing(found: Mapping[str, str]) -> set[str]:
    """The routes that have a scope and should be found, but are not."""
    return {it.path for it in ROUTES if it.method == "GET" and it.scope is not None} - set(found)


def pages(found: Mapping[str, str]) -> tuple[str, ...]:
    """The addresses of pages to look at: those that are no files."""
    return tuple(address for route, address in found.items() if "export" not in route and ".csv" not in address)


def entry_pages(company: Company, rep: str) -> tuple[str, ...]:
    """Pages of those who are not signed in yet."""
    link = company.wallet_link(rep)
    return (
        "",
        f"sign-in/person/{company.id}",
        "sign-in/code",
        "sign-in/type",
        "sign-in/staff",
        "sign-in/left?as=staff",
        "sign-in/left?as=person",
        link.removeprefix(company.site),
        "u/there-is-no-such-link",
    )
