"""The API at its edges: what is too large, too deep, no JSON, no path or no parameter of ours."""

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws
from tests.contract.api_world import World
from tests.scenarios.stack import Stack

from accolade import wiring


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One world for calls that change nothing."""
    patch = pytest.MonkeyPatch()
    for name, value in {"DEFAULT_REGION": "us-east-1", "ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing"}.items():
        patch.setenv(f"AWS_{name}", value)
    with mock_aws():
        made = Stack()
        for name, value in (made.settings | {"link_secret_name": "links"}).items():
            patch.setenv(name.upper(), value)
        made.secrets.create_secret(Name="links", SecretString="a key of the test that is long enough")
        wiring.point_at({})
        yield World(made)
    patch.undo()
    wiring.point_at({})


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("", 400),
        ("{", 400),
        ("null", 422),
        ("[{}]", 422),
        ('"text"', 422),
        ('{"reason": NaN}', 400),
        ('{"reason": 1e999}', 400),
        ('{"reason": "x", "reason": "y"}', 400),
        ('{"reason": "\\ud800"}', 400),
        ('{"reason": "\\u0000"}', 422),
        ("[" * 30_000, 400),
        ('{"reason":' + '{"a":' * 40 + "1" + "}" * 41, 400),
        ('{"reason": "' + "x" * 70_000 + '"}', 413),
        ('{"reason": ' + "9" * 5_000 + "}", 400),
        ('{"reason": 5}', 422),
        ('{"reason": ["a"]}', 422),
        ('{"reason": null}', 422),
        ('{"reason": ""}', 422),
        ("\ufeff{}", 400),
    ],
)
def test_what_is_no_sound_json_is_refused_with_a_reason(world: World, raw: str, status: int) -> None:
    answer = world.ask(world.callers["key"], "POST", "/api/v1/people/asha/leave", raw=raw)
    assert (answer[0], answer[1]["Content-Type"], len(answer[2]["detail"]) < 400) == (status, "application/problem+json", True)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "text/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_of_another_kind_is_refused(world: World, kind: str) -> None:
    more = {"raw": '{"reason": "x"}', "headers": {"Content-Type": kind}}
    assert world.ask(world.callers["key"], "POST", "/api/v1/people/asha/leave", **more)[0] == 415


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/people", 404),
        ("GET", "/api/v1/people/../keys", 404),
        ("GET", "/api/v1/people/%2e%2e%2fkeys", 404),
        ("GET", "/api/v1/people/a%00b", 404),
        ("GET", "/api/v1/people/" + "a" * 300, 404),
        ("GET", "/api/v1/people/%F0%28%8C%BC", 404),
        ("HEAD", "/api/v1/people", 405),
        ("DELETE", "/api/v1/people", 405),
        ("TRACE", "/api/v1/people/asha", 405),
        ("POST", "/openapi.json", 405),
        ("GET", "/Prod/api/v1/people/asha", 200),
        ("GET", "/base/path/api/v1/health", 200),
    ],
)
def test_a_path_is_one_of_ours_or_not_there(world: World, method: str, path: str, status: int) -> None:
    answered, headers, _ = world.ask(world.callers["key"], method, path)
    assert answered == status
    assert (status == 405) == ("Allow" in headers)


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"limit": "1e3"}, {"cursor": "%"}, {"balance": "1"}, {"team": "x" * 3000}],
)
def test_a_parameter_is_within_its_bounds(world: World, query: dict[str, str]) -> None:
    status, _, problem = world.ask(world.callers["key"], "GET", "/api/v1/people", query=query)
    assert status == 422
    assert len(json.dumps(problem)) < 2_000


@pytest.mark.parametrize(
    ("path", "body", "field", "what"),
    [
        ("/people/asha/leave", {"reason": 5}, "body.reason", "write a text between quotation marks"),
        ("/people/asha/leave", {"reason": "x" * 401}, "body.reason", "it is too long: 400 characters are the most"),
        ("/people/asha/leave", {}, "body.reason", "it is missing"),
        ("/channels/emial/pause", {"reason": "x"}, "path.channel", "did you mean email? use one of email, sms, whatsapp"),
    ],
)
def test_a_wrong_body_is_told_what_where_and_how_to_write_it(
    world: World, path: str, body: dict[str, object], field: str, what: str
) -> None:
    status, headers, problem = world.ask(world.callers["key"], "POST", f"/api/v1{path}", raw=json.dumps(body))
    assert (status, headers["Content-Type"]) == (422, "application/problem+json")
    assert problem["errors"] == [{"field": field, "what": what}]
    assert problem["detail"] == f"the request is not as described: {field}: {what}"


def test_all_that_is_wrong_with_a_line_or_a_person_is_named(world: World) -> None:
    key = world.callers["key"]
    csv = "id,name,email,zone\nno id,,x@,Mars\nnew,New One,,\n"
    status, _, done = world.ask(key, "POST", "/api/v1/people/import", body={"csv": csv, "dry_run": True})
    assert (status, done["read"], done["created"]) == (200, 1, 1)
    assert [(it["line"], it["column"]) for it in done["problems"]] == [(2, it) for it in ("id", "name", "email", "zone")]
    wrong = {"name": "Cas", "email": "nope", "zone": "Europe/Amsterdm"}
    status, headers, problem = world.ask(key, "PUT", "/api/v1/people/cas", body=wrong)
    assert (status, headers["Content-Type"]) == (422, "application/problem+json")
    assert problem["errors"] == [
        {"field": "body.email", "what": "this is not an e-mail address. Write it as name@example.com"},
        {"field": "body.zone", "what": "'Europe/Amsterdm' is not a time zone. Did you mean Europe/Amsterdam?"},
    ]
    assert world.ask(key, "GET", "/api/v1/people/cas")[0] == 404
