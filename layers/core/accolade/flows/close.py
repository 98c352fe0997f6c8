"""Close: periods that are over, ranks and groups are judged over everybody and settled person by person, exactly once.

A judgement is stored before anybody is settled by it, under its revision; whoever was not settled, because the process
died or somebody else was deciding about them, is settled by the next run. What arrives late is judged again, visibly.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accolade.closing import GROUPS, Audience, closes_at, judge
from accolade.decide import adjust, period_award
from accolade.model.connections import Connection
from accolade.model.deliveries import Delivery
from accolade.model.errors import Conflict
from accolade.model.ledger import Standing
from accolade.model.times import to_millis
from accolade.programs.periods import BEGINNING, WINDOW, Period, bounds
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone
from accolade.situation import FactKey, FactSet, Result, Situation
from accolade.store.closes import Close, Closes, Name
from accolade.store.decisions import Decisions

LATE_A_RUN = 500
PERIODS_BACK = 600
"""How many periods of one calendar are looked at, back from today."""


@dataclass(frozen=True, slots=True)
class Closer:
    """The closes of one run. `rulebook_of` gives a tenant's rules as they are now."""

    closes: Closes
    decisions: Decisions
    rulebook_of: Callable[[str], Rulebook]
    route: Callable[[Delivery, Situation, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]
    log: Callable[..., None]

    def __call__(self, tenant: str, *, now: datetime) -> int:
        """Judge what is due and settle what it changes; returns how many awards moved."""
        book = self.rulebook_of(tenant)
        if not any(not it.inline for id_ in book.program_ids() for version in book.versions(id_) for it in version.milestones):
            return 0
        known, late = self.closes.all(tenant), list(self.closes.late(tenant, limit=LATE_A_RUN))
        moved_late = {it.period for it in late}
        moved, failed = 0, set[str]()
        for milestone, period in due(book, known, moved_late, now):
            try:
                moved += self._close(tenant, milestone, period, book, known.get(_name(milestone, period)), now)
            except Conflict:
                failed.add(period.id)
                self.log("conflict", tenant=tenant, milestone=f"{milestone.program}/{milestone.id}", period=period.id)
        for it in late:
            if it.period not in failed:
                self.closes.forget(it)
        return moved

    def _close(
        self, tenant: str, milestone: Milestone, period: Period, book: Rulebook, known: Close | None, now: datetime
    ) -> int:
        situation, audience = self._audience(tenant, milestone, period, book)
        judged = judge(milestone, audience, situation, fixed=known.closed.baselines if known and known.final else None)
        final = closes_at(milestone, period) <= now
        close = known or Close(_name(milestone, period), judged, now)
        if known is None or judged != known.closed or final != known.final:
            close = self.closes.put(tenant, replace(close, closed=judged, judged_at=now, final=final, settled=False))
        held = {number for number, it in audience.standings.items() if _key(milestone, number, period) in it.awards}
        moved = 0
        for number in sorted({*judged.results, *held}):
            result = judged.results.get(number, Result(0, 0))
            moved += self._settle(tenant, milestone, period, number, result, situation, now)
        if not close.settled:
            self.closes.put(tenant, replace(close, settled=True))
        return moved

    def _settle(
        self, tenant: str, milestone: Milestone, period: Period, number: str, result: Result, base: Situation, now: datetime
    ) -> int:
        """Bring one person's award to the result; 0 if it is there already. Conflict if somebody else decides just now."""
        people, wallets, standings, budgets = self.decisions.people(tenant, [number], [(number, period.id)], [milestone.program])
        situation = Situation(base.rulebook, base.connection, {}, people, wallets, standings, budgets)
        at = min(now, bounds(period)[1])
        standing = standings[number, period.id]
        it = period_award(standing, milestone, result.level, result.points, situation, earned=to_millis(at), now=to_millis(now))
        if it is None:
            return 0
        it.place = result.place
        if it.award.nodes:
            situation.budgets |= self.decisions.people(tenant, (), (), it.award.nodes)[3]
        decision = adjust([it], situation, at=at, now=now)
        if decision is None:
            return 0
        decision = replace(decision, deliveries=tuple(self.route(one, situation, now) for one in decision.deliveries))
        self.decisions.commit([decision], situation)
        self.hand_over(decision.deliveries, now)
        self.log("closed", tenant=tenant, award=it.award.key, entries=[one.id for one in decision.entries])
        return 1

    def _audience(self, tenant: str, milestone: Milestone, period: Period, book: Rulebook) -> tuple[Situation, Audience]:
        """Everybody who may have anything in the period, read consistently."""
        situation = Situation(book, Connection("", tenant, "", "", BEGINNING, BEGINNING))
        situation.teams = self.decisions.teams(tenant)
        numbers = {*self.closes.numbers(tenant, period.id)}
        if milestone.kpi and milestone.kpi.kpi.looks_back:
            numbers |= {*situation.teams.get("company:", ())}
        audience = self._standings(tenant, milestone, period, numbers)
        situation.participants = self.decisions.people(tenant, numbers, (), ())[0]
        if milestone.quota and milestone.kpi:
            situation.quotas = self.decisions.quotas_in(tenant, period.id, milestone.kpi.name)
        if milestone.improvement is not None and milestone.calendar is not None:
            earlier, before = list[Audience](), period
            for _ in range(max(1, milestone.improvement.periods)):
                if before.start <= date.min + timedelta(days=1):
                    break
                before = milestone.calendar.period_of(before.start - timedelta(days=1))
                earlier.append(self._standings(tenant, milestone, before, numbers))
            audience = replace(audience, earlier=earlier)
        return situation, audience

    def _standings(self, tenant: str, milestone: Milestone, period: Period, numbers: Iterable[str]) -> Audience:
        _, _, standings, _ = self.decisions.people(tenant, (), [(it, period.id) for it in numbers], ())
        found: Mapping[str, Standing] = {number: it for (number, _), it in standings.items()}
        facts: dict[FactKey, FactSet] = {}
        for use in milestone.uses:
            if use.kpi.looks_back:
                facts |= self.decisions.facts_until(tenant, numbers, use.id, period.id, period.end)
            elif use.folded:
                ids = {kpi for it in found.values() for kpi in it.parts if kpi == use.id or kpi.startswith(f"{use.id}=")}
                facts |= self.decisions.facts(
                    tenant, {(number, period.id, kpi) for number, it in found.items() for kpi in ids & {*it.parts}}
                )
        return Audience(period, found, facts)


def due(book: Rulebook, known: Mapping[Name, Close], late: set[str], now: datetime) -> Iterator[tuple[Milestone, Period]]:
    """What is to be judged now: periods that are over and not settled, those that moved since, and groups as they stand."""
    for period in _periods(book, now):
        for milestone in book.closing_in(period.id):
            close = known.get(_name(milestone, period))
            over = closes_at(milestone, period) <= now
            if over:
                if close is None or not close.final or not close.settled or period.id in late:
                    yield milestone, period
            elif milestone.evaluate == "live" and milestone.subject in GROUPS and bounds(period)[0] <= now:
                yield milestone, period


def _periods(book: Rulebook, now: datetime) -> list[Period]:
    """Every period that a milestone for everybody has had so far, oldest first."""
    found: dict[str, Period] = {}
    for id_ in book.program_ids():
        versions = book.versions(id_)
        begin = min(it.effective_from for it in versions)
        for calendar in {it.calendar for version in versions for it in version.milestones if it.calendar and not it.inline}:
            today = now.astimezone(ZoneInfo(calendar.zone)).date()
            period = calendar.period_of(calendar.start or today)
            for _ in range(PERIODS_BACK):
                if period.end <= begin:
                    break
                found[period.id] = period
                if period.start <= begin or period.kind in ("lifetime", WINDOW):
                    break
                period = calendar.period_of(period.start - timedelta(days=1))
    return sorted(found.values(), key=lambda it: (it.start, it.id))


def _name(milestone: Milestone, period: Period) -> Name:
    return milestone.program, milestone.id, period.id


def _key(milestone: Milestone, number: str, period: Period) -> str:
    return f"{milestone.program}/{milestone.id}/{number}/{period.id}"
