"""What crosses a process boundary: frozen, checked in full when made or read, unknown fields refused."""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

from accolade.model.times import iso, parse_instant

MAX_ITEMS = 200
"""Notifications or records of one message."""

MAX_ATTEMPT = 9
"""How often a message can be put back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The base of all: `v` is the format's version, so that a message of the previous deploy is recognized."""

    kind: ClassVar[str]
    v: Literal[1] = 1

    def __post_init__(self) -> None:
        _need(type(self.v) is int and self.v == 1, "v is not a version we know")
        for name in self._texts():
            _need(isinstance(getattr(self, name), str), f"{name} is no text")

    @classmethod
    def _texts(cls) -> list[str]:
        return [it.name for it in fields(cls) if it.type in (str, "str")]

    def to_json(self) -> str:
        """The message as it is put on a queue."""
        values = {it.name: getattr(self, it.name) for it in fields(self)}
        return json.dumps({"kind": self.kind} | values, separators=(",", ":"), ensure_ascii=False, default=iso)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """A message of its JSON values; ValueError for unknown, missing or wrong ones."""
        known = {it.name for it in fields(cls)}
        _need(set(values) <= known, f"unknown fields: {sorted(set(values) - known)}"[:200])
        if "received_at" in known:
            values["received_at"] = parse_instant(str(values.get("received_at")))
        try:
            return cls(**values)
        except TypeError as error:
            raise ValueError(str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications(Message):
    """A chunk of notifications of one connection, as the CRM sent them (session ids cut), not interpreted.

    `origin`: `message` (webhook) or `read` (sweep, re-read). `items`: the vendor's dicts; the adapter normalizes them.
    `attempt`: how often they were put back alone.
    """

    kind = "notifications"
    tenant: str
    connection: str
    crm: str
    received_at: datetime
    origin: Literal["message", "read"] = "message"
    items: list[dict[str, Any]]
    attempt: int = 0

    def __post_init__(self) -> None:
        Message.__post_init__(self)
        _need(isinstance(self.received_at, datetime) and self.received_at.tzinfo is not None, "received_at is no instant")
        _need(self.origin in ("message", "read"), "origin is neither message nor read")
        _need_list(self.items, dict, "items")
        _need_attempt(self.attempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBody(Message):
    """A chunk too large for the queue: the same JSON as `Notifications`, in the bodies bucket under `key`."""

    kind = "stored"
    tenant: str
    connection: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reevaluate(Message):
    """Decide these records again as they stand (an owner became known, parked awards may resume, a late rule).

    `records`: RecordKey parts `type:id`.
    """

    kind = "reevaluate"
    tenant: str
    connection: str
    records: list[str]
    cause: str
    attempt: int = 0

    def __post_init__(self) -> None:
        Message.__post_init__(self)
        _need_list(self.records, str, "records")
        _need_attempt(self.attempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDelivery(Message):
    """A hint on a channel's queue: this delivery may be due; the stored item is the truth."""

    kind = "send"
    delivery: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfillRedemption(Message):
    """A hint on the Orders queue: somebody has to look at this redemption; the stored one is the truth."""

    kind = "fulfill"
    tenant: str
    participant: str
    redemption: str


InboxMessage = Notifications | StoredBody | Reevaluate
_INBOX: dict[str, type[InboxMessage]] = {it.kind: it for it in (Notifications, StoredBody, Reevaluate)}


def read_inbox(text: str) -> InboxMessage:
    """A message of the Inbox; ValueError if it is none of ours."""
    return _read(text, _INBOX)


def read_send(text: str) -> SendDelivery:
    """A message of a channel's queue; ValueError if it is none of ours."""
    return _read(text, {SendDelivery.kind: SendDelivery})


def read_order(text: str) -> FulfillRedemption:
    """A message of the Orders queue; ValueError if it is none of ours."""
    return _read(text, {FulfillRedemption.kind: FulfillRedemption})


def _read[M: Message](text: str, kinds: dict[str, type[M]]) -> M:
    try:
        values = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    _need(isinstance(values, dict), "no JSON object")
    kind = values.pop("kind", None)
    _need(isinstance(kind, str) and kind in kinds, "kind is not one we know")
    return kinds[kind].of(values)


def _need(true: bool, otherwise: str) -> None:
    if not true:
        raise ValueError(otherwise)


def _need_list(value: Any, of: type, name: str) -> None:
    _need(isinstance(value, list) and 1 <= len(value) <= MAX_ITEMS, f"{name} is no list of 1 to {MAX_ITEMS}")
    _need(all(isinstance(entry, of) for entry in value), f"{name} holds something else than {of.__name__}")


def _need_attempt(value: Any) -> None:
    _need(type(value) is int and 0 <= value <= MAX_ATTEMPT, f"attempt is no number from 0 to {MAX_ATTEMPT}")
