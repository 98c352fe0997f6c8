"""Figures: what was given, spent and is owed over a span, and the places of the month."""

from datetime import date, timedelta
from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from accolade.flows.boards import Board
from accolade.flows.figures import MOST_DAYS
from accolade.model.errors import Rejected
from accolade.web.api.operation import Call, Operation
from accolade.web.api.shapes import PLAIN, Closed, Limit
from accolade.web.visitors import Scope


class DayShape(Closed):
    """A day (UTC): awards, points given and spent."""

    on: date
    awards: int
    given: int
    spent: int


class GroupShape(Closed):
    """A program or a team: awards, points given and spent, and people who got any."""

    name: str
    awards: int
    given: int
    spent: int
    people: int


class FiguresShape(Closed):
    """From `since` to `until`, both included. `liability`: points that people have or will have, now. `unspent`: of those,
    what is older than a year. `deals`: those that earned. `complete`: nothing was left out for its number."""

    since: date
    until: date
    awards: int
    given: int
    spent: int
    liability: int
    unspent: int | None
    deals: int
    complete: bool
    days: list[DayShape]
    programs: list[GroupShape]
    teams: list[GroupShape]


class PlaceShape(Closed):
    """Somebody's place: equal points share a rank."""

    rank: int
    participant: str
    name: str
    points: int
    awards: int


class BoardShape(Closed):
    """A month's places (UTC), best first."""

    month: str
    team: str
    places: list[PlaceShape]


def figures(
    call: Call,
    since: Annotated[date | None, Query(description="The first day; default: 30 days before the last.")] = None,
    until: Annotated[date | None, Query(description="The last day; default: today.")] = None,
) -> FiguresShape:
    """What was given, spent and is owed, by day, program and team; a year at most."""
    today = call.now.date()
    last = min(until or today, today)
    first = since or date.fromordinal(max(1, last.toordinal() - 30))
    if first > last or last - first > timedelta(days=MOST_DAYS) or first.year < 2000:
        raise Rejected(f"a span has 1 to {MOST_DAYS} days, and none before 2000", where="query.since", mend="Ask for less")
    book = call.house.programs.rulebook(call.tenant.id)
    found = call.house.figures.figures(call.tenant.id, book, since=first, until=last, now=call.now)
    names = ("since", "until", "awards", "given", "spent", "liability", "unspent", "deals", "complete")
    return FiguresShape(
        **{name: getattr(found, name) for name in names},
        days=[DayShape(on=it.on, awards=it.awards, given=it.given, spent=it.spent) for it in found.days],
        programs=[_group(it) for it in found.programs],
        teams=[_group(it) for it in found.teams],
    )


def board(call: Call, team: Annotated[str, Query(max_length=200, pattern=PLAIN)] = "", limit: Limit = 50) -> BoardShape:
    """The places of the month, of everybody or of a team."""
    return _board(call.house.boards.board(call.tenant.id, team=team, now=call.now), team, limit)


def my_board(call: Call, limit: Limit = 50) -> BoardShape:
    """The places of the month in your own team; empty if you are in none."""
    team = call.person.team or ""
    found = call.house.boards.board(call.tenant.id, team=team, now=call.now)
    return _board(found, team, limit) if team else BoardShape(month=found.month, team="", places=[])


def _board(it: Board, team: str, limit: int) -> BoardShape:
    places = [
        PlaceShape(rank=row.rank, participant=row.person.number, name=row.person.name, points=row.points, awards=row.awards)
        for row in it.rows[:limit]
    ]
    return BoardShape(month=it.month, team=team, places=places)


def _group(it: object) -> GroupShape:
    return GroupShape(**{name: getattr(it, name) for name in GroupShape.model_fields})


_offered = partial(Operation, tag="figures")

OPERATIONS = (
    _offered("GET", "/me/board", Scope.WALLET, my_board, title="My team this month"),
    _offered("GET", "/analytics", Scope.ANALYTICS, figures, title="Figures of a span"),
    _offered("GET", "/analytics/board", Scope.ANALYTICS, board, title="Places of the month"),
)
