"""Published programs: immutable versions, kept for a short while in memory."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accolade.model.errors import Conflict, Missing, Refused
from accolade.model.times import iso, parse_instant
from accolade.programs.loading import from_json, to_json
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Program
from accolade.store import keys
from accolade.store.budgets import Budgets
from accolade.store.database import Database, Item

MAX_BYTES = 350_000
"""A version lies in one item, which has 400 KB."""

TTL_SECONDS = 30.0
"""How long a bundle is used before it is read again: a new version takes effect within it."""


@dataclass(frozen=True, slots=True)
class Published:
    """One version as stored: `text` is the validated program's stored form (`programs.loading.to_json`)."""

    id: str
    version: int
    title: str
    published_at: datetime
    text: str


class Programs:
    """Reads and publishes programs; `monotonic` (seconds) ages the cache, up to `max_age`. Busy or unreachable: Retry."""

    def __init__(self, db: Database, monotonic: Callable[[], float] = time.monotonic, *, max_age: float = TTL_SECONDS) -> None:
        self._db, self._monotonic, self._max_age = db, monotonic, max_age
        self._cache: dict[str, tuple[float, tuple[Published, ...], Rulebook]] = {}

    def publish(self, tenant: str, program: Program, *, title: str, now: datetime) -> Published:
        """Store a validated version for ever and set the program's budget to what it says.

        The same version with the same content again changes nothing; with other content it is Refused, as is a
        version below the newest, a document beyond 350 KB, and a budget below what is spent.
        """
        text, where = to_json(program), f"program {program.id} version {program.version}"
        if len(text.encode()) > MAX_BYTES:
            raise Refused(f"the program has {len(text.encode()):,} bytes; {MAX_BYTES:,} can be kept", where=where)
        versions = {published.version: published for published in self.versions(tenant, program.id)}
        if program.version in versions:
            return _same(versions[program.version], text, where)
        newest = max(versions, default=0)
        if program.version < newest:
            raise Refused("a version below the newest cannot be published", where=where, mend=f"Use version {newest + 1}")
        Budgets(self._db).set_base(tenant, program.id, program.budget)
        pk, sk = keys.tenant(tenant), keys.program(program.id, program.version)
        item = {"pk": pk, "sk": sk, "id": program.id, "version": program.version, "title": title}
        item |= {"published_at": iso(now), "text": text}
        try:
            self._db.put(self._db.state, item, new=True)
        except Conflict:
            return _same(self.get(tenant, program.id, program.version), text, where)
        self._cache.pop(tenant, None)
        return _published(item)

    def versions(self, tenant: str, id_: str) -> Sequence[Published]:
        """All versions of a program, oldest first; empty if there is none."""
        items = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=f"PROGRAM#{id_}#")
        return [_published(item) for item in items]

    def get(self, tenant: str, id_: str, version: int | None = None) -> Published:
        """A version, or the newest; Missing if there is none."""
        found = [entry for entry in self.versions(tenant, id_) if version in (None, entry.version)]
        if not found:
            named = f"program {id_!r}" if version is None else f"version {version} of program {id_!r}"
            raise Missing(f"there is no {named}", mend="accolade program list shows those there are")
        return found[-1]

    def list(self, tenant: str) -> Sequence[Published]:
        """All versions of all programs."""
        return [_published(item) for item in self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="PROGRAM#")]

    def bundle(self, tenant: str) -> Sequence[Published]:
        """All versions of all programs, at most `max_age` seconds old."""
        self.rulebook(tenant)
        return self._cache[tenant][1]

    def rulebook(self, tenant: str) -> Rulebook:
        """All versions of all programs, compiled, at most `max_age` seconds old; the same object while nothing has changed."""
        known = self._cache.get(tenant)
        if known and self._monotonic() - known[0] < self._max_age:
            return known[2]
        found = tuple(self.list(tenant))
        book = known[2] if known and known[1] == found else Rulebook([from_json(published.text) for published in found])
        self._cache[tenant] = (self._monotonic(), found, book)
        return book


def _same(stored: Published, text: str, where: str) -> Published:
    if stored.text != text:
        mend = f"Published versions never change: give the changed program version {stored.version + 1} or later"
        raise Refused("this version is already published with other content", where=where, mend=mend)
    return stored


def _published(item: Item) -> Published:
    return Published(item["id"], item["version"], item.get("title", ""), parse_instant(item["published_at"]), item["text"])
