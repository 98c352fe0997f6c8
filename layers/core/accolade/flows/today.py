"""Today: whether rewards flow, by the hour, from the ledger's month index and what people are owed, within bounds."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from accolade.model.ledger import Entry, EntryKind
from accolade.store.deliveries import Deliveries
from accolade.store.months import Months

HOURS = 24
ENTRIES = 2_500
"""Entries, and messages, that are read of each shard at once; where there are more, the answer says that it is cut."""

LATE = timedelta(minutes=20)
"""What a worker decides bears the time at which it began, and it may take a quarter of an hour: so much is read again."""

TENANTS = 8
"""Companies whose last hours are kept in a process's memory."""


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


@dataclass
class _Kept:
    """What was read of a company, up to when: entry -> (hour, record, whether it is an award), message -> hour; `cut`: when there
    was more than was read."""

    upto: datetime
    entries: dict[str, tuple[datetime, str, bool]] = field(default_factory=dict)
    owed: dict[str, datetime] = field(default_factory=dict)
    cut: datetime | None = None

    def forget(self, before: datetime) -> None:
        """Leave out what is older."""
        self.entries = {id_: it for id_, it in self.entries.items() if it[0] >= before}
        self.owed = {id_: hour for id_, hour in self.owed.items() if hour >= before}
        self.cut = self.cut if self.cut and self.cut >= before else None


@dataclass
class Flowing:
    """Reads for any tenant. Entries are never changed, nor is when a message became owed: what was read is kept, and only what
    came since is read, and a while before it."""

    months: Months
    deliveries: Deliveries
    _kept: dict[str, _Kept] = field(default_factory=dict)

    def flow(self, tenant: str, *, now: datetime) -> Flow:
        """The last 24 hours: a query of each shard of a month and of a day; of two, where the last ones reach back so far."""
        end = now.astimezone(UTC)
        begins = [_hour(end) - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]
        kept = self._folded(tenant, begins[0], end)
        records = Counter(hour for hour, record in {(hour, record) for hour, record, _ in kept.entries.values() if record})
        awards = Counter(hour for hour, _, award in kept.entries.values() if award)
        messages = Counter(kept.owed.values())
        return Flow([Hour(it, records[it], awards[it], messages[it]) for it in begins], kept.cut is not None)

    def _folded(self, tenant: str, first: datetime, now: datetime) -> _Kept:
        kept = self._kept.pop(tenant, None)
        if kept is None or kept.upto > now:
            kept = _Kept(first)
        since = max(first, kept.upto - LATE)
        entries = {it.id: it for it in self._entries(tenant, since=since, until=now)}
        owed = dict(self.deliveries.owed_since(tenant, since, now, limit=ENTRIES))
        kept.entries |= {
            id_: (_hour(it.posted_at), it.cause.record or "", it.kind is EntryKind.ACCRUAL) for id_, it in entries.items()
        }
        kept.owed |= {id_: _hour(at) for id_, at in owed.items()}
        kept.upto, kept.cut = now, now if max(len(entries), len(owed)) >= ENTRIES else kept.cut
        kept.forget(first)
        self._kept[tenant] = kept
        while len(self._kept) > TENANTS:
            del self._kept[next(iter(self._kept))]
        return kept

    def _entries(self, tenant: str, *, since: datetime, until: datetime) -> Iterator[Entry]:
        for name in dict.fromkeys((f"{since:%Y-%m}", f"{until:%Y-%m}")):
            yield from self.months.entries(tenant, name, after=since, limit=ENTRIES)


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
