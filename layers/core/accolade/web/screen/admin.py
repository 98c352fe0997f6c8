"""The staff's page of boards: put one up, copy its address once, take it down."""

from base64 import b32encode
from typing import Any

from accolade.store.screens import Screen
from accolade.texts import LANGUAGES
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

MOST = 50
"""Boards of one company."""


def boards(ask: Ask) -> PageAnswer:
    """The boards there are, and the form for another one."""
    return _page(ask, form_of(ask, locale=ask.t.language))


def put_up(ask: Ask) -> PageAnswer:
    """A new board; its address is shown now and never again."""
    form, known = form_of(ask), list(ask.house.screens.list(ask.tenant.id))
    name = form.text("name", most=60, required=True)
    team = form.one_of("team", ["", *_teams(ask)])
    locale = form.one_of("locale", LANGUAGES)
    if len(known) >= MOST:
        form.wrong("", ask.t.t("There are %(most)s boards. Take one down first.", most=MOST))
    if not form.good:
        return _page(ask, form, status=422)
    id_ = b32encode(ask.house.random(5)).decode().lower()
    screen = Screen(ask.tenant.id, id_, name, ask.now, team=team, first_names=form.has("first_names", "1"), locale=locale)
    token = ask.house.screens.put_up(screen)
    _note(ask, "screen.put_up", screen, after={"name": name, "team": team})
    return _page(ask, form_of_empty(ask), address=f"{ask.tenant.public_url.rstrip('/')}/board/{token}")


def take_down(ask: Ask) -> PageAnswer:
    """The address of a board shows nothing any more."""
    screen = ask.house.screens.take_down(ask.tenant.id, ask.args["screen"])
    _note(ask, "screen.taken_down", screen, before={"name": screen.name, "team": screen.team})
    return moved("../../boards?done=down")


def form_of_empty(ask: Ask) -> FormState:
    """An empty form after one that was taken."""
    return FormState(ask.t, {"locale": (ask.t.language,)}, here="boards")


def _page(ask: Ask, form: FormState, *, status: int = 200, address: str = "") -> PageAnswer:
    done = {"down": ask.t.t("The board is taken down; its address shows nothing any more.")}.get(ask.value("done"), "")
    words: dict[str, Any] = {
        "title": ask.t.t("Boards"),
        "room": "settings",
        "form": form,
        "done": done,
        "address": address,
        "boards": list(ask.house.screens.list(ask.tenant.id)),
        "teams": [("", ask.t.t("The whole company")), *((team, team) for team in _teams(ask))],
        "locales": [("en", "English"), ("nl", "Nederlands")],
    }
    return site_rendered(ask, "screen/boards.html", status=status, **words)


def _teams(ask: Ask) -> list[str]:
    return sorted({it.team for it in ask.house.people.list(ask.tenant.id) if it.team})


def _note(ask: Ask, what: str, screen: Screen, *, before: Any = None, after: Any = None) -> None:
    ask.house.actions.record(
        ask.tenant.id, at=ask.now, by=ask.who.name, what=what, on=f"screen:{screen.id}", before=before, after=after
    )


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/boards", Scope.SETTINGS_WRITE, boards),
    Route("POST", "admin/boards", Scope.SETTINGS_WRITE, put_up),
    Route("POST", "admin/boards/{screen}/down", Scope.SETTINGS_WRITE, take_down),
)
