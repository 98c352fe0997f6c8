"""Linking: a connection to a CRM is added or changed, paused and resumed, and told which of its fields mean what."""

import json
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import Refused, Rejected
from accolade.web.api.operation import Call, Operation
from accolade.web.api.people import Because
from accolade.web.api.running import ConnectionShape, connection_shape
from accolade.web.api.shapes import PLAIN, Closed, Flag, IdempotencyKey, Part, Reason, example
from accolade.web.connecting import (
    api_url,
    connecting_of,
    connection_named,
    external_of,
    map_of,
    reader_of,
    resumed,
)
from accolade.web.visitors import Scope

_Secret = Annotated[str, Field(max_length=4_000, pattern=r"^[\x21-\x7e]*$")]
_Name = Annotated[str, Field(min_length=1, max_length=120, pattern=PLAIN)]
_Object = Annotated[str, Query(min_length=1, max_length=120, pattern=PLAIN, description="The CRM's object, as the map has it.")]


class LinkWanted(Closed):
    """A connection: its id, the CRM, and the id of the organization or account there. `trust` (Salesforce): whether its
    messages are believed, or each record is read again. What is dated before `since` pays nothing. Secrets are kept in Secrets
    Manager and never given back: `client_id` and `client_secret` for Salesforce's API, `token` and `app_secret` for HubSpot."""

    model_config = example(
        {"id": "sf", "crm": "salesforce", "external_id": "00D5e000001AbCdEAK", "trust": "message", "since": "2026-01-01"}
    )

    id: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    crm: Literal["salesforce", "hubspot"]
    external_id: Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[A-Za-z0-9]+$")]
    trust: Literal["message", "reread"] | None = None
    api_base: Annotated[str, Field(max_length=200, pattern=r"^[\x21-\x7e]*$")] = ""
    since: date | None = None
    client_id: _Secret = ""
    client_secret: _Secret = ""
    token: _Secret = ""
    app_secret: _Secret = ""


class LinkMade(Closed):
    """The connection, and the address that the CRM has to call: it may hold a token, and is shown this once."""

    connection: ConnectionShape
    url: str
    new: bool


class PausedShape(Closed):
    """Whether what a CRM tells waits, and how many cases that waited are decided again now."""

    connection: str
    paused: bool
    again: int


class FieldShape(Closed):
    """A field that the CRM has."""

    name: str
    label: str
    type: str
    sample: str


class FieldsShape(Closed):
    """How an object reads: our field -> the CRM's, what stages mean, and the types of the company's own fields. `offered`: the
    fields that the CRM has (empty, and `silent` says why, if it does not tell); `near`: what is likely meant by one of ours that
    is not read."""

    object: str
    record: str
    fields: dict[str, str]
    types: dict[str, str]
    stages: dict[str, str]
    currency: str
    time_zone: str
    source: bool
    offered: list[FieldShape]
    near: dict[str, str]
    silent: str


class FieldsWanted(Closed):
    """How an object is to read: `fields` (`deal.amount`: the CRM's name), `types` of the company's own ones, the CRM's names
    for `stages`. What is not named is read as it is by default."""

    model_config = example(
        {
            "object": "Opportunity",
            "fields": {"deal.margin": "Margin__c"},
            "types": {"deal.margin": "money"},
            "stages": {"won": ["Closed Won"]},
            "reason": "Margin counts from now on",
        }
    )

    object: _Name
    fields: Annotated[dict[_Name, _Name], Field(max_length=200, default_factory=dict)]
    types: Annotated[dict[_Name, _Name], Field(max_length=200, default_factory=dict)]
    stages: Annotated[
        dict[Literal["won", "lost", "open"], Annotated[list[_Name], Field(max_length=100)]],
        Field(max_length=3, default_factory=dict),
    ]
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    time_zone: Annotated[str, Field(max_length=60, pattern=PLAIN)] = ""
    source: Flag | None = None
    reason: Reason


def put_connection(call: Call, body: LinkWanted, idempotency_key: IdempotencyKey) -> LinkMade:
    """Add a connection, or change the one of that id: what is left out stays; the token in Salesforce's address is a new one
    each time."""
    from accolade import crm
    from accolade.crm.addresses import check_api_base
    from accolade.flows.connecting import Wanted

    if not api_url(call.house, call.tenant):
        raise Refused("the company has no public address", mend="Say in its settings where the CRM can reach it")
    known = call.house.connections.find(body.id)
    before = known if known and known.tenant == call.tenant.id else None
    base = body.api_base.rstrip("/")
    if base:
        check_api_base(base, vendor_hosts=crm.adapter(body.crm).api_hosts, allowed=call.house.settings.api_hosts)
    wanted = Wanted(
        id=body.id,
        tenant=call.tenant.id,
        crm=body.crm,
        external_id=external_of(body.crm, body.external_id),
        trust=body.trust if body.crm == "salesforce" else None,
        api_base=base or None,
        since=datetime.combine(body.since, time(), UTC) if body.since else None,
        secrets=_secrets(body),
    )
    made = connecting_of(call.house, call.tenant).add(wanted, now=call.now)
    states = _plain(before) if before else None, _plain(made.connection)
    call.record("connection.changed" if before else "connection.added", made.connection.id, before=states[0], after=states[1])
    return LinkMade(connection=connection_shape(call, made.connection), url=made.url, new=made.is_new)


def pause_connection(call: Call, connection: Part, body: Because) -> PausedShape:
    """Let what a CRM tells wait; nothing of it is lost."""
    return _paused(call, connection, body.reason, paused=True)


def resume_connection(call: Call, connection: Part, body: Because) -> PausedShape:
    """Take up again what a CRM tells; what waited is decided now."""
    return _paused(call, connection, body.reason, paused=False)


def get_fields(call: Call, connection: Part, object: _Object) -> FieldsShape:
    """How an object of a CRM reads, and which fields the CRM offers."""
    it = connection_named(call.house, call.tenant.id, connection)
    return _fields(call, it, map_of(it, object))


def put_fields(call: Call, connection: Part, body: FieldsWanted) -> FieldsShape:
    """Say how an object reads; what changes in the CRM from now on is read so."""
    from dataclasses import replace

    from accolade import crm
    from accolade.crm.mapping import field_maps

    it = connection_named(call.house, call.tenant.id, connection)
    entry = map_of(it, body.object)
    said = {"fields": body.fields, "types": body.types, "stages": body.stages}
    said |= {name: value for name in ("currency", "time_zone") if (value := getattr(body, name))}
    document = {"record": entry.record, "object": entry.object, **said}
    document |= {} if body.source is None else {"source": body.source}
    (new,) = field_maps({"connection": {it.crm: document}}, crm=it.crm, name="body")
    maps = tuple(new if old.object == entry.object and old.record == entry.record else old for old in crm.maps_of(it))
    changed = replace(it, maps=maps)
    call.house.connections.put(changed)
    states = {"object": entry.object, "fields": dict(entry.fields)}, {"object": new.object, "fields": dict(new.fields)}
    call.record("connection.mapped", it.id, before=states[0], after=states[1], reason=body.reason)
    return _fields(call, changed, new)


def _paused(call: Call, id_: str, reason: str, *, paused: bool) -> PausedShape:
    from dataclasses import replace

    it = connection_named(call.house, call.tenant.id, id_)
    after = replace(it, paused=paused)
    call.house.connections.put(after)
    again = 0 if paused else resumed(call.house, after, now=call.now)
    states = {"paused": it.paused}, {"paused": paused, "decided_again": again}
    call.record(f"connection.{'paused' if paused else 'resumed'}", it.id, before=states[0], after=states[1], reason=reason)
    return PausedShape(connection=it.id, paused=paused, again=again)


def _fields(call: Call, it: Connection, entry: FieldMap) -> FieldsShape:
    from accolade.crm.suggesting import suggestions
    from accolade.model.errors import AccoladeError
    from accolade.model.fields import RECORD_FIELDS

    try:
        told, silent = reader_of(call.house, it).described(entry), ""
    except AccoladeError as error:
        told, silent = [], error.what
    unread = [name for name in RECORD_FIELDS[entry.record] if name not in entry.fields]
    near = suggestions(unread, [one for one in told if one.name not in entry.fields.values()])
    return FieldsShape(
        object=entry.object,
        record=entry.record,
        fields={f"{entry.record}.{name}": vendor for name, vendor in entry.fields.items()},
        types={f"{entry.record}.{name}": kind.value for name, kind in entry.types.items()},
        stages=dict(entry.stages),
        currency=entry.currency,
        time_zone=entry.time_zone,
        source=entry.source,
        offered=[FieldShape(name=one.name, label=one.label, type=one.type, sample=one.sample) for one in told[:500]],
        near={f"{entry.record}.{name}": vendor for name, vendor in near.items()},
        silent=silent,
    )


def _secrets(body: LinkWanted) -> dict[str, str]:
    """What goes to Secrets Manager, by its kind there."""
    if body.crm == "hubspot":
        return {name: text for name, text in (("secret", body.app_secret), ("credentials", body.token)) if text}
    if bool(body.client_id) != bool(body.client_secret):
        raise Rejected("the API needs both, the key and the secret", where="body.client_secret", mend="Send both, or neither")
    given = {"client_id": body.client_id, "client_secret": body.client_secret}
    return {"credentials": json.dumps(given)} if body.client_id else {}


def _plain(it: Connection) -> dict[str, object]:
    names = ("crm", "external_id", "trust", "api_base", "since")
    return {name: str(getattr(it, name)) for name in names} | {"with_api": it.credentials is not None}


_offered = partial(Operation, tag="house")
_CONNECTION, _READ, _WRITE = "/connections/{connection}", Scope.CONNECTIONS, Scope.CONNECTIONS_WRITE

OPERATIONS = (
    _offered("POST", "/connections", _WRITE, put_connection, title="Add or change a link", status=201, once=True, secret=True),
    _offered("POST", f"{_CONNECTION}/pause", _WRITE, pause_connection, title="Pause a link"),
    _offered("POST", f"{_CONNECTION}/resume", _WRITE, resume_connection, title="Resume a link"),
    _offered("GET", f"{_CONNECTION}/fields", _READ, get_fields, title="How an object reads"),
    _offered("PUT", f"{_CONNECTION}/fields", _WRITE, put_fields, title="Say how an object reads"),
)
