"""A board: names large, ranks that move when they change, a win celebrated for ten seconds; readable from five metres."""

from dataclasses import replace
from typing import Any

from accolade.flows.boards import Board, Win
from accolade.model.participants import Tenant
from accolade.store.screens import Screen
from accolade.texts import Texts, chosen, texts
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.rendering import site_rendered
from accolade.web.site import Route

PLACES = 10
"""Names that a television shows."""

NAME = 28
"""Characters of a name that can be read from five metres."""


def board(ask: Ask) -> PageAnswer:
    """The whole page; it asks for its rows again every few seconds."""
    screen, tenant, words = _words(ask)
    return site_rendered(replace(ask, t=words["t"]), "screen/board.html", tenant=tenant, screen=screen, **words)


def rows(ask: Ask) -> PageAnswer:
    """The moving part."""
    screen, tenant, words = _words(ask)
    return site_rendered(replace(ask, t=words["t"]), "screen/rows.html", tenant=tenant, screen=screen, **words)


def _words(ask: Ask) -> tuple[Screen, Tenant, dict[str, Any]]:
    screen = ask.house.screens.of_token(ask.args["token"])
    tenant = ask.house.tenants.get(screen.tenant)
    t = texts(screen.locale)
    found = ask.house.boards.board(screen.tenant, team=screen.team, now=ask.now)
    return screen, tenant, {"t": t, "token": ask.args["token"], **shown(found, screen, tenant, t, ask)}


def shown(found: Board, screen: Screen, tenant: Tenant, t: Texts, ask: Ask) -> dict[str, Any]:
    """What stands on the board, in words."""
    best = found.rows[0].points if found.rows else 1
    year, month = found.month.split("-")
    rulebook = ask.house.programs.rulebook(tenant.id) if found.wins else None
    return {
        "title": screen.name,
        "heading": t.month(int(year), int(month)),
        "places": [
            {
                "key": it.person.number,
                "rank": it.rank,
                "name": _name(it.person.name, screen),
                "points": t.number(it.points),
                "value": it.points,
                "best": best,
            }
            for it in found.rows[:PLACES]
        ],
        "wins": [_win(it, screen, rulebook, t) for it in found.wins[:5]],
        "unit": tenant.unit,
    }


def _win(win: Win, screen: Screen, rulebook: Any, t: Texts) -> dict[str, str]:
    cause = win.entry.cause
    program = rulebook.version(cause.program, cause.version) if rulebook else None
    named = chosen(program.title, t.language) if program else ""
    return {
        "id": win.id,
        "name": _name(win.person.name, screen),
        "points": t.number(win.points),
        "why": plain(named, limit=60),
    }


def _name(name: str, screen: Screen) -> str:
    whole = plain(name, limit=NAME)
    return whole.split(" ")[0] if screen.first_names else whole


ROUTES: tuple[Route, ...] = (
    Route("GET", "board/{token}", None, board),
    Route("GET", "board/{token}/rows", None, rows),
)
