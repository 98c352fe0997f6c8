"""Where a back-test's events come from: the files of an export."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from accolade.flows.history import History, Row, open_history
from accolade.flows.simulation.outcome import Left
from accolade.flows.simulation.spool import Spool
from accolade.model.connections import Connection, FieldMap
from accolade.model.fields import EVENT_FIELDS, RECORD_FIELDS
from accolade.model.participants import Participant
from accolade.model.records import Facts, Record, RecordKey
from accolade.model.relations import relations

TENANT, CONNECTION = "simulation", "export"
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_UNDATED = date(1970, 1, 1).toordinal()
_STEP = 2_000

Ahead = Callable[[int], None]
"""Told of so many more rows."""


@dataclass(slots=True)
class Read:
    """What was read: `first` and `last` day (ordinals, 0: none), the texts of owner columns, why rows were left out."""

    events: int = 0
    first: int = 0
    last: int = 0
    unowned: int = 0
    owners: dict[str, None] = field(default_factory=dict)
    problems: list[Left] = field(default_factory=list)

    def add(self, other: "Read") -> None:
        """What another part read."""
        self.events += other.events
        self.unowned += other.unowned
        self.first = min(self.first or other.first, other.first or self.first)
        self.last = max(self.last, other.last)
        self.owners |= other.owners
        self.problems += other.problems

    @property
    def span(self) -> tuple[date | None, date | None]:
        """The first and last day of what is dated."""
        return (date.fromordinal(self.first) if self.first else None, date.fromordinal(self.last) if self.last else None)


@dataclass(frozen=True, slots=True)
class Files:
    """Record type (or `participant`) -> files, and the mapping document (called `name`) that says how they read."""

    sources: Mapping[str, tuple[Path, ...]]
    document: Any
    name: str = "mapping"
    connection_id: str = CONNECTION

    def open(self) -> History:
        """The files; Rejected where the mapping does not fit."""
        return open_history(self.sources, self.document, name=self.name)

    @property
    def size(self) -> int:
        """Bytes of all files, as stored."""
        return sum(path.stat().st_size for paths in self.sources.values() for path in paths if path.exists())

    @property
    def whole(self) -> bool:
        """Whether each row is a whole record, and not a step of one."""
        history = self.open()
        return not any(history.part(type_).at for type_ in history.types)

    def connection(self) -> Connection:
        """A connection that reads as the mapping says, with everything dated after its start."""
        history = self.open()
        maps = tuple(_map(history.part(type_).map) for type_ in history.types)
        return Connection(self.connection_id, TENANT, "generic", "", LONG_AGO, LONG_AGO, maps=maps)


def spool(files: Files, into: Spool, *, wanted: Callable[[str], bool], ahead: Ahead, until: date | None = None) -> Read:
    """Read all rows whose owner is `wanted` into the spool, in which they become events; what is dated after `until` is left."""
    history, read = files.open(), Read()
    for type_ in history.types:
        waiting = 0
        for row in history.records(type_, wanted=wanted):
            _take(row, into, read, files.connection_id, until)
            waiting += 1
            if waiting == _STEP:
                ahead(waiting)
                waiting = 0
        ahead(waiting)
    into.seal()
    problems = history.problems
    read.problems = [Left(str(it), 1) for it in problems.first]
    if problems.total > len(problems.first):
        read.problems.append(
            Left("more rows that cannot be read, or references that lead nowhere", problems.total - len(problems.first))
        )
    return read


def owners(files: Files) -> Iterator[str]:
    """The owner of each row, without reading anything else of it."""
    history = files.open()
    for type_ in history.types:
        yield from history.owners(type_)


def related(files: Files, types: Iterable[str]) -> Iterable[tuple[RecordKey, Record]]:
    """The records that others refer to, under their ids and under the names that a file may use instead."""
    history = files.open()
    for type_ in types:
        if type_ in history.types:
            for id_, values in history.held(type_).items():
                row = Row(type_, id_, "", dict(values), "", 0, digits=history.part(type_).digits)
                found = row.record(tenant=TENANT, connection=files.connection_id)
                yield found.key, found


def people(files: Files, owners: Iterable[str]) -> tuple[dict[str, Participant], dict[str, str]]:
    """Participants by number, and number by text of the owner column: those of the participant files in their order, then
    all other owners by name."""
    history = files.open()
    listed = history.participants()
    met = {owner: person for owner in sorted(owners) if (person := history.person(owner)) is not None}
    everybody = {id(it): it for it in listed} | {id(it): it for it in met.values()}
    numbered: dict[str, Participant] = {}
    number_of: dict[int, str] = {}
    for place, (key, person) in enumerate(everybody.items(), start=1):
        number_of[key] = f"P{place:06d}"
        numbered[number_of[key]] = replace(person, tenant=TENANT, number=number_of[key])
    return numbered, {owner: number_of[id(person)] for owner, person in met.items()}


def _take(row: Row, into: Spool, read: Read, connection: str, until: date | None) -> None:
    record = row.record(tenant=TENANT, connection=connection)
    fields = {name: value for name, (_, value) in record.fields.items()}
    if row.owner:
        read.owners.setdefault(row.owner)
        fields.setdefault("owner", row.owner)
    else:
        read.unowned += 1
    _refer(row, fields)
    version = next((version for version, _ in record.fields.values()), None)
    if version is None:
        return
    day = _day(row, version.at)
    if until is not None and day > until.toordinal():
        return
    read.events += 1
    if day > _UNDATED:
        read.first = min(read.first or day, day)
        read.last = max(read.last, day)
    into.add(Facts(record.key, version, fields, record.history, None, True), day)


def _day(row: Row, at: int) -> int:
    """The day of what the record says: its event date once it has come to its end, else the day of its version."""
    values, type_ = row.values, row.type
    if values.get(f"{type_}.stage") in ("won", "lost") or "stage" not in RECORD_FIELDS[type_]:
        for name in EVENT_FIELDS[type_]:
            on = values.get(f"{type_}.{name}")
            if isinstance(on, date):
                return on.toordinal()
    return _UNDATED + at // 86_400_000


def _refer(row: Row, fields: dict[str, Any]) -> None:
    """A record that names what it refers to, and has no id for it, refers to it by that name."""
    for name, _, _ in relations(row.type):
        named = fields.get(f"{name}_name")
        if named and not fields.get(name):
            fields[name] = named


def _map(given: FieldMap) -> FieldMap:
    return FieldMap(given.record, "export", given.fields, given.types, given.stages, given.currency, given.time_zone)
