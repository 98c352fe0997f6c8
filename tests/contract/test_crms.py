"""Every CRM adapter keeps the port's promises, shown on the cases of `events/<crm>/` (format: events/salesforce/README.md)."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.senders import NOW, SECRET, SENDERS, URL, connection

from accolade import crm
from accolade.crm import WebhookRequest, mapping
from accolade.model.connections import Connection
from accolade.model.errors import Forged, Rejected, Unreadable
from accolade.model.fields import RECORD_FIELDS

EVENTS = Path(__file__).resolve().parents[2] / "events"
CASES = [
    pytest.param(name, path, id=f"{name}-{path.name.removesuffix('.expected.json')}")
    for name in crm.names()
    for path in sorted((EVENTS / name).glob("*.expected.json"))
]


def read_secret(name: str) -> str:
    return SECRET


def load(name: str, path: Path) -> tuple[dict[str, Any], Connection, WebhookRequest]:
    expected = json.loads(path.read_text())
    stated = expected.get("connection", {})
    maps = mapping.field_maps(stated.get("mapping"), crm=name)
    sender = SENDERS[name]
    body = path.with_name(path.name.replace(".expected.json", sender.suffix)).read_bytes()
    return expected, connection(name, stated.get("external_id", sender.ours), maps), sender.send(body)


@pytest.mark.parametrize(("name", "path"), CASES)
def test_each_event_becomes_what_its_case_says(name: str, path: Path) -> None:
    expected, acme, request = load(name, path)
    adapter = crm.adapter(name)
    adapter.verify(request, acme, read_secret, now=NOW, url=acme.public_url)
    if expected["outcome"] in ("rejected", "unreadable"):
        with pytest.raises(Unreadable if expected["outcome"] == "unreadable" else Rejected) as raised:
            adapter.split(request)
        assert isinstance(raised.value, Unreadable) == (expected["outcome"] == "unreadable")
        return
    notifications = adapter.split(request)
    assert [{"id": entry.id, "about": entry.about} for entry in notifications] == expected["notifications"]
    assert all(adapter.check(entry, acme) for entry in notifications)
    assert [told(adapter, entry.content, acme) for entry in notifications] == expected["facts"]


def told(adapter: crm.Crm, content: Any, acme: Connection) -> Any:
    """The facts of one notification as a case states them; content makes the way through JSON, as on the queue."""
    try:
        found = adapter.normalize(json.loads(json.dumps(content)), acme, origin="message")
    except Rejected as error:
        return {"rejected": str(error)}
    return [
        {
            "record": f"{facts.key.type}:{facts.key.id}",
            "version": facts.version.at,
            "deleted": facts.deleted,
            "complete": facts.complete,
            "fields": dict(facts.fields),
        }
        for facts in found
    ]


@pytest.mark.parametrize("name", crm.names())
def test_each_crm_has_cases_and_a_sender(name: str) -> None:
    assert name in SENDERS
    bodies = {path.stem for path in (EVENTS / name).glob(f"*{SENDERS[name].suffix}") if not path.name.endswith(".expected.json")}
    assert bodies
    assert bodies == {path.name.removesuffix(".expected.json") for path in (EVENTS / name).glob("*.expected.json")}


@pytest.mark.parametrize("name", crm.names())
def test_each_adapter_has_what_the_port_asks_for(name: str) -> None:
    adapter = crm.adapter(name)
    assert adapter.name == name
    assert adapter.id_field
    assert adapter.api_hosts
    for capability in ("verify", "split", "check", "acknowledge", "normalize", "reader"):
        assert callable(getattr(adapter, capability))
    assert all(entry in adapter.known_maps for entry in adapter.default_maps)
    assert set(adapter.on_request) <= {entry.object for entry in adapter.known_maps}
    for entry in adapter.known_maps:
        assert set(entry.fields) <= set(RECORD_FIELDS[entry.record])
        assert set(entry.stages.values()) <= {"open", "won", "lost"}


@pytest.mark.parametrize("name", crm.names())
@pytest.mark.parametrize("record", RECORD_FIELDS)
def test_each_record_type_can_be_mapped_and_says_who_earns(name: str, record: str) -> None:
    known = [entry for entry in crm.adapter(name).known_maps if entry.record == record]
    assert known
    assert all("owner" in entry.fields for entry in known)
    entry = {"record": record} if known[0].object else {"record": record, "object": "Own__c"}
    assert mapping.field_maps({"connection": {name: entry}}, crm=name)


@pytest.mark.parametrize("name", crm.names())
def test_the_cases_show_every_record_type_that_the_crm_has_objects_for(name: str) -> None:
    shown = {
        facts["record"].partition(":")[0]
        for path in (EVENTS / name).glob("*.expected.json")
        for told_of in json.loads(path.read_text()).get("facts", ())
        for facts in (told_of if isinstance(told_of, list) else ())
    }
    has = {entry.record for entry in crm.adapter(name).known_maps if entry.object}
    assert has <= shown


@pytest.mark.parametrize("name", crm.names())
def test_each_crm_is_acknowledged_with_2xx(name: str) -> None:
    answer = crm.adapter(name).acknowledge()
    assert 200 <= answer.status < 300


@pytest.mark.parametrize(("name", "path"), CASES)
def test_no_case_passes_as_genuine_with_another_secret_or_token(name: str, path: Path) -> None:
    _, acme, request = load(name, path)
    adapter = crm.adapter(name)
    stolen = replace(acme, token_hash="0" * 64)
    with pytest.raises(Forged):
        adapter.verify(replace(request, path_token="x"), stolen, lambda secret: "other", now=NOW, url=acme.public_url)


@pytest.mark.parametrize("name", crm.names())
def test_without_a_configured_secret_nothing_is_taken(name: str) -> None:
    adapter, sender = crm.adapter(name), SENDERS[name]
    bare = replace(connection(name, sender.ours), secret=None, token_hash="")
    with pytest.raises(Forged):
        adapter.verify(sender.send(b"[]"), bare, read_secret, now=NOW, url=URL)
    with pytest.raises(Forged):
        adapter.verify(replace(sender.send(b"[]"), path_token="", headers={}), bare, read_secret, now=NOW, url=URL)


@pytest.mark.parametrize("name", crm.names())
@pytest.mark.parametrize("origin", ["message", "read"])
@pytest.mark.parametrize(
    "content",
    [
        {},
        {"type": "Opportunity"},
        {"type": 7, "fields": 7},
        {"type": "Opportunity", "fields": {"Id": None}},
        {"subscriptionType": "deal.propertyChange", "objectId": []},
        {"subscriptionType": [], "properties": 3},
        {"objectType": "deals", "id": "1", "properties": []},
    ],
    ids=str,
)
def test_nonsense_is_rejected_or_ignored_and_never_breaks(name: str, origin: str, content: dict[str, Any]) -> None:
    acme = connection(name, SENDERS[name].ours)
    try:
        facts = crm.adapter(name).normalize(content, acme, origin=origin)
    except Rejected:
        return
    assert facts == []


@pytest.mark.parametrize("name", crm.names())
def test_a_connection_without_api_credentials_has_no_reader(name: str) -> None:
    with pytest.raises(Rejected):
        crm.adapter(name).reader(connection(name, SENDERS[name].ours), read_secret)
