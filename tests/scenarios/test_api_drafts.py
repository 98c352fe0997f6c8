"""Programs over the API: begun with a preset, written as a draft that nobody overwrites unseen, and measured by quotas."""

import json
from functools import partial

import pytest
from tests.contract.api_world import PROGRAM, Caller
from tests.scenarios.asking import Asking, api_handler, asked
from tests.scenarios.house import House
from tests.scenarios.stack import Stack

from accolade import wiring
from accolade.web.visitors import Scope

QUOTAS = "subject,kpi,period,target\nasha,won_count,2027Q1,12\nteam:West,won_count,2027Q1,40\n"


def test_a_preset_becomes_a_draft_a_simulation_and_a_version(ask: Asking) -> None:
    names = [it["name"] for it in ask("GET", "/presets")[2]["items"]]
    assert "quarter-race" in names
    asked = {"program": "spring", "starts": "2027-01-01", "currency": "EUR", "time_zone": "Europe/Amsterdam"}
    status, _, found = ask("GET", "/presets/quarter-race", query=asked)
    assert (status, "id: spring" in found["document"], "Europe/Amsterdam" in found["document"]) == (200, True, True)
    assert found["sentences"]
    status, _, draft = ask("PUT", "/programs/spring/draft", {"document": found["document"], "preset": "quarter-race"})
    assert (status, draft["revision"], draft["by"], draft["problems"]) == (200, 1, "key:key", [])
    assert [(it["program"], it["preset"]) for it in ask("GET", "/drafts")[2]["items"]] == [("spring", "quarter-race")]
    published = ask("POST", "/programs", {"document": draft["document"], "reason": "It is spring"})
    assert (published[0], published[2]["program"]) == (200, "spring")


def test_a_draft_is_changed_only_by_whoever_has_seen_the_newest(ask: Asking) -> None:
    path = "/programs/autumn/draft"
    assert ask("GET", path)[0] == 404
    first = ask("PUT", path, {"document": "id: autumn\n"})[2]
    assert (first["revision"], bool(first["problems"])) == (1, True)
    second = ask("PUT", path, {"document": "id: autumn\ntitle: Autumn\n", "seen": 1})[2]
    for seen in (0, 1, 7):
        status, _, problem = ask("PUT", path, {"document": "id: mine\n", "seen": seen})
        assert (status, "saved revision 2" in problem["detail"]) == (409, True)
    assert ask("GET", path)[2] == second
    assert ask("DELETE", path, query={"seen": "1"})[0] == 409
    assert ask("DELETE", path)[0] == 422
    assert ask("DELETE", path, query={"seen": "2"})[2]["program"] == "autumn"
    assert ask("GET", path)[0] == 404
    assert ask.acts("program.dropped")[0].before == {"draft": "id: autumn\ntitle: Autumn\n"}
    assert [it.after for it in ask.acts("program.drafted")] == [{"revision": 2}, {"revision": 1}]


def test_a_draft_says_what_has_to_be_mended(ask: Asking) -> None:
    cases = {"milestones: [\n": "line", "id: autumn\nmilestones: []\n": "line 1", PROGRAM.format(id="winter", title="W"): "line"}
    for document, said in cases.items():
        seen = (ask("GET", "/programs/autumn/draft")[2] or {}).get("revision", 0)
        problems = ask("PUT", "/programs/autumn/draft", {"document": document, "seen": seen})[2]["problems"]
        assert any(said in it for it in problems), (document, problems)
    assert ask("PUT", "/programs/Not An Id/draft", {"document": "x"})[0] == 404
    assert ask("PUT", "/programs/-odd/draft", {"document": "x"})[0] == 422


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"time_zone": "Nowhere/Land"}, 422),
        ({"currency": "euro"}, 422),
        ({"starts": "1066-10-14"}, 422),
        ({"starts": "soon"}, 422),
    ],
)
def test_a_preset_is_made_ready_for_what_there_is(ask: Asking, query: dict[str, str], status: int) -> None:
    assert ask("GET", "/presets/quarter-race", query=query)[0] == status
    assert ask("GET", "/presets/nothing")[0] == 404


def test_drafts_are_ones_own_and_for_those_who_may(ask: Asking) -> None:
    ask("PUT", "/programs/autumn/draft", {"document": "id: autumn\n"})
    assert ask("GET", "/programs/autumn/draft", by=ask.theirs)[0] == 404
    assert ask("DELETE", "/programs/autumn/draft", query={"seen": "1"}, by=ask.theirs)[0] == 404
    assert ask("GET", "/drafts", by=ask.theirs)[2]["items"] == []
    reads = ask.with_scopes(Scope.PROGRAMS)
    assert ask("GET", "/programs/autumn/draft", by=reads)[0] == 200
    assert ask("PUT", "/programs/autumn/draft", {"document": "id: x\n", "seen": 1}, by=reads)[0] == 403


def test_quotas_are_imported_once_and_listed(ask: Asking) -> None:
    document = ask("GET", "/presets/quota-attainment")[2]["document"].replace("won_amount", "won_count")
    assert ask("POST", "/programs", {"document": document, "reason": "Quotas count"})[0] == 200
    status, _, done = ask("POST", "/quotas/import", {"csv": QUOTAS})
    assert (status, done) == (200, {"stored": True, "quotas": 2, "changed": 2, "problems": []}), done
    assert ask("POST", "/quotas/import", {"csv": QUOTAS})[2]["changed"] == 0
    first = ask("GET", "/quotas", query={"limit": "1"})[2]
    second = ask("GET", "/quotas", query={"limit": "1", "cursor": first["next"]})[2]
    shown = {(it["subject"], it["target"]) for it in (*first["items"], *second["items"])}
    assert (shown, second["next"]) == ({(ask.number("asha"), 12.0), ("team:West", 40.0)}, None)
    assert ask("GET", "/quotas", query={"period": "2031"})[2]["items"] == []
    assert len(ask.acts("quotas.imported")) == 1
    wrong = ask("POST", "/quotas/import", {"csv": QUOTAS + "nobody,won_count,2027Q1,3\n"})[2]
    assert (wrong["stored"], [it["line"] for it in wrong["problems"]]) == (False, [4])
    assert ask("POST", "/quotas/import", {"csv": "a,b\n1,2\n"})[0] == 422
    assert ask("GET", "/quotas", by=ask.theirs)[2]["items"] == []
    assert ask("POST", "/quotas/import", {"csv": QUOTAS}, by=ask.with_scopes(Scope.PROGRAMS))[0] == 403


def test_a_program_says_who_won_and_what_its_ghost_would_have_given(linked: Stack) -> None:
    company = House(linked)
    here = wiring.house(lambda *said, **more: None)
    key = here.keyring.add("acme", "plans", scopes=["programs", "programs:write"], now=company.now)[1]
    caller = partial(asked, api_handler(), Caller("plans", frozenset(), {"Authorization": f"Bearer {key}"}))
    assert caller("GET", "/programs/race/ghost")[0] == 404, "there is none yet"
    document = caller("GET", "/programs/race/versions/1")[2]["document"]
    document |= {
        "department": "sales",
        "audience": "everyone",
        "budget": {"points": 100_000},
        "effective": {"from": "2017-01-01", "to": "2099-01-01"},
    }
    document["milestones"][1] |= {"points": 70}
    ghost = {"document": json.dumps(document | {"version": 2}), "ghost": True, "reason": "Try it"}
    published = caller("POST", "/programs", ghost)[2]
    assert published.get("state") == "ghost", published["errors"]
    company.again().deal(1, "Closed Won")
    status, _, found = caller("GET", "/programs/race/winners")
    asha = company.asha.number
    assert (status, found) == (200, {"items": [{"participant": asha, "points": 50}], "people": 1, "cut": False})
    status, _, beside = caller("GET", "/programs/race/ghost")
    assert (status, beside["version"], beside["people"]) == (200, 2, [{"name": asha, "live": 50, "ghost": 70}])
    for path in ("winners", "ghost"):
        assert caller("GET", f"/programs/nothing/{path}")[0] == 404
