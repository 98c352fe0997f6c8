"""Figures: what was given, spent and is owed over a span, and the places of the month."""

from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query

from accolade.flows.boards import Board
from accolade.flows.figures import MOST_DAYS, Figures
from accolade.model.errors import Missing, Rejected
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
    what is older than a year; `expired`: what nobody spent in time. `deals`: those that earned. `cost`: what was given, and
    `deal_cost`: that by deal, in minor units of `currency`; null where programs do not agree on what a point is worth.
    `complete`: nothing was left out for its number."""

    since: date
    until: date
    awards: int
    given: int
    spent: int
    liability: int
    unspent: int | None
    expired: int
    deals: int
    currency: str | None
    cost: int | None
    deal_cost: int | None
    complete: bool
    days: list[DayShape]
    programs: list[GroupShape]
    teams: list[GroupShape]


class FileShape(Closed):
    """A file: its name, and its content as CSV (UTF-8, a header row), in which no spreadsheet takes a name for a formula."""

    name: str
    csv: str


class MeasuredShape(Closed):
    """A KPI before and after; null where it is undefined. A `ratio` lies between 0 and 1."""

    kpi: str
    title: str
    unit: str
    before: float | None
    after: float | None


class ComparisonShape(Closed):
    """What a program's start did, `days` on either side of it; `cut`: there were more deals than are read."""

    program: str
    start: date
    days: int
    rows: list[MeasuredShape]
    cut: bool


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
    found = _found(call, since, until)
    names = ("since", "until", "awards", "given", "spent", "liability", "unspent", "expired", "deals", "complete")
    of = found.worth
    return FiguresShape(
        **{name: getattr(found, name) for name in names},
        currency=of.currency if of else None,
        cost=of.money(found.given).minor if of else None,
        deal_cost=of.money(found.given // found.deals).minor if of and found.deals else None,
        days=[DayShape(on=it.on, awards=it.awards, given=it.given, spent=it.spent) for it in found.days],
        programs=[_group(it) for it in found.programs],
        teams=[_group(it) for it in found.teams],
    )


def figures_file(
    call: Call,
    table: Annotated[Literal["days", "programs", "teams"], Query(description="Which of the tables.")] = "days",
    since: Annotated[date | None, Query(description="The first day; default: 30 days before the last.")] = None,
    until: Annotated[date | None, Query(description="The last day; default: today.")] = None,
) -> FileShape:
    """One of the tables as a CSV file, to keep or to open in a spreadsheet."""
    from accolade.web.csv_file import csv_text

    found = _found(call, since, until)
    return FileShape(name=f"accolade-{table}-{found.since}-{found.until}.csv", csv=csv_text(*found.table(table)))


def before_after(call: Call, program: Annotated[str, Query(min_length=1, max_length=60, pattern=PLAIN)]) -> ComparisonShape:
    """What a program's start did to won deals, cycle time and close rate, as many days before as after it."""
    from accolade.flows.before_after import compared

    book, house = call.house.programs.rulebook(call.tenant.id), call.house
    found = compared(program, book, lambda: house.audit.records(call.tenant.id, "deal"), today=call.now.date())
    if found is None:
        raise Missing("there is no such program, or it has not begun")
    rows = [
        MeasuredShape(kpi=it.name, title=it.title, unit=it.unit, before=_number(it.before), after=_number(it.after))
        for it in found.rows
    ]
    return ComparisonShape(program=found.program, start=found.start, days=found.days, rows=rows, cut=found.cut)


def _found(call: Call, since: date | None, until: date | None) -> Figures:
    today = call.now.date()
    last = min(until or today, today)
    first = since or date.fromordinal(max(1, last.toordinal() - 30))
    if first > last or last - first > timedelta(days=MOST_DAYS) or first.year < 2000:
        raise Rejected(f"a span has 1 to {MOST_DAYS} days, and none before 2000", where="query.since", mend="Ask for less")
    book = call.house.programs.rulebook(call.tenant.id)
    return call.house.figures.figures(call.tenant.id, book, since=first, until=last, now=call.now)


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


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
    _offered("GET", "/analytics/export", Scope.ANALYTICS, figures_file, title="A table as a file"),
    _offered("GET", "/analytics/before-after", Scope.ANALYTICS, before_after, title="What a program's start did"),
    _offered("GET", "/analytics/board", Scope.ANALYTICS, board, title="Places of the month"),
)
