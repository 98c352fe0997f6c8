"""A program changes its state: it goes live, is approved, rolled out, given up or retired; who did it and why is kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from accolade.model.errors import Missing, Rejected
from accolade.model.phrases import later as t
from accolade.programs import transitions
from accolade.programs.loading import from_json
from accolade.programs.problems import closest
from accolade.programs.rules import Program
from accolade.programs.states import Lifecycle, State
from accolade.store.people import People
from accolade.store.programs import Programs
from accolade.store.tenants import Tenants


@dataclass(frozen=True, slots=True)
class Signed:
    """Whose change it is and why, as the audit keeps it."""

    by: str
    reason: str = ""


class ProgramChanges:
    """Changes states. Each is Refused as `programs.transitions` says, and if somebody else was faster; Missing if there is
    no such program or version. It holds in every function within 30 seconds. What is so already is not changed again, and no
    line in the log says it was."""

    def __init__(self, programs: Programs, tenants: Tenants, people: People) -> None:
        self._programs, self._tenants, self._people = programs, tenants, people

    def approve(self, tenant: str, id_: str, version: int, *, signed: Signed, now: datetime) -> Lifecycle:
        """Another person agrees to a version; a draft goes live by it."""
        programs = self._versions(tenant, id_)
        program = _numbered(programs, id_, version)

        def agreed(before: Lifecycle) -> Lifecycle:
            after = transitions.approved(program, before, by=signed.by, now=now)
            if before.state(version) is not State.DRAFT:
                return after
            return transitions.gone_live(program, programs, after, starts=None, by=signed.by, second_person=True, now=now)

        return self._change(tenant, id_, agreed, t("version %(version)s approved", version=str(version)), signed, now)

    def live(
        self, tenant: str, id_: str, *, version: int | None = None, starts: date | None = None, signed: Signed, now: datetime
    ) -> tuple[Program, Lifecycle]:
        """The newest ghost (or that version) pays from `starts` on."""
        programs = self._versions(tenant, id_)
        before = self._programs.states.get(tenant, id_)
        program = _numbered(programs, id_, version) if version else _waiting(programs, before, id_)
        settings = self._tenants.find(tenant)

        def going(it: Lifecycle) -> Lifecycle:
            second = settings is not None and settings.second_person
            return transitions.gone_live(program, programs, it, starts=starts, by=signed.by, second_person=second, now=now)

        number = str(program.version)
        what = t("version %(version)s goes live", version=number)
        if starts:
            what = t("version %(version)s goes live from %(day)s", version=number, day=starts)
        return program, self._change(tenant, id_, going, what, signed, now)

    def retire(self, tenant: str, id_: str, *, on: date, signed: Signed, now: datetime) -> Lifecycle:
        """The program ends at the beginning of a day."""
        programs = self._versions(tenant, id_)
        change = partial(transitions.retired, programs, on=on, now=now)
        return self._change(tenant, id_, change, t("retires on %(day)s", day=on), signed, now)

    def withdraw(self, tenant: str, id_: str, version: int, *, signed: Signed, now: datetime) -> Lifecycle:
        """A ghost or a draft is given up."""
        program = _numbered(self._versions(tenant, id_), id_, version)
        change = partial(transitions.withdrawn, program, now=now)
        return self._change(tenant, id_, change, t("version %(version)s given up", version=str(version)), signed, now)

    def roll_out(
        self, tenant: str, id_: str, *, percent: int | None, teams: Iterable[str] | None, signed: Signed, now: datetime
    ) -> Lifecycle:
        """The program is for a stable share of its audience, or for these teams; Rejected for one in which nobody is."""
        programs = self._versions(tenant, id_)
        named = None if teams is None else tuple(teams)
        self._check_teams(tenant, named or ())
        change = partial(transitions.rolled_out, programs, percent=percent, teams=named, now=now)
        what = t("rolled out to %(whom)s", whom=transitions.rollout_words(percent or 100, named or ()))
        return self._change(tenant, id_, change, what, signed, now)

    def _check_teams(self, tenant: str, named: Iterable[str]) -> None:
        """A name that is written wrongly would stay for ever: once a program pays, a rollout only becomes wider."""
        known = sorted({it.team for it in self._people.list(tenant) if it.team}) if named else []
        for name in named:
            if name not in known:
                near = closest(name, known)
                others = t("There are %(teams)s", teams=", ".join(known[:20])) if known else t("Give people their teams first")
                mend = t("Did you mean %(near)s?", near=near[0]) if near else others
                raise Rejected(t("nobody is in a team %(name)r", name=name[:60]), where="teams", mend=mend)

    def _change(
        self, tenant: str, id_: str, change: Callable[[Lifecycle], Lifecycle], what: str, signed: Signed, now: datetime
    ) -> Lifecycle:
        before = self._programs.states.get(tenant, id_)
        after = change(before)
        if after.says_as(before):
            return before
        self._programs.change(tenant, before, after, what=what, by=signed.by, reason=signed.reason, now=now)
        return after

    def _versions(self, tenant: str, id_: str) -> list[Program]:
        found = [from_json(entry.text) for entry in self._programs.versions(tenant, id_)]
        if not found:
            raise Missing(t("there is no program %(id)r", id=id_), mend="accolade program list shows those there are")
        return found


def _numbered(programs: list[Program], id_: str, version: int) -> Program:
    for program in programs:
        if program.version == version:
            return program
    raise Missing(
        t("there is no version %(version)s of program %(id)r", version=str(version), id=id_),
        mend="accolade program list shows those there are",
    )


def _waiting(programs: list[Program], lifecycle: Lifecycle, id_: str) -> Program:
    found = [it for it in programs if lifecycle.state(it.version) in (State.GHOST, State.DRAFT)]
    if not found:
        raise Missing(
            t("no version of program %(id)r waits to go live", id=id_), mend="Publish one: accolade program publish FILE --ghost"
        )
    return found[-1]
