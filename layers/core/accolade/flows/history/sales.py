"""Sales of an export: what each won deal was to its account, judged with all of the account's deals in order."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from accolade.flows.history.rows import Row
from accolade.model.sales import NEAR_AMOUNTS, Sale, judged, near

_Sold = tuple[str, str, int, str, str, int | None, int | None, int | None, str]
_AT_ONCE = 5_000
_COLUMNS = (
    "id TEXT, account TEXT, day INTEGER, product TEXT, family TEXT, price INTEGER, amount INTEGER, made INTEGER, owner TEXT"
)


class Sales:
    """Won deals by id, on disk: memory does not grow with the file."""

    def __init__(self, table: sqlite3.Connection) -> None:
        self._table = table

    def of(self, id_: str) -> dict[str, object]:
        """`deal.sale_kind`, `deal.upsell_amount`, `deal.new_family` and what was sold near it; nothing for one not won."""
        found = self._table.execute("SELECT kind, increase, new, near FROM judged WHERE id = ?", (id_,)).fetchone()
        if found is None:
            return {}
        kind, increase, new, beside = found
        told = {"deal.sale_kind": kind, "deal.upsell_amount": increase, "deal.new_family": bool(new)} if kind else {}
        return told | ({NEAR_AMOUNTS: beside} if beside else {})


def sales_of(rows: Iterable[Row]) -> Sales:
    """The won deals that have an account and a date, each with what it was."""
    table = sqlite3.connect("", isolation_level=None)
    table.execute(f"CREATE TABLE sale ({_COLUMNS})")
    table.execute("CREATE TABLE judged (id TEXT PRIMARY KEY, kind TEXT, increase INTEGER, new INTEGER, near TEXT) WITHOUT ROWID")
    table.execute("BEGIN")
    for batch in _batches(_sold(rows)):
        table.executemany("INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", batch)
    ordered = table.execute("SELECT * FROM sale ORDER BY account")
    for batch in _batches(_judged(ordered)):
        table.executemany("INSERT OR REPLACE INTO judged VALUES (?, ?, ?, ?, ?)", batch)
    table.execute("DROP TABLE sale")
    table.execute("COMMIT")
    return Sales(table)


def _sold(rows: Iterable[Row]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        values = row.values
        on, account = values.get("deal.close_date"), values.get("deal.account") or values.get("deal.account_name")
        if values.get("deal.stage") != "won" or not account or not isinstance(on, date):
            continue
        family = values.get("deal.product_family") or values.get("product.family") or values.get("product.series")
        price = values.get("deal.list_price")
        price = values.get("product.list_price") if price is None else price
        product, amount, made = values.get("deal.product"), values.get("deal.amount"), values.get("deal.created_on")
        day = made.toordinal() if isinstance(made, date) else None
        yield row.id, str(account), on.toordinal(), product or "", family or "", price, amount, day, row.owner or ""


def _judged(ordered: Iterable[_Sold]) -> Iterator[tuple[object, ...]]:
    for _, sales in groupby(ordered, key=lambda it: it[1]):
        account = [
            Sale(date.fromordinal(day), id_, product, family, price, amount, date.fromordinal(made) if made else None, owner)
            for id_, _, day, product, family, price, amount, made, owner in sales
        ]
        beside = near(account)
        for it in judged(account):
            if it.kind is not None or it.sale.id in beside:
                yield it.sale.id, it.kind, it.increase, int(it.new_family), beside.get(it.sale.id)


def _batches(items: Iterable[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    batch: list[tuple[object, ...]] = []
    for item in items:
        batch.append(item)
        if len(batch) >= _AT_ONCE:
            yield batch
            batch = []
    yield batch
