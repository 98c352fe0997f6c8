"""Reading one file of an export: rows one by one, and a problem with its place and mend for each that cannot be read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from accolade.flows.history import cells as cell_readers
from accolade.flows.history import files
from accolade.flows.history.mapping import PARTICIPANT, PEOPLE_FIELDS, Export
from accolade.flows.history.problems import Problem, Problems
from accolade.flows.history.rows import Row, Wrong, compiled
from accolade.model.connections import FieldMap
from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.model.phrases import said_by
from accolade.model.times import Millis, to_millis

Cells = Sequence[str]
Ahead = Callable[[int], None]
"""Told how many bytes of the file were read."""

AS_IMPORTED = Export(PARTICIPANT)
"""A participant file without a part of its own in the mapping: the columns are called as in the import."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file on its way: `name` for messages, how it reads, and where its problems go."""

    name: str
    part: Export
    header: Cells
    read: Callable[[Cells], dict[str, object]]
    ids: tuple[int, ...]
    owner: int | None
    problems: Problems
    wanted: Callable[[str], bool] | None = None

    def row(self, line: int, cells: Cells) -> Row | None:
        """The row of a line; None if it is not wanted, and None with a problem if it cannot be read."""
        part = self.part
        who = self.whose(cells)
        if self.wanted is not None and not self.wanted(who):
            return None
        try:
            if len(cells) != len(self.header):
                raise _torn(cells, self.header)
            values = self.read(cells)
            id_ = "/".join([cells[it].strip() for it in self.ids]) if self.ids else f"L{line}"
            if not id_.strip("/"):
                raise Wrong(t("the id is empty"), column=part.id[0], mend=t("Every row needs the record's id"))
        except Wrong as error:
            self._bad(line, error.column, said_by(error), error.mend)
            return None
        return Row(part.record, id_, who, values, self.name, line, digits=part.digits, types=part.map.types)

    def whose(self, cells: Cells) -> str:
        """The owner's text, corrected; empty for nobody, and for a line that is torn."""
        who = cells[self.owner].strip() if self.owner is not None and len(cells) == len(self.header) else ""
        return self.part.values[self.part.owner].get(who, who) if who and self.part.owner in self.part.values else who

    def step(self, line: int, cells: Cells) -> tuple[Millis, int] | None:
        """When a step came into force, and its place among those of the same time; None, and a problem, if unreadable."""
        part, column = self.part, self.part.at
        instant = cell_readers.reader(
            FieldType.INSTANT, currency=part.map.currency, digits=None, zone=part.map.time_zone, dates=part.dates
        )
        try:
            when = instant(cells[self.header.index(column)].strip())
            column = part.order or column
            place = int(cells[self.header.index(part.order)]) if part.order else 0
        except ValueError as error:
            self._bad(line, column, said_by(error), t("Write a time as 2017-03-01T09:30:00Z, and an order as a whole number"))
            return None
        return (to_millis(when), place) if isinstance(when, datetime) else None

    def _bad(self, line: int, column: str, what: str, mend: str) -> None:
        self.problems.add(Problem(self.name, line, column, what, mend))


def rows_of(
    path: Path,
    part: Export,
    problems: Problems,
    *,
    ahead: Ahead = lambda _: None,
    wanted: Callable[[str], bool] | None = None,
) -> Iterator[Row]:
    """The rows of a file; one row for each record where the lines are its steps. Missing or Rejected if it has none.

    `wanted`: only the rows of these owners, which steps do not know.
    """
    from accolade.flows.history.steps import grouped

    with files.opened(path) as (text, raw):
        lines = files.rows(text, raw, part.layout, path.name, ahead=ahead)
        reading = _reading(path.name, part, problems, lines, None if part.at else wanted)
        if reading.part.at:
            yield from grouped(reading, lines)
            return
        for line, cells in lines:
            row = reading.row(line, cells)
            if row is not None:
                yield row


def owners_of(path: Path, part: Export) -> Iterator[str]:
    """The owner of each line, without reading anything else of it."""
    with files.opened(path) as (text, raw):
        lines = files.rows(text, raw, part.layout, path.name, ahead=lambda _: None)
        reading = _reading(path.name, part, Problems(), lines, None)
        for _, cells in lines:
            yield reading.whose(cells)


def _reading(
    name: str, part: Export, problems: Problems, lines: Iterator[tuple[int, Cells]], wanted: Callable[[str], bool] | None
) -> Reading:
    """What is needed to read the lines; takes the header from them if there is one."""
    found: Cells = part.layout.columns or next((cells for _, cells in lines), ())
    header = [it.strip() for it in found]
    known = _as_imported(header) if part is AS_IMPORTED else part
    return Reading(
        name,
        known,
        header,
        compiled(known, header, where=f"{name}:1"),
        tuple(header.index(it) for it in known.id),
        header.index(known.owner) if known.owner else None,
        problems,
        wanted,
    )


def _torn(cells: Cells, header: Cells) -> Wrong:
    what = t("this is not CSV")
    if cells:
        what = t("the line has %(cells)s cells, the header %(header)s", cells=str(len(cells)), header=str(len(header)))
    return Wrong(what, column="", mend=t("Look for a missing comma or quotation mark"))


def _as_imported(header: Cells) -> Export:
    known = {name: name for name in PEOPLE_FIELDS if name in header}
    map_ = FieldMap(PARTICIPANT, "export", known, types=dict.fromkeys(known, FieldType.TEXT))
    return replace(AS_IMPORTED, map=map_, id=("id",) if "id" in known else ())
