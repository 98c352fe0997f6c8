"""The timeline of a program: on which days it starts, changes and ends, for those who are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accolade.programs.periods import midnight
from accolade.programs.rollout import bucket
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Program
from accolade.programs.states import Lifecycle, in_rules

STARTED, CHANGED, ENDED = "started", "changed", "ended"


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens to a program on a day, from the instant `at` on (its midnight, or later if it was decided later).

    `program` is the version in force from then on (for an end: the last one), `before` the one that it replaces.
    """

    event: str
    on: date
    at: datetime
    program: Program
    before: Program | None = None

    @property
    def key(self) -> str:
        """What it is told once about."""
        return f"{self.program.id}#{self.program.version:06d}#{self.event}#{self.on.isoformat()}"


def turns(programs: Sequence[Program], lifecycle: Lifecycle, published: dict[int, datetime]) -> list[Turn]:
    """Every turn of one program in the order of days; `published`: when each version was, by number. Ghosts have none."""
    live = [it for it in in_rules(programs, lifecycle) if not it.ghost]
    book, found = Rulebook(live), list[Turn]()
    days = sorted({it.effective_from for it in live} | {it.effective_to for it in live if it.effective_to})
    for day in days:
        was = book.on(live[0].id, day - timedelta(days=1)) if day > date.min else None
        now = book.on(live[0].id, day)
        if was is now or (was is None and now is None):
            continue
        program = now or was
        if program is not None:
            found.append(_turn(program, was, now, day, lifecycle, published))
    return [turn for turn in found if turn.event != ENDED or turn.at >= published[turn.program.version]]


def included(program: Program, number: str, team: str | None) -> bool:
    """Whether a participant is among those to whom the program is rolled out."""
    if program.rollout_teams and team not in program.rollout_teams:
        return False
    return program.rollout_percent >= 100 or bucket(program.id, number) < program.rollout_percent


def _turn(
    program: Program,
    was: Program | None,
    now: Program | None,
    day: date,
    lifecycle: Lifecycle,
    published: dict[int, datetime],
) -> Turn:
    at = midnight(day, program.zone)
    if now is None:
        return Turn(ENDED, day, at, program)
    standing = lifecycle.of(now.version)
    decided = standing.since if standing else published[now.version]
    wider = lifecycle.rolled_out_at if was is None and lifecycle.rolled_out_at else decided
    return Turn(CHANGED if was else STARTED, day, max(at, decided, wider), now, was)
