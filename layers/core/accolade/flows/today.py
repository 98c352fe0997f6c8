"""Today: whether rewards flow, by the hour, from the ledger's month index and what people are owed, within bounds."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accolade.model.ledger import Entry, EntryKind
from accolade.store.deliveries import Deliveries
from accolade.store.months import Months

HOURS = 24
ENTRIES = 2_500
"""Entries, and messages, that are read of each shard; where there are more, the answer says that it is cut."""


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour (its beginning): records that moved points, awards, and messages that became owed."""

    begins: datetime
    records: int
    awards: int
    messages: int


@dataclass(frozen=True, slots=True)
class Flow:
    """The last hours, oldest first. `cut`: there was more than was read."""

    hours: Sequence[Hour]
    cut: bool


def flowing(tenant: str, months: Months, deliveries: Deliveries, *, now: datetime) -> Flow:
    """The last 24 hours: at most two queries of four shards each for entries, and as many for messages."""
    end = now.astimezone(UTC)
    begins = [_hour(end) - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]
    records: dict[datetime, set[str]] = {}
    awards: Counter[datetime] = Counter()
    read = 0
    for entry in _entries(tenant, months, since=begins[0], until=end):
        read += 1
        if entry.cause.record:
            records.setdefault(_hour(entry.posted_at), set()).add(entry.cause.record)
        awards[_hour(entry.posted_at)] += entry.kind is EntryKind.ACCRUAL
    messages = Counter(map(_hour, deliveries.owed_since(tenant, begins[0], end, limit=ENTRIES)))
    found = [Hour(it, len(records.get(it, ())), awards[it], messages[it]) for it in begins]
    return Flow(found, max(read, messages.total()) >= ENTRIES)


def _entries(tenant: str, months: Months, *, since: datetime, until: datetime) -> Iterator[Entry]:
    names = dict.fromkeys((f"{since:%Y-%m}", f"{until:%Y-%m}"))
    for name in names:
        yield from months.entries(tenant, name, after=since, limit=ENTRIES)


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
