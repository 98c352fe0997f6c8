"""Sales of an export: what each won deal was to its account, judged with all of the account's deals in order."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from accolade.flows.history.rows import Row
from accolade.model.sales import Sale, judged

_AT_ONCE = 5_000
_COLUMNS = "id TEXT, account TEXT, day INTEGER, product TEXT, family TEXT, price INTEGER, amount INTEGER"


class Sales:
    """Won deals by id, on disk: memory does not grow with the file."""

    def __init__(self, table: sqlite3.Connection) -> None:
        self._table = table

    def of(self, id_: str) -> dict[str, object]:
        """`deal.sale_kind`, `deal.upsell_amount` and `deal.new_family` of a deal; nothing for one that is not won."""
        found = self._table.execute("SELECT kind, increase, new FROM judged WHERE id = ?", (id_,)).fetchone()
        if found is None:
            return {}
        return {"deal.sale_kind": found[0], "deal.upsell_amount": found[1], "deal.new_family": bool(found[2])}


def sales_of(rows: Iterable[Row]) -> Sales:
    """The won deals that have an account and a date, each with what it was."""
    table = sqlite3.connect("", isolation_level=None)
    table.execute(f"CREATE TABLE sale ({_COLUMNS})")
    table.execute("CREATE TABLE judged (id TEXT PRIMARY KEY, kind TEXT, increase INTEGER, new INTEGER) WITHOUT ROWID")
    table.execute("BEGIN")
    for batch in _batches(_sold(rows)):
        table.executemany("INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?, ?)", batch)
    ordered = table.execute("SELECT * FROM sale ORDER BY account")
    for batch in _batches(_judged(ordered)):
        table.executemany("INSERT OR REPLACE INTO judged VALUES (?, ?, ?, ?)", batch)
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
        product, amount = values.get("deal.product"), values.get("deal.amount")
        yield row.id, str(account), on.toordinal(), product or "", family or "", price, amount


def _judged(ordered: Iterable[tuple[str, str, int, str, str, int | None, int | None]]) -> Iterator[tuple[object, ...]]:
    for _, sales in groupby(ordered, key=lambda it: it[1]):
        account = [
            Sale(date.fromordinal(day), id_, product, family, price, amount)
            for id_, _, day, product, family, price, amount in sales
        ]
        for it in judged(account):
            if it.kind is not None:
                yield it.sale.id, it.kind, it.increase, int(it.new_family)


def _batches(items: Iterable[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    batch: list[tuple[object, ...]] = []
    for item in items:
        batch.append(item)
        if len(batch) >= _AT_ONCE:
            yield batch
            batch = []
    yield batch
