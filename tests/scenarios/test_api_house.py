"""The rest of the console over the API: boards, keys, settings, the audit log, cases, questions, figures and news."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from tests.scenarios.asking import Asking
from tests.scenarios.stack import LambdaContext, function

from accolade.flows.inbox import PAUSED
from accolade.model.deliveries import Announcement, Delivery, DeliveryState
from accolade.model.participants import Channel
from accolade.web.visitors import Scope

WALL = {"name": "Sales floor", "team": "West", "first_names": True}


def test_a_board_is_put_up_once_and_its_address_ends_with_it(ask: Asking) -> None:
    assert ask("POST", "/boards", WALL)[0] == 422, "it asks for an Idempotency-Key"
    status, _, made = ask("POST", "/boards", WALL, once="sales-floor")
    assert (status, made["board"]["team"], made["board"]["first_names"]) == (201, "West", True)
    assert ask("POST", "/boards", WALL, once="sales-floor")[0] == 422, "its address was shown once"
    assert {it["name"] for it in ask("GET", "/boards")[2]["items"]} == {"Sales floor", "Wall"}
    token = made["address"].rsplit("/", 1)[1]
    assert token not in str(ask.world.state_of("acme")) + ask.logged() + json.dumps(ask("GET", "/audit")[2])
    pages = function("pages").handler
    event = {"httpMethod": "GET", "path": f"/board/{token}", "headers": {}, "requestContext": {}}
    assert pages(event, LambdaContext())["statusCode"] == 200
    assert ask("DELETE", f"/boards/{made['board']['id']}", by=ask.theirs)[0] == 404
    assert ask("DELETE", f"/boards/{made['board']['id']}")[2]["name"] == "Sales floor"
    assert pages(event, LambdaContext())["statusCode"] == 404
    assert ask("DELETE", f"/boards/{made['board']['id']}")[0] == 404
    assert [it.by for it in (*ask.acts("screen.put_up"), *ask.acts("screen.taken_down"))] == ["key:key"] * 2


def test_a_board_is_for_a_team_that_is_there_and_there_are_not_many(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    status, _, problem = ask("POST", "/boards", WALL | {"team": "Mars"}, once="a-board-1")
    assert (status, problem["errors"][0]["field"]) == (422, "body.team")
    monkeypatch.setattr("accolade.web.boards.MOST", 1)
    status, _, problem = ask("POST", "/boards", WALL, once="a-board-2")
    assert (status, problem["detail"]) == (403, "there are 1 boards. Take one down first")
    assert ask("POST", "/boards", WALL, once="a-board-3", by=ask.with_scopes(Scope.AUDIT))[0] == 403


def test_a_revoked_key_is_taken_off_the_list(ask: Asking) -> None:
    id_ = ask.world.ids["acme"]["key"]
    status, _, problem = ask("POST", f"/keys/{id_}/forget")
    assert (status, problem["detail"]) == (403, "this key works. Revoke it first")
    assert ask("POST", f"/keys/{id_}/forget", by=ask.theirs)[0] == 404
    assert ask("DELETE", f"/keys/{id_}")[0] == 200
    assert ask("POST", f"/keys/{id_}/forget")[0] == 200
    assert id_ not in {it["id"] for it in ask("GET", "/keys")[2]["items"]}
    assert ask.acts("key.forgotten")[0].before == {"name": "first acme", "scopes": ["people"]}


def test_the_audit_log_is_filtered_by_who_and_what(ask: Asking) -> None:
    ask("POST", "/people/maria/leave", {"reason": "Gone"})
    ask("POST", "/channels/sms/pause", {"reason": "Quiet"}, by=ask.with_scopes(Scope.MESSAGES_WRITE))
    assert [it["what"] for it in ask("GET", "/audit", query={"by": "key:less"})[2]["items"]] == ["channel.paused"]
    assert [it["what"] for it in ask("GET", "/audit", query={"on": ask.number("maria")})[2]["items"]] == ["person.left"]
    first = ask("GET", "/audit", query={"on": "channel:", "limit": "1"})[2]
    assert (len(first["items"]), bool(first["next"])) == (1, True)
    assert ask("GET", "/audit", query={"by": "nobody"})[2]["items"] == []


def test_settings_that_pages_have_are_changed_by_name(ask: Asking) -> None:
    before = ask("GET", "/settings")[2]
    assert (before["logo"], before["alerts"], before["zone"]) == (False, [], "UTC")
    picture = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
    wanted = {
        "logo": picture,
        "alerts": ["dana@acme.example"],
        "alerts_locale": "nl",
        "sender_email": "hi@acme.example",
        "paused": ["sms"],
        "zone": "Europe/Amsterdam",
    }
    status, _, after = ask("PATCH", "/settings", wanted)
    assert status == 200, after
    assert (after["logo"], after["alerts"], after["sender_email"], after["paused"]) == (
        True,
        ["dana@acme.example"],
        "hi@acme.example",
        ["sms"],
    )
    assert after["zone"] == "Europe/Amsterdam"
    status, _, refused = ask("PATCH", "/settings", {"zone": "Amsterdam"})
    assert (status, refused["errors"][0]["field"]) == (422, "body.zone")
    assert "Did you mean Europe/Amsterdam?" in str(refused)
    assert ask.here.tenants.get("acme").logo.startswith("data:image/svg+xml;base64,")
    assert ask("PATCH", "/settings", {"logo": ""})[2]["logo"] is False
    for wrong in ({"logo": "<script>"}, {"alerts": ["nobody"]}, {"sender_email": "x"}, {"alerts": ["a@b.example"] * 11}):
        assert ask("PATCH", "/settings", wrong)[0] == 422, wrong
    assert ask("GET", "/settings", by=ask.theirs)[2]["alerts"] == []


def test_everything_that_waits_is_decided_again_but_what_a_pause_holds(ask: Asking) -> None:
    place = {"connection": "sf-acme", "crm": "salesforce", "content": [{"Id": "2"}]}
    ask.here.parked.park("acme", id_="second", now=ask.world.now, reason="odd", **place)
    ask.here.parked.park("acme", id_="held", now=ask.world.now, reason=PAUSED, **place)
    ask.here.parked.park("acme", id_="orphan", now=ask.world.now, reason="odd", **place | {"connection": "gone"})
    ask.stack.messages()
    why = {"reason": "The map is right now"}
    assert ask("POST", "/cases/retry", why | {"connection": "other"})[2] == {"retried": 0}
    assert ask("POST", "/cases/retry", why)[2] == {"retried": 2}
    assert len(ask.stack.messages()) == 2
    assert {it["id"] for it in ask("GET", "/cases")[2]["items"]} == {"held", "orphan"}
    assert [it["state"] for it in ask("GET", "/cases", by=ask.theirs)[2]["items"]] == ["waiting"]
    assert ask("POST", "/cases/retry", {})[0] == 422
    assert ask("POST", "/cases/retry", why, by=ask.with_scopes(Scope.CASES))[0] == 403
    assert ask.acts("cases.retried")[0].after == {"retried": 2}


def test_one_question_is_read_by_its_id(ask: Asking) -> None:
    id_ = ask.world.ids["acme"]["dispute"]
    status, _, found = ask("GET", f"/disputes/{id_}")
    assert (status, found["text"], found["state"]) == (200, "This was mine", "open")
    assert ask("GET", f"/disputes/{id_}", by=ask.theirs)[0] == 404
    assert ask("GET", f"/disputes/{id_}", by=ask.with_scopes(Scope.PEOPLE))[0] == 403


def test_a_nomination_is_withdrawn_by_whoever_made_it_alone(ask: Asking) -> None:
    path = f"/nominations/{ask.world.ids['acme']['nomination']}/withdraw"
    status, _, problem = ask("POST", path, {"reason": "Wrong person"})
    assert (status, "only the nominator withdraws" in problem["detail"]) == (403, True)
    wanted = {"nominee": "asha", "milestone": "plan-acme/thanks", "reason": "Kind"}
    assert ask("POST", path, {"reason": "x"}, by=ask.theirs)[0] == 404
    assert ask("POST", "/nominations", wanted, once="nominate-asha", by=ask.theirs)[0] == 404


def test_a_redemption_is_taken_as_it_came_only_when_there_is_something_to_take(ask: Asking) -> None:
    path = f"/redemptions/{ask.world.ids['acme']['redemption']}/accept"
    assert ask("POST", path, {"reason": "Fine"})[0] in (200, 403)
    assert ask("POST", path, {"reason": "Fine"}, by=ask.theirs)[0] == 404
    assert ask("POST", path, {})[0] == 422
    assert ask("POST", path, {"reason": "x"}, by=ask.with_scopes(Scope.REDEMPTIONS))[0] == 403


def test_a_budget_burns_down_day_by_day(ask: Asking) -> None:
    status, _, found = ask("GET", "/budgets/plan-acme/burn-down")
    assert (status, len(found["days"]), found["days"][-1]["on"]) == (200, 90, ask.world.now.date().isoformat())
    assert found["left"] == found["days"][-1]["left"]
    assert ask("GET", "/budgets/plan-rival/burn-down")[0] == 404
    assert ask("GET", "/budgets/plan-acme/burn-down", by=ask.theirs)[0] == 404
    assert ask("GET", "/budgets/plan-acme/burn-down", by=ask.with_scopes(Scope.PEOPLE))[0] == 403


def test_figures_are_a_file_without_formulas_and_say_what_they_cost(ask: Asking) -> None:
    people = [it for it in ask.here.people.list("acme")]
    ask("PUT", "/people/asha", {"name": "Asha Patel", "email": "asha@people.example", "team": "=1+1"})
    whole = ask("GET", "/analytics")[2]
    assert (whole["currency"], whole["cost"], whole["expired"]) == ("USD", whole["given"], 0)
    status, _, file = ask("GET", "/analytics/export", query={"table": "teams"})
    rows = list(csv.DictReader(StringIO(file["csv"])))
    assert (status, {it["name"] for it in rows}) == (200, {"'=1+1", "West"} if len(people) > 1 else {"'=1+1"})
    days = list(csv.DictReader(StringIO(ask("GET", "/analytics/export")[2]["csv"])))
    assert sum(int(it["points_given"]) for it in days) == whole["given"]
    assert ask("GET", "/analytics/export", query={"table": "secrets"})[0] == 422
    assert ask("GET", "/analytics/export", by=ask.with_scopes(Scope.PEOPLE))[0] == 403
    status, _, compared = ask("GET", "/analytics/before-after", query={"program": "plan-acme"})
    assert (status, [it["kpi"] for it in compared["rows"]]) == (200, ["won_count", "cycle_time", "close_rate"])
    assert ask("GET", "/analytics/before-after", query={"program": "plan-acme"}, by=ask.theirs)[0] == 404


def test_what_was_announced_is_told_to_whom_it_concerns(ask: Asking) -> None:
    assert ask("GET", "/me/news", by=ask.rep)[2] == {"items": []}
    news = Announcement("started", "2026-01-01", {"en": "Quarter race"}, ("Each win gives 50 points.",))
    now = ask.world.now - timedelta(hours=1)
    at = {"created_at": now, "due_at": now, "channel": Channel.EMAIL, "state": DeliveryState.SENT}
    told = Delivery(
        "news-of-the-test-xxxxxxxxxx", "acme", ask.number("asha"), "plan-acme", None, "", (), 0, announcement=news, **at
    )
    assert ask.here.deliveries.add(told)
    (found,) = ask("GET", "/me/news", by=ask.rep)[2]["items"]
    assert (found["event"], found["on"], found["sentences"]) == ("started", "2026-01-01", ["Each win gives 50 points."])
    assert ask("GET", "/me/news", by=ask.manager)[2] == {"items": []}
    assert ask("GET", "/me/news")[0] == 403
