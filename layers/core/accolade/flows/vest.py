"""Vest: what was held back and is due is decided once more: it vests, or goes back because its gate was not kept in time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from accolade.decide import adjust, pending, period_award
from accolade.model.connections import Connection
from accolade.model.deliveries import Delivery
from accolade.model.errors import Conflict
from accolade.model.messages import Reevaluate
from accolade.model.times import to_millis
from accolade.programs.periods import BEGINNING, parse_period
from accolade.programs.rulebook import Rulebook
from accolade.queues import Queue
from accolade.situation import Pending, Situation
from accolade.store.decisions import Decisions
from accolade.store.outstanding import Held, Outstanding

HELD_A_RUN = 1_000


@dataclass(frozen=True, slots=True)
class Vest:
    """Awards of records go through the Inbox, as every change of a record does; period awards are settled here."""

    outstanding: Outstanding
    decisions: Decisions
    rulebook_of: Callable[[str], Rulebook]
    inbox: Queue
    route: Callable[[Delivery, Situation, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]
    log: Callable[..., None]

    def __call__(self, tenant: str, *, now: datetime) -> int:
        """Look again at what is due; how many. Retry if the tables or the queue are busy."""
        done = 0
        for held in self.outstanding.held_back(tenant, until=now, limit=HELD_A_RUN):
            if held.record is not None:
                key = held.record
                asked = Reevaluate(
                    tenant=tenant,
                    connection=key.connection,
                    records=[f"{key.type}:{key.id}"],
                    cause=f"{held.award} may vest",
                )
                self.inbox.send([asked.to_json()])
                done += 1
                continue
            try:
                done += self._settle(tenant, held, now)
            except Conflict:
                self.log("conflict", tenant=tenant, award=held.award)
        return done

    def _settle(self, tenant: str, held: Held, now: datetime) -> int:
        program, milestone_id, number, _ = held.award.split("/", 3)
        book, place = self.rulebook_of(tenant), (number, held.period)
        people, wallets, standings, budgets = self.decisions.people(tenant, [number], [place], [program])
        nobody = Connection("", tenant, "", "", BEGINNING, BEGINNING)
        situation = Situation(book, nobody, {}, people, wallets, standings, budgets)
        standing = standings[place]
        candidates = book.milestones_in(parse_period(held.period))
        milestone = next((it for it in candidates if (it.program, it.id) == (program, milestone_id)), None)
        holding = standing.awards.get(held.award)
        if holding is None:
            return 0
        if milestone is None:  # no version has it any more: what was held back is due all the same
            it: Pending | None = pending(held.award, holding, holding.held, book, period=held.period)
        else:
            earned, at = to_millis(held.at), to_millis(now)
            it = period_award(standing, milestone, 1, holding.held, situation, earned=earned, now=at)
        shares = situation.shares(program, number)
        if shares:
            situation.budgets |= self.decisions.budgets(tenant, shares)
        decision = adjust([it] if it else [], situation, at=held.at, now=now, why="vest")
        if decision is None:
            return 0
        decision = replace(decision, deliveries=tuple(self.route(one, situation, now) for one in decision.deliveries))
        self.decisions.commit([decision], situation)
        self.hand_over(decision.deliveries, now)
        self.log("vested", tenant=tenant, award=held.award, entries=[one.id for one in decision.entries])
        return 1
