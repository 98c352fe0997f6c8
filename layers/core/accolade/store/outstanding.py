"""What waits: awards for budget, records for somebody to become known."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from accolade.model.records import RecordKey
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database

INDEX = "tenant"
_INDEX_KEYS = ("tenant_pk", "tenant_sk")

LOOKED_THROUGH = 10_000
"""Awards of a program that wait, of which a run picks those that fit: nobody keeps others waiting who cannot be paid."""


@dataclass(frozen=True, slots=True)
class ParkedAward:
    """An award whose points wait for budget: its key, points, event time, and where it is held."""

    award: str
    participant: str
    points: int
    at: datetime
    record: RecordKey | None
    period: str


@dataclass(frozen=True, slots=True)
class Held:
    """An award of which points are held back (`at`: when to look again), or wait for a person (`at`: since when, `reason`)."""

    award: str
    points: int
    at: datetime
    record: RecordKey | None
    period: str
    reason: str = ""


class Outstanding:
    """Reads what waits, oldest event first. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def parked_awards(
        self, tenant: str, program: str, *, of: Callable[[Collection[str]], Collection[str]] = set
    ) -> Iterator[ParkedAward]:
        """The oldest `LOOKED_THROUGH` awards of a program that wait for budget, in order of event time, read 100 a call.

        `of` picks among participants, by their numbers, those whose awards are read at all.
        """
        pk = keys.parked_awards(tenant, program)
        found = self._db.query(self._db.state, pk, index=INDEX, keys=_INDEX_KEYS, limit=LOOKED_THROUGH)
        for batch in batched(((it["pk"], it["sk"]) for it in found), 100, strict=False):
            wanted = of({sk.split("/")[2] for _, sk in batch})
            places = [(pk, sk) for pk, sk in batch if sk.split("/")[2] in wanted]
            items = self._db.get_many(self._db.state, places)
            for item in (items[place] for place in places if place in items):
                record = record_key(tenant, item["record"]) if item.get("record") else None
                award, at = item["award"], parse_instant(item["at"])
                yield ParkedAward(award, award.split("/")[2], item["points"], at, record, item.get("period", ""))

    def held_back(self, tenant: str, *, until: datetime, limit: int) -> Iterator[Held]:
        """Awards with points on hold that have to be looked at by then, soonest first."""
        upto = f"{iso(until)}~"
        for pointer in self._db.query(
            self._db.state, keys.due_lots(tenant), index=INDEX, keys=_INDEX_KEYS, upto=upto, limit=limit
        ):
            found = self._held(tenant, pointer)
            if found is not None and found.at <= until:
                yield found

    def approvals(self, tenant: str, *, limit: int) -> Iterator[Held]:
        """Awards that wait for a person, oldest first."""
        rows = self._db.query(self._db.state, keys.approvals(tenant), index=INDEX, keys=_INDEX_KEYS, limit=limit)
        for batch in batched(((row["pk"], row["sk"]) for row in rows), 100, strict=False):
            known = self._db.get_many(self._db.state, batch)
            yield from (_from_item(tenant, known[place]) for place in batch if place in known)

    def parked_points(self, tenant: str, program: str, *, limit: int) -> list[tuple[str, int]]:
        """(participant, points) of the oldest `limit` awards of a program that wait for budget; read consistently, 100 a call."""
        pk, waiting = keys.parked_awards(tenant, program), list[tuple[str, int]]()
        rows = self._db.query(self._db.state, pk, index=INDEX, keys=_INDEX_KEYS, limit=limit)
        for batch in batched(((row["pk"], row["sk"]) for row in rows), 100, strict=False):
            found = self._db.get_many(self._db.state, batch)
            waiting += [(item["award"].split("/")[2], item["points"]) for item in found.values()]
        return waiting

    def parked_count(self, tenant: str, program: str, *, limit: int) -> int:
        """How many awards of a program wait for budget, at most `limit`; a moment behind, for display."""
        return self._db.count(keys.parked_awards(tenant, program), index=INDEX, key=_INDEX_KEYS[0], limit=limit)

    def approvals_waiting(self, tenant: str, *, limit: int) -> int:
        """How many awards wait for a person, at most `limit`; a moment behind, for display."""
        return self._db.count(keys.approvals(tenant), index=INDEX, key=_INDEX_KEYS[0], limit=limit)

    def approval(self, tenant: str, award: str) -> Held | None:
        """The award of that key if it waits for a person, read consistently; None if it does not."""
        parts = award.split("/", 3)
        key = (keys.person(tenant, parts[2]), f"APPROVAL#{award}") if len(parts) == 4 else None
        return self._held(tenant, {"pk": key[0], "sk": key[1]}) if key else None

    def _held(self, tenant: str, pointer: Mapping[str, Any]) -> Held | None:
        item = self._db.get(self._db.state, (pointer["pk"], pointer["sk"]))
        return _from_item(tenant, item) if item is not None else None

    def waited_for(self, tenant: str, *, limit: int) -> set[tuple[str, str]]:
        """The (crm, user) pairs that records wait for."""
        found = self._db.query(self._db.state, keys.waiting_users(tenant), index=INDEX, keys=_INDEX_KEYS, limit=limit)
        return {(crm, user) for crm, user, _ in (item["tenant_sk"].split("#", 2) for item in found)}


def _from_item(tenant: str, item: Mapping[str, Any]) -> Held:
    record = record_key(tenant, item["record"]) if item.get("record") else None
    at = parse_instant(item["at"])
    return Held(item["award"], item["points"], at, record, item.get("period", ""), item.get("reason", ""))


def record_key(tenant: str, text: str) -> RecordKey:
    """The key of `connection:type:id`."""
    connection, kind, id_ = text.split(":", 2)
    return RecordKey(tenant, connection, kind, id_)
