"""What crosses a process boundary: frozen pydantic models, unknown fields refused."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Message(BaseModel):
    """The base of all: `v` is the format's version, so that a message of the previous deploy is recognized."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    v: Literal[1] = 1


class Notifications(Message):
    """A chunk of notifications of one connection, as the CRM sent them (session ids cut), not interpreted.

    `origin`: `message` (webhook) or `read` (sweep, re-read). `items`: the vendor's dicts; the adapter normalizes them.
    `attempt`: how often they were put back alone.
    """

    kind: Literal["notifications"] = "notifications"
    tenant: str
    connection: str
    crm: str
    received_at: datetime
    origin: Literal["message", "read"] = "message"
    items: list[dict[str, Any]] = Field(min_length=1, max_length=200)
    attempt: int = Field(default=0, ge=0, le=9)


class StoredBody(Message):
    """A chunk too large for the queue: the same JSON as `Notifications`, in the bodies bucket under `key`."""

    kind: Literal["stored"] = "stored"
    tenant: str
    connection: str
    key: str


class Reevaluate(Message):
    """Decide these records again as they stand (an owner became known, parked awards may resume, a late rule)."""

    kind: Literal["reevaluate"] = "reevaluate"
    tenant: str
    connection: str
    records: list[str] = Field(min_length=1, max_length=200, description="RecordKey parts `type:id`")
    cause: str
    attempt: int = Field(default=0, ge=0, le=9)


InboxMessage = Annotated[Notifications | StoredBody | Reevaluate, Field(discriminator="kind")]


class SendDelivery(Message):
    """A hint on a channel's queue: this delivery may be due; the stored item is the truth."""

    kind: Literal["send"] = "send"
    delivery: str
