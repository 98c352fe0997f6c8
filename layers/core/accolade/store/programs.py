"""Published programs: immutable versions, kept for a short while in memory."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accolade.model.errors import Conflict, Missing, Refused
from accolade.model.phrases import later as t
from accolade.model.times import iso, parse_instant
from accolade.programs.loading import content, from_json, to_json
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Program
from accolade.programs.states import Lifecycle, in_rules
from accolade.store import keys
from accolade.store.budgets import Budgets, share_of
from accolade.store.database import Database, Item, put_if
from accolade.store.drafts import Drafts
from accolade.store.program_states import ProgramStates, lifecycle_from_item

MAX_BYTES = 350_000
"""A version lies in one item, which has 400 KB."""

TTL_SECONDS = 30.0
"""How long a bundle is used before it is read again: a new version takes effect within it."""


@dataclass(frozen=True, slots=True)
class Published:
    """One version as stored: `text` is the validated program's stored form (`programs.loading.to_json`).

    In a bundle: `revision` counts the changes of the program's state, `changed_at` is when the newest was made.
    """

    id: str
    version: int
    title: str
    published_at: datetime
    text: str
    revision: int = 0
    changed_at: datetime | None = None


class Programs:
    """Reads and publishes programs; `monotonic` (seconds) ages the cache, up to `max_age`. Busy or unreachable: Retry."""

    def __init__(self, db: Database, monotonic: Callable[[], float] = time.monotonic, *, max_age: float = TTL_SECONDS) -> None:
        self._db, self._monotonic, self._max_age = db, monotonic, max_age
        self._cache: dict[str, tuple[float, tuple[Published, ...], Rulebook]] = {}
        self.states, self.drafts = ProgramStates(db), Drafts(db)

    def publish(self, tenant: str, program: Program, *, title: str, now: datetime, beside: Sequence[Item] = ()) -> Published:
        """Store a validated version for ever and set the program's budget to what it says.

        The same version with the same content again changes nothing; with other content it is Refused, as is a
        version below the newest, a document beyond 350 KB, and a budget below what is spent. `beside`: what is written
        in the same transaction (`ProgramStates.writes`); a version of which nothing was written is live.
        """
        text, where = to_json(program), f"program {program.id} version {program.version}"
        if len(text.encode()) > MAX_BYTES:
            raise Refused(
                t("the program has %(count)s bytes; %(most)s can be kept", count=len(text.encode()), most=MAX_BYTES), where=where
            )
        versions = {published.version: published for published in self.versions(tenant, program.id)}
        if program.version in versions:
            return _same(versions[program.version], text, where)
        newest = max(versions, default=0)
        if program.version < newest:
            raise Refused(
                t("a version below the newest cannot be published"),
                where=where,
                mend=t("Use version %(version)s", version=newest + 1),
            )
        Budgets(self._db).set_base(tenant, program.id, program.budget)
        pk, sk = keys.tenant(tenant), keys.program(program.id, program.version)
        item = {"pk": pk, "sk": sk, "id": program.id, "version": program.version, "title": title}
        item |= {"published_at": iso(now), "text": text}
        new = put_if(self._db.state, item, "attribute_not_exists(#pk)", names={"#pk": "pk"})
        try:
            self._db.transact([new, *beside])
        except Conflict as error:
            versions = {published.version: published for published in self.versions(tenant, program.id)}
            if program.version in versions:
                return _same(versions[program.version], text, where)
            raise Refused(t("somebody else changed the program meanwhile"), where=where, mend=t("Publish it again")) from error
        self._cache.pop(tenant, None)
        return _published(item)

    def change(self, tenant: str, before: Lifecycle, after: Lifecycle, *, what: str, by: str, reason: str, now: datetime) -> None:
        """Store how a program stands now; Refused if somebody else changed it meanwhile."""
        try:
            self._db.transact(self.states.writes(tenant, before, after, what=what, by=by, reason=reason, now=now))
        except Conflict as error:
            where = f"program {after.program}"
            raise Refused(t("somebody else changed it meanwhile"), where=where, mend="accolade program list shows it") from error
        self._cache.pop(tenant, None)

    def versions(self, tenant: str, id_: str) -> Sequence[Published]:
        """All versions of a program, oldest first; empty if there is none."""
        items = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=f"PROGRAM#{id_}#")
        return [_published(item) for item in items]

    def get(self, tenant: str, id_: str, version: int | None = None) -> Published:
        """A version, or the newest; Missing if there is none."""
        found = [entry for entry in self.versions(tenant, id_) if version in (None, entry.version)]
        if not found:
            none = t("there is no program %(id)r", id=id_)
            if version is not None:
                none = t("there is no version %(version)s of program %(id)r", version=str(version), id=id_)
            raise Missing(none, mend="accolade program list shows those there are")
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
        found, lifecycles, shares = self._read(tenant)
        same = known is not None and known[1] == found and known[2].shares == shares
        book = known[2] if known and same else _rulebook(found, lifecycles, shares)
        self._cache[tenant] = (self._monotonic(), found, book)
        return book

    def _read(self, tenant: str) -> tuple[tuple[Published, ...], dict[str, Lifecycle], frozenset[str]]:
        """All versions, how they stand, and the names of the shares of their budgets, in one query."""
        items = list(self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="PROGRAM"))
        states = {item["program"]: lifecycle_from_item(item) for item in items if item["sk"].startswith("PROGRAMSTATE#")}
        versions = (_published(item) for item in items if item["sk"].startswith("PROGRAM#"))
        shares = frozenset(share for item in items if (share := share_of(item)))
        return tuple(_standing(it, states.get(it.id)) for it in versions), states, shares


def _rulebook(found: Sequence[Published], lifecycles: dict[str, Lifecycle], shares: frozenset[str]) -> Rulebook:
    programs: dict[str, list[Program]] = {}
    for published in found:
        programs.setdefault(published.id, []).append(from_json(published.text))
    rules = [it for id_, given in programs.items() for it in in_rules(given, lifecycles.get(id_, Lifecycle(id_)))]
    return Rulebook(rules, shares)


def _standing(published: Published, lifecycle: Lifecycle | None) -> Published:
    if lifecycle is None:
        return published
    return replace(published, revision=lifecycle.revision, changed_at=lifecycle.changed_at)


def _same(stored: Published, text: str, where: str) -> Published:
    if content(stored.text) != content(text):
        mend = t(
            "Published versions never change: give the changed program version %(version)s or later", version=stored.version + 1
        )
        raise Refused(t("this version is already published with other content"), where=where, mend=mend)
    return stored


def _published(item: Item) -> Published:
    return Published(item["id"], item["version"], item.get("title", ""), parse_instant(item["published_at"]), item["text"])
