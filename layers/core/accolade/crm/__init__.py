"""CRMs: one folder each. This module is the port: what an adapter must and may do, and how it is found."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol

from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import Rejected
from accolade.model.fields import RECORD_FIELDS, FieldType
from accolade.model.phrases import later as t
from accolade.model.records import Facts, Value

WRITABLE = (FieldType.TEXT, FieldType.CHOICE, FieldType.DATE, FieldType.INTEGER, FieldType.BOOLEAN)
"""What is written back: tags, dates and plain numbers."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """An HTTP request as it came: header names lower-cased, `body` the raw bytes after base64 decoding.

    `path_token` is the token in the path, empty if the route has none. `url` is never taken from the request: the
    connection keeps its public URL.
    """

    method: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ""
    path_token: str = ""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What to answer, in the CRM's own dialect."""

    status: int
    body: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification as split from its envelope: the vendor's id (for tracing), the record it is about (vendor
    object and id, for grouping; empty if unreadable) and the vendor's content as JSON-able data, not interpreted."""

    id: str
    about: str
    content: Mapping[str, Any]
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class CrmUser:
    """A user or owner of the CRM: kept in step as participant."""

    id: str
    name: str
    email: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a sweep: `items` as a notification's content would be, the cursor to store once they are queued."""

    items: Sequence[Mapping[str, Any]]
    cursor: str
    more: bool = True


@dataclass(frozen=True, slots=True)
class VendorField:
    """A field of the vendor's object: its name, label and type in the vendor's words, and what the newest record holds."""

    name: str
    label: str
    type: str
    sample: str = ""


class Reader(Protocol):
    """Reads the truth from the CRM's API, and writes the little back that an org asks for. Vendor errors come out as Retry,
    Rejected or Missing."""

    def fetch(self, field_map: FieldMap, ids: Sequence[str], *, with_history: bool = False) -> list[Mapping[str, Any]]:
        """The records as `content` dicts that `normalize` understands; unknown ids are left out."""
        ...

    def changed_since(self, field_map: FieldMap, cursor: str | None, *, now: datetime, deep: bool = False) -> Iterator[Page]:
        """Pages of what changed (deleted and merged too) since the cursor, with overlap; `deep`: 72 hours back."""
        ...

    def users(self) -> Iterable[CrmUser]:
        """All users (Salesforce) or owners (HubSpot), inactive ones too."""
        ...

    def write_back(self, field_map: FieldMap, id_: str, values: Mapping[str, Value]) -> bool:
        """Set canonical fields of one record (an account's tag and its date), once; True if anything had to be written.

        Idempotent by value: what the CRM holds already is not written, so a Retry (busy, or no answer) may simply be tried
        again. Only fields that the org's own mapping names, else Rejected; Missing if the record is not there.
        """
        ...

    def described(self, field_map: FieldMap) -> list[VendorField]:
        """The fields that the map's object has, with a sample of each where the newest record holds one: for those who map."""
        ...

    def probe(self) -> str:
        """One cheap call that proves reachability and credentials; returns who we are there. For `doctor` and `test`."""
        ...


class Crm(Protocol):
    """An adapter. `verify`, `split`, `acknowledge` and `normalize` are required; `reader` is optional.

    `id_field`: the participant import's column of the CRM's user ids. `api_hosts`: the vendor's API hosts; one that
    begins with a dot means every host below it. Readers are made only for these and for the stack's allow-list.
    `default_maps`: what a connection without a mapping reads: deals, and nothing that nobody asked for. `known_maps`: how
    each of the vendor's objects reads, the base of what a mapping file says; those named in `on_request` only where the
    mapping names the object itself, and an empty object stands for one of the org's own.
    """

    name: str
    id_field: str
    default_maps: tuple[FieldMap, ...]
    known_maps: tuple[FieldMap, ...]
    on_request: tuple[str, ...]
    api_hosts: tuple[str, ...]

    def verify(
        self, request: WebhookRequest, connection: Connection, secret: Callable[[str], str], *, now: datetime, url: str
    ) -> None:
        """Forged unless the request is authentic; `secret` reads a secret by name; `url` is the public URL called."""
        ...

    def split(self, request: WebhookRequest) -> list[Notification]:
        """The notifications of the body, session ids cut. Rejected if the body is not what the vendor sends; Unreadable
        if refusing it would only make the vendor repeat it."""
        ...

    def check(self, notification: Notification, connection: Connection) -> bool:
        """Whether the notification is this connection's (organization, portal); Forged where naming another one proves a
        forgery. Constant time where it is a secret."""
        ...

    def acknowledge(self) -> HttpAnswer:
        """The answer that says: taken, do not send again."""
        ...

    def normalize(self, content: Mapping[str, Any], connection: Connection, *, origin: str) -> list[Facts]:
        """Canonical facts, empty for what this connection does not map, several where one notification is about
        several records (a merge deletes the losers). Rejected says which field and why."""
        ...

    def reader(self, connection: Connection, secret: Callable[[str], str]) -> Reader:
        """A reader for a connection with API credentials; Rejected if it has none."""
        ...


@cache
def names() -> tuple[str, ...]:
    """The adapters there are, by scanning this folder."""
    return tuple(sorted(module.name for module in iter_modules(__path__) if module.ispkg))


@cache
def adapter(name: str) -> Crm:
    """The adapter of that name; Rejected if there is none."""
    if name not in names():
        raise Rejected(t("%(name)r is not a CRM we know", name=name), mend=t("Use one of %(names)s", names=", ".join(names())))
    return import_module(f"{__name__}.{name}").ADAPTER


def maps_of(connection: Connection) -> tuple[FieldMap, ...]:
    """The connection's own maps; the adapter's defaults where it has none."""
    return connection.maps or adapter(connection.crm).default_maps


def writable(field_map: FieldMap, values: Mapping[str, Value]) -> dict[str, tuple[str, FieldType, Value]]:
    """Canonical field -> the vendor's field, its type and the value to write.

    Rejected for a field that the mapping does not name (the vendor's own fields are never overwritten), and for a type that
    is not written (amounts, instants, references).
    """
    if not values:
        raise Rejected(t("nothing to write"), where=f"mapping: {field_map.record}")
    found: dict[str, tuple[str, FieldType, Value]] = {}
    for name, value in values.items():
        type_ = field_map.types.get(name) or RECORD_FIELDS[field_map.record].get(name)
        where = f"mapping: {field_map.record}.{name}"
        if name not in field_map.named or type_ is None or "." in field_map.fields[name]:
            mend = t(
                "Map it to a field of your own, like %(record)s.%(name)s: Segment__c, and let the API user edit that field",
                record=field_map.record,
                name=name,
            )
            raise Rejected(t("no field of the CRM is mapped for it"), where=where, mend=mend)
        if type_ not in WRITABLE:
            raise Rejected(t("a field of type %(type)s is not written back", type=type_.value), where=where)
        found[name] = (field_map.fields[name], type_, value)
    return found
