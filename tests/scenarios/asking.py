"""The function `api` as programs reach it: events in, JSON out, for two companies and everybody who may ask."""

import json
import logging
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from tests.contract.api_world import STAFF_SCOPES, Answer, Caller, World
from tests.scenarios.stack import LambdaContext, Stack, function

from accolade.store.actions import Action
from accolade.web.visitors import Scope


class Asking:
    """Asks the handler. `acme` and `rival` have one of everything (see `World`); `ours` may all that staff may, `theirs` the
    same at the other company."""

    def __init__(self, stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
        self.stack, self.capsys = stack, capsys
        self.world = World(stack)
        self.here = self.world.house
        self.handler = api_handler()
        self.ours, self.rep, self.manager = (self.world.callers[name] for name in ("key", "rep", "manager"))
        self.theirs = Caller("theirs", STAFF_SCOPES, self.world.key("rival", *STAFF_SCOPES, name="theirs"))

    def __call__(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        by: Caller | None = None,
        query: Mapping[str, str] | None = None,
        once: str = "",
    ) -> Answer:
        """Status, headers and JSON of a call below `/api/v1`; `once`: its Idempotency-Key."""
        return asked(self.handler, by or self.ours, method, path, body, query=query, once=once)

    def with_scopes(self, *scopes: Scope) -> Caller:
        """A key of ours that may only so much."""
        return Caller("less", frozenset(scopes), self.world.key("acme", *scopes, name="less"))

    def logged(self) -> str:
        """What the function has written since somebody last looked."""
        return self.capsys.readouterr().out

    def acts(self, what: str) -> list[Action]:
        """What is on record of that name, the newest first."""
        return [it for it in self.here.actions.list("acme", limit=100) if it.what == what]

    def number(self, id_: str) -> str:
        """The number of a participant of ours."""
        return self.here.people.by_id("acme", id_).number


def asked(
    handler: Any,
    caller: Caller,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    query: Mapping[str, str] | None = None,
    once: str = "",
) -> Answer:
    """What the function answers somebody (see `Asking`)."""
    event = {
        "httpMethod": method,
        "path": f"/api/v1{path}",
        "headers": {"Content-Type": "application/json"} | caller.headers | ({"Idempotency-Key": once} if once else {}),
        "queryStringParameters": dict(query) if query else None,
        "body": None if body is None else json.dumps(body),
        "requestContext": {"identity": {"sourceIp": "192.0.2.1"}},
    }
    answer = handler(event, LambdaContext())
    return answer["statusCode"], answer["headers"], json.loads(answer["body"])


def api_handler() -> Any:
    """The handler as at a cold start: it writes to the log that is read now."""
    made = function("api")
    for it in logging.getLogger("api").handlers:
        if isinstance(it, logging.StreamHandler):
            it.stream = sys.stdout  # the one before is closed with its test
    return made.handler
