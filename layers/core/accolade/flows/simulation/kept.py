"""Mappings of bounded size: what was used lately is in memory, the rest in a table of a temporary SQLite file."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

LIMIT = 20_000
"""Entries of one mapping in memory at most."""

CACHE_KIB = 32_000
"""Pages of the file that SQLite keeps in memory."""


def scratch(path: Path) -> sqlite3.Connection:
    """A file for one run: no journal and no sync, because after a crash one simply starts again."""
    db = sqlite3.connect(path, isolation_level=None, cached_statements=64)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA temp_store = FILE")
    db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    db.execute("PRAGMA locking_mode = NORMAL")
    return db


class Kept[K, V](dict[K, V]):
    """A dictionary that finds what it has put away, and makes up what was never there.

    `pack` and `unpack` turn a value into bytes and back (`unpack` is given the key), `text` names a key. `shrink` puts the
    older half away once there are more than `limit`; nothing else does, so that what a decision has read stays for it.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        table: str,
        *,
        pack: Callable[[V], bytes],
        unpack: Callable[[K, bytes], V],
        fresh: Callable[[K], V] | None = None,
        text: Callable[[K], str] = str,
        limit: int = LIMIT,
    ) -> None:
        super().__init__()
        self._db, self._pack, self._unpack, self._fresh, self._text, self._limit = db, pack, unpack, fresh, text, limit
        self._away = 0
        db.execute(f"CREATE TABLE {table} (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
        self._find = f"SELECT value FROM {table} WHERE key = ?"  # noqa: S608 (our own name)
        self._put = f"INSERT OR REPLACE INTO {table} VALUES (?, ?)"  # noqa: S608 (our own name)

    def __missing__(self, key: K) -> V:
        value = self.get(key)
        if value is None:
            if self._fresh is None:
                raise KeyError(key)
            value = self[key] = self._fresh(key)
        return value

    def get(self, key: K, default: Any = None) -> Any:
        """The value in memory or in the table; the default if it is in neither."""
        value = super().get(key)
        if value is None and self._away:
            row = self._db.execute(self._find, (self._text(key),)).fetchone()
            if row is not None:
                value = self[key] = self._unpack(key, row[0])
        return default if value is None else value

    def __contains__(self, key: object) -> bool:
        return self.get(key) is not None  # type: ignore[arg-type] # a key of another type is not there

    def shrink(self) -> None:
        """Put the older half away if there are too many."""
        if len(self) <= self._limit:
            return
        old = [key for key, _ in zip(self, range(len(self) - self._limit // 2), strict=False)]
        self._db.execute("BEGIN")
        self._db.executemany(self._put, ((self._text(key), self._pack(self[key])) for key in old))
        self._db.execute("COMMIT")
        for key in old:
            del self[key]
        self._away += len(old)
