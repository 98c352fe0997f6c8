"""Stage histories: rows that are steps of a record, put together by record and in order of time, whatever their order."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from accolade.flows.history.mapping import Export
from accolade.flows.history.reading import Cells, Reading
from accolade.flows.history.rows import Row, Step, closing_step
from accolade.model.times import from_millis

_AT_ONCE = 5_000
_MAKE = "CREATE TABLE step (id TEXT, at INTEGER, place INTEGER, line INTEGER, cells TEXT)"
_ADD = "INSERT INTO step VALUES (?, ?, ?, ?, ?)"
_ORDERED = "SELECT id, at, line, cells FROM step ORDER BY id, at, place, line"


def grouped(reading: Reading, lines: Iterator[tuple[int, Cells]]) -> Iterator[Row]:
    """One row for each record: the values of its last step, with all steps, ordered by (time, `order`, line).

    Sorted on disk, so that memory does not grow with the file. `created_on` and `close_date` come from the steps where
    the export has no columns for them.
    """
    with closing(sqlite3.connect("")) as table:
        table.execute(_MAKE)
        batch: list[tuple[Any, ...]] = []
        for line, cells in lines:
            row = reading.row(line, cells)
            step = reading.step(line, cells) if row else None
            if row is None or step is None:
                continue
            batch.append((row.id, *step, line, json.dumps(cells)))
            if len(batch) >= _AT_ONCE:
                table.executemany(_ADD, batch)
                batch.clear()
        table.executemany(_ADD, batch)
        for _, steps in groupby(table.execute(_ORDERED), key=lambda it: it[0]):
            yield _record(reading, list(steps))


def _record(reading: Reading, rows: Sequence[tuple[str, int, int, str]]) -> Row:
    """The record as it stands after its steps. They were read before, so that each of them can be read."""
    steps, last = list[Step](), None
    for _, at, line, cells in rows:
        last = reading.row(line, json.loads(cells))
        assert last is not None  # noqa: S101 (the same cells were read when they were sorted)
        stage, name = (str(last.values.get(f"{last.type}.{it}") or "") for it in ("stage", "stage_name"))
        steps.append((at, stage, name, last.owner))
    assert last is not None  # noqa: S101 (a group has a row)
    last.steps = tuple(steps)
    _dated(last, reading.part)
    return last


def _dated(row: Row, part: Export) -> None:
    """Days and the owner that the steps tell."""
    end, zone = closing_step(row.steps), ZoneInfo(part.map.time_zone)
    if end is not None:
        row.owner = end[3] or next((it[3] for it in row.steps if it[3]), "")
    row.values.setdefault(f"{row.type}.created_on", _day(row.steps[0][0], zone))
    if end is not None and row.type == "deal":
        row.values.setdefault("deal.close_date", _day(end[0], zone))


def _day(at: int, zone: ZoneInfo) -> date:
    return from_millis(at).astimezone(zone).date()
