"""Scoring accounts by what they bought: how far a connection is, and what has been gathered so far."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accolade.model.records import RecordKey
from accolade.store import keys
from accolade.store.database import Database

GATHER, TAG, WRITE, DONE = "gather", "tag", "write", "done"
"""The steps of a day, in their order."""

Bought = tuple[int, int, int, int]
"""Purchases, revenue in minor units, first and last day (as ordinals)."""

_INDEX = ("tenant_pk", "tenant_sk")
_PROGRESS = "PROGRESS"


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one connection. `day` (ISO) is what it works for, `step` which one it is at; `part` of the records that is being
    gathered, `after` the record or account that was last; `page` counts what was gathered. `of`: deals or invoices.

    `tagged_at`: when accounts were tagged last, `written`: up to when tags have been written back (epoch ms). `accounts`,
    `tagged`, `sent`, `failed`: what this day did.
    """

    connection: str
    day: str = ""
    step: str = DONE
    part: int = 0
    after: str = ""
    page: int = 0
    of: str = "deals"
    tagged_at: int = 0
    written: int = 0
    accounts: int = 0
    tagged: int = 0
    sent: int = 0
    failed: int = 0
    revision: int = 0


class RfmStore:
    """Reads and moves progress, and keeps what is gathered. Busy: Retry; somebody else is at it: Conflict."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def progress(self, tenant: str, connection: str) -> Progress:
        """How far a connection is."""
        item = self._db.get(self._db.state, (keys.rfm(tenant, connection), _PROGRESS)) or {}
        known = {name: item[name] for name in Progress.__dataclass_fields__ if name in item}
        return Progress(**(known | {"connection": connection}))

    def move(self, tenant: str, progress: Progress) -> Progress:
        """Store a progress that followed the one of its revision."""
        values = {name: getattr(progress, name) for name in Progress.__dataclass_fields__}
        item = {"pk": keys.rfm(tenant, progress.connection), "sk": _PROGRESS} | values | {"revision": progress.revision + 1}
        if progress.revision:
            names, value = {"#revision": "revision"}, {":revision": progress.revision}
            self._db.put(self._db.state, item, condition="#revision = :revision", names=names, values=value)
        else:
            self._db.put(self._db.state, item, new=True)
        return Progress(**(values | {"revision": progress.revision + 1}))

    def records(self, tenant: str, connection: str, type_: str, *, part: int, after: str, limit: int) -> list[RecordKey]:
        """Records of a type in one of `keys.SHARDS` parts, after one of them (by the tenant index, a moment behind)."""
        found = self._db.query(
            self._db.state,
            f"{tenant}#{type_}#{part}",
            index="tenant",
            keys=_INDEX,
            between=(f"{connection}#{after}\0" if after else f"{connection}#", f"{connection}$"),
            limit=limit,
        )
        return [RecordKey(tenant, connection, type_, item["tenant_sk"].partition("#")[2]) for item in found]

    def keep(self, tenant: str, progress: Progress, bought: Mapping[str, Bought]) -> None:
        """Keep what a page of records said; the same page again replaces it."""
        body = json.dumps({account: list(it) for account, it in bought.items()}, separators=(",", ":"))
        packed = b64encode(zlib.compress(body.encode())).decode()
        sk = f"{progress.day}#{progress.page:06d}"
        self._db.put(self._db.state, {"pk": keys.rfm(tenant, progress.connection), "sk": sk, "body": packed})

    def kept(self, tenant: str, connection: str, day: str) -> Iterator[Mapping[str, Bought]]:
        """What was gathered for a day, page by page."""
        for item in self._db.query(self._db.state, keys.rfm(tenant, connection), sk_prefix=f"{day}#"):
            found = json.loads(zlib.decompress(b64decode(item["body"])))
            yield {account: (it[0], it[1], it[2], it[3]) for account, it in found.items()}

    def drop(self, tenant: str, connection: str) -> None:
        """Forget everything that was gathered."""
        pk = keys.rfm(tenant, connection)
        for item in list(self._db.query(self._db.state, pk)):
            if item["sk"] != _PROGRESS:
                self._db.delete(self._db.state, (pk, item["sk"]))
