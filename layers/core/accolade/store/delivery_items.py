"""How a delivery is written as an item, in under a kilobyte for two or three lines, and read back."""

import json
from datetime import datetime, timedelta
from typing import Any

from accolade.model.deliveries import Announcement, Delivery, DeliveryState, Line, Progress
from accolade.model.kept_phrases import parts, phrases
from accolade.model.participants import Channel
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Item

KEPT = timedelta(days=400)
"""How long a delivery is kept: an opt-out link lives as long."""

LINES = 60
"""Lines that an item holds in full; a decision settles at most 30 awards, each with one or two entries."""

_ITEM_SK = "DELIVERY"
_OPEN = (DeliveryState.DUE, DeliveryState.CLAIMED, DeliveryState.UNKNOWN)


def delivery_key(id_: str) -> tuple[str, str]:
    """Where a delivery lies."""
    return keys.delivery(id_), _ITEM_SK


def id_of(item: Item) -> str:
    """The delivery's id by its key."""
    return item["pk"].removeprefix("DELIVERY#")


def to_item(delivery: Delivery) -> Item:
    """The delivery's item with the keys of the three indexes.

    `due`, sparse: what is open, by the instant at which somebody has to look at it (when it may go, or when its claim
    ends); what is parked, by tenant. `person`: whose it is, by when it was made. `day`: everybody's of one day.
    """
    pk, sk = delivery_key(delivery.id)
    said = parts([delivery.outcome, *(note for _, _, note in reversed(delivery.history))])
    return {
        "pk": pk,
        "sk": sk,
        "tenant": delivery.tenant,
        "participant": delivery.participant,
        "program": delivery.program,
        "record": delivery.record,
        "subject": delivery.subject,
        "lines": _text([_line(line) for line in delivery.lines[:LINES]]),
        "balance": delivery.balance,
        "debt": delivery.debt or None,
        "channel": delivery.channel.value if delivery.channel else None,
        "state": delivery.state.value,
        "attempts": delivery.attempts or None,
        "doubts": delivery.doubts or None,
        "tried": [channel.value for channel in delivery.tried] or None,
        "reference": delivery.reference,
        "outcome": delivery.outcome,
        "progress": _text([_progress(step) for step in delivery.progress]) if delivery.progress else None,
        "news": _text(_news(delivery.announcement)) if delivery.announcement else None,
        "challenge": delivery.challenge,
        "history": _text(delivery.history) if delivery.history else None,
        "said": _text(said) if said else None,
        "created_at": iso(delivery.created_at),
        "due_at": iso(delivery.due_at),
        "lease": iso(delivery.lease) if delivery.lease else None,
        "revision": delivery.revision,
        "person_pk": f"{delivery.tenant}#{delivery.participant}",
        "person_sk": iso(delivery.created_at),
        "day_pk": day_pk(delivery.tenant, delivery.created_at.date().isoformat(), keys.shard(delivery.id)),
        "ttl": int((delivery.created_at + KEPT).timestamp()),
    } | _due(delivery)


def from_item(item: Item) -> Delivery:
    """The delivery of an item."""
    known, outcome = phrases(json.loads(item.get("said", "[]"))), item.get("outcome", "")
    return Delivery(
        id=id_of(item),
        tenant=item["tenant"],
        participant=item["participant"],
        program=item.get("program", ""),
        record=item.get("record"),
        subject=item.get("subject", ""),
        lines=tuple(_from_line(line) for line in json.loads(item["lines"])),
        balance=item["balance"],
        debt=item.get("debt", 0),
        channel=Channel(item["channel"]) if "channel" in item else None,
        state=DeliveryState(item["state"]),
        attempts=item.get("attempts", 0),
        doubts=item.get("doubts", 0),
        tried=tuple(Channel(channel) for channel in item.get("tried", ())),
        reference=item.get("reference"),
        outcome=known.get(outcome, outcome),
        progress=tuple(Progress(*step) for step in json.loads(item.get("progress", "[]"))),
        history=tuple((state, at, known.get(note, note)) for state, at, note in json.loads(item.get("history", "[]"))),
        created_at=parse_instant(item["created_at"]),
        due_at=parse_instant(item["due_at"]),
        lease=parse_instant(item["lease"]) if "lease" in item else None,
        revision=item["revision"],
        announcement=_from_news(json.loads(item["news"])) if item.get("news") else None,
        challenge=item.get("challenge", ""),
    )


def due_sk(delivery: Delivery, at: datetime) -> str:
    """The index sort key of a delivery to be looked at from `at`."""
    return f"{iso(at)}#{delivery.id}"


def due_pk(shard: int) -> str:
    """The index partition of what is open."""
    return f"DUE#{shard}"


def day_pk(tenant: str, day: str, shard: int) -> str:
    """The index partition of what was owed on a day (UTC, ISO); its sort key is `person_sk`, when that was."""
    return f"{tenant}#{day}#{shard}"


def parked_pk(tenant: str) -> str:
    """The index partition of what waits for a person."""
    return f"PARKED#{tenant}"


def _due(delivery: Delivery) -> Item:
    if delivery.state is DeliveryState.PARKED:
        return {"due_pk": parked_pk(delivery.tenant), "due_sk": due_sk(delivery, delivery.due_at)}
    if delivery.state not in _OPEN:
        return {}
    at = delivery.lease if delivery.state is DeliveryState.CLAIMED and delivery.lease else delivery.due_at
    return {"due_pk": due_pk(keys.shard(delivery.id)), "due_sk": due_sk(delivery, at)}


def _line(line: Line) -> list[Any]:
    return [line.entry, line.points, line.kind, line.milestone, line.milestone_kind, dict(line.title), dict(line.facts)]


def _from_line(parts: list[Any]) -> Line:
    return Line(*parts)


def _news(it: Announcement) -> list[Any]:
    further = [it.path, dict(it.figures)] if it.figures else [it.path] if it.path else []
    return [it.event, it.on, dict(it.title), list(it.sentences), *further]


def _from_news(parts: list[Any]) -> Announcement:
    event, on, title, sentences, *further = parts
    return Announcement(event, on, title, tuple(sentences), *further)


def _progress(step: Progress) -> list[Any]:
    return [step.milestone, dict(step.title), step.kind, step.done, step.needed, step.points, step.until, step.kpi]


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
