"""How far the known records have been put on the Inbox once more since a program was published or changed its state."""

from collections.abc import Iterator
from dataclasses import dataclass

from accolade.model.fields import RECORD_FIELDS
from accolade.model.records import RecordKey
from accolade.store import keys
from accolade.store.database import Database

_INDEX = ("tenant_pk", "tenant_sk")
_PARTS = tuple((type_, shard) for type_ in RECORD_FIELDS for shard in range(keys.SHARDS))


@dataclass(frozen=True, slots=True)
class Position:
    """Of one program version, and one change of its state (0: none yet): the part being read and the last record of it
    that is on the queue; `revision` of the item."""

    program: str
    version: int
    part: int = 0
    after: str = ""
    revision: int = 0
    change: int = 0

    @property
    def done(self) -> bool:
        """Whether every part has been read."""
        return self.part >= len(_PARTS)


class Rejudging:
    """Reads and moves positions, and reads records by them. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def position(self, tenant: str, program: str, version: int, change: int = 0) -> Position:
        """Where the work stands; at its beginning if it has not begun."""
        item = self._db.get(self._db.state, _key(tenant, Position(program, version, change=change))) or {}
        return Position(program, version, item.get("part", 0), item.get("after", ""), item.get("rev", 0), change)

    def move(self, tenant: str, position: Position) -> None:
        """Store a position that followed the one of `revision`; Conflict if somebody else moved it."""
        pk, sk = _key(tenant, position)
        item = {"pk": pk, "sk": sk, "part": position.part, "after": position.after, "rev": position.revision + 1}
        if position.revision == 0:
            self._db.put(self._db.state, item, new=True)
            return
        names, values = {"#rev": "rev"}, {":rev": position.revision}
        self._db.put(self._db.state, item, condition="#rev = :rev", names=names, values=values)

    def records(self, tenant: str, position: Position, *, limit: int) -> Iterator[RecordKey]:
        """The records of the position's part, after it, by the tenant index, a moment behind."""
        type_, shard = _PARTS[position.part]
        pk = f"{tenant}#{type_}#{shard}"
        found = self._db.query(self._db.state, pk, index="tenant", keys=_INDEX, after=position.after, limit=limit)
        for item in found:
            connection, _, id_ = item["tenant_sk"].partition("#")
            yield RecordKey(tenant, connection, type_, id_)


def _key(tenant: str, position: Position) -> tuple[str, str]:
    change = f"#{position.change:06d}" if position.change else ""
    return keys.tenant(tenant), f"REJUDGED#{position.program}#{position.version:06d}{change}"
