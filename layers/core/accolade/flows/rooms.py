"""Rooms: whether a program's budget and the shares of it have anything left for somebody whose awards wait."""

from dataclasses import dataclass, field

from accolade.model.connections import Connection
from accolade.programs.periods import BEGINNING
from accolade.programs.rulebook import Rulebook
from accolade.situation import Situation
from accolade.store.decisions import Decisions
from accolade.wallet.shares import COMPANY, program_of


@dataclass(slots=True)
class Rooms:
    """Of one program. Budgets are read at once, and again after `moved`; people one by one, if a share asks for them."""

    decisions: Decisions
    book: Rulebook
    tenant: str
    program: str
    _known: Situation = field(init=False)
    _read: bool = False

    def __post_init__(self) -> None:
        self._known = Situation(self.book, Connection("", self.tenant, "", "", BEGINNING, BEGINNING))

    def left_for(self, number: str) -> bool:
        """Whether an award to that participant could be paid at all."""
        return all(room is None or room > 0 for room in map(self._known.room, self.on_the_way(number)))

    def on_the_way(self, number: str) -> tuple[str, ...]:
        """The budgets that an award to that participant is taken from: the program's, and its shares."""
        shares = [it for it in self.book.shares if it == COMPANY or program_of(it) == self.program]
        if not self._read:
            self._known.budgets = self.decisions.people(self.tenant, (), (), [self.program, *shares])[3]
            self._read = True
        if any(it != COMPANY for it in shares) and number not in self._known.participants:
            self._known.participants |= self.decisions.people(self.tenant, [number], (), ())[0]
        return self.program, *self._known.shares(self.program, number)

    def moved(self) -> None:
        """Something was taken: read again what is left."""
        self._read = False
