"""Limits: how often something may be done within a stretch of time, counted in one item each, over all processes."""

from datetime import UTC, datetime, timedelta

from accolade.model.errors import Conflict
from accolade.store import keys
from accolade.store.database import Database

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Limits:
    """Counts attempts. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def take(self, name: str, per: timedelta, at_most: int, now: datetime) -> bool:
        """Whether one more is allowed; if so it is counted. `name` says what and who (`sign-in#acme#P000017`), and holds
        no address: hash what is personal. Stretches of `per` follow each other from 1970 on (UTC), so that no more
        than twice `at_most` fit into any stretch of that length.
        """
        if at_most < 1:
            return False
        window = (now - _EPOCH) // per
        try:
            self._db.update(
                self._db.state,
                (keys.limit(name), str(window)),
                "SET #ttl = :ttl ADD #taken :one",
                names={"#taken": "taken", "#ttl": "ttl"},
                values={":one": 1, ":most": at_most, ":ttl": int((_EPOCH + (window + 2) * per).timestamp())},
                condition="attribute_not_exists(#taken) OR #taken < :most",
            )
        except Conflict:
            return False
        return True
