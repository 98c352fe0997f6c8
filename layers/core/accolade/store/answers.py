"""Answers that were given: the same call with the same key gets the same answer for a day, and acts once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accolade.model.errors import Conflict, Retry
from accolade.model.times import iso
from accolade.store import keys
from accolade.store.database import Database

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
"""How long an unfinished call holds its key: longer than the function may run."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given; `body` is empty where it was not kept."""

    status: int
    body: str


class Answers:
    """Claims keys and keeps answers. Busy or unreachable: Retry. `name` says whose key of which operation it is, hashed."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, name: str, content: str, *, now: datetime) -> Given | None:
        """Take the key for this content (a hash): None if it is ours now, else what was answered.

        Conflict if the key stands for other content, or if the first call never came to its end: nobody knows whether it
        was done, and it is never done twice. Retry while the first call is still at work.
        """
        lease = iso(now + LEASE)
        item = {"pk": keys.answer(name), "sk": "ANSWER", "content": content, "lease": lease, "ends": iso(now + KEPT)}
        try:
            self._db.put(
                self._db.state,
                item | {"ttl": _ttl(now)},
                condition="attribute_not_exists(#pk) OR #ends <= :now",
                names={"#pk": "pk", "#ends": "ends"},
                values={":now": iso(now)},
            )
        except Conflict:
            return self._given(name, content, now)
        return None

    def finish(self, name: str, content: str, given: Given, *, now: datetime) -> None:
        """Keep what was answered."""
        item = {"pk": keys.answer(name), "sk": "ANSWER", "content": content, "ends": iso(now + KEPT), "ttl": _ttl(now)}
        self._db.put(self._db.state, item | {"status": given.status, "body": given.body})

    def give_up(self, name: str) -> None:
        """The call did nothing: the key is free again."""
        self._db.delete(self._db.state, (keys.answer(name), "ANSWER"))

    def _given(self, name: str, content: str, now: datetime) -> Given:
        item = self._db.get(self._db.state, (keys.answer(name), "ANSWER"))
        if item is None:
            raise Retry("the first call with this key is still at work", after=2)
        if item["content"] != content:
            raise Conflict("this Idempotency-Key was used with other content", where="Idempotency-Key", mend="Use a new one")
        if "status" in item:
            return Given(item["status"], item.get("body", ""))
        if item["lease"] > iso(now):
            raise Retry("the first call with this key is still at work", after=2)
        mend = "Look whether it was done, and use a new key if it was not"
        raise Conflict("the first call with this key never came to its end", where="Idempotency-Key", mend=mend)


def _ttl(now: datetime) -> int:
    return int((now + KEPT + timedelta(hours=1)).timestamp())
