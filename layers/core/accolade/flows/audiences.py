"""Audiences: everybody who may have anything in a period, with facts, quotas and periods before, read consistently."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from accolade.closing import Audience
from accolade.model.connections import Connection
from accolade.programs.periods import BEGINNING, Period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone
from accolade.situation import FactKey, FactSet, Situation
from accolade.store.closes import Closes
from accolade.store.decisions import Decisions


@dataclass(frozen=True, slots=True)
class Audiences:
    """Reads for closes of one tenant."""

    closes: Closes
    decisions: Decisions
    tenant: str

    @property
    def nobody(self) -> Connection:
        """The connection of decisions where no record has moved."""
        return Connection("", self.tenant, "", "", BEGINNING, BEGINNING)

    def of(self, milestone: Milestone, period: Period, book: Rulebook, *, everybody: bool) -> tuple[Situation, Audience]:
        """The audience of a milestone in a period. Who has a standing is known by an index, a moment behind; `everybody`: the
        standings of all participants are looked at, so that nobody of the last moment is missing."""
        situation = Situation(book, self.nobody)
        situation.teams = self.decisions.teams(self.tenant)
        numbers = {*self.closes.numbers(self.tenant, period.id)}
        if everybody or (milestone.kpi and milestone.kpi.kpi.looks_back):
            numbers |= {*situation.teams.get("company:", ())}
        audience = self._standings(milestone, period, numbers)
        numbers = {*audience.standings}
        situation.participants = self.decisions.people(self.tenant, numbers, (), ())[0]
        if milestone.quota and milestone.kpi:
            situation.quotas = self.decisions.quotas_in(self.tenant, period.id, milestone.kpi.name)
        if milestone.improvement is not None and milestone.calendar is not None:
            earlier, before = list[Audience](), milestone.calendar.before(period)
            for _ in range(max(1, milestone.improvement.periods)):
                if before is None:
                    break
                earlier.append(self._standings(milestone, before, {*numbers, *situation.teams.get("company:", ())}))
                before = milestone.calendar.before(before)
            audience = replace(audience, earlier=earlier)
        return situation, audience

    def _standings(self, milestone: Milestone, period: Period, numbers: Iterable[str]) -> Audience:
        """The standings of those who have one, or who may be judged by what they did before."""
        looks_back = any(use.kpi.looks_back for use in milestone.uses)
        read = self.decisions.people(self.tenant, (), [(it, period.id) for it in numbers], ())[2]
        found = {number: it for (number, _), it in read.items() if looks_back or it.parts or it.awards}
        facts: dict[FactKey, FactSet] = {}
        for use in milestone.uses:
            if use.kpi.looks_back:
                facts |= self.decisions.facts_until(self.tenant, found, use.id, period.id, period.end)
            elif use.folded:
                ids = {kpi for it in found.values() for kpi in it.parts if kpi == use.id or kpi.startswith(f"{use.id}=")}
                asked = {(number, period.id, kpi) for number, it in found.items() for kpi in ids & {*it.parts}}
                facts |= self.decisions.facts(self.tenant, asked)
        return Audience(period, found, facts)
