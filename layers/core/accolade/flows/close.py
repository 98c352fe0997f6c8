"""Close: periods that are over, ranks and groups are judged over everybody and settled person by person, exactly once.

A judgement is stored before anybody is settled by it, under its revision; whoever was not settled, because the process
died or somebody else was deciding about them, is settled by the next run. What arrives late is judged again, visibly.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from accolade import standings as stand
from accolade.closing import GROUPS, Audience, closes_at, judge, touched
from accolade.decide import adjust, period_award
from accolade.flows.audiences import Audiences
from accolade.model.deliveries import Delivery
from accolade.model.errors import Conflict
from accolade.model.times import to_millis
from accolade.programs.periods import WINDOW, Period, bounds, parse_period
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone
from accolade.situation import Pending, Result, Situation
from accolade.store.closes import Close, Closes, Late, Name
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
        book, late = self.rulebook_of(tenant), list(self.closes.late(tenant, limit=LATE_A_RUN))
        moved, failed = self._quotas(tenant, late, book, now)
        if any(not it.inline for id_ in book.program_ids() for version in book.versions(id_) for it in version.milestones):
            known = self.closes.all(tenant)
            for milestone, period in due(book, known, {it.period for it in late}, now):
                done, whole = self._close(tenant, milestone, period, book, known.get(_name(milestone, period)), now)
                moved += done
                failed |= set() if whole else {it.period for it in late if touched(milestone, period, it.period)}
        for it in late:
            if it.period not in failed:
                self.closes.forget(it)
        return moved

    def _close(
        self, tenant: str, milestone: Milestone, period: Period, book: Rulebook, known: Close | None, now: datetime
    ) -> tuple[int, bool]:
        """How many awards moved, and whether everybody has been settled."""
        audiences = Audiences(self.closes, self.decisions, tenant)
        final = closes_at(milestone, period) <= now
        situation, audience = audiences.of(milestone, period, book, everybody=final)
        judged = judge(milestone, audience, situation, fixed=known.closed if known and known.final else None)
        close = known or Close(_name(milestone, period), judged, now)
        why = "group" if not final else "late" if known and known.final else "close"
        try:
            if known is None or judged != known.closed or final != known.final:
                close = self.closes.put(tenant, replace(close, closed=judged, judged_at=now, final=final, settled=False))
            held = {number for number, it in audience.standings.items() if _key(milestone, number, period) in it.awards}
            moved = 0
            whole = True
            for number in sorted({*judged.results, *held}):
                result = judged.results.get(number, Result(0, 0))
                if _settled(milestone, audience, number, result, situation, now):
                    continue
                try:
                    moved += self._settle(tenant, milestone, period, number, result, situation, now, why)
                except Conflict:
                    whole = self._lost(tenant, milestone, period, number)
            if whole and not close.settled:
                self.closes.put(tenant, replace(close, settled=True))
        except Conflict:  # another run judges the same just now
            return 0, self._lost(tenant, milestone, period, "")
        return moved, whole

    def _settle(
        self,
        tenant: str,
        milestone: Milestone,
        period: Period,
        number: str,
        result: Result,
        base: Situation,
        now: datetime,
        why: str,
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
        return self._post(tenant, [it], situation, at, now, why)

    def _quotas(self, tenant: str, late: Sequence[Late], book: Rulebook, now: datetime) -> tuple[int, set[str]]:
        """Settle the milestones of people whose quota has changed; how many awards moved, and the periods to look at again."""
        moved, failed = 0, set[str]()
        for it in late:
            if not (it.quota and it.participant):
                continue
            try:
                moved += self._quota(tenant, it, book, now)
            except Conflict:
                failed.add(it.period)
                self.log("conflict", tenant=tenant, participant=it.participant, period=it.period)
        return moved, failed

    def _quota(self, tenant: str, late: Late, book: Rulebook, now: datetime) -> int:
        period, place = parse_period(late.period), (late.participant, late.period)
        asked = [it for it in book.inline_in(late.period) if it.quota and it.kpi]
        if not asked:
            return 0
        programs = {it.program for it in asked}
        people, wallets, standings, budgets = self.decisions.people(tenant, [late.participant], [place], programs)
        audiences = Audiences(self.closes, self.decisions, tenant)
        situation = Situation(book, audiences.nobody, {}, people, wallets, standings, budgets)
        folded = {(*place, it.kpi.id) for it in asked if it.kpi and it.kpi.folded}
        situation.facts = self.decisions.facts(tenant, folded)
        situation.quotas = self.decisions.quotas(tenant, {(late.participant, it.kpi.name, period.id) for it in asked if it.kpi})
        at, found = min(now, bounds(period)[1]), list[Pending]()
        for milestone in asked:
            points = stand.due(milestone, standings[place], situation.facts, situation)
            level = stand.level(milestone, standings[place], situation.facts, situation)
            it = period_award(standings[place], milestone, level, points, situation, earned=to_millis(at), now=to_millis(now))
            found += [it] if it else []
        return self._post(tenant, found, situation, at, now, "quota")

    def _post(self, tenant: str, found: Sequence[Pending], situation: Situation, at: datetime, now: datetime, why: str) -> int:
        nodes = {node for it in found for node in (*it.award.nodes, *it.award.holding.nodes)}
        nodes |= {node for it in found for node in situation.shares(it.award.program, it.award.participant)}
        if nodes:
            situation.budgets |= self.decisions.budgets(tenant, nodes)
        decision = adjust(found, situation, at=at, now=now, why=why)
        if decision is None:
            return 0
        decision = replace(decision, deliveries=tuple(self.route(one, situation, now) for one in decision.deliveries))
        self.decisions.commit([decision], situation)
        self.hand_over(decision.deliveries, now)
        entries = [one.id for one in decision.entries]
        for it in found:
            self.log("closed", tenant=tenant, award=it.award.key, why=why, entries=entries)
        return len(found)

    def _lost(self, tenant: str, milestone: Milestone, period: Period, number: str) -> bool:
        """Say that somebody was faster; the next run goes on from here."""
        name = f"{milestone.program}/{milestone.id}"
        self.log("conflict", tenant=tenant, milestone=name, period=period.id, participant=number)
        return False


def due(book: Rulebook, known: Mapping[Name, Close], late: set[str], now: datetime) -> Iterator[tuple[Milestone, Period]]:
    """What is to be judged now: periods that are over and not settled, those that moved since, and groups as they stand."""
    for period in _periods(book, now):
        for milestone in book.closing_in(period.id):
            close = known.get(_name(milestone, period))
            over = closes_at(milestone, period) <= now
            if over:
                if (
                    close is None
                    or not close.final
                    or not close.settled
                    or any(touched(milestone, period, moved) for moved in late)
                ):
                    yield milestone, period
            elif milestone.evaluate == "live" and milestone.subject in GROUPS and bounds(period)[0] <= now:
                yield milestone, period


def _settled(milestone: Milestone, audience: Audience, number: str, result: Result, situation: Situation, now: datetime) -> bool:
    """Whether somebody holds the result, by the standing that was judged: most do, when something came late for one."""
    standing = audience.standings.get(number)
    if standing is None:
        return False
    at = to_millis(min(now, bounds(audience.period)[1]))
    return period_award(standing, milestone, result.level, result.points, situation, earned=at, now=to_millis(now)) is None


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
                before = calendar.before(period)
                if period.start <= begin or period.kind in ("lifetime", WINDOW) or before is None:
                    break
                period = before
    return sorted(found.values(), key=lambda it: (it.start, it.id))


def _name(milestone: Milestone, period: Period) -> Name:
    return milestone.program, milestone.id, period.id


def _key(milestone: Milestone, number: str, period: Period) -> str:
    return f"{milestone.program}/{milestone.id}/{number}/{period.id}"
