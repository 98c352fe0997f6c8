"""States of programs: a version goes live, is agreed to or given up; a program is rolled out, or ends; and who did it."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Annotated

from pydantic import Field

from accolade.flows.program_states import Signed
from accolade.model.errors import Missing
from accolade.programs.states import Lifecycle, State
from accolade.web.api.operation import Call, Operation
from accolade.web.api.people import Because
from accolade.web.api.programs import VersionNumber, stored_of
from accolade.web.api.shapes import PLAIN, Closed, Instant, Limit, Part, Reason, example
from accolade.web.visitors import Scope


class StandingShape(Closed):
    """How a program stands: the state of each version that something was said about, and the day on which all of it ends."""

    program: str
    versions: dict[str, str]
    ends: date | None
    percent: int | None
    teams: list[str] | None


class StartWanted(Closed):
    """From which day on it pays (empty: as its document says), and why."""

    model_config = example({"starts": "2027-01-01", "reason": "It does what we want"})

    starts: date | None = None
    reason: Reason


class EndWanted(Closed):
    """The first day on which it counts no more, and why."""

    model_config = example({"on": "2027-04-01", "reason": "The quarter is over"})

    on: date
    reason: Reason


class RolloutWanted(Closed):
    """For whom of its audience it is: a stable share, or these teams; it only ever becomes wider."""

    model_config = example({"percent": 50, "reason": "Half of them go first"})

    percent: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None
    teams: Annotated[list[Annotated[str, Field(min_length=1, max_length=120, pattern=PLAIN)]], Field(max_length=50)] | None = None
    reason: Reason


class WinnerShape(Closed):
    """Somebody who got points by a program, net of what went back."""

    participant: str
    points: int


class Winners(Closed):
    """Who won in this month and the one before (UTC), most first; `people`: how many. `cut`: not everything was read."""

    items: list[WinnerShape]
    people: int
    cut: bool


class BesideShape(Closed):
    """A milestone or a participant: points by the live version, and what the ghost would have given."""

    name: str
    live: int
    ghost: int


class GhostShape(Closed):
    """The newest ghost of a program beside what is live; the largest changes first. `cut`: not everything was read."""

    version: int
    milestones: list[BesideShape]
    people: list[BesideShape]
    cut: bool


class ChangeShape(Closed):
    """A change of a program's state."""

    at: Instant
    by: str
    what: str
    reason: str


class Changes(Closed):
    """Changes, the oldest first."""

    items: list[ChangeShape]


def program_live(call: Call, program: Part, version: VersionNumber, body: StartWanted) -> StandingShape:
    """A ghost goes live: it pays from a day on."""
    changes, signed = call.house.program_changes, Signed(call.who.name, body.reason)
    _, after = changes.live(call.tenant.id, program, version=version, starts=body.starts, signed=signed, now=call.now)
    return _changed(call, "program.live", f"program:{program}@{version}", after, body.reason)


def approve_program(call: Call, program: Part, version: VersionNumber, body: Because) -> StandingShape:
    """Another person than its author agrees to a version; a draft goes live by it."""
    signed = Signed(call.who.name, body.reason)
    after = call.house.program_changes.approve(call.tenant.id, program, version, signed=signed, now=call.now)
    return _changed(call, "program.approved", f"program:{program}@{version}", after, body.reason)


def withdraw_program(call: Call, program: Part, version: VersionNumber, body: Because) -> StandingShape:
    """A ghost or a draft is given up."""
    signed = Signed(call.who.name, body.reason)
    after = call.house.program_changes.withdraw(call.tenant.id, program, version, signed=signed, now=call.now)
    return _changed(call, "program.withdrawn", f"program:{program}@{version}", after, body.reason)


def retire_program(call: Call, program: Part, body: EndWanted) -> StandingShape:
    """A program ends at the beginning of a day; what was earned stays."""
    signed = Signed(call.who.name, body.reason)
    after = call.house.program_changes.retire(call.tenant.id, program, on=body.on, signed=signed, now=call.now)
    return _changed(call, "program.retired", f"program:{program}", after, body.reason)


def roll_out_program(call: Call, program: Part, body: RolloutWanted) -> StandingShape:
    """Say for whom of its audience a program is by now."""
    signed, changes = Signed(call.who.name, body.reason), call.house.program_changes
    after = changes.roll_out(call.tenant.id, program, percent=body.percent, teams=body.teams, signed=signed, now=call.now)
    return _changed(call, "program.rolled_out", f"program:{program}", after, body.reason)


def program_log(call: Call, program: Part) -> Changes:
    """Who changed a program's state, when and why."""
    stored_of(call, program)
    found = list(call.house.programs.states.changes(call.tenant.id, program))[-500:]
    return Changes(items=[ChangeShape(at=it.at, by=it.by, what=it.what, reason=it.reason) for it in found])


def program_winners(call: Call, program: Part, limit: Limit = 50) -> Winners:
    """Who won by a program lately."""
    from accolade.web.effects import won

    stored_of(call, program)
    found = won(call, program)
    items = [WinnerShape(participant=number, points=points) for number, points in found.best[:limit]]
    return Winners(items=items, people=len(found.best), cut=found.cut)


def program_ghost(call: Call, program: Part, limit: Limit = 50) -> GhostShape:
    """What a program's ghost would have given, by milestone and by person."""
    from accolade.flows.ghosts import totals
    from accolade.programs.loading import from_json
    from accolade.web.effects import beside

    stored, lifecycle = stored_of(call, program), call.house.programs.states.get(call.tenant.id, program)
    ghosts = [it for it in stored if lifecycle.state(it.version) is State.GHOST]
    if not ghosts:
        raise Missing("this program has no ghost")
    found = beside(call, from_json(ghosts[-1].text))
    milestones, people = (totals(found.rows, key) for key in (attrgetter("milestone"), attrgetter("participant")))

    def shown(sums: Mapping[str, tuple[int, int]]) -> list[BesideShape]:
        return [BesideShape(name=name, live=live, ghost=ghost) for name, (live, ghost) in list(sums.items())[:limit]]

    return GhostShape(version=ghosts[-1].version, milestones=shown(milestones), people=shown(people), cut=found.cut)


def _changed(call: Call, what: str, on: str, it: Lifecycle, reason: str) -> StandingShape:
    versions = {str(number): one.state.value for number, one in sorted(it.versions.items())}
    call.record(what, on, after={"versions": versions, "ends": it.ends}, reason=reason)
    teams = None if it.teams is None else list(it.teams)
    return StandingShape(program=it.program, versions=versions, ends=it.ends, percent=it.percent, teams=teams)


_offered = partial(Operation, tag="programs")
_ONE, _VERSION = "/programs/{program}", "/programs/{program}/versions/{version}"
_READ, _WRITE = Scope.PROGRAMS, Scope.PROGRAMS_WRITE

OPERATIONS = (
    _offered("GET", f"{_ONE}/winners", _READ, program_winners, title="Who won by it lately"),
    _offered("GET", f"{_ONE}/ghost", _READ, program_ghost, title="What its ghost would have given"),
    _offered("GET", f"{_ONE}/changes", _READ, program_log, title="Who changed it"),
    _offered("POST", f"{_ONE}/retire", _WRITE, retire_program, title="End a program"),
    _offered("POST", f"{_ONE}/rollout", _WRITE, roll_out_program, title="Roll out a program"),
    _offered("POST", f"{_VERSION}/live", _WRITE, program_live, title="A ghost goes live"),
    _offered("POST", f"{_VERSION}/approve", _WRITE, approve_program, title="Agree to a version"),
    _offered("POST", f"{_VERSION}/withdraw", _WRITE, withdraw_program, title="Give up a ghost or a draft"),
)
