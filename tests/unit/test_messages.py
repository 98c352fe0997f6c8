"""Messages on the queues: read as they were written, and nothing else is one."""

import json
from datetime import UTC, datetime

import pytest

from accolade.model.messages import Notifications, Reevaluate, SendDelivery, StoredBody, read_inbox, read_send

CHUNK = Notifications(
    tenant="acme", connection="sf", crm="salesforce", received_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC), items=[{"id": "1"}]
)
AGAIN = Reevaluate(tenant="acme", connection="sf", records=["deal:006"], cause="owner known", attempt=2)
STORED = StoredBody(tenant="acme", connection="sf", key="received/acme/sf/1.json")


@pytest.mark.parametrize("message", [CHUNK, AGAIN, STORED])
def test_a_message_is_read_as_it_was_written(message):
    assert read_inbox(message.to_json()) == message


def test_a_hint_to_a_channel_is_read_as_it_was_written():
    assert read_send(SendDelivery(delivery="D1").to_json()) == SendDelivery(delivery="D1")


def test_a_message_of_the_previous_release_is_still_read():
    text = '{"v":1,"kind":"notifications","tenant":"acme","connection":"sf","crm":"salesforce",'
    text += '"received_at":"2026-03-01T09:30:00Z","origin":"message","items":[{"id":"1"}],"attempt":0}'
    assert read_inbox(text) == CHUNK


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"kind": "send"},
        {"kind": ["notifications"]},
        {"tenant": 7},
        {"tenant": None},
        {"more": 1},
        {"origin": "hearsay"},
        {"received_at": "yesterday"},
        {"received_at": "2026-03-01T09:30:00"},
        {"received_at": 1},
        {"items": []},
        {"items": [{}] * 201},
        {"items": ["1"]},
        {"items": {}},
        {"attempt": -1},
        {"attempt": 10},
        {"attempt": True},
    ],
)
def test_a_message_with_anything_wrong_is_none_of_ours(change):
    with pytest.raises(ValueError):
        read_inbox(json.dumps(json.loads(CHUNK.to_json()) | change))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", "[" * 100_000, '{"kind":"stored","tenant":"a","connection":"b"}'])
def test_what_is_no_message_is_a_value_error(text):
    with pytest.raises(ValueError):
        read_inbox(text)


def test_a_message_cannot_be_made_wrong_either():
    with pytest.raises(ValueError, match="records"):
        Reevaluate(tenant="acme", connection="sf", records=[], cause="none")
