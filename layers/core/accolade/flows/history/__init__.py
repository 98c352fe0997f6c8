"""History: the files of an export as typed records with what they refer to and who earns, one at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from accolade.flows.history.mapping import PARTICIPANT, Export, exports
from accolade.flows.history.people import People, read_people
from accolade.flows.history.problems import Problem, Problems
from accolade.flows.history.reading import AS_IMPORTED, Ahead, owners_of, rows_of
from accolade.flows.history.rows import Row
from accolade.flows.history.sales import Sales, sales_of
from accolade.model.deriving import DERIVING
from accolade.model.errors import Rejected
from accolade.model.fields import EVENT_FIELDS, RECORD_FIELDS
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.model.relations import follow_lead, relations

__all__ = ["History", "Problem", "Problems", "Row", "open_history"]

HELD_ROWS = 500_000
"""Rows of a file that others refer to, which is held in memory."""


class History:
    """An export, opened. Files that records refer to (accounts, products, ...) are held; all others are read as a stream.

    `problems` fills while rows are read: a row that cannot be read is left out, the rest goes on.
    """

    def __init__(self, sources: Mapping[str, Sequence[Path]], parts: Mapping[str, Export]) -> None:
        self._sources, self._parts = sources, parts
        self.problems = Problems()
        self._held: dict[str, dict[str, dict[str, object]]] = {}
        self._ids: dict[str, list[str]] = {}
        self._people: People | None = None
        self._seen: dict[str, None] = {}
        self._sales: Sales | None = None

    @property
    def types(self) -> tuple[str, ...]:
        """The record types that have files."""
        return tuple(it for it in self._sources if it != PARTICIPANT)

    def part(self, type_: str) -> Export:
        """How that type's files read: currency, time zone, columns."""
        return self._parts[type_]

    def size(self, type_: str) -> int:
        """Bytes of that type's files, as stored."""
        return sum(path.stat().st_size for path in self._sources.get(type_, ()) if path.exists())

    def participants(self) -> list[Participant]:
        """Everybody of the participant files, in their order, then the owners that were met in rows read so far."""
        people = self._everybody()
        return [*people.listed, *(people.made_up(owner) for owner in self._seen if people.find(owner) is None)]

    def person(self, owner: str) -> Participant | None:
        """Who an owner column means; None for nobody. One who is in no participant file is made up by that name."""
        return (self._everybody().find(owner) or self._everybody().made_up(owner)) if owner else None

    def listed(self) -> list[Participant]:
        """Everybody of the participant files, in their order."""
        return self._everybody().listed

    def ids(self, type_: str) -> list[str]:
        """The ids of a file that others refer to."""
        self._table(type_)
        return self._ids[type_]

    def held(self, type_: str) -> Mapping[str, Mapping[str, object]]:
        """The values of a file that others refer to, by id."""
        return self._table(type_)

    def tell_sales(self) -> None:
        """From now on won deals say what they were to their account (`deal.sale_kind`): reads all deals once, beforehand."""
        if self._sales is None and "deal" in self._sources:
            self._sales = sales_of(self.records("deal"))

    def owners(self, type_: str) -> Iterator[str]:
        """The texts of the owner column, row by row, as quickly as they can be had; empty for torn lines."""
        for path in self._sources.get(type_, ()):
            yield from owners_of(path, self._parts[type_])

    def records(
        self,
        type_: str,
        *,
        ahead: Ahead = lambda _: None,
        wanted: Callable[[str], bool] | None = None,
        bare: bool = False,
    ) -> Iterator[Row]:
        """The rows of that type, in the order of the files (with steps: by id), joined with what they refer to.

        `wanted`: only the rows of these owners (texts of the owner column, empty for nobody); the others are not read.
        `bare`: for facts alone, which say nothing of people, and nothing that is derived from what they say.
        """
        joins, sales = tuple(self._joins(type_)), self._sales if type_ == "deal" else None
        derive, owner = None if bare else self._deriving(type_), f"{type_}.owner"
        for row in self._rows(type_, ahead, wanted):
            if row.owner:
                self._seen.setdefault(row.owner)
                row.values[owner] = row.owner
            if derive:
                derive(row)
            if joins:
                self._join(row, joins)
            if type_ == "deal" and not bare:
                follow_lead(row.values)
            if sales is not None:
                row.values.update(sales.of(row.id))
            yield row

    def _deriving(self, type_: str) -> Callable[[Row], None]:
        """What puts beside a row's values who earns, and what follows from them."""
        people, derive = self._everybody(), DERIVING.get(type_)
        dates = [f"{type_}.{name}" for name in EVENT_FIELDS[type_]]

        def derived(row: Row) -> None:
            values = row.values
            if row.owner:
                on = next((values[it] for it in dates if it in values), None)
                values.update(people.values(row.owner, on if isinstance(on, date) else None))
            if row.steps:
                row.tell_stages()
            if derive:
                derive(values)

        return derived

    def _join(self, row: Row, joins: Sequence[tuple[tuple[str, ...], Mapping[str, dict[str, object]], str]]) -> None:
        """Put what the row refers to beside its own values."""
        values = row.values
        for keys, table, target in joins:
            named = next((values[key] for key in keys if key in values), None)
            found = table.get(str(named)) if named is not None else None
            if found is not None:
                values.update(found)
            elif named is not None:
                self._stray(row, str(named), target)

    def _joins(self, type_: str) -> Iterator[tuple[tuple[str, ...], Mapping[str, dict[str, object]], str]]:
        """(fields that name it, the table, its type) of every held type that this one refers to."""
        for name, target, _ in relations(type_):
            if target in self._sources:
                # Exports often name what CRMs refer to by id.
                named = (f"{type_}.{name}_name",) if f"{name}_name" in RECORD_FIELDS[type_] else ()
                yield (f"{type_}.{name}", *named), self._table(target), target

    def _table(self, type_: str) -> dict[str, dict[str, object]]:
        """The rows of a type by id, and by name where no id is meant."""
        if type_ not in self._held:
            table, names = dict[str, dict[str, object]](), dict[str, dict[str, object]]()
            derive = DERIVING.get(type_)
            for row in self._rows(type_, lambda _: None):
                if derive:
                    derive(row.values)
                if len(table) >= HELD_ROWS:
                    raise Rejected(
                        t("more than %(most)s rows", most=HELD_ROWS),
                        where=row.file,
                        mend=t("Leave %(type)s= out, or shorten it", type=type_),
                    )
                table[row.id] = row.values
                name = row.values.get(f"{type_}.name")
                if name is not None:
                    names.setdefault(str(name), row.values)
            self._held[type_], self._ids[type_] = names | table, list(table)
        return self._held[type_]

    def _rows(self, type_: str, ahead: Ahead, wanted: Callable[[str], bool] | None = None) -> Iterator[Row]:
        part, before = self._parts[type_], 0
        for path in self._sources.get(type_, ()):
            sofar = before
            told: Ahead = lambda count, sofar=sofar: ahead(sofar + count)  # type: ignore[misc] # noqa: E731 (bound now)
            yield from rows_of(path, part, self.problems, ahead=told, wanted=wanted)
            before += path.stat().st_size

    def _everybody(self) -> People:
        if self._people is None:
            part = self._parts.get(PARTICIPANT) or AS_IMPORTED
            rows = (row for path in self._sources.get(PARTICIPANT, ()) for row in rows_of(path, part, self.problems))
            by = next((it.owner_by for it in self._parts.values() if it.owner), "name")
            self._people = read_people(rows, by=by)
        return self._people

    def _stray(self, row: Row, meant: str, target: str) -> None:
        mend = t("Add it there, or correct it in the mapping: values: {column: {%(meant)s: ...}}", meant=meant[:40])
        problem = Problem(
            row.file,
            row.line,
            "",
            t("%(target)s %(meant)r is in no %(target)s file", target=target, meant=meant[:60]),
            mend,
            skipped=False,
        )
        self.problems.once((row.type, target, meant), problem)


def open_history(sources: Mapping[str, Path | Sequence[Path]], document: object, *, name: str = "mapping") -> History:
    """The files of an export (record type or `participant` -> path or paths) behind a parsed mapping file called `name`.

    Rejected where the mapping cannot be read, or says nothing of a type; the files are opened when they are read.
    """
    files = {type_: (paths,) if isinstance(paths, Path) else tuple(paths) for type_, paths in sources.items()}
    parts = exports(document, name=name)
    for type_ in files:
        if type_ != PARTICIPANT and type_ not in RECORD_FIELDS:
            mend = t("Use one of %(names)s or %(last)s", names=", ".join(RECORD_FIELDS), last=PARTICIPANT)
            raise Rejected(t("%(type)r is not a record type", type=type_[:40]), where="--records", mend=mend)
        if type_ != PARTICIPANT and type_ not in parts:
            mend = t("Add export: - {record: %(type)s, id: ..., fields: ...}", type=type_)
            raise Rejected(t("the mapping does not say how %(type)s reads", type=type_), where=name, mend=mend)
    return History(files, parts)
