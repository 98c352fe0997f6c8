"""Team: what a manager sees of the people whom they lead, decides for them, and nominates them for."""

from functools import partial
from typing import Annotated

from pydantic import Field

from accolade.flows.asking_managers import award_id
from accolade.model.errors import Missing
from accolade.store.outstanding import Held
from accolade.web.api.money import DecidedShape, NominationShape, decided, nomination_shape, refused
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
    Reason,
    example,
    paged,
)
from accolade.web.visitors import Scope
from accolade.web.waiting import (
    earned_this_month,
    held_of,
    of_the_team,
    open_milestones,
    own_nominations,
    owner_of,
    reports,
    waiting,
)


class MemberShape(Closed):
    """Somebody whom you lead: what they earned this month (UTC), and what they have."""

    participant: str
    name: str
    team: str
    earned: int
    available: int


class WaitingShape(Closed):
    """An award of your team that waits for you. `id` is its name in the paths here."""

    id: str
    award: str
    participant: str
    points: int
    since: Instant
    why: str


class ChoiceShape(Closed):
    """A milestone that you may nominate for: what one award of it is worth (null: it depends), and what its budget and the
    shares of it still have for whoever of your people has the most room (null: no limit)."""

    milestone: str
    title: dict[str, str]
    points: int | None
    left: int | None


class Choices(Closed):
    """What you may nominate for now."""

    items: list[ChoiceShape]


class TeamNomination(Closed):
    """Whom of your team (their number), for which of the milestones, and why."""

    model_config = example({"nominee": "P000017", "milestone": "race/thanks", "reason": "She saved the launch"})

    nominee: Annotated[str, Field(min_length=1, max_length=20, pattern=PLAIN)]
    milestone: Annotated[str, Field(min_length=1, max_length=160, pattern=PLAIN)]
    reason: Reason


def team_standing(call: Call, limit: Limit = 50, cursor: Cursor = "") -> Page[MemberShape]:
    """The people whom you lead, by name."""
    after = call.place(cursor)
    team = reports(call)
    start = next((place + 1 for place, it in enumerate(team) if it.number == after), 0)
    shown, following = paged(team[start : start + limit + 1], limit, lambda it: it.number, call.cursor)
    month, wallets = earned_this_month(call), call.house.views.wallets(call.tenant.id, [it.number for it in shown])
    items = [
        MemberShape(
            participant=it.number,
            name=it.name,
            team=it.team or "",
            earned=month.get(it.number, 0),
            available=wallets[it.number].available,
        )
        for it in shown
    ]
    return Page(items=items, next=following)


def team_approvals(call: Call, limit: Limit = 50, cursor: Cursor = "") -> Page[WaitingShape]:
    """Awards of your team that wait for you, the oldest first."""
    after = call.place(cursor)
    held = sorted(waiting(call, {it.number for it in reports(call)}), key=_place)
    shown, following = paged([it for it in held if _place(it) > after], limit, _place, call.cursor)
    items = [
        WaitingShape(
            id=award_id(call.tenant.id, it.award),
            award=it.award,
            participant=owner_of(it),
            points=it.points,
            since=it.at,
            why=it.reason,
        )
        for it in shown
    ]
    return Page(items=items, next=following)


def approve_team_award(call: Call, award: Part, body: Because) -> DecidedShape:
    """Post an award of your team; its owner is told. Nobody decides about their own."""
    return decided(call, _held(call, award).award, body.reason)


def refuse_team_award(call: Call, award: Part, body: Because) -> DecidedShape:
    """Refuse an award of your team; the same facts do not ask again."""
    return refused(call, _held(call, award).award, body.reason)


def team_choices(call: Call) -> Choices:
    """The milestones that you may nominate for now, with what is left of their budgets."""
    people, shares, items = reports(call), call.house.budget_shares, []
    for program, it in open_milestones(call):
        left = shares.left(call.tenant.id, program.id, people)
        name, worth = f"{program.id}/{it.id}", it.points_for(1)
        items.append(ChoiceShape(milestone=name, title=dict(it.title), points=worth, left=left))
    return Choices(items=items)


def team_nominations(call: Call, limit: Limit = 50, cursor: Cursor = "") -> Page[NominationShape]:
    """Nominations that you made, and those of your team that wait for you."""
    after = call.place(cursor)
    known = {it.id: it for it in (*own_nominations(call), *of_the_team(call)) if it.id > after}
    found = [known[id_] for id_ in sorted(known)]
    shown, following = paged(found, limit, lambda it: it.id, call.cursor)
    return Page(items=[nomination_shape(it) for it in shown], next=following)


def nominate_in_team(call: Call, body: TeamNomination, idempotency_key: IdempotencyKey) -> NominationShape:
    """Put somebody of your team forward; somebody else approves it, and then it pays out of the program's budget."""
    nominee = next((it for it in reports(call) if it.number == body.nominee), None)
    if nominee is None:
        raise Missing("there is nobody of that number in your team")
    if body.milestone not in {f"{program.id}/{it.id}" for program, it in open_milestones(call)}:
        raise Missing("there is no such milestone to nominate for")
    desk = call.house.nominations(call.tenant.id)
    made = desk.nominate(nominee, body.milestone, by=call.person.number, reason=body.reason, now=call.now)
    after = {"milestone": made.milestone, "nominee": made.nominee}
    call.record("nomination.made", f"nomination:{made.id}", after=after, reason=body.reason)
    return nomination_shape(made)


def approve_team_nomination(call: Call, nomination: Part, body: Because) -> NominationShape:
    """Let a nomination of somebody in your team pay, that somebody else made."""
    return _decided(call, nomination, body.reason, "approved")


def decline_team_nomination(call: Call, nomination: Part, body: Because) -> NominationShape:
    """Decline a nomination of somebody in your team."""
    return _decided(call, nomination, body.reason, "declined")


def withdraw_team_nomination(call: Call, nomination: Part, body: Because) -> NominationShape:
    """Take your own nomination back; what it paid is taken back."""
    return _decided(call, nomination, body.reason, "withdrawn")


def _decided(call: Call, id_: str, reason: str, done: str) -> NominationShape:
    mine = own_nominations(call) if done == "withdrawn" else of_the_team(call)
    if id_ not in {it.id for it in mine}:
        raise Missing("there is no such nomination")
    desk = call.house.nominations(call.tenant.id)
    decide = {"approved": desk.approve, "declined": desk.decline, "withdrawn": desk.withdraw}[done]
    made = decide(id_, by=call.who.name, reason=reason, now=call.now)
    call.record(f"nomination.{done}", f"nomination:{made.id}", reason=reason)
    return nomination_shape(made)


def _held(call: Call, id_: str) -> Held:
    return held_of(call, id_, {it.number for it in reports(call)})


def _place(it: Held) -> str:
    return f"{it.at.isoformat()} {it.award}"


_offered = partial(Operation, tag="team", scope=Scope.TEAM)
_AWARD, _NOMINATION = "/team/approvals/{award}", "/team/nominations/{nomination}"

OPERATIONS = (
    _offered("GET", "/team/standing", answer=team_standing, title="My team"),
    _offered("GET", "/team/approvals", answer=team_approvals, title="Awards that wait for me"),
    _offered("POST", f"{_AWARD}/approve", answer=approve_team_award, title="Approve an award of my team"),
    _offered("POST", f"{_AWARD}/refuse", answer=refuse_team_award, title="Refuse an award of my team"),
    _offered("GET", "/team/choices", answer=team_choices, title="What I may nominate for"),
    _offered("GET", "/team/nominations", answer=team_nominations, title="Nominations of my team"),
    _offered("POST", "/team/nominations", answer=nominate_in_team, title="Nominate somebody of my team", status=201, once=True),
    _offered("POST", f"{_NOMINATION}/approve", answer=approve_team_nomination, title="Approve a nomination of my team"),
    _offered("POST", f"{_NOMINATION}/decline", answer=decline_team_nomination, title="Decline a nomination of my team"),
    _offered("POST", f"{_NOMINATION}/withdraw", answer=withdraw_team_nomination, title="Take my nomination back"),
)
