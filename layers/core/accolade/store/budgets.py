"""Budgets: what a program may give away in all its versions, and what it gave so far."""

from collections.abc import Sequence

from accolade.model.deliveries import Delivery
from accolade.model.errors import Conflict, Missing, Refused
from accolade.model.ledger import Budget
from accolade.model.phrases import later as t
from accolade.store import keys
from accolade.store.budget_levels import raise_limit, tell
from accolade.store.database import Database, Item
from accolade.wallet.budgets import still_told
from accolade.wallet.shares import is_share

_RACES = 5


_SHARE = "PROGRAMSHARE#"
"""Read in the same query as the programs, whose rules have to know which shares there are."""


def budget_key(tenant: str, node: str) -> tuple[str, str]:
    """Where a program's budget lies, a share of budgets, or what a group has drawn on a cap (which has a `/` in its name)."""
    kind = "CAP#" if "/" in node else _SHARE if is_share(node) else "BUDGET#"
    return keys.tenant(tenant), f"{kind}{node}"


def share_of(item: Item) -> str:
    """The name of the share that an item holds; empty if it holds something else."""
    return item["sk"].removeprefix(_SHARE) if item["sk"].startswith(_SHARE) else ""


class Budgets:
    """Reads budgets of programs and shares of them, and moves their limits; `spent` moves only with an entry, in its
    transaction.

    An item holds `spent`, `revision`, `base` (what the document says) and `added` (top-ups); `limit` is their sum and
    absent where the program has no budget. `told`: see `store.budget_levels`.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, tenant: str, program: str) -> Budget:
        """The budget, read consistently; Missing if the program was never published."""
        item = self._db.get(self._db.state, budget_key(tenant, program))
        if item is None:
            raise Missing(
                t("there is no program %(program)r", program=program), mend="accolade program list shows those there are"
            )
        return budget_from_item(item, tenant=tenant, program=program)

    def list(self, tenant: str) -> Sequence[Budget]:
        """The budgets of all programs."""
        items = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="BUDGET#")
        return [budget_from_item(item, tenant=tenant, program=item["sk"].split("#", 1)[1]) for item in items]

    def shares(self, tenant: str) -> Sequence[Budget]:
        """The shares of budgets that were ever set; of those that were lifted since, the limit is None."""
        items = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=_SHARE)
        return [budget_from_item(item, tenant=tenant, program=share_of(item)) for item in items]

    def set_base(self, tenant: str, program: str, points: int | None, *, who: str = "") -> None:
        """Make the limit what the program's document says plus what was topped up, or of a share what is said; None: no limit.

        Refused if more is spent already. `who`: the team or the manager whose share it is.
        """
        for _ in range(_RACES):
            item = self._db.get(self._db.state, budget_key(tenant, program))
            if item is not None and item.get("base") == points:
                return
            try:
                self._put_base(tenant, program, item, points, who)
            except Conflict:
                continue  # points were spent meanwhile: look again
            return
        raise Conflict(t("the budget is being changed by others"), where=f"budget of {program}", mend=t("Publish again"))

    def top_up(self, tenant: str, program: str, points: int) -> Budget:
        """Add points to the limit. Refused if the program has no limit; Missing if there is no such program."""
        if points <= 0:
            raise Refused(t("a top-up adds at least one point"), where=f"budget of {program}")
        for _ in range(_RACES):
            before = self.get(tenant, program)
            if before.limit is None:
                raise Refused(t("this program has no budget, so nothing can be added to it"), where=f"budget of {program}")
            try:
                item = raise_limit(self._db, budget_key(tenant, program), before, before.limit, points)
            except Conflict:
                continue  # raised by somebody else, or spent across a level: look again
            return budget_from_item(item, tenant=tenant, program=program)
        raise Conflict(t("the budget is being changed by others"), where=f"budget of {program}", mend=t("Try again"))

    def tell(self, budget: Budget, level: int, deliveries: Sequence[Delivery]) -> None:
        """Store the messages that tell of a level, and that they are, both or neither; Conflict if something but `spent`
        has changed since the budget was read."""
        tell(self._db, budget_key(budget.tenant, budget.program), budget, level, deliveries)

    def _put_base(self, tenant: str, program: str, item: Item | None, points: int | None, who: str) -> None:
        before = item or {"spent": 0, "added": 0, "revision": 0}
        limit = None if points is None else points + before.get("added", 0)
        if limit is not None and limit < before["spent"]:
            raise Refused(
                t(
                    "the budget would be %(limit)s points, and %(spent)s are spent already",
                    limit=limit,
                    spent=int(before["spent"]),
                ),
                where="points" if is_share(program) else "budget.points",
                mend=t("Set at least what is spent"),
            )
        pk, sk = budget_key(tenant, program)
        after = before | {"pk": pk, "sk": sk, "base": points, "limit": limit, "revision": before["revision"] + 1}
        after |= {"who": who} if who else {}
        after["told"] = still_told(before.get("told", 0), before["spent"], limit)
        if item is not None and item.get("limit") is None:
            after["partial"] = True
        if item is None:
            self._db.put(self._db.state, after, new=True)
            return
        self._db.put(
            self._db.state,
            after,
            condition="#revision = :revision AND #spent = :spent",
            names={"#revision": "revision", "#spent": "spent"},
            values={":revision": before["revision"], ":spent": before["spent"]},
        )


def budget_from_item(item: Item, *, tenant: str, program: str) -> Budget:
    """The budget of an item."""
    return Budget(
        tenant,
        program,
        limit=int(program.rpartition("=")[2]) if "/" in program else item.get("limit"),
        spent=item.get("spent", 0),
        revision=item.get("revision", 0),
        partial=item.get("partial", False),
        told=item.get("told", 0),
        who=item.get("who", ""),
    )
