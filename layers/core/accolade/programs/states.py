"""States: which published versions of a program count, as what, from when and for whom: draft, ghost, live, retired."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from accolade.model.phrases import Phrase
from accolade.model.phrases import later as t
from accolade.programs.loading import from_stored, to_stored
from accolade.programs.rules import Program

GHOST = "~ghost"
"""What is put behind a program's id while it is evaluated as a ghost: its awards lie apart from those that pay."""


class State(StrEnum):
    """draft waits for a second person; ghost is evaluated and posts nothing; live pays; retired counts no more."""

    DRAFT = "draft"
    GHOST = "ghost"
    LIVE = "live"
    RETIRED = "retired"


STATE_WORDS: Mapping[State, Phrase] = {
    State.DRAFT: t("draft"),
    State.GHOST: t("ghost"),
    State.LIVE: t("live"),
    State.RETIRED: t("retired"),
}
"""The states as a refusal names them."""


@dataclass(frozen=True, slots=True)
class VersionState:
    """How one version stands. `starts`: in force from that day rather than from its document's; `pays_from`: what is dated
    before pays nothing; `since`: when it came into this state; `author` published it, `approver` (another person) agreed."""

    state: State
    since: datetime
    author: str = ""
    approver: str = ""
    starts: date | None = None
    pays_from: date | None = None

    @property
    def said(self) -> tuple[object, ...]:
        """All of it but when it came so."""
        return self.state, self.author, self.approver, self.starts, self.pays_from


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How a program stands: its versions by number (one that is not named is live, as its document says), the day on which
    all of it `ends`, and to whom it is rolled out where that is not as its document says. `revision` counts the changes."""

    program: str
    versions: Mapping[int, VersionState] = field(default_factory=dict)
    ends: date | None = None
    percent: int | None = None
    teams: tuple[str, ...] | None = None
    revision: int = 0
    changed_at: datetime | None = None
    rolled_out_at: datetime | None = None

    def of(self, version: int) -> VersionState | None:
        """How a version stands; None if nothing was ever said about it, which means live."""
        return self.versions.get(version)

    def says_as(self, other: "Lifecycle") -> bool:
        """Whether it says the same as another one, whenever that was said."""
        mine, theirs = ({number: one.said for number, one in it.versions.items()} for it in (self, other))
        return (mine, self.ends, self.percent, self.teams) == (theirs, other.ends, other.percent, other.teams)

    def state(self, version: int) -> State:
        """The state of a version."""
        known = self.versions.get(version)
        return known.state if known else State.LIVE

    def having(self, version: int, state: VersionState) -> "Lifecycle":
        """The same with one version in another state."""
        return replace(self, versions={**self.versions, version: state})


def in_rules(programs: Iterable[Program], lifecycle: Lifecycle) -> list[Program]:
    """The versions of one program as the rulebook judges by them: live ones with what their state says, ghosts under the
    id of their own. Drafts, what was retired before it began, and what would begin after the end are left out."""
    return [found for program in programs if (found := _as_it_stands(program, lifecycle))]


def shadow(program: Program) -> Program:
    """The version as a ghost: a program of its own id, that posts nothing."""
    stored = to_stored(program)
    ghost = from_stored({**stored, "document": {**program.document, "id": program.id + GHOST}})
    return replace(ghost, state=State.GHOST.value)


def _as_it_stands(program: Program, lifecycle: Lifecycle) -> Program | None:
    standing = lifecycle.of(program.version)
    state = standing.state if standing else State.LIVE
    if state is State.GHOST:
        return shadow(program)
    if state is not State.LIVE:
        return None
    starts = (standing.starts if standing else None) or program.effective_from
    ends = min((day for day in (program.effective_to, lifecycle.ends) if day), default=None)
    if ends is not None and starts >= ends:
        return None
    return replace(
        _rolled_out(program, lifecycle),
        effective_from=starts,
        effective_to=ends,
        pays_from=standing.pays_from if standing else None,
    )


def _rolled_out(program: Program, lifecycle: Lifecycle) -> Program:
    """The version for whom it is rolled out by now: that is part of every rule's audience, so it is built again."""
    percent = program.rollout_percent if lifecycle.percent is None else lifecycle.percent
    teams = program.rollout_teams if lifecycle.teams is None else lifecycle.teams
    if (percent, teams) == (program.rollout_percent, program.rollout_teams):
        return program
    wanted = {"percent": percent} | ({"teams": list(teams)} if teams else {})
    stored = to_stored(program)
    return replace(from_stored({**stored, "document": {**program.document, "rollout": wanted}}), document=program.document)
