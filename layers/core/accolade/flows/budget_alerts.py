"""Budget alerts: the staff whom a company named are told once when a budget reaches 80, 95 and 100 %, until it is raised.

What is looked at is how full budgets stand, not when they became so: whatever a run missed, the next one finds. That a level
was told is stored in one transaction with its messages, so an interrupted run has told all or nobody.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from accolade.flows.rooms import Rooms
from accolade.model.deliveries import Announcement, Delivery, delivery_id, notice, staff_name
from accolade.model.errors import Conflict, Rejected
from accolade.model.ledger import Budget
from accolade.model.participants import Channel, Tenant
from accolade.model.phrases import later as t
from accolade.programs.rulebook import Rulebook
from accolade.store.budgets import Budgets
from accolade.store.decisions import Decisions
from accolade.store.outstanding import Outstanding
from accolade.texts.budgets import share_title
from accolade.wallet.budgets import FULL, level
from accolade.wallet.shares import is_share, kind_of, program_of

COUNTED = 500
"""Awards that wait for a budget are counted so far."""

TOLD_A_RUN = 50
"""Levels told in one run, so that a minute's work stays a minute's."""

MOST_ADDRESSES = 10

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
"""What SES can send to: plain ASCII."""


def addresses(text: str) -> tuple[str, ...]:
    """The e-mail addresses of a text, apart by commas, semicolons or spaces, each once; none for an empty one. Rejected if
    one of them is none, or if there are too many."""
    found = tuple({it.lower(): it for it in re.split(r"[\s,;]+", text) if it}.values())
    if len(found) > MOST_ADDRESSES or not all(map(_ADDRESS.fullmatch, found)):
        raise Rejected(
            t("these are not at most %(most)s e-mail addresses", most=MOST_ADDRESSES),
            mend=t("Write them as name@example.com, apart by commas"),
        )
    return found


@dataclass(frozen=True, slots=True)
class BudgetAlerts:
    """Called each minute with a tenant, after what waited was resumed."""

    settings: Callable[[str], Tenant]
    budgets: Budgets
    outstanding: Outstanding
    rulebook_of: Callable[[str], Rulebook]
    decisions: Decisions
    hand_over: Callable[[Iterable[Delivery], datetime], None]
    log: Callable[..., None]

    def __call__(self, tenant: str, *, now: datetime) -> int:
        """Tell what is not told yet; how many messages became owed."""
        company, owed, levels = self.settings(tenant), 0, 0
        parked = Parked(self.outstanding, self.decisions, self.rulebook_of(tenant), tenant)
        for budget in (*self.budgets.list(tenant), *self.budgets.shares(tenant)) if company.alerts else ():
            if budget.limit and budget.told < FULL and levels < TOLD_A_RUN:
                told = self._look(company, budget, parked.for_(budget.program), now)
                owed, levels = owed + told, levels + bool(told)
        return owed

    def _look(self, company: Tenant, budget: Budget, parked: Sequence[int], now: datetime) -> int:
        """Tell of a budget if it stands higher than was told; how many messages that is."""
        waiting, points = len(parked), sum(parked)
        reached = level(budget.spent, budget.limit, waiting=points)
        if reached <= budget.told:
            return 0
        figures = {"level": reached, "limit": budget.limit or 0, "spent": budget.spent, "waiting": waiting, "points": points}
        figures |= {"more": 1} if waiting == COUNTED else {}
        owed = self._messages(company, budget, figures, now)
        try:
            self.budgets.tell(budget, reached, owed)
        except Conflict:  # raised, told by another run, or spent just now: the next run sees how it stands then
            self.log("conflict", tenant=company.id, budget=budget.program)
            return 0
        self.hand_over(owed, now)
        told = [it.id for it in owed]
        self.log("budget_told", tenant=company.id, budget=budget.program, level=reached, deliveries=told)
        return len(owed)

    def _messages(self, company: Tenant, budget: Budget, figures: dict[str, int], now: datetime) -> Sequence[Delivery]:
        of = program_of(budget.program) if is_share(budget.program) else budget.program
        versions = self.rulebook_of(company.id).versions(of)
        title: Mapping[str, str] = versions[-1].title if versions else {"en": of}
        if is_share(budget.program):
            title = share_title(kind_of(budget.program), budget.who, title)
        path = f"admin/budgets/{quote(of)}" if of else "admin/budgets"
        news = Announcement("budget", now.date().isoformat(), title, path=path, figures=figures)
        cause = ("budget", company.id, budget.program, str(budget.revision), str(figures["level"]))
        return [
            notice(
                delivery_id(*cause, reader),
                company.id,
                reader,
                now=now,
                program=budget.program,
                channel=Channel.EMAIL,
                announcement=news,
            )
            for reader in dict.fromkeys(staff_name(company.id, it) for it in company.alerts)
        ]


@dataclass(slots=True)
class Parked:
    """What waits for the budgets of one company, read once a program."""

    outstanding: Outstanding
    decisions: Decisions
    book: Rulebook
    tenant: str
    _known: dict[str, tuple[Rooms, list[tuple[str, int]]]] = field(default_factory=dict)

    def for_(self, node: str) -> list[int]:
        """The points of each award that waits and would be taken from this budget, or from this share of one."""
        if not is_share(node):
            return [points for _, points in self._of(node)[1]]
        programs = [program_of(node)] if program_of(node) else self.book.program_ids()
        return [
            points for rooms, waiting in map(self._of, programs) for number, points in waiting if node in rooms.on_the_way(number)
        ][:COUNTED]

    def _of(self, program: str) -> tuple[Rooms, list[tuple[str, int]]]:
        if program not in self._known:
            waiting = self.outstanding.parked_points(self.tenant, program, limit=COUNTED)
            rooms = Rooms(self.decisions, self.book, self.tenant, program)
            rooms.meet(number for number, _ in waiting)
            self._known[program] = rooms, waiting
        return self._known[program]
