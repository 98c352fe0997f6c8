"""A market in memory for tests of whole programs: records of any type go in, points by person and milestone come out.

Real merge, project and settle; what only a close can say is judged by `closing.judge`, as `maintain` and the back-test do.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from fractions import Fraction

from accolade.closing import Audience, judge
from accolade.decide import project, settle
from accolade.model.connections import Connection, FieldMap
from accolade.model.fields import RECORD_FIELDS, TRACKED_FIELDS
from accolade.model.ledger import Standing, Wallet
from accolade.model.participants import Participant
from accolade.model.records import Facts, Origin, Record, RecordKey, Version, merge
from accolade.model.times import to_millis
from accolade.programs.periods import Period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone, Program
from accolade.situation import FactSet, Situation

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class _Fresh(dict):
    def __init__(self, make):
        super().__init__()
        self._make = make

    def __missing__(self, key):
        self[key] = self._make(key)
        return self[key]


class Market:
    """`people`: name -> what is known of them (role, team, kind, started_on, ...); a name is their CRM user too."""

    def __init__(self, program: Program, people: Mapping[str, Mapping[str, object]], quotas: Mapping[tuple, int] | None = None):
        self.program = program
        self.numbers = {name: f"P{place:06d}" for place, name in enumerate(people, start=1)}
        folk = {number: Participant("acme", name, number, name.title(), **people[name]) for name, number in self.numbers.items()}
        maps = tuple(FieldMap(type_, type_, {}) for type_ in RECORD_FIELDS)
        teams: dict[str, tuple[str, ...]] = {}
        for number, person in folk.items():
            key = f"team:{person.team or ''}"
            teams[key] = (*teams.get(key, ()), number)
        self.situation = Situation(
            Rulebook([program]),
            Connection("crm", "acme", "salesforce", "", LONG_AGO, LONG_AGO, maps=maps),
            owners=dict(self.numbers),
            participants=folk,
            wallets=_Fresh(lambda number: Wallet("acme", number)),
            standings=_Fresh(lambda place: Standing("acme", *place, {}, {}, {})),
            by_id={name: number for name, number in self.numbers.items()},
            teams=teams,
            quotas={
                (self.numbers[name], kpi, period): Fraction(target) for (name, kpi, period), target in (quotas or {}).items()
            },
        )
        self.records: dict[RecordKey, Record] = {}
        self._version = 0

    def tell(self, type_: str, id_: str, at: date, owner: str = "", **fields: object) -> None:
        """What the CRM says of a record on a day, at noon; an empty owner leaves it as it is."""
        self._version += 1
        key = RecordKey("acme", "crm", type_, id_)
        version = Version(to_millis(datetime.combine(at, time(12), UTC)) + self._version, Origin.MESSAGE)
        said = fields | ({"owner": owner} if owner else {})
        values = {name: value.isoformat() if type(value) is date else value for name, value in said.items()}
        facts = Facts(key, version, values)
        before = self.records.get(key, Record(key))
        merged = merge(before, facts, tracked=TRACKED_FIELDS.get(type_, ()))
        now = datetime.combine(at, time(13), UTC)
        decision = settle(project(before, merged, self.situation, facts=facts), self.situation, now=now, silent=True)
        self.records[key] = merged
        if decision is not None:
            self.situation.apply(decision)
            self.records[key] = decision.record or merged
        self.situation.related[key] = self.records[key]

    def earned(self, on: date) -> dict[str, dict[str, int]]:
        """Name -> milestone -> points held when the periods that contain a day are over; nothing held is left out."""
        names = {number: name for name, number in self.numbers.items()}
        found: dict[str, dict[str, int]] = {}
        holders = [*self.records.values(), *self.situation.standings.values()]
        for key, holding in [item for it in holders for item in it.awards.items()]:
            _, milestone, number, _ = key.split("/", 3)
            if holding.held:
                mine = found.setdefault(names[number], {})
                mine[milestone] = mine.get(milestone, 0) + holding.held
        for milestone in self.program.milestones:
            if milestone.calendar is not None and not milestone.inline:
                for number, points in self._closed(milestone, milestone.calendar.period_of(on)).items():
                    found.setdefault(names[number], {})[milestone.id] = points
        return found

    def _closed(self, milestone: Milestone, period: Period) -> dict[str, int]:
        audience, newest = self._audience(milestone, period), period
        earlier = []
        for _ in range(4):
            newest = newest.calendar.period_of(date.fromordinal(newest.start.toordinal() - 1))
            earlier.append(self._audience(milestone, newest))
        closed = judge(milestone, replace(audience, earlier=tuple(earlier)), self.situation)
        return {number: result.points for number, result in closed.results.items() if result.points}

    def _audience(self, milestone: Milestone, period: Period) -> Audience:
        known = self.situation.standings
        standings = {number: known[number, period.id] for number in self.numbers.values() if (number, period.id) in known}
        facts = {key: it for key, it in self.situation.facts.items() if key[1] == period.id}
        if milestone.kpi is not None and milestone.kpi.kpi.looks_back:
            standings |= {
                n: known[n, period.id] for n in self.numbers.values() if any(key[0] == n for key in self.situation.facts)
            }
            facts = {}
            for (number, _, kpi), it in self.situation.facts.items():
                had = facts.get((number, period.id, kpi), FactSet())
                every = tuple(sorted((*had.every, *it.every), key=lambda fact: (fact.on, fact.record)))
                facts[number, period.id, kpi] = FactSet(every)
        return Audience(period, standings, facts)
