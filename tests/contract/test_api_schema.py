"""2,000 calls that Schemathesis makes up from the API's own description, fitting and not: never an error of ours, and every
answer as described."""

import io
import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from tests.contract.api_schemas import resolved
from tests.contract.api_world import World
from tests.scenarios.conftest import linked, stack  # noqa: F401 (fixtures, by name)
from tests.scenarios.stack import Stack

from accolade.web.visitors import OWN

CASES, PARTS = 2000, 4
ANSWERS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


class Shim:
    """The API behind WSGI, as a browser or a program reaches it through API Gateway."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers |= {"Content-Type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {}
        stream: io.BytesIO = environ["wsgi.input"]
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        event = {
            "httpMethod": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
            "headers": headers,
            "multiValueQueryStringParameters": query or None,
            "body": stream.read().decode("latin-1").encode("latin-1").decode("utf-8", "surrogateescape") or None,
            "isBase64Encoded": False,
            "requestContext": {"identity": {"sourceIp": "192.0.2.7"}},
        }
        self.world.now += timedelta(milliseconds=50)
        answer = self.world.api.respond(event, now=self.world.now).answer
        start_response(f"{answer['statusCode']} Answer", list(answer["headers"].items()))
        return [answer["body"].encode()]


@pytest.fixture
def world(linked: Stack) -> World:  # noqa: F811 (a fixture, by name)
    return World(linked)


@pytest.mark.parametrize("part", range(PARTS))
def test_made_up_calls_are_answered_as_described(world: World, part: int) -> None:
    loaded = schemathesis.openapi.from_wsgi("/openapi.json", Shim(world))
    operations = [found.ok() for found in loaded.get_all_operations()][part::PARTS]
    seen: Counter[str] = Counter()
    for operation in operations:
        fitting = GenerationMode.POSITIVE, _share(operation, 8)
        unfit = GenerationMode.NEGATIVE, _share(operation, 5)
        for mode, most in (fitting, unfit):
            if mode is GenerationMode.NEGATIVE and not (operation.body or len(list(operation.iter_parameters()))):
                continue
            _tried(world, operation, mode, most, seen)
    assert sum(seen.values()) >= CASES / PARTS, seen
    assert seen["2xx"] > 100 / PARTS
    assert seen["4xx"] > 100 / PARTS


def _share(operation: Any, times: int) -> int:
    """More cases for what has more to vary."""
    return times * (2 if operation.body else 1) if list(operation.iter_parameters()) or operation.body else 2


def _tried(world: World, operation: Any, mode: GenerationMode, most: int, seen: Counter[str]) -> None:
    own = operation.definition.raw["x-scope"] in OWN
    caller = world.callers[("rep" if f"{operation.path}/".startswith("/api/v1/me/") else "manager") if own else "key"]
    answered = [CHECKS.get_one(name) for name in ANSWERS]
    checks = [*answered, CHECKS.get_one("negative_data_rejection")] if mode is GenerationMode.NEGATIVE else answered

    @settings(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), ours=st.booleans())
    def run(case: Any, ours: bool) -> None:
        if ours and mode is GenerationMode.POSITIVE:
            # half of the fitting calls are about what is there
            known = world.ids["acme"]
            case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
        response = case.call(headers=caller.headers)
        seen[f"{response.status_code // 100}xx"] += 1
        # what is too large is refused before it is looked at: Schemathesis knows no 413 among refusals
        case.validate_response(response, checks=answered if response.status_code == 413 else checks)

    try:
        run()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, operation.label  # nothing that does not fit can be said to it


def test_the_description_is_openapi_3_1_and_small(world: World) -> None:
    _, _, document = world.ask(None, "GET", "/openapi.json")
    assert document["openapi"] == "3.1.0"
    assert len(json.dumps(document)) < 300_000
    assert not [name for name in document["components"]["schemas"] if "ValidationError" in name]


def test_every_body_has_an_example_that_fits(world: World) -> None:
    _, _, document = world.ask(None, "GET", "/openapi.json")
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if "requestBody" not in operation:
                continue
            content = operation["requestBody"]["content"]["application/json"]
            schema = resolved(content["schema"], document)
            shown = [content["example"]] if "example" in content else schema.get("examples", [])
            assert shown, path
            for value in shown:
                jsonschema.validate(value, schema | {"components": document["components"]})
