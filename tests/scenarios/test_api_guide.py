"""The calls of the guide to the API do what it says."""

import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.contract.api_world import Answer, asked
from tests.scenarios.house import PROGRAM, House
from tests.scenarios.stack import ROOT, Stack

from accolade import wiring
from accolade.model.catalog import Item, Option
from accolade.model.participants import Participant
from accolade.web.api.callers import Rates
from accolade.web.api.document import TAGS
from accolade.web.api.door import Api
from accolade.web.api.operation import LARGE, SMALL
from accolade.web.api.operations import OPERATIONS
from accolade.web.visitors import OWN, Scope

GUIDE = Path(ROOT, "docs/guides/api.md").read_text()
SCOPES = tuple(frozenset(Scope) - OWN)


@pytest.fixture
def ask(linked: Stack) -> Callable[..., Answer]:
    """Asks the API of a company where Asha has won two deals."""
    house = House(linked, PROGRAM.replace("debt_limit: 300", "debt_limit: 300\nbudget: {points: 20000}"))
    bob = Participant("acme", "bob", "", "Bob Stone", email="bob@acme.example")
    house.people.register("acme", [bob, replace(house.asha, manager="bob")])
    for number in (1, 2):
        house.deal(number, "Closed Won", after=number)
    here = wiring.house(lambda *said, **more: None)
    key = here.keyring.add("acme", "reporting", scopes=[it.value for it in SCOPES], now=house.now)[1]
    number = house.people.by_id("acme", "bob").number
    session = here.sessions.begin("code", "acme", number, now=house.now, leads=True)[1]
    here.redeeming.catalog.put(Item("acme", "coffee", "stock", {"en": "Coffee card"}, "EUR", (Option(1000, 1000),)))

    def called(line: str, **variables: str) -> Answer:
        return curled(Api(here), house.now, line, KEY=key, SESSION=session, API="https://rewards.example.com", **variables)

    return called


def curled(api: Api, now: datetime, line: str, **variables: str) -> Answer:
    """What a line with curl gives."""
    words = shlex.split(re.sub(r"\$(\w+)", lambda it: variables[it[1]], line))
    method, headers, body, address = "GET", {}, None, urlsplit(words[-1])
    for flag, value in zip(words[1:-1:2], words[2:-1:2], strict=True):
        if flag == "-X":
            method = value
        elif flag == "-H":
            name, _, text = value.partition(": ")
            headers[name] = text
        else:
            assert flag == "-d"
            body = value
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    return asked(api, None, method, address.path, now=now, raw=body, query=query or None, headers=headers)


def test_each_call_of_the_guide_is_answered(ask: Callable[..., Answer]) -> None:
    lines = [line.strip() for line in GUIDE.splitlines() if line.startswith("    curl ")]
    assert len(lines) == 6 + len(TAGS)
    answers = []
    for line in lines:
        status, _, answer = ask(line, NEXT=next((it["next"] for it in answers if it.get("next")), ""))
        assert status in (200, 201), (line, answer)
        answers.append(answer)
    assert [answers[it]["items"][0]["id"] for it in (0, 4)] == ["asha", "bob"]
    assert answers[2]["awards"][0]["verdict"] == "paid"
    assert (answers[3]["stored"], answers[3]["created"]) == (False, 1)
    assert answers[5]["limit"] == 25_000
    by_group = dict(zip(TAGS, answers[6:], strict=True))
    assert by_group["me"]["available"] == 0
    assert by_group["shop"]["items"] == []
    assert [it["name"] for it in by_group["team"]["items"]] == ["Asha Patel"]
    assert (by_group["people"]["gone"], by_group["people"]["kept"]) == ("P000002", "P000001")
    assert by_group["programs"]["this"]["people"][0]["person"] == "asha"
    assert by_group["money"]["days"][-1]["given"] > 0
    assert by_group["rewards"] == {"stored": 1, "problems": []}
    assert by_group["figures"]["csv"].startswith("name,awards,points_given")
    assert by_group["work"] == {"channel": "sms", "paused": True}
    assert by_group["house"]["board"]["name"] == "Sales floor"
    again = ask(lines[5])
    assert (again[0], again[1]["Idempotency-Replayed"], again[2]) == (201, "true", answers[5])


def test_the_guide_lists_every_operation_in_its_group() -> None:
    listed = re.findall(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \| ([a-z:]+) \| (.+) \|$", GUIDE, re.MULTILINE)
    known = [
        (it.method, it.path, it.scope.value if it.scope else "none", it.title)
        for tag in TAGS
        for it in OPERATIONS
        if it.tag == tag
    ]
    assert listed == known
    assert re.findall(r"^### (\w+)$", GUIDE, re.MULTILINE) == [tag.capitalize() for tag in TAGS]


def test_the_guides_figures_are_ours() -> None:
    rates = Rates()
    assert f"more than {rates.known} calls in a minute with one key ({rates.unknown} without" in GUIDE
    assert f"{rates.slow} simulations of one company" in GUIDE
    assert f"({SMALL // 1000} kB; files {LARGE // 1_000_000} MB)" in GUIDE


def test_the_guides_problem_is_the_one_that_is_given(ask: Callable[..., Answer]) -> None:
    line = next(line.strip() for line in GUIDE.splitlines() if "top-ups" in line)
    status, _, problem = ask(line.replace('"points": 5000', '"points": 0').replace("top-up-2026-11", "another-key"))
    assert status == 422
    assert f'"detail": "{problem["detail"]}"' in GUIDE
    assert problem["errors"] == [{"field": "body.points", "what": "it is too small: 1 is the least"}]


def test_whoever_leaves_the_key_of_an_act_out_is_told_which_header_to_send(ask: Callable[..., Answer]) -> None:
    line = next(line.strip() for line in GUIDE.splitlines() if "top-ups" in line)
    status, _, problem = ask(line.replace('-H "Idempotency-Key: top-up-2026-11" ', ""))
    assert (status, problem["errors"][0]["field"]) == (422, "header.idempotency-key")
    assert "send a header Idempotency-Key of your own" in problem["detail"]
