"""HubSpot webhooks at the front door: own URLs, the shared URL of the app, and forgeries of all kinds."""

import pytest
from tests.scenarios import front_door
from tests.scenarios.front_door import APP_SECRET, HOOKS, OWN_SECRET, Post, events, hubspot, parked, signed
from tests.scenarios.stack import Stack

from accolade import wiring
from accolade.store.connections import Connections

front_cloud, front, post = front_door.front_cloud, front_door.front, front_door.post


def test_a_hubspot_batch_at_its_own_url_is_taken(front: Stack, post: Post) -> None:
    assert hubspot(post, events(33, 33, 33))["statusCode"] == 200
    (message,) = front.messages()
    assert (message["tenant"], len(message["items"])) == ("hubs", 3)


@pytest.mark.parametrize("shift", [-301_000, 301_000, -86_400_000, 86_400_000])
def test_a_signature_of_another_time_is_forged(front: Stack, post: Post, shift: int) -> None:
    assert hubspot(post, events(33), shift_ms=shift) == hubspot(post, events(33), connection="nobody")
    assert hubspot(post, events(33), shift_ms=shift)["statusCode"] == 401
    assert front.messages() == []


def test_a_foreign_portal_at_a_connections_own_url_is_forbidden_but_its_own_events_are_kept(front: Stack, post: Post) -> None:
    assert hubspot(post, events(99))["statusCode"] == 403
    assert front.messages() == []
    assert hubspot(post, events(99, 33))["statusCode"] == 403
    (message,) = front.messages()
    assert [item["portalId"] for item in message["items"]] == [33]


def test_the_shared_url_routes_by_portal_and_parks_strangers(front: Stack, post: Post) -> None:
    Connections(wiring.database()).set_app_secret("hubspot", "app", url=HOOKS)
    body = events(33, 99, 34, 33, 99)
    for _ in range(2):
        assert post("/crm/hubspot", body, signed(body, HOOKS, APP_SECRET))["statusCode"] == 200
    found = {(message["tenant"], message["connection"], len(message["items"])) for message in front.messages()}
    assert found == {("hubs", "hub", 2), ("other", "hub-two", 1)}
    (case,) = parked("_foreign")
    assert (len(case.content), case.times) == (2, 2)


def test_the_shared_url_takes_only_the_apps_secret(front: Stack, post: Post) -> None:
    body = events(33)
    unconfigured = post("/crm/hubspot", body, signed(body, HOOKS, "0" * 36))
    assert unconfigured["statusCode"] == 401
    Connections(wiring.database()).set_app_secret("hubspot", "app", url=HOOKS)
    for headers in (
        signed(body, HOOKS, OWN_SECRET),
        signed(body, f"{HOOKS}/hub", APP_SECRET),
        signed(b"[]", HOOKS, APP_SECRET),
        {},
    ):
        assert post("/crm/hubspot", body, headers) == unconfigured
    Connections(wiring.database()).set_app_secret("hubspot", "secret-that-is-gone", url=HOOKS)
    assert post("/crm/hubspot", body, signed(body, HOOKS, APP_SECRET)) == unconfigured
    assert front.messages() == []


def test_nobodys_stand_in_secret_opens_nothing(front: Stack, post: Post) -> None:
    assert hubspot(post, events(33), connection="nobody", secret="0" * 36)["statusCode"] == 401
    body = events(33)
    assert post("/crm/hubspot/{connection}", body, signed(body, "", "0" * 36), connection="nobody")["statusCode"] == 401


def test_the_host_header_has_no_say_in_what_was_signed(front: Stack, post: Post) -> None:
    body = events(33)
    headers = signed(body, "https://evil.example/crm/hubspot/hub", OWN_SECRET) | {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
    }
    assert post("/crm/hubspot/{connection}", body, headers, connection="hub")["statusCode"] == 401
