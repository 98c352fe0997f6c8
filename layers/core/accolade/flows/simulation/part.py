"""One part of a back-test: it reads the rows of its own people and replays them, in this process or in one of its own."""

import gc
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from zlib import crc32

from accolade.flows.simulation.kept import LIMIT
from accolade.flows.simulation.quotas import Aims
from accolade.flows.simulation.replay import Cast, Replay
from accolade.flows.simulation.source import TENANT, Ahead, Read, Source
from accolade.flows.simulation.spool import MEMORY, Spool
from accolade.model.errors import AccoladeError
from accolade.model.relations import relations
from accolade.model.times import Millis
from accolade.programs.loading import from_json
from accolade.programs.rulebook import Rulebook

_STEP = 5_000
"""Events between two words on how far it is."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Versions of a program to be replayed, in their stored form; `label` is what tables call them.

    `always`: judged as if the last of them had been in force all along.
    """

    label: str
    programs: tuple[str, ...]
    always: bool = False

    def rulebook(self) -> Rulebook:
        """The programs, compiled."""
        found = [from_json(text) for text in self.programs]
        if self.always:
            found = [replace(found[-1], effective_from=date.min, effective_to=None)]
        return Rulebook(found)

    def over(self, first: date | None, last: date | None) -> "Variant":
        """The same; a program that is in force on no day of the history is judged as if it had always been."""
        programs = [from_json(text) for text in self.programs]
        if first is None or last is None or any(_meets(it.effective_from, it.effective_to, first, last) for it in programs):
            return self
        return replace(self, always=True)


@dataclass(frozen=True, slots=True)
class Task:
    """What a part needs to know. `number` of `count` parts has the owners that `shares` give it, and by hash those it does
    not name; records without an owner are in part 0. Events after `until` are left out, time passes until `now`.
    `aims`: what people should reach."""

    source: Source
    variants: tuple[Variant, ...]
    folder: Path
    now: Millis
    until: date | None = None
    number: int = 0
    count: int = 1
    shares: Mapping[str, int] = field(default_factory=dict)
    limit: int = LIMIT
    aims: Aims = field(default_factory=Aims)

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
        share = self.shares.get(owner)
        return (crc32(owner.encode()) % self.count if share is None else share) == self.number


class Part:
    """Read, then decide."""

    def __init__(self, task: Task) -> None:
        self.task = task
        memory = MEMORY // task.count
        self._spool = Spool(task.spool, tenant=TENANT, connection=task.source.connection().id, memory=memory)

    def read(self, ahead: Ahead) -> Read:
        """Put the events of this part's people in order."""
        read = self.task.source.read(self._spool, wanted=self.task.mine, ahead=ahead, until=self.task.until)
        read.keys = self._spool.keys if self.task.count > 1 else None
        return read

    def decide(self, cast: Cast, variants: Sequence[Variant], ahead: Ahead) -> None:
        """Replay them under each variant; the results lie where the task says."""
        task = self.task
        connection = task.source.connection()
        rulebooks = [it.rulebook() for it in variants]
        replays = [
            Replay(
                rulebook,
                connection,
                cast,
                task.results(number).parent,
                now=task.now,
                limit=task.limit,
                sells=rulebook.asked("deal").sales and not task.source.tells_sales,
            )
            for number, rulebook in enumerate(rulebooks)
        ]
        for replay, rulebook in zip(replays, rulebooks, strict=True):
            asked = {
                type_
                for map_ in connection.maps
                for _, type_, prefix in relations(map_.record)
                if prefix in rulebook.asked(map_.record).prefixes
            }
            replay.relate(task.source.related(sorted(asked)))
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


def few_collections() -> None:
    """Let the garbage collector look seldom: a replay makes no cycles, and looking at what it keeps takes a tenth of its time."""
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)


def _meets(start: date, end: date | None, first: date, last: date) -> bool:
    return start <= last and (end is None or end > first)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a part's process ends: well, or with an error that a person can read."""

    error: AccoladeError | None = None


def work(pipe: Pipe, task: Task) -> None:
    """A process of its own: sends how far it is (int), what it read (Read) and its end (Ended); between them it is given
    the Cast and the variants.

    Ctrl-C is the business of the process that started it, which ends this one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    few_collections()
    try:
        part = Part(task)
        pipe.send(part.read(pipe.send))
        cast, variants = pipe.recv()
        part.decide(cast, variants, pipe.send)
    except AccoladeError as error:
        pipe.send(Ended(error))
    except EOFError:
        return
    else:
        pipe.send(Ended())
