"""Load what a decision reads, and commit what was decided: one transaction, conditions on everything it read.

A record and a wallet carry a revision: a commit is valid only if both are as they were read, so decisions about one
person are serial and two people never meet. Entries are put only if they are not there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from accolade.model.ledger import Budget, Standing, Wallet
from accolade.model.participants import Participant
from accolade.model.records import Record, RecordKey
from accolade.model.times import iso
from accolade.situation import Decision, Parking, Situation
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
from accolade.store.database import Database, Item, put_if, to_wire
from accolade.store.delivery_items import to_item as delivery_to_item
from accolade.store.people_items import from_item as participant_from_item
from accolade.store.people_items import identity_key, person_key

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
        """CRM user -> participant number, for those who are known."""
        by_key = {identity_key(tenant, crm, user): user for user in users}
        return {by_key[key]: item["number"] for key, item in self._db.get_many(self._db.state, by_key).items()}

    def people(
        self, tenant: str, numbers: Iterable[str], standings: Iterable[tuple[str, str]], programs: Iterable[str]
    ) -> "tuple[dict[str, Participant], dict[str, Wallet], dict[tuple[str, str], Standing], dict[str, Budget]]":
        """Participants, wallets, standings (by number and period) and budgets, all in one read of many."""
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
            {program: budget for program, budget in budgets.items() if budget.limit is not None},
        )

    def commit(self, decisions: Sequence[Decision], situation: Situation, *, crm: str = "") -> None:
        """Write decisions, which must follow one another, in one transaction. Conflict: nothing was written.

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
            *self._budget_writes(decisions, situation),
            *self._parking_writes(decisions),
        ]
        if len(operations) == 1 and "Put" in operations[0]:
            self._db.call("put_item", **operations[0]["Put"])
        else:
            self._db.transact(operations)
        for number, wallet in revised.items():
            situation.wallets[number] = replace(situation.wallets[number], revision=wallet.revision)

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
        return writes

    def _waiting_writes(self, before: Record, after: Record, crm: str) -> list[Item]:
        if before.waiting_for == after.waiting_for:
            return []
        key, tenant = str(after.key), after.key.tenant
        writes: list[Item] = []
        if before.waiting_for:
            writes.append(self._delete((keys.waiting(tenant, crm, before.waiting_for), key)))
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

    def _budget_writes(self, decisions: Sequence[Decision], situation: Situation) -> list[Item]:
        spent: dict[str, int] = {}
        for decision in decisions:
            for program, points in decision.budget.items():
                spent[program] = spent.get(program, 0) + points
        writes = []
        for program, points in spent.items():
            budget = situation.budgets.get(program)
            if budget is not None and budget.limit is not None and points:
                writes.append(self._spend(budget, points))
        return writes

    def _spend(self, budget: Budget, points: int) -> Item:
        """Take points if the limit allows, by what is in the table now; giving points back is always allowed."""
        pk, sk = budget_key(budget.tenant, budget.program)
        update: Item = {
            "TableName": self._db.state,
            "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
            "UpdateExpression": "ADD #spent :points",
            "ExpressionAttributeNames": {"#spent": "spent"},
            "ExpressionAttributeValues": {":points": {"N": str(points)}},
        }
        if points > 0 and budget.limit is not None:
            update["ConditionExpression"] = "#spent <= :room AND #limit >= :limit"
            update["ExpressionAttributeNames"]["#limit"] = "limit"
            update["ExpressionAttributeValues"] |= {
                ":room": {"N": str(budget.limit - points)},
                ":limit": {"N": str(budget.limit)},
            }
        return {"Update": update}

    def _parking_writes(self, decisions: Sequence[Decision]) -> list[Item]:
        last: dict[str, tuple[Parking, str]] = {}
        for decision in decisions:
            for parking in decision.parkings:
                known = last.get(parking.key)
                at = known[0].at if known and known[0].points else parking.at
                last[parking.key] = (replace(parking, at=at), decision.wallets[parking.key.split("/")[2]].tenant)
        return [self._parking_write(parking, tenant) for parking, tenant in last.values()]

    def _parking_write(self, parking: Parking, tenant: str) -> Item:
        program, _, number, _ = parking.key.split("/", 3)
        pk, sk = keys.person(tenant, number), f"AWARDPARKED#{parking.key}"
        if not parking.points:
            return self._delete((pk, sk))
        at = iso(parking.at)
        fixed = {"tenant_pk": keys.parked_awards(tenant, program), "tenant_sk": f"{at}#{parking.key}", "at": at}
        given = {"award": parking.key, "points": parking.points, "record": parking.record, "period": parking.period}
        values = to_wire(fixed | given)
        first = [f"#{name} = if_not_exists(#{name}, :{name})" for name in fixed]  # more of it waits: its place stays
        sets = first + [f"#{name} = :{name}" for name in given if name in values]
        update = {
            "TableName": self._db.state,
            "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
            "UpdateExpression": f"SET {', '.join(sets)}",
            "ExpressionAttributeNames": {f"#{name}": name for name in values},
            "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
        }
        return {"Update": update}

    def _if_revision(self, table: str, item: Mapping[str, object], revision: int) -> Item:
        if revision == 0:
            return put_if(table, item, "attribute_not_exists(#pk)", names={"#pk": "pk"})
        return put_if(table, item, "#rev = :rev", names={"#rev": "rev"}, values={":rev": revision})

    def _delete(self, key: tuple[str, str]) -> Item:
        return {"Delete": {"TableName": self._db.state, "Key": {"pk": {"S": key[0]}, "sk": {"S": key[1]}}}}


def size_of(decision: Decision) -> int:
    """At most how many items a decision is in a transaction."""
    return (
        3
        + len(decision.wallets)
        + len(decision.standings)
        + len(decision.entries)
        + len(decision.deliveries)
        + len(decision.budget)
        + len(decision.parkings)
    )
