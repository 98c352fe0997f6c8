"""The staff's page of boards: put one up, copy its address once, take it down."""

from typing import Any

from accolade.store.screens import Screen
from accolade.texts import LANGUAGES
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.boards import put_up as new_board
from accolade.web.boards import teams
from accolade.web.desk.acting import tried
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope


def boards(ask: Ask) -> PageAnswer:
    """The boards there are, and the form for another one."""
    return _page(ask, form_of(ask, locale=ask.t.language))


def put_up(ask: Ask) -> PageAnswer:
    """A new board; its address is shown now and never again."""
    form = form_of(ask)
    name = form.text("name", most=60, required=True)
    team = form.one_of("team", ["", *teams(ask.house, ask.tenant.id)])
    locale = form.one_of("locale", LANGUAGES)
    first, made = form.has("first_names", "1"), list[tuple[Screen, str]]()

    def act() -> None:
        made.append(new_board(ask.house, ask.tenant.id, name, team=team, first_names=first, locale=locale, now=ask.now))

    if not form.good or not tried(form, act):
        return _page(ask, form, status=422)
    screen, token = made[0]
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
        "teams": [("", ask.t.t("The whole company")), *((team, team) for team in teams(ask.house, ask.tenant.id))],
        "locales": [("en", "English"), ("nl", "Nederlands")],
    }
    return site_rendered(ask, "screen/boards.html", status=status, **words)


def _note(ask: Ask, what: str, screen: Screen, *, before: Any = None, after: Any = None) -> None:
    ask.house.actions.record(
        ask.tenant.id, at=ask.now, by=ask.who.name, what=what, on=f"screen:{screen.id}", before=before, after=after
    )


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/boards", Scope.SETTINGS_WRITE, boards),
    Route("POST", "admin/boards", Scope.SETTINGS_WRITE, put_up),
    Route("POST", "admin/boards/{screen}/down", Scope.SETTINGS_WRITE, take_down),
)
