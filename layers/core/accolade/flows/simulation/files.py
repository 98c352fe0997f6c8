"""The results of a back-test as files: CSV whose cells no spreadsheet runs as formulas, and JSON."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from accolade.flows.formulas import plain_cell
from accolade.flows.simulation.outcome import Outcome, Simulation
from accolade.flows.simulation.replay import Cast
from accolade.flows.simulation.results import Names, Results


def write_csv(folder: Path, simulation: Simulation, results: Results, cast: Cast) -> None:
    """`entries.csv`, `awards.csv`, `people.csv` and `periods.csv` of the program that was simulated."""
    names = {number: (person.id, person.name) for number, person in cast.participants.items()}
    entries = ("date", "participant", "name", "program", "milestone", "kind", "points", "record", "entry")
    awards = ("date", "participant", "name", "milestone", "period", "level", "points", "held", "record", "award")
    _write(folder / "entries.csv", entries, results.entry_cells(names, simulation.this.program))
    _write(folder / "awards.csv", awards, results.award_cells(names))
    _write(folder / "people.csv", *_people(simulation, names))
    _write(folder / "periods.csv", *_periods(simulation))


def write_json(folder: Path, simulation: Simulation) -> None:
    """`result.json`."""
    text = json.dumps(as_json(simulation), ensure_ascii=False, indent=2)
    (folder / "result.json").write_text(f"{text}\n", encoding="utf-8")


def as_json(simulation: Simulation) -> dict[str, Any]:
    """All figures as plain data: points whole, costs as text in major units, shares as numbers, days as YYYY-MM-DD."""
    other = simulation.other
    return {
        "records": simulation.records,
        "events": simulation.events,
        "from": _day(simulation.start),
        "to": _day(simulation.end),
        "seconds": round(simulation.seconds, 3),
        "left_out": [{"reason": it.reason, "count": it.count} for it in simulation.read],
        "this": _outcome(simulation.this),
        "other": _outcome(other) if other else None,
        "changes": [
            {"participant": it.number, "name": it.name, "before": it.before, "after": it.after, "change": it.by}
            for it in simulation.changes
        ],
    }


def _outcome(it: Outcome) -> dict[str, Any]:
    return {
        "label": it.label,
        "program": it.program,
        "version": it.version,
        "as_if_always_in_force": it.always,
        "notes": list(it.notes),
        "unit": it.unit,
        "currency": it.currency,
        "awards": it.awards,
        "points": it.points,
        "cost": str(it.cost(it.points)),
        "entries": it.entries,
        "audience": it.audience,
        "winners": it.winners,
        "budget": {"points": it.budget, "used_up_on": _day(it.dry), "short": it.short} if it.budget is not None else None,
        "cost_by_month": {"p50": _cost(it, it.typical("month", 50)), "p95": _cost(it, it.typical("month", 95))},
        "cost_by_quarter": {"p50": _cost(it, it.typical("quarter", 50)), "p95": _cost(it, it.typical("quarter", 95))},
        "top_3_share": _share(it, 3),
        "top_10_share": _share(it, 10),
        "milestones": [{"id": p.id, "awards": p.awards, "points": p.points, "people": p.people} for p in it.parts],
        "periods": [
            {"period": s.label, "kind": s.kind, "awards": s.awards, "points": s.points, "people": s.people}
            | {"p50": s.median, "p95": s.p95, "cost": str(it.cost(s.points))}
            for s in it.spells
        ],
        "people": [
            {"participant": p.number, "name": p.name, "team": p.team, "awards": p.awards, "points": p.points} for p in it.people
        ],
        "left_out": [{"reason": entry.reason, "count": entry.count} for entry in it.left],
    }


def _people(simulation: Simulation, names: Names) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    this, other = simulation.this, simulation.other
    before = {it.number: it.points for it in other.people} if other else {}
    header = ["participant", "name", "team", "awards", "points", "cost", "currency"] + (
        ["points before", "change"] if other else []
    )

    def rows() -> Iterator[Sequence[object]]:
        for it in this.people:
            row = [*map(plain_cell, (*names[it.number], it.team)), it.awards, it.points, this.cost(it.points), this.currency]
            yield [*row, before.get(it.number, 0), it.points - before.get(it.number, 0)] if other else row

    return header, rows()


def _periods(simulation: Simulation) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    this, other = simulation.this, simulation.other
    mine = {(it.kind, it.label): it for it in this.spells}
    theirs = {(it.kind, it.label): it for it in other.spells} if other else {}
    header = ["kind", "period", "awards", "people", "points", "cost", "currency", "p50 a winner", "p95 a winner"]

    def rows() -> Iterator[Sequence[object]]:
        for key in sorted({*mine, *theirs}):
            it = mine.get(key)
            figures = (it.awards, it.people, it.points) if it else (0, 0, 0)
            rest = (this.cost(figures[2]), this.currency, it.median if it else 0, it.p95 if it else 0)
            yield [*key, *figures, *rest, *([theirs[key].points if key in theirs else 0] if other else [])]

    return header + (["points before"] if other else []), rows()


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _day(on: object) -> str | None:
    return str(on) if on else None


def _cost(it: Outcome, points: int | None) -> str | None:
    return None if points is None else str(it.cost(points))


def _share(it: Outcome, count: int) -> float | None:
    part = it.top(count)
    return None if part is None else round(float(part), 4)
