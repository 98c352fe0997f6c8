"""Tables of answers: what the command prints, picked, renamed and put side by side; nothing is computed here."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Key = tuple[str, ...]
Table = dict[Key, dict[str, str]]
"""Key -> column -> cell, as text."""


@dataclass(frozen=True, slots=True)
class Run:
    """A command (words after `accolade`), and the file of its output folder that is read; empty: what it prints."""

    words: tuple[str, ...]
    file: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns of an oracle. `key`: our columns whose cells are the oracle's key, in its order; `columns`: the oracle's
    column -> ours. `only`: rows whose cells are these. `named`: part of the key that is the same for all rows, by place.

    `through`: the oracle's column whose cell, as another part gave it, is the key here. `lists` False, and whatever goes through
    another column: the part adds cells to rows that others list, and lists none itself.
    Of several rows with one key the last `rise` (the column's cell became larger) or simply the last counts.
    """

    run: Run
    key: Key
    columns: Mapping[str, str]
    only: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[int, str] = field(default_factory=dict)
    rise: str = ""
    lists: bool = True
    through: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How an oracle file is answered: its key columns, the parts, and what stands where a part has no row (`missing`)."""

    file: str
    key: Key
    parts: tuple[Part, ...]
    missing: Mapping[str, str] = field(default_factory=dict)


def oracle(path: Path, key: Key) -> tuple[list[str], Table]:
    """The columns of an oracle file, and its rows by key."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        return list(reader.fieldnames or ()), {tuple(row[it] for it in key): row for row in rows}


def printed(text: str, file: str) -> list[dict[str, str]]:
    """The rows of a CSV text; of a back-test's result.json, its milestones."""
    if file.endswith(".json"):
        found = json.loads(text)["this"]["milestones"]
        return [{name: str(cell) for name, cell in row.items()} for row in found]
    return list(csv.DictReader(text.splitlines()))


def answered(plan: Plan, outputs: Mapping[Run, list[dict[str, str]]]) -> Table:
    """Our table: the parts side by side."""
    found: Table = {}
    for part in plan.parts:
        rows = _picked(part, outputs[part.run])
        for row in found.values() if part.through else ():
            row.update(_named(part, rows.get((row.get(part.through, ""),), {})))
        for key, given in () if part.through else rows.items():
            if part.lists or key in found:
                found.setdefault(key, {}).update(_named(part, given))
    for row in found.values():
        for name, cell in plan.missing.items():
            row.setdefault(name, cell)
    return found


def _named(part: Part, row: Mapping[str, str]) -> dict[str, str]:
    """Our cells under the oracle's names."""
    return {name: row[ours] for name, ours in part.columns.items() if ours in row}


def _picked(part: Part, rows: Iterable[Mapping[str, str]]) -> dict[Key, Mapping[str, str]]:
    found: dict[Key, Mapping[str, str]] = {}
    for row in rows:
        if any(row.get(name) != cell for name, cell in part.only.items()):
            continue
        cells = [row[name] for name in part.key]
        for place, cell in sorted(part.named.items()):
            cells.insert(place, cell)
        key = tuple(cells)
        if part.rise and key in found and int(row[part.rise]) < int(found[key][part.rise]):
            found.pop(key)
            continue
        if not part.rise or key not in found:
            found[key] = row
    return found
