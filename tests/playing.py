"""A house in memory for tests of decisions: real merge, project and settle, with dictionaries instead of tables."""

from dataclasses import replace
from datetime import UTC, datetime

from accolade.decide import project, settle
from accolade.model.connections import Connection, FieldMap
from accolade.model.ledger import Budget, Entry, Standing, Wallet
from accolade.model.participants import Participant
from accolade.model.records import Facts, Origin, Record, RecordKey, Version, merge
from accolade.model.times import to_millis
from accolade.programs.loading import load
from accolade.programs.rulebook import Rulebook
from accolade.situation import Decision, Situation

NOW = datetime(2017, 12, 31, 12, tzinfo=UTC)
TRACKED = ("stage", "owner")

PROGRAM = """
id: race
title: {en: Race, nl: Race}
effective: {from: 2017-01-01, to: 2019-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
silent_after: 36500 days
debt_limit: 300
milestones:
  - id: every-second
    title: Every second win
    kind: every
    kpi: won_count
    n: 2
    period: quarter
    points: 500
  - id: fast-win
    title: Fast win
    kind: record
    record: deal
    when: {all: [{field: deal.stage, is: won}, {field: deal.cycle_days, below: 14}]}
    points: 50
  - id: share
    title: A share
    kind: record
    record: deal
    when: {field: deal.stage, is: won}
    points: {per: deal.amount, rate: 1%, cap: 1000}
"""


class _Standings(dict):
    def __missing__(self, key):
        self[key] = Standing("acme", key[0], key[1], {}, {}, {})
        return self[key]


class _Wallets(dict):
    def __missing__(self, key):
        self[key] = Wallet("acme", key)
        return self[key]


class House:
    """Facts go in by `tell`; wallets, entries and deliveries come out."""

    def __init__(
        self,
        program: str = PROGRAM,
        *,
        since: datetime = datetime(2016, 1, 1, tzinfo=UTC),
        source: bool = True,
        budget: int | None = None,
    ):
        rulebook = Rulebook([load(program, file="race.yaml")])
        maps = (FieldMap("deal", "Opportunity", {}, source=source),)
        connection = Connection("sf", "acme", "salesforce", "00D", since, since, maps=maps)
        people = {n: Participant("acme", n.lower(), n, n) for n in ("P000001", "P000002")}
        self.situation = Situation(rulebook, connection, {"asha": "P000001", "bob": "P000002"}, people, _Wallets(), _Standings())
        if budget is not None:
            self.situation.budgets["race"] = Budget("acme", "race", limit=budget)
        self.records: dict[RecordKey, Record] = {}
        self.entries: list[Entry] = []
        self.deliveries = []
        self.parkings: dict[str, int] = {}

    def tell(
        self, deal: str, at: int, *, now: datetime = NOW, deleted: bool | None = None, origin: Origin = Origin.MESSAGE, **fields
    ) -> Decision | None:
        """One notification: `fields` of the deal at version `at` (days of March 2017, as a number of hours)."""
        key = RecordKey("acme", "sf", "deal", deal)
        version = Version(to_millis(datetime(2017, 3, 1, tzinfo=UTC)) + at * 3_600_000, origin)
        return self.take(Facts(key, version, fields, deleted=deleted), now=now)

    def take(self, facts: Facts, *, now: datetime = NOW) -> Decision | None:
        before = self.records.get(facts.key, Record(facts.key))
        merged = merge(before, facts, tracked=TRACKED)
        if merged is before:
            return None
        return self.decide(before, merged, facts, now)

    def again(self, deal: str, *, now: datetime = NOW) -> Decision | None:
        """Decide a record once more as it stands."""
        record = self.records[RecordKey("acme", "sf", "deal", deal)]
        return self.decide(record, record, None, now)

    def decide(self, before, merged, facts, now):
        decision = settle(project(before, merged, self.situation, facts=facts), self.situation, now=now)
        if decision is None:
            return None
        self.situation.apply(decision)
        self.records[before.key] = decision.record
        self.entries += decision.entries
        self.deliveries += decision.deliveries
        for parking in decision.parkings:
            self.parkings[parking.key] = parking.points
        return decision

    def wallet(self, number: str = "P000001") -> Wallet:
        return self.situation.wallets[number]

    def levels(self) -> dict[str, int]:
        """Points held by award, zeros left out."""
        held = {key: it.held for record in self.records.values() for key, it in record.awards.items()}
        held |= {key: it.held for standing in self.situation.standings.values() for key, it in standing.awards.items()}
        return {key: points for key, points in held.items() if points}

    def since(self, since: datetime) -> None:
        self.situation.connection = replace(self.situation.connection, since=since)


def won(**fields) -> dict:
    """A deal won by Asha in ten days for 1,000 USD, unless said otherwise."""
    return {
        "stage": "won",
        "owner": "asha",
        "amount": "1000",
        "created_on": "2017-03-01",
        "close_date": "2017-03-11",
        "name": "Deal",
    } | fields
