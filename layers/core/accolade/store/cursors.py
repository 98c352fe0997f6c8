"""Cursors: how far each object of a connection has been swept, moved only by who read them last."""

from dataclasses import dataclass, replace
from datetime import datetime

from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item

_KIND = "changed"


@dataclass(frozen=True, slots=True)
class Cursor:
    """`position` is the adapter's own text, None before the first page; `moved_at` when it last moved, `swept_at` when a
    sweep last reached the end, `tried_at` when one last began. `revision` counts the moves."""

    connection: str
    object: str
    position: str | None = None
    revision: int = 0
    moved_at: datetime | None = None
    swept_at: datetime | None = None
    tried_at: datetime | None = None


class Cursors:
    """Reads and moves cursors. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, connection: str, object_: str) -> Cursor:
        """The cursor of an object, read consistently; one without position if it was never swept."""
        item = self._db.get(self._db.state, _key(connection, object_))
        return _from_item(connection, item) if item else Cursor(connection, object_)

    def list(self, connection: str) -> list[Cursor]:
        """All cursors of a connection: what `doctor` and the order of sweeping look at."""
        items = self._db.query(self._db.state, keys.cursor(connection))
        return [_from_item(connection, item) for item in items]

    def move(self, cursor: Cursor, position: str, *, now: datetime) -> Cursor:
        """Put the cursor at a position; Conflict if another sweep moved it since it was read."""
        item = self._db.update(
            self._db.state,
            _key(cursor.connection, cursor.object),
            "SET #object = :object, #position = :position, #moved_at = :now, #revision = :next",
            names={name: name[1:] for name in ("#object", "#position", "#moved_at", "#revision")},
            values={
                ":object": cursor.object,
                ":position": position,
                ":now": iso(now),
                ":next": cursor.revision + 1,
                ":read": cursor.revision,
            },
            condition="#revision = :read" if cursor.revision else "attribute_not_exists(#revision) OR #revision = :read",
        )
        return replace(_from_item(cursor.connection, item))

    def tried(self, connection: str, object_: str, *, now: datetime) -> None:
        """Note that a sweep begins: the connection that waited longest is swept first."""
        self._note(connection, object_, "tried_at", now)

    def swept(self, connection: str, object_: str, *, now: datetime) -> None:
        """Note that a sweep reached the end."""
        self._note(connection, object_, "swept_at", now)

    def _note(self, connection: str, object_: str, name: str, now: datetime) -> None:
        self._db.update(
            self._db.state,
            _key(connection, object_),
            "SET #name = :now, #object = :object",
            names={"#name": name, "#object": "object"},
            values={":now": iso(now), ":object": object_},
        )


def _key(connection: str, object_: str) -> tuple[str, str]:
    return keys.cursor(connection), f"{object_}#{_KIND}"


def _from_item(connection: str, item: Item) -> Cursor:
    at = {name: parse_instant(item[name]) for name in ("moved_at", "swept_at", "tried_at") if name in item}
    return Cursor(connection, item["object"], item.get("position"), item.get("revision", 0), **at)
