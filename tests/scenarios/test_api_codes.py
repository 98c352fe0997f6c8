"""Own codes over the API: stored encrypted, once each, and repeated by no answer, no log and no table."""

import json

import pytest
from tests.scenarios.asking import Asking

from accolade.web.visitors import Scope

CODES = "/catalog/card-acme/codes"
SECRETS = ("WINTER-4711", "SUMMER-0815", "AUTUMN-2222", "SPRING-9931")


def stored(ask: Asking) -> str:
    """Everything that the tables hold, as text."""
    return json.dumps([str(it) for it in ask.world.state_of("acme").values()])


def test_a_list_of_codes_is_stored_and_each_is_given_to_one_redemption(ask: Asking) -> None:
    assert ask("GET", CODES)[2] == {"item": "card-acme", "currency": "EUR", "values": [{"value": 500, "left": 9}]}
    wanted = [{"value": 500, "code": SECRETS[0], "pin": SECRETS[3]}, {"value": 500, "code": SECRETS[1]}]
    status, _, done = ask("POST", CODES, {"codes": wanted})
    assert (status, done) == (200, {"stored": 2, "problems": []})
    assert ask("GET", CODES)[2]["values"] == [{"value": 500, "left": 11}]
    assert ask.acts("codes.stored")[0].after == {"codes": 2}
    assert ask.acts("codes.stored")[0].by == "key:key"
    shown = set()
    for number in range(12):
        bought = ask("POST", "/me/redemptions", {"item": "card-acme", "value": 500}, by=ask.rep, once=f"card-number-{number}")
        if bought[0] == 201:
            shown.add(bought[2]["id"])
    assert len(shown) == 10, "as many as the points suffice for"


def test_no_answer_no_log_and_no_table_repeats_a_code(ask: Asking) -> None:
    answers = [
        ask("POST", CODES, {"codes": [{"value": 500, "code": SECRETS[0], "pin": SECRETS[3]}]}),
        ask("POST", CODES, {"codes": [{"value": 500, "code": SECRETS[0]}]}),
        ask("POST", CODES, {"codes": [{"value": 7, "code": SECRETS[1]}, {"value": 500, "code": SECRETS[2]}]}),
        ask("POST", CODES, {"codes": [{"value": 500, "code": SECRETS[1]}] * 2, "partial": True}),
        ask("POST", CODES, {"csv": f"5,{SECRETS[2]},{SECRETS[3]}\n6,{SECRETS[2]}\n"}),
        ask("POST", CODES, {"codes": [{"value": "x", "code": SECRETS[2]}]}),
        ask("POST", CODES, {"codes": [{"value": 500, "code": SECRETS[2] + "\n"}]}),
        ask("GET", CODES),
        ask("GET", "/audit"),
    ]
    assert [it[0] for it in answers] == [200, 200, 200, 200, 200, 422, 422, 200, 200]
    assert [it[2]["stored"] for it in answers[:5]] == [1, 0, 0, 1, 0]
    assert answers[1][2]["problems"][0] == {
        "line": 1,
        "column": "code",
        "what": "this code was here before",
        "mend": "Take the line out",
    }
    assert [it["line"] for it in answers[2][2]["problems"]] == [1]
    assert answers[4][2]["problems"][0]["line"] == 2
    everything = json.dumps([it[2] for it in answers]) + ask.logged() + stored(ask)
    for secret in SECRETS:
        assert secret not in everything


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"codes": [], "csv": " "}, 422), ({"csv": "value,code\n"}, 422)])
def test_nothing_is_no_list_of_codes(ask: Asking, body: dict[str, object], status: int) -> None:
    assert ask("POST", CODES, body)[0] == status
    assert ask("POST", CODES, {"codes": [{"value": 500, "code": "A"}], "csv": "5,B"})[0] == 422


def test_codes_are_for_items_of_ones_own_stock_and_those_who_may(ask: Asking) -> None:
    one = {"codes": [{"value": 500, "code": "A-CODE"}]}
    assert ask("POST", CODES, one, by=ask.theirs)[0] == 404
    assert ask("GET", CODES, by=ask.theirs)[0] == 404
    assert ask("POST", "/catalog/nothing/codes", one)[0] == 404
    assert ask("POST", CODES, one, by=ask.with_scopes(Scope.CATALOG))[0] == 403
    item = {"provider": "tremendous", "title": {"en": "Any"}, "currency": "EUR", "options": [{"value": 500, "points": 100}]}
    assert ask("PUT", "/catalog/any-card", item)[0] == 200
    status, _, problem = ask("POST", "/catalog/any-card/codes", one)
    assert (status, "delivered by tremendous" in problem["detail"]) == (422, True)
