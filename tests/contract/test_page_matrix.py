"""Who sees which page: every route of the site, for everybody, with one's own ids and with those of another company."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tests.contract.api_world import SECRET, Caller, World
from tests.leaks import stands
from tests.scenarios.conftest import linked, stack  # noqa: F401 (fixtures, by name)
from tests.scenarios.stack import Stack

from accolade import wiring
from accolade.web.routes import ROUTES
from accolade.web.site import Route
from accolade.web.visitors import OWN

OF_THE_STACK = {"preset", "kind", "table", "provider", "token", "name", "tenant", "award"}
"""Parts of paths that no company owns, and awards, which are gone once they are decided."""

MADE = {("GET", "admin/shop/{item}"), ("POST", "admin/shop/{item}"), ("POST", "admin/programs/{program}")}
"""Pages on which something new is made under a name that is free in one's own company."""


class Browser:
    """Asks for pages as somebody."""

    def __init__(self, world: World) -> None:
        self.world, self.respond = world, wiring.pages(lambda *said, **more: None)

    def ask(self, caller: Caller | None, route: Route, tenant: str, *, form: dict[str, str] | None = None) -> Any:
        """The page of a route with the ids of a company; a form carries the session's token unless it says another."""
        self.world.now = self.world.now.replace(microsecond=0)
        headers = dict(caller.headers) if caller else {}
        csrf = headers.pop("X-CSRF", "")
        body = urlencode({"csrf": csrf} | (form or {})) if route.method == "POST" else None
        event = {
            "httpMethod": route.method,
            "path": "/" + self.path(route, tenant),
            "headers": headers | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {}),
            "body": body,
            "requestContext": {"identity": {"sourceIp": "192.0.2.1"}},
        }
        return self.respond(event, now=self.world.now)

    def path(self, route: Route, tenant: str) -> str:
        """The path of a route with the ids of a company."""
        parts = route.path.split("/")
        return "/".join(quote(self.known(tenant, it[1:-1])) if it.startswith("{") else it for it in parts)

    def known(self, tenant: str, name: str) -> str:
        """The id that stands in a path."""
        house, ids = self.world.house, self.world.ids[tenant]
        if name == "person":
            return house.people.by_id(tenant, ids["person"]).number if tenant == "acme" else "P000099"
        if name == "award":
            return "none"
        return ids.get(name, {"preset": "quarter-race", "kind": "salesforce", "table": "days.csv"}.get(name, "none"))


@pytest.fixture
def world(linked: Stack) -> World:  # noqa: F811 (a fixture, by name)
    return World(linked)


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(world)


def scoped() -> Iterator[Route]:
    return (it for it in ROUTES if it.scope is not None and not it.path.startswith("sign-in"))


def test_every_page_of_somebody_has_a_scope() -> None:
    open_to_all = {it.path.split("/")[0] for it in ROUTES if it.scope is None}
    assert open_to_all == {"home", "assets", "sign-in", "board", "w", "u", "explain"}
    for it in scoped():
        assert (it.scope in OWN) == (it.path.split("/")[0] in ("me", "team")), it


def test_strangers_are_asked_to_sign_in_and_change_nothing(world: World, browser: Browser) -> None:
    before = world.state_of("acme")
    strangers = [it for it in world.strangers.values() if "Authorization" not in it.headers]
    for route in scoped():
        for stranger in strangers:
            page = browser.ask(stranger, route, "acme")
            assert (page.status, "sign-in/" in page.headers.get("Location", "")) == (303, True), (stranger.name, route)
            assert not stands("Asha", page.html)
    assert world.state_of("acme") == before


def test_who_lacks_the_scope_does_not_find_the_page(world: World, browser: Browser) -> None:
    before = world.state_of("acme")
    for route in scoped():
        for caller in world.callers.values():
            if route.scope in caller.scopes or caller.name == "key":
                continue
            page = browser.ask(caller, route, "acme")
            known_here = (caller.name in ("rep", "manager", "link")) == (route.scope in OWN)
            if known_here and caller.name != "link":
                assert page.status == 404, (caller.name, route)
            else:
                assert page.status == 303, (caller.name, route)
                assert "sign-in/" in page.headers["Location"]
    assert world.state_of("acme") == before


def test_who_has_the_scope_gets_a_page_and_never_another_companys(world: World, browser: Browser) -> None:
    before = world.state_of("rival")
    for route in scoped():
        for caller in world.callers.values():
            if route.scope not in caller.scopes or caller.name == "key":
                continue
            for tenant in ("acme", "rival"):
                page = browser.ask(caller, route, tenant)
                assert page.status < 500, (caller.name, route, tenant)
                assert SECRET not in page.html, (caller.name, route, tenant)
                owned = [it for it in route.path.split("/") if it.startswith("{") and it[1:-1] not in OF_THE_STACK]
                if tenant == "rival" and owned and (route.method, route.path) not in MADE and "{line}" not in owned:
                    assert page.status == 404, (caller.name, route, page.status)
                if route.method == "GET" and "{" not in route.path:
                    assert page.status == 200, (caller.name, route, page.status)
    assert world.state_of("rival") == before


def test_a_form_without_the_token_of_its_session_does_nothing(world: World, browser: Browser) -> None:
    before = world.state_of("acme")
    for route in scoped():
        for caller in world.callers.values():
            if route.method != "POST" or route.scope not in caller.scopes or caller.name in ("key", "link"):
                continue
            page = browser.ask(caller, route, "acme", form={"csrf": "x" * 43})
            assert page.status == 403, (caller.name, route)
    assert world.state_of("acme") == before


def test_a_key_opens_no_page(world: World, browser: Browser) -> None:
    for route in scoped():
        assert browser.ask(world.callers["key"], route, "acme").status == 303
