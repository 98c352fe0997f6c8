"""Look for gaps in a history, and try what the presets against them would have cost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from accolade import kpis
from accolade.analytics.gaps import PROBES, Gap, Probe, Seen, gaps
from accolade.flows.history import History
from accolade.flows.measuring import Question, measure
from accolade.flows.simulation.outcome import Outcome
from accolade.flows.simulation.part import Task, Variant
from accolade.flows.simulation.run import run
from accolade.flows.simulation.source import Source
from accolade.kpis import Kpi
from accolade.model.errors import Rejected
from accolade.model.times import to_millis
from accolade.programs.loading import load, to_json
from accolade.programs.preset_files import MADE_FOR, adapted, preset

_GROUPS = {"all": "none", "team": "team", "role": "role"}
"""What a figure is of -> how it is asked for."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a preset would have cost over the whole history, for everybody in it: points, and money as text with currency."""

    preset: str
    awards: int
    points: int
    money: str
    winners: int
    people: int


def find(history: History, *, looked: Callable[[str], None] = lambda _: None) -> list[Gap]:
    """The gaps of a history, the worst first; `looked` is told each probe that is asked."""
    measured = {}
    for probe in PROBES:
        if probe.record in history.types and (not probe.needs or _mapped(history, probe.record) & set(probe.needs)):
            looked(probe.name)
            measured[probe.name] = list(_seen(history, probe))
    return gaps(measured)


def cost(name: str, source: Source, *, currency: str, folder: Path, now: datetime) -> Cost:
    """A preset replayed over a history by the back-test, for everybody, as it stands; judged as if always in force."""
    text = adapted(preset(name), starts=MADE_FOR, currency=currency, audience="everyone")
    program = load(text, file=f"{name}.yaml")
    task = Task(source, (Variant(name, (to_json(program),), always=True),), folder, to_millis(now))
    done = run(task, processes=1, stage=lambda _: lambda __: None)
    try:
        outcome: Outcome = done.outcomes[0]
    finally:
        done.close()
    money = f"{outcome.cost(outcome.points):,} {outcome.currency}"
    return Cost(name, outcome.awards, outcome.points, money, outcome.winners, outcome.audience)


def _seen(history: History, probe: Probe) -> Iterator[Seen]:
    measured = kpis.kpi(probe.kpi, probe.options)
    required = [it for it in measured.reads if it.rpartition(".")[2] in _mapped(history, probe.record)]
    names = [it.rpartition(".")[2] for it in required] if probe.detail == "field" else []
    if probe.detail == "field":
        if not names:
            return
        measured = kpis.kpi(probe.kpi, {**probe.options, "fields": ",".join(names)})
    for by, asked in _GROUPS.items():
        yield from _figures(history, measured, by, asked)
    if probe.detail == "stage":
        yield from _figures(history, measured, "stage", "stage")
    for name in names:
        one = kpis.kpi(probe.kpi, {**probe.options, "fields": name})
        yield from (replace(it, subject=name) for it in _figures(history, one, "field", "none"))


def _mapped(history: History, record: str) -> set[str]:
    """The fields that the export has, without the record's name."""
    part = history.part(record)
    return {it.rpartition(".")[2] for it in (*part.map.fields, *part.constants)}


def _figures(history: History, measured: Kpi, by: str, asked: str) -> Iterator[Seen]:
    """The defined values; nothing where the history does not say what they are to be told apart by."""
    try:
        answer = measure(history, Question(measured, by=asked))
    except Rejected:
        return
    for line in answer.lines:
        if line.value is not None and line.subject:
            yield Seen(by, line.subject, Fraction(line.value), line.sample)
