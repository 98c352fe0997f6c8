"""Rules: a validated program, compiled into what a decision asks of it. Frozen, pure, exact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from accolade.kpis import Kpi, Parts, Values
from accolade.programs.condition_tree import Condition
from accolade.programs.periods import Calendar

Predicate = Callable[[Values], bool | None]
"""Three-valued: None is unknown, and only True pays."""

CREDITS = ("owner_at_closing", "current_owner")
"""Whom a record counts for: its owner when it closed, or whoever owns it now."""


@dataclass(frozen=True, slots=True)
class Points:
    """What an award is worth: `fixed`, or `rate` points per unit of the field `per`, rounded half up, within [floor, cap].

    `rate` is per unit *as the value is held*: per minor unit of `currency` for money. `written` is how the author put it.
    """

    fixed: int = 0
    per: str | None = None
    rate: Fraction = Fraction(0)
    floor: int = 0
    cap: int | None = None
    currency: str | None = None
    written: str = ""

    def of(self, values: Values) -> int | None:
        """The points for one record; None if the field is unknown or in another currency. Never below 0."""
        if self.per is None:
            return self.fixed
        value = values.get(self.per)
        if not isinstance(value, int | Decimal) or (
            self.currency and values.get(f"{self.per.split('.')[0]}.currency") != self.currency
        ):
            return None
        exact = self.rate * Fraction(value)
        points = max(self.floor, (2 * exact.numerator + exact.denominator) // (2 * exact.denominator))
        return points if self.cap is None else min(self.cap, points)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A line to cross: `operator` is at_least, above, at_most, below or between; `low`, `high` are exact.

    Counts and minor units are integers, shares fractions; Python compares them by cross-multiplication, exactly.
    """

    operator: str
    low: Fraction | None = None
    high: Fraction | None = None

    def crossed(self, value: int | Fraction | None) -> bool:
        """Whether a defined value is on the paying side; an undefined one never is."""
        if value is None:
            return False
        if self.low is not None and (value <= self.low if self.operator == "above" else value < self.low):
            return False
        return not (self.high is not None and (value >= self.high if self.operator == "below" else value > self.high))

    @property
    def rising(self) -> bool:
        """Whether more brings one closer."""
        return self.high is None


@dataclass(frozen=True, slots=True)
class KpiUse:
    """One KPI as a milestone reads it. Two milestones that read the same share the id, and so one standing.

    `id` contains what makes it a KPI of its own: currency, credit rule and a hash of `where`. The audience is part of
    `where`, so that it is judged, and frozen, with each contribution.
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

    @property
    def record(self) -> str:
        """The canonical record type that it reads."""
        return self.kpi.record

    def parts(self, values: Values) -> Parts:
        """What a record adds as it stands: nothing unless `where` is true."""
        if self.where is not None and self.where(values) is not True:
            return {}
        return self.kpi.parts(values)


class Judge(Protocol):
    """What a kind of milestone concludes from summed parts; one file a kind in `programs/kinds`."""

    def level(self, milestone: "Milestone", parts: Parts) -> int:
        """How many times the award should be held."""
        ...

    def progress(self, milestone: "Milestone", parts: Parts) -> tuple[int, int] | None:
        """(done, needed) towards the next one; None if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Milestone:
    """What somebody is paid for. `kind` record: each record that satisfies `when`. every: each `n` of an additive KPI in a
    period. kpi: the KPI beyond `threshold` in a period, resting on at least `min_sample` records.

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

    def holds(self, values: Values) -> bool | None:
        """Kind record: whether the record satisfies `when` as it stands; None is unknown."""
        return self.when(values) if self.when is not None else True

    def level(self, parts: Parts) -> int:
        """Kinds every and kpi: how many times the award should be held for these sums; 0 where the KPI is undefined."""
        return self.judge.level(self, parts) if self.judge else 0

    def points_for(self, level: int, values: Values | None = None) -> int | None:
        """The points of an award at a level; None if they depend on a field of the record that is unknown."""
        if level <= 0:
            return 0
        worth = self.points.of(values or {})
        return None if worth is None else worth * level

    def progress(self, parts: Parts) -> tuple[int, int] | None:
        """(done, needed) towards the next award, in `progress_unit`; None where there is no next or more does not help."""
        return self.judge.progress(self, parts) if self.judge else None

    @property
    def progress_unit(self) -> str:
        """What `progress` counts: `deals`, `percent`, or a currency (its minor units)."""
        if self.kpi is None or self.kpi.kpi.unit == "deals":
            return "deals"
        return "percent" if self.kpi.kpi.unit == "ratio" else self.kpi.currency or "deals"


@dataclass(frozen=True, slots=True)
class Program:
    """One version of a program, validated and compiled. In force on business dates [effective_from, effective_to).

    `unit` is what people call the points; `point_value` what one is worth, in units of `currency`, exactly.
    `budget`, `debt_limit` in points (budget None: without limit); what is older than `silent_after` on arrival pays
    without a message.
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

    def milestone(self, id_: str) -> Milestone | None:
        """The milestone of that id; None if this version has none."""
        return next((milestone for milestone in self.milestones if milestone.id == id_), None)
