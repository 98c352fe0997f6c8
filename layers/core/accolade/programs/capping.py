"""Capping: a record milestone with a cap a person, or a few awards a day, is held by period; its points fold in event order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from accolade.kpis.port import Fact, Kpi, Parts, Tally, Values
from accolade.programs.periods import Calendar, calendar
from accolade.programs.rules import KpiUse, Milestone
from accolade.programs.terms import Cap


class Awarded(Kpi):
    """The points that the records of a milestone are worth, before its caps. No author names it."""

    name = "awarded"
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
    use = KpiUse(kpi_id(milestone), "awarded", _AWARDED, cut, credit=milestone.credit, folded=True)
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
    caps = [(it, _calendar(it)) for it in milestone.caps if it.scope == "participant"]
    used: dict[tuple[int, str], int] = {}
    days: dict[object, int] = {}
    for fact in facts:
        points = fact.parts.get("points", 0)
        today = days.get(fact.on, 0)
        if milestone.daily is not None and today >= milestone.daily:
            points = 0
        rooms = [((i, cut.period_of(fact.on).id), cap) for i, (cap, cut) in enumerate(caps)]
        for place, cap in rooms:
            left = cap.points - used.get(place, 0)
            points = min(points, left) if cap.over == "trim" else points if points <= left else 0
        for place, _ in rooms:
            used[place] = used.get(place, 0) + points
        if points:
            days[fact.on] = today + 1
        yield Granted(fact, points)


def _calendar(cap: Cap) -> Calendar:
    return cap.calendar or calendar("lifetime")


class _Fold:
    """The judge of capped milestones."""

    def level(self, milestone: Milestone, tally: Tally) -> int:
        return sum(1 for it in granted(milestone, tally.facts) if it.points)

    def points(self, milestone: Milestone, tally: Tally) -> int:
        return sum(it.points for it in granted(milestone, tally.facts))

    def progress(self, milestone: Milestone, tally: Tally) -> tuple[int, int] | None:
        return None


_FOLD = _Fold()
