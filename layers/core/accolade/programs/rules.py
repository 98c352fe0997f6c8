"""Rules: a validated program, compiled into what a decision asks of it. Frozen, pure, exact."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Protocol

from accolade.kpis.port import Kpi, Moment, Tally, Values
from accolade.model.expiry import Expires
from accolade.programs.condition_tree import Condition
from accolade.programs.periods import Calendar
from accolade.programs.terms import (
    CREDITS,
    Cap,
    Guard,
    Hold,
    Improvement,
    Multiplier,
    Points,
    Predicate,
    Rank,
    Split,
    Streak,
    Threshold,
    Tier,
)

__all__ = ["CREDITS", "Judge", "KpiUse", "Milestone", "Points", "Predicate", "Program", "Threshold"]


@dataclass(frozen=True, slots=True)
class KpiUse:
    """One KPI as a milestone reads it. Two milestones that read the same share the id, and so one standing.

    `id` contains what makes it a KPI of its own: options, currency, credit rule and a hash of `where`. The audience is part
    of `where`, so that it is judged, and frozen, with each contribution. `folded`: its facts are kept beside the sums.
    `subject` team or region: parts are kept apart by the participant's team or region at event time.
    """

    id: str
    name: str
    kpi: Kpi = field(compare=False)
    calendar: Calendar
    where: Predicate | None = field(default=None, compare=False)
    tree: Condition | None = field(default=None, compare=False)
    credit: str = "owner_at_closing"
    currency: str | None = None
    reads_money: bool = False
    reads_participant: bool = False
    folded: bool = False
    subject: str = "person"
    pays_from: date | None = None

    @property
    def record(self) -> str:
        """The canonical record type that it reads."""
        return self.kpi.record

    def moments(self, values: Values) -> Iterable[Moment]:
        """What a record adds as it stands, and when: nothing unless `where` is true."""
        if self.where is not None and self.where(values) is not True:
            return ()
        return self.kpi.moments(values)


class Judge(Protocol):
    """What a kind of milestone concludes from a tally; one file a kind in `programs/kinds`."""

    def level(self, milestone: "Milestone", tally: Tally) -> int:
        """How many times the award should be held."""
        ...

    def points(self, milestone: "Milestone", tally: Tally) -> int:
        """What should be held for this tally, before multipliers and caps."""
        ...

    def progress(self, milestone: "Milestone", tally: Tally) -> tuple[int, int] | None:
        """(done, needed) towards the next one; None if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Milestone:
    """What somebody is paid for; what a `kind` means is its file in `programs/kinds`.

    `scope`: `record` (an award for each record that satisfies `when`) or `period` (an award for a period of `calendar`,
    from the KPI's tally). `subject`: person, or team, region, company, whose members get it by `sharing`: `equal` parts,
    `by_kpi` (in proportion to what each added), or `each` in full. `dated_by` is the field whose date is the event's.
    `keep` once_reached: what was reached stays while the facts that reached it stand (`reached` after each record, or only
    at the end of a day). `quota`: thresholds are shares of the subject's quota. `daily`: so many awards a day at most.
    `tie_uses`: the KPIs that break a rank's ties. `nominators`: who may nominate for it (manager, anyone, admin).
    The program's audience is part of `when` and of the KPI's `where`: nobody has to ask again.
    """

    program: str
    version: int
    id: str
    title: Mapping[str, str]
    kind: str
    record: str
    points: Points
    when: Predicate | None = field(default=None, compare=False)
    tree: Condition | None = field(default=None, compare=False)
    kpi: KpiUse | None = None
    calendar: Calendar | None = None
    n: int | None = None
    threshold: Threshold | None = None
    min_sample: int = 0
    credit: str = "owner_at_closing"
    evaluate: str = "live"
    reads_money: bool = False
    reads_participant: bool = False
    judge: Judge | None = field(default=None, compare=False)
    subject: str = "person"
    sharing: str = "equal"
    dated_by: str = ""
    closes_after: timedelta = timedelta(days=3)
    keep: str = "while_true"
    reached: str = "record"
    tiers: tuple[Tier, ...] = ()
    quota: bool = False
    rank: Rank | None = None
    streak: Streak | None = None
    improvement: Improvement | None = None
    hold: Hold | None = None
    caps: tuple[Cap, ...] = ()
    splits: tuple[Split, ...] = ()
    multipliers: tuple[Multiplier, ...] = ()
    guards: tuple[Guard, ...] = ()
    approval_above: int | None = None
    notify: bool = True
    daily: int | None = None
    tie_uses: tuple[KpiUse, ...] = ()
    nominators: str = ""

    @property
    def uses(self) -> tuple[KpiUse, ...]:
        """Every KPI that it reads."""
        return (*(() if self.kpi is None else (self.kpi,)), *self.tie_uses)

    def holds(self, values: Values) -> bool | None:
        """Scope record: whether the record satisfies `when` as it stands; None is unknown."""
        return self.when(values) if self.when is not None else True

    @property
    def inline(self) -> bool:
        """Whether each decision about a person settles it; all others are settled by `maintain`."""
        use = self.kpi
        return (
            self.subject == "person"
            and self.evaluate == "live"
            and self.rank is None
            and self.improvement is None
            and not (use is not None and use.kpi.looks_back)
        )

    def level(self, tally: Tally) -> int:
        """Scope period: how many times the award should be held for these facts; 0 where the KPI is undefined."""
        return self.judge.level(self, tally) if self.judge else 0

    def due(self, tally: Tally) -> int:
        """Scope period: the points that should be held for these facts, before multipliers and caps."""
        return self.judge.points(self, tally) if self.judge else 0

    def points_for(self, level: int, values: Values | None = None) -> int | None:
        """The points of an award at a level; None if they depend on a field of the record that is unknown."""
        if level <= 0:
            return 0
        worth = self.points.of(values or {})
        return None if worth is None else worth * level

    def multiplied(self, points: int, values: Values) -> int:
        """Points times every multiplier that is true of these values, rounded half up once, at the end."""
        exact = Fraction(points)
        for multiplier in self.multipliers:
            if multiplier.when(values) is True:
                exact *= multiplier.times
        return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)

    def progress(self, tally: Tally) -> tuple[int, int] | None:
        """(done, needed) towards the next award, in `progress_unit`; None where there is no next or more does not help."""
        return self.judge.progress(self, tally) if self.judge else None

    @property
    def progress_unit(self) -> str:
        """What `progress` counts: a unit of KPIs, `percent`, or a currency (its minor units)."""
        if self.kpi is None:
            return "deals"
        unit = self.kpi.kpi.unit
        if unit == "money":
            return self.kpi.currency or "deals"
        return "percent" if unit == "ratio" else unit


@dataclass(frozen=True, slots=True)
class Program:
    """One version of a program, validated and compiled. In force on business dates [effective_from, effective_to).

    `unit` is what people call the points; `point_value` what one is worth, in units of `currency`, exactly.
    `budget`, `debt_limit` in points (budget None: without limit); what is older than `silent_after` on arrival pays
    without a message.
    `caps` bind the program as a whole. `state`: ghost or live (a stored draft is in no rulebook; a retired version has an end).
    `pays_from`: what is dated before counts as a baseline and pays nothing (None: everything since `effective_from` pays).
    `expires`: when its points do (None: never).
    `document` is the author's document as validated, `fields` the types of the org's own fields that it may ask for.
    """

    id: str
    version: int
    title: Mapping[str, str]
    effective_from: date
    effective_to: date | None
    zone: str
    currency: str
    unit: str
    point_value: Fraction
    budget: int | None
    silent_after: timedelta
    debt_limit: int
    milestones: tuple[Milestone, ...]
    document: Mapping[str, object] = field(compare=False, repr=False)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False, repr=False)
    fiscal_start: int = 1
    audience: Predicate | None = field(default=None, compare=False)
    audience_tree: Condition | None = field(default=None, compare=False)
    caps: tuple[Cap, ...] = ()
    rollout_percent: int = 100
    rollout_teams: tuple[str, ...] = ()
    state: str = "live"
    pays_from: date | None = None
    expires: Expires | None = None

    @property
    def ghost(self) -> bool:
        """Whether it is evaluated and posts nothing."""
        return self.state == "ghost"

    def milestone(self, id_: str) -> Milestone | None:
        """The milestone of that id; None if this version has none."""
        return next((milestone for milestone in self.milestones if milestone.id == id_), None)
