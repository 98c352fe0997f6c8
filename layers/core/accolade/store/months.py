"""A tenant's entries of a month, by the ledger's month index: for figures and boards; nothing is decided on it."""

from collections.abc import Iterator
from datetime import datetime

from accolade.model.ledger import Entry
from accolade.model.times import iso
from accolade.store import keys
from accolade.store.codec import entry_from_item
from accolade.store.database import Database


class Months:
    """Reads by the instant of posting (UTC), a moment behind. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def entries(self, tenant: str, month: str, *, after: datetime | None = None, limit: int | None = None) -> Iterator[Entry]:
        """The entries posted in a month (`2026-11`), of one shard after another, in order within each; with `after` only
        later ones. `limit`: of each shard."""
        for shard in range(keys.SHARDS):
            yield from self._shard(tenant, month, shard, after, limit)

    def _shard(self, tenant: str, month: str, shard: int, after: datetime | None, limit: int | None) -> Iterator[Entry]:
        found = self._db.query(
            self._db.ledger,
            keys.month(tenant, month, shard),
            index="month",
            keys=("month_pk", "month_sk"),
            after=iso(after) if after else "",
            limit=limit,
        )
        return (entry_from_item(item) for item in found)
