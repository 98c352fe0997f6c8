"""Screens: which board a television shows. Its address is a secret of its own, kept as a hash; taking the screen down ends it."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from accolade.model.errors import Missing
from accolade.model.phrases import later as t
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item, delete, put_if

MAX_TOKEN = 64


@dataclass(frozen=True, slots=True)
class Screen:
    """A board: `team` empty for the whole company; `first_names`: only those are shown; `id` names it among the tenant's."""

    tenant: str
    id: str
    name: str
    made_at: datetime
    team: str = ""
    first_names: bool = False
    locale: str = "en"


class Screens:
    """Reads and writes screens. `random(n)` gives n random bytes. Busy or unreachable: Retry."""

    def __init__(self, db: Database, random: Callable[[int], bytes]) -> None:
        self._db, self._random = db, random

    def put_up(self, screen: Screen) -> str:
        """Store a screen; gives the token of its address, which is kept nowhere."""
        token = urlsafe_b64encode(self._random(24)).decode()
        hashed = _hash(token)
        body: Item = {"tenant": screen.tenant, "id": screen.id, "name": screen.name, "made_at": iso(screen.made_at)}
        body |= {"team": screen.team, "first_names": screen.first_names, "locale": screen.locale, "hash": hashed}
        self._db.transact(
            [
                put_if(self._db.state, {"pk": keys.screen(hashed), "sk": "SCREEN"} | body),
                put_if(self._db.state, {"pk": keys.tenant(screen.tenant), "sk": f"SCREEN#{screen.id}"} | body),
            ]
        )
        return token

    def of_token(self, token: str) -> Screen:
        """The screen of an address; Missing if there is none."""
        item = self._db.get(self._db.state, (keys.screen(_hash(token)), "SCREEN")) if len(token) <= MAX_TOKEN else None
        if item is None:
            raise Missing(t("there is no such board"))
        return _from_item(item)

    def list(self, tenant: str) -> Iterator[Screen]:
        """The tenant's screens by id."""
        return map(_from_item, self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="SCREEN#"))

    def take_down(self, tenant: str, id_: str) -> Screen:
        """End a screen: its address shows nothing any more. Missing if there is none."""
        place = keys.tenant(tenant), f"SCREEN#{id_}"
        item = self._db.get(self._db.state, place)
        if item is None:
            raise Missing(t("there is no such board"))
        self._db.transact([delete(self._db, place), delete(self._db, (keys.screen(item["hash"]), "SCREEN"))])
        return _from_item(item)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _from_item(item: Item) -> Screen:
    return Screen(
        item["tenant"],
        item["id"],
        item["name"],
        parse_instant(item["made_at"]),
        team=item.get("team", ""),
        first_names=item.get("first_names", False),
        locale=item.get("locale", "en"),
    )
