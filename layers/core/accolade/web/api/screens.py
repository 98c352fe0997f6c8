"""Boards for the office wall: whoever has the address of one sees it, so the address is shown once and ended at will."""

from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from accolade.model.errors import Rejected
from accolade.store.screens import Screen
from accolade.web.api.operation import Call, Operation
from accolade.web.api.shapes import PLAIN, Closed, Flag, IdempotencyKey, Instant, Part, example
from accolade.web.boards import put_up, teams
from accolade.web.visitors import Scope


class ScreenShape(Closed):
    """A board: `team` empty for the whole company; `first_names`: only those are shown."""

    id: str
    name: str
    team: str
    first_names: bool
    locale: str
    made_at: Instant


class Screens(Closed):
    """All boards."""

    items: list[ScreenShape]


class ScreenWanted(Closed):
    """A new board."""

    model_config = example({"name": "Sales floor", "team": "West", "first_names": True, "locale": "en"})

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=PLAIN)]
    team: Annotated[str, Field(max_length=200, pattern=PLAIN)] = ""
    first_names: Flag = False
    locale: Literal["en", "nl"] = "en"


class ScreenMade(Closed):
    """A new board with its address, which is shown this once."""

    board: ScreenShape
    address: str


def list_boards(call: Call) -> Screens:
    """The boards there are. Their addresses are kept nowhere."""
    return Screens(items=[_shape(it) for it in call.house.screens.list(call.tenant.id)])


def put_up_board(call: Call, body: ScreenWanted, idempotency_key: IdempotencyKey) -> ScreenMade:
    """Put a board up: the leaders of the month, for whoever has its address."""
    if body.team and body.team not in teams(call.house, call.tenant.id):
        raise Rejected("nobody is in a team of that name", where="body.team", mend="Write it as the participants have it")
    more = {"team": body.team, "first_names": body.first_names, "locale": body.locale}
    made, token = put_up(call.house, call.tenant.id, body.name, **more, now=call.now)  # type: ignore[arg-type]  # of a form
    call.record("screen.put_up", f"screen:{made.id}", after={"name": made.name, "team": made.team})
    return ScreenMade(board=_shape(made), address=f"{call.tenant.public_url.rstrip('/')}/board/{token}")


def take_down_board(call: Call, board: Part) -> ScreenShape:
    """Take a board down: its address shows nothing any more."""
    it = call.house.screens.take_down(call.tenant.id, board)
    call.record("screen.taken_down", f"screen:{it.id}", before={"name": it.name, "team": it.team})
    return _shape(it)


def _shape(it: Screen) -> ScreenShape:
    return ScreenShape(**{name: getattr(it, name) for name in ScreenShape.model_fields})


_offered = partial(Operation, tag="house")
_SCOPE = Scope.SETTINGS_WRITE

OPERATIONS = (
    _offered("GET", "/boards", _SCOPE, list_boards, title="Boards on the wall"),
    _offered("POST", "/boards", _SCOPE, put_up_board, title="Put a board up", status=201, once=True, secret=True),
    _offered("DELETE", "/boards/{board}", _SCOPE, take_down_board, title="Take a board down"),
)
