"""How heavy each page is and how long it takes, on the stack that is up: `make pages`.

Bytes are of the page with all that it loads, as they are before any compression; times are the median of five warm requests,
one after the other; `crowd` is fifty people who open a page at the same instant."""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
from tests.e2e.company import Company
from tests.e2e.conftest import ROOT, Deployed
from tests.e2e.rooms import TIMEOUT, Entry, everything, loaded, pages

import cloud

MOST_BYTES = 100_000
WARM, CROWD = 5, 50
PATIENCE = httpx.Timeout(240.0)


@dataclass(frozen=True)
class Weight:
    """A page as one role opens it."""

    role: str
    address: str
    page: int
    assets: int
    ms: float = 0.0

    @property
    def whole(self) -> int:
        return self.page + self.assets


def weights(company: Company, entry: Entry, found: Mapping[str, str], *, times: int = 1) -> Iterator[Weight]:
    """Each page with its style sheets and scripts."""
    sizes: dict[str, int] = {}
    with httpx.Client(headers={"Cookie": f"{entry.cookie}={entry.value}"}, timeout=TIMEOUT) as client:
        for address in pages(found):
            taken = []
            for _ in range(times):
                started = time.perf_counter()
                answer = client.get(company.site + address)
                taken.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, address
            for asset in {urljoin(str(answer.url), it) for it in loaded(answer.text)} - set(sizes):
                sizes[asset] = len(client.get(asset).content)
            assets = sum(sizes[urljoin(str(answer.url), it)] for it in set(loaded(answer.text)))
            yield Weight(entry.role, address, len(answer.content), assets, statistics.median(taken))


def crowd(company: Company, entry: Entry, address: str, people: int = CROWD) -> list[float]:
    """How long (ms, ascending) so many who ask for a page at the same instant wait for it; each gets it. As many functions as
    there are people have to be running before that: they are started some at a time, and the last ones only when all of them
    are asked once more (one that was quick answered two)."""
    for fewer in (people // 4, people // 2, people, people):
        _together(company, entry, address, fewer)
    return _together(company, entry, address, people)


def _together(company: Company, entry: Entry, address: str, people: int) -> list[float]:
    gate = threading.Barrier(people)

    def ask(_: int) -> float:
        with httpx.Client(headers={"Cookie": f"{entry.cookie}={entry.value}"}, timeout=PATIENCE) as client:
            gate.wait()
            started = time.perf_counter()
            answer = client.get(company.site + address)
            assert answer.status_code == 200, (address, answer.status_code, answer.text[:200])
            return (time.perf_counter() - started) * 1000

    with ThreadPoolExecutor(people) as pool:
        return sorted(pool.map(ask, range(people)))


def said(taken: list[float]) -> str:
    """The middle and the slow end."""
    return f"p50 {statistics.median(taken):.0f} ms, p95 {taken[int(len(taken) * 0.95)]:.0f} ms, slowest {taken[-1]:.0f} ms"


def main() -> int:
    """Print the table, on the stack that is up."""
    from tests.e2e.rooms import endpoint

    place = cloud.Place(endpoint(), ROOT / ".local")
    deployed = Deployed(place, cloud.outputs_of(place))
    with tempfile.TemporaryDirectory() as folder:
        seen = everything(deployed, Path(folder))
    print(f"{'role':8} {'page':62} {'HTML':>7} {'all':>7} {'ms':>6}")
    for role, found in seen.found.items():
        for it in weights(seen.company, seen.entries[role], found, times=WARM + 1):
            print(f"{it.role:8} {it.address[:62]:62} {it.page:7,} {it.whole:7,} {it.ms:6.0f}")
    for role, address in (("rep", "me/wallet"), ("rep", "me/board"), ("rep", seen.board)):
        taken = crowd(seen.company, seen.entries[role], address)
        print(f"{CROWD} at once, {address[:9]}: {said(taken)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
