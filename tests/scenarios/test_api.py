"""The API at work: pages of a list, keys that act once, limits, what is on record, and what vendors tell."""

import hmac
import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from tests.contract.api_world import Caller, World
from tests.scenarios.stack import LambdaContext, Stack, function

from accolade.model.catalog import ProviderAccount
from accolade.store.actions import Actions
from accolade.store.answers import LEASE, Answers
from accolade.web.api.callers import Rates

TOP_UP = "/api/v1/budgets/plan-acme/top-ups"
MORE = {"points": 10, "reason": "the quarter goes well"}


@pytest.fixture
def world(linked: Stack) -> World:
    return World(linked)


def test_a_list_is_read_page_by_page_and_says_where_it_ends(world: World) -> None:
    key, seen, cursor = world.callers["key"], [], ""
    for _ in range(3):
        status, _, page = world.ask(key, "GET", "/api/v1/people", query={"limit": "1"} | ({"cursor": cursor} if cursor else {}))
        assert status == 200
        seen += [it["id"] for it in page["items"]]
        cursor = page["next"]
    assert (seen, cursor) == (["asha", "maria", "only-acme"], None)


def test_a_cursor_works_for_its_own_list_company_and_filters_only(world: World) -> None:
    key = world.callers["key"]
    cursor = world.ask(key, "GET", "/api/v1/people", query={"limit": "1"})[2]["next"]
    assert world.ask(key, "GET", "/api/v1/people", query={"cursor": cursor, "limit": "7"})[0] == 200
    rival = Caller("rival", key.scopes, world.key("rival", *key.scopes))
    changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for caller, path, query in (
        (rival, "/api/v1/people", {"cursor": cursor}),
        (key, "/api/v1/cases", {"cursor": cursor}),
        (key, "/api/v1/people", {"cursor": cursor, "team": "West"}),
        (key, "/api/v1/people/asha/entries", {"cursor": cursor}),
        (key, "/api/v1/people", {"cursor": changed}),
        (key, "/api/v1/people", {"cursor": cursor + "A"}),
        (key, "/api/v1/people", {"cursor": "UDAwMDAwMQ"}),
    ):
        status, _, problem = world.ask(caller, "GET", path, query=query)
        assert (status, problem["detail"][:25]) == (400, "this is no cursor of this")


def test_the_same_key_acts_once_and_gives_the_same_answer(world: World) -> None:
    key = world.callers["key"]
    first = world.ask(key, "POST", TOP_UP, body=MORE, headers={"Idempotency-Key": "top-up-1"})
    again = world.ask(key, "POST", TOP_UP, body=dict(reversed(MORE.items())), headers={"Idempotency-Key": "top-up-1"})
    assert (first[0], again[0], again[2]) == (201, 201, first[2])
    assert again[1]["Idempotency-Replayed"] == "true"
    other = world.ask(key, "POST", TOP_UP, body=MORE | {"points": 11}, headers={"Idempotency-Key": "top-up-1"})
    assert (other[0], other[2]["errors"][0]["field"]) == (409, "Idempotency-Key")
    assert world.ask(key, "GET", "/api/v1/budgets/plan-acme")[2]["limit"] == 100_010
    # the key belongs to whoever used it, and to what they asked for
    someone = Caller("another", key.scopes, world.key("acme", *key.scopes, name="another"))
    assert world.ask(someone, "POST", TOP_UP, body=MORE, headers={"Idempotency-Key": "top-up-1"})[0] == 201
    assert world.ask(key, "GET", "/api/v1/budgets/plan-acme")[2]["limit"] == 100_020


def test_without_a_key_nothing_is_made_and_a_refusal_frees_the_key(world: World) -> None:
    key = world.callers["key"]
    status, _, problem = world.ask(key, "POST", TOP_UP, body=MORE)
    assert (status, "idempotency-key" in problem["detail"]) == (422, True)
    bad = world.ask(key, "POST", TOP_UP, body=MORE | {"points": 0}, headers={"Idempotency-Key": "top-up-2"})
    good = world.ask(key, "POST", TOP_UP, body=MORE, headers={"Idempotency-Key": "top-up-2"})
    assert (bad[0], good[0]) == (422, 201)


def test_a_call_that_never_came_to_its_end_is_never_made_again(world: World) -> None:
    """The process died between the act and its answer: nobody knows, and the key acts no more."""
    key = world.callers["key"]
    answers = Answers(world.house.db)
    name = sha256("\n".join(("acme", "key:key", "top_up_budget", "top-up-3")).encode()).hexdigest()
    content = sha256("\n".join((TOP_UP, json.dumps(MORE, sort_keys=True))).encode()).hexdigest()
    assert answers.begin(name, content, now=world.now) is None
    asked: dict[str, Any] = {"body": MORE, "headers": {"Idempotency-Key": "top-up-3"}}
    status, headers, _ = world.ask(key, "POST", TOP_UP, **asked)
    assert (status, "Retry-After" in headers) == (503, True)
    world.now += LEASE
    assert world.ask(key, "POST", TOP_UP, **asked)[0] == 409
    world.now += timedelta(hours=25)
    assert world.ask(key, "POST", TOP_UP, **asked)[0] == 201


def test_a_redemption_has_its_own_key_for_ever(world: World) -> None:
    rep, wish = world.callers["rep"], {"item": "card-acme", "value": 500}
    first = world.ask(rep, "POST", "/api/v1/me/redemptions", body=wish, headers={"Idempotency-Key": "wish-one"})
    assert first[0] == 201
    assert first[2]["state"] == "held"
    session, id_ = world.house.sessions.begin("code", "acme", "P000001", now=world.now + timedelta(days=400))
    world.now += timedelta(days=400)
    later = Caller("rep", rep.scopes, {"Cookie": f"__Host-accolade={id_}", "X-CSRF": session.csrf})
    again = world.ask(later, "POST", "/api/v1/me/redemptions", body=wish, headers={"Idempotency-Key": "wish-one"})
    assert (again[0], again[2]["id"]) == (201, first[2]["id"])
    other = world.ask(
        later, "POST", "/api/v1/me/redemptions", body=wish | {"value": 501}, headers={"Idempotency-Key": "wish-one"}
    )
    assert other[0] == 409
    assert world.ask(later, "GET", "/api/v1/me/wallet")[2]["available"] == 900


def test_a_key_is_shown_once_and_gives_no_more_than_its_maker_has(world: World) -> None:
    key, wanted = world.callers["key"], {"name": "reporting", "scopes": ["analytics"], "days": 30}
    made = world.ask(key, "POST", "/api/v1/keys", body=wanted, headers={"Idempotency-Key": "key-one-1"})
    assert made[0] == 201
    again = world.ask(key, "POST", "/api/v1/keys", body=wanted, headers={"Idempotency-Key": "key-one-1"})
    assert (again[0], "acc_" in json.dumps(again[2])) == (422, False)
    dump = json.dumps([world.stack.dynamodb.scan(TableName=it)["Items"] for it in ("accolade-state", "accolade-deliveries")])
    assert made[2]["secret"] not in dump
    new = Caller("new", frozenset(), {"Authorization": f"Bearer {made[2]['secret']}"})
    assert world.ask(new, "GET", "/api/v1/analytics")[0] == 200
    assert world.ask(new, "GET", "/api/v1/people")[0] == 403
    maker = Caller("maker", frozenset(), world.key("acme", *[it for it in key.scopes if it == "keys:write"], name="maker"))
    beyond = world.ask(maker, "POST", "/api/v1/keys", body=wanted, headers={"Idempotency-Key": "key-two-2"})
    assert (beyond[0], "analytics" in beyond[2]["detail"]) == (403, True)
    assert world.ask(key, "DELETE", f"/api/v1/keys/{made[2]['key']['id']}")[0] == 200
    assert world.ask(new, "GET", "/api/v1/analytics")[0] == 401


def test_who_asks_too_often_waits_and_others_do_not(linked: Stack) -> None:
    world = World(linked, rates=Rates(known=5, unknown=3))
    world.now = world.now.replace(second=1)
    key, admin = world.callers["key"], world.callers["admin"]
    answers = [world.ask(key, "GET", "/api/v1/settings")[:2] for _ in range(7)]
    assert [status for status, _ in answers] == [200] * 5 + [429] * 2
    assert 0 < int(answers[-1][1]["Retry-After"]) <= 60
    assert world.ask(admin, "GET", "/api/v1/settings")[0] == 200
    tried = [world.ask(world.strangers["forged key"], "GET", "/api/v1/settings", source="192.0.2.9")[0] for _ in range(5)]
    assert tried == [401] * 3 + [429] * 2
    assert world.ask(None, "GET", "/api/v1/settings", source="192.0.2.10")[0] == 401
    assert world.ask(admin, "GET", "/api/v1/settings", source="192.0.2.9")[0] == 200
    world.now += timedelta(minutes=1)
    assert world.ask(key, "GET", "/api/v1/settings")[0] == 200


def test_every_act_is_on_record_with_who_did_it_and_why(world: World) -> None:
    key, why = world.callers["key"], {"reason": "moved to another company"}
    assert world.ask(key, "POST", "/api/v1/people/only-acme/leave", body=why)[0] == 200
    assert world.ask(key, "PATCH", "/api/v1/settings", body={"unit": "stars"})[0] == 200
    found = Actions(world.house.db).list("acme")
    assert [(it.by, it.what, it.reason) for it in found[:2]] == [
        ("key:key", "settings.changed", ""),
        ("key:key", "person.left", "moved to another company"),
    ]
    assert (found[0].before, found[0].after) == ({"unit": "points"}, {"unit": "stars"})
    shown = world.ask(key, "GET", "/api/v1/audit", query={"limit": "1"})[2]
    assert (shown["items"][0]["what"], shown["next"] is None) == ("settings.changed", False)


def test_a_providers_webhook_is_heard_if_it_is_genuine_and_all_others_get_one_answer(world: World) -> None:
    world.stack.secrets.create_secret(Name="hook", SecretString="the webhook's key")
    account = ProviderAccount(
        "acme", "tremendous", api_base="https://testflight.tremendous.com", secret="s", webhook_secret="hook"
    )
    world.house.redeeming.catalog.put_account(account)
    genuine = json.dumps({"uuid": "e1", "event": "ORDERS.APPROVED", "payload": {}})
    signature = f"sha256={hmac.new(b"the webhook's key", genuine.encode(), sha256).hexdigest()}"
    refusals = [
        world.ask(None, "POST", path, raw=genuine, headers={"Tremendous-Webhook-Signature": given})
        for path, given in (
            ("/providers/tremendous/acme", ""),
            ("/providers/tremendous/acme", "sha256=" + "0" * 64),
            ("/providers/tremendous/rival", signature),
            ("/providers/tremendous/nobody", signature),
            ("/providers/nobody/acme", signature),
            ("/providers/stock/acme", signature),
        )
    ]
    assert {status for status, _, _ in refusals} == {404}
    assert len({json.dumps(problem) for _, _, problem in refusals}) == 1
    heard = world.ask(
        None, "POST", "/providers/tremendous/acme", raw=genuine, headers={"Tremendous-Webhook-Signature": signature}
    )
    assert (heard[0], heard[2]) == (200, {"ok": True})


def test_the_function_answers_and_logs_no_secret(linked: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    world = World(linked)
    handler = function("api").handler
    secret = world.callers["key"].headers["Authorization"]
    capsys.readouterr()
    event = {"httpMethod": "GET", "path": "/api/v1/people/asha", "headers": {"authorization": secret}, "body": None}
    answer = handler(event, LambdaContext())
    assert (answer["statusCode"], json.loads(answer["body"])["id"]) == (200, "asha")
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["operation"], line["tenant"], line["by"], line["status"]) == ("get_person", "acme", "key:key", 200)
    assert secret.split("_", 2)[2] not in json.dumps(line)
    assert "asha@" not in json.dumps(line)
