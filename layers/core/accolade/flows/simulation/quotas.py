"""What people should reach, in a back-test: quotas from a file or from a stack, given to those who are in the history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction

from accolade.flows.csv_table import CellError, Problem
from accolade.flows.quota_csv import read_quotas, with_quotas
from accolade.flows.quotas import subjects
from accolade.flows.simulation.outcome import Left
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.programs.periods import parse_period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone
from accolade.store.quotas import Quota

Given = Mapping[tuple[str, str, str], Fraction]
"""(subject, KPI name, period id) -> target, as a Situation has it."""

_NOBODY = {
    "person": t("nobody has one"),
    "team": t("no team has one"),
    "region": t("no region has one"),
    "company": t("the company has none"),
}


@dataclass(frozen=True, slots=True)
class Aims:
    """Quotas before it is known who is in the history: their subjects are as people write them. `name` is what they came
    from, `lines` the line of each, where it is a file; `unasked`: lines about what the programs do not measure."""

    quotas: Sequence[Quota] = ()
    name: str = ""
    lines: Sequence[int] = ()
    unasked: int = 0


def aims_in(content: bytes, rulebooks: Iterable[Rulebook], *, name: str) -> tuple[Aims, Sequence[Problem]]:
    """The quotas of a file that programs measure against, and what is wrong with it. Rejected if it cannot be read."""
    milestones = [it for rulebook in rulebooks for it in with_quotas(rulebook)]
    read = read_quotas(content, milestones, subject=_written, others=True)
    return Aims([it for _, it in read.quotas], name, [line for line, _ in read.quotas], read.unasked), read.problems


def aims_of(stored: Iterable[Quota], people: Iterable[Participant], *, name: str) -> Aims:
    """The quotas of a stack. In a history of files people have other numbers, so the ids of participants name them."""
    ids = {it.number: it.id for it in people if it.id}
    return Aims([replace(it, subject=ids.get(it.subject, it.subject.removesuffix(":"))) for it in stored], name)


def given(aims: Aims, people: Mapping[str, Participant], owners: Mapping[str, str]) -> tuple[Given, list[Left]]:
    """The quotas of those who take part (by number; `owners`: number by what records call them), and who was left out."""
    names = dict(owners) | subjects(people.values())
    found: dict[tuple[str, str, str], Fraction] = {}
    strangers = []
    for place, it in enumerate(aims.quotas):
        number = names.get(it.subject)
        if number is None:
            strangers.append(_stranger(aims, place, names))
        elif it.target is not None:
            found[number, it.kpi, it.period] = it.target
    if not aims.lines and strangers:
        strangers = [
            Left(t("quotas of %(name)s for people and teams that are not in this history", name=aims.name), len(strangers))
        ]
    if aims.unasked:
        strangers.append(
            Left(t("%(name)s: quotas for KPIs or periods that these programs do not measure", name=aims.name), aims.unasked)
        )
    return found, strangers


def missing(milestone: Milestone, quotas: Given) -> str:
    """What to say of a milestone that pays nothing because nobody has a quota for it; empty if somebody has."""
    if not milestone.quota or milestone.kpi is None or milestone.calendar is None:
        return ""
    own = milestone.subject
    for subject, kpi, period in quotas:
        kind = subject.partition(":")[0] if ":" in subject else "person"
        if kind == own and kpi == milestone.kpi.name and parse_period(period).calendar == milestone.calendar:
            return ""
    return t(
        "%(milestone)s measures against quotas of %(kpi)s, and %(nobody)s here: it pays nothing. "
        "Add --quotas FILE with the columns subject,kpi,period,target",
        milestone=milestone.id,
        kpi=milestone.kpi.name,
        nobody=_NOBODY[own],
    )


def without(milestone: Milestone, audience: Iterable[str], quotas: Given) -> int:
    """How many people of an audience have no quota in any period of a milestone that measures them by their own."""
    if not milestone.quota or milestone.kpi is None or milestone.subject != "person":
        return 0
    having = {subject for subject, kpi, _ in quotas if kpi == milestone.kpi.name}
    return len(set(audience) - having)


def _written(text: str) -> str:
    if not text:
        raise CellError("subject", t("nobody is named"), t("Write a participant's id, team:NAME, region:NAME or company"))
    return text


def _stranger(aims: Aims, place: int, names: Mapping[str, str]) -> Left:
    text = aims.quotas[place].subject
    where = f"{aims.name}:{aims.lines[place]}  subject" if aims.lines else "subject"
    near = get_close_matches(text, names, n=1)
    nobody = t("%(place)s  %(text)r is nobody in this history", place=where, text=text[:60])
    return Left(t("%(what)s. Did you mean %(near)s?", what=nobody, near=near[0]) if near else nobody, 1)
