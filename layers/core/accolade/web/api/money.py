"""Money: budgets and what is spent of them, awards that wait for a person, and nominations."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from accolade.flows.nominations import Nomination
from accolade.model.errors import Missing
from accolade.model.ledger import Budget, EntryKind
from accolade.web.api.operation import Call, Operation
from accolade.web.api.people import Because
from accolade.web.api.shapes import (
    PLAIN,
    Closed,
    Cursor,
    IdempotencyKey,
    Instant,
    Limit,
    Page,
    Part,
    Points,
    Reason,
    example,
    paged,
)
from accolade.web.visitors import Scope


class BudgetShape(Closed):
    """What a program may give away in all its versions (`limit`, null: without limit) and gave so far."""

    program: str
    limit: int | None
    spent: int
    left: int | None
    waiting: int


class Budgets(Closed):
    """The budgets of all programs."""

    items: list[BudgetShape]


class BurntShape(Closed):
    """A day (UTC): points given, net of what went back, and what was left at its end (null: no limit)."""

    on: date
    given: int
    left: int | None


class BurnShape(Closed):
    """How a budget burns down: `daily` points by the last four weeks, and the day on which it is used up at that pace (null:
    never, or not for years)."""

    program: str
    daily: int
    dry: date | None
    left: int | None
    days: list[BurntShape]


class TopUp(Closed):
    """Points to add to a limit, and why."""

    points: Points
    reason: Reason


class HeldShape(Closed):
    """An award that waits for a person: its key, for whom, how many points, since when and why."""

    award: str
    participant: str
    points: int
    since: Instant
    why: str


class AwardWanted(Closed):
    """Which award (its key, as the list shows it), and why."""

    model_config = example({"award": "race/big-win/P000017/sf:deal:0065e00000AAA", "reason": "The contract is signed"})

    award: Annotated[str, Field(min_length=1, max_length=500, pattern=PLAIN)]
    reason: Reason


class DecidedShape(Closed):
    """What became of an award: points posted, and points that wait for budget."""

    award: str
    posted: int
    parked: int


class NominationShape(Closed):
    """Somebody put forward for a manual milestone. `milestone` is `program/milestone`."""

    id: str
    milestone: str
    nominee: str
    nominator: str
    reason: str
    nominated_on: str
    state: str
    decided_by: str


class NominationWanted(Closed):
    """Whom (number or import id), for what, and why."""

    model_config = example({"nominee": "asha", "milestone": "race/thanks", "reason": "She saved the launch"})

    nominee: Annotated[str, Field(min_length=1, max_length=64, pattern=PLAIN)]
    milestone: Annotated[str, Field(min_length=1, max_length=160, pattern=PLAIN)]
    reason: Reason


def list_budgets(call: Call) -> Budgets:
    """The budgets of all programs."""
    return Budgets(items=[_budget(call, it) for it in call.house.budgets.list(call.tenant.id) if "/" not in it.program])


def get_budget(call: Call, program: Part) -> BudgetShape:
    """The budget of a program; `waiting`: how many awards wait for it."""
    return _budget(call, call.house.budgets.get(call.tenant.id, program))


def burn_down(call: Call, program: Part) -> BurnShape:
    """How the budget of a program burns down: 90 days, the newest last, and its pace."""
    from accolade.flows import burning

    it, today = call.house.budgets.get(call.tenant.id, program), call.now.date()
    since = today - timedelta(days=burning.SHOWN - 1)
    given = burning.given_by(call.house.figures, call.tenant.id, since, today).get(program, {})
    pace = burning.burn(it, sum(points for on, points in given.items() if on > today - timedelta(days=burning.PACE)), today)
    days = [BurntShape(on=on, given=points, left=left) for on, points, left in burning.burn_down(it, given, today)]
    return BurnShape(program=it.program, daily=pace.daily, dry=pace.dry, left=pace.left, days=days)


def top_up_budget(call: Call, program: Part, body: TopUp, idempotency_key: IdempotencyKey) -> BudgetShape:
    """Add points to a limit; what waits for budget is posted within two minutes, in the order in which it was earned."""
    before = call.house.budgets.get(call.tenant.id, program)
    after = call.house.budgets.top_up(call.tenant.id, program, body.points)
    limits = {"limit": before.limit}, {"limit": after.limit}
    call.record("budget.raised", f"program:{program}", before=limits[0], after=limits[1], reason=body.reason)
    return _budget(call, after)


def list_approvals(call: Call, limit: Limit = 50, cursor: Cursor = "") -> Page[HeldShape]:
    """Awards that wait for a person, oldest first."""
    after = call.place(cursor)
    found = [it for it in call.house.approvals.waiting(call.tenant.id) if f"{it.at.isoformat()} {it.award}" > after]
    found.sort(key=lambda it: (it.at, it.award))
    shown, following = paged(found, limit, lambda it: f"{it.at.isoformat()} {it.award}", call.cursor)
    items = [
        HeldShape(award=it.award, participant=it.award.split("/")[2], points=it.points, since=it.at, why=it.reason)
        for it in shown
    ]
    return Page(items=items, next=following)


def approve_award(call: Call, body: AwardWanted) -> DecidedShape:
    """Post an award that waits; its owner is told. Nobody decides about their own."""
    return decided(call, body.award, body.reason)


def refuse_award(call: Call, body: AwardWanted) -> DecidedShape:
    """Refuse an award that waits; the same facts do not ask again."""
    return refused(call, body.award, body.reason)


def list_nominations(
    call: Call,
    limit: Limit = 50,
    cursor: Cursor = "",
    state: Annotated[Literal["waits", "approved", "declined", "withdrawn", ""], Query()] = "",
) -> Page[NominationShape]:
    """Nominations in the order of their ids."""
    after = call.place(cursor)
    found = [it for it in call.house.nominations(call.tenant.id).list() if state in ("", it.state) and it.id > after]
    found.sort(key=lambda it: it.id)
    shown, following = paged(found, limit, lambda it: it.id, call.cursor)
    return Page(items=[nomination_shape(it) for it in shown], next=following)


def nominate(call: Call, body: NominationWanted, idempotency_key: IdempotencyKey) -> NominationShape:
    """Put somebody forward for a manual milestone."""
    nominee, desk = call.participant(body.nominee), call.house.nominations(call.tenant.id)
    made = desk.nominate(nominee, body.milestone, by=call.who.name, reason=body.reason, now=call.now)
    call.record("nomination.made", f"nomination:{made.id}", after={"nominee": made.nominee}, reason=body.reason)
    return nomination_shape(made)


def approve_nomination(call: Call, nomination: Part, body: Because) -> NominationShape:
    """Let a nomination pay; who is nominated is told."""
    return _moved(call, call.house.nominations(call.tenant.id).approve, nomination, body.reason, "approved")


def decline_nomination(call: Call, nomination: Part, body: Because) -> NominationShape:
    """Decline a nomination; what it paid is taken back."""
    return _moved(call, call.house.nominations(call.tenant.id).decline, nomination, body.reason, "declined")


def withdraw_nomination(call: Call, nomination: Part, body: Because) -> NominationShape:
    """Take a nomination back; only who made it does that."""
    return _moved(call, call.house.nominations(call.tenant.id).withdraw, nomination, body.reason, "withdrawn")


def _moved(call: Call, move: Callable[..., Nomination], nomination: str, reason: str, what: str) -> NominationShape:
    made = move(_id(nomination), by=call.who.name, reason=reason, now=call.now)
    call.record(f"nomination.{what}", f"nomination:{made.id}", reason=reason)
    return nomination_shape(made)


def decided(call: Call, award: str, reason: str) -> DecidedShape:
    """Approve an award by its key."""
    done = call.house.approvals.approve(call.tenant.id, award, by=call.who.name, reason=reason, now=call.now)
    posted = sum(it.amount for entry in done.entries if entry.kind is EntryKind.ACCRUAL for it in entry.transfers)
    parked = sum(it.points for it in done.parkings if it.why == "budget")
    call.record("award.approved", award, after={"posted": posted, "parked": parked}, reason=reason)
    return DecidedShape(award=award, posted=posted, parked=parked)


def refused(call: Call, award: str, reason: str) -> DecidedShape:
    """Refuse an award by its key."""
    call.house.approvals.refuse(call.tenant.id, award, by=call.who.name, reason=reason, now=call.now)
    call.record("award.refused", award, reason=reason)
    return DecidedShape(award=award, posted=0, parked=0)


def _id(text: str) -> str:
    if len(text) > 32:
        raise Missing("there is no such nomination")
    return text


def _budget(call: Call, it: Budget) -> BudgetShape:
    waiting = call.house.audit.parked_awards(call.tenant.id, it.program) if it.limit is not None else 0
    return BudgetShape(program=it.program, limit=it.limit, spent=it.spent, left=it.left, waiting=waiting)


def nomination_shape(it: Nomination) -> NominationShape:
    """A nomination as it is shown."""
    return NominationShape(**{name: getattr(it, name) for name in NominationShape.model_fields})


_offered = partial(Operation, tag="money")
_NOMINATION = "/nominations/{nomination}"

OPERATIONS = (
    _offered("GET", "/budgets", Scope.BUDGETS, list_budgets, title="All budgets"),
    _offered("GET", "/budgets/{program}", Scope.BUDGETS, get_budget, title="A program's budget"),
    _offered("GET", "/budgets/{program}/burn-down", Scope.BUDGETS, burn_down, title="How it burns down"),
    _offered(
        "POST",
        "/budgets/{program}/top-ups",
        Scope.BUDGETS_WRITE,
        top_up_budget,
        title="Add to a budget",
        status=201,
        once=True,
        example={"points": 5000, "reason": "The quarter goes well"},
    ),
    _offered("GET", "/approvals", Scope.APPROVALS, list_approvals, title="Awards that wait"),
    _offered("POST", "/approvals/approve", Scope.APPROVALS, approve_award, title="Approve an award"),
    _offered("POST", "/approvals/refuse", Scope.APPROVALS, refuse_award, title="Refuse an award"),
    _offered("GET", "/nominations", Scope.APPROVALS, list_nominations, title="Nominations"),
    _offered("POST", "/nominations", Scope.APPROVALS, nominate, title="Nominate somebody", status=201, once=True),
    _offered("POST", f"{_NOMINATION}/approve", Scope.APPROVALS, approve_nomination, title="Approve a nomination"),
    _offered("POST", f"{_NOMINATION}/decline", Scope.APPROVALS, decline_nomination, title="Decline a nomination"),
    _offered("POST", f"{_NOMINATION}/withdraw", Scope.APPROVALS, withdraw_nomination, title="Take a nomination back"),
)
