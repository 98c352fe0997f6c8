"""The three tables behind one client, with the few calls that everything else is made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from accolade.model.errors import Conflict, Retry
from accolade.model.phrases import later as t
from accolade.store.recall import Recall
from accolade.store.wire import Item, from_wire, to_wire

Key = tuple[str, str]

_READS = {"get_item", "batch_get_item", "query", "scan"}
_BUSY = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ServiceUnavailable",
    "TransactionConflictException",
    "TransactionInProgressException",
}


class Database:
    """Reads and writes plain items; all tables have the keys `pk` and `sk`. Busy or unreachable: Retry."""

    def __init__(self, client: Any, *, state: str, ledger: str = "", deliveries: str = "") -> None:
        self.client, self.state, self.ledger, self.deliveries = client, state, ledger, deliveries
        self._recall = Recall()

    def once(self) -> AbstractContextManager[None]:
        """One request that shows something: inside, nothing is read twice, unless something was written in between."""
        return self._recall.on()

    def ahead(self, table: str, keys: Iterable[Key]) -> None:
        """Read at once what one request is about to ask for one by one; nothing outside of a request (see `once`)."""
        if self._recall.is_on:
            self.get_many(table, keys)

    def get(self, table: str, key: Key) -> Item | None:
        """One item, read consistently; None if it is not there."""
        known = self._recall.items(table)
        if key not in known:
            known[key] = self.call("get_item", TableName=table, Key=_key(key), ConsistentRead=True).get("Item")
        item = known[key]
        return None if item is None else from_wire(item)

    def get_many(self, table: str, keys: Iterable[Key]) -> dict[Key, Item]:
        """Items by key, read consistently, 100 a call, until every key has been answered."""
        wanted, known = list(dict.fromkeys(keys)), self._recall.items(table)
        unknown = [key for key in wanted if key not in known]
        while unknown:
            batch, unknown = unknown[:100], unknown[100:]
            request = {table: {"Keys": [_key(key) for key in batch], "ConsistentRead": True}}
            answer = self.call("batch_get_item", RequestItems=request)
            left = [_from_key(key) for key in answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", ())]
            known.update({key: None for key in batch if key not in left})
            known.update({_from_key(item): item for item in answer["Responses"].get(table, ())})
            unknown += left
        return {key: from_wire(item) for key in wanted if (item := known[key]) is not None}

    def put(
        self,
        table: str,
        item: Mapping[str, Any],
        *,
        new: bool = False,
        condition: str = "",
        values: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Put an item; Conflict if `new` and it exists, or if the condition fails."""
        parts: dict[str, Any] = {"TableName": table, "Item": to_wire(item)}
        if new:
            condition, names = "attribute_not_exists(#pk)", {"#pk": "pk"}
        self.call("put_item", **parts, **_expression("ConditionExpression", condition, names, values))

    def update(
        self,
        table: str,
        key: Key,
        expression: str,
        *,
        names: Mapping[str, str],
        values: Mapping[str, Any] | None = None,
        condition: str = "",
    ) -> Item:
        """Update an item and give it back whole; Conflict if the condition fails."""
        extra = _expression("ConditionExpression", condition, names, values)
        answer = self.call(
            "update_item",
            TableName=table,
            Key=_key(key),
            UpdateExpression=expression,
            ReturnValues="ALL_NEW",
            **({"ExpressionAttributeNames": dict(names)} | extra)
            | ({"ExpressionAttributeValues": to_wire(values)} if values else {}),
        )
        return from_wire(answer["Attributes"])

    def delete(
        self,
        table: str,
        key: Key,
        *,
        condition: str = "",
        values: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Delete an item (never one of the ledger: no role may); Conflict if the condition fails."""
        parts: dict[str, Any] = {"TableName": table, "Key": _key(key)}
        self.call("delete_item", **parts, **_expression("ConditionExpression", condition, names, values))

    def transact(self, operations: Sequence[Item]) -> None:
        """Up to 100 operations (`put_if`), all or nothing; Conflict if a condition failed or a transaction was in the way."""
        try:
            self.call("transact_write_items", TransactItems=list(operations))
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            codes = {reason.get("Code", "None") for reason in error.response.get("CancellationReasons", ())} - {"None"}
            if codes <= {"ConditionalCheckFailed", "TransactionConflict"}:
                raise Conflict(t("somebody was faster"), where="transact_write_items") from error
            if codes & {"ThrottlingError", "ProvisionedThroughputExceeded"}:
                raise Retry(t("DynamoDB is busy"), after=2, where="transact_write_items") from error
            raise

    def query(
        self,
        table: str,
        pk: str,
        *,
        sk_prefix: str = "",
        index: str = "",
        keys: tuple[str, str] = ("pk", "sk"),
        upto: str | int = "",
        after: str = "",
        between: tuple[str, str] | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """Items of one partition in sort order, page by page; `upto`: sort key at most, `after`: above (with an index);
        `between`: from the one to the other, both included."""
        condition, names = "#pk = :pk", {"#pk": keys[0]}
        values: dict[str, str | int] = {":pk": pk}
        if sk_prefix:
            condition, names["#sk"], values[":sk"] = f"{condition} AND begins_with(#sk, :sk)", keys[1], sk_prefix
        elif between is not None:
            condition, names["#sk"] = f"{condition} AND #sk BETWEEN :from AND :to", keys[1]
            values |= {":from": between[0], ":to": between[1]}
        elif upto != "":
            condition, names["#sk"], values[":sk"] = f"{condition} AND #sk <= :sk", keys[1], upto
        elif after:
            condition, names["#sk"], values[":sk"] = f"{condition} AND #sk > :sk", keys[1], after
        request: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_wire(values),
            "ScanIndexForward": not newest_first,
        } | ({"IndexName": index} if index else {"ConsistentRead": True})
        given = 0
        while True:
            asked = request | ({"Limit": limit - given} if limit else {})
            answer = self._recall.page(partial(self.call, "query", **asked), asked)
            for item in answer["Items"]:
                yield from_wire(item)
            given += len(answer["Items"])
            if "LastEvaluatedKey" not in answer or (limit and given >= limit):
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def count(self, pk: str, *, index: str, key: str, limit: int) -> int:
        """How many items of State an index has under a partition key, at most `limit`, a moment behind; only their number is
        sent."""
        answer = self.call(
            "query",
            TableName=self.state,
            IndexName=index,
            KeyConditionExpression="#pk = :pk",
            ExpressionAttributeNames={"#pk": key},
            ExpressionAttributeValues=to_wire({":pk": pk}),
            Select="COUNT",
            Limit=limit,
        )
        return int(answer["Count"])

    def call(self, operation: str, **request: Any) -> Any:
        """One DynamoDB call with our errors: Conflict for a failed condition, Retry for busy or lost."""
        if operation not in _READS:
            self._recall.forget()
        try:
            return getattr(self.client, operation)(**request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                raise Conflict(t("somebody was faster"), where=operation) from error
            if code in _BUSY:
                raise Retry(t("DynamoDB is busy (%(code)s)", code=code), after=2, where=operation) from error
            raise
        except BotoCoreError as error:
            raise Retry(t("DynamoDB did not answer (%(kind)s)", kind=type(error).__name__), after=2, where=operation) from error


def put_if(
    table: str, item: Mapping[str, Any], condition: str = "", *, names: Mapping[str, str] | None = None, values: Any = None
) -> Item:
    """A conditional put for `Database.transact`."""
    put = {"TableName": table, "Item": to_wire(item)} | _expression("ConditionExpression", condition, names, values)
    return {"Put": put}


def delete(db: "Database", key: Key) -> Item:
    """A delete from State for `Database.transact`."""
    return {"Delete": {"TableName": db.state, "Key": _key(key)}}


def _key(key: Key) -> Item:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _from_key(item: Mapping[str, Any]) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def _expression(kind: str, condition: str, names: Mapping[str, str] | None, values: Mapping[str, Any] | None) -> Item:
    if not condition:
        return {}
    request: Item = {kind: condition}
    if names:
        request["ExpressionAttributeNames"] = dict(names)
    if values:
        request["ExpressionAttributeValues"] = to_wire(values)
    return request


def in_batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Slices of at most `size`."""
    return (items[i : i + size] for i in range(0, len(items), size))
