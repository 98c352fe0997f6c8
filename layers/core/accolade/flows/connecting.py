"""Adding a connection: its settings, its secrets, and the URL that the CRM has to call."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from accolade import crm
from accolade.model.connections import INTERNAL, Connection, FieldMap
from accolade.model.errors import Refused, Rejected
from accolade.model.phrases import later as t
from accolade.store.connections import Connections

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_API_BASE = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,200}(/[A-Za-z0-9./_-]{0,200})?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for. None: as it was, or the default. `maps` empty: likewise.

    `secrets`: kind (`secret`, `credentials`) -> its text, which is kept in Secrets Manager and nowhere else.
    """

    id: str
    tenant: str
    crm: str
    external_id: str
    trust: str | None = None
    api_base: str | None = None
    since: datetime | None = None
    maps: tuple[FieldMap, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Added:
    """The stored connection and the URL to enter in the CRM: it may hold a token and is shown this once. `is_same`: it was
    there already, and nothing has changed."""

    connection: Connection
    url: str
    is_new: bool
    is_same: bool = False


class Connecting:
    """Stores connections. `keep(kind, connection id, text)` stores a secret and gives its name; `token()` makes a new one."""

    def __init__(
        self, connections: Connections, *, api_url: str, keep: Callable[[str, str, str], str], token: Callable[[], str]
    ) -> None:
        self._connections, self._api_url, self._keep, self._token = connections, api_url, keep, token

    def add(self, wanted: Wanted, *, now: datetime) -> Added:
        """Add a connection, or change the one of that id: what is not said stays, the path token is a new one.

        Rejected for what cannot be; Refused if the id, portal or organization is taken, or HubSpot's secret is missing.
        """
        adapter = crm.adapter(wanted.crm)
        _check(wanted)
        known = self._connections.find(wanted.id)
        if known and (known.tenant, known.crm) != (wanted.tenant, wanted.crm):
            raise Refused(
                t("the connection id %(id)r is taken", id=wanted.id), mend=t("Use another id: ids are unique in the whole stack")
            )
        base = known or Connection(
            id=wanted.id,
            tenant=wanted.tenant,
            crm=wanted.crm,
            external_id=wanted.external_id,
            added_at=now,
            since=now,
            maps=tuple(adapter.default_maps),
        )
        root = f"{self._api_url}/crm/{wanted.crm}"
        connection = replace(
            base,
            external_id=wanted.external_id,
            since=wanted.since or base.since,
            trust=wanted.trust or base.trust,
            api_base=wanted.api_base or base.api_base,
            maps=wanted.maps or base.maps,
            public_url=f"{root}/{wanted.id}",
        )
        if connection.trust == "reread" and not (connection.credentials or wanted.secrets.get("credentials")):
            raise Rejected(t("trust reread needs API credentials"), mend="Add --credentials-env and --api-base")
        added = self._store(connection, wanted, root, is_new=known is None)
        return replace(added, is_same=added.connection == known and not wanted.secrets)

    def _store(self, connection: Connection, wanted: Wanted, root: str, *, is_new: bool) -> Added:
        """Secrets first, then the connection that names them: a crash between leaves nothing that is half there."""
        names = {kind: self._keep(kind, connection.id, text) for kind, text in wanted.secrets.items()}
        connection = replace(
            connection,
            secret=names.get("secret", connection.secret),
            credentials=names.get("credentials", connection.credentials),
        )
        if wanted.crm == "salesforce":
            token = self._token()
            url = f"{connection.public_url}/{token}"
            connection = replace(connection, token_hash=sha256(token.encode()).hexdigest())
            self._keep("url", connection.id, url)
        else:
            url = connection.public_url
            connection = replace(connection, shared_url=root)
            if not connection.secret:
                raise Refused(
                    t("no client secret is known, so no request could be verified"), mend="Add --client-secret-env NAME"
                )
        self._connections.put(connection)
        if connection.shared_url and connection.secret:
            # The first connection's app is the shared one; where it is called is the stack's, and may have moved.
            secret = self._connections.app_secret(wanted.crm) or connection.secret
            self._connections.set_app_secret(wanted.crm, secret, url=connection.shared_url)
        return Added(connection, url, is_new)


def _check(wanted: Wanted) -> None:
    if not _ID.fullmatch(wanted.id):
        raise Rejected(
            t("%(id)r is not a connection id", id=wanted.id), mend=t("Use up to 40 lower-case letters, digits and hyphens")
        )
    if wanted.id == INTERNAL:
        raise Rejected(t("the connection id %(id)r is ours", id=INTERNAL), mend=t("Use another id"))
    if wanted.trust not in (None, "message", "reread"):
        raise Rejected(t("%(trust)r is no kind of trust", trust=wanted.trust), mend=t("Use message or reread"))
    if wanted.api_base is not None and not _API_BASE.fullmatch(wanted.api_base):
        raise Rejected(t("this is not an API base"), where="--api-base", mend=t("Write it like https://acme.my.salesforce.com"))
