"""Goals: where the audience of a KPI, or of a milestone, has been before, so that a target can be set within reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from accolade import kpis
from accolade.flows.history import History
from accolade.flows.measuring import Question, measure
from accolade.flows.measuring.spells import ALL, NAMES
from accolade.kpis import Kpi
from accolade.model.errors import Rejected
from accolade.programs.condition_tree import Condition
from accolade.programs.rules import Milestone, Program
from accolade.programs.smart import Reached, percentiles, targets
from accolade.programs.terms import Threshold


@dataclass(frozen=True, slots=True)
class Goal:
    """How a KPI was distributed over subjects and periods: `at` percent -> value. For a KPI of which less is better the
    percentiles count from the worse end too: p90 is what the best tenth reaches. `target` and `reached`: what a milestone
    asks for, and the share of values that are there; None without a target. `left_out`: values over too few records."""

    kpi: Kpi
    period: str
    by: str
    values: tuple[Fraction, ...]
    at: Mapping[int, Fraction]
    currency: str
    target: Fraction | None = None
    reached: Fraction | None = None
    left_out: int = 0


def goal(
    history: History,
    kpi: Kpi,
    *,
    period: str,
    by: str = "participant",
    where: Condition | None = None,
    min_sample: int = 0,
    line: Threshold | None = None,
) -> Goal:
    """The distribution of a KPI over a history. Rejected where nothing is defined, or its records are not there."""
    answer = measure(history, Question(kpi, by=by, period=period, where=where))
    known = [(Fraction(it.value), it.sample) for it in answer.lines if it.value is not None and it.subject]
    values = sorted(value for value, sample in known if sample >= min_sample)
    if not values:
        raise Rejected(f"{kpi.name} is undefined for everybody in this history", mend="Take more of it, or a longer --period")
    at = percentiles([-value for value in values] if kpi.better == "lower" else values)
    return Goal(
        kpi,
        period,
        by,
        tuple(values),
        {percent: abs(value) if kpi.better == "lower" else value for percent, value in at.items()},
        answer.currency,
        target=(line.low if line.low is not None else line.high) if line else None,
        reached=Fraction(sum(1 for value in values if line.crossed(value)), len(values)) if line else None,
        left_out=len(known) - len(values),
    )


def goal_of(history: History, milestone: Milestone) -> Goal:
    """The same for a milestone: its KPI, period, condition, audience, sample and first target."""
    use = milestone.kpi
    if use is None or use.name not in kpis.names():
        raise Rejected(f"{milestone.id} has no KPI to be compared with", mend="Name a milestone of kind kpi, every or rank")
    return goal(
        history,
        use.kpi,
        period=_period(milestone),
        by=milestone.subject if milestone.subject in ("team", "region") else "participant",
        where=use.tree,
        min_sample=milestone.min_sample,
        line=_line(milestone),
    )


def reached(history: History, program: Program) -> Reached:
    """Milestone id -> the values that its audience reached before, for the milestones that have a target and records here."""
    found = {}
    for milestone in program.milestones:
        use = milestone.kpi
        if use is None or not any(targets(milestone)) or not set(use.kpi.records) & set(history.types):
            continue
        try:
            found[milestone.id] = goal_of(history, milestone).values
        except Rejected:
            continue  # undefined for everybody: nothing to compare with
    return found


def _line(milestone: Milestone) -> Threshold | None:
    if milestone.quota:
        return None
    if milestone.n:
        return Threshold("at_least", low=Fraction(milestone.n))
    return milestone.tiers[0].threshold if milestone.tiers else milestone.threshold


def _period(milestone: Milestone) -> str:
    """The milestone's own kind of period; of contest windows and of all time everything as one."""
    kind = milestone.calendar.kind if milestone.calendar else ALL
    return kind if kind in NAMES else ALL
