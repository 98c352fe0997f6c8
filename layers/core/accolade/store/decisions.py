"""Load what a decision reads, and commit what was decided: one transaction, conditions on everything it read.

A record and a wallet carry a revision: a commit is valid only if both are as they were read, so decisions about one
person are serial and two people never meet. Entries are put only if they are not there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from accolade.model.connections import INTERNAL
from accolade.model.ledger import Budget, Standing, Wallet
from accolade.model.participants import Participant
from accolade.model.records import Record, RecordKey
from accolade.situation import AccountSales, Decision, FactKey, FactSet, Situation
from accolade.store import keys
from accolade.store.budgets import budget_from_item, budget_key
from accolade.store.codec import (
    entry_to_item,
    record_from_item,
    record_to_item,
    standing_from_item,
    standing_to_item,
    wallet_from_item,
    wallet_to_item,
)
from accolade.store.database import Database, Item, delete, put_if
from accolade.store.decision_items import budget_writes, late_writes, parking_writes
from accolade.store.delivery_items import to_item as delivery_to_item
from accolade.store.facts import fact_writes, moved_facts, read_facts, read_facts_until
from accolade.store.people_items import from_item as participant_from_item
from accolade.store.people_items import id_key, identity_key, person_key
from accolade.store.sales import moved_accounts, moved_sales, read_sales, sale_writes
from accolade.wallet.shares import is_share

MAX_ITEMS = 90
"""Items in one transaction (DynamoDB allows 100)."""


class Decisions:
    """The way of a decision in and out of the tables. Busy or unreachable: Retry; somebody was faster: Conflict."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def records(self, wanted: Iterable[RecordKey]) -> dict[RecordKey, Record]:
        """Records as they stand; unknown ones come empty, at revision 0."""
        by_key = {(keys.record(it.tenant, it.connection, it.type, it.id), "RECORD"): it for it in wanted}
        found = self._db.get_many(self._db.state, by_key)
        return {it: record_from_item(it, found[key]) if key in found else Record(it) for key, it in by_key.items()}

    def owners(self, tenant: str, crm: str, users: Iterable[str]) -> dict[str, str]:
        """CRM user -> participant number, for those who are known; our own records name people by their numbers."""
        if crm == INTERNAL:
            people = {person_key(tenant, number): number for number in users}
            return {people[key]: people[key] for key in self._db.get_many(self._db.state, people)}
        by_key = {identity_key(tenant, crm, user): user for user in users}
        return {by_key[key]: item["number"] for key, item in self._db.get_many(self._db.state, by_key).items()}

    def people(
        self, tenant: str, numbers: Iterable[str], standings: Iterable[tuple[str, str]], programs: Iterable[str]
    ) -> "tuple[dict[str, Participant], dict[str, Wallet], dict[tuple[str, str], Standing], dict[str, Budget]]":
        """Participants, wallets, standings (by number and period) and budgets, all in one read of many. Of the budgets those
        with a limit, and what keeps count without one: caps, and shares that were lifted."""
        numbers, standings, programs = set(numbers), set(standings), set(programs)
        pk = {number: keys.person(tenant, number) for number in numbers | {number for number, _ in standings}}
        found = self._db.get_many(
            self._db.state,
            [
                *(person_key(tenant, number) for number in numbers),
                *((pk[number], "WALLET") for number in numbers),
                *((pk[number], f"STANDING#{period}") for number, period in standings),
                *(budget_key(tenant, program) for program in programs),
            ],
        )
        people = {it: participant_from_item(found[person_key(tenant, it)]) for it in numbers if person_key(tenant, it) in found}
        budgets = {
            it: budget_from_item(found[key], tenant=tenant, program=it)
            for it in programs
            if (key := budget_key(tenant, it)) in found
        }
        return (
            people,
            {it: wallet_from_item(tenant, it, found.get((pk[it], "WALLET"))) for it in numbers},
            {(it, of): standing_from_item(tenant, it, of, found.get((pk[it], f"STANDING#{of}"))) for it, of in standings},
            {node: it for node, it in budgets.items() if it.limit is not None or "/" in node or is_share(node)},
        )

    def budgets(self, tenant: str, nodes: Iterable[str]) -> dict[str, Budget]:
        """Of these programs, shares and caps those that keep count (see `people`)."""
        return self.people(tenant, (), (), nodes)[3]

    def facts(self, tenant: str, wanted: Iterable[FactKey]) -> dict[FactKey, FactSet]:
        """The facts of folded KPIs in their periods, in order (see `store.facts`)."""
        return read_facts(self._db, tenant, wanted)

    def facts_until(self, tenant: str, numbers: Iterable[str], kpi: str, period: str, end: date) -> dict[FactKey, FactSet]:
        """The facts of a KPI that looks back, dated before `end`: given under `period`."""
        return read_facts_until(self._db, tenant, numbers, kpi, period, end)

    def quotas(self, tenant: str, wanted: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], Fraction]:
        """Quotas by (subject, KPI name, period id), in the KPI's unit; those that nobody has set are left out."""
        by_key = {keys.quota(tenant, *it): it for it in wanted}
        found = self._db.get_many(self._db.state, by_key)
        return {by_key[key]: Fraction(item["target"]) for key, item in found.items()}

    def teams(self, tenant: str) -> dict[str, tuple[str, ...]]:
        """`team:West`, `region:...`, `company:` -> the numbers of the active members, in order."""
        found: dict[str, list[str]] = {}
        for item in self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="PERSON#"):
            person = participant_from_item(item)
            for group in (f"team:{person.team or ''}", f"region:{person.region or ''}", "company:") if person.active else ():
                found.setdefault(group, []).append(person.number)
        return {group: tuple(sorted(members)) for group, members in found.items()}

    def quotas_in(self, tenant: str, period: str, kpi: str) -> dict[tuple[str, str, str], Fraction]:
        """All quotas for a KPI in a period, as `quotas` gives them."""
        pk, prefix = keys.quota(tenant, "", kpi, period)
        items = self._db.query(self._db.state, pk, sk_prefix=prefix)
        return {(item["sk"].removeprefix(prefix), kpi, period): Fraction(item["target"]) for item in items}

    def sales(self, tenant: str, connection: str, accounts: Iterable[str]) -> dict[str, AccountSales]:
        """What accounts bought, read consistently; an empty list for those that bought nothing."""
        return {it: read_sales(self._db, tenant, connection, it) for it in sorted(set(accounts))}

    def managers(self, tenant: str, ids: Iterable[str]) -> dict[str, str]:
        """Import id -> participant number, for those who are known."""
        by_key = {id_key(tenant, id_): id_ for id_ in ids}
        return {by_key[key]: item["number"] for key, item in self._db.get_many(self._db.state, by_key).items()}

    def commit(self, decisions: Sequence[Decision], situation: Situation, *, crm: str = "", beside: Sequence[Item] = ()) -> None:
        """Write decisions, which must follow one another, and `beside` them, in one transaction. Conflict: nothing was written.

        Afterwards the wallets of `situation` carry their new revisions, so that later decisions of the batch can go on.
        """
        wallets: dict[str, Wallet] = {}
        for decision in decisions:
            wallets.update(decision.wallets)
        revised = {it: replace(wallet, revision=situation.wallets[it].revision + 1) for it, wallet in wallets.items()}
        operations = [
            *self._record_writes(decisions, crm),
            *(self._wallet_write(wallet) for wallet in revised.values()),
            *self._standing_writes(decisions),
            *(
                put_if(self._db.ledger, entry_to_item(it), "attribute_not_exists(#pk)", names={"#pk": "pk"})
                for d in decisions
                for it in d.entries
            ),
            *(put_if(self._db.deliveries, delivery_to_item(it)) for d in decisions for it in d.deliveries),
            *budget_writes(self._db, decisions, situation),
            *parking_writes(self._db, decisions),
            *late_writes(self._db, decisions),
            *sale_writes(self._db, decisions, situation),
            *beside,
        ]
        if len(operations) == 1 and "Put" in operations[0]:
            self._db.call("put_item", **operations[0]["Put"])
        else:
            self._db.transact(operations)
        for number, wallet in revised.items():
            situation.wallets[number] = replace(situation.wallets[number], revision=wallet.revision)
        for account in moved_accounts(decisions):
            sales = situation.sales[account]
            situation.sales[account] = replace(sales, revision=sales.revision + 1)

    def _record_writes(self, decisions: Sequence[Decision], crm: str) -> list[Item]:
        first: dict[RecordKey, Record] = {}
        last: dict[RecordKey, Record] = {}
        for decision in decisions:
            if decision.record is not None and decision.before is not None:
                first.setdefault(decision.record.key, decision.before)
                last[decision.record.key] = decision.record
        writes = [self._if_revision(self._db.state, record_to_item(it), first[key].revision) for key, it in last.items()]
        for key, record in last.items():
            writes += self._waiting_writes(first[key], record, crm)
            writes += fact_writes(self._db, first[key], record)
        return writes

    def _waiting_writes(self, before: Record, after: Record, crm: str) -> list[Item]:
        if before.waiting_for == after.waiting_for:
            return []
        key, tenant = str(after.key), after.key.tenant
        writes: list[Item] = []
        if before.waiting_for:
            writes.append(delete(self._db, (keys.waiting(tenant, crm, before.waiting_for), key)))
        if after.waiting_for:
            item = {
                "pk": keys.waiting(tenant, crm, after.waiting_for),
                "sk": key,
                "tenant_pk": keys.waiting_users(tenant),
                "tenant_sk": f"{crm}#{after.waiting_for}#{key}",
            }
            writes.append(put_if(self._db.state, item))
        return writes

    def _wallet_write(self, wallet: Wallet) -> Item:
        return self._if_revision(self._db.state, wallet_to_item(wallet), wallet.revision - 1)

    def _standing_writes(self, decisions: Sequence[Decision]) -> list[Item]:
        standings: dict[tuple[str, str], Standing] = {}
        for decision in decisions:
            standings.update(decision.standings)
        return [put_if(self._db.state, standing_to_item(it)) for it in standings.values()]

    def _if_revision(self, table: str, item: Mapping[str, object], revision: int) -> Item:
        if revision == 0:
            return put_if(table, item, "attribute_not_exists(#pk)", names={"#pk": "pk"})
        return put_if(table, item, "#rev = :rev", names={"#rev": "rev"}, values={":rev": revision})


def size_of(decision: Decision) -> int:
    """At most how many items a decision is in a transaction."""
    return (
        decision.writes
        + (moved_facts(decision.before, decision.record) if decision.before and decision.record else 0)
        + (moved_sales(decision.sales) if decision.sales else 0)
    )
