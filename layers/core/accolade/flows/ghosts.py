"""What a ghost would give, beside what the live version gives: award by award, as both stand in production."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from accolade.model.ledger import Standing
from accolade.model.records import Holding, Record
from accolade.programs.rules import Program
from accolade.programs.states import GHOST


@dataclass(frozen=True, slots=True)
class Compared:
    """Points of one participant by one milestone: held under the live version, and what the ghost would have given."""

    milestone: str
    participant: str
    live: int = 0
    ghost: int = 0

    @property
    def change(self) -> int:
        """What the ghost would give more (or less)."""
        return self.ghost - self.live


def compared(ghost: Program, *, standings: Iterable[Standing], records: Iterable[Record]) -> list[Compared]:
    """Everything that a program and its ghost hold, by milestone and participant number; both sides 0 are left out.

    Of the ghost only what its milestones hold: what an earlier ghost with others remembered is none of its.
    """
    found: dict[tuple[str, str], list[int]] = {}
    mine = {milestone.id for milestone in ghost.milestones}
    for awards in (*(it.awards for it in standings), *(it.awards for it in records)):
        for key, holding in awards.items():
            _count(ghost.id, key, holding, mine, found)
    rows = [Compared(milestone, person, *points) for (milestone, person), points in sorted(found.items())]
    return [row for row in rows if row.live or row.ghost]


def totals(rows: Iterable[Compared], by: Callable[[Compared], str]) -> Mapping[str, tuple[int, int]]:
    """(live, ghost) points by milestone, or by participant: largest change first."""
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        live, ghost = sums.get(by(row), (0, 0))
        sums[by(row)] = (live + row.live, ghost + row.ghost)
    return dict(sorted(sums.items(), key=lambda it: (-abs(it[1][1] - it[1][0]), it[0])))


def _count(program: str, key: str, holding: Holding, mine: set[str], found: dict[tuple[str, str], list[int]]) -> None:
    id_, milestone, participant, _ = key.split("/", 3)
    if id_ not in (program, program + GHOST):
        return
    points = found.setdefault((milestone, participant), [0, 0])
    if id_ == program:
        points[0] += holding.held
    elif milestone in mine:
        points[1] += holding.shadow
