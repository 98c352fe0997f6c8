"""What many awards come to, added one after another: by person, milestone, day, month and quarter."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from accolade.flows.simulation.outcome import Spell, percentile

_Cell = list[int]
"""Awards and points."""


class Sums:
    """Memory grows with people, milestones, and months, not with awards."""

    def __init__(self) -> None:
        self._days: defaultdict[int, int] = defaultdict(int)
        self._months: defaultdict[int, defaultdict[str, _Cell]] = defaultdict(_cells)
        self._milestones: defaultdict[str, defaultdict[str, _Cell]] = defaultdict(_cells)
        self._known: dict[int, defaultdict[str, _Cell]] = {}

    def add(self, moves: Iterable[tuple[int, str, str, int, int]]) -> None:
        """Changes of awards: day (a date's ordinal), participant, milestone, awards and points more than before."""
        days, milestones, known = self._days, self._milestones, self._known
        for day, participant, milestone, awards, points in moves:
            days[day] += points
            month = known.get(day)
            if month is None:
                month = known[day] = self._months[_month(day)]
            for cell in (month[participant], milestones[milestone][participant]):
                cell[0] += awards
                cell[1] += points

    def people(self) -> dict[str, tuple[int, int]]:
        """Participant -> (awards, points)."""
        return {number: (awards, points) for number, (awards, points) in _added(self._milestones.values()).items()}

    def milestones(self) -> dict[str, tuple[int, int, int]]:
        """Milestone -> (awards, points, people who got any)."""
        return {
            milestone: (
                sum(awards for awards, _ in cells.values()),
                sum(points for _, points in cells.values()),
                sum(points > 0 for _, points in cells.values()),
            )
            for milestone, cells in self._milestones.items()
        }

    def days(self) -> list[tuple[date, int]]:
        """Net points by event date, in order."""
        return [(date.fromordinal(day), points) for day, points in sorted(self._days.items()) if points]

    def spells(self) -> tuple[Spell, ...]:
        """The months, then the quarters in which anything was paid."""
        return (*self._spells("month", 1), *self._spells("quarter", 3))

    def _spells(self, kind: str, months: int) -> Iterator[Spell]:
        found: defaultdict[int, list[Mapping[str, _Cell]]] = defaultdict(list)
        for month, cells in self._months.items():
            found[month // months].append(cells)
        for number in sorted(found):
            yield _spell(_label(number * months, months), kind, _added(found[number]))


def _cells() -> defaultdict[str, _Cell]:
    return defaultdict(lambda: [0, 0])


def _added(parts: Iterable[Mapping[str, _Cell]]) -> dict[str, _Cell]:
    found: dict[str, _Cell] = {}
    for cells in parts:
        for name, (awards, points) in cells.items():
            known = found.setdefault(name, [0, 0])
            known[0] += awards
            known[1] += points
    return found


def _spell(label: str, kind: str, cells: Mapping[str, _Cell]) -> Spell:
    winners = sorted(points for _, points in cells.values() if points > 0)
    awards, total = sum(awards for awards, _ in cells.values()), sum(points for _, points in cells.values())
    got = winners or [0]
    return Spell(label, kind, awards, total, len(winners), percentile(got, 50), percentile(got, 95))


def _month(day: int) -> int:
    """Months since the year 0."""
    on = date.fromordinal(day)
    return on.year * 12 + on.month - 1


def _label(month: int, months: int) -> str:
    year, number = divmod(month, 12)
    return f"{year}-{number + 1:02d}" if months == 1 else f"{year}Q{number // 3 + 1}"
