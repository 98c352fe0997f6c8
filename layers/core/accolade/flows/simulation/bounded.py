"""A back-test within the time of one answer: so many records, read for so long, and an end before nobody waits any more."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from accolade.flows.quota_csv import with_quotas
from accolade.flows.simulation.exports import Exports
from accolade.flows.simulation.outcome import Simulation
from accolade.flows.simulation.part import Task, Variant
from accolade.flows.simulation.quotas import Aims, aims_of
from accolade.flows.simulation.run import run
from accolade.flows.simulation.source import Source
from accolade.flows.simulation.stored import Stored
from accolade.model.connections import Connection
from accolade.model.errors import Rejected
from accolade.model.fields import RECORD_FIELDS
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.model.records import Record
from accolade.model.sales import SALE_FIELDS
from accolade.model.times import to_millis
from accolade.programs.building import asked_fields
from accolade.programs.loading import from_json, to_json
from accolade.programs.rules import Program
from accolade.programs.states import Lifecycle, State, in_rules
from accolade.store.quotas import Quota

MOST_RECORDS, SECONDS, PEOPLE = 12_000, 6.0, 5_000
"""Records that are replayed (half as many beside another program), for how long they are read, and participants."""

LONGEST = 22.0
"""Seconds that all of it may take: the answer has to be there within 29."""

MOST_BYTES = 900_000
"""Of a file."""


@dataclass(frozen=True, slots=True)
class Given:
    """A history: where it comes from, whether there is more of it than was taken, and the quotas it is measured against."""

    source: Source
    cut: bool = False
    aims: Aims = field(default_factory=Aims)


@dataclass(frozen=True, slots=True)
class BackTest:
    """Replays histories of one tenant's. The callables read that of a tenant: `records(tenant, *types)`, `people(tenant)` by
    number, `links(tenant)`, `quotas(tenant)`; `monotonic` is a clock in seconds."""

    records: Callable[..., Iterable[Record]]
    people: Callable[[str], Iterable[Participant]]
    links: Callable[[str], Sequence[Connection]]
    quotas: Callable[[str], Iterable[Quota]]
    monotonic: Callable[[], float]

    def stored(self, tenant: str, variants: Sequence[Variant]) -> Given:
        """What the tenant's CRMs have told, of the types that the programs read, as far as there was time for it. Rejected if
        there is nothing."""
        people = {it.number: it for it in islice(self.people(tenant), PEOPLE)}
        until, held, cut = self.monotonic() + SECONDS, list[Record](), False
        for record in self.records(tenant, *_types(variants)):
            if len(held) >= MOST_RECORDS // len(variants) or self.monotonic() > until:
                cut = True
                break
            held.append(record)
        if not held:
            raise Rejected(t("no records of this kind are stored yet"), mend=t("Connect a CRM, or try it with a file"))
        return Given(Stored(held, self.links(tenant), people), cut, self._aims(tenant, variants))

    def run(self, given: Given, variants: Sequence[Variant], folder: Path, *, now: datetime) -> Simulation:
        """The last variant, beside the one before it if there are two. Rejected if the history does not fit its mapping, or it
        takes too long. `folder` is an empty place for what does not stay."""
        started = self.monotonic()
        scratch = folder / "replay"
        scratch.mkdir()
        task = Task(given.source, tuple(variants), scratch, to_millis(now), None, aims=given.aims)
        done = run(task, processes=1, stage=lambda _: lambda __: self._in_time(started))
        try:
            first, last = done.read.span
            other = done.outcomes[0] if len(done.outcomes) > 1 else None
            seconds, events = self.monotonic() - started, done.read.events
            return Simulation(done.outcomes[-1], other, events, events, first, last, seconds, tuple(done.read.problems))
        finally:
            done.close()

    def _in_time(self, started: float) -> None:
        """Stop before whoever asked is told that nobody answers."""
        if self.monotonic() - started > LONGEST:
            raise Rejected(t("this takes longer than an answer may"), mend=t("Take a smaller history"))

    def _aims(self, tenant: str, variants: Sequence[Variant]) -> Aims:
        """The tenant's quotas, where a program measures against them."""
        if not any(with_quotas(it.rulebook()) for it in variants):
            return Aims()
        return aims_of(self.quotas(tenant), islice(self.people(tenant), PEOPLE), name=f"tenant {tenant}")


def variants_of(program: Program, label: str, others: Sequence[Program], lifecycle: Lifecycle) -> tuple[Variant, ...]:
    """A program under a label, after what it is compared with: what is live of `others`, all its versions."""
    this = Variant(label, (to_json(program),))
    live = [it for it in in_rules(others, lifecycle) if it.state != State.GHOST.value]
    return (Variant(f"v{live[-1].version}", tuple(to_json(it) for it in live)), this) if live else (this,)


def from_file(text: str, type_: str, mapping: Any, variants: Sequence[Variant], folder: Path) -> Given:
    """The records of a CSV file by a mapping document, as many as are replayed."""
    lines = text.splitlines(keepends=True)
    path = folder / f"{type_}.csv"
    most = MOST_RECORDS // len(variants) + 1
    path.write_text("".join(lines[:most]), encoding="utf-8")
    goals = (goal for it in variants for text in it.programs for goal in from_json(text).milestones)
    asked = {name for goal in goals for name in asked_fields(goal)}
    return Given(Exports({type_: (path,)}, mapping, "mapping", sales=bool(asked & SALE_FIELDS)), len(lines) > most)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with TemporaryDirectory(prefix="accolade-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _types(variants: Sequence[Variant]) -> list[str]:
    """The types of records that programs are about, and those that their figures and conditions read."""
    books = [it.rulebook() for it in variants]
    programs = [version for book in books for id_ in book.program_ids() for version in book.versions(id_)]
    return sorted({goal.record for it in programs for goal in it.milestones} | {it for one in programs for it in _read_by(one)})


def _read_by(program: Program) -> set[str]:
    asked = {name.partition(".")[0] for goal in program.milestones for name in asked_fields(goal)}
    kpis = {type_ for goal in program.milestones for use in goal.uses for type_ in use.kpi.records}
    return (asked | kpis) & {*RECORD_FIELDS}
