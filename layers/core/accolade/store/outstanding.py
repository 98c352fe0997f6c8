"""What waits: awards for budget, records for somebody to become known."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accolade.model.records import RecordKey
from accolade.model.times import parse_instant
from accolade.store import keys
from accolade.store.database import Database

INDEX = "tenant"
_INDEX_KEYS = ("tenant_pk", "tenant_sk")


@dataclass(frozen=True, slots=True)
class ParkedAward:
    """An award whose points wait for budget: its key, points, event time, and where it is held."""

    award: str
    participant: str
    points: int
    at: datetime
    record: RecordKey | None
    period: str


class Outstanding:
    """Reads what waits, oldest event first. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def parked_awards(self, tenant: str, program: str, *, limit: int) -> Iterator[ParkedAward]:
        """Awards of a program that wait for budget, in order of event time."""
        found = self._db.query(self._db.state, keys.parked_awards(tenant, program), index=INDEX, keys=_INDEX_KEYS, limit=limit)
        for pointer in found:
            item = self._db.get(self._db.state, (pointer["pk"], pointer["sk"]))
            if item is not None:
                record = record_key(tenant, item["record"]) if item.get("record") else None
                number = item["award"].split("/")[2]
                yield ParkedAward(
                    item["award"], number, item["points"], parse_instant(item["at"]), record, item.get("period", "")
                )

    def waited_for(self, tenant: str, *, limit: int) -> set[tuple[str, str]]:
        """The (crm, user) pairs that records wait for."""
        found = self._db.query(self._db.state, keys.waiting_users(tenant), index=INDEX, keys=_INDEX_KEYS, limit=limit)
        return {(crm, user) for crm, user, _ in (item["tenant_sk"].split("#", 2) for item in found)}


def record_key(tenant: str, text: str) -> RecordKey:
    """The key of `connection:type:id`."""
    connection, kind, id_ = text.split(":", 2)
    return RecordKey(tenant, connection, kind, id_)
