"""Capping: a record milestone with a cap a person, or a few awards a day, is held by period; its points fold in event order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from accolade.kpis.port import Fact, Kpi, Parts, Tally, Values
from accolade.programs.periods import Calendar, calendar
from accolade.programs.rules import KpiUse, Milestone
from accolade.programs.terms import Cap
from accolade.programs.trail import folded

AWARDED = "awarded"


class Awarded(Kpi):
    """The points that the records of a milestone are worth, before its caps. No author names it."""

    name = AWARDED
    title = "Awarded points"
    unit = "points"
    folded = True

    def value(self, tally: Tally) -> int:
        return tally.sums.get("points", 0)

    def parts(self, values: Values) -> Parts:
        return {}  # what a record is worth is contributed by `worth`, not read from its values


_AWARDED = Awarded()


def capped(milestone: Milestone) -> bool:
    """Whether a record milestone is held by period rather than by record."""
    return milestone.kpi is None and (milestone.daily is not None or any(it.scope == "participant" for it in milestone.caps))


def held_in(milestone: Milestone) -> Calendar:
    """The calendar in which a capped milestone is held: that of its caps if they have one, else all time."""
    asked = {_calendar(it) for it in milestone.caps if it.scope == "participant"}
    return asked.pop() if len(asked) == 1 else calendar("lifetime")


def by_period(milestone: Milestone) -> Milestone:
    """The milestone as standings decide it: a capped one with the KPI of its records' points, any other as it is."""
    if not capped(milestone):
        return milestone
    cut = held_in(milestone)
    use = KpiUse(kpi_id(milestone), AWARDED, _AWARDED, cut, credit=milestone.credit, folded=True)
    return replace(milestone, kpi=use, calendar=cut, judge=_FOLD)


def kpi_id(milestone: Milestone) -> str:
    """Under which KPI the points of a capped milestone's records are contributed."""
    return f"award:{milestone.program}:{milestone.id}"


@dataclass(frozen=True, slots=True)
class Granted:
    """What a record was worth, and what was granted of it within the caps."""

    fact: Fact
    points: int

    @property
    def wanted(self) -> int:
        """The points before the caps."""
        return self.fact.parts.get("points", 0)


def granted(milestone: Milestone, facts: Iterable[Fact]) -> Iterator[Granted]:
    """What each record gets, in event order: at most `daily` awards a day, and what its caps leave in their periods.

    `trim` gives what is left of a cap, `refuse` gives nothing to what does not fit whole.
    """
    caps, used = _caps(milestone), _UNUSED
    for fact in facts:
        points, used = _granted(milestone, caps, used, fact)
        yield Granted(fact, points)


_Caps = tuple[tuple[Cap, Calendar], ...]


@dataclass(frozen=True, slots=True)
class _Used:
    """How much of each cap is used in its present period, and how many awards there are on the present day. Facts come by
    date, so periods and days of before do not come again."""

    periods: tuple[tuple[str, int], ...] = ()
    day: date = date.min
    awards: int = 0


_UNUSED = _Used()


def _caps(milestone: Milestone) -> _Caps:
    return tuple((it, _calendar(it)) for it in milestone.caps if it.scope == "participant")


def _granted(milestone: Milestone, caps: _Caps, used: _Used, fact: Fact) -> tuple[int, _Used]:
    """What a record gets after what was used before it, and what is used then."""
    points = fact.parts.get("points", 0)
    awards = used.awards if used.day == fact.on else 0
    if milestone.daily is not None and awards >= milestone.daily:
        points = 0
    before = dict(zip(caps, used.periods, strict=False))
    taken: list[tuple[str, int]] = []
    for cap, cut in caps:
        period, (last, sofar) = cut.period_of(fact.on).id, before.get((cap, cut), ("", 0))
        taken.append((period, sofar if period == last else 0))
        left = cap.points - taken[-1][1]
        points = min(points, left) if cap.over == "trim" else points if points <= left else 0
    after = tuple((period, sofar + points) for period, sofar in taken)
    return points, _Used(after, fact.on, awards + (1 if points else 0))


def _calendar(cap: Cap) -> Calendar:
    return cap.calendar or calendar("lifetime")


class _Fold:
    """The judge of capped milestones."""

    def level(self, milestone: Milestone, tally: Tally) -> int:
        return self._sums(milestone, tally)[0]

    def points(self, milestone: Milestone, tally: Tally) -> int:
        return self._sums(milestone, tally)[1]

    def progress(self, milestone: Milestone, tally: Tally) -> tuple[int, int] | None:
        return None

    def _sums(self, milestone: Milestone, tally: Tally) -> tuple[int, int]:
        """How many awards there are, and their points."""
        caps = _caps(milestone)

        def step(state: tuple[int, int, _Used], fact: Fact) -> tuple[int, int, _Used]:
            level, sofar, used = state
            points, used = _granted(milestone, caps, used, fact)
            return level + (1 if points else 0), sofar + points, used

        key = ("granted", milestone.program, milestone.version, milestone.id)
        level, points, _ = folded(tally.facts, key, (0, 0, _UNUSED), step)
        return level, points


_FOLD = _Fold()
