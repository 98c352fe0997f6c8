"""The back-test as a command, from its start to its report: the demo's history under ten milestones, and a million events."""

import csv
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.bench.rows import Row, row

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "infra" / "local" / "demo"
DEALS, MAPPING, PROGRAM = DEMO / "data" / "sales_pipeline.csv", DEMO / "mapping.yaml", DEMO / "program.yaml"
TEN = Path(__file__).with_name("ten_milestones.yaml")
COMMAND = Path(sys.executable).with_name("accolade")
EVENTS, REPS = 1_000_000, 200
PRODUCTS = ("GTX Basic", "GTX Pro", "GTX Plus Pro", "MG Special", "MG Advanced", "GTK 500")
COLUMNS = ("opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value")
_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Run:
    """A run of the command: seconds, the most memory that it and its processes had at once (MiB), what it found."""

    seconds: float
    mebibytes: float
    records: int
    awards: int


def backtest() -> Iterator[Row]:
    """The whole process each time, with every file that it writes."""
    with tempfile.TemporaryDirectory(prefix="accolade-bench-") as name:
        folder = Path(name)
        ten = min((simulate(TEN, DEALS, folder / "ten") for _ in range(3)), key=lambda it: it.seconds)
        yield row(f"back-test of {ten.records:,} deals x 10 milestones, whole process", ten.seconds, "s", at_most=3.0)
        generate(folder / "million.csv", EVENTS)
        many = simulate(PROGRAM, folder / "million.csv", folder / "many")
        what = f"back-test of {many.records:,} events, {many.awards:,} awards"
        yield row(f"{what}, whole process", many.seconds, "s", at_most=60.0)
        yield row(f"{what}, memory of all its processes", many.mebibytes, "MiB", at_most=1024.0)


def simulate(program: Path, deals: Path, out: Path) -> Run:
    """Run `accolade simulate` and watch its memory."""
    command = [str(COMMAND), "simulate", str(program), "--deals", str(deals), "--mapping", str(MAPPING), "--out", str(out)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    watch = Watch(process.pid)
    watch.start()
    status = process.wait()
    seconds = time.perf_counter() - started
    watch.ended.set()
    watch.join()
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with status {status}")
    found = json.loads((out / "result.json").read_text(encoding="utf-8"))
    return Run(seconds, watch.most / 1024, found["records"], found["this"]["awards"])


def generate(path: Path, count: int, *, seed: int = 7) -> None:
    """`count` closed deals of some four years in no order, always the same for a seed."""
    random, start = Random(seed), date(2016, 1, 1)
    people = [f"Rep {number:04d}" for number in range(REPS)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_deal(random, number, people, start) for number in range(count))


def _deal(random: Random, number: int, people: Sequence[str], start: date) -> tuple[object, ...]:
    opened = start + timedelta(days=random.randrange(1300))
    closed = opened + timedelta(days=min(120, int(random.expovariate(1 / 45))))
    won = random.random() < 0.63
    id_ = f"{random.getrandbits(32):08X}{number:07d}"
    account = f"Account {random.randrange(5000)}"
    value = random.randrange(40, 9000) if won else 0
    return id_, random.choice(people), random.choice(PRODUCTS), account, "Won" if won else "Lost", opened, closed, value


class Watch(threading.Thread):
    """Looks at the resident memory of a process and all below it; `most` is the largest sum in KiB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self.most, self.ended = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(_LOOK_SECONDS):
            self.most = max(self.most, sum(_resident(pid) for pid in _family(self._pid)))


def _family(pid: int) -> list[int]:
    """The process and those that it started, directly or not. Looking at every process there is would be measured too."""
    found = [pid]
    for known in found:
        with suppress(OSError):  # it has ended
            found += map(int, Path(f"/proc/{known}/task/{known}/children").read_text(encoding="ascii").split())
    return found


def _resident(pid: int) -> int:
    """KiB."""
    return _status(pid, "VmRSS:")


def _status(pid: int, name: str) -> int:
    """A figure of /proc/PID/status; 0 if the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
