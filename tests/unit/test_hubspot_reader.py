"""The HubSpot reader against a stand-in server: limits, pages, refusals, and an address that does not answer."""

import json
import socket
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from accolade.crm.hubspot import ADAPTER, calls
from accolade.crm.hubspot.api import HubSpotReader, token
from accolade.crm.hubspot.calls import Calls
from accolade.crm.hubspot.objects import DEALS
from accolade.model.connections import Connection
from accolade.model.errors import Missing, Rejected, Retry
from accolade.model.times import to_millis
from crms import hubspot
from crms.hubspot import StandIn

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def hub():
    server = StandIn(token="hub-token").start()
    yield server
    server.stop()


def reader_of(hub, *, host=None, **clock):
    clock = {"sleep": lambda seconds: None} | clock
    return HubSpotReader(Calls("hub-token", host=host or hub.base_url, **clock))


def deal(number, at=NOW, **properties):
    return {"id": str(number), "properties": {"amount": "1", "hs_lastmodifieddate": str(to_millis(at))} | properties}


def swept(reader, cursor=None, **how):
    pages = list(reader.changed_since(DEALS, cursor, now=NOW, **how))
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]
    return [item["id"] for page in pages for item in page.items], pages[-1].cursor


def test_more_results_than_a_search_gives_are_swept(hub, monkeypatch):
    monkeypatch.setattr(hubspot, "SEARCH_CAP", 400)
    hub.load({"deals": [deal(n, NOW + timedelta(milliseconds=n)) for n in range(1, 511)]})
    found, cursor = swept(reader_of(hub))
    assert {int(id_) for id_ in found} == set(range(1, 511))
    assert int(cursor) == to_millis(NOW) + 510
    question = {"limit": 200, "after": "300", "sorts": []}
    request = urllib.request.Request(
        f"{hub.base_url}/crm/v3/objects/deals/search", json.dumps(question).encode(), {"Authorization": "Bearer hub-token"}
    )
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request)


def test_a_deal_that_changes_meanwhile_pushes_no_other_out_of_sight(hub):
    hub.load({"deals": [deal(n, NOW + timedelta(seconds=n)) for n in range(1, 421)]})
    found = []
    for page in reader_of(hub).changed_since(DEALS, None, now=NOW):
        found += [item["id"] for item in page.items]
        if len(found) == 200:
            hub.load({"deals": [deal(n, NOW + timedelta(hours=1, seconds=n)) for n in range(1, 101)]})
    assert {int(id_) for id_ in found} == set(range(1, 421))
    assert found.count("1") == 2


def test_histories_are_read_fifty_at_a_time_and_kept_bounded(hub):
    rows = [{"value": str(n % 2), "timestamp": f"2026-03-01T00:{n // 60:02d}:{n % 60:02d}Z"} for n in range(500)]
    hub.load({"deals": [deal(n) for n in range(1, 121)]})
    hub.load({"deals": [{"id": "1", "properties": {}, "propertiesWithHistory": {"dealstage": rows}}]})
    found = reader_of(hub).fetch(DEALS, [str(n) for n in range(1, 121)], with_history=True)
    assert len(found) == 120
    assert [path for _, path in hub.calls].count("/crm/v3/objects/deals/batch/read") == 3
    history = next(content for content in found if content["id"] == "1")["propertiesWithHistory"]["dealstage"]
    assert len(history) == 200
    assert history[0]["timestamp"] == "2026-03-01T00:08:19Z"


def test_contents_go_through_json_and_become_facts(hub):
    hub.load({"deals": [deal(7, dealname="x" * 5000, dealstage="closedwon")]})
    (content,) = json.loads(json.dumps(reader_of(hub).fetch(DEALS, ["7"], with_history=True)))
    (facts,) = ADAPTER.normalize(content, Connection("hs", "acme", "hubspot", "33", NOW, NOW), origin="read")
    assert (facts.key.id, facts.fields["stage"], len(facts.fields["name"]), facts.complete) == ("7", "won", 500, True)


def test_ids_that_are_none_are_not_asked_for(hub):
    assert reader_of(hub).fetch(DEALS, ["../owners", "", "1 OR 1", "9" * 30]) == []
    assert hub.calls == []


def test_all_owners_come_archived_ones_as_inactive_and_queues_not_at_all(hub):
    owners = [{"id": str(n), "email": f"rep{n}@acme.example", "firstName": "Rep", "lastName": str(n)} for n in range(250)]
    hub.load({"owners": [*owners, {"id": "900", "archived": True, "email": ""}, {"id": "901", "type": "QUEUE"}]})
    found = {user.id: user for user in reader_of(hub).users()}
    assert len(found) == 251
    assert (found["7"].name, found["7"].email, found["7"].active) == ("Rep 7", "rep7@acme.example", True)
    assert (found["900"].email, found["900"].active) == (None, False)


def test_searches_keep_to_five_a_second(hub):
    clock = [100.0]
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        clock[0] += seconds

    hub.load({"deals": [deal(n, NOW + timedelta(seconds=n)) for n in range(1, 402)]})
    list(reader_of(hub, sleep=sleep, monotonic=lambda: clock[0]).changed_since(DEALS, None, now=NOW))
    searches = [path for _, path in hub.calls].count("/crm/v3/objects/deals/search")
    assert searches >= 3
    assert waits == pytest.approx([0.2] * (searches - 1))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *[(400, Rejected), (401, Rejected), (403, Rejected), (404, Missing), (423, Retry), (429, Retry), (477, Retry)],
        *[(500, Retry), (502, Retry), (503, Retry), (504, Retry), (521, Retry), (302, Rejected), (418, Rejected)],
    ],
)
def test_each_refusal_says_what_to_do_next_after_one_call(hub, status, kind):
    hub.fail(status)
    with pytest.raises(kind) as refused:
        reader_of(hub).probe()
    assert type(refused.value) is kind
    assert refused.value.mend
    assert len(hub.calls) == 1
    assert "hub-token" not in str(refused.value)


def test_how_long_to_wait_is_what_hubspot_says(hub):
    for answer, seconds in [
        ({"headers": {"Retry-After": "7"}}, 7),
        ({"headers": {"Retry-After": "999999999"}}, 10),
        ({"headers": {"Retry-After": "soon"}}, 10),
        ({"body": {"policyName": "DAILY"}}, 3600),
        ({"body": {"policyName": "SECONDLY"}}, 1),
        ({"body": ["?"]}, 10),
    ]:
        hub.fail(429, **answer)
        with pytest.raises(Retry) as busy:
            reader_of(hub).probe()
        assert busy.value.after == seconds


def test_a_redirect_is_not_followed(hub):
    other = StandIn().start()
    hub.fail(302, headers={"Location": f"{other.base_url}/crm/v3/owners/"})
    with pytest.raises(Rejected):
        reader_of(hub).probe()
    assert other.calls == []
    other.stop()


def test_an_address_that_is_silent_closed_or_speaks_no_tls_is_for_later(hub, monkeypatch):
    monkeypatch.setattr(calls, "TIMEOUT", (0.3, 0.3))
    with pytest.raises(Retry):
        reader_of(hub, host=hub.base_url.replace("http://", "https://")).probe()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(Retry):
            reader_of(hub, host=f"http://127.0.0.1:{silent.getsockname()[1]}").probe()
    with pytest.raises(Retry):
        reader_of(hub, host="http://127.0.0.1:1").probe()


def test_the_token_is_the_secret_or_in_it():
    assert token(" pat-eu1-1 \n") == "pat-eu1-1"
    assert token('{"token": "pat"}') == token('{"access_token": "pat"}') == "pat"
    for bad in ("", "{}", "{", "a\nb", "é"):
        with pytest.raises(Rejected) as refused:
            token(bad)
        assert bad == "" or bad not in refused.value.what


def test_a_deep_sweep_begins_three_days_back_and_says_so_in_its_cursor(hub):
    hub.load({"deals": [deal(1, NOW - timedelta(hours=71)), deal(2, NOW - timedelta(hours=73)), deal(3, NOW)]})
    cursor = f"{to_millis(NOW):013d}"
    assert swept(reader_of(hub), cursor)[0] == ["3"]
    pages = list(reader_of(hub).changed_since(DEALS, cursor, now=NOW, deep=True))
    assert [item["id"] for page in pages for item in page.items] == ["1", "3"]
