"""The board: who has earned how many points this month, and what was won just now; read a moment behind, decided on never."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accolade.analytics.cube import Cube, newest
from accolade.model.ledger import Entry, EntryKind
from accolade.model.participants import Participant
from accolade.store.months import Months

FRESH = 5.0
"""Seconds for which a board is not read again, however many look at it."""

OVERLAP = timedelta(minutes=2)
"""An index shows what was posted a moment later, and not always in order: so much is read again."""

JUST_NOW = timedelta(minutes=3)
"""How long a win is news."""

PEOPLE_FOR = 60.0
"""Seconds for which names are not read again."""


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody's place: equal points share a rank."""

    rank: int
    person: Participant
    points: int
    awards: int


@dataclass(frozen=True, slots=True)
class Win:
    """An award of just now; `title` by language comes from the program."""

    id: str
    person: Participant
    points: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Board:
    """A month's places, best first, and the wins of just now, newest first."""

    month: str
    rows: tuple[Row, ...]
    wins: tuple[Win, ...]


@dataclass
class _Kept:
    """What was folded of a month, up to when."""

    cube: Cube
    upto: datetime | None = None
    read: float = float("-inf")
    latest: list[Entry] = field(default_factory=list)


@dataclass
class Boards:
    """Boards of any tenant, folded on as entries come. `people` lists a tenant's; `monotonic` is a clock in seconds."""

    months: Months
    people: Callable[[str], Iterable[Participant]]
    monotonic: Callable[[], float]
    _kept: dict[tuple[str, str], _Kept] = field(default_factory=dict)
    _people: dict[str, tuple[float, dict[str, Participant]]] = field(default_factory=dict)

    def board(self, tenant: str, *, team: str = "", now: datetime) -> Board:
        """The board of this month (UTC) for a team, or for the whole company."""
        month = f"{now:%Y-%m}"
        kept = self._folded(tenant, month, now)
        people = {number: it for number, it in self._known(tenant).items() if it.active and team in ("", it.team)}
        points = kept.cube.sums(lambda cell: cell.participant if cell.participant in people else None)
        awards = kept.cube.sums(lambda cell: cell.participant, EntryKind.ACCRUAL)
        sums = {number: (awards.get(number, (0, 0))[0], it) for number, (_, it) in points.items()}
        wins = newest(kept.latest, since=now - JUST_NOW)
        shown = [
            Win(it.id, people[it.cause.participant], sum(part.amount for part in it.transfers), it)
            for it in sorted(wins, key=lambda entry: entry.posted_at, reverse=True)
            if it.cause.participant in people
        ]
        return Board(month, tuple(_ranked(people, sums)), tuple(shown))

    def _folded(self, tenant: str, month: str, now: datetime) -> _Kept:
        self._kept = {place: it for place, it in self._kept.items() if place[1] == month}
        kept = self._kept.setdefault((tenant, month), _Kept(Cube("UTC")))
        if self.monotonic() - kept.read >= FRESH:
            new = kept.cube.add(self.months.entries(tenant, month, after=kept.upto))
            kept.latest = [it for it in [*kept.latest, *new] if it.posted_at >= now - JUST_NOW]
            kept.upto, kept.read = now - OVERLAP, self.monotonic()
        return kept

    def _known(self, tenant: str) -> dict[str, Participant]:
        at, people = self._people.get(tenant, (float("-inf"), {}))
        if self.monotonic() - at >= PEOPLE_FOR:
            people = {it.number: it for it in self.people(tenant)}
            self._people[tenant] = (self.monotonic(), people)
        return people


def _ranked(people: dict[str, Participant], sums: dict[str, tuple[int, int]]) -> Iterable[Row]:
    order = sorted(((points, count, number) for number, (count, points) in sums.items() if points > 0), key=_place(people))
    rank = 0
    for place, (points, count, number) in enumerate(order, 1):
        if place == 1 or points != order[place - 2][0]:
            rank = place
        yield Row(rank, people[number], points, count)


def _place(people: dict[str, Participant]) -> Callable[[tuple[int, int, str]], tuple[int, str, str]]:
    return lambda it: (-it[0], people[it[2]].name.casefold(), it[2])
