"""How far the news of a program's turn has been told: which participant was the last, so that a crash repeats little."""

from accolade.store import keys
from accolade.store.database import Database

DONE = "~"
"""After every participant number."""


class Announced:
    """Reads and moves positions. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def upto(self, tenant: str, turn: str) -> str:
        """The last participant number that was told of a turn; empty if nobody was, DONE if everybody was."""
        item = self._db.get(self._db.state, (keys.tenant(tenant), keys.announced(turn)))
        return item.get("upto", "") if item else ""

    def move(self, tenant: str, turn: str, upto: str) -> None:
        """Everybody up to this number was told."""
        self._db.put(self._db.state, {"pk": keys.tenant(tenant), "sk": keys.announced(turn), "upto": upto})
