"""Reading everything of a tenant, consistently, to check the books against the facts: for commands, never for functions."""

from collections.abc import Iterator, Sequence
from typing import Any

from accolade.model.fields import RECORD_FIELDS
from accolade.model.ledger import Entry, Standing, Wallet
from accolade.model.records import Record, RecordKey
from accolade.model.redemptions import Redemption
from accolade.store import keys
from accolade.store.codec import entry_from_item, record_from_item, standing_from_item, wallet_from_item
from accolade.store.database import Database, from_wire, in_batches
from accolade.store.redemptions import Redemptions


class Audit:
    """Reads whole tenants. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def with_entries(self, tenant: str) -> set[str]:
        """The participant numbers that have entries, by a scan of the ledger's keys."""
        prefix = keys.ledger(tenant, "")
        request: dict[str, Any] = {
            "TableName": self._db.ledger,
            "ProjectionExpression": "#pk",
            "FilterExpression": "begins_with(#pk, :prefix)",
            "ExpressionAttributeNames": {"#pk": "pk"},
            "ExpressionAttributeValues": {":prefix": {"S": prefix}},
            "ConsistentRead": True,
        }
        found: set[str] = set()
        while True:
            answer = self._db.call("scan", **request)
            found.update(from_wire(item)["pk"].removeprefix(prefix) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return found
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def entries(self, tenant: str, number: str) -> list[Entry]:
        """All entries of a wallet in the order of their sequence."""
        items = self._db.query(self._db.ledger, keys.ledger(tenant, number), sk_prefix="ENTRY#")
        return sorted((entry_from_item(item) for item in items), key=lambda entry: entry.seq)

    def wallet(self, tenant: str, number: str) -> Wallet:
        """The wallet as cached; an empty one if there is none."""
        return wallet_from_item(tenant, number, self._db.get(self._db.state, (keys.person(tenant, number), "WALLET")))

    def redemptions(self, tenant: str, number: str) -> list[Redemption]:
        """All redemptions of a participant."""
        return Redemptions(self._db).of_person(tenant, number)

    def standings(self, tenant: str, number: str) -> list[Standing]:
        """All standings of a participant."""
        items = self._db.query(self._db.state, keys.person(tenant, number), sk_prefix="STANDING#")
        return [standing_from_item(tenant, number, item["sk"].removeprefix("STANDING#"), item) for item in items]

    def board(self, tenant: str, period: str) -> list[Standing]:
        """Everybody's standing of one period (by the board index, a moment behind)."""
        return [
            standing_from_item(tenant, item["board_sk"], period, item)
            for item in self._board(tenant, period)
            if item["sk"] == f"STANDING#{period}"
        ]

    def wallets(self, tenant: str) -> list[Wallet]:
        """Everybody's wallet (by the board index, a moment behind)."""
        return [wallet_from_item(tenant, item["board_sk"], item) for item in self._board(tenant, "WALLET")]

    def record_keys(self, tenant: str, *types: str) -> Iterator[RecordKey]:
        """The keys of all records of a tenant, or of those types (by the tenant index, a moment behind)."""
        for type_ in types or RECORD_FIELDS:
            for shard in range(keys.SHARDS):
                pk = f"{tenant}#{type_}#{shard}"
                for item in self._db.query(self._db.state, pk, index="tenant", keys=("tenant_pk", "tenant_sk")):
                    connection, _, id_ = item["tenant_sk"].partition("#")
                    yield RecordKey(tenant, connection, type_, id_)

    def records(self, tenant: str, *types: str) -> Iterator[Record]:
        """All records of a tenant, or of those types, 100 a read."""
        wanted: Sequence[RecordKey] = list(self.record_keys(tenant, *types))
        for batch in in_batches(wanted, 100):
            by_key = {(keys.record(it.tenant, it.connection, it.type, it.id), "RECORD"): it for it in batch}
            for place, item in self._db.get_many(self._db.state, by_key).items():
                yield record_from_item(by_key[place], item)

    def parked_awards(self, tenant: str, program: str) -> int:
        """How many awards of a program wait for budget."""
        pk = keys.parked_awards(tenant, program)
        return sum(1 for _ in self._db.query(self._db.state, pk, index="tenant", keys=("tenant_pk", "tenant_sk")))

    def record(self, key: RecordKey) -> Record | None:
        """One record; None if it is unknown."""
        item = self._db.get(self._db.state, (keys.record(key.tenant, key.connection, key.type, key.id), "RECORD"))
        return record_from_item(key, item) if item else None

    def _board(self, tenant: str, what: str) -> Iterator[dict[str, Any]]:
        for shard in range(keys.SHARDS):
            yield from self._db.query(self._db.state, f"{tenant}#{what}#{shard}", index="board", keys=("board_pk", "board_sk"))
