"""The catalog: items, the providers' accounts, and rates between currencies, beside the tenant's programs."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from accolade.catalog.bucket import Bucket, taken
from accolade.model.catalog import Item as CatalogItem
from accolade.model.catalog import Option, ProviderAccount, Rate
from accolade.model.errors import Conflict, Missing, Retry
from accolade.model.phrases import later as t
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item

_RACES = 5
_MAPS = ("title", "description", "terms")


class Catalog:
    """Reads and writes items, providers' accounts and rates. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def list(self, tenant: str) -> Sequence[CatalogItem]:
        """All items by id, those that are not active too."""
        return [_from_item(tenant, it) for it in self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="ITEM#")]

    def find(self, tenant: str, id_: str) -> CatalogItem | None:
        """The item, read consistently; None if there is none."""
        item = self._db.get(self._db.state, (keys.tenant(tenant), f"ITEM#{id_}"))
        return _from_item(tenant, item) if item else None

    def get(self, tenant: str, id_: str) -> CatalogItem:
        """The item, read consistently; Missing if there is none."""
        found = self.find(tenant, id_)
        if found is None:
            raise Missing(t("there is no item %(id)r", id=id_[:60]), mend="accolade catalog list shows those there are")
        return found

    def put(self, item: CatalogItem) -> None:
        """Store a new item, or a known one with other settings; what was redeemed keeps what it was."""
        body = {field.name: getattr(item, field.name) for field in fields(CatalogItem) if field.name != "tenant"}
        body |= {name: dict(body[name]) for name in _MAPS}
        body |= {"options": [[it.value, it.points] for it in item.options], "countries": list(item.countries)}
        self._db.put(self._db.state, {"pk": keys.tenant(item.tenant), "sk": f"ITEM#{item.id}"} | body)

    def accounts(self, tenant: str) -> Sequence[ProviderAccount]:
        """The tenant's accounts with providers, by name."""
        found = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="PROVIDER#")
        return [_from_account(tenant, item) for item in found]

    def account(self, tenant: str, name: str) -> ProviderAccount:
        """The tenant's account with a provider, read consistently; Missing if there is none."""
        item = self._db.get(self._db.state, (keys.tenant(tenant), f"PROVIDER#{name}"))
        if item is None:
            raise Missing(
                t("there is no account with %(name)r", name=name[:60]), mend=f"Add it: accolade provider add {name[:60]}"
            )
        return _from_account(tenant, item)

    def put_account(self, account: ProviderAccount) -> None:
        """Store an account with a provider."""
        body: dict[str, Any] = {it.name: getattr(account, it.name) for it in fields(ProviderAccount) if it.name != "tenant"}
        body["settings"] = dict(account.settings)
        self._db.put(self._db.state, {"pk": keys.tenant(account.tenant), "sk": f"PROVIDER#{account.name}"} | body)

    def rate(self, tenant: str, source: str, target: str) -> Rate | None:
        """What one unit of a currency is worth in another, as somebody set it; None if nobody did."""
        item = self._db.get(self._db.state, (keys.tenant(tenant), f"RATE#{source}#{target}"))
        return Rate(source, target, Decimal(item["rate"]), parse_instant(item["at"])) if item else None

    def put_rate(self, tenant: str, rate: Rate) -> None:
        """Set a rate; what was redeemed keeps the one it was stamped with."""
        sk = f"RATE#{rate.source}#{rate.target}"
        self._db.put(self._db.state, {"pk": keys.tenant(tenant), "sk": sk, "rate": str(rate.rate), "at": iso(rate.at)})

    def take_turn(self, account: ProviderAccount, *, now: datetime) -> float:
        """Take a token of the provider's bucket: 0 if there was one, else the seconds until there is.

        Retry if too many take at once.
        """
        key = (keys.tenant(account.tenant), f"BUCKET#{account.name}")
        for _ in range(_RACES):
            item = self._db.get(self._db.state, key)
            known = Bucket(item["level"], parse_instant(item["at"])) if item else None
            bucket, wait = taken(known, per_minute=account.per_minute, now=now)
            if wait:
                return wait
            try:
                self._put_bucket(key, bucket, item)
            except Conflict:
                continue
            return 0.0
        raise Retry(t("too many take a turn at once"), after=1, where=account.name)

    def _put_bucket(self, key: tuple[str, str], bucket: Bucket, before: Mapping[str, Any] | None) -> None:
        turn = before["turn"] if before else 0
        item: Item = {"pk": key[0], "sk": key[1], "level": bucket.level, "at": iso(bucket.at), "turn": turn + 1}
        if before is None:
            self._db.put(self._db.state, item, new=True)
            return
        self._db.put(self._db.state, item, condition="#turn = :turn", names={"#turn": "turn"}, values={":turn": turn})


def _from_item(tenant: str, item: Item) -> CatalogItem:
    known = {field.name: item[field.name] for field in fields(CatalogItem) if field.name in item}
    known["options"] = tuple(Option(value, points) for value, points in item.get("options", ()))
    known["countries"] = tuple(item.get("countries", ()))
    return CatalogItem(**known | {"tenant": tenant})


def _from_account(tenant: str, item: Item) -> ProviderAccount:
    known = {field.name: item[field.name] for field in fields(ProviderAccount) if field.name in item}
    return ProviderAccount(**known | {"tenant": tenant})
