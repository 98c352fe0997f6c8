"""Sessions: who has signed in, until when; kept under the hash of the browser's id, so that the table opens no door."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from accolade.model.errors import Conflict
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item, delete, in_batches, put_if

Kind = Literal["code", "staff"]

IDLE: dict[Kind, timedelta] = {"code": timedelta(minutes=30), "staff": timedelta(minutes=15)}
"""Without a request for so long, a session is over."""

LONGEST = timedelta(hours=8)
"""A session is over after so long, whatever is done in it."""

NOTED = timedelta(minutes=1)
"""A request is noted as the last one if the one noted is older than this: not every request writes."""

CLOCKS = timedelta(minutes=2)
"""How far the clocks of two processes may differ: one's session may begin in the other's future."""

MAX_ID = 64


@dataclass(frozen=True, slots=True)
class Session:
    """A session. `name` is the visitor's: a participant's number or a staff e-mail address; `roles` are those of staff;
    `leads`: somebody's manager is this participant; `hash` is where it lies."""

    hash: str
    kind: Kind
    tenant: str
    name: str
    csrf: str
    started: datetime
    seen: datetime
    roles: frozenset[str] = frozenset()
    leads: bool = False

    @property
    def ends(self) -> datetime:
        """When it is over if nothing more is asked."""
        return min(self.seen + IDLE[self.kind], self.started + LONGEST)


class Sessions:
    """Begins, finds and ends sessions. `random(n)` gives n random bytes. Busy or unreachable: Retry."""

    def __init__(self, db: Database, random: Callable[[int], bytes]) -> None:
        self._db, self._random = db, random

    def begin(
        self, kind: Kind, tenant: str, name: str, *, now: datetime, roles: Collection[str] = (), leads: bool = False
    ) -> tuple[Session, str]:
        """A new session and its id (256 random bits) for the browser's cookie; the id is kept nowhere else."""
        id_, csrf = _text(self._random(32)), _text(self._random(32))
        session = Session(_hash(id_), kind, tenant, name, csrf, now, now, frozenset(roles), leads)
        self._db.transact(
            [
                put_if(self._db.state, _to_item(session), "attribute_not_exists(#pk)", names={"#pk": "pk"}),
                put_if(self._db.state, _pointer(session)),
            ]
        )
        return session, id_

    def find(self, id_: str, *, now: datetime) -> Session | None:
        """The session of a browser's id, with this request as its last one; None if there is none, or it is over."""
        if not id_ or len(id_) > MAX_ID:
            return None
        item = self._db.get(self._db.state, _place(_hash(id_)))
        if item is None:
            return None
        session = _from_item(item)
        if not hmac.compare_digest(session.hash, _hash(id_)) or not session.started - CLOCKS <= now < session.ends:
            return None
        return self._noted(session, now) if now - session.seen > NOTED else session

    def end(self, session: Session) -> None:
        """The session is over: its id opens nothing any more."""
        self._db.transact([delete(self._db, _place(session.hash)), delete(self._db, _pointed(session))])

    def end_all(self, tenant: str, name: str) -> int:
        """End every session of a participant (number) or a member of staff (e-mail address); how many there were."""
        pk = keys.sessions_of(tenant, name)
        hashes = [item["sk"] for item in self._db.query(self._db.state, pk)]
        for batch in in_batches(hashes, 50):
            gone = [delete(self._db, place) for hash_ in batch for place in (_place(hash_), (pk, hash_))]
            self._db.transact(gone)
        return len(hashes)

    def _noted(self, session: Session, now: datetime) -> Session | None:
        """The session with this request as its last; None if it was ended meanwhile: an update would bring it back."""
        try:
            self._db.update(
                self._db.state,
                _place(session.hash),
                "SET #seen = :seen",
                names={"#seen": "seen", "#pk": "pk"},
                values={":seen": iso(now)},
                condition="attribute_exists(#pk)",
            )
        except Conflict:
            return None
        return replace(session, seen=now)


def _text(random: bytes) -> str:
    return urlsafe_b64encode(random).rstrip(b"=").decode()


def _hash(id_: str) -> str:
    return sha256(id_.encode()).hexdigest()


def _place(hash_: str) -> tuple[str, str]:
    return keys.session(hash_), "SESSION"


def _pointed(session: Session) -> tuple[str, str]:
    return keys.sessions_of(session.tenant, session.name), session.hash


def _pointer(session: Session) -> Item:
    pk, sk = _pointed(session)
    return {"pk": pk, "sk": sk, "ttl": _ttl(session)}


def _ttl(session: Session) -> int:
    return int((session.started + LONGEST).timestamp())


def _to_item(session: Session) -> Item:
    pk, sk = _place(session.hash)
    return {
        "pk": pk,
        "sk": sk,
        "kind": session.kind,
        "tenant": session.tenant,
        "name": session.name,
        "csrf": session.csrf,
        "started": iso(session.started),
        "seen": iso(session.seen),
        "roles": sorted(session.roles) or None,
        "leads": session.leads,
        "ttl": _ttl(session),
    }


def _from_item(item: Item) -> Session:
    return Session(
        hash=item["pk"].removeprefix(keys.session("")),
        kind=item["kind"],
        tenant=item["tenant"],
        name=item["name"],
        csrf=item["csrf"],
        started=parse_instant(item["started"]),
        seen=parse_instant(item["seen"]),
        roles=frozenset(item.get("roles", ())),
        leads=item.get("leads", False),
    )
