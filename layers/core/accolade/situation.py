"""What a decision reads and gives: the situation before, the projection of a record, the decision after."""

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from accolade.kpis.port import Fact
from accolade.model.connections import Connection
from accolade.model.deliveries import Delivery
from accolade.model.ledger import Budget, Entry, Standing, Wallet
from accolade.model.participants import Participant
from accolade.model.quick import quick
from accolade.model.reading import Closing
from accolade.model.records import Holding, Record, RecordKey
from accolade.model.sales import Sale
from accolade.model.times import Millis
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone
from accolade.programs.states import GHOST
from accolade.programs.trail import grown
from accolade.wallet.awards import VESTED
from accolade.wallet.books import Award
from accolade.wallet.shares import is_share, on_the_way

FactKey = tuple[str, str, str]
"""(participant, period id, KPI id)."""


class FactsRead(dict["FactKey", "FactSet"]):
    """The facts that were read for a decision: asking for others is a mistake of ours, and never taken for none at all."""

    def get(self, key: "FactKey", default: "FactSet | None" = None) -> "FactSet":  # type: ignore[override] # there is no default
        """The facts of that key; LookupError if they were not read."""
        if key not in self:
            raise LookupError(f"the facts of {'/'.join(key)} were not read for this decision")
        return self[key]


@dataclass(frozen=True, slots=True)
class AccountSales:
    """The sales of one account by deal id; `revision` moves with each change of them."""

    revision: int = 0
    sales: Mapping[str, Sale] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SaleMoves:
    """What a decision about a deal saw and moved among the sales of accounts: `gone` and `come` are (account, sale), `after`
    the sales of those that moved, `again` the other deals that are something else since, by their ids."""

    tenant: str
    connection: str
    accounts: tuple[str, ...]
    gone: tuple[str, Sale] | None
    come: tuple[str, Sale] | None
    after: Mapping[str, Mapping[str, Sale]]
    again: tuple[str, ...]


@dataclass(slots=True)
class Situation:
    """Everything a decision reads, loaded beforehand, and moved on by `apply` from decision to decision.

    `owners`: CRM user id -> participant number; `by_id`: import id -> number (managers); `teams`: team -> its members'
    numbers. `budgets`: of programs, shares of them, and nodes of group caps, as far as they keep count. `related`: records that
    the batch's records refer to. `facts`: those of folded KPIs by (participant, period, KPI id). `quotas`: by (subject, KPI
    name, period id), in the KPI's unit. `sales`: those of the accounts of the batch's deals, if rules ask for them.
    """

    rulebook: Rulebook
    connection: Connection
    owners: dict[str, str] = field(default_factory=dict)
    participants: dict[str, Participant] = field(default_factory=dict)
    wallets: dict[str, Wallet] = field(default_factory=dict)
    standings: dict[tuple[str, str], Standing] = field(default_factory=dict)
    budgets: dict[str, Budget] = field(default_factory=dict)
    related: dict[RecordKey, Record] = field(default_factory=dict)
    facts: dict[FactKey, "FactSet"] = field(default_factory=dict)
    quotas: dict[tuple[str, str, str], Fraction] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)
    teams: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sales: dict[str, AccountSales] = field(default_factory=dict)

    def room(self, program: str) -> int | None:
        """Points that the program's budget, a share, or the node of a group cap has left; None if there is no limit."""
        budget = self.budgets.get(program)
        if budget is None and "/" in program:
            return int(program.rpartition("=")[2])  # a cap that nobody has drawn on yet
        if budget is None and is_share(program):
            raise LookupError(f"{program} was not read for this decision")  # never taken for one without a limit
        return None if budget is None else budget.left

    def shares(self, program: str, number: str) -> tuple[str, ...]:
        """The shares of budgets that an award to somebody is taken from."""
        known = self.rulebook.shares
        return tuple(it for it in on_the_way(program, self.participants.get(number)) if it in known) if known else ()

    def apply(self, decision: "Decision") -> None:
        """Go on from what was decided, as the next decision of the batch has to."""
        self.wallets.update(decision.wallets)
        self.standings.update(decision.standings)
        self.facts.update(decision.facts)
        for account, sales in decision.sales.after.items() if decision.sales else ():
            self.sales[account] = replace(self.sales[account], sales=sales)
        for program, points in decision.budget.items():
            if program in self.budgets:
                self.budgets[program] = replace(self.budgets[program], spent=self.budgets[program].spent + points)
            elif "/" in program:
                self.budgets[program] = Budget("", program, limit=int(program.rpartition("=")[2]), spent=points)


@quick
@dataclass(frozen=True, slots=True)
class FactSet:
    """The facts of one folded KPI in a period: all of them, and those of them that are baseline, each in order."""

    every: tuple[Fact, ...] = ()
    baseline: tuple[Fact, ...] = ()

    def moved(self, sign: int, fact: Fact, *, baseline: bool) -> "FactSet":
        """The set with one fact more (1) or less (-1); one that is not there cannot be taken."""
        return FactSet(_moved(self.every, sign, fact), _moved(self.baseline, sign, fact) if baseline else self.baseline)


def _moved(facts: tuple[Fact, ...], sign: int, fact: Fact) -> tuple[Fact, ...]:
    if sign < 0:
        i = facts.index(fact) if fact in facts else len(facts)
        return facts[:i] + facts[i + 1 :]
    if not facts or _order(facts[-1]) <= _order(fact):
        return grown(facts, fact)
    ordered = list(facts)
    insort(ordered, fact, key=_order)
    return tuple(ordered)


def _order(fact: Fact) -> tuple[date, str, str]:
    """Event date, then record id in byte order (ids are ASCII), then what it is about."""
    return fact.on, fact.record, fact.about


@quick
@dataclass(frozen=True, slots=True)
class Wanted:
    """A record milestone that holds: how many points it is worth, and to whom.

    `due`: when they vest (epoch ms; 0: when the gate is kept; VESTED: at once), `gate` whether it is kept, `until`: when
    points whose gate was not kept go back (epoch ms, 0: never). `review`: why a person has to look first, empty if not.
    """

    milestone: Milestone
    participant: str
    points: int
    due: Millis = VESTED
    gate: bool = True
    until: Millis = 0
    review: str = ""
    nodes: tuple[str, ...] = ()

    @property
    def ghost(self) -> bool:
        """Whether it is only remembered."""
        return self.milestone.program.endswith(GHOST)


@dataclass(frozen=True, slots=True)
class Problem:
    """What no rule can decide and a person must: parked with its reason."""

    program: str
    milestone: str
    reason: str


@quick
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
    """An award whose points wait; `points` 0: they wait no longer.

    `why`: `budget` (`at` is the event time, which orders the waiting), `vest` (`at`: when to look again) or `approval`
    (`at`: since when).
    """

    key: str
    points: int
    at: datetime
    record: str | None
    period: str
    why: str = "budget"
    reason: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be committed at once: states after, entries, messages owed, and what waits.

    `settled`: the awards that moved. `late`: (period, participant) of standings that moved after their period's close.
    """

    before: Record | None
    record: Record | None
    wallets: Mapping[str, Wallet]
    standings: Mapping[tuple[str, str], Standing]
    entries: tuple[Entry, ...]
    deliveries: tuple[Delivery, ...]
    budget: Mapping[str, int]
    parkings: tuple[Parking, ...] = ()
    problems: tuple[Problem, ...] = ()
    facts: Mapping[FactKey, FactSet] = field(default_factory=dict)
    settled: "tuple[Pending, ...]" = ()
    late: tuple[tuple[str, str], ...] = ()
    sales: SaleMoves | None = None

    @property
    def writes(self) -> int:
        """At most how many items it is in a transaction, facts and sales apart."""
        moved = len(self.wallets) + len(self.standings) + len(self.budget) + len(self.entries)
        return 3 + moved + len(self.deliveries) + len(self.parkings) + len(self.late)


@dataclass(slots=True)
class Pending:
    """An award on its way through a decision: `entries` and `after` are filled in when it is settled.

    `level`: how often the milestone is reached; `review`: why a person has to look first; `until`: when what its gate
    holds back goes back (epoch ms, 0: never); `place`: in a rank, from 1.
    """

    award: Award
    milestone: Milestone | None
    period: str
    entries: tuple[Entry, ...] = ()
    after: Holding = field(default_factory=Holding)
    level: int = 0
    review: str = ""
    until: Millis = 0
    place: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What somebody should hold: `points`, how often the milestone is reached, and in a rank the `place` (from 1)."""

    points: int
    level: int = 1
    place: int = 0


@dataclass(frozen=True, slots=True)
class Closed:
    """A milestone judged over a period: results by participant (nobody with nothing), and what the first close fixed for
    those after it: the baselines that improvements were measured against, and the members that groups had (by
    `team:West`, `region:...`, `company:`)."""

    results: Mapping[str, Result] = field(default_factory=dict)
    baselines: Mapping[str, Fraction] = field(default_factory=dict)
    rosters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
