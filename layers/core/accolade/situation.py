"""What a decision reads and gives: the situation before, the projection of a record, the decision after."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from accolade.model.connections import Connection
from accolade.model.deliveries import Delivery
from accolade.model.ledger import Budget, Entry, Standing, Wallet
from accolade.model.participants import Participant
from accolade.model.reading import Closing
from accolade.model.records import Holding, Record
from accolade.model.times import Millis
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone
from accolade.wallet.books import Award


@dataclass(slots=True)
class Situation:
    """Everything a decision reads, loaded beforehand, and moved on by `apply` from decision to decision.

    `owners`: CRM user id -> participant number; `budgets` hold only the programs that have one.
    """

    rulebook: Rulebook
    connection: Connection
    owners: dict[str, str] = field(default_factory=dict)
    participants: dict[str, Participant] = field(default_factory=dict)
    wallets: dict[str, Wallet] = field(default_factory=dict)
    standings: dict[tuple[str, str], Standing] = field(default_factory=dict)
    budgets: dict[str, Budget] = field(default_factory=dict)

    def room(self, program: str) -> int | None:
        """Points that the program's budget has left; None if it has none."""
        budget = self.budgets.get(program)
        return None if budget is None or budget.limit is None else budget.limit - budget.spent

    def apply(self, decision: "Decision") -> None:
        """Go on from what was decided, as the next decision of the batch has to."""
        self.wallets.update(decision.wallets)
        self.standings.update(decision.standings)
        for program, points in decision.budget.items():
            if program in self.budgets:
                self.budgets[program] = replace(self.budgets[program], spent=self.budgets[program].spent + points)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record milestone that holds: how many points it is worth, and to whom."""

    milestone: Milestone
    participant: str
    points: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What no rule can decide and a person must: parked with its reason."""

    program: str
    milestone: str
    reason: str


@dataclass(frozen=True, slots=True)
class Projection:
    """The record before and after, and what it is worth now: contributions in `record`, record awards in `wanted`.

    `changed_at` is the version time of the change; `again`: no fact came, the record is judged once more as it stands.
    """

    before: Record
    record: Record
    closing: Closing | None
    wanted: Mapping[str, Wanted]
    problems: tuple[Problem, ...]
    changed_at: Millis
    notification_ids: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Parking:
    """An award whose points wait for budget; `points` 0: it waits no longer. `at` orders the waiting (event time)."""

    key: str
    points: int
    at: datetime
    record: str | None
    period: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be committed at once: states after, entries, messages owed, and what waits."""

    before: Record | None
    record: Record | None
    wallets: Mapping[str, Wallet]
    standings: Mapping[tuple[str, str], Standing]
    entries: tuple[Entry, ...]
    deliveries: tuple[Delivery, ...]
    budget: Mapping[str, int]
    parkings: tuple[Parking, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Pending:
    """An award on its way through a decision: `entries` and `after` are filled in when it is settled."""

    award: Award
    milestone: Milestone | None
    period: str
    entries: tuple[Entry, ...] = ()
    after: Holding = field(default_factory=Holding)
