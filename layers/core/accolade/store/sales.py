"""Sales of accounts: what each bought, in order; written with the deals' decisions, so that no two believe to be first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from accolade.model.errors import Conflict
from accolade.model.records import RecordKey
from accolade.model.sales import Sale
from accolade.situation import AccountSales, Decision, SaleMoves, Situation
from accolade.store import keys
from accolade.store.database import Database, Item, Key, delete, put_if

HEAD = "HEAD"
MARKS = 20
"""Deals that one decision marks one by one; if it concerns more, their account is marked as a whole."""

_ACCOUNT = "account"


def read_sales(db: Database, tenant: str, connection: str, account: str) -> AccountSales:
    """What an account bought."""
    revision, sales = 0, dict[str, Sale]()
    for item in db.query(db.state, keys.sales(tenant, connection, account)):
        if item["sk"] == HEAD:
            revision = item["rev"]
        else:
            on, _, id_ = item["sk"].partition("#")
            kept = (item.get("product", ""), item.get("family", ""), item.get("price"), item.get("amount"))
            made = date.fromisoformat(item["made"]) if item.get("made") else None
            sales[id_] = Sale(date.fromisoformat(on), id_, *kept, made, item.get("owner", ""))
    return AccountSales(revision, sales)


def sale_writes(db: Database, decisions: Sequence[Decision], situation: Situation) -> list[Item]:
    """The sales that move and who is concerned; every account that was looked at must be as it was read."""
    found = [it.sales for it in decisions if it.sales]
    moved = moved_accounts(decisions)
    writes: dict[Key, Item] = {}
    for it in found:
        for account in it.accounts:
            key = keys.sales(it.tenant, it.connection, account), HEAD
            writes[key] = _head(db, key, situation.sales[account].revision, moves=account in moved)
        if it.gone:
            key = _key(it, *it.gone)
            writes[key] = delete(db, key)
        if it.come:
            key = _key(it, *it.come)
            writes[key] = put_if(db.state, _item(key, it.come[1]))
        for key in _marked(it):
            mark = "-".join(f"{situation.sales[account].revision}" for account in it.accounts)
            writes[key] = put_if(db.state, {"pk": key[0], "sk": key[1], "mark": mark})
    return list(writes.values())


def moved_accounts(decisions: Iterable[Decision]) -> set[str]:
    """The accounts whose sales move."""
    return {account for it in decisions if it.sales for account in it.sales.after}


def moved_sales(moves: SaleMoves) -> int:
    """At most how many items a decision's sales are."""
    return len(moves.accounts) + 2 + len(list(_marked(moves)))


@dataclass(frozen=True, slots=True)
class Resale:
    """A deal, or all of an account's, to be decided once more; `mark` tells a newer one from an older."""

    deals: tuple[RecordKey, ...]
    mark: str
    key: Key = field(repr=False)


class Resales:
    """Reads and forgets what `sale_writes` marked. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def list(self, tenant: str, *, limit: int) -> Iterator[Resale]:
        """What is marked."""
        for item in self._db.query(self._db.state, keys.resale(tenant), limit=limit):
            connection, kind, id_ = item["sk"].split("#", 2)
            ids = sorted(read_sales(self._db, tenant, connection, id_).sales) if kind == _ACCOUNT else [id_]
            deals = tuple(RecordKey(tenant, connection, "deal", it) for it in ids)
            yield Resale(deals, item["mark"], (item["pk"], item["sk"]))

    def forget(self, resale: Resale) -> None:
        """Take a mark away, unless a newer one has come in its place."""
        names, values = {"#mark": "mark"}, {":mark": resale.mark}
        try:
            self._db.delete(self._db.state, resale.key, condition="#mark = :mark", names=names, values=values)
        except Conflict:
            return


def _head(db: Database, key: Key, revision: int, *, moves: bool) -> Item:
    """Moves the revision of an account's sales, or only sees to it that nobody has."""
    names, values = ({"#rev": "rev"}, {":rev": revision}) if revision else ({"#pk": "pk"}, None)
    condition = "#rev = :rev" if revision else "attribute_not_exists(#pk)"
    if moves:
        return put_if(db.state, {"pk": key[0], "sk": key[1], "rev": revision + 1}, condition, names=names, values=values)
    put = put_if(db.state, {"pk": key[0], "sk": key[1]}, condition, names=names, values=values)["Put"]
    item = put.pop("Item")
    return {"ConditionCheck": put | {"Key": item}}


def _marked(moves: SaleMoves) -> Iterator[Key]:
    pk = keys.resale(moves.tenant)
    if len(moves.again) <= MARKS:
        yield from ((pk, f"{moves.connection}#deal#{id_}") for id_ in moves.again)
    else:
        yield from ((pk, f"{moves.connection}#{_ACCOUNT}#{account}") for account in moves.after)


def _key(moves: SaleMoves, account: str, sale: Sale) -> Key:
    return keys.sales(moves.tenant, moves.connection, account), f"{sale.on.isoformat()}#{sale.id}"


def _item(key: Key, sale: Sale) -> Item:
    kept = {"product": sale.product, "family": sale.family, "price": sale.price, "amount": sale.amount}
    kept |= {"made": sale.made.isoformat() if sale.made else None, "owner": sale.owner}
    return {"pk": key[0], "sk": key[1]} | kept
