"""Maintain: what the clock owes. Each minute: send what is due, resume what waited, however often the schedule fires."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from accolade.decide import resume
from accolade.flows.rooms import Rooms
from accolade.flows.waiting_awards import WaitingAwards
from accolade.model.deliveries import Delivery
from accolade.model.errors import Conflict
from accolade.programs.rulebook import Rulebook
from accolade.situation import Decision, Situation
from accolade.store.decisions import Decisions
from accolade.store.outstanding import Outstanding, ParkedAward

WAITING_A_RUN = 2_000
PARKED_A_RUN = 500


@dataclass(frozen=True, slots=True)
class Maintainer:
    """The work of one minute, tenant by tenant. `send_due`, `order_due`: enqueue what is due, and count it."""

    tenants: Callable[[], Iterable[str]]
    awards: WaitingAwards
    decisions: Decisions
    outstanding: Outstanding
    rulebook_of: Callable[[str], Rulebook]
    rejudge: Callable[..., int]
    news: Callable[..., int]
    resell: Callable[[str], int]
    score: Callable[..., int]
    compare: Callable[..., int]
    close: Callable[..., int]
    vest: Callable[..., int]
    announce: Callable[[str, Sequence[tuple[str, str]]], None]
    follow: Callable[..., int]
    ask_managers: Callable[..., int]
    alert: Callable[..., int]
    expire: Callable[..., Mapping[str, int]]
    order_due: Callable[[str, datetime], int]
    send_due: Callable[[datetime], Mapping[str, int]]
    route: Callable[[Delivery, Situation, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]
    log: Callable[..., None]

    def __call__(self, *, now: datetime) -> dict[str, int]:
        """One run; returns what was done, by kind."""
        done = {
            "announced": 0,
            "resumed": 0,
            "rejudged": 0,
            "resold": 0,
            "scored": 0,
            "news": 0,
            "closed": 0,
            "vested": 0,
            "ordered": 0,
            "moved_on": 0,
            "expired": 0,
            "warned": 0,
            "asked": 0,
            "alerted": 0,
            **self.send_due(now),
        }
        for tenant in self.tenants():
            done["announced"] += self.announce_known(tenant)
            done["resumed"] += self.resume_parked(tenant, now=now)
            done["rejudged"] += self.rejudge(tenant, now=now)
            done["resold"] += self.resell(tenant)
            done["news"] += self.news(tenant, now=now)
            done["vested"] += self.vest(tenant, now=now)
            done["moved_on"] += self.follow(tenant, now=now)
            done["asked"] += self.ask_managers(tenant, now=now)
            done["ordered"] += self.order_due(tenant, now)
            done["closed"] += self.close(tenant, now=now)
            for name, count in self.expire(tenant, now=now).items():
                done[name] += count
            done["alerted"] += self.alert(tenant, now=now)
        done["scored"] = self.score(self.tenants(), now=now)
        done["differences"] = self.compare(self.tenants(), now=now)
        return done

    def announce_known(self, tenant: str) -> int:
        """Ask for a new decision of records whose owner has become known, should the first asking have been lost."""
        users = self.outstanding.waited_for(tenant, limit=WAITING_A_RUN)
        known = [
            (name, user)
            for name in sorted({name for name, _ in users})
            for user in self.decisions.owners(tenant, name, {user for of, user in users if of == name})
        ]
        if known:
            self.announce(tenant, known)
        return len(known)

    def resume_parked(self, tenant: str, *, now: datetime) -> int:
        """Post awards that waited for budget, by event time; later ones that fit go past one that does not."""
        resumed, book = 0, self.rulebook_of(tenant)
        for program in book.program_ids():
            rooms = Rooms(self.decisions, book, tenant, program)
            found = self.outstanding.parked_awards(tenant, program, of=rooms.left_for)
            for waiting in islice(filter(rooms.fits, found), PARKED_A_RUN):
                try:
                    posted = self._resume(tenant, waiting, now)
                except Conflict:
                    self.log("conflict", tenant=tenant, award=waiting.award)
                    continue
                if posted:
                    rooms.moved()
                resumed += posted
        return resumed

    def _resume(self, tenant: str, waiting: ParkedAward, now: datetime) -> int:
        found = self.awards.load(tenant, waiting.award, record=waiting.record, period=waiting.period, now=now, at=waiting.at)
        situation = found.situation
        decision = resume(found.award, found.holder, situation, at=found.at, now=now)
        if decision is None:
            return 0
        decision = replace(decision, deliveries=tuple(self.route(delivery, situation, now) for delivery in decision.deliveries))
        self.decisions.commit([decision], situation, crm=found.connection.crm)
        self.hand_over(decision.deliveries, now)
        self.log("resumed", tenant=tenant, award=waiting.award, **_names(decision))
        return 1


def _names(decision: Decision) -> dict[str, list[str]]:
    return {"entries": [it.id for it in decision.entries], "deliveries": [it.id for it in decision.deliveries]}
