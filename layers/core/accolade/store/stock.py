"""Own codes: encrypted, taken once each, and never the same code twice."""

import hmac
import json
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from zlib import crc32

from accolade.model.errors import Conflict, Missing, Retry
from accolade.model.times import iso
from accolade.store import keys
from accolade.store.database import Database, Item, delete, put_if

_RACES = 8
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
            return False
        text = json.dumps({"code": code, "pin": pin}, separators=(",", ":"), ensure_ascii=False)
        sealed = self._cipher.encrypt(text, _context(tenant, item, name))
        free = {"pk": pk, "sk": _free(value, name), "value": value, "code": name, "sealed": sealed}
        known = {"pk": pk, "sk": f"CODE#{name}", "at": iso(now)}
        try:
            self._db.transact([_fresh(self._db, known), _fresh(self._db, free)])
        except Conflict:
            return False
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
                raise Missing("no code of this value is left", where=item, mend=f"accolade stock import {item} FILE")
            chosen = free[(crc32(redemption.encode()) + attempt) % len(free)]
            took = {"pk": pk, "sk": f"TAKEN#{redemption}", "at": iso(now)}
            took |= {name: chosen[name] for name in ("value", "code", "sealed")}
            gone = delete(self._db, (pk, chosen["sk"]))
            gone["Delete"] |= {"ConditionExpression": "attribute_exists(#pk)", "ExpressionAttributeNames": {"#pk": "pk"}}
            try:
                self._db.transact([gone, _fresh(self._db, took)])
            except Conflict:
                continue
            return Taken(chosen["code"], chosen["value"], chosen["sealed"])
        raise Retry("too many take a code at once", after=1, where=item)

    def taken(self, tenant: str, item: str, redemption: str) -> Taken | None:
        """The code that a redemption took, read consistently; None if it took none."""
        found = self._db.get(self._db.state, (keys.stock(tenant, item), f"TAKEN#{redemption}"))
        return Taken(found["code"], found["value"], found["sealed"]) if found else None

    def read(self, tenant: str, item: str, taken: Taken) -> tuple[str, str]:
        """The code and its PIN in plain text: for the one page that shows them."""
        plain = json.loads(self._cipher.decrypt(taken.sealed, _context(tenant, item, taken.code)))
        return plain["code"], plain["pin"]

    def count(self, tenant: str, item: str) -> dict[int, int]:
        """Face value -> how many codes are left."""
        found = self._db.query(self._db.state, keys.stock(tenant, item), sk_prefix="FREE#")
        return dict(sorted(Counter(it["value"] for it in found).items()))

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
