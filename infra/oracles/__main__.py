"""`make oracles`: the answers of the public commands beside those that somebody else computed, cell by cell."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from customers import cdnow, customers, process, retail
from plans import HERE, Maven
from tables import Plan, Run, Table, answered, oracle, printed

ROOT = HERE.parents[1]
OWN_ORACLES, OWN_DATA = ROOT / "tests" / "data" / "oracles", ROOT / "infra" / "local" / "demo" / "data"
COMMAND = Path(sys.executable).parent / "accolade"
TIMEOUT_SECONDS = 900
SHOWN = 5


@dataclass(slots=True)
class Compared:
    """One oracle file: `equal` of `all` cells, and the first differences in words."""

    file: str
    equal: int = 0
    all: int = 0
    first: list[str] = field(default_factory=list)


def main() -> int:
    """Compare everything that is there; 1 if a cell differs, or if nothing at all could be compared."""
    given = argparse.ArgumentParser(prog="make oracles", description=__doc__)
    given.add_argument("--data", type=Path, help="folder with maven_crm, cdnow, online_retail, bpic2012")
    given.add_argument("--oracles", type=Path, help="folder with maven, cdnow, online_retail, bpic2012")
    args = given.parse_args()
    oracles = args.oracles or OWN_ORACLES
    plans, absent = _plans(oracles, args.data)
    for line in absent:
        print(line)
    compared = list(_compared(plans, oracles))
    for it in compared:
        print(f"{it.file:<52} {it.equal:>7,} of {it.all:>7,} cells equal{'' if it.equal == it.all else '   DIFFERENT'}")
        for line in it.first:
            print(f"    {line}")
    equal, every = sum(it.equal for it in compared), sum(it.all for it in compared)
    print(f"{len(compared)} files, {equal:,} of {every:,} cells equal")
    return 0 if compared and equal == every else 1


def _plans(oracles: Path, data: Path | None) -> tuple[list[tuple[Path, Plan]], list[str]]:
    """(oracle file, plan) of everything that is there, and what is not there in words."""
    found: list[tuple[Path, Plan]] = []
    absent: list[str] = []
    for folder, plans in _folders(oracles, data):
        wanted = {path.name for path in (oracles / folder).glob("*.csv")}
        for plan in plans:
            if plan.file in wanted:
                found.append((oracles / folder / plan.file, plan))
                wanted.discard(plan.file)
        absent += [f"{folder}/{name}: there is no data for it, or no command that answers it" for name in sorted(wanted)]
    if not data:
        absent.append("Only the Maven data of the demo is compared: DATA=... and ORACLES=... name folders with more")
    elif not found:
        absent.append(f"nothing to compare in {oracles}")
    return found, absent


def _folders(oracles: Path, data: Path | None) -> Iterator[tuple[str, Iterable[Plan]]]:
    maven = data / "maven_crm" if data else OWN_DATA
    if (maven / "sales_pipeline.csv").exists():
        yield "maven", Maven(maven).plans({path.name: oracle(path, ())[0] for path in (oracles / "maven").glob("*.csv")})
    if not data:
        return
    yield "cdnow", _customers(oracles / "cdnow", (data / "cdnow").glob("CDNOW_*.txt"), "CDNOW_")
    yield "online_retail", _customers(oracles / "online_retail", (data / "online_retail").glob("invoices_*.csv*"), "invoices_")
    for path in sorted((data / "bpic2012").glob("*.csv*")):
        yield "bpic2012", process(path)


def _customers(folder: Path, files: Iterable[Path], prefix: str) -> Iterator[Plan]:
    """The plans of each data file that has an oracle; the snapshot day is the oracle's."""
    for path in sorted(files):
        name = path.name.removeprefix(prefix).partition(".")[0]
        scores, summary = folder / f"rfm_{name}.csv", folder / f"summary_{name}.csv"
        if scores.exists() and summary.exists():
            ask = cdnow(path, _columns(path)) if prefix == "CDNOW_" else retail(path)
            snapshot = oracle(summary, ("item",))[1][("snapshot_date",)]["value"]
            yield from customers(ask, name, oracle(scores, ())[0], snapshot)


def _columns(path: Path) -> int:
    with path.open(encoding="utf-8") as file:
        return len(file.readline().split())


def _compared(plans: list[tuple[Path, Plan]], oracles: Path) -> Iterator[Compared]:
    runs = list(dict.fromkeys(part.run for _, plan in plans for part in plan.parts))
    with tempfile.TemporaryDirectory(prefix="accolade-") as scratch, ThreadPoolExecutor(2) as pool:
        commands = list(dict.fromkeys(run.words for run in runs))
        folders = {words: Path(scratch) / str(place) for place, words in enumerate(commands)}
        said = dict(zip(commands, pool.map(lambda words: _run(words, folders[words]), commands), strict=True))
        outputs = {run: printed(_output(run, said, folders), run.file) for run in runs}
        for path, plan in plans:
            yield _compare(path, plan, outputs, str(path.relative_to(oracles)))


def _run(words: tuple[str, ...], folder: Path) -> str:
    """What a command prints. It ends here if the command fails: its own words say why."""
    out = ("--out", str(folder)) if words[0] == "simulate" else ()
    done = subprocess.run(
        [str(COMMAND), *words, *out], capture_output=True, text=True, encoding="utf-8", timeout=TIMEOUT_SECONDS, check=False
    )
    if done.returncode:
        sys.exit(f"accolade {' '.join(words)}\n{done.stderr or done.stdout}")
    return done.stdout


def _output(run: Run, said: Mapping[tuple[str, ...], str], folders: Mapping[tuple[str, ...], Path]) -> str:
    return (folders[run.words] / run.file).read_text(encoding="utf-8") if run.file else said[run.words]


def _compare(path: Path, plan: Plan, outputs: Mapping[Run, list[dict[str, str]]], name: str) -> Compared:
    """Every cell of the oracle, and every row that only we have."""
    columns, wanted = oracle(path, plan.key)
    ours: Table = answered(plan, outputs)
    result = Compared(name)
    for key, row in wanted.items():
        mine = ours.pop(key, None)
        for column in columns:
            result.all += 1
            cell = None if mine is None else row[column] if column in plan.key else mine.get(column)
            if cell is not None and _equal(row[column], cell):
                result.equal += 1
            elif len(result.first) < SHOWN:
                result.first.append(f"{' '.join(key)} {column}: {row[column]!r} is expected, we say {cell!r}")
    for key in ours:
        result.all += len(columns)
        if len(result.first) < SHOWN:
            result.first.append(f"{' '.join(key)}: we have a row that is not expected")
    return result


def _equal(expected: str, given: str) -> bool:
    """The same text, or the same number written otherwise (372.86 and 372.860). Nothing equals only nothing."""
    if expected == given or not expected or not given:
        return expected == given
    try:
        return Decimal(expected) == Decimal(given)
    except InvalidOperation:
        return False


if __name__ == "__main__":
    sys.exit(main())
