"""Following one thing through the house: a notification, a record, an entry or a delivery, with times."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accolade.flows.settling import DECLINED, READY, RETURNED
from accolade.model.deliveries import Delivery, delivery_id
from accolade.model.errors import Missing
from accolade.model.fields import RECORD_FIELDS
from accolade.model.ledger import Entry
from accolade.model.records import Record, RecordKey
from accolade.model.redemptions import Redemption, participant_of
from accolade.model.times import from_millis, parse_instant
from accolade.store.audit import Audit
from accolade.store.connections import Connections
from accolade.store.deliveries import Deliveries
from accolade.store.people import People

MAX_DELIVERIES = 1000
MAX_TERMS = 8
SHORTEST = 6
"""Characters of what logs are searched for: what is shorter stands in nearly every line."""

_TOLD = (
    *("connection", "record", "revision", "stage", "entries", "delivery", "channel", "reference", "notifications"),
    *("reason", "outcome", "status", "ms"),
)
"""What of a log line is shown, in this order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: when, what kind (`received`, `processed`, `posted`, `sent`, ...), in words, with its source."""

    at: datetime
    event: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """A structured log line of a function."""

    at: datetime
    function: str
    fields: Mapping[str, Any]


@dataclass
class Found:
    """What a traced id leads to."""

    records: list[RecordKey] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    redemptions: dict[str, Redemption] = field(default_factory=dict)


class Tracer:
    """Reads tables and logs. `logs(terms)` gives the log lines that hold any of the terms."""

    def __init__(
        self,
        audit: Audit,
        people: People,
        deliveries: Deliveries,
        connections: Connections,
        logs: Callable[[Sequence[str]], Iterable[LogLine]],
    ) -> None:
        self._audit, self._people, self._deliveries, self._connections = audit, people, deliveries, connections
        self._logs = logs

    def trace(self, tenant: str, id_: str) -> list[Step]:
        """What happened, in the order of time. Missing if neither tables nor logs know the id."""
        found = self._find(tenant, id_)
        lines = list(self._lines([id_])) if not (found.records or found.deliveries or found.redemptions) else []
        for line in lines:
            self._follow(tenant, line, found)
        for key in list(found.records):
            self._add_record(tenant, key, found)
        lines += self._lines(list(dict.fromkeys([id_, *map(str, found.records), *found.deliveries]))[:MAX_TERMS])
        # The front door knows notifications only: which they were, the lines of `process` say.
        about = {str(key) for key in found.records}
        ids = [id_ for it in lines if it.fields.get("record") in about for id_ in it.fields.get("notification_ids") or ()]
        lines += self._lines(list(dict.fromkeys(map(str, ids)))[:MAX_TERMS]) if ids else []
        steps = [*self._table_steps(tenant, found), *(_log_step(line) for line in _about(lines, about, id_))]
        if not steps:
            mend = "Use a notification id, connection:deal:ID, a CRM's record id, an entry id, a delivery id or a redemption id"
            raise Missing(f"nothing is known of {id_[:80]!r}", mend=mend)
        return sorted(dict.fromkeys(steps), key=lambda step: step.at)

    def _lines(self, terms: Sequence[str]) -> Iterable[LogLine]:
        return self._logs([it for it in terms if len(it) >= SHORTEST])

    def _find(self, tenant: str, id_: str) -> Found:
        found = Found()
        if "/" in id_:
            self._find_entry(tenant, id_, found)
        delivery = self._deliveries.get(id_)
        if delivery is not None and delivery.tenant == tenant:
            found.deliveries[delivery.id] = delivery
            if delivery.record:
                found.records.append(_key(tenant, delivery.record))
        if number := participant_of(id_):
            self._find_redemption(tenant, number, id_, found)
        found.records += [record.key for record in self._records(tenant, id_)]
        return found

    def _find_redemption(self, tenant: str, number: str, id_: str, found: Found) -> None:
        """A redemption with the entries that it moved and what its owner was told of it."""
        known = {it.id: it for it in self._audit.redemptions(tenant, number)}
        if id_ not in known:
            return
        found.redemptions[id_] = known[id_]
        found.entries |= {it.id: it for it in self._audit.entries(tenant, number) if it.cause.scope == id_}
        told = {delivery_id("redemption", tenant, id_, event) for event in (READY, RETURNED, DECLINED)}
        found.deliveries |= {it: delivery for it in sorted(told) if (delivery := self._deliveries.get(it))}

    def _find_entry(self, tenant: str, id_: str, found: Found) -> None:
        program, milestone, participant, rest = (*id_.split("/", 3), "", "", "")[:4]
        number = self._people.numbers(tenant, [participant]).get(participant, participant) if participant else ""
        award = f"{program}/{milestone}/{number}/{rest}"
        for entry in self._audit.entries(tenant, number) if number else ():
            if award in (entry.id, entry.id.rsplit("#", 1)[0]):
                found.entries[entry.id] = entry
                if entry.cause.record:
                    found.records.append(_key(tenant, entry.cause.record))

    def _records(self, tenant: str, id_: str) -> Iterator[Record]:
        """The records that an id may name: a full key, or the CRM's own id in any connection."""
        if id_.count(":") == 2:
            keys = [_key(tenant, id_)]
        else:
            connections = self._connections.list(tenant)
            keys = [RecordKey(tenant, connection.id, type_, id_) for connection in connections for type_ in RECORD_FIELDS]
        for key in keys:
            record = self._audit.record(key)
            if record is not None:
                yield record

    def _follow(self, tenant: str, line: LogLine, found: Found) -> None:
        """Take up what a log line names."""
        named = line.fields.get("record")
        if isinstance(named, str) and named.count(":") == 2 and _key(tenant, named) not in found.records:
            found.records.append(_key(tenant, named))

    def _add_record(self, tenant: str, key: RecordKey, found: Found) -> None:
        """The entries and messages that a record led to."""
        record = self._audit.record(key)
        if record is None:
            return
        numbers = {it.participant for it in record.contributions} | {award.split("/")[2] for award in record.awards}
        numbers |= {entry.cause.participant for entry in found.entries.values()}
        for number in numbers:
            for entry in self._audit.entries(tenant, number):
                if entry.cause.record == str(key):
                    found.entries[entry.id] = entry
            for delivery in self._deliveries.of_person(tenant, number, MAX_DELIVERIES):
                if delivery.record == str(key) or any(line.entry in found.entries for line in delivery.lines):
                    found.deliveries[delivery.id] = delivery

    def _table_steps(self, tenant: str, found: Found) -> Iterator[Step]:
        for key in dict.fromkeys(found.records):
            record = self._audit.record(key)
            if record is not None:
                yield from _record_steps(record)
        names = {person.number: person.id for person in self._people.list(tenant)}
        for entry in found.entries.values():
            points = " + ".join(f"{it.amount:,} {it.source} -> {it.target}" for it in entry.transfers)
            who = names.get(entry.cause.participant, entry.cause.participant)
            text = (
                f"{entry.kind} {entry.cause.milestone} of {who}: {points} (program {entry.cause.program} v{entry.cause.version})"
            )
            yield Step(entry.posted_at, "posted", text, "ledger")
        for redemption in found.redemptions.values():
            yield from _redemption_steps(redemption)
        for delivery in found.deliveries.values():
            who = names.get(delivery.participant, delivery.participant)
            text = f"{about(delivery)} to {who}, by {delivery.channel or 'no channel yet'} ({delivery.id})"
            yield Step(delivery.created_at, "owed", text, "deliveries")
            for state, at, note in delivery.history:
                yield Step(parse_instant(at), state, note, "deliveries")


def about(delivery: Delivery) -> str:
    """What a message is, in a few words: points it tells of, or news without any."""
    news = delivery.announcement
    if news is not None and news.event == "budget":
        return f"alert, budget of {delivery.program} at {news.figures['level']} %,"
    if news is not None:
        return f"announcement, {delivery.program or 'question'} {news.event} on {news.on},"
    return f"message of {delivery.total:+,} points" if delivery.lines else "message without points"


def _redemption_steps(it: Redemption) -> Iterator[Step]:
    for state, at, note in it.history:
        yield Step(parse_instant(at), state, note or f"{it.item} for {it.points:,} points", "redemption")
    for at, by in it.reveals:
        yield Step(parse_instant(at), "looked at", f"by {by}", "redemption")


def _record_steps(record: Record) -> Iterator[Step]:
    for name, rows in record.history.items():
        for at, value in rows:
            yield Step(from_millis(at), "crm", f"{record.key}: {name} is {value}", "record")
    newest = from_millis(record.version)
    state = ", ".join(f"{name} {record.value(name)}" for name in ("stage", "amount", "close_date", "owner") if record.value(name))
    deleted = ", deleted" if record.deleted else ""
    waiting = f", waits for user {record.waiting_for}" if record.waiting_for else ""
    yield Step(newest, "record", f"{record.key} stands at revision {record.revision}: {state}{deleted}{waiting}", "record")


def _about(lines: Iterable[LogLine], records: set[str], id_: str) -> Iterator[LogLine]:
    """The lines that tell of these records: a shared notification id must not bring in somebody else's."""
    for line in lines:
        record = line.fields.get("record")
        if not records or record is None or record in records or id_ in str(line.fields):
            yield line


def _log_step(line: LogLine) -> Step:
    fields = dict(line.fields)
    event = str(fields.pop("event", None) or fields.pop("message", "log"))
    stage = fields.get("stage")
    if isinstance(stage, list) and len(stage) == 2:
        fields["stage"] = f"{stage[0] or 'unknown'} -> {stage[1]}" if stage[0] != stage[1] else stage[1]
    ids = fields.get("notification_ids")
    if event == "received" and isinstance(ids, list):
        fields["notifications"] = len(ids)
    parts = [f"{name} {_short(fields[name])}" for name in _TOLD if fields.get(name) not in (None, "", [], {})]
    return Step(line.at, event, ", ".join(parts) or str(line.fields.get("message", "")), line.function)


def _short(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"{', '.join(str(entry) for entry in value[:3])}{f' and {len(value) - 3} more' if len(value) > 3 else ''}"
    return str(value)[:160]


def _key(tenant: str, text: str) -> RecordKey:
    connection, type_, id_ = text.split(":", 2)
    return RecordKey(tenant, connection, type_, id_)
