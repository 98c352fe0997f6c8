"""Drafts: the document of a program while people write it, one a program, changed only by whoever has seen the newest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accolade.model.errors import Conflict, Rejected
from accolade.model.phrases import later as t
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item

MAX_BYTES = 64 * 1024
"""As much as a program may have."""

MOST = 200
"""Drafts that a list shows."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as somebody left it: `revision` counts the saves from 1, `by` saved it last, `preset` is what it began with."""

    program: str
    text: str
    revision: int
    by: str
    at: datetime
    preset: str = ""


class Drafts:
    """Reads and writes drafts. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, tenant: str, program: str) -> Draft | None:
        """The draft of a program, read consistently; None if nobody writes one."""
        item = self._db.get(self._db.state, (keys.tenant(tenant), keys.draft(program)))
        return _from_item(item) if item else None

    def list(self, tenant: str) -> Sequence[Draft]:
        """The drafts of a tenant by program, at most MOST."""
        found = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=keys.draft(""), limit=MOST)
        return [_from_item(item) for item in found]

    def save(self, tenant: str, program: str, text: str, *, seen: int, by: str, now: datetime, preset: str = "") -> Draft:
        """Store the document over the revision that was `seen` (0: there was none). Conflict if somebody saved meanwhile;
        Rejected if it is too large."""
        if len(text.encode()) > MAX_BYTES:
            raise Rejected(
                t("the document is larger than %(most)s KB", most=MAX_BYTES // 1024), mend=t("Split it into several programs")
            )
        draft = Draft(program, text, seen + 1, by, now, preset)
        item = _to_item(tenant, draft)
        if seen == 0:
            self._db.put(self._db.state, item, new=True)
        else:
            names, values = {"#revision": "revision"}, {":seen": seen}
            self._db.put(self._db.state, item, condition="#revision = :seen", names=names, values=values)
        return draft

    def remove(self, tenant: str, program: str, *, seen: int) -> None:
        """Take the draft away. Conflict if somebody saved meanwhile, or it is gone already."""
        key = (keys.tenant(tenant), keys.draft(program))
        names, values = {"#revision": "revision"}, {":seen": seen}
        self._db.delete(self._db.state, key, condition="#revision = :seen", names=names, values=values)


def gone(draft: Draft | None) -> Conflict:
    """What to say when somebody was faster."""
    if draft is None:
        return Conflict(t("somebody removed the draft meanwhile"), mend=t("Look at both, then decide"))
    saved = t("%(by)s saved revision %(revision)s meanwhile", by=draft.by, revision=str(draft.revision))
    return Conflict(saved, mend=t("Look at both, then decide"))


def _to_item(tenant: str, it: Draft) -> Item:
    place = {"pk": keys.tenant(tenant), "sk": keys.draft(it.program)}
    kept = {"program": it.program, "text": it.text, "revision": it.revision, "by": it.by[:80], "at": iso(it.at)}
    return place | kept | {"preset": it.preset}


def _from_item(item: Item) -> Draft:
    return Draft(
        item["program"],
        item.get("text", ""),
        item["revision"],
        item.get("by", ""),
        parse_instant(item["at"]),
        item.get("preset", ""),
    )
