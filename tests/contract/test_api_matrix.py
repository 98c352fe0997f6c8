"""Who may ask what: every operation of the API's own description, and every page, for everybody."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.api_schemas import resolved, smallest
from tests.contract.api_world import SECRET, STAFF_SCOPES, Caller, World
from tests.scenarios.conftest import linked, stack  # noqa: F401 (fixtures, by name)
from tests.scenarios.stack import Stack

from accolade.web.visitors import OWN, Scope

KEYED = {"Idempotency-Key": "a-key-of-the-test"}
ASSIGNED = ("balance", "available", "tenant", "role", "number", "participant", "spent")


@pytest.fixture
def world(linked: Stack, monkeypatch: pytest.MonkeyPatch) -> World:  # noqa: F811 (a fixture, by name)
    return World(linked)


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    status, headers, found = world.ask(None, "GET", "/openapi.json")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def body_of(operation: dict[str, Any], document: dict[str, Any]) -> Any:
    if "requestBody" not in operation:
        return None
    return smallest(operation["requestBody"]["content"]["application/json"]["schema"], document)


def query_of(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, str]:
    asked = [it for it in operation.get("parameters", ()) if it["in"] == "query" and it.get("required")]
    return {it["name"]: str(smallest(it["schema"], document)) for it in asked}


def asked(world: World, caller: Caller, method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> Any:
    """An operation asked as it describes itself, with the ids of our own company."""
    more = {"body": body_of(operation, document), "query": query_of(operation, document), "headers": KEYED}
    return world.ask(caller, method, world.path(path, "acme"), **more)


def test_every_operation_names_its_scope_and_what_may_go_wrong(document: dict[str, Any]) -> None:
    known = {scope.value for scope in Scope}
    open_to_all = [path for _, path, it in operations(document) if it["x-scope"] is None]
    assert open_to_all == ["/api/v1/health"]
    ids = [it["operationId"] for _, _, it in operations(document)]
    assert len(ids) == len(set(ids)) > 125
    for method, path, it in operations(document):
        assert it["x-scope"] in known or path in open_to_all
        assert it["summary"]
        assert it["description"].endswith(".")
        assert {"400", "404", "405", "422", "429", "503"} <= set(it["responses"]), path
        assert ("409" in it["responses"]) == (method != "GET")
        schemes = {name for one in it["security"] for name in one}
        wanted = {"participant"} if it["x-scope"] in OWN else {"key", "staff"}
        assert wanted <= schemes or path in open_to_all


def test_strangers_learn_nothing_and_do_nothing(world: World, document: dict[str, Any]) -> None:
    before = world.state_of("acme")
    for method, path, operation in operations(document):
        if operation["x-scope"] is None:
            continue
        for stranger in world.strangers.values():
            status, headers, problem = asked(world, stranger, method, path, operation, document)
            assert (status, headers["Content-Type"]) == (401, "application/problem+json"), (stranger.name, path)
            assert headers["WWW-Authenticate"].startswith("Bearer")
            assert set(problem) == {"type", "title", "status", "detail"}
    assert world.state_of("acme") == before


def test_everybody_may_what_their_scopes_say_and_nothing_else(world: World, document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        scope = operation["x-scope"]
        if scope is None:
            continue
        # Somebody who cannot be known at this door (staff at the rep's, a rep at the staff's) is nobody there.
        for caller in world.callers.values():
            status, headers, problem = asked(world, caller, method, path, operation, document)
            refused = status == 401 or (status == 403 and "insufficient_scope" in headers.get("WWW-Authenticate", ""))
            assert refused == (scope not in caller.scopes), (caller.name, path, status, problem)
            assert status < 500


def test_a_key_may_exactly_what_it_was_given(world: World, document: dict[str, Any]) -> None:
    single = {it: Caller(it.value, frozenset({it}), world.key("acme", it, name="one")) for it in STAFF_SCOPES}
    others = {it: Caller(f"not {it}", STAFF_SCOPES - {it}, world.key("acme", *(STAFF_SCOPES - {it}))) for it in STAFF_SCOPES}
    for method, path, operation in operations(document):
        if operation["x-scope"] is None:
            continue
        scope = Scope(operation["x-scope"])
        if scope in OWN:
            continue
        status, headers, _ = asked(world, others[scope], method, path, operation, document)
        assert (status, f'scope="{scope}"' in headers["WWW-Authenticate"]) == (403, True), path
        status, headers, problem = asked(world, single[scope], method, path, operation, document)
        assert "WWW-Authenticate" not in headers, (path, problem)


def test_what_is_another_companys_is_not_there(world: World, document: dict[str, Any]) -> None:
    """The ids of the other company, asked for by whoever may everything here: 404, and nothing of theirs is read or moved."""
    before = world.state_of("rival")
    for method, path, operation in operations(document):
        more = {"body": body_of(operation, document), "query": query_of(operation, document), "headers": KEYED}
        if operation["x-scope"] is None or (method, path) in MADE_BY_NAME:
            continue
        for caller in world.callers.values():
            if Scope(operation["x-scope"]) not in caller.scopes:
                continue
            status, _, answer = world.ask(caller, method, world.path(path, "rival"), **more)
            assert SECRET not in json.dumps(answer), (caller.name, path)
            if set(re.findall(r"\{(\w+)\}", path)) - OF_THE_STACK:
                assert status == 404, (caller.name, method, path, answer)
    for method, path in MADE_BY_NAME:
        operation = document["paths"][path][method.lower()]
        answer = world.ask(world.callers["key"], method, world.path(path, "rival"), body=body_of(operation, document))
        assert (answer[0], SECRET in json.dumps(answer[2])) == (200, False)
    assert world.state_of("rival") == before


OF_THE_STACK = {"channel", "line", "preset", "provider"}
"""Parts of paths that no company owns; a line is one's own."""

MADE_BY_NAME = (
    ("PUT", "/api/v1/people/{person}"),
    ("PUT", "/api/v1/catalog/{item}"),
    ("PUT", "/api/v1/programs/{program}/draft"),
)
"""These make what is not there: in one's own company, under the same name."""


def test_what_is_not_somebodys_own_is_not_there(world: World) -> None:
    rep, manager = world.callers["rep"], world.callers["manager"]
    theirs = world.ids["acme"]["redemption"]  # of a third person of the same company
    for caller in (rep, manager):
        for path in (f"/api/v1/me/redemptions/{theirs}", "/api/v1/me/entries/77/why"):
            assert world.ask(caller, "GET", path)[0] == 404
        assert world.ask(caller, "POST", f"/api/v1/me/redemptions/{theirs}/reveal")[0] == 404
    mine = {"item": "card-acme", "value": 500}
    status, _, bought = world.ask(rep, "POST", "/api/v1/me/redemptions", body=mine, headers=KEYED)
    assert (status, bought["participant"]) == (201, "P000001")
    assert world.ask(manager, "GET", f"/api/v1/me/redemptions/{bought['id']}")[0] == 404
    assert world.ask(rep, "GET", f"/api/v1/me/redemptions/{bought['id']}")[0] == 200


def test_nobody_assigns_what_is_not_theirs_to_assign(world: World, document: dict[str, Any]) -> None:
    """A field that is not described is refused by name, and the call has no effect."""
    before = {tenant: world.state_of(tenant) for tenant in ("acme", "rival")}
    for method, path, operation in operations(document):
        body = body_of(operation, document)
        if body is None:
            continue
        scope = operation["x-scope"]
        caller = world.callers["manager" if scope == Scope.TEAM else "rep" if scope in OWN else "key"]
        properties = resolved(operation["requestBody"]["content"]["application/json"]["schema"], document)["properties"]
        for name in ASSIGNED:
            if name in properties:
                continue
            more = {"body": body | {name: "rival"}, "query": query_of(operation, document), "headers": KEYED}
            status, _, problem = world.ask(caller, method, world.path(path, "acme"), **more)
            assert status == 422, (path, name, problem)
            assert f"body.{name}" in [fault["field"] for fault in problem["errors"]]
    after = {tenant: world.state_of(tenant) for tenant in ("acme", "rival")}
    assert after == before


def test_a_change_by_a_session_needs_its_token_and_comes_from_our_own_pages(world: World) -> None:
    admin = world.callers["admin"]
    change = {"body": {"unit": "stars"}}
    for headers in ({"X-CSRF": ""}, {"X-CSRF": "x"}, {"X-CSRF": world.callers["finance"].headers["X-CSRF"]}):
        assert world.ask(admin, "PATCH", "/api/v1/settings", **change, headers=headers)[0] == 403
    assert world.ask(admin, "PATCH", "/api/v1/settings", **change, headers={"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert world.ask(admin, "GET", "/api/v1/settings", headers={"X-CSRF": ""})[2]["unit"] == "points"
    assert world.ask(admin, "PATCH", "/api/v1/settings", **change)[2]["unit"] == "stars"


def test_a_key_that_does_not_work_is_not_helped_out_by_a_session(world: World) -> None:
    both = world.callers["admin"].headers | world.strangers["forged key"].headers
    assert world.ask(Caller("both", STAFF_SCOPES, both), "GET", "/api/v1/people")[0] == 401
