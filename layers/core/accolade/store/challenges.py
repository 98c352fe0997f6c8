"""Challenges: one-time codes that were asked for. The code itself is never kept: it is made of the challenge and our key."""

from dataclasses import dataclass
from datetime import datetime

from accolade.model.deliveries import CODE_LIFE
from accolade.model.errors import Conflict
from accolade.model.participants import Channel
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item

TRIES = 5
"""How often a code may be typed."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A code that was asked for: `id` is the hash of what the browser keeps; `participant` is empty if nobody has the address
    that was typed, so that asking for it looks the same. `wish`: what is done as soon as the code is typed, in its maker's words;
    empty: nothing but signing in."""

    id: str
    tenant: str
    participant: str
    channel: Channel
    asked_at: datetime
    wish: str = ""

    @property
    def ends(self) -> datetime:
        """When its code works no more."""
        return self.asked_at + CODE_LIFE


class Challenges:
    """Keeps challenges until they are answered or over. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, challenge: Challenge) -> None:
        """Keep a new challenge."""
        pk, sk = _place(challenge.id)
        item = {
            "pk": pk,
            "sk": sk,
            "tenant": challenge.tenant,
            "participant": challenge.participant,
            "channel": challenge.channel.value,
            "asked_at": iso(challenge.asked_at),
            "ends": iso(challenge.ends),
            "tries": 0,
            "wish": challenge.wish or None,
            "ttl": int(challenge.ends.timestamp()),
        }
        self._db.put(self._db.state, item, new=True)

    def get(self, id_: str) -> Challenge | None:
        """The challenge, also one that is over; None if there is none."""
        item = self._db.get(self._db.state, _place(id_))
        return _from_item(item) if item else None

    def take_try(self, id_: str, *, now: datetime) -> Challenge | None:
        """Count a try before it is looked at; None if there is no such challenge, it is over, used, or was tried TRIES times."""
        try:
            item = self._db.update(
                self._db.state,
                _place(id_),
                "ADD #tries :one",
                names={"#tries": "tries", "#ends": "ends", "#used": "used"},
                values={":one": 1, ":most": TRIES, ":now": iso(now)},
                condition="#tries < :most AND #ends > :now AND attribute_not_exists(#used)",
            )
        except Conflict:
            return None
        return _from_item(item)

    def use(self, id_: str, *, now: datetime) -> bool:
        """Whether its code is used now, for the first time."""
        try:
            self._db.update(
                self._db.state,
                _place(id_),
                "SET #used = :now",
                names={"#used": "used", "#ends": "ends"},
                values={":now": iso(now)},
                condition="attribute_not_exists(#used) AND #ends > :now",
            )
        except Conflict:
            return False
        return True


def _place(id_: str) -> tuple[str, str]:
    return keys.challenge(id_), "CHALLENGE"


def _from_item(item: Item) -> Challenge:
    return Challenge(
        id=item["pk"].removeprefix(keys.challenge("")),
        tenant=item["tenant"],
        participant=item.get("participant", ""),
        channel=Channel(item["channel"]),
        asked_at=parse_instant(item["asked_at"]),
        wish=item.get("wish", ""),
    )
