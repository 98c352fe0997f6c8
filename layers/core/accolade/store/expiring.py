"""Expiry in the tables: a wallet with its entries, what expires of it, when to look again, and how far a round has come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from accolade.model.ledger import Entry, Wallet
from accolade.store import keys
from accolade.store.codec import entry_from_item, entry_to_item, wallet_from_item, wallet_to_item
from accolade.store.database import Database, put_if

_LOOK = "EXPIRY"


@dataclass(frozen=True, slots=True)
class Look:
    """A wallet as it was looked at: `head` of its chain, the day from which there is something to do if it stays so (None:
    never), and by warning (days before) the last day of which the owner was told."""

    head: str = ""
    again: date | None = None
    told: Mapping[int, date] = field(default_factory=dict)


class ExpiryStore:
    """Reads and writes what expiry needs. Busy or unreachable: Retry; somebody was faster: Conflict."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def wallet(self, tenant: str, number: str) -> Wallet:
        """The wallet as it stands, read consistently."""
        return wallet_from_item(tenant, number, self._db.get(self._db.state, (keys.person(tenant, number), "WALLET")))

    def entries(self, tenant: str, number: str) -> list[Entry]:
        """All entries of a wallet, in no order, read consistently."""
        items = self._db.query(self._db.ledger, keys.ledger(tenant, number), sk_prefix="ENTRY#")
        return [entry_from_item(item) for item in items]

    def looked(self, tenant: str, numbers: Iterable[str]) -> dict[str, tuple[Wallet, Look]]:
        """Wallets with how they were looked at before, by number, in one read of many."""
        wanted = list(numbers)
        places = {(keys.person(tenant, number), sk): number for number in wanted for sk in ("WALLET", _LOOK)}
        found = self._db.get_many(self._db.state, places)
        looks: dict[str, Look] = {}
        for number in wanted:
            item = found.get((keys.person(tenant, number), _LOOK), {})
            again, told = item.get("again"), item.get("told", {})
            days = {int(before): date.fromisoformat(day) for before, day in told.items()}
            looks[number] = Look(item.get("head", ""), date.fromisoformat(again) if again else None, days)
        wallets = {it: wallet_from_item(tenant, it, found.get((keys.person(tenant, it), "WALLET"))) for it in wanted}
        return {number: (wallets[number], looks[number]) for number in wanted}

    def keep(self, tenant: str, number: str, look: Look) -> None:
        """Remember how a wallet was looked at."""
        item: dict[str, object] = {"pk": keys.person(tenant, number), "sk": _LOOK, "head": look.head}
        item |= {"again": look.again.isoformat()} if look.again else {}
        item |= {"told": {str(before): day.isoformat() for before, day in look.told.items()}} if look.told else {}
        self._db.put(self._db.state, item)

    def commit(self, before: Wallet, after: Wallet, entries: Iterable[Entry]) -> None:
        """Write a wallet on the revision that was read, with its entries, all or nothing."""
        item = wallet_to_item(replace(after, revision=before.revision + 1))
        mine = put_if(self._db.state, item, "#rev = :rev", names={"#rev": "rev"}, values={":rev": before.revision})
        new = {"names": {"#pk": "pk"}}
        puts = [put_if(self._db.ledger, entry_to_item(it), "attribute_not_exists(#pk)", **new) for it in entries]
        self._db.transact([mine, *puts])

    def round(self, tenant: str) -> tuple[str, str]:
        """The newest round, and the last participant number that it has looked at."""
        item = self._db.get(self._db.state, (keys.tenant(tenant), keys.EXPIRY_ROUND)) or {}
        return item.get("round", ""), item.get("upto", "")

    def move(self, tenant: str, round_: str, upto: str) -> None:
        """The round has come so far."""
        item = {"pk": keys.tenant(tenant), "sk": keys.EXPIRY_ROUND, "round": round_, "upto": upto}
        self._db.put(self._db.state, item)
