"""A day with the API: bought, approved by another, refused and given back; asked, answered and settled by two people."""

from dataclasses import replace

import pytest
from tests.contract.api_world import World
from tests.scenarios.stack import Stack

WISH = {"item": "card-acme", "value": 500, "points": 100}


@pytest.fixture
def world(linked: Stack) -> World:
    return World(linked)


def wallet(world: World) -> tuple[int, int]:
    shown = world.ask(world.callers["rep"], "GET", "/api/v1/me/wallet")[2]
    return shown["available"], shown["held"]


def test_what_is_above_the_limit_waits_for_a_person_who_approves_or_refuses(world: World) -> None:
    rep, finance = world.callers["rep"], world.callers["finance"]
    assert world.ask(world.callers["admin"], "PATCH", "/api/v1/settings", body={"approve_redemptions_above": 50})[0] == 200
    bought = []
    for key in ("wish-one", "wish-two"):
        status, _, made = world.ask(rep, "POST", "/api/v1/me/redemptions", body=WISH, headers={"Idempotency-Key": key})
        assert (status, made["state"]) == (201, "awaiting")
        bought.append(made["id"])
    assert wallet(world) == (800, 200)
    waiting = world.ask(finance, "GET", "/api/v1/redemptions")[2]["items"]
    assert {it["id"] for it in waiting} == {*bought}
    why = {"reason": "a good quarter"}
    assert world.ask(finance, "POST", f"/api/v1/redemptions/{bought[0]}/approve", body=why)[2]["state"] == "held"
    assert world.ask(finance, "POST", f"/api/v1/redemptions/{bought[1]}/refuse", body=why)[2]["state"] == "released"
    assert wallet(world) == (900, 100)
    again = world.ask(finance, "POST", f"/api/v1/redemptions/{bought[1]}/approve", body=why)
    assert (again[0], again[2]["detail"][:40]) == (403, "it does not wait for approval any more: ")
    assert world.ask(rep, "POST", f"/api/v1/me/redemptions/{bought[0]}/reveal")[0] == 403
    shown = world.ask(rep, "GET", "/api/v1/me/redemptions")[2]["items"]
    assert {it["id"]: it["state"] for it in shown} == {bought[0]: "held", bought[1]: "released"}


def test_another_price_than_the_one_seen_is_not_paid(world: World) -> None:
    rep, dear = world.callers["rep"], WISH | {"points": 99}
    status, _, problem = world.ask(rep, "POST", "/api/v1/me/redemptions", body=dear, headers={"Idempotency-Key": "wish-one"})
    assert (status, problem["detail"][:21]) == (403, "the price has changed")
    assert wallet(world) == (1000, 0)


def test_a_question_is_settled_by_two_people_above_the_limit(world: World) -> None:
    rep, admin, support = world.callers["rep"], world.callers["admin"], world.callers["support"]
    world.house.tenants.put(replace(world.house.tenants.get("acme"), adjust_alone_up_to=10))
    said = {"text": "The deal of May is not there", "line": 0}
    _, _, asked = world.ask(rep, "POST", "/api/v1/me/disputes", body=said, headers={"Idempotency-Key": "question-1"})
    again = world.ask(rep, "POST", "/api/v1/me/disputes", body=said, headers={"Idempotency-Key": "question-1"})
    assert again[2]["id"] == asked["id"]
    path = f"/api/v1/disputes/{asked['id']}"
    proposed = world.ask(support, "POST", f"{path}/answer", body={"answer": "You are right", "points": 50})[2]
    assert (proposed["state"], proposed["points"], wallet(world)) == ("proposed", 50, (1000, 0))
    mine = world.ask(rep, "GET", "/api/v1/me/disputes")[2]["items"][0]
    assert (mine["state"], mine["points"], mine["answer"]) == ("open", 0, "")
    assert world.ask(support, "POST", f"{path}/confirm")[0] == 403
    settled = world.ask(admin, "POST", f"{path}/confirm")[2]
    assert (settled["state"], wallet(world)) == ("settled", (1050, 0))
    assert world.ask(admin, "POST", f"{path}/confirm")[0] == 403
    assert wallet(world) == (1050, 0)
    line = world.ask(rep, "GET", "/api/v1/me/entries", query={"limit": "1"})[2]["items"][0]
    assert (line["kind"], line["points"]) == ("adjustment", 50)
