"""States as bytes for the temporary file, in the form in which production stores them."""

import json
from datetime import date

from accolade.kpis.port import Fact
from accolade.model.ledger import Standing, Wallet
from accolade.model.records import Record, RecordKey
from accolade.model.sales import Sale
from accolade.situation import AccountSales, FactSet
from accolade.store.codec import (
    record_from_item,
    record_to_item,
    standing_from_item,
    standing_to_item,
    wallet_from_item,
    wallet_to_item,
)
from accolade.store.database import Item

FactKey = tuple[str, str, str]


def record_to_bytes(record: Record) -> bytes:
    item = record_to_item(record)
    return f"{item['rev']} {item['body']}".encode()


def record_from_bytes(key: RecordKey, raw: bytes) -> Record:
    revision, _, body = raw.decode().partition(" ")
    return record_from_item(key, {"rev": int(revision), "body": body})


def wallet_to_bytes(wallet: Wallet) -> bytes:
    return _json({"tenant": wallet.tenant, **wallet_to_item(wallet)})


def wallet_from_bytes(participant: str, raw: bytes) -> Wallet:
    item = json.loads(raw)
    return wallet_from_item(item["tenant"], participant, item)


def standing_to_bytes(standing: Standing) -> bytes:
    return _json({"tenant": standing.tenant, **standing_to_item(standing)})


def standing_from_bytes(key: tuple[str, str], raw: bytes) -> Standing:
    item = json.loads(raw)
    return standing_from_item(item["tenant"], *key, item)


def facts_to_bytes(facts: FactSet) -> bytes:
    return _json([[_fact(it) for it in facts.every], [_fact(it) for it in facts.baseline]])


def facts_from_bytes(_: FactKey, raw: bytes) -> FactSet:
    every, baseline = json.loads(raw)
    return FactSet(tuple(_read_fact(it) for it in every), tuple(_read_fact(it) for it in baseline))


def sales_to_bytes(it: AccountSales) -> bytes:
    rows = [
        [s.on.isoformat(), s.id, s.product, s.family, s.price, s.amount, s.made.isoformat() if s.made else "", s.owner]
        for s in it.sales.values()
    ]
    return _json([it.revision, rows])


def sales_from_bytes(_: str, raw: bytes) -> AccountSales:
    revision, rows = json.loads(raw)
    return AccountSales(revision, {row[1]: _read_sale(*row) for row in rows})


def _read_sale(
    on: str, id_: str, product: str, family: str, price: int | None, amount: int | None, made: str, owner: str
) -> Sale:
    day = date.fromisoformat(made) if made else None
    return Sale(date.fromisoformat(on), id_, product, family, price, amount, day, owner)


def _fact(it: Fact) -> list[object]:
    return [it.on.isoformat(), it.record, dict(it.parts), it.about]


def _read_fact(raw: list[object]) -> Fact:
    on, record, parts, about = raw
    return Fact(date.fromisoformat(str(on)), str(record), parts, str(about))  # type: ignore[arg-type] # as written above


def _json(value: Item | list[object]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
