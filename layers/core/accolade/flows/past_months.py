"""Months that are over: entries are never changed, so a process reads and counts each of them once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from accolade.analytics.cube import Cube
from accolade.store.months import Months

LATE = timedelta(hours=1)
"""So long after its end an entry of a month may still be on its way into the index."""

MOST_CELLS = 60_000
"""Cells that are kept in memory, of all companies together; the month that was counted longest ago goes first."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A month: its cells and records, and how many entries it has."""

    cube: Cube
    entries: int


@dataclass(frozen=True, slots=True)
class PastMonths:
    """Counts months of any tenant."""

    months: Months
    _kept: dict[tuple[str, str], Counted] = field(default_factory=dict)

    def count(self, tenant: str, month: str, *, most: int, now: datetime | None) -> Counted:
        """A month (`2026-11`), of at most `most` entries: where there are more, `entries` says so. Without `now` it is read
        anew."""
        known = self._kept.get((tenant, month))
        if known is not None and now is not None:
            return known
        entries = list(islice(self.months.entries(tenant, month), most + 1))
        cube = Cube("UTC")
        cube.add(entries[:most])
        found = Counted(cube, len(entries))
        if len(entries) <= most and now is not None and over(month, now):
            cube.seen.clear()
            self._keep((tenant, month), found)
        return found

    def _keep(self, place: tuple[str, str], counted: Counted) -> None:
        self._kept[place] = counted
        while len(self._kept) > 1 and _size(self._kept.values()) > MOST_CELLS:
            del self._kept[next(iter(self._kept))]


def over(month: str, now: datetime) -> bool:
    """Whether nothing is posted in a month (of UTC) any more, nor on its way."""
    return f"{(now - LATE).astimezone(UTC):%Y-%m}" > month


def _size(months: Iterable[Counted]) -> int:
    return sum(len(it.cube.cells) + len(it.cube.records) + 1 for it in months)
