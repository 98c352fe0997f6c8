"""Actions: what staff did, to what, why, and how it stood before and after: put once, never changed, never deleted."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from accolade.model.errors import Conflict
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item, put_if

MAX_STATE = 8_000
"""Characters kept of a state before or after."""

MAX_TEXT = 400

HIDDEN = "(not kept)"

_SECRETS = ("secret", "password", "token", "credential", "api_key", "signature", "private", "session", "cookie", "authorization")


@dataclass(frozen=True, slots=True)
class Action:
    """One act: `by` is the visitor's name, `what` a verb and its object (`budget.raised`), `on` what it was done to
    (`program:race`, `P000017`). `before` and `after` are plain values, None where there was or is nothing; `id` its place."""

    at: datetime
    by: str
    what: str
    on: str
    before: Any = None
    after: Any = None
    reason: str = ""
    id: str = ""


class Actions:
    """Writes and reads what staff did. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(
        self, tenant: str, *, at: datetime, by: str, what: str, on: str, before: Any = None, after: Any = None, reason: str = ""
    ) -> None:
        """Put an act on the record: where possible use `write` in the transaction of the act itself."""
        action = Action(at, by, what, on, before, after, reason)
        try:
            self._db.put(self._db.state, _to_item(tenant, action), new=True)
        except Conflict:
            return  # the same act of the same instant: a repeated request

    def write(
        self, tenant: str, *, at: datetime, by: str, what: str, on: str, before: Any = None, after: Any = None, reason: str = ""
    ) -> Item:
        """The operation that records an act within a transaction (`Database.transact`)."""
        action = Action(at, by, what, on, before, after, reason)
        return put_if(self._db.state, _to_item(tenant, action), "attribute_not_exists(#pk)", names={"#pk": "pk"})

    def list(self, tenant: str, *, before: str = "", limit: int = 50) -> list[Action]:
        """The newest first, at most `limit`; `before`: those older than the act of that id."""
        found = self._db.query(self._db.state, keys.actions(tenant), upto=before, newest_first=True, limit=limit + 1)
        return [_from_item(item) for item in found if item["sk"] != before][:limit]

    def each(self, tenant: str) -> Iterator[Action]:
        """All acts, oldest first: for an export."""
        return (_from_item(item) for item in self._db.query(self._db.state, keys.actions(tenant)))


def redacted(value: Any) -> Any:
    """Plain values without what a name calls a secret."""
    if isinstance(value, Mapping):
        return {
            str(name): HIDDEN if any(word in str(name).lower() for word in _SECRETS) and entry else redacted(entry)
            for name, entry in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(entry) for entry in value]
    return value


def _to_item(tenant: str, action: Action) -> Item:
    content = {
        "at": iso(action.at),
        "by": action.by[:MAX_TEXT],
        "what": action.what[:MAX_TEXT],
        "on": action.on[:MAX_TEXT],
        "before": _state(action.before),
        "after": _state(action.after),
        "reason": action.reason[:MAX_TEXT],
    }
    place = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
    return {"pk": keys.actions(tenant), "sk": f"{content['at']}#{place}"} | content


def _state(value: Any) -> str | None:
    """A state as JSON, within its bound; what is larger is kept as the beginning of its text."""
    if value is None:
        return None
    text = json.dumps(redacted(value), default=str, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= MAX_STATE else json.dumps(text[: MAX_STATE // 2] + "...", ensure_ascii=False)


def _from_item(item: Item) -> Action:
    return Action(
        at=parse_instant(item["at"]),
        by=item.get("by", ""),
        what=item["what"],
        on=item.get("on", ""),
        before=json.loads(item["before"]) if "before" in item else None,
        after=json.loads(item["after"]) if "after" in item else None,
        reason=item.get("reason", ""),
        id=item["sk"],
    )
