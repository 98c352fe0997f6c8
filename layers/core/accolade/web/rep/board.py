"""The board of one's own team: ranks, points and wins in the current periods; nobody sees another team's."""

from typing import Any

from accolade.flows.team_board import MOST, Place
from accolade.model.errors import Missing
from accolade.programs.periods import Period
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope


def board(ask: Ask) -> PageAnswer:
    """`GET me/board`: the shortest current period, or the one asked for; with `last` the one before it that has points."""
    t, person, boards = ask.t, ask.person, ask.house.team_boards
    periods = boards.periods(ask.tenant.id, person.zone, ask.now)
    place = _chosen(periods, ask.value("period", limit=80))
    now, last = periods[place], ask.value("last", limit=1) == "1"
    period = (boards.last(person, now) if last else None) or now
    found = boards.board(person, period)
    anything = any(it.points for it in found.places)
    before = None if anything or last or not person.team else boards.last(person, now)
    tabs = [(f"?period={number}", t.period(it.id), it.id == period.id) for number, it in enumerate(periods)]
    return site_rendered(
        ask,
        "rep/board.html",
        tab="board",
        title=t.t("Board"),
        team=plain(person.team or "", limit=80),
        period=t.period(period.id),
        tabs=tabs if len(tabs) > 1 else [],
        now=(f"?period={place}", t.period(now.id)) if period != now else None,
        last=(f"?period={place}&last=1", t.period(before.id)) if before else None,
        rows=[_row(ask, it) for it in found.places],
        wins=any(it.wins is not None for it in found.places),
        anything=anything,
        cut=t.t("Only %(count)s people of the team are ranked here.", count=t.number(MOST)) if found.cut else "",
    )


def _chosen(periods: list[Period], asked: str) -> int:
    """Its place in the list: nothing but today's periods can be asked for."""
    place = int(asked) if asked.isascii() and asked.isdecimal() else 0
    if place >= len(periods):
        raise Missing("there is no such period")
    return place


def _row(ask: Ask, it: Place) -> dict[str, Any]:
    return {
        "rank": ask.t.number(it.rank),
        "name": plain(it.person.name, limit=80),
        "points": ask.t.number(it.points),
        "wins": ask.t.number(it.wins) if it.wins is not None else "",
        "own": it.person.number == ask.person.number,
    }


ROUTES = (Route("GET", "me/board", Scope.WALLET, board),)
"""The board's page."""
