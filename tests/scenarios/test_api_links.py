"""Links to CRMs and accounts with providers over the API: secrets go in and never come out."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scenarios.asking import Asking, api_handler

from accolade import wiring
from accolade.flows.inbox import PAUSED
from accolade.web.visitors import Scope
from rewards.tremendous import StandIn

ORG = "00D000000000002"
LINK = {"id": "sales", "crm": "salesforce", "external_id": ORG, "client_id": "CONSUMERKEY1", "client_secret": "SECRET1"}
WHY = {"reason": "The fields move"}


@pytest.fixture
def public(ask: Asking) -> Asking:
    """A company that has a public address."""
    ask.here.tenants.put(replace(ask.here.tenants.get("acme"), public_url="https://rewards.acme.example"))
    return ask


def test_a_link_is_added_once_and_its_secrets_are_never_shown_again(public: Asking) -> None:
    status, _, made = public("POST", "/connections", LINK, once="add-sales")
    assert (status, made["new"], made["connection"]["has_credentials"]) == (201, True, True)
    assert made["url"].startswith("https://rewards.acme.example/crm/salesforce/sales/")
    token = made["url"].rsplit("/", 1)[1]
    status, _, problem = public("POST", "/connections", LINK, once="add-sales")
    assert (status, "shown once" in problem["detail"]) == (422, True)
    everything = [public("GET", it)[2] for it in ("/connections", "/connections/sales", "/audit")]
    for secret in ("CONSUMERKEY1", "SECRET1", token):
        assert secret not in json.dumps(everything) + public.logged() + str(public.world.state_of("acme"))
    kept = public.here.connections.get("sales").credentials
    assert json.loads(public.here.secret(kept)) == {"client_id": "CONSUMERKEY1", "client_secret": "SECRET1"}
    assert public.acts("connection.added")[0].by == "key:key"
    changed = LINK | {"trust": "reread", "since": "2026-01-01", "client_id": "", "client_secret": ""}
    status, _, again = public("POST", "/connections", changed, once="change-sales")
    assert (status, again["new"], again["connection"]["trust"], again["connection"]["since"][:10]) == (
        201,
        False,
        "reread",
        "2026-01-01",
    )
    assert again["connection"]["has_credentials"], "what is left out stays"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"external_id": "nonsense"}, 422),
        ({"client_secret": ""}, 422),
        ({"api_base": "https://evil.example"}, 422),
        ({"api_base": "http://169.254.169.254"}, 422),
        ({"id": "Not an id"}, 422),
        ({"crm": "hubspot", "external_id": "12345"}, 403),
        ({"crm": "hubspot", "external_id": "12x"}, 422),
        ({"id": "sf-rival"}, 403),
        ({"token": "a\nb"}, 422),
    ],
)
def test_a_link_that_cannot_be_is_refused_and_keeps_nothing(public: Asking, wrong: dict[str, str], status: int) -> None:
    assert public("POST", "/connections", LINK | wrong, once="add-sales")[0] == status
    assert [it.id for it in public.here.connections.list("acme")] == ["sf-acme"]
    assert public.here.connections.get("sf-rival").tenant == "rival"


def test_a_company_without_an_address_says_so_first(ask: Asking) -> None:
    status, _, problem = ask("POST", "/connections", LINK, once="add-sales")
    assert (status, "no public address" in problem["detail"]) == (403, True)
    assert ask("POST", "/connections", LINK, once="add-sales", by=ask.with_scopes(Scope.CONNECTIONS))[0] == 403


def test_a_paused_link_waits_and_what_waited_is_decided_when_it_is_resumed(ask: Asking) -> None:
    assert ask("POST", "/connections/sf-acme/pause", WHY)[2] == {"connection": "sf-acme", "paused": True, "again": 0}
    assert ask.here.connections.get("sf-acme").paused
    now, content = ask.world.now, [{"Id": "0065e0000000001AAA"}]
    ask.here.parked.park("acme", id_="waits", now=now, connection="sf-acme", crm="salesforce", reason=PAUSED, content=content)
    ask.stack.messages()
    assert ask("POST", "/connections/sf-acme/resume", WHY)[2] == {"connection": "sf-acme", "paused": False, "again": 1}
    assert [it["items"] for it in ask.stack.messages()] == [content]
    assert (ask.acts("connection.paused")[0].by, ask.acts("connection.resumed")[0].reason) == ("key:key", "The fields move")
    for act in ("pause", "resume"):
        assert ask("POST", f"/connections/sf-acme/{act}", WHY, by=ask.theirs)[0] == 404
        assert ask("POST", f"/connections/sf-acme/{act}", {})[0] == 422


def test_how_an_object_reads_is_told_and_changed(ask: Asking) -> None:
    page = "/connections/sf-acme/fields"
    status, _, before = ask("GET", page, query={"object": "Opportunity"})
    assert (status, before["record"], before["fields"]["deal.amount"]) == (200, "deal", "Amount")
    assert (before["offered"], before["silent"]) == ([], "no API credentials are stored")
    wanted = {
        "object": "Opportunity",
        "fields": {"deal.amount": "Amount_EUR__c", "deal.margin": "Margin__c"},
        "types": {"deal.margin": "money"},
        "stages": {"won": ["Signed"]},
        "currency": "EUR",
        "reason": "Margin counts from now on",
    }
    status, _, after = ask("PUT", page, wanted)
    assert (status, after["fields"]["deal.amount"], after["types"]["deal.margin"], after["currency"]) == (
        200,
        "Amount_EUR__c",
        "money",
        "EUR",
    )
    assert (after["stages"]["Signed"], ask("GET", page, query={"object": "Opportunity"})[2]) == ("won", after)
    assert ask.acts("connection.mapped")[0].reason == "Margin counts from now on"
    for wrong in ({"fields": {"deal.nonsense": "X"}}, {"types": {"deal.margin": "colour"}}, {"time_zone": "Nowhere/Land"}):
        assert ask("PUT", page, wanted | wrong)[0] == 422
    assert ask("PUT", page, wanted | {"object": "Nothing__c"})[0] == 404
    assert ask("PUT", page, wanted, by=ask.theirs)[0] == 404
    assert ask("GET", page, query={"object": "Opportunity"}, by=ask.theirs)[0] == 404


def test_an_account_tells_what_is_left_and_never_its_keys(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [(it["provider"], it["kept"]) for it in ask("GET", "/providers")[2]["items"]] == [("tremendous", False)]
    with StandIn(token="TEST_key", unique=False, late_after=None).start() as vendor:
        monkeypatch.setenv("API_HOSTS", vendor.base_url.removeprefix("http://"))
        wiring.point_at({})
        ask.handler = api_handler()
        account = {
            "api_base": vendor.base_url,
            "key": "TEST_key",
            "webhook": "TEST_hook",
            "settings": {"funding_source": "FUND0001"},
        }
        status, _, made = ask("PUT", "/providers/tremendous", account)
        assert (status, made["wrong"], made["has_key"], made["has_webhook_key"]) == (200, "", True, True)
        assert made["balance"]
        assert made["products"]
        assert ask("GET", "/providers/tremendous")[2] == made
        kept = ask("PUT", "/providers/tremendous", account | {"key": "", "webhook": "", "per_minute": 30})[2]
        assert (kept["has_key"], kept["per_minute"], kept["balance"]) == (True, 30, made["balance"])
    everything = json.dumps([made, kept, ask("GET", "/audit")[2]]) + ask.logged()
    assert "TEST_" not in everything
    assert ask("GET", "/providers/tremendous", by=ask.theirs)[2]["kept"] is False


def test_an_account_is_only_with_a_provider_at_its_own_address(ask: Asking) -> None:
    account = {"api_base": "https://testflight.tremendous.com", "key": "TEST_key"}
    assert ask("PUT", "/providers/tremendous", account | {"api_base": "https://evil.example"})[0] == 422
    assert ask("PUT", "/providers/tremendous", account | {"key": ""})[0] == 422
    assert ask("PUT", "/providers/tremendous", account | {"settings": {"colour": "red"}})[0] == 422
    assert ask("PUT", "/providers/tremendous", account | {"per_minute": 0})[0] == 422
    assert ask("PUT", "/providers/stock", account)[0] == 404
    assert ask("GET", "/providers/nobody")[0] == 404
    assert ask("PUT", "/providers/tremendous", account, by=ask.with_scopes(Scope.CATALOG, Scope.CATALOG_WRITE))[0] == 403
    assert ask("GET", "/providers")[2]["items"][0]["kept"] is False


def test_orders_are_compared_again_when_somebody_asks(ask: Asking) -> None:
    assert ask("GET", "/comparisons")[2] == {"items": []}
    status, _, done = ask("POST", "/comparisons")
    assert (status, done) == (200, {"providers": ["stock"]})
    assert ask.acts("orders.compared")[0].by == "key:key"
    ask.here.redeeming.compare(["acme"], now=ask.world.now + timedelta(minutes=1))
    (found,) = ask("GET", "/comparisons")[2]["items"]
    assert (found["provider"], found["problem"]) == ("stock", "")
    assert ask("GET", "/comparisons", by=ask.theirs)[2] == {"items": []}
    assert ask("POST", "/comparisons", by=ask.with_scopes(Scope.REDEMPTIONS))[0] == 403
