"""The way to an award's points, step by step: the rule's points, multipliers, signals, shares, caps, holds, approvals."""

from collections.abc import Iterator, Mapping

from accolade.flows.explanation import Step, Verdict, Why
from accolade.model.records import Holding, Record
from accolade.model.times import from_millis
from accolade.programs import capping, signals
from accolade.programs.rules import Milestone
from accolade.situation import Wanted


def held_verdict(holding: Holding) -> Verdict:
    """What an award that is held, or waits, has become: what waits for somebody is said before what is there already."""
    if holding.shadow and not holding.held:
        return Verdict.GHOST
    if holding.awaiting:
        return Verdict.AWAITING
    if holding.parked:
        return Verdict.PARKED
    if holding.refused and not holding.posted:
        return Verdict.REFUSED
    return Verdict.PENDING if holding.pending else Verdict.PAID


def held_back(holding: Holding) -> Iterator[Step]:
    """When what is pending is theirs, lot by lot."""
    for due, points in holding.lots:
        if due > 0:
            yield Step("hold", points, until=from_millis(due))


def steps(why: Why, record: Record, seen: Mapping[str, object], want: Wanted | None) -> tuple[Step, ...]:
    """How a record award came to its points; `want` is what the decision concluded, None for one held by period."""
    return tuple(_steps(why, record, seen, want))


def _steps(why: Why, record: Record, seen: Mapping[str, object], want: Wanted | None) -> Iterator[Step]:
    milestone = why.milestone
    points = milestone.points.of(seen) or 0
    yield Step("points", points, milestone.points.written)
    yield from _multipliers(milestone, points, seen)
    points = milestone.multiplied(points, seen)
    for step in _signals(milestone, points, seen, record):
        points = step.points
        yield step
    if capping.capped(milestone):
        limits = [it.points for it in milestone.caps if it.scope == "participant"]
        if why.due < points:
            yield Step("cap", why.due, limit=min(limits, default=0))
        return
    if want is not None:
        yield from waiting(milestone, want, points)


def _multipliers(milestone: Milestone, points: int, seen: Mapping[str, object]) -> Iterator[Step]:
    for it in milestone.multipliers:
        applied = it.when(seen) is True
        points = int(points * it.times + (1 if points * it.times % 1 * 2 >= 1 else 0)) if applied else points
        written = str(it.times.numerator) if it.times.denominator == 1 else f"{it.times:g}"
        yield Step("times", points, written, it.tree, applied=applied)


def _signals(milestone: Milestone, points: int, seen: Mapping[str, object], record: Record) -> Iterator[Step]:
    """What each guard that saw something did, by the function that decides."""
    for guard in milestone.guards:
        found = signals.effects((guard,), seen, record)
        for it in found.sightings:
            if found.cap is not None:
                points = min(points, found.cap)
                yield Step("signal", points, it.signal, limit=found.cap, score=it.score, seen=it.seen)
            else:
                kind = "review" if found.review else "longer"
                yield Step(kind, points, it.signal, limit=found.days, score=it.score, seen=it.seen)


def waiting(milestone: Milestone, want: Wanted, points: int) -> Iterator[Step]:
    """The share that is the person's, and what has to happen before the points are theirs."""
    if want.points != points:
        yield Step("share", want.points)
    if want.due > 0:
        yield Step("hold", want.points, milestone.hold.written if milestone.hold else "", until=from_millis(want.due))
    elif want.due == 0 and milestone.hold:
        until = from_millis(want.until) if want.until else None
        yield Step("gate", want.points, milestone.hold.written, milestone.hold.tree, until=until)
    if want.review == "above":
        yield Step("approval", want.points, limit=milestone.approval_above or 0)
