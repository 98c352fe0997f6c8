"""Budget shares: what the whole company may give, and of a program what a team or the people of one manager may get."""

from typing import Annotated

from pydantic import Field

from accolade.model.ledger import Budget
from accolade.wallet.shares import MANAGER, TEAM, kind_of, program_of
from accolade.web.api.operation import Call, Operation
from accolade.web.api.shapes import Closed, Reason, Short, example
from accolade.web.visitors import Scope


class ShareShape(Closed):
    """A share: of a `program` (empty: of all of them) for a `team` or for the people of a `manager` (both empty: the whole
    company). `limit` null: it was lifted. What was given before it was first set is not in `spent`."""

    program: str
    team: str
    manager: str
    limit: int | None
    spent: int
    left: int | None


class Shares(Closed):
    """All shares: the company's first, then by program."""

    items: list[ShareShape]


class ShareWanted(Closed):
    """Whose share, its limit (null: lift it), and why. Nothing but a limit: what all programs together may give."""

    model_config = example({"program": "race", "team": "West", "limit": 20000, "reason": "A third of the quarter"})

    program: Short = ""
    team: Short = ""
    manager: Short = ""
    limit: Annotated[int | None, Field(strict=True, ge=0, le=1_000_000_000)]
    reason: Reason


def list_budget_shares(call: Call) -> Shares:
    """What the company, teams and managers may give, and gave. An award is taken from every share on its way."""
    return Shares(items=[_shape(it) for it in call.house.budget_shares.list(call.tenant.id)])


def put_budget_share(call: Call, body: ShareWanted) -> ShareShape:
    """Set a share. It counts what is given from then on (within a minute everything); what waited for it is posted within two
    minutes, of each program in the order in which it was earned."""
    shares = call.house.budget_shares
    name, before = shares.set(call.tenant.id, body.limit, program=body.program, team=body.team, manager=body.manager)
    limits = {"limit": before.limit}, {"limit": body.limit}
    call.record("share.set", f"share:{name}", before=limits[0], after=limits[1], reason=body.reason)
    return _shape(shares.get(call.tenant.id, name))


def _shape(it: Budget) -> ShareShape:
    kind = kind_of(it.program)
    return ShareShape(
        program=program_of(it.program),
        team=it.who if kind == TEAM else "",
        manager=it.who if kind == MANAGER else "",
        limit=it.limit,
        spent=it.spent,
        left=it.left,
    )


OPERATIONS = (
    Operation("GET", "/budget-shares", Scope.BUDGETS, list_budget_shares, "money", "All shares of budgets"),
    Operation("PUT", "/budget-shares", Scope.BUDGETS_WRITE, put_budget_share, "money", "Set a share of a budget"),
)
