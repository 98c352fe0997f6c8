"""What people signed: who approved, refused or nominated what, when and why. The ledger keeps a salted hash of the reason;
its text and salt lie here, so that an erasure leaves the ledger whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item, put_if

REASON_LIMIT = 400
NAME_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Signature:
    """One act of a person. `about`: an award key, or a nomination's id; `points` that it moved; `salt`: of the reason's hash."""

    at: datetime
    by: str
    what: str
    about: str
    reason: str
    points: int = 0
    salt: str = ""

    @property
    def reason_hash(self) -> str:
        """What the ledger keeps of the reason; empty without one."""
        return sha256(f"{self.salt}|{self.reason}".encode()).hexdigest() if self.reason else ""

    @property
    def actor(self) -> str:
        """Who did it, as entries say it."""
        return f"person:{self.by}"


class Signatures:
    """Writes and reads signatures. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def write(self, tenant: str, signature: Signature) -> Item:
        """The operation for the transaction of what was signed: put once, never changed."""
        item = {
            "pk": keys.signed(tenant),
            "sk": f"{iso(signature.at)}#{signature.about}",
            "at": iso(signature.at),
            "by": signature.by[:NAME_LIMIT],
            "what": signature.what,
            "about": signature.about,
            "reason": signature.reason[:REASON_LIMIT],
            "points": signature.points,
            "salt": signature.salt,
        }
        return put_if(self._db.state, item, "attribute_not_exists(#pk)", names={"#pk": "pk"})

    def list(self, tenant: str, *, limit: int | None = None) -> Iterator[Signature]:
        """The newest first."""
        for item in self._db.query(self._db.state, keys.signed(tenant), newest_first=True, limit=limit):
            yield Signature(
                parse_instant(item["at"]),
                item.get("by", ""),
                item["what"],
                item["about"],
                item.get("reason", ""),
                item.get("points", 0),
                item.get("salt", ""),
            )
