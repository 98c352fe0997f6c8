"""What a budget's company was told, kept with the budget: told with the messages, undone by whatever raises the limit."""

from collections.abc import Sequence

from accolade.model.deliveries import Delivery
from accolade.model.ledger import Budget
from accolade.store.database import Database, Item, Key, put_if
from accolade.store.delivery_items import to_item
from accolade.wallet.budgets import same_level, still_told


def tell(db: Database, key: Key, budget: Budget, level: int, deliveries: Sequence[Delivery]) -> None:
    """Store these messages and that the level is told, both or neither, if nothing but `spent` changed since `budget` was
    read; else Conflict."""
    told = {
        "TableName": db.state,
        "Key": {"pk": {"S": key[0]}, "sk": {"S": key[1]}},
        "UpdateExpression": "SET #told = :told ADD #revision :one",
        "ConditionExpression": "#revision = :revision",
        "ExpressionAttributeNames": {"#told": "told", "#revision": "revision"},
        "ExpressionAttributeValues": {
            ":told": {"N": str(level)},
            ":one": {"N": "1"},
            ":revision": {"N": str(budget.revision)},
        },
    }
    messages = [put_if(db.deliveries, to_item(it), "attribute_not_exists(#pk)", names={"#pk": "pk"}) for it in deliveries]
    db.transact([{"Update": told}, *messages])


def raise_limit(db: Database, key: Key, budget: Budget, limit: int, points: int) -> Item:
    """Add points to the limit and give the item as it is then; Conflict if somebody else changed the limit since `budget`
    was read, or if as much was spent meanwhile that something else stays told than seemed so.

    `spent` may move on between the levels: a budget that many draw on is raised all the same.
    """
    told = still_told(budget.told, budget.spent, limit + points)
    names = {"#limit": "limit", "#added": "added", "#revision": "revision", "#told": "told"}
    values = {":points": points, ":one": 1, ":told": told, ":revision": budget.revision}
    condition = "#revision = :revision"
    if budget.told:
        least, below = same_level(told, limit + points)
        if told == budget.told:  # all of it stays told, however much more was spent
            condition += " AND #spent >= :least"
        else:
            condition, values[":below"] = f"{condition} AND #spent >= :least AND #spent < :below", below
        names["#spent"], values[":least"] = "spent", least
    expression = "SET #told = :told ADD #limit :points, #added :points, #revision :one"
    return db.update(db.state, key, expression, names=names, values=values, condition=condition)
