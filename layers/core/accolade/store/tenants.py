"""Tenants: the companies of this stack, their sending settings and their atomic counters."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from accolade.model.errors import Conflict, Missing
from accolade.model.participants import Channel, Tenant
from accolade.model.phrases import later as t
from accolade.store import keys
from accolade.store.database import Database, Item

DEFAULT = "default"
"""The tenant that commands use when none is named; it is made at its first use."""

_TENANTS = "TENANTS"
_TENANT = "TENANT#"


class Tenants:
    """Reads and writes tenants. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def ensure(self, id_: str, *, name: str = "", sender_email: str = "") -> Tenant:
        """The tenant of that id; made with the next number if there is none."""
        known = self.find(id_)
        if known:
            return known
        number = counted(self._db, _TENANTS, "tenant", 1)
        tenant = Tenant(id=id_, number=number, name=name or id_, sender_email=sender_email or f"rewards@{id_}.example")
        try:
            self._db.put(self._db.state, _to_item(tenant), new=True)
        except Conflict:
            return self.get(id_)
        return tenant

    def find(self, id_: str) -> Tenant | None:
        """The tenant, read consistently; None if there is none."""
        item = self._db.get(self._db.state, tenant_key(id_))
        return _from_item(item) if item else None

    def get(self, id_: str) -> Tenant:
        """The tenant, read consistently; Missing if there is none."""
        tenant = self.find(id_)
        if tenant is None:
            raise Missing(t("there is no tenant %(id)r", id=id_), mend=f"Add it: accolade tenant add {id_}")
        return tenant

    def list(self) -> Sequence[Tenant]:
        """All tenants by id."""
        return [_from_item(item) for item in self._db.query(self._db.state, _TENANTS, sk_prefix=_TENANT)]

    def put(self, tenant: Tenant) -> Tenant:
        """Store the tenant's settings; Missing if it was never added. Its number never changes."""
        try:
            self._db.put(
                self._db.state,
                _to_item(tenant),
                condition="#number = :number",
                names={"#number": "number"},
                values={":number": tenant.number},
            )
        except Conflict as error:
            raise Missing(
                t("there is no tenant %(tenant)r with number %(number)s", tenant=tenant.id, number=str(tenant.number))
            ) from error
        return tenant

    def pause(self, id_: str, channels: tuple[Channel, ...] = tuple(Channel)) -> Tenant:
        """Stop sending on these channels; what is due stays due."""
        tenant = self.get(id_)
        return self.put(replace(tenant, paused=tuple(channel for channel in Channel if channel in {*tenant.paused, *channels})))

    def resume(self, id_: str, channels: tuple[Channel, ...] = tuple(Channel)) -> Tenant:
        """Send again on these channels."""
        tenant = self.get(id_)
        return self.put(replace(tenant, paused=tuple(channel for channel in tenant.paused if channel not in channels)))


def tenant_key(id_: str) -> tuple[str, str]:
    """Where a tenant's settings lie."""
    return _TENANTS, f"{_TENANT}{id_}"


def counted(db: Database, pk: str, name: str, by: int) -> int:
    """Add `by` to an atomic counter and give its new value; numbers that a lost race leaves unused stay unused."""
    item = db.update(db.state, (pk, f"COUNTER#{name}"), "ADD #value :by", names={"#value": "value"}, values={":by": by})
    return int(item["value"])


def tenant_counter(db: Database, tenant: str, name: str, by: int) -> int:
    """A counter of one tenant."""
    return counted(db, keys.tenant(tenant), name, by)


def _to_item(tenant: Tenant) -> Item:
    item: dict[str, Any] = {field.name: getattr(tenant, field.name) for field in fields(tenant)}
    item["sending_hours"] = list(tenant.sending_hours)
    item["paused"] = [channel.value for channel in tenant.paused]
    item["alerts"] = list(tenant.alerts)
    return {"pk": _TENANTS, "sk": f"{_TENANT}{tenant.id}"} | item


def _from_item(item: Item) -> Tenant:
    known = {field.name: item[field.name] for field in fields(Tenant) if field.name in item}
    start, end = known.get("sending_hours", (9, 20))
    known["sending_hours"] = (start, end)
    known["paused"] = tuple(Channel(channel) for channel in known.get("paused", ()))
    known["alerts"] = tuple(known.get("alerts", ()))
    return Tenant(**known)
