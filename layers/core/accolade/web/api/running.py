"""Running: connections, settings, API keys, the audit log, and whether the house stands."""

from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AfterValidator, Field

from accolade.flows.readers import Readers
from accolade.model.connections import Connection
from accolade.model.errors import Refused
from accolade.store.keyring import ApiKey
from accolade.web.api.operation import Call, Operation
from accolade.web.api.shapes import PLAIN, Closed, Cursor, IdempotencyKey, Instant, Limit, Page, Part, example
from accolade.web.connecting import connection_named
from accolade.web.visitors import OWN, Scope

MAP_LIMIT = 60


def _grantable(scope: Scope) -> Scope:
    if scope in OWN:
        raise ValueError("this scope belongs to participants, and no key may have it")
    return scope


_Granted = Annotated[Scope, AfterValidator(_grantable)]
"""What a key may be given: nothing that belongs to a participant."""


class MapShape(Closed):
    """How a CRM's object reads as a record; `source`: whether it earns."""

    record: str
    object: str
    source: bool


class ConnectionShape(Closed):
    """A link to a CRM. Secrets are never shown. What is dated before `since` pays nothing."""

    id: str
    crm: str
    external_id: str
    trust: str
    since: Instant
    added_at: Instant
    api_base: str | None
    has_credentials: bool
    last_heard: Instant | None
    maps: list[MapShape]


class Connections(Closed):
    """All links."""

    items: list[ConnectionShape]


class Probe(Closed):
    """Whether the CRM's API answers, and as whom it knows us."""

    ok: bool
    who: str


class KeyShape(Closed):
    """An API key without its secret."""

    id: str
    name: str
    scopes: list[str]
    made_at: Instant
    made_by: str
    expires: Instant
    used_on: date | None
    revoked_at: Instant | None


class Keys(Closed):
    """The keys, the newest first."""

    items: list[KeyShape]


class KeyWanted(Closed):
    """A new key: its name, its scopes (none that the maker does not have), and for how many days it works."""

    model_config = example({"name": "reporting", "scopes": ["analytics"], "days": 90})

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9 .:@+_-]*$")]
    scopes: Annotated[list[_Granted], Field(min_length=1, max_length=40)]
    days: Annotated[int, Field(strict=True, ge=1, le=365)] = 365


class KeyMade(Closed):
    """A new key with its text, which is shown this once."""

    key: KeyShape
    secret: str


class ActionShape(Closed):
    """What somebody of the staff, or a key, did: to what, why, and how it stood before and after."""

    id: str
    at: Instant
    by: str
    what: str
    on: str
    before: Any = None
    after: Any = None
    reason: str


class Health(Closed):
    """The house stands."""

    ok: bool


def list_connections(call: Call) -> Connections:
    """The links to CRMs."""
    return Connections(items=[connection_shape(call, it) for it in call.house.connections.list(call.tenant.id)])


def get_connection(call: Call, connection: Part) -> ConnectionShape:
    """One link to a CRM."""
    return connection_shape(call, connection_named(call.house, call.tenant.id, connection))


def test_connection(call: Call, connection: Part) -> Probe:
    """Ask the CRM's API who we are there."""
    it = connection_named(call.house, call.tenant.id, connection)
    reader = Readers(call.house.secret, hosts=call.house.settings.api_hosts, monotonic=call.house.monotonic)(it)
    if reader is None:
        raise Refused("no API credentials are stored", mend="Webhooks work without them; sweeps need them")
    return Probe(ok=True, who=reader.probe())


def list_keys(call: Call) -> Keys:
    """The API keys. Their secrets are nowhere."""
    return Keys(items=[_key(it) for it in call.house.keyring.list(call.tenant.id)])


def make_key(call: Call, body: KeyWanted, idempotency_key: IdempotencyKey) -> KeyMade:
    """Make an API key. Its text is in this answer and never again; nobody gives more than they have."""
    beyond = sorted(set(body.scopes) - call.who.scopes)
    if beyond:
        raise Refused(f"you do not have the scope {beyond[0]} yourself", where="body.scopes", mend="Leave it out")
    life = timedelta(days=body.days)
    made, text = call.house.keyring.add(
        call.tenant.id, body.name, scopes=body.scopes, now=call.now, by=call.who.behind or call.who.name, life=life
    )
    call.record("key.made", f"key:{made.id}", after={"name": made.name, "scopes": sorted(made.scopes)})
    return KeyMade(key=_key(made), secret=text)


def revoke_key(call: Call, key: Part) -> KeyShape:
    """Let a key work no more, from now on."""
    it = call.house.keyring.revoke(call.tenant.id, key, now=call.now)
    call.record("key.revoked", f"key:{it.id}", before={"name": it.name})
    return _key(it)


def forget_key(call: Call, key: Part) -> KeyShape:
    """Take a key that works no more off the list; the audit log keeps what it was."""
    it = call.house.keyring.get(call.tenant.id, key)
    if it.works(call.now):
        raise Refused("this key works", mend="Revoke it first")
    call.house.keyring.forget(call.tenant.id, it.id)
    call.record("key.forgotten", f"key:{it.id}", before={"name": it.name, "scopes": sorted(it.scopes)})
    return _key(it)


def audit_log(
    call: Call,
    limit: Limit = 50,
    cursor: Cursor = "",
    by: Annotated[str, Query(max_length=120, pattern=PLAIN, description="Only what who is called so did.")] = "",
    on: Annotated[str, Query(max_length=120, pattern=PLAIN, description="Only what was done to this, or begins so.")] = "",
) -> Page[ActionShape]:
    """What the staff and keys did, the newest first. With a filter a page may have fewer lines than `limit`."""
    found = call.house.actions.list(call.tenant.id, before=call.place(cursor), limit=limit + 1)
    read = found[:limit]
    shown = [it for it in read if by in ("", it.by) and it.on.startswith(on)]
    items = [ActionShape(**{name: getattr(it, name) for name in ActionShape.model_fields}) for it in shown]
    return Page(items=items, next=call.cursor(read[-1].id) if len(found) > limit else None)


def health(call: Call) -> Health:
    """Whether the house stands: its table answers."""
    call.house.limits.take("api-health", timedelta(minutes=1), 1_000_000, call.now)
    return Health(ok=True)


def connection_shape(call: Call, it: Connection) -> ConnectionShape:
    """A link as it is shown."""
    names = ("id", "crm", "external_id", "trust", "since", "added_at", "api_base")
    maps = [MapShape(record=one.record, object=one.object, source=one.source) for one in it.maps[:MAP_LIMIT]]
    heard = call.house.connections.last_heard(it.id)
    known = it.credentials is not None
    return ConnectionShape(**{name: getattr(it, name) for name in names}, has_credentials=known, last_heard=heard, maps=maps)


def _key(it: ApiKey) -> KeyShape:
    kept = {name: getattr(it, name) for name in KeyShape.model_fields}
    return KeyShape(**kept | {"scopes": sorted(it.scopes)})


_offered = partial(Operation, tag="house")
_CONNECTION = "/connections/{connection}"

OPERATIONS = (
    _offered("GET", "/connections", Scope.CONNECTIONS, list_connections, title="Links to CRMs"),
    _offered("GET", _CONNECTION, Scope.CONNECTIONS, get_connection, title="One link"),
    _offered("POST", f"{_CONNECTION}/test", Scope.CONNECTIONS_WRITE, test_connection, title="Test a link"),
    _offered("GET", "/keys", Scope.KEYS_WRITE, list_keys, title="API keys"),
    _offered("POST", "/keys", Scope.KEYS_WRITE, make_key, title="Make a key", status=201, once=True, secret=True),
    _offered("POST", "/keys/{key}/forget", Scope.KEYS_WRITE, forget_key, title="Take a key off the list"),
    _offered("DELETE", "/keys/{key}", Scope.KEYS_WRITE, revoke_key, title="Revoke a key"),
    _offered("GET", "/audit", Scope.AUDIT, audit_log, title="The audit log"),
    _offered("GET", "/health", None, health, title="Whether the house stands"),
)
