"""A back-test from beginning to end: read, replay, sum up; in one process, or in several where people do not meet."""

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait

from accolade.flows.simulation.outcome import Left, Outcome
from accolade.flows.simulation.part import Ended, Part, Task, Variant, work
from accolade.flows.simulation.quotas import given
from accolade.flows.simulation.replay import Cast
from accolade.flows.simulation.results import Results
from accolade.flows.simulation.source import Ahead, Read
from accolade.flows.simulation.spool import share_records
from accolade.flows.simulation.summing import outcome
from accolade.model.errors import Retry
from accolade.model.phrases import later as t
from accolade.programs.rulebook import Rulebook

SEVERAL_FROM = 8_000_000
"""Bytes of files from which several processes are worth their start."""

SAMPLED = 50_000
"""Rows that are looked at to give every process about as much to do."""

Stage = Callable[[Read | None], Ahead]
"""Begins a stage: reading (None), then replaying what was read; gives what is told of each step."""


@dataclass(slots=True)
class Done:
    """What came of it: an outcome and its results for each variant, what was read, and who took part."""

    outcomes: list[Outcome]
    results: list[Results]
    read: Read
    cast: Cast

    def close(self) -> None:
        """Let go of the files."""
        for it in self.results:
            it.close()


def run(task: Task, *, processes: int, stage: Stage) -> Done:
    """Replay the task's history under its variants.

    Several processes are used only for large files, and only where the programs let nobody's points depend on somebody
    else's; the results are the same.
    """
    given = [it.rulebook() for it in task.variants]
    several = processes > 1 and task.source.size >= SEVERAL_FROM and task.source.separable and all(map(separable, given))
    found = _together(_cut(task, processes), stage) if several else None
    read, cast, tasks = found or _alone(task, stage)
    variants = _over(task, read)
    results = [_merged(tasks, number) for number in range(len(variants))]
    left = [Left(t("records that belong to nobody"), read.unowned)] if read.unowned else []
    outcomes = [
        outcome(variant, variant.rulebook(), result, cast, left) for variant, result in zip(variants, results, strict=True)
    ]
    return Done(outcomes, results, read, cast)


def separable(rulebook: Rulebook) -> bool:
    """Whether everybody's points depend on their own records alone: no ranks, teams, shares or caps of a group."""
    programs = [version for id_ in rulebook.program_ids() for version in rulebook.versions(id_)]
    milestones = [milestone for program in programs for milestone in program.milestones]
    caps = [cap for it in programs for cap in it.caps] + [cap for it in milestones for cap in it.caps]
    return all(cap.scope == "participant" for cap in caps) and not any(
        it.subject != "person" or it.rank or it.splits or (it.improvement and it.improvement.than) for it in milestones
    )


def _alone(task: Task, stage: Stage) -> tuple[Read, Cast, list[Task]]:
    part = Part(task)
    read = part.read(stage(None))
    cast = _cast(task, read)
    part.decide(cast, _over(task, read), stage(read))
    return read, cast, [task]


def _cut(task: Task, count: int) -> list[Task]:
    """The task in parts of about the same size, by whom the first rows belong to."""
    sizes = Counter(islice(task.source.owners(), SAMPLED))
    load, shares = [0] * count, dict[str, int]()
    for owner, size in sizes.most_common():
        shares[owner] = load.index(min(load))
        load[shares[owner]] += size
    return [replace(task, number=number, count=count, shares=shares) for number in range(count)]


def _together(tasks: Sequence[Task], stage: Stage) -> tuple[Read, Cast, list[Task]] | None:
    """Each part in a process of its own; None if a record turns out to belong to people of two parts."""
    with _started(tasks) as pipes:
        reads = [it for it in _gather(pipes, stage(None)) if isinstance(it, Read)]
        read = reads[0]
        for other in reads[1:]:
            read.add(other)
        if share_records([it.keys for it in reads if it.keys]):
            shared = True
        else:
            shared = False
            cast = _cast(tasks[0], read)
            for pipe in pipes:
                pipe.send((cast, _over(tasks[0], read)))
            _gather(pipes, stage(read))
    if shared:
        for it in tasks:
            it.spool.unlink(missing_ok=True)
        return None
    return read, cast, list(tasks)


@contextmanager
def _started(tasks: Sequence[Task]) -> Iterator[list[Pipe]]:
    """A process for each task, and the pipes to them; none of them is left behind."""
    context = multiprocessing.get_context("spawn")
    pipes, running, done = [], [], False
    try:
        with _uninterrupted():
            for it in tasks:
                ours, theirs = context.Pipe()
                process = context.Process(target=work, args=(theirs, it), daemon=True)
                process.start()
                theirs.close()
                pipes.append(ours)
                running.append(process)
        yield pipes
        done = True
    finally:
        if not done:  # an error, or somebody pressed Control-C
            for process in running:
                process.terminate()
        for pipe in pipes:
            pipe.close()
        for process in running:
            process.join()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Control-C waits, here and in what is started here: a process that is cut off while it starts ends with a traceback."""
    resource_tracker.ensure_running()  # as it starts, it lets Control-C through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _gather(pipes: Sequence[Pipe], ahead: Ahead) -> list[Read | Ended]:
    """Pass on how far the processes are until each has sent what it was to send; an error ends all."""
    found: dict[int, Read | Ended] = {}
    while len(found) < len(pipes):
        for ready in wait([pipe for number, pipe in enumerate(pipes) if number not in found]):
            number = next(number for number, pipe in enumerate(pipes) if pipe is ready)
            try:
                said = pipes[number].recv()
            except EOFError as error:
                raise Retry(
                    "a process of the back-test ended before its work was done", mend="Look for memory, then run it again"
                ) from error
            if isinstance(said, int):
                ahead(said)
            elif isinstance(said, Ended) and said.error is not None:
                raise said.error
            else:
                found[number] = said
    return [found[number] for number in range(len(pipes))]


def _cast(task: Task, read: Read) -> Cast:
    participants, owners = task.source.people(read.owners)
    quotas, left = given(task.aims, participants, owners)
    read.problems += left
    return Cast(participants, owners, quotas)


def _over(task: Task, read: Read) -> list[Variant]:
    return [it.over(*read.span) for it in task.variants]


def _merged(tasks: Sequence[Task], variant: int) -> Results:
    """The results of all parts in those of the first."""
    results = Results(tasks[0].results(variant))
    for it in tasks[1:]:
        results.take_in(it.results(variant))
    return results
