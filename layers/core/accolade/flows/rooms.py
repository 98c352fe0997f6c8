"""Rooms: whether a program's budget and the shares of it have anything left for somebody whose awards wait."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from accolade.awarding import step_of
from accolade.model.connections import Connection
from accolade.programs.periods import BEGINNING, parse_period
from accolade.programs.rulebook import Rulebook
from accolade.situation import Situation
from accolade.store.decisions import Decisions
from accolade.store.outstanding import ParkedAward
from accolade.wallet.awards import least_of
from accolade.wallet.shares import COMPANY, program_of


@dataclass(slots=True)
class Rooms:
    """Of one program. Budgets are read at once, and again after `moved`; people once, if a share asks for them."""

    decisions: Decisions
    book: Rulebook
    tenant: str
    program: str
    _known: Situation = field(init=False)
    _met: set[str] = field(default_factory=set)
    _read: bool = False

    def __post_init__(self) -> None:
        self._known = Situation(self.book, Connection("", self.tenant, "", "", BEGINNING, BEGINNING))

    def left_for(self, numbers: Collection[str]) -> set[str]:
        """Those of these participants on whose way anything is left at all."""
        if not self._has(1, [self.program, *({COMPANY} & self.book.shares)]):
            return set()
        self.meet(numbers)
        return {it for it in numbers if self._has(1, self.on_the_way(it))}

    def fits(self, it: ParkedAward) -> bool:
        """Whether the least that can be posted of an award has room everywhere on its way."""
        return self._has(self._least(it), self.on_the_way(it.participant))

    def on_the_way(self, number: str) -> tuple[str, ...]:
        """The budgets that an award to that participant is taken from: the program's, and its shares."""
        self.meet([number])
        return self.program, *self._known.shares(self.program, number)

    def meet(self, numbers: Iterable[str]) -> None:
        """Read at once who these participants are, as far as a share asks for it."""
        new = {*numbers} - self._met
        if new and any(it != COMPANY for it in self._shares()):
            self._known.participants |= self.decisions.people(self.tenant, new, (), ())[0]
        self._met |= new

    def moved(self) -> None:
        """Something was taken: read again what is left."""
        self._read = False

    def _has(self, points: int, nodes: Iterable[str]) -> bool:
        if not self._read:
            self._known.budgets = self.decisions.budgets(self.tenant, [self.program, *self._shares()])
            self._read = True
        return all(room is None or room >= points for room in map(self._known.room, nodes))

    def _shares(self) -> list[str]:
        return [it for it in self.book.shares if it == COMPANY or program_of(it) == self.program]

    def _least(self, it: ParkedAward) -> int:
        id_ = it.award.split("/")[1]
        judging = self.book.milestones_in(parse_period(it.period)) if it.period else ()
        found = next((one for one in judging if (one.program, one.id) == (self.program, id_)), None)
        milestone = found or self.book.versions(self.program)[-1].milestone(id_)
        return least_of(it.points, step_of(milestone, it.period, it.points))
