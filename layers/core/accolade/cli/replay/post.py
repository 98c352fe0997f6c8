"""Posting a replay over HTTP: few connections kept alive, patience with a busy server, every answer checked."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import httpx

CONNECTIONS = 4
TRIES = 8
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_BUSY = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Batch:
    """One request to be: how many notifications it carries, and a function that gives body and headers when it is sent."""

    count: int
    build: Callable[[], tuple[bytes, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a batch: `error` is empty if the receiver acknowledged it."""

    count: int
    tries: int
    error: str = ""


def post_all(
    batches: Sequence[Batch], *, url: str, acknowledged: Callable[[httpx.Response], bool], rate: float | None = None
) -> Iterator[Sent]:
    """Post every batch; gives the outcomes as they come. `rate`: notifications a second at most.

    Busy answers and lost connections are tried again (sending twice is harmless); anything else is a failure.
    """
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    stop = threading.Event()
    with httpx.Client(timeout=_TIMEOUT, limits=limits) as client, ThreadPoolExecutor(CONNECTIONS) as pool:
        waiting: set[Future[Sent]] = set()
        started, given = time.monotonic(), 0
        try:
            for batch in batches:
                if rate:
                    time.sleep(max(0.0, started + given / rate - time.monotonic()))
                    given += batch.count
                waiting.add(pool.submit(_post, client, batch, url, acknowledged, stop))
                if len(waiting) >= 2 * CONNECTIONS:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            stop.set()


def _post(
    client: httpx.Client, batch: Batch, url: str, acknowledged: Callable[[httpx.Response], bool], stop: threading.Event
) -> Sent:
    error = "stopped"
    for attempt in range(1, TRIES + 1):
        if stop.is_set():
            break
        body, headers = batch.build()
        try:
            answer = client.post(url, content=body, headers=headers)
        except httpx.TransportError as problem:
            error = f"no answer ({type(problem).__name__})"
        else:
            if acknowledged(answer):
                return Sent(batch.count, attempt)
            error = f"HTTP {answer.status_code}" if answer.status_code != 200 else "HTTP 200 without acknowledgement"
            if answer.status_code not in _BUSY:
                return Sent(batch.count, attempt, error)
        stop.wait(min(8.0, 0.2 * 2**attempt))
    return Sent(batch.count, TRIES, error)
