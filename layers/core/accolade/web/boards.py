"""Boards for the office wall: put up under an address that is a secret of its own, and taken down."""

from base64 import b32encode
from datetime import datetime
from typing import TYPE_CHECKING

from accolade.model.errors import Refused
from accolade.model.phrases import later as t
from accolade.store.screens import Screen

if TYPE_CHECKING:
    from accolade.web.house import House

MOST = 50
"""Boards of one company."""


def put_up(
    house: "House", tenant: str, name: str, *, team: str = "", first_names: bool = False, locale: str, now: datetime
) -> tuple[Screen, str]:
    """A new board and the token of its address, which is shown now and never again. Refused if there are too many."""
    if len(list(house.screens.list(tenant))) >= MOST:
        raise Refused(t("there are %(most)s boards", most=MOST), mend=t("Take one down first"))
    id_ = b32encode(house.random(5)).decode().lower()
    screen = Screen(tenant, id_, name, now, team=team, first_names=first_names, locale=locale)
    return screen, house.screens.put_up(screen)


def teams(house: "House", tenant: str) -> list[str]:
    """The teams that somebody is in."""
    return sorted({it.team for it in house.people.list(tenant) if it.team})
