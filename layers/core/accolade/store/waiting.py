"""Records that wait for a CRM user to become a participant."""

from collections.abc import Iterator

from accolade.store import keys
from accolade.store.database import Database


class Waiting:
    """Reads what waits for whom; the commit of a decision writes it. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def __call__(self, tenant: str, crm: str, user: str) -> Iterator[str]:
        """The records (`connection:type:id`) that wait for this user, read consistently."""
        return (item["sk"] for item in self._db.query(self._db.state, keys.waiting(tenant, crm, user)))
