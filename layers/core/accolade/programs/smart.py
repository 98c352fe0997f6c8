"""The SMART check: a program says what it measures and for whom, in which unit, within reach, why, and from when to when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accolade import kpis
from accolade.kpis.port import ROLES
from accolade.model.phrases import later as t
from accolade.programs.problems import Findings
from accolade.programs.rules import Milestone, Program
from accolade.programs.terms import Threshold

EVERYONE = "everyone"
"""What an author writes under `audience` who means everybody."""

LEAST_HISTORY = 5
"""Values of its audience's past that a target is compared with at least."""

Reached = Mapping[str, Sequence[Fraction]]
"""Milestone id -> the values that its audience reached before, one a person and period, undefined ones left out."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A target that its audience's own history does not bear out; `says` is a sentence for the author, who may know better."""

    milestone: str
    says: str


def check(program: Program, findings: Findings) -> None:
    """Note what keeps the program from being specific, measurable, relevant and timely; publishing is refused for it.

    Achievable is not refused but doubted: see `doubts`.
    """
    document = program.document
    if document.get("audience") is None:
        findings.add(
            ("audience",),
            t("the program does not say for whom it is (specific)"),
            t("Write audience: {field: participant.role, is: sales}, or audience: %(everyone)s", everyone=EVERYONE),
        )
    for place, milestone in enumerate(program.milestones):
        if unmeasured := _unmeasured(milestone):
            findings.add(("milestones", place, "min_sample"), *unmeasured)
    _relevant(program, findings)
    if not (program.effective_to or document.get("review")):
        findings.add(
            ("effective", "to"),
            t("the program does not say when it ends (timely)"),
            t(
                "Write effective: {from: %(begin)s, to: %(end)s}, or the day on which somebody looks at it again: "
                "review: %(end)s",
                begin=str(program.effective_from),
                end=str(_year_later(program.effective_from)),
            ),
        )


def doubts(program: Program, reached: Reached) -> list[Doubt]:
    """The targets outside what most of the audience has done before: below its p10 everybody is paid for nothing new,
    above its p90 hardly anybody is. Milestones without a target, or with less than 5 known values, are not doubted."""
    found = []
    for milestone in program.milestones:
        values = sorted(reached.get(milestone.id, ()))
        if len(values) < LEAST_HISTORY:
            continue
        low, high = _nearest(values, 10), _nearest(values, 90)
        found += [Doubt(milestone.id, says) for target in targets(milestone) if (says := _doubt(milestone, target, low, high))]
    return found


def targets(milestone: Milestone) -> Iterator[Fraction]:
    """What has to be reached, in the KPI's unit: its threshold, its tiers, the step of an `every`; nothing for quotas."""
    if milestone.quota:
        return
    lines = [tier.threshold for tier in milestone.tiers] or ([milestone.threshold] if milestone.threshold else [])
    yield from (bound for line in lines if (bound := _bound(line)) is not None)
    if milestone.n:
        yield Fraction(milestone.n)


def percentiles(values: Sequence[Fraction]) -> dict[int, Fraction]:
    """p10, p50, p75 and p90 of at least one value, by the nearest rank."""
    ordered = sorted(values)
    return {percent: _nearest(ordered, percent) for percent in (10, 50, 75, 90)}


def _nearest(ordered: Sequence[Fraction], percent: int) -> Fraction:
    return ordered[max(1, -(-percent * len(ordered) // 100)) - 1]


def _bound(line: Threshold) -> Fraction | None:
    return line.low if line.low is not None else line.high


def _doubt(milestone: Milestone, target: Fraction, low: Fraction, high: Fraction) -> str:
    if low <= target <= high or (milestone.n and target < low):  # a small step is taken often, and pays each time
        return ""
    easy = target < low if milestone.threshold is None or milestone.threshold.rising else target > high
    say = t("nine of ten have done that before") if easy else t("hardly one of ten has done that before")
    unit = milestone.kpi.kpi.unit if milestone.kpi else "records"
    return t(
        "%(milestone)s asks for %(target)s, and most of its audience lies between %(low)s and %(high)s: %(say)s",
        milestone=milestone.id,
        target=amount(target, unit),
        low=amount(low, unit),
        high=amount(high, unit),
        say=say,
    )


def amount(value: Fraction, unit: str) -> str:
    """A value for an author: `70.0%`, `5,000.00` (money, major units of two digits), `14`, `2.5`."""
    if unit == "ratio":
        return f"{value:.1%}"
    if unit == "money":
        return f"{value / 100:,.2f}"
    return f"{int(value):,}" if value.denominator == 1 else f"{value:,.2f}"


def _unmeasured(milestone: Milestone) -> tuple[str, str] | None:
    """A share or a median over one record says nothing about anybody."""
    use = milestone.kpi
    if use is None or milestone.kind not in ("kpi", "rank", "improvement") or milestone.min_sample:
        return None
    if use.kpi.additive or use.kpi.unit not in ("ratio", "days", "seconds"):
        return None
    what = t(
        "%(measure)s does not say over how many records it is measured, and over one it means nothing (measurable)",
        measure=use.name,
    )
    return what, t("Write min_sample: 10, or what is usual in a period")


def _relevant(program: Program, findings: Findings) -> None:
    department = program.document.get("department")
    measures = {place: it.kpi.kpi for place, it in enumerate(program.milestones) if it.kpi and it.kpi.name in kpis.names()}
    earners = [set(it.earners) for it in measures.values()]
    if department is None:
        likely = next((role for role in ROLES if earners and all(role in it for it in earners)), "sales")
        findings.add(
            ("department",),
            t("the program does not say whose goal it serves (relevant)"),
            t("Write department: %(likely)s; there are %(roles)s", likely=likely, roles=", ".join(ROLES)),
        )
        return
    for place, measure in measures.items():
        if department not in measure.earners:
            findings.add(
                ("milestones", place, "kpi"),
                t(
                    "%(measure)s is no measure of %(department)s work, but of %(earners)s (relevant)",
                    measure=measure.name,
                    department=department,
                    earners=", ".join(measure.earners),
                ),
                t("Write department: %(earners)s, or use another KPI", earners=measure.earners[0]),
            )


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
