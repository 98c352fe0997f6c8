"""Terms: the pieces that milestones are made of, compiled: points, thresholds, holds, caps, splits, ranks. Frozen, exact."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from accolade.kpis.port import Values
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
        # By cross-multiplication, which is what Fraction does too, but only after asking what it is compared with.
        above, below = value.numerator, value.denominator
        if self.low is not None:
            beyond = above * self.low.denominator - self.low.numerator * below
            if beyond < 0 or (beyond == 0 and self.operator == "above"):
                return False
        if self.high is None:
            return True
        beyond = above * self.high.denominator - self.high.numerator * below
        return beyond < 0 or (beyond == 0 and self.operator != "below")

    @property
    def rising(self) -> bool:
        """Whether more brings one closer."""
        return self.high is None


@dataclass(frozen=True, slots=True)
class Hold:
    """How long points stay pending: `days` after they were earned, or until the gate `until` is true of the record (and
    at the latest `days` after, when they go back unless the gate was kept). `written` is how the author put it."""

    days: int | None = None
    until: Predicate | None = field(default=None, compare=False)
    tree: Condition | None = field(default=None, compare=False)
    written: str = ""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `points` of a milestone for a participant, or for a whole team, region or company (`scope`), in a period of
    `calendar` (None: the milestone's own, or for ever). `over`: `trim` to what is left, or `refuse` what does not fit whole."""

    points: int
    scope: str = "participant"
    calendar: Calendar | None = None
    over: str = "trim"


@dataclass(frozen=True, slots=True)
class Split:
    """A share of a record award: `to` is owner, manager, team, or a field of the record that holds a user (`deal.engineer`)."""

    to: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Multiplier:
    """Points times `times` where `when` is true of the record and the person at event time."""

    times: Fraction
    when: Predicate = field(compare=False)
    tree: Condition = field(compare=False)
    written: str = ""


@dataclass(frozen=True, slots=True)
class Tier:
    """Points in all once the KPI, or the attainment of its quota, is beyond `threshold`; the highest tier reached counts."""

    threshold: Threshold
    points: int


@dataclass(frozen=True, slots=True)
class Rank:
    """The first `top` of the audience share `pot` points by `shares` (exact, of the whole), or get `prizes` by position.

    `ties`, in order: `earlier` (who reached the value first), a KPI's name (more of it first), `name`, `share` (equal ranks
    share what their positions get).
    """

    top: int
    pot: int = 0
    shares: tuple[Fraction, ...] = ()
    prizes: tuple[int, ...] = ()
    ties: tuple[str, ...] = ("earlier", "name")


@dataclass(frozen=True, slots=True)
class Streak:
    """A run of `k`: of records in order (`of` records; one that came to its end and for which the condition is false breaks
    it), or of days, weeks or months in a row that have at least one. `once`: one award a period however often it is reached."""

    k: int
    of: str = "records"
    once: bool = False


@dataclass(frozen=True, slots=True)
class Improvement:
    """Better than one's own baseline, the mean of the `periods` before (at least 2 of them defined, frozen at close), by
    `delta`; `relative`: delta is a share of the baseline. `than` team: each record of which the field `of` is below the
    median of the team's records in the period before counts by itself."""

    delta: Fraction
    periods: int = 2
    relative: bool = False
    than: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """An anti-gaming signal (`signals.SIGNALS`) that is watched, beyond a score of `above`, with its effect: cap (to
    `points`), hold (for `days`) or review (a person decides). `calendar`: whose ends are watched (period_end_pull_forward);
    `under`: the line, in minor units, that a deal may have been split to stay under."""

    signal: str
    effect: str
    above: int = 0
    points: int = 0
    days: int = 0
    calendar: Calendar | None = None
    under: int | None = None
