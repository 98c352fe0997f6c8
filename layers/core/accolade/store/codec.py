"""Items and back: records, wallets, standings, budgets and entries, each small enough for one write unit.

What nothing queries by is one compact JSON text (`body`): names cost bytes, and bytes cost write units.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accolade.model.ledger import Cause, Entry, EntryKind, Standing, Transfer, Wallet
from accolade.model.records import Contribution, Holding, Origin, Record, RecordKey, Value, Version
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Item
from accolade.wallet.chain import as_json


def record_to_item(record: Record) -> Item:
    """RECORD item; `rev` is what commits condition on."""
    key = record.key
    by_version: dict[tuple[int, int], dict[str, Value]] = {}
    for name, (version, value) in record.fields.items():
        by_version.setdefault((version.at, int(version.origin)), {})[name] = value
    body = {
        "f": [[at, origin, values] for (at, origin), values in sorted(by_version.items())],
        "h": {name: [list(row) for row in rows] for name, rows in record.history.items()},
        "d": [record.deletion[0].at, int(record.deletion[0].origin), record.deletion[1]] if record.deletion else None,
        "c": [_contribution(it) for it in record.contributions],
        "a": {award.removesuffix(f"/{key}"): _holding(holding) for award, holding in record.awards.items()},
        "w": record.waiting_for,
        "u": list(record.unsettled),
        "p": {number: dict(seen) for number, seen in record.people.items()},
        "x": int(record.history_cut),
        "k": int(record.complete),
    }
    return {
        "pk": keys.record(key.tenant, key.connection, key.type, key.id),
        "sk": "RECORD",
        "rev": record.revision,
        "body": _compact({name: value for name, value in body.items() if value}),
        "tenant_pk": f"{key.tenant}#{key.type}#{keys.shard(key.id)}",
        "tenant_sk": f"{key.connection}#{key.id}",
    }


def record_from_item(key: RecordKey, item: Mapping[str, Any]) -> Record:
    """A record as stored."""
    body = json.loads(item["body"])
    fields = {
        name: (Version(at, Origin(origin)), value) for at, origin, values in body.get("f", ()) for name, value in values.items()
    }
    deletion = body.get("d")
    return Record(
        key=key,
        fields=fields,
        history={name: tuple((at, value) for at, value in rows) for name, rows in body.get("h", {}).items()},
        deletion=(Version(deletion[0], Origin(deletion[1])), deletion[2]) if deletion else None,
        contributions=tuple(
            Contribution(p, period, kpi, parts, bool(base), *fact) for p, period, kpi, parts, base, *fact in body.get("c", ())
        ),
        awards={f"{award}/{key}": _held(held) for award, held in body.get("a", {}).items()},
        waiting_for=body.get("w"),
        unsettled=tuple(body.get("u", ())),
        people=body.get("p", {}),
        history_cut=bool(body.get("x")),
        complete=bool(body.get("k")),
        revision=item["rev"],
    )


def wallet_to_item(wallet: Wallet) -> Item:
    """WALLET item, with the board index for leaderboards."""
    return {
        "pk": keys.person(wallet.tenant, wallet.participant),
        "sk": "WALLET",
        "rev": wallet.revision,
        "next_seq": wallet.next_seq,
        "head": wallet.head,
        "available": wallet.available,
        "pending": wallet.pending,
        "held": wallet.held,
        "debt": wallet.debt,
        "board_pk": keys.board(wallet.tenant, "WALLET", wallet.participant),
        "board_sk": wallet.participant,
    }


def wallet_from_item(tenant: str, participant: str, item: Mapping[str, Any] | None) -> Wallet:
    """A wallet as stored; an empty one if there is none yet."""
    if item is None:
        return Wallet(tenant, participant)
    return Wallet(
        tenant,
        participant,
        revision=item["rev"],
        next_seq=item["next_seq"],
        head=item.get("head", ""),
        available=item["available"],
        pending=item["pending"],
        held=item["held"],
        debt=item["debt"],
    )


def standing_to_item(standing: Standing) -> Item:
    """STANDING item, with the board index for leaderboards."""
    body = {
        "p": {kpi: dict(parts) for kpi, parts in standing.parts.items()},
        "b": {kpi: dict(parts) for kpi, parts in standing.baseline.items()},
        "a": {key: _holding(holding) for key, holding in standing.awards.items()},
        "s": dict(standing.seen),
    }
    return {
        "pk": keys.person(standing.tenant, standing.participant),
        "sk": f"STANDING#{standing.period}",
        "body": _compact({name: value for name, value in body.items() if value}),
        "board_pk": keys.board(standing.tenant, standing.period, standing.participant),
        "board_sk": standing.participant,
    }


def standing_from_item(tenant: str, participant: str, period: str, item: Mapping[str, Any] | None) -> Standing:
    """A standing as stored; an empty one if there is none yet."""
    body = json.loads(item["body"]) if item else {}
    awards = {key: _held(held) for key, held in body.get("a", {}).items()}
    return Standing(tenant, participant, period, body.get("p", {}), body.get("b", {}), awards, body.get("s", {}))


def entry_to_item(entry: Entry) -> Item:
    """ENTRY item: put once, never changed."""
    participant = entry.cause.participant
    return {
        "pk": keys.ledger(entry.tenant, participant),
        "sk": f"ENTRY#{entry.id}",
        "seq": entry.seq,
        "month_pk": keys.month(entry.tenant, f"{entry.posted_at:%Y-%m}", keys.shard(participant)),
        "month_sk": f"{iso(entry.posted_at)}#{entry.id}",
        "body": _compact(_without_defaults(as_json(entry))),
    }


def entry_from_item(item: Mapping[str, Any]) -> Entry:
    """An entry as stored."""
    body = json.loads(item["body"])
    cause = body["cause"]
    return Entry(
        id=body["id"],
        seq=body["seq"],
        tenant=body["tenant"],
        at=_instant(body["at"]),
        posted_at=_instant(body["posted_at"]),
        kind=EntryKind(body["kind"]),
        cause=Cause(
            program=cause["program"],
            version=cause.get("version", 0),
            milestone=cause["milestone"],
            participant=cause["participant"],
            scope=cause["scope"],
            record=cause.get("record"),
            record_version=cause.get("record_version"),
            notification_ids=tuple(cause.get("notification_ids", ())),
        ),
        transfers=tuple(Transfer(it["source"], it["target"], it["amount"], it["unit"]) for it in body["transfers"]),
        actor=body["actor"],
        reason_hash=body.get("reason_hash", ""),
        previous_hash=body.get("previous_hash", ""),
    )


def _without_defaults(body: dict[str, Any]) -> dict[str, Any]:
    cause = {name: value for name, value in body["cause"].items() if value}
    return {name: value for name, value in (body | {"cause": cause}).items() if value}


def _contribution(it: Contribution) -> list[Any]:
    fact = [it.on, it.about] if it.about else [it.on] if it.on else []
    return [it.participant, it.period, it.kpi, dict(it.parts), int(it.baseline), *fact]


def _holding(holding: Holding) -> list[Any]:
    """The numbers in their order, without the zeros at the end."""
    numbers: list[Any] = [
        holding.posted,
        holding.parked,
        holding.written_off,
        holding.revision,
        holding.awaiting,
        holding.refused,
        holding.shadow,
        [list(lot) for lot in holding.lots],
        list(holding.nodes),
    ]
    while len(numbers) > 4 and not numbers[-1]:
        numbers.pop()
    return numbers


def _held(stored: list[Any]) -> Holding:
    plain, lots, nodes = stored[:7], stored[7] if len(stored) > 7 else (), stored[8] if len(stored) > 8 else ()
    posted, parked, written_off, revision, awaiting, refused, shadow = plain + [0] * (7 - len(plain))
    kept = tuple((due, points) for due, points in lots)
    return Holding(posted, parked, written_off, revision, awaiting, refused, shadow, kept, tuple(nodes))


def _instant(text: str) -> datetime:
    return parse_instant(text)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
