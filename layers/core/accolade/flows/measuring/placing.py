"""Boards: the best of a period, placed by the same rule as a program's ranks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from accolade.kpis import Kpi, Tally
from accolade.programs.periods import calendar
from accolade.programs.ranking import ranking
from accolade.programs.rules import KpiUse, Milestone, Points
from accolade.programs.terms import Rank


@dataclass(frozen=True, slots=True)
class Board:
    """The first `top`; equal values are told apart by `ties` in order (a KPI's name, `earlier`, `name`), `breakers` being the
    KPIs named there."""

    top: int
    ties: tuple[str, ...] = ("name",)
    breakers: tuple[Kpi, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Place:
    """`position` 1, 2, 3, ... after ties are broken; `rank` is 1 + the number of those with a better value."""

    subject: str
    position: int
    rank: int


def placed(kpi: Kpi, board: Board, tallies: Mapping[str, Tally], others: Mapping[str, Mapping[str, Tally]]) -> Iterator[Place]:
    """The first `top`, best first."""
    names = {subject: subject for subject in tallies}
    shared = {it.participant: it.position for it in ranking(_milestone(kpi, Board(len(names), ("share",))), tallies, names)}
    for place in ranking(_milestone(kpi, board), tallies, names, others)[: board.top]:
        yield Place(place.participant, place.position, shared[place.participant])


def _milestone(kpi: Kpi, board: Board) -> Milestone:
    everything = calendar("lifetime")
    return Milestone(
        program="",
        version=1,
        id="board",
        title={},
        kind="rank",
        record=kpi.record,
        points=Points(),
        kpi=KpiUse(kpi.name, kpi.name, kpi, everything),
        calendar=everything,
        rank=Rank(board.top, ties=board.ties),
        tie_uses=tuple(KpiUse(it.name, it.name, it, everything) for it in board.breakers),
    )
