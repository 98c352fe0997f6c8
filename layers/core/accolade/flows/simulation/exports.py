"""A history in files: CSV exports behind a mapping."""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from accolade.flows.history import History, Row, open_history
from accolade.flows.simulation.outcome import Left
from accolade.flows.simulation.source import LONG_AGO, STEP, TENANT, Ahead, Read, day_of
from accolade.flows.simulation.spool import Spool
from accolade.model.connections import Connection, FieldMap
from accolade.model.fields import RECORD_FIELDS
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.model.records import Record, RecordKey
from accolade.model.relations import relations

CONNECTION = "export"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Exports:
    """Record type (or `participant`) -> files, and the mapping document (called `name`) that says how they read.

    `sales`: won deals say what they were to their account, for which all deals are read once more beforehand.
    """

    files: Mapping[str, tuple[Path, ...]]
    document: Any
    name: str = "mapping"
    connection_id: str = CONNECTION
    sales: bool = False

    @property
    def size(self) -> int:
        """Bytes of all files, as stored."""
        return sum(path.stat().st_size for path in self._paths())

    @property
    def separable(self) -> bool:
        """Whether each row is a whole record, and not a step of one."""
        history = self._open()
        return not any(history.part(type_).at for type_ in history.types)

    @property
    def tells_sales(self) -> bool:
        """The files are read once more for that."""
        return True

    def lines(self) -> int:
        """About how many records there are: the lines of all files, less one each."""
        return sum(max(0, _lines(path) - 1) for path in self._paths())

    def connection(self) -> Connection:
        """A connection that reads as the mapping says."""
        history = self._open()
        maps = tuple(_map(history.part(type_).map) for type_ in history.types)
        return Connection(self.connection_id, TENANT, "generic", "", LONG_AGO, LONG_AGO, maps=maps)

    def read(self, into: Spool, *, wanted: Callable[[str], bool], ahead: Ahead, until: date | None) -> Read:
        """Each row is an event of its record. Rejected where the mapping does not fit the files."""
        history, read = self._open(), Read()
        if self.sales:
            history.tell_sales()
        for type_ in history.types:
            waiting = 0
            for row in history.records(type_, wanted=wanted, bare=True):
                self._take(row, into, read, until)
                waiting += 1
                if waiting == STEP:
                    ahead(waiting)
                    waiting = 0
            ahead(waiting)
        into.seal()
        problems = history.problems
        read.problems = [Left(it.said, 1) for it in problems.first]
        if problems.total > len(problems.first):
            rest = problems.total - len(problems.first)
            read.problems.append(Left(t("more rows that cannot be read, or references that lead nowhere"), rest))
        return read

    def owners(self) -> Iterator[str]:
        """The owner of each row."""
        history = self._open()
        for type_ in history.types:
            yield from history.owners(type_)

    def related(self, types: Iterable[str]) -> Iterable[tuple[RecordKey, Record]]:
        """The records that others refer to, under their ids and under the names that a file may use instead."""
        history = self._open()
        for type_ in types:
            for id_, values in history.held(type_).items() if type_ in history.types else ():
                row = Row(type_, id_, "", dict(values), "", 0, digits=history.part(type_).digits)
                found = row.record(tenant=TENANT, connection=self.connection_id)
                yield found.key, found

    def people(self, owners: Iterable[str]) -> tuple[dict[str, Participant], Mapping[str, str]]:
        """Those of the participant files in their order, then all other owners by name."""
        history = self._open()
        listed = history.participants()
        met = {owner: person for owner in sorted(owners) if (person := history.person(owner)) is not None}
        everybody = {id(it): it for it in (*listed, *met.values())}
        numbers = {key: f"P{place:06d}" for place, key in enumerate(everybody, start=1)}
        people = {numbers[key]: replace(it, tenant=TENANT, number=numbers[key]) for key, it in everybody.items()}
        return people, {owner: numbers[id(person)] for owner, person in met.items()}

    def _take(self, row: Row, into: Spool, read: Read, until: date | None) -> None:
        facts = row.facts(tenant=TENANT, connection=self.connection_id)
        fields: dict[str, Any] = facts.fields  # type: ignore[assignment] # just made, and nobody else's
        if not fields:
            return
        if row.owner and "owner" not in fields:
            fields["owner"] = row.owner
        for name, named in _references(row.type):
            # A record that names what it refers to, and has no id for it, refers to it by that name.
            if named in fields and not fields.get(name):
                fields[name] = fields[named]
        read.take(facts, row.owner, day_of(facts), into, until)

    def _open(self) -> History:
        return open_history(self.files, self.document, name=self.name)

    def _paths(self) -> list[Path]:
        return [path for paths in self.files.values() for path in paths if path.exists()]


@cache
def _references(type_: str) -> tuple[tuple[str, str], ...]:
    """(field, the field that holds a name instead) of what records of a type refer to."""
    own = RECORD_FIELDS[type_]
    return tuple((name, f"{name}_name") for name, _, _ in relations(type_) if f"{name}_name" in own)


def _map(given: FieldMap) -> FieldMap:
    return FieldMap(given.record, "export", given.fields, given.types, given.stages, given.currency, given.time_zone)


def _lines(path: Path) -> int:
    """How many lines a file has, counted in blocks."""
    count = 0
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += block.count(b"\n")
    return count
