"""Roll-out: a program for some teams first, or for a stable percentage of participants."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.programs.condition_tree import All, Condition, Test, question
from accolade.programs.rules import Program

if TYPE_CHECKING:  # what only authors need stays out of the functions
    from accolade.programs.drafting import Draft

MOST_TEAMS = 200
_EXAMPLE = "Write rollout: {percent: 20}, or rollout: {teams: [West]}"


@lru_cache(maxsize=100_000)
def bucket(program_id: str, number: str) -> int:
    """In which of 100 parts (0 to 99) of all participants somebody is, for this program: the same for all its versions, and
    for its ghosts. A larger percentage keeps everybody who was in a smaller one."""
    return int(sha256(f"{_own(program_id)}{number}".encode()).hexdigest(), 16) % 100


def bucket_field(program_id: str) -> str:
    """The hidden field of a person that holds their part for a program."""
    return f"participant.bucket.{_own(program_id)}"


def buckets(programs: Iterable[Program], number: str) -> Mapping[str, int]:
    """The hidden fields that these programs ask of a participant; empty unless one is rolled out to a percentage."""
    return {bucket_field(it.id): bucket(it.id, number) for it in programs if it.rollout_percent < 100}


def read(draft: "Draft") -> tuple[int, tuple[str, ...]]:
    """(percent, teams) of `rollout`; everybody if it is absent or wrong."""
    from accolade.programs.problems import shown

    raw = draft.raw.get("rollout")
    if raw is None:
        return 100, ()
    part = draft.at(raw, "rollout")
    if not part.known(("percent", "teams"), of=t("a rollout"), example=_EXAMPLE):
        return 100, ()
    percent = part.whole("percent", least=1, most=100, example=20)
    teams = part.listed("teams", most=MOST_TEAMS, example="teams: [West, Central]")
    for i, team in enumerate(teams):
        if not isinstance(team, str) or not 1 <= len(team) <= 120:
            part.findings.add(
                (*part.path, "teams", i),
                t("%(team)s is not the name of a team", team=shown(team)),
                t("Write it as people have it"),
            )
    return 100 if percent is None else percent, tuple(str(team) for team in teams)


def condition(program_id: str, percent: int, teams: tuple[str, ...], *, zone: str) -> Condition | None:
    """What a participant has to satisfy; None if it is for everybody."""
    from accolade.programs.operands import written

    parts: list[Condition] = []
    if percent < 100:
        asked = question(bucket_field(program_id), FieldType.INTEGER, "below", None, zone)
        parts.append(Test(asked, percent, written(percent)))
    if teams:
        parts.append(Test(question("participant.team", FieldType.TEXT, "in", None, zone), teams, written(list(teams))))
    return All(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def _own(program_id: str) -> str:
    """The id without the mark of a ghost."""
    return program_id.partition("~")[0]
