"""One part of a back-test: it reads the rows of its own people and replays them, in this process or in one of its own."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from zlib import crc32

from accolade.flows.simulation import source
from accolade.flows.simulation.kept import LIMIT
from accolade.flows.simulation.replay import Cast, Replay
from accolade.flows.simulation.source import TENANT, Files, Read
from accolade.flows.simulation.spool import Spool
from accolade.model.errors import AccoladeError
from accolade.model.times import Millis
from accolade.programs.loading import from_json
from accolade.programs.rulebook import Rulebook

Ahead = Callable[[int], None]
"""Told of so many more rows or events."""

_STEP = 1_000


@dataclass(frozen=True, slots=True)
class Variant:
    """A set of programs to be replayed, each in its stored form; `label` is what tables call it."""

    label: str
    programs: tuple[str, ...]

    def rulebook(self) -> Rulebook:
        """The programs, compiled."""
        return Rulebook([from_json(text) for text in self.programs])


@dataclass(frozen=True, slots=True)
class Task:
    """What a part needs to know. `number` of `count` parts has the owners that `shares` give it, and by hash those it does
    not name; records without an owner are in part 0. Events after `until` are left out, time passes until `now`."""

    files: Files
    variants: tuple[Variant, ...]
    folder: Path
    now: Millis
    until: date | None = None
    number: int = 0
    count: int = 1
    shares: Mapping[str, int] = field(default_factory=dict)
    limit: int = LIMIT

    @property
    def spool(self) -> Path:
        """Where its events lie."""
        return self.folder / f"events-{self.number}.db"

    def results(self, variant: int) -> Path:
        """Where the results of a variant lie."""
        return self.folder / f"part-{self.number}-{variant}" / "results.db"

    def mine(self, owner: str) -> bool:
        """Whether an owner's records are in this part."""
        if self.count == 1:
            return True
        if not owner:
            return self.number == 0
        return self.shares.get(owner, crc32(owner.encode()) % self.count) == self.number


class Part:
    """Read, then decide."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._spool = Spool(task.spool, tenant=TENANT, connection=task.files.connection_id)

    def read(self, ahead: Ahead) -> Read:
        """Put the events of this part's people in order."""
        return source.spool(self.task.files, self._spool, wanted=self.task.mine, ahead=ahead, until=self.task.until)

    def decide(self, cast: Cast, ahead: Ahead) -> None:
        """Replay them under each variant; the results lie where the task says."""
        task = self.task
        connection = task.files.connection()
        rulebooks = [it.rulebook() for it in task.variants]
        replays = [
            Replay(rulebook, connection, cast, task.results(number).parent, limit=task.limit)
            for number, rulebook in enumerate(rulebooks)
        ]
        for replay, rulebook in zip(replays, rulebooks, strict=True):
            asked = {prefix for map_ in connection.maps for prefix in rulebook.asked(map_.record).prefixes}
            replay.relate(source.related(task.files, sorted(asked)))
        waiting = 0
        for event in self._spool.events():
            for replay in replays:
                replay.take(event)
            waiting += 1
            if waiting == _STEP:
                ahead(waiting)
                waiting = 0
        ahead(waiting)
        for replay in replays:
            replay.finish(task.now)
            replay.close()
        self._spool.close()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a part's process ends: well, or with an error that a person can read."""

    error: AccoladeError | None = None


def work(pipe: Pipe, task: Task) -> None:
    """A process of its own: sends how far it is (int), what it read (Read) and its end (Ended); receives the Cast between.

    Ctrl-C is the business of the process that started it, which ends this one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        part = Part(task)
        pipe.send(part.read(pipe.send))
        cast = pipe.recv()
        part.decide(cast, pipe.send)
    except AccoladeError as error:
        pipe.send(Ended(error))
    except EOFError:
        return
    else:
        pipe.send(Ended())
