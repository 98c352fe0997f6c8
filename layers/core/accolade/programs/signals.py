"""Signals: what in a record's values and history looks like play with the rules, and what a milestone does about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from accolade.kpis.port import Values, on_day
from accolade.model.fields import RECORD_FIELDS, STAGED
from accolade.model.reading import closing
from accolade.model.records import Record
from accolade.model.sales import NEAR_AMOUNTS
from accolade.model.times import from_millis
from accolade.programs.catalogue import EVENT_DATE
from accolade.programs.terms import Guard

EFFECTS = ("cap", "hold", "review")
LAST_DAYS = 5
"""The days at a period's end in which what closes may have been pulled forward."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A signal as it was seen: its score, in the signal's own unit (0: nothing was seen), and the numbers of its sentence."""

    signal: str
    score: int
    seen: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effects:
    """What all guards of a milestone together do: `cap` the points (None: no cap), hold them `days`, or send them to
    `review` (the signal's name; empty: no). `sightings`: those that went beyond what the guards allow."""

    cap: int | None = None
    days: int = 0
    review: str = ""
    sightings: tuple[Sighting, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What a signal is taken from: the guard, the values of the record, and the record itself if there is one (for the
    instant of its closing)."""

    guard: Guard
    kind: str
    values: Values
    record: Record | None = None

    def number(self, name: str) -> int:
        """A whole number from the record's own fields, rounded down; 0 where it is unknown."""
        value = self.values.get(f"{self.kind}.{name}")
        return int(value) if isinstance(value, int | Decimal) else 0

    def day(self) -> date | None:
        """The day of the event."""
        return on_day(self.values, EVENT_DATE.get(self.kind, ""))


def effects(guards: Sequence[Guard], values: Values, record: Record | None) -> Effects:
    """What the guards do about a record: the lowest cap, the longest hold, the first review.

    `values` as conditions see them; `record` may be missing (a replay without histories): what needs it is then not seen.
    """
    found = [(guard, sighting) for guard in guards if (sighting := sighted(guard, values, record))]
    beyond = [(guard, it) for guard, it in found if it.score > guard.above]
    caps = [guard.points for guard, _ in beyond if guard.effect == "cap"]
    return Effects(
        min(caps) if caps else None,
        max((guard.days for guard, _ in beyond if guard.effect == "hold"), default=0),
        next((guard.signal for guard, _ in beyond if guard.effect == "review"), ""),
        tuple(it for _, it in beyond),
    )


def sighted(guard: Guard, values: Values, record: Record | None = None) -> Sighting | None:
    """One signal as it is seen in a record; None for a type of record that it says nothing about."""
    signal = SIGNALS[guard.signal]
    kind = record.key.type if record else _kind(signal, values)
    return signal.look(Look(guard, kind, values, record)) if kind in signal.records else None


def asked_fields(guards: Sequence[Guard]) -> Iterator[str]:
    """What the guards' signals ask that takes other records than the one to know."""
    return (NEAR_AMOUNTS for it in guards if it.signal == "split_under_threshold")


def _stage_bouncing(look: Look) -> Sighting:
    return Sighting("stage_bouncing", look.number("stage_bounces"))


def _back_dated_close(look: Look) -> Sighting:
    """Days between the date that the record claims and the day (UTC) on which it was marked as closed; never below 0."""
    closed, on = closing(look.record) if look.record else None, look.day()
    late = (from_millis(closed.at).date() - on).days if closed and on else 0
    return Sighting("back_dated_close", max(0, late))


def _split_under_threshold(look: Look) -> Sighting:
    """How many other won deals of the same owner and account, created within a week, lie under the line as this one does
    while all of them together reach it; without a line every such deal counts."""
    near, amount, under = str(look.values.get(NEAR_AMOUNTS, "")).split(), look.values.get("deal.amount"), look.guard.under
    if under is None:
        return Sighting("split_under_threshold", len(near))
    parts = [int(it) for it in near if it != "?" and int(it) < under]
    split = isinstance(amount, int) and amount < under <= amount + sum(parts)
    return Sighting("split_under_threshold", len(parts) if split else 0)


def _own_duplicate_merged(look: Look) -> Sighting:
    own = look.values.get("activity.kind") == "merge" and look.values.get("activity.own_record") is True
    return Sighting("own_duplicate_merged", int(own))


def _closed_and_reopened(look: Look) -> Sighting:
    return Sighting("closed_and_reopened", max(look.number("reopenings"), look.number("reopened")))


def _period_end_pull_forward(look: Look) -> Sighting:
    """5 on the last day of the period, 1 on the fifth day from its end, 0 before."""
    day, cut = look.day(), look.guard.calendar
    if day is None or cut is None:
        return Sighting("period_end_pull_forward", 0)
    left = (cut.period_of(day).end - day).days
    return Sighting("period_end_pull_forward", max(0, LAST_DAYS + 1 - left), {"count": left})


def _discount_depth(look: Look) -> Sighting:
    """Whole percent below the list price, rounded down."""
    return Sighting("discount_depth", max(0, look.number("discount")))


def _kind(signal: "Signal", values: Values) -> str:
    """The type of record that the values are of, where no record says so."""
    return next((kind for kind in signal.records if f"{kind}.currency" in values), "")


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal: how it is seen, in which types of record, and what its score counts (for messages to authors)."""

    look: Callable[[Look], Sighting]
    records: tuple[str, ...]
    counts: str


_DATED = tuple(RECORD_FIELDS)

SIGNALS: dict[str, Signal] = {
    "stage_bouncing": Signal(_stage_bouncing, STAGED, "returns to a stage that was left before"),
    "back_dated_close": Signal(_back_dated_close, STAGED, "days between the date claimed and the day of closing"),
    "split_under_threshold": Signal(_split_under_threshold, ("deal",), "other deals with the account within a week"),
    "own_duplicate_merged": Signal(_own_duplicate_merged, ("activity",), "merges of one's own duplicates"),
    "closed_and_reopened": Signal(_closed_and_reopened, STAGED, "closings that were undone"),
    "period_end_pull_forward": Signal(_period_end_pull_forward, _DATED, "1 to 5 for the last five days of the period"),
    "discount_depth": Signal(_discount_depth, ("deal", "line_item"), "percent below the list price"),
}
"""The signals that `guards` may name."""
