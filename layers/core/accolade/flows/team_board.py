"""The board of one's own team: who has earned how many points, and won how much, in the current periods."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from accolade.model.ledger import Entry, EntryKind, Standing
from accolade.model.participants import Participant
from accolade.programs.periods import Period, bounds, calendar
from accolade.programs.rulebook import Rulebook
from accolade.store.views import Views

FRESH = 20.0
"""Seconds for which a team's board is not read again."""

MOST = 60
"""People of a team who are ranked: the first by number. Each is one short read."""

MOST_ENTRIES = 400
"""Entries of a person that are looked at."""

_LENGTHS = {"week": 1, "month": 2, "quarter": 3, "year": 4}
_EARNED = (EntryKind.ACCRUAL, EntryKind.CLAWBACK)


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place: equal points share a rank. `wins`: None where no rule counts won deals in the period."""

    rank: int
    person: Participant
    points: int
    wins: int | None


@dataclass(frozen=True, slots=True)
class TeamBoard:
    """The places of a team in a period, best first; `cut`: the team has more people than are ranked."""

    period: Period
    places: tuple[Place, ...]
    cut: bool = False


@dataclass
class TeamBoards:
    """Boards of any team. `people` lists a tenant's participants, `rulebook` its programs; `monotonic` is a clock in seconds."""

    views: Views
    people: Callable[[str], Iterable[Participant]]
    rulebook: Callable[[str], Rulebook]
    monotonic: Callable[[], float]
    _kept: dict[tuple[str, str, str], tuple[float, object]] = field(default_factory=dict)

    def periods(self, tenant: str, zone: str, now: datetime) -> list[Period]:
        """The periods of today by which something is earned, the shortest first; this month if there is none."""
        book = self.rulebook(tenant)
        programs = [book.on(id_, now.date()) for id_ in book.program_ids()]
        cuts = {it.calendar for program in programs if program for it in program.milestones if it.calendar}
        found = {it.period_at(now).id: it.period_at(now) for it in cuts if it.kind in _LENGTHS}
        if not found:
            month = calendar("month", zone=zone).period_at(now)
            found = {month.id: month}
        return sorted(found.values(), key=lambda it: (_LENGTHS[it.kind], it.id))

    def board(self, person: Participant, period: Period) -> TeamBoard:
        """The board of a person's team; of them alone if they are in none."""
        return self._fresh(person, period.id, lambda: self._read(person, period))

    def last(self, person: Participant, period: Period) -> Period | None:
        """The last period before this one, of the same length, in which the team has points; None if nothing says so."""
        newest = self._fresh(person, f"before {period.id}", lambda: self._newest_of_all(person, period))
        found = period.calendar.period_at(newest) if newest else None
        return found if found and any(it.points for it in self.board(person, found).places) else None

    def _fresh[T](self, person: Participant, what: str, read: Callable[[], T]) -> T:
        """What was read for a person's team a moment ago, else as it is read now."""
        key = (person.tenant, person.team or f"#{person.number}", what)
        at, known = self._kept.get(key, (float("-inf"), None))
        if self.monotonic() - at >= FRESH:
            self._kept = {place: it for place, it in self._kept.items() if self.monotonic() - it[0] < FRESH}
            known = read()
            self._kept[key] = (self.monotonic(), known)
        return cast("T", known)

    def _newest_of_all(self, person: Participant, period: Period) -> datetime | None:
        """When the team last earned something before a period."""
        start, _ = bounds(period)
        return max((at for it in self._team(person)[:MOST] if (at := self._newest(it, start))), default=None)

    def _newest(self, person: Participant, before: datetime) -> datetime | None:
        """When somebody last earned something before then, as far as their newest entries say."""
        entries = self.views.entries(person.tenant, person.number, before=None, limit=MOST_ENTRIES)
        return max((it.at for it in entries if it.at < before and it.kind is EntryKind.ACCRUAL), default=None)

    def _team(self, person: Participant) -> list[Participant]:
        """Whoever is in somebody's team, they themselves first."""
        others = (it for it in self.people(person.tenant) if it.active and it.team == person.team and it.number != person.number)
        return [person, *(others if person.team else ())]

    def _read(self, person: Participant, period: Period) -> TeamBoard:
        team = self._team(person)
        shown = team[:MOST]
        kpis = {it.kpi.id for it in self.rulebook(person.tenant).milestones_in(period) if it.kpi and it.kpi.name == "won_count"}
        standings = self.views.standings_of(person.tenant, [it.number for it in shown], period.id)
        rows = [(self._points(it, period), _wins(standings, it.number, kpis), it) for it in shown]
        return TeamBoard(period, tuple(_ranked(rows)), len(team) > MOST)

    def _points(self, person: Participant, period: Period) -> int:
        start, end = bounds(period)
        entries = self.views.entries_since(person.tenant, person.number, start, limit=MOST_ENTRIES)
        return sum(earned(it) for it in entries if start <= it.at < end)


def earned(entry: Entry) -> int:
    """What an entry gave by a rule, or took back, signed; 0 for whatever was spent or corrected."""
    if entry.kind not in _EARNED:
        return 0
    return sum(it.amount * (it.source.startswith("program:") - it.target.startswith("program:")) for it in entry.transfers)


def _wins(standings: Mapping[str, Standing], number: str, kpis: set[str]) -> int | None:
    if not kpis:
        return None
    parts = standings[number].parts if number in standings else {}
    return max((parts.get(id_, {}).get("won", 0) for id_ in kpis), default=0)


def _ranked(rows: Sequence[tuple[int, int | None, Participant]]) -> Iterable[Place]:
    ordered = sorted(rows, key=lambda row: (-row[0], -(row[1] or 0), row[2].name.casefold(), row[2].number))
    rank = 0
    for place, (points, wins, person) in enumerate(ordered, 1):
        if place == 1 or points != ordered[place - 2][0]:
            rank = place
        yield Place(rank, person, points, wins)
