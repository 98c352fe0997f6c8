"""What a replay posted, in a table of a temporary file: entries and awards as rows, and the sums over them."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from accolade.flows.formulas import plain_cell
from accolade.flows.simulation.kept import scratch
from accolade.flows.simulation.sums import Sums
from accolade.model.kept_phrases import parts, phrases

_BATCH = 2_000
_AWARDS = """CREATE TABLE awards (day INTEGER, at INTEGER, record TEXT, place INTEGER, award TEXT, participant TEXT,
    milestone TEXT, period TEXT, level INTEGER, steps INTEGER, before INTEGER, after INTEGER)"""
_ENTRIES = """CREATE TABLE entries (day INTEGER, at INTEGER, record TEXT, place INTEGER, participant TEXT, id TEXT,
    milestone TEXT, kind TEXT, points INTEGER)"""

Row = tuple[object, ...]

Names = Mapping[str, tuple[str, str]]
"""Participant -> id and name, as people know them."""

Moved = tuple[int, int, str]
"""When (day as a date's ordinal, instant in epoch ms) and by which record (its id; empty: by none)."""


class AwardLine(NamedTuple):
    """A change of an award on `day`: the points held before and after, and the level that the facts had reached then.

    `key` is the award's; `record` moved it (empty: a close or the passing of time did); `period` is empty for awards of a
    record.
    """

    day: date
    record: str
    key: str
    participant: str
    milestone: str
    period: str
    level: int
    before: int
    after: int


class EntryLine(NamedTuple):
    """An entry as posted: `points` is what it gave, below 0 what it took."""

    day: date
    record: str
    participant: str
    id: str
    milestone: str
    kind: str
    points: int


class Results:
    """Written by one replay; merged and read when all is done."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = scratch(path)
        self._awards: list[Row] = []
        self._entries: list[Row] = []
        self._place = 0

    def create(self) -> "Results":
        """Make the tables; before anything is added."""
        for table in (_AWARDS, _ENTRIES, "CREATE TABLE problems (milestone TEXT, reason TEXT, said TEXT, count INTEGER)"):
            self._db.execute(table)
        return self

    def award(self, moved: Moved, key: str, period: str, level: int, steps: int, points: tuple[int, int]) -> None:
        """A change of an award to `level`, `steps` more awards than before; `points` held before and after."""
        self._place += 1
        _, milestone, participant, _ = key.split("/", 3)
        self._awards.append((*moved, self._place, key, participant, milestone, period, level, steps, *points))
        if len(self._awards) >= _BATCH:
            self._flush()

    def entry(self, moved: Moved, participant: str, id_: str, milestone: str, kind: str, points: int) -> None:
        """An entry, and the points it gave (below 0: took)."""
        self._place += 1
        self._entries.append((*moved, self._place, participant, id_, milestone, kind, points))

    def finish(self, problems: Counter[tuple[str, str]]) -> None:
        """Write what is left, and what no rule could decide: (milestone, reason) -> how often."""
        self._flush()
        rows = [(milestone, reason, json.dumps(parts([reason])), count) for (milestone, reason), count in problems.items()]
        self._db.executemany("INSERT INTO problems VALUES (?, ?, ?, ?)", rows)

    def take_in(self, path: Path) -> None:
        """Add the rows of another replay, which had other people."""
        self._db.execute("ATTACH ? AS other", (str(path),))
        for table in ("awards", "entries", "problems"):
            self._db.execute(f"INSERT INTO main.{table} SELECT * FROM other.{table}")  # noqa: S608 (our own names)
        self._db.execute("DETACH other")

    def awards(self) -> Iterator[AwardLine]:
        """Every change of an award, in event order."""
        columns = "day, record, award, participant, milestone, period, level, before, after"
        found = self._db.execute(f"SELECT {columns} FROM awards ORDER BY day, at, record, place")  # noqa: S608 (our own names)
        for day, *rest in found:
            yield AwardLine(_date(day), *rest)

    def entries(self) -> Iterator[EntryLine]:
        """Every entry, in event order."""
        columns = "day, record, participant, id, milestone, kind, points"
        found = self._db.execute(f"SELECT {columns} FROM entries ORDER BY day, at, record, place")  # noqa: S608 (our own names)
        for day, *rest in found:
            yield EntryLine(_date(day), *rest)

    def count_entries(self) -> int:
        return int(self._one("SELECT count(*) FROM entries"))

    def sums(self) -> Sums:
        """What all awards come to, in one pass over them."""
        it = Sums()
        it.add(self._db.execute("SELECT day, participant, milestone, steps, after - before FROM awards"))
        return it

    def award_cells(self, names: Names) -> Iterator[Row]:
        """Every change of an award, in event order, as a file shows it: day, participant's id and name, milestone, period without
        its zone, level, points that it moved by and holds, record, key."""
        return self._cells(
            """SELECT iso(day), number, name, milestone, substr(period, 1, instr(period || '@', '@') - 1), level,
            after - before, after, plain(record), award FROM awards JOIN names USING (participant)""",
            names,
        )

    def entry_cells(self, names: Names, program: str) -> Iterator[Row]:
        """Every entry, in event order, as a file shows it: day, participant's id and name, program, milestone, kind, points,
        record, id."""
        self._db.create_function("program", 0, lambda: program, deterministic=True)
        return self._cells(
            """SELECT iso(day), number, name, program(), milestone, kind, points, plain(record), id
            FROM entries JOIN names USING (participant)""",
            names,
        )

    def problems(self) -> Counter[tuple[str, str]]:
        """(milestone, reason) -> how many records."""
        found: Counter[tuple[str, str]] = Counter()
        for milestone, reason, said, count in self._db.execute("SELECT milestone, reason, said, count FROM problems"):
            found[milestone, phrases(json.loads(said)).get(reason, reason)] += count
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _cells(self, query: str, names: Names) -> Iterator[Row]:
        """The rows straight from the table: there are too many to make an object of each."""
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS names (participant TEXT PRIMARY KEY, number TEXT, name TEXT)")
        rows = [(participant, plain_cell(id_), plain_cell(name)) for participant, (id_, name) in names.items()]
        self._db.executemany("INSERT OR REPLACE INTO names VALUES (?, ?, ?)", rows)
        self._db.create_function("iso", 1, _iso, deterministic=True)
        self._db.create_function("plain", 1, plain_cell, deterministic=True)
        return iter(self._db.execute(f"{query} ORDER BY day, at, record, place"))

    def _one(self, query: str) -> int:
        found: sqlite3.Row = self._db.execute(query).fetchone()
        return found[0] or 0

    def _flush(self) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO awards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._awards)
        self._db.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", self._entries)
        self._db.execute("COMMIT")
        self._awards.clear()
        self._entries.clear()


@lru_cache(maxsize=20_000)
def _date(day: int) -> date:
    return date.fromordinal(day)


@lru_cache(maxsize=20_000)
def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
