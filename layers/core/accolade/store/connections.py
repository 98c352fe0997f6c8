"""Connections: found by URL, by portal or organization, and listed by tenant."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from accolade.model.connections import INTERNAL, Connection, FieldMap, internal
from accolade.model.errors import Conflict, Missing, Refused
from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item, put_if

_TEXTS = (
    *("id", "tenant", "crm", "external_id", "public_url", "shared_url", "token_hash"),
    *("secret", "credentials", "api_base", "trust"),
)


class Connections:
    """Reads and writes connections. Their ids are unique in the stack. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, id_: str) -> Connection | None:
        """The connection of an id, read consistently; None if there is none."""
        item = self._db.get(self._db.state, (keys.route(id_), "CONNECTION"))
        return _from_item(item) if item else None

    def of(self, tenant: str, id_: str) -> Connection | None:
        """The tenant's connection of an id, its own records included; None if it has none."""
        if id_ == INTERNAL:
            return internal(tenant)
        found = self.find(id_)
        return found if found is not None and found.tenant == tenant else None

    def get(self, id_: str) -> Connection:
        """The connection of an id; Missing if there is none."""
        connection = self.find(id_)
        if connection is None:
            raise Missing(t("there is no connection %(id)r", id=id_), mend="accolade connection list shows those there are")
        return connection

    def by_external(self, crm: str, external_id: str) -> Connection | None:
        """The connection of a portal (HubSpot) or organization (Salesforce); None if nobody has it."""
        pointer = self._db.get(self._db.state, (keys.route_external(crm, external_id), "CONNECTION"))
        return self.find(pointer["connection"]) if pointer else None

    def list(self, tenant: str) -> Sequence[Connection]:
        """The connections of a tenant by id."""
        pointers = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="CONNECTION#")
        ids = [item["connection"] for item in pointers]
        self._db.ahead(self._db.state, [(keys.route(id_), sk) for id_ in ids for sk in ("CONNECTION", "HEARD")])
        return self.some(tenant, ids)

    def some(self, tenant: str, ids: Iterable[str]) -> Sequence[Connection]:
        """Those of these connections that are the tenant's, in this order."""
        routes = [(keys.route(id_), "CONNECTION") for id_ in ids]
        found = self._db.get_many(self._db.state, routes)
        known = [_from_item(found[key]) for key in routes if key in found]
        return [it for it in known if it.tenant == tenant]

    def put(self, connection: Connection) -> None:
        """Store a new connection, or a known one with other settings.

        Refused if the id is another tenant's, or the portal or organization another connection's.
        """
        state = self._db.state
        tenant, id_ = connection.tenant, connection.id
        before = self.find(id_)
        if before and (before.tenant, before.crm) != (tenant, connection.crm):
            raise Refused(
                t("the connection id %(id)r is taken", id=id_), mend=t("Use another id: ids are unique in the whole stack")
            )
        external = {"pk": keys.route_external(connection.crm, connection.external_id), "sk": "CONNECTION", "connection": id_}
        writes = [
            put_if(
                state,
                _to_item(connection),
                "attribute_not_exists(#pk) OR #tenant = :tenant",
                names={"#pk": "pk", "#tenant": "tenant"},
                values={":tenant": tenant},
            ),
            put_if(state, {"pk": keys.tenant(tenant), "sk": f"CONNECTION#{id_}", "connection": id_}),
            put_if(
                state,
                external,
                "attribute_not_exists(#pk) OR #connection = :id",
                names={"#pk": "pk", "#connection": "connection"},
                values={":id": id_},
            ),
        ]
        if before and before.external_id != connection.external_id:
            old = {"pk": {"S": keys.route_external(before.crm, before.external_id)}, "sk": {"S": "CONNECTION"}}
            writes.append({"Delete": {"TableName": state, "Key": old}})
        try:
            self._db.transact(writes)
        except Conflict as error:
            raise Refused(
                t("%(crm)s %(id)s belongs to another connection already", crm=connection.crm, id=connection.external_id),
                where=f"connection {id_}",
                mend="accolade connection list shows which; add that one again to change it",
            ) from error

    def app(self, crm: str) -> tuple[str, str] | None:
        """Secret name and public URL of the one app that all connections of a CRM share; None if there is none."""
        item = self._db.get(self._db.state, (keys.route(crm), "APP"))
        return (item["secret"], item.get("url", "")) if item else None

    def app_secret(self, crm: str) -> str | None:
        """The name of the shared app's secret; None if there is no such app."""
        app = self.app(crm)
        return app[0] if app else None

    def set_app_secret(self, crm: str, secret: str, *, url: str) -> None:
        """Make this secret the shared app's, which is called at `url` (the public one, without query)."""
        self._db.put(self._db.state, {"pk": keys.route(crm), "sk": "APP", "secret": secret, "url": url})

    def told(self, connection: Connection, record: str, *, limit: int) -> int:
        """How many records of a type are known from a connection, counted up to `limit` (by an index, a moment behind)."""
        count = 0
        for shard in range(keys.SHARDS):
            rows = self._db.query(
                self._db.state,
                f"{connection.tenant}#{record}#{shard}",
                sk_prefix=f"{connection.id}#",
                index="tenant",
                keys=("tenant_pk", "tenant_sk"),
                limit=limit - count,
            )
            count += sum(1 for _ in rows)
            if count >= limit:
                break
        return count

    def heard(self, id_: str, *, now: datetime) -> None:
        """Remember when a CRM last spoke to us through this connection (display only)."""
        self._db.put(self._db.state, {"pk": keys.route(id_), "sk": "HEARD", "at": iso(now)})

    def last_heard(self, id_: str) -> datetime | None:
        """When the CRM last spoke to us; None if it never did or nobody noted it."""
        item = self._db.get(self._db.state, (keys.route(id_), "HEARD"))
        return parse_instant(item["at"]) if item else None


def _to_item(connection: Connection) -> Item:
    item: dict[str, Any] = {name: getattr(connection, name) for name in _TEXTS}
    return item | {
        "pk": keys.route(connection.id),
        "sk": "CONNECTION",
        "added_at": iso(connection.added_at),
        "since": iso(connection.since),
        "maps": [_map_to_item(entry) for entry in connection.maps],
        "paused": connection.paused or None,
    }


def _from_item(item: Item) -> Connection:
    connection = Connection(
        id=item["id"],
        tenant=item["tenant"],
        crm=item["crm"],
        external_id=item["external_id"],
        added_at=parse_instant(item["added_at"]),
        since=parse_instant(item["since"]),
        maps=tuple(_map_from_item(entry) for entry in item.get("maps", ())),
        paused=item.get("paused", False),
    )
    return replace(connection, **{name: item[name] for name in _TEXTS if name in item})


def _map_to_item(entry: FieldMap) -> Item:
    item = {field.name: getattr(entry, field.name) for field in fields(FieldMap)}
    types = {name: kind.value for name, kind in entry.types.items()}
    return item | {"fields": dict(entry.fields), "types": types, "stages": dict(entry.stages), "named": list(entry.named)}


def _map_from_item(item: Item) -> FieldMap:
    known = {field.name: item[field.name] for field in fields(FieldMap) if field.name in item}
    types = {name: FieldType(kind) for name, kind in item.get("types", {}).items()}
    return FieldMap(**{**known, "types": types, "named": tuple(item.get("named", ()))})
