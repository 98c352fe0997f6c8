"""What each of the staff corrected alone in the newest days: one item a person, written in the transaction of the correction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from accolade.store import keys
from accolade.store.database import Database, Item, put_if

DAYS = 30
"""How long a correction counts. Whole days (UTC): the day itself and so many before it."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What somebody corrected alone: points by day (ISO), given and taken added up. `revision` counts its writes."""

    tenant: str
    who: str
    days: Mapping[str, int] = field(default_factory=dict)
    revision: int = 0

    def points(self, now: datetime) -> int:
        """All of it that still counts."""
        first = _first(now).isoformat()
        return sum(points for day, points in self.days.items() if day >= first)


class Corrections:
    """Reads and counts. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, tenant: str, who: str) -> Corrected:
        """What somebody corrected alone, read consistently; large and small letters are the same name."""
        who = who.strip().casefold()
        item = self._db.get(self._db.state, (keys.corrected(tenant), who))
        return Corrected(tenant, who, dict(item["days"]), item["revision"]) if item else Corrected(tenant, who)

    def write(self, before: Corrected, points: int, *, now: datetime) -> Item:
        """The operation that counts a correction of so many points (given or taken), for the transaction that posts it: valid
        only while nothing else has been counted, so that two at once are seen one after the other."""
        today, first = now.date().isoformat(), _first(now).isoformat()
        days = {day: had for day, had in before.days.items() if day >= first}
        days[today] = days.get(today, 0) + abs(points)
        ttl = int((now + timedelta(days=2 * DAYS)).timestamp())
        item = {"pk": keys.corrected(before.tenant), "sk": before.who, "days": days, "revision": before.revision + 1, "ttl": ttl}
        if not before.revision:
            return put_if(self._db.state, item, "attribute_not_exists(#pk)", names={"#pk": "pk"})
        names, values = {"#revision": "revision"}, {":revision": before.revision}
        return put_if(self._db.state, item, "#revision = :revision", names=names, values=values)


def _first(now: datetime) -> date:
    return now.date() - timedelta(days=DAYS)
