"""What a decision writes beside records, wallets and entries: facts, budgets drawn on, and what waits."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from accolade.model.ledger import Budget
from accolade.model.times import iso
from accolade.situation import Decision, Parking, Situation
from accolade.store import keys
from accolade.store.budgets import budget_key
from accolade.store.database import Database, Item, delete, put_if, to_wire
from accolade.wallet.shares import is_share

_WAITING = {"budget": "AWARDPARKED", "vest": "LOT", "approval": "APPROVAL"}


def budget_writes(db: Database, decisions: Sequence[Decision], situation: Situation) -> list[Item]:
    """What the decisions draw on budgets, on shares of them and on the caps of groups, all in all."""
    spent: dict[str, int] = {}
    for decision in decisions:
        for node, points in decision.budget.items():
            spent[node] = spent.get(node, 0) + points
    writes = []
    for node, points in spent.items():
        budget = situation.budgets.get(node)
        if budget is None and "/" in node:  # a cap of a group that nobody has drawn on yet
            budget = Budget("", node, limit=int(node.rpartition("=")[2]))
        if points and budget is not None and (budget.limit is not None or is_share(node)):
            tenant = budget.tenant or next(iter(situation.wallets.values())).tenant
            writes.append(_spend(db, replace(budget, tenant=tenant), points))
    return writes


def parking_writes(db: Database, decisions: Sequence[Decision]) -> list[Item]:
    """What waits after the decisions, for budget, for time or for a person; and what no longer does."""
    last: dict[tuple[str, str], tuple[Parking, str]] = {}
    for decision in decisions:
        for parking in decision.parkings:
            known = last.get((parking.why, parking.key))
            first = known is not None and known[0].points and parking.why != "vest"
            at = known[0].at if known is not None and first else parking.at
            last[parking.why, parking.key] = (replace(parking, at=at), decision.wallets[parking.key.split("/")[2]].tenant)
    return [_parking_write(db, parking, tenant) for parking, tenant in last.values()]


def late_writes(db: Database, decisions: Sequence[Decision]) -> list[Item]:
    """Marks for `maintain`: these standings moved after their period was judged. `at` tells a newer mark from an older."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for decision in decisions:
        for period, number in decision.late:
            revision = decision.wallets[number].next_seq, decision.wallets[number].revision
            found[decision.wallets[number].tenant, f"{period}#{number}"] = (period, f"{revision}")
    return [put_if(db.state, {"pk": keys.late(tenant), "sk": sk, "mark": mark}) for (tenant, sk), (_, mark) in found.items()]


def _spend(db: Database, budget: Budget, points: int) -> Item:
    """Take points if the limit allows, by what is in the table now; giving points back is always allowed."""
    pk, sk = budget_key(budget.tenant, budget.program)
    update: Item = {
        "TableName": db.state,
        "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
        "UpdateExpression": "ADD #spent :points",
        "ExpressionAttributeNames": {"#spent": "spent"},
        "ExpressionAttributeValues": {":points": {"N": str(points)}},
    }
    if points > 0 and budget.limit is not None and "/" in budget.program:  # a cap lies in the rules, not in the item
        update["ConditionExpression"] = "attribute_not_exists(#spent) OR #spent <= :room"
        update["ExpressionAttributeValues"][":room"] = {"N": str(budget.limit - points)}
    elif points > 0 and budget.limit is not None:
        update["ConditionExpression"] = "#spent <= :room AND #limit >= :limit"
        update["ExpressionAttributeNames"]["#limit"] = "limit"
        update["ExpressionAttributeValues"] |= {
            ":room": {"N": str(budget.limit - points)},
            ":limit": {"N": str(budget.limit)},
        }
    elif points > 0:  # a share without a limit: it may have got one since it was read
        update["ConditionExpression"] = "attribute_not_exists(#limit)"
        update["ExpressionAttributeNames"]["#limit"] = "limit"
    return {"Update": update}


def _parking_write(db: Database, parking: Parking, tenant: str) -> Item:
    program, _, number, _ = parking.key.split("/", 3)
    pk, sk = keys.person(tenant, number), f"{_WAITING[parking.why]}#{parking.key}"
    if not parking.points:
        return delete(db, (pk, sk))
    at = iso(parking.at)
    place = {"budget": keys.parked_awards(tenant, program), "vest": keys.due_lots(tenant), "approval": keys.approvals(tenant)}
    fixed = {"tenant_pk": place[parking.why], "tenant_sk": f"{at}#{parking.key}", "at": at}
    given: dict[str, Any] = {"award": parking.key, "points": parking.points, "record": parking.record, "period": parking.period}
    given |= {"reason": parking.reason} if parking.reason else {}
    if parking.why == "vest":
        given |= fixed
    values = to_wire(fixed | given)
    first = [f"#{name} = if_not_exists(#{name}, :{name})" for name in fixed if name not in given]  # more waits: its place stays
    sets = first + [f"#{name} = :{name}" for name in given if name in values]
    update = {
        "TableName": db.state,
        "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
        "UpdateExpression": f"SET {', '.join(sets)}",
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
    }
    return {"Update": update}
