"""Measure all budgets, on a local cloud of their own: `python -m tests.bench [--json] [--only NAME]`."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench.backtest import backtest
from tests.bench.conditions import conditions
from tests.bench.latency import latency
from tests.bench.parsing import parsing
from tests.bench.rows import Row, as_json, table
from tests.bench.rules import rules
from tests.bench.scaling import scaling
from tests.bench.starts import starts
from tests.bench.throughput import batch_commit, through_the_stack
from tests.bench.writes import writes

import cloud
from accolade.cli.stack import Stack, open_stack

ROOT = Path(__file__).resolve().parents[2]
PURE: Mapping[str, Callable[[], Iterator[Row]]] = {
    "conditions": conditions,
    "rules": rules,
    "parsing": parsing,
    "scaling": scaling,
    "backtest": backtest,
}
"""Groups of rows that need no cloud; a further group is a file of its own and a row here."""
DEPLOYED = ("starts", "writes", "latency", "throughput", "batches")
NAMES = (*PURE, *DEPLOYED)


def main() -> int:
    """The command line. Exit status 0 whatever was measured."""
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument("--only", choices=NAMES, action="append", help="only these (may be repeated)")
    parser.add_argument("--port", type=int, default=5210, help="first port of the local cloud")
    parser.add_argument("--state-dir", type=Path, default=Path(".local/bench"))
    chosen = parser.parse_args()
    names = chosen.only or NAMES
    notes: list[str] = []
    rows = _measured(PURE, names)
    if set(names) & set(DEPLOYED):
        rows += _deployed(cloud.Place(chosen.port, (ROOT / chosen.state_dir).resolve()), names, notes)
    print(as_json(rows, notes) if chosen.json else "\n".join([table(rows), *notes]))
    return 0


def _deployed(place: cloud.Place, names: Sequence[str], notes: list[str]) -> list[Row]:
    """What is measured on a local cloud of its own."""
    measuring: Mapping[str, Callable[[], Iterator[Row]]] = {
        "starts": lambda: starts(place.state / "build"),
        "writes": lambda: writes(_stack(place), notes),
        "latency": lambda: latency(_stack(place)),
        "throughput": lambda: through_the_stack(_stack(place)),
        "batches": lambda: batch_commit(_stack(place)),
    }
    _say("starting a local cloud of its own")
    cloud.down(place.state)
    try:
        cloud.up(place)
        return _measured(measuring, names)
    finally:
        cloud.down(place.state)


def _measured(groups: Mapping[str, Callable[[], Iterator[Row]]], names: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for name, group in groups.items():
        if name in names:
            _say(f"measuring {name}")
            rows += group()
    return rows


def _stack(place: cloud.Place) -> Stack:
    """The stack with this process pointed at it anew: what one part of the bench hooked in does not reach the next."""
    return open_stack(name=place.stack, endpoint=place.endpoint)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
