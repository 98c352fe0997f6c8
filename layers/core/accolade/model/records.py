"""Records: what the CRM says, merged field by field, whatever the order of arrival."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import repeat

from accolade.model.quick import quick
from accolade.model.times import Millis

Value = str | int | bool | None
"""A canonical value; `model.fields.FieldType` says how each type is held."""

HISTORY_LIMIT = 40
"""Rows kept of a tracked field; past it the CRM's own history has to be read."""


class Origin(IntEnum):
    """Who says so. At equal versions what was read from the API beats what a message said."""

    MESSAGE = 0
    READ = 1


@quick
@dataclass(frozen=True, slots=True, order=True)
class RecordKey:
    """Which record: `type` is canonical (`deal`), `id` the CRM's own (Salesforce: 18 characters)."""

    tenant: str
    connection: str
    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.connection}:{self.type}:{self.id}"


@quick
@dataclass(frozen=True, slots=True)
class Version:
    """When a value was true, in the CRM's own time (epoch ms), and who said so."""

    at: Millis
    origin: Origin = Origin.MESSAGE


@quick
@dataclass(frozen=True, slots=True)
class Facts:
    """What one notification or one API read says of one record; fields it does not mention stay as they are.

    `history` are rows of tracked fields with versions of their own (OpportunityHistory, propertiesWithHistory).
    `deleted`: None says nothing. `complete`: every mapped field is here (a whole record, not a thin event).
    `notification_ids` are the vendor's message ids, for tracing only.
    """

    key: RecordKey
    version: Version
    fields: Mapping[str, Value]
    history: Mapping[str, tuple[tuple[Millis, Value], ...]] = field(default_factory=dict)
    deleted: bool | None = None
    complete: bool = False
    notification_ids: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Contribution:
    """What a record adds to one KPI of one participant in one period, as it was applied (subtracted as stored).

    `participant` is the opaque number's text (`P000017`), `parts` additive integers by name;
    `baseline` parts come from before the connection's start, or before their program paid: they count, but do not pay.
    `on` (an ISO date): the contribution is kept as a fact too, for KPIs that need the order of things; `about` as in
    `kpis.port.Moment`.
    """

    participant: str
    period: str
    kpi: str
    parts: Mapping[str, int]
    baseline: bool = False
    on: str = ""
    about: str = ""


Lot = tuple[Millis, int]
"""Points on hold: when they vest (epoch ms; 0: when their gate is kept), and how many."""


@quick
@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of one award, in points: posted (in the wallet or pending), parked (waits for budget), awaiting (a
    person's approval), refused (by a person), written off. `lots`: the part of `posted` that has not vested.

    `revision` counts the entries of this award: entry id = award key # revision. `shadow`: what a ghost program would
    have given; it is never posted. `nodes`: the shares of budgets and the caps of groups that it drew on, to which
    it gives back.
    """

    posted: int = 0
    parked: int = 0
    written_off: int = 0
    revision: int = 0
    awaiting: int = 0
    refused: int = 0
    shadow: int = 0
    lots: tuple[Lot, ...] = ()
    nodes: tuple[str, ...] = ()

    @property
    def held(self) -> int:
        """Everything that the difference is taken against."""
        return self.posted + self.parked + self.awaiting + self.refused

    def with_posted(self, points: int) -> "Holding":
        """The holding after an entry that posts so many points more. Written out: every posting passes here."""
        return Holding(
            self.posted + points,
            self.parked,
            self.written_off,
            self.revision + 1,
            self.awaiting,
            self.refused,
            self.shadow,
            self.lots,
            self.nodes,
        )

    @property
    def pending(self) -> int:
        """Posted, and not vested yet."""
        return sum(points for _, points in self.lots)


@quick
@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands: each field with its version, tracked histories, and what it was worth so far.

    `awards` are the record-scope holdings by award key; `waiting_for` the CRM user whose participant is unknown;
    `unsettled` names participants still to be settled after a decision too large for one transaction; `people` what
    was read about participants (role, team, ...), and about records that it refers to (under their prefix: `account`, ...),
    at event time, and stays as it was then.
    """

    key: RecordKey
    fields: Mapping[str, tuple[Version, Value]] = field(default_factory=dict)
    history: Mapping[str, tuple[tuple[Millis, Value], ...]] = field(default_factory=dict)
    deletion: tuple[Version, bool] | None = None
    contributions: tuple[Contribution, ...] = ()
    awards: Mapping[str, Holding] = field(default_factory=dict)
    waiting_for: str | None = None
    unsettled: tuple[str, ...] = ()
    people: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    history_cut: bool = False
    complete: bool = False
    revision: int = 0

    def value(self, name: str) -> Value:
        """The newest value of a field; None if it is unknown or empty."""
        versioned = self.fields.get(name)
        return versioned[1] if versioned else None

    @property
    def deleted(self) -> bool:
        return self.deletion is not None and self.deletion[1]

    @property
    def version(self) -> Millis:
        """The newest version that any field has; 0 if nothing is known."""
        newest = self.deletion[0].at if self.deletion else 0
        for version, _ in self.fields.values():
            if version.at > newest:
                newest = version.at
        return newest


def merge(record: Record, facts: Facts, *, tracked: tuple[str, ...]) -> Record:
    """The record with the facts merged in: commutative, associative, idempotent.

    Each field keeps its newest value; at equal versions a read beats a message, then the larger value in byte order
    wins. Returns the very same object if the facts change nothing.
    """
    if not record.fields and not record.history and record.deletion is None:
        return _first(record, facts, tracked)
    fields = dict(record.fields)
    for name, value in facts.fields.items():
        known = fields.get(name)
        if known is None or _rank(facts.version, value) > _rank(*known):
            fields[name] = (facts.version, value)
    history, cut = dict(record.history), record.history_cut
    for name in tracked:
        rows = set(history.get(name, ())) | set(facts.history.get(name, ()))
        if name in facts.fields:
            rows.add((facts.version.at, facts.fields[name]))
        kept, lost = _bounded(rows)
        if kept:
            history[name] = kept
        cut = cut or lost
    deletion = record.deletion
    if facts.deleted is not None:
        said = (facts.version, facts.deleted)
        deletion = max(deletion, said, key=lambda it: (it[0].at, it[0].origin, it[1])) if deletion else said
    merged = replace(
        record, fields=fields, history=history, deletion=deletion, history_cut=cut, complete=record.complete or facts.complete
    )
    return record if merged == record else merged


def _first(record: Record, facts: Facts, tracked: tuple[str, ...]) -> Record:
    """The merge into a record of which nothing is known: most records are heard of once, and there is nothing to compare."""
    said, version, told, at = facts.fields, facts.version, facts.history, facts.version.at
    history, cut = {}, record.history_cut
    for name in tracked:
        rows = told.get(name, ())
        if name in said and (row := (at, said[name])) not in rows:
            rows = (*rows, row) if rows else (row,)
        if len(rows) < 2 or _in_order(rows):
            if rows:
                history[name] = rows
        else:
            history[name], lost = _bounded(set(rows))
            cut = cut or lost
    if not (said or history or facts.deleted is not None or (facts.complete and not record.complete)):
        return record
    return Record(
        record.key,
        dict(zip(said, zip(repeat(version), said.values()), strict=False)),
        history,
        None if facts.deleted is None else (version, facts.deleted),
        record.contributions,
        record.awards,
        record.waiting_for,
        record.unsettled,
        record.people,
        cut,
        record.complete or facts.complete,
        record.revision,
    )


def _in_order(rows: tuple[tuple[Millis, Value], ...]) -> bool:
    """Whether the rows are as they are kept: one after another, and not too many."""
    last = -1
    for at, _ in rows:
        if at <= last:
            return False
        last = at
    return len(rows) <= HISTORY_LIMIT


def join(one: Facts, other: Facts) -> Facts:
    """Facts of one record at one version as a single change (thin events that came one by one)."""
    fields = dict(one.fields)
    for name, value in other.fields.items():
        if name not in fields or _rank(one.version, value) > _rank(one.version, fields[name]):
            fields[name] = value
    history = {name: (*one.history.get(name, ()), *other.history.get(name, ())) for name in {*one.history, *other.history}}
    ids = tuple(dict.fromkeys((*one.notification_ids, *other.notification_ids)))
    return replace(one, fields=fields, history=history, complete=one.complete or other.complete, notification_ids=ids)


def _rank(version: Version, value: Value) -> tuple[Millis, int, bytes]:
    return version.at, version.origin, repr(value).encode() if value is not None else b""


def _row_order(row: tuple[Millis, Value]) -> tuple[Millis, str]:
    return row[0], "" if row[1] is None else str(row[1])


def _bounded(rows: set[tuple[Millis, Value]]) -> tuple[tuple[tuple[Millis, Value], ...], bool]:
    """The rows in order, at most HISTORY_LIMIT: first the inner rows of runs of one value go, then the oldest.

    A run's first row is when the value came into force, its last row keeps later arrivals in their place.
    """
    ordered = sorted(rows, key=_row_order)
    if len(ordered) <= HISTORY_LIMIT:
        return tuple(ordered), False
    ends = [
        row
        for i, row in enumerate(ordered)
        if not (0 < i < len(ordered) - 1 and ordered[i - 1][1] == row[1] == ordered[i + 1][1])
    ]
    return tuple(ends[-HISTORY_LIMIT:]), len(ends) > HISTORY_LIMIT
