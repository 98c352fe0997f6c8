"""Me: one's own points, why they are there, what is coming, and how one is told; for a participant who has signed in."""

from datetime import date
from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from accolade.flows.explain import Asked
from accolade.flows.explanation_json import as_json
from accolade.flows.wallet_view import PersonView
from accolade.model.errors import Missing
from accolade.model.participants import Participant
from accolade.web.api.operation import Call, Operation, whole
from accolade.web.api.shapes import PLAIN, Closed, Cursor, Instant, Json, Limit, Line, Page
from accolade.web.visitors import Scope

MOST_DAYS = 100
"""Days on which something expires, in one answer."""


class Me(Closed):
    """Who asks, and what they may."""

    number: str
    name: str
    tenant: str
    locale: str
    zone: str
    team: str | None
    scopes: list[str]


class ExpiringShape(Closed):
    """Points that can be spent until the end of `last_day`."""

    last_day: date
    points: int


class WalletShape(Closed):
    """Points: free to spend, not vested yet, held for a redemption, and owed after a claw-back; what expires, soonest first."""

    participant: str
    available: int
    pending: int
    held: int
    debt: int
    unit: str
    expiring: list[ExpiringShape]


class EntryShape(Closed):
    """A line of the statement. `points`: what it changed for its owner; `subject`: the deal or person it is about."""

    line: int
    id: str
    at: Instant
    posted_at: Instant
    kind: str
    points: int
    title: dict[str, str]
    subject: str
    program: str
    version: int
    milestone: str
    record: str | None


class NewsShape(Closed):
    """What was announced: a program `started`, `changed` or `ended` on a day, something was `answered` or bought; what it means
    in sentences of your language."""

    event: str
    on: date
    title: dict[str, str]
    sentences: list[str]


class News(Closed):
    """What was announced in the last 30 days, the newest first."""

    items: list[NewsShape]


class StepShape(Closed):
    """How far the next award of a milestone is, in its `unit`."""

    program: str
    milestone: str
    title: dict[str, str]
    done: int
    needed: int
    unit: str
    points: int | None
    last_day: date | None


class Steps(Closed):
    """The steps of today's programs."""

    items: list[StepShape]


class Why(Closed):
    """Awards that are there, wait, or are not there, each with everything that was looked at. The fields of an award are
    those of `accolade explain --json`."""

    participant: str
    number: str
    awards: list[Json]


def me(call: Call) -> Me:
    """Who you are here, and your scopes."""
    it = call.person
    scopes = sorted(scope.value for scope in call.who.scopes)
    tenant = call.tenant.name
    return Me(number=it.number, name=it.name, tenant=tenant, locale=it.locale, zone=it.zone, team=it.team, scopes=scopes)


def my_wallet(call: Call) -> WalletShape:
    """How many points you have, and how they stand."""
    return wallet_of(call, call.person)


def my_entries(call: Call, limit: Limit = 50, cursor: Cursor = "") -> Page[EntryShape]:
    """Your statement, newest first; a page holds at most 50 lines."""
    return entries_of(call, call.person, limit, cursor)


def why_line(call: Call, line: Line) -> Why:
    """Why a line of your statement is there: the rule, what was seen, and every step from there to the points."""
    return why_of(call, call.person, Asked(line=int(line)))


def why(
    call: Call,
    milestone: Annotated[str, Query(max_length=200, pattern=PLAIN)] = "",
    record: Annotated[str, Query(max_length=200, pattern=PLAIN, description="`connection:deal:ID`, or the CRM's own id.")] = "",
) -> Why:
    """Why something is there or not: about a milestone, about a record, or everything recent and near."""
    return why_of(call, call.person, Asked(milestone=milestone, record=record))


def my_progress(call: Call) -> Steps:
    """What is next: how far each milestone that you can still reach is."""
    return steps_of(call, call.person)


def my_news(call: Call) -> News:
    """What was announced to you lately."""
    found = _view(call, call.person, "").news
    shown = [
        NewsShape(event=it.event, on=date.fromisoformat(it.on), title=dict(it.title), sentences=list(it.sentences))
        for it in found
    ]
    return News(items=shown)


def wallet_of(call: Call, person: Participant) -> WalletShape:
    """The wallet of a participant."""
    it = call.house.views.wallet(person.tenant, person.number)
    soon = call.house.expiring.expiring(person.tenant, person.number, call.now)[:MOST_DAYS] if it.available else ()
    return WalletShape(
        participant=person.number,
        available=it.available,
        pending=it.pending,
        held=it.held,
        debt=it.debt,
        unit=call.tenant.unit,
        expiring=[ExpiringShape(last_day=day, points=points) for day, points in soon],
    )


def entries_of(call: Call, person: Participant, limit: int, cursor: str) -> Page[EntryShape]:
    """A page of a participant's statement."""
    view = _view(call, person, cursor)
    shown = view.feed[:limit]
    more = len(view.feed) > limit or view.older is not None
    items = [
        EntryShape(
            line=it.entry.seq,
            id=it.entry.id,
            at=it.entry.at,
            posted_at=it.entry.posted_at,
            kind=it.entry.kind.value,
            points=it.points,
            title=dict(it.line.title),
            subject=it.subject,
            program=it.entry.cause.program,
            version=it.entry.cause.version,
            milestone=it.entry.cause.milestone,
            record=it.entry.cause.record,
        )
        for it in shown
    ]
    return Page(items=items, next=call.cursor(shown[-1].entry.seq) if more and shown else None)


def steps_of(call: Call, person: Participant) -> Steps:
    """What is next for a participant."""
    shown = [
        StepShape(
            program=it.program.id,
            milestone=it.milestone.id,
            title=dict(it.milestone.title),
            done=it.done,
            needed=it.needed,
            unit=it.milestone.progress_unit,
            points=it.points,
            last_day=it.last_day,
        )
        for it in _view(call, person, "").steps
    ]
    return Steps(items=shown)


def why_of(call: Call, person: Participant, asked: Asked) -> Why:
    """What is known about what was asked; Missing if nothing is, or nothing of theirs."""
    found = call.house.explainer.explain(person, asked, now=call.now)
    if asked.anything and not found.awards:
        raise Missing("there is nothing to explain under this name")
    return Why(**as_json(found))


def _view(call: Call, person: Participant, cursor: str) -> PersonView:
    return call.house.wallets.show(call.tenant, person, now=call.now, before=whole(call.place(cursor)))


_offered = partial(Operation, tag="me")

OPERATIONS = (
    _offered("GET", "/me", Scope.WALLET, me, title="Who am I"),
    _offered("GET", "/me/wallet", Scope.WALLET, my_wallet, title="My points"),
    _offered("GET", "/me/entries", Scope.WALLET, my_entries, title="My statement"),
    _offered("GET", "/me/entries/{line}/why", Scope.WALLET, why_line, title="Why a line is there"),
    _offered("GET", "/me/why", Scope.WALLET, why, title="Why something is there or not"),
    _offered("GET", "/me/news", Scope.WALLET, my_news, title="What was announced"),
    _offered("GET", "/me/progress", Scope.WALLET, my_progress, title="What is next for me"),
)
