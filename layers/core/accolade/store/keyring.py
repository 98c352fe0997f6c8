"""API keys: `acc_<id>_<secret>`, of which only the hash is kept, with the scopes that they were given."""

import hmac
import re
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from accolade.model.errors import Conflict, Missing, Rejected
from accolade.model.phrases import later as t
from accolade.model.times import iso, parse_date, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item, delete, put_if

LIFE = timedelta(days=365)
"""How long a key works unless it was made for less."""

MAX_KEYS = 50
"""Keys of a tenant that are kept, revoked ones until they are over."""

_KEY = re.compile(r"acc_([a-z2-7]{16})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[\w .:@+-]{1,60}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. `used_on`: the last day (UTC) on which it was used."""

    id: str
    tenant: str
    name: str
    scopes: frozenset[str]
    made_at: datetime
    expires: datetime
    made_by: str = ""
    used_on: date | None = None
    revoked_at: datetime | None = None

    def works(self, now: datetime) -> bool:
        """Whether it is neither revoked nor over."""
        return self.revoked_at is None and now < self.expires


class Keyring:
    """Makes, finds and revokes keys. `random(n)` gives n random bytes. Busy or unreachable: Retry."""

    def __init__(self, db: Database, random: Callable[[int], bytes]) -> None:
        self._db, self._random = db, random

    def add(
        self, tenant: str, name: str, *, scopes: Collection[str], now: datetime, by: str = "", life: timedelta = LIFE
    ) -> tuple[ApiKey, str]:
        """A new key and its text, which is shown once and kept nowhere. Rejected: no name, no scopes, too many keys."""
        if not _NAME.fullmatch(name.strip()):
            raise Rejected(
                t("the name of a key has 1 to 60 letters, digits, spaces or .:@+-"), where="name", mend=t("Give it a name")
            )
        if not scopes:
            raise Rejected(t("a key without scopes may do nothing"), where="scopes", mend=t("Choose at least one"))
        if not timedelta(0) < life <= LIFE:
            raise Rejected(t("a key works for 1 to %(days)s days", days=LIFE.days), where="days")
        if len(self.list(tenant)) >= MAX_KEYS:
            raise Rejected(
                t("there are %(most)s keys", most=MAX_KEYS), where="name", mend=t("Revoke one that is not used, and forget it")
            )
        id_ = b32encode(self._random(10)).decode().lower()
        secret = urlsafe_b64encode(self._random(32)).rstrip(b"=").decode()
        made = ApiKey(id_, tenant, name.strip(), frozenset(scopes), now, now + life, by)
        new = {"names": {"#pk": "pk"}}
        self._db.transact(
            [
                put_if(self._db.state, _to_item(made, _hash(secret)), "attribute_not_exists(#pk)", **new),
                put_if(self._db.state, {"pk": keys.tenant(tenant), "sk": keys.api_key(id_)}),
            ]
        )
        return made, f"acc_{id_}_{secret}"

    def find(self, text: str, *, now: datetime) -> ApiKey | None:
        """The key of this text; None if there is none, or it works no more. Its day of use is noted."""
        found = _KEY.fullmatch(text)
        item = self._db.get(self._db.state, _place(found[1])) if found else None
        if found is None or item is None or not hmac.compare_digest(item["hash"], _hash(found[2])):
            return None
        known = _from_item(item)
        if not known.works(now):
            return None
        if known.used_on != now.date():
            self._note(known.id, "used_on", now.date().isoformat())
        return known

    def list(self, tenant: str) -> list[ApiKey]:
        """The keys of a tenant, newest first."""
        pointers = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=keys.api_key(""))
        places = [_place(item["sk"].removeprefix(keys.api_key(""))) for item in pointers]
        known = [_from_item(item) for item in self._db.get_many(self._db.state, places).values()]
        return sorted(known, key=lambda key: (key.made_at, key.id), reverse=True)

    def get(self, tenant: str, id_: str) -> ApiKey:
        """A key of this tenant by its id; Missing if it has none of that id."""
        item = self._db.get(self._db.state, _place(id_))
        if item is None or item["tenant"] != tenant:
            raise Missing(t("there is no key %(id)s", id=id_[:40]), mend="accolade key list shows those there are")
        return _from_item(item)

    def revoke(self, tenant: str, id_: str, *, now: datetime) -> ApiKey:
        """The key works no more from now on; Missing if the tenant has none of that id."""
        known = self.get(tenant, id_)
        if known.revoked_at is None:
            self._note(known.id, "revoked_at", iso(now))
        return self.get(tenant, id_)

    def forget(self, tenant: str, id_: str) -> None:
        """Take a key off the list; it works no more. Missing if the tenant has none of that id."""
        known = self.get(tenant, id_)
        place = (keys.tenant(tenant), keys.api_key(known.id))
        self._db.transact([delete(self._db, _place(known.id)), delete(self._db, place)])

    def _note(self, id_: str, name: str, value: str) -> None:
        with suppress(Conflict):
            self._db.update(
                self._db.state,
                _place(id_),
                "SET #name = :value",
                names={"#name": name, "#pk": "pk"},
                values={":value": value},
                condition="attribute_exists(#pk)",
            )


def _place(id_: str) -> tuple[str, str]:
    return keys.api_key(id_), "APIKEY"


def _hash(secret: str) -> str:
    """Of 256 random bits: nothing slower is needed to keep them from being guessed."""
    return sha256(secret.encode()).hexdigest()


def _to_item(key: ApiKey, hashed: str) -> Item:
    pk, sk = _place(key.id)
    return {
        "pk": pk,
        "sk": sk,
        "tenant": key.tenant,
        "name": key.name,
        "hash": hashed,
        "scopes": sorted(key.scopes),
        "made_at": iso(key.made_at),
        "made_by": key.made_by,
        "expires": iso(key.expires),
    }


def _from_item(item: Item) -> ApiKey:
    return ApiKey(
        id=item["pk"].removeprefix(keys.api_key("")),
        tenant=item["tenant"],
        name=item["name"],
        scopes=frozenset(item["scopes"]),
        made_at=parse_instant(item["made_at"]),
        expires=parse_instant(item["expires"]),
        made_by=item.get("made_by", ""),
        used_on=parse_date(item["used_on"]) if "used_on" in item else None,
        revoked_at=parse_instant(item["revoked_at"]) if "revoked_at" in item else None,
    )
