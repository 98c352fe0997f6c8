"""Situations: everything that deciding, or explaining, some records may ask for, read from the tables at once."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from accolade.decide import project
from accolade.model.connections import Connection
from accolade.model.records import Record
from accolade.model.times import Millis
from accolade.programs.periods import parse_period
from accolade.programs.rulebook import Rulebook
from accolade.seeing import references
from accolade.selling import accounts_of
from accolade.situation import FactKey, FactsRead, Situation
from accolade.standings import caps_groups, earned_on, group_nodes
from accolade.store.decisions import Decisions
from accolade.worth import users_of


@dataclass(frozen=True, slots=True)
class Situations:
    """Reads for records of one connection, judged by one rulebook."""

    connection: Connection
    rulebook: Rulebook
    decisions: Decisions

    def load(self, stored: Collection[Record], versions: Sequence[Record]) -> Situation:
        """First who and what, then their standings, facts and budgets. `stored`: the records as they stand; `versions`: these
        and what they may become."""
        situation = self._known(versions)
        worths = [project(version, version, situation) for version in versions]
        contributions = [it for record in stored for it in record.contributions]
        contributions += [it for worth in worths for it in worth.record.contributions]
        awards = {key: it.nodes for record in stored for key, it in record.awards.items()}
        awards |= {key: it.nodes for worth in worths for key, it in worth.wanted.items()}
        numbers = {*situation.owners.values(), *(it.participant for it in contributions)}
        numbers |= {key.split("/")[2] for key in awards}
        nodes = {node for drawn in awards.values() for node in drawn}
        nodes |= {node for record in stored for it in record.awards.values() for node in it.nodes}
        places = {(it.participant, it.period) for it in contributions}
        tenant = self.connection.tenant
        people, wallets, standings, budgets = self.decisions.people(
            tenant, numbers, places, [*self.rulebook.program_ids(), *nodes]
        )
        situation.participants, situation.wallets, situation.standings, situation.budgets = people, wallets, standings, budgets
        folded = {(it.participant, it.period, it.kpi) for it in contributions if it.on}
        situation.facts = FactsRead(self.decisions.facts(tenant, folded | set(self._judged_beside(places))))
        self._complete(situation, numbers, places, versions)
        return situation

    def _known(self, versions: Sequence[Record]) -> Situation:
        """Who earns by the records and who shares, what the records refer to, and what people are."""
        tenant = self.connection.tenant
        users = {user for record in versions for user in users_of(record, self.rulebook)}
        owners = self.decisions.owners(tenant, self.connection.crm, users)
        situation = Situation(self.rulebook, self.connection, owners)
        asked = [self.rulebook.asked(kind) for kind in {record.key.type for record in versions}]
        if any(it.prefixes for it in asked):
            situation.participants = self.decisions.people(tenant, owners.values(), (), ())[0]
        if any(it.managers for it in asked):
            managers = {person.manager for person in situation.participants.values() if person.manager}
            situation.by_id = self.decisions.managers(tenant, managers)
        if any(it.teams for it in asked):
            situation.teams = self.decisions.teams(tenant)
        related = {key for record in versions for key in references(record, self.rulebook)}
        situation.related = self.decisions.records(related) if related else {}
        if any(it.sales for it in asked):
            situation.sales = self.decisions.sales(tenant, self.connection.id, accounts_of(versions))
        return situation

    def _complete(
        self, situation: Situation, numbers: Iterable[str], places: Iterable[tuple[str, str]], versions: Iterable[Record]
    ) -> None:
        """What awards ask once people and standings are known: quotas, shares of budgets, and the caps of groups."""
        tenant, capped, quotas = self.connection.tenant, set[str](), set[tuple[str, str, str]]()
        instants = None
        for number, period in places:
            standing = situation.standings[number, period]
            capped |= {node for it in standing.awards.values() for node in it.nodes}
            for milestone in self.rulebook.inline_in(period):
                if milestone.quota and milestone.kpi:
                    quotas.add((number, milestone.kpi.name, period))
                if caps_groups(milestone, self.rulebook):
                    instants = _instants(versions) if instants is None else instants
                    for day in {earned_on(milestone, self.rulebook, period, at) for at in instants}:
                        capped |= {*group_nodes(milestone, self.rulebook, standing, situation, day)}
        if quotas:
            situation.quotas |= self.decisions.quotas(tenant, quotas)
        capped |= self._shares(situation, numbers)
        if capped:
            situation.budgets |= self.decisions.budgets(tenant, capped)

    def _judged_beside(self, places: Iterable[tuple[str, str]]) -> Iterator[FactKey]:
        """The facts of every award in these standings, though the records may add nothing to its KPI: a record that is judged
        again asks for all of them, and so does the progress in a message."""
        for number, period in places:
            for milestone in self.rulebook.milestones_in(parse_period(period)):
                if milestone.kpi and milestone.kpi.folded:
                    yield number, period, milestone.kpi.id

    def _shares(self, situation: Situation, numbers: Iterable[str]) -> set[str]:
        """The shares of budgets from which awards of any program to these people are taken; most companies have none."""
        if not self.rulebook.shares:
            return set()
        return {it for number in numbers for id_ in self.rulebook.program_ids() for it in situation.shares(id_, number)}


def _instants(versions: Iterable[Record]) -> set[Millis]:
    """Every instant at which what these records are worth may have been earned (epoch ms)."""
    found: set[Millis] = set()
    for record in versions:
        found |= {version.at for version, _ in record.fields.values()}
        found |= {at for rows in record.history.values() for at, _ in rows}
        found |= {record.deletion[0].at} if record.deletion else set()
    return found
