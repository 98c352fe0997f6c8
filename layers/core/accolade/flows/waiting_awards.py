"""Awards that wait, for budget or for a person, with everything that posting them asks for, read as it is now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from accolade import crm
from accolade import standings as stand
from accolade.decide import pending, project
from accolade.flows.situations import Situations
from accolade.model.connections import Connection
from accolade.model.ledger import Standing
from accolade.model.reading import business_date, closing
from accolade.model.records import Holding, Record, RecordKey
from accolade.model.times import from_millis, to_millis
from accolade.programs.periods import BEGINNING, bounds, parse_period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone
from accolade.situation import Pending, Situation
from accolade.store.connections import Connections
from accolade.store.decisions import Decisions


@dataclass(frozen=True, slots=True)
class Waiting:
    """An award ready to be posted: `holder` is the record or the standing that carries it, `at` when it was earned."""

    award: Pending
    holder: Record | Standing
    situation: Situation
    connection: Connection
    at: datetime


@dataclass(frozen=True, slots=True)
class WaitingAwards:
    """Reads for awards of any tenant; they are posted under the rules as they are now, holds and caps included."""

    connections: Connections
    decisions: Decisions
    rulebook_of: Callable[[str], Rulebook]

    def load(
        self, tenant: str, award: str, *, record: RecordKey | None, period: str, now: datetime, at: datetime | None = None
    ) -> Waiting:
        """An award by its key and where it is held; `at` as far as it is known. Busy: Retry."""
        if record is not None:
            return self._of_record(tenant, award, record, at)
        return self._of_period(tenant, award, period, at or min(now, bounds(parse_period(period))[1]))

    def _of_record(self, tenant: str, award: str, key: RecordKey, at: datetime | None) -> Waiting:
        book, connection = self.rulebook_of(tenant), self._connection(tenant, key)
        record = self.decisions.records([key])[key]
        situation = Situations(connection, book, self.decisions).load([record], [record])
        holding = record.awards.get(award, Holding())
        want = project(record, record, situation).wanted.get(award)
        it = pending(award, holding, 0, book, milestone=want.milestone if want else _milestone(award, record, book))
        if want is not None:
            it.award = replace(it.award, due=want.due, open_gate=want.gate, nodes=want.nodes)
            it.until = want.until
        ended = closing(record)
        earned = at or from_millis(ended.at if ended else record.version)
        return Waiting(it, record, situation, connection, earned)

    def _of_period(self, tenant: str, award: str, period: str, at: datetime) -> Waiting:
        book, number, program = self.rulebook_of(tenant), award.split("/")[2], award.split("/")[0]
        people, wallets, standings, budgets = self.decisions.people(tenant, [number], [(number, period)], [program])
        connection = Connection("", tenant, "", "", BEGINNING, BEGINNING)
        situation = Situation(book, connection, {}, people, wallets, standings, budgets)
        standing = standings[number, period]
        milestone = _milestone(award, standing, book)
        it = pending(award, standing.awards.get(award, Holding()), 0, book, milestone=milestone, period=period)
        nodes = situation.shares(program, number)
        if milestone is not None:
            earned = to_millis(at)
            day = stand.earned_on(milestone, book, period, earned)
            caps = stand.group_nodes(milestone, book, standing, situation, day)
            it.award = replace(it.award, due=stand.vesting(milestone, earned), nodes=caps)
            nodes += caps
        if nodes:
            situation.budgets |= self.decisions.budgets(tenant, nodes)
        return Waiting(it, standing, situation, connection, at)

    def _connection(self, tenant: str, key: RecordKey) -> Connection:
        """The connection of the record; a nameless one of the tenant, should it be gone."""
        found = self.connections.of(tenant, key.connection)
        if found is None:
            return Connection("", tenant, "", "", BEGINNING, BEGINNING)
        return replace(found, maps=crm.maps_of(found))


def _milestone(award: str, holder: Record | Standing, book: Rulebook) -> Milestone | None:
    """The milestone under the version that judges the award's record or period."""
    program, milestone = award.split("/")[:2]
    if isinstance(holder, Record):
        on = business_date(holder)
        candidates = book.record_milestones(holder.key.type, on) if on else ()
    else:
        candidates = book.milestones_in(parse_period(holder.period))
    return next((it for it in candidates if (it.program, it.id) == (program, milestone)), None)
