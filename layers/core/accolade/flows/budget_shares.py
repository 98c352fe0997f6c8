"""Budget shares: what the whole company may give, and of a program what a team or the people of one manager may get."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from accolade.model.errors import Missing, Refused, Rejected
from accolade.model.ledger import Budget
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.programs.problems import closest
from accolade.programs.rulebook import Rulebook
from accolade.programs.states import GHOST
from accolade.store.budgets import Budgets
from accolade.wallet.shares import COMPANY, MANAGER, TEAM, kind_of, manager_share, on_the_way, program_of, team_share

MOST_SHARES = 200
"""Shares of one company that have a limit: each is looked for at every award of somebody whom it concerns."""


@dataclass(frozen=True, slots=True)
class BudgetShares:
    """Sets and lists shares. `people` gives a company's participants."""

    budgets: Budgets
    people: Callable[[str], Iterable[Participant]]
    rulebook_of: Callable[[str], Rulebook]

    def list(self, tenant: str) -> Sequence[Budget]:
        """The company's first, then by program, teams before managers."""
        return sorted(self.budgets.shares(tenant), key=_place)

    def whose(self, tenant: str) -> dict[str, Counter[str]]:
        """The teams and the managers that people have, as they are written, with how many people each."""
        people = [it for it in self.people(tenant) if it.active]
        return {
            TEAM: Counter(it.team.strip() for it in people if it.team),
            MANAGER: Counter(it.manager.strip() for it in people if it.manager),
        }

    def get(self, tenant: str, name: str) -> Budget:
        """The share of that name; Missing if it was never set."""
        found = next((it for it in self.budgets.shares(tenant) if it.program == name), None)
        if found is None:
            raise Missing(t("there is no such share"), where="share")
        return found

    def on_the_way(self, tenant: str, program: str, people: Iterable[Participant]) -> Sequence[Budget]:
        """The shares with a limit from which awards of a program to these people are taken, each once."""
        mine = {share for person in people for share in on_the_way(program, person)}
        return [it for it in self.list(tenant) if it.limit is not None and it.program in mine]

    def left(self, tenant: str, program: str, people: Iterable[Participant]) -> int | None:
        """Points that the program may still give to whoever of these people has the most room; None: there is no limit."""
        limited = {it.program: it for it in (*self.budgets.list(tenant), *self.list(tenant)) if it.limit is not None}
        rooms = []
        for person in people:
            ways = [limited[it] for it in (program, *on_the_way(program, person)) if it in limited]
            rooms.append(min((max(0, it.left or 0) for it in ways), default=None))
        found = [it for it in rooms if it is not None]
        return max(found) if rooms and len(found) == len(rooms) else None

    def set(self, tenant: str, points: int | None, *, program: str = "", team: str = "", manager: str = "") -> tuple[str, Budget]:
        """Set the limit of the company's share (no program), or of a team's or a manager's share of a program; None lifts it.

        Returns the share's name and how it stood before. It counts what is given from then on: nothing of before, and within a
        minute everything. Refused below what is given already; Rejected for a name that nobody has.
        """
        known = {it.program: it for it in self.budgets.shares(tenant)}
        name, who = self._named(tenant, program, team, manager, known)
        if name not in known and points is None:
            raise Refused(t("this share has no limit"), where="points", mend=t("Give it one first"))
        others = [it for it in known.values() if it.limit is not None and it.program != name]
        if points is not None and len(others) >= MOST_SHARES:
            mend = t("Lift one that is not needed any more")
            raise Refused(t("there are %(most)s shares already", most=MOST_SHARES), where="share", mend=mend)
        self.budgets.set_base(tenant, name, points, who=who)
        return name, known.get(name, Budget(tenant, name, who=who))

    def _named(self, tenant: str, program: str, team: str, manager: str, known: Mapping[str, Budget]) -> tuple[str, str]:
        if not program and not (team or manager):
            return COMPANY, ""
        if not program:
            raise Rejected(t("a team or a manager has a share of a program"), where="program", mend=t("Name the program"))
        if bool(team) == bool(manager):
            raise Rejected(
                t("a share of a program is a team's or a manager's"), where="team", mend=t("Name the one or the other")
            )
        name = team_share(program, team) if team else manager_share(program, tenant, manager)
        if name in known:  # also if nobody is there any more
            return name, known[name].who
        if program not in self.rulebook_of(tenant).program_ids() or program.endswith(GHOST):
            raise Missing(
                t("there is no program %(program)r", program=program), mend="accolade program list shows those there are"
            )
        whose, kind = (team, TEAM) if team else (manager, MANAGER)
        who = self._known(tenant, whose.strip(), kind)
        return (team_share(program, who) if team else manager_share(program, tenant, who)), who

    def _known(self, tenant: str, who: str, kind: str) -> str:
        """The team or the manager as people have it; a name that is written wrongly would bind nobody."""
        known = self.whose(tenant)[kind]
        if who in known:
            return who
        same = next((it for it in known if it.casefold() == who.casefold()), "") if kind == MANAGER else ""
        if same:
            return same
        near = closest(who, known)
        mend = t("Did you mean %(near)s?", near=near[0]) if near else t("Give people theirs first")
        wrong = t("nobody is in a team %(name)r", name=who[:60])
        if kind == MANAGER:
            wrong = t("nobody has a manager %(name)r", name=who[:60])
        raise Rejected(wrong, where=kind, mend=mend)


def _place(it: Budget) -> tuple[bool, str, bool, str]:
    return it.program != COMPANY, program_of(it.program), kind_of(it.program) != TEAM, it.who.casefold()
