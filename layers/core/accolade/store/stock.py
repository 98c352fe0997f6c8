"""Own codes: encrypted, taken once each, and never the same code twice."""

import hmac
import json
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from zlib import crc32

from accolade.model.errors import Conflict, Missing, Retry
from accolade.model.phrases import later as t
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item, delete, put_if

_RACES = 8
MARKS = 2_000
"""Face values of a tenant's items of which there may be codes, that are read at once."""

_WINDOW = 25
"""Free codes among which one is chosen: those who take at once seldom choose the same."""


class Locks(Protocol):
    """Encrypts and decrypts, each text bound to its context."""

    def encrypt(self, text: str, context: Mapping[str, str]) -> str:
        """The text as only the key reads it."""
        ...

    def decrypt(self, text: str, context: Mapping[str, str]) -> str:
        """The text again; Rejected under another context."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """The code that a redemption took: its name here, its face value in minor units, and itself, encrypted."""

    code: str
    value: int
    sealed: str


class Stock:
    """The codes of one tenant's items. Busy or unreachable: Retry."""

    def __init__(self, db: Database, cipher: Locks, *, new_pepper: Callable[[], str] = lambda: secrets.token_hex(32)) -> None:
        self._db, self._cipher, self._new_pepper = db, cipher, new_pepper
        self._peppers: dict[tuple[str, str], str] = {}

    def add(self, tenant: str, item: str, *, value: int, code: str, pin: str, now: datetime) -> bool:
        """Store a code of a face value, encrypted. False if it was here before, taken or not."""
        name = self._name(tenant, item, code)
        pk = keys.stock(tenant, item)
        if self._db.get(self._db.state, (pk, f"CODE#{name}")):
            if self._db.get(self._db.state, (pk, _free(value, name))):
                self._mark(tenant, item, value, name)
            return False
        text = json.dumps({"code": code, "pin": pin}, separators=(",", ":"), ensure_ascii=False)
        sealed = self._cipher.encrypt(text, _context(tenant, item, name))
        free = {"pk": pk, "sk": _free(value, name), "value": value, "code": name, "sealed": sealed}
        known = {"pk": pk, "sk": f"CODE#{name}", "at": iso(now)}
        try:
            self._db.transact([_fresh(self._db, known), _fresh(self._db, free)])
        except Conflict:
            return False
        self._mark(tenant, item, value, name)  # after the code: a mark taken away meanwhile comes back
        return True

    def take(self, tenant: str, item: str, *, value: int, redemption: str, now: datetime) -> Taken:
        """The code of a redemption: the same one however often it is asked for. Missing if none of that value is left."""
        for attempt in range(_RACES):
            mine = self.taken(tenant, item, redemption)
            if mine:
                return mine
            pk = keys.stock(tenant, item)
            free = list(self._db.query(self._db.state, pk, sk_prefix=_free(value, ""), limit=_WINDOW))
            if not free:
                self._unmark(tenant, item, value)
                raise Missing(t("no code of this value is left"), where=item, mend=f"accolade stock import {item} FILE")
            chosen = free[(crc32(redemption.encode()) + attempt) % len(free)]
            took = {"pk": pk, "sk": f"TAKEN#{redemption}", "at": iso(now)}
            took |= {name: chosen[name] for name in ("value", "code", "sealed")}
            gone = delete(self._db, (pk, chosen["sk"]))
            gone["Delete"] |= {"ConditionExpression": "attribute_exists(#pk)", "ExpressionAttributeNames": {"#pk": "pk"}}
            try:
                self._db.transact([gone, _fresh(self._db, took)])
            except Conflict:
                continue
            if len(free) == 1:
                self._unmark(tenant, item, value)
            return Taken(chosen["code"], chosen["value"], chosen["sealed"])
        raise Retry(t("too many take a code at once"), after=1, where=item)

    def taken(self, tenant: str, item: str, redemption: str) -> Taken | None:
        """The code that a redemption took, read consistently; None if it took none."""
        found = self._db.get(self._db.state, (keys.stock(tenant, item), f"TAKEN#{redemption}"))
        return Taken(found["code"], found["value"], found["sealed"]) if found else None

    def all_taken(self, tenant: str, item: str, *, after: str = "", limit: int) -> list[tuple[str, datetime, Taken]]:
        """At most `limit` codes of an item that were taken: by which redemption and when, in the order of redemptions' ids,
        after one of them; read consistently."""
        between = (f"TAKEN#{after}\0" if after else "TAKEN#", "TAKEN$")
        rows = self._db.query(self._db.state, keys.stock(tenant, item), between=between, limit=limit)
        taken = ((row["sk"].removeprefix("TAKEN#"), row) for row in rows)
        return [(id_, parse_instant(row["at"]), Taken(row["code"], row["value"], row["sealed"])) for id_, row in taken]

    def free_again(self, tenant: str, item: str, taken: Collection[Taken]) -> set[str]:
        """The names of those codes that can be taken in spite of it: never any, unless somebody changed the table."""
        pk = keys.stock(tenant, item)
        found = self._db.get_many(self._db.state, [(pk, _free(it.value, it.code)) for it in taken])
        return {it["code"] for it in found.values()}

    def read(self, tenant: str, item: str, taken: Taken) -> tuple[str, str]:
        """The code and its PIN in plain text: for the one page that shows them."""
        plain = json.loads(self._cipher.decrypt(taken.sealed, _context(tenant, item, taken.code)))
        return plain["code"], plain["pin"]

    def count(self, tenant: str, item: str) -> dict[int, int]:
        """Face value -> how many codes are left."""
        found = self._db.query(self._db.state, keys.stock(tenant, item), sk_prefix="FREE#")
        return dict(sorted(Counter(it["value"] for it in found).items()))

    def left(self, tenant: str, item: str = "") -> dict[str, frozenset[int]]:
        """Item (one, or all that have codes) -> face values of which there may be a code: one query, however many codes
        there are. A value whose last code is being taken right now may still be among them."""
        found: dict[str, set[int]] = {}
        for it in self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=keys.left(item), limit=MARKS):
            found.setdefault(it["item"], set()).add(it["value"])
        return {name: frozenset(values) for name, values in found.items()}

    def has(self, tenant: str, item: str, value: int) -> bool:
        """Whether there is a code of that face value now, read consistently."""
        there = self._any(tenant, item, value)
        if not there:
            self._unmark(tenant, item, value)
        return there

    def _any(self, tenant: str, item: str, value: int) -> bool:
        return any(self._db.query(self._db.state, keys.stock(tenant, item), sk_prefix=_free(value, ""), limit=1))

    def _mark(self, tenant: str, item: str, value: int, turn: str) -> None:
        place = {"pk": keys.tenant(tenant), "sk": keys.left(item, value)}
        self._db.put(self._db.state, place | {"item": item, "value": value, "turn": turn})

    def _unmark(self, tenant: str, item: str, value: int) -> None:
        """Take the mark away if no code is left; one that is stored meanwhile leaves another mark, which stays."""
        place = (keys.tenant(tenant), keys.left(item, value))
        mark = self._db.get(self._db.state, place)
        if mark is None or self._any(tenant, item, value):
            return
        with suppress(Conflict):
            condition, names = "#turn = :turn", {"#turn": "turn"}
            self._db.delete(self._db.state, place, condition=condition, names=names, values={":turn": mark["turn"]})

    def _name(self, tenant: str, item: str, code: str) -> str:
        """What a code is called here: the same for the same code, and nobody finds the code by trying names."""
        if (tenant, item) not in self._peppers:
            self._peppers[tenant, item] = self._pepper(tenant, item)
        return hmac.new(self._peppers[tenant, item].encode(), code.encode(), sha256).hexdigest()[:40]

    def _pepper(self, tenant: str, item: str) -> str:
        key, context = (keys.stock(tenant, item), "PEPPER"), _context(tenant, item, "PEPPER")
        known = self._db.get(self._db.state, key)
        if known is None:
            sealed = self._cipher.encrypt(self._new_pepper(), context)
            try:
                self._db.put(self._db.state, {"pk": key[0], "sk": key[1], "sealed": sealed}, new=True)
            except Conflict:
                return self._pepper(tenant, item)
            known = {"sealed": sealed}
        return self._cipher.decrypt(known["sealed"], context)


def _fresh(db: Database, item: Item) -> Item:
    return put_if(db.state, item, "attribute_not_exists(#pk)", names={"#pk": "pk"})


def _free(value: int, name: str) -> str:
    return f"FREE#{value:015d}#{name}"


def _context(tenant: str, item: str, code: str) -> dict[str, str]:
    return {"tenant": tenant, "item": item, "code": code}
