"""Connections: one tenant's link to one CRM, and how that CRM's fields read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from accolade.model.fields import RECORD_FIELDS, FieldType

INTERNAL = "accolade"
"""The connection, and the CRM, of records that are made here: nominations. No connection of a tenant may be called so."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """How one CRM object reads as a canonical record.

    `record`: canonical type; `object`: the vendor's name (`Opportunity`, `deals`); `fields`: canonical field -> vendor
    field; `types`: types of the org's own fields; `stages`: vendor stage -> `open|won|lost`; `currency` and
    `time_zone` hold where the record states none; `source`: False for a synchronized copy, which earns nothing.
    `named`: the canonical fields that the org's own mapping names (the rest of `fields` comes from the adapter's defaults).
    """

    record: str
    object: str
    fields: Mapping[str, str]
    types: Mapping[str, FieldType] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    currency: str = "USD"
    time_zone: str = "UTC"
    source: bool = True
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection as stored. Secrets are names in Secrets Manager, never values.

    `crm`: folder name of the adapter. `external_id`: Salesforce organization id (18) or HubSpot portal id.
    `token_hash`: sha256 hex of the path token (Salesforce). `public_url`: the URL as the vendor calls it, `shared_url`
    the one of the whole app. `since`: business dates before it are backfill. `trust`: `message` or `reread`.
    `paused`: what the CRM tells waits as cases until it is resumed, and nothing is swept.
    `api_base`: where the vendor's API answers; `credentials`: secret name of the API credentials or token, if any.
    """

    id: str
    tenant: str
    crm: str
    external_id: str
    added_at: datetime
    since: datetime
    public_url: str = ""
    shared_url: str = ""
    token_hash: str = ""
    secret: str | None = None
    credentials: str | None = None
    api_base: str | None = None
    trust: str = "message"
    maps: tuple[FieldMap, ...] = ()
    paused: bool = False

    def map_for(self, *, record: str | None = None, object_: str | None = None) -> FieldMap | None:
        """The field map of a canonical record type or of a vendor's object; None if the connection has none."""
        for entry in self.maps:
            if entry.record == record or (object_ is not None and entry.object == object_):
                return entry
        return None


def internal(tenant: str) -> Connection:
    """Where a tenant's own records come from; people are known there by their participant numbers."""
    beginning = datetime(1, 1, 1, tzinfo=UTC)
    return Connection(INTERNAL, tenant, INTERNAL, "", beginning, beginning, maps=(_NOMINATIONS,))


_NOMINATIONS = FieldMap("nomination", "nomination", {name: name for name in RECORD_FIELDS["nomination"]})
