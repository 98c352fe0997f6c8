"""What a back-test comes to: figures of a program over a history, and how two programs differ. Pure arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from accolade.model.money import exponent


@dataclass(frozen=True, slots=True)
class Got:
    """What one participant got: `points` net of what went back, `awards` those still held in the end."""

    number: str
    name: str
    team: str
    awards: int
    points: int


@dataclass(frozen=True, slots=True)
class Spell:
    """A month or quarter (`kind`) of event dates: `median` and `p95` are points of those who got any in it."""

    label: str
    kind: str
    awards: int
    points: int
    people: int
    median: int
    p95: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What one milestone paid."""

    id: str
    title: str
    awards: int
    points: int
    people: int


@dataclass(frozen=True, slots=True)
class Left:
    """What did not pay, or not yet, and why: `count` records or awards."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A program over a history. `label` is what tables call it, `people` come richest first, `days` are net points by
    event date in order. The budget does not bind here: what it would have cut short is `short`, from `dry` on.
    `always`: judged as if it had been in force all along. `notes`: what pays nothing for lack of something to go by."""

    label: str
    program: str
    version: int
    title: str
    unit: str
    currency: str
    point_value: Fraction
    budget: int | None
    awards: int
    points: int
    entries: int
    audience: int
    people: tuple[Got, ...] = ()
    spells: tuple[Spell, ...] = ()
    parts: tuple[Paid, ...] = ()
    days: tuple[tuple[date, int], ...] = ()
    left: tuple[Left, ...] = ()
    rules: tuple[str, ...] = ()
    always: bool = False
    notes: tuple[str, ...] = ()

    @property
    def winners(self) -> int:
        """How many got anything."""
        return sum(1 for it in self.people if it.points > 0)

    @property
    def dry(self) -> date | None:
        """The first day on which the budget would not have sufficed; None if it always did, or there is none."""
        spent = 0
        for day, points in self.days:
            spent += points
            if self.budget is not None and spent > self.budget:
                return day
        return None

    @property
    def short(self) -> int:
        """Points that are missing in the budget at the end; 0 if it suffices."""
        return max(0, self.points - self.budget) if self.budget is not None else 0

    def cost(self, points: int) -> Decimal:
        """What points cost in major units of the currency, rounded half up to its minor units."""
        exact = points * self.point_value
        step = Decimal(1).scaleb(-exponent(self.currency))
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(step, ROUND_HALF_UP)

    def top(self, count: int) -> Fraction | None:
        """The share of all points that the first `count` people took; None if nobody got any."""
        return Fraction(sum(it.points for it in self.people[:count]), self.points) if self.points > 0 else None

    def spell(self, kind: str) -> tuple[Spell, ...]:
        """The months, or the quarters."""
        return tuple(it for it in self.spells if it.kind == kind)

    def typical(self, kind: str, percent: int) -> int | None:
        """The points of the period that `percent` of the periods do not exceed; None if there is none."""
        found = sorted(it.points for it in self.spell(kind))
        return percentile(found, percent) if found else None


@dataclass(frozen=True, slots=True)
class Change:
    """What the other program would have given somebody, and what this one does."""

    number: str
    name: str
    before: int
    after: int

    @property
    def by(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Simulation:
    """A back-test as a whole. `read`: records, events and what the files held that could not be used, by reason."""

    this: Outcome
    other: Outcome | None
    records: int
    events: int
    start: date | None
    end: date | None
    seconds: float
    read: tuple[Left, ...] = ()

    @property
    def changes(self) -> list[Change]:
        """Everybody whose points differ, largest gain first; empty without another program."""
        if self.other is None:
            return []
        before = {it.number: it for it in self.other.people}
        after = {it.number: it for it in self.this.people}
        found = []
        for number in {**after, **before}:
            was, now = before.get(number), after.get(number)
            named = now or was
            change = Change(number, named.name if named else number, was.points if was else 0, now.points if now else 0)
            if change.by:
                found.append(change)
        return sorted(found, key=lambda it: (-it.by, it.name, it.number))


def percentile(ordered: Sequence[int], percent: int) -> int:
    """The smallest of the ascending values that at least `percent` of them do not exceed (nearest rank)."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def ranked(people: Iterable[Got]) -> tuple[Got, ...]:
    """People by points, then name."""
    return tuple(sorted(people, key=lambda it: (-it.points, it.name, it.number)))
