"""Publishing a program: checked, numbered, stored for ever, and applied to what is known already."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from accolade.flows.news import concerns
from accolade.model.errors import Refused
from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.programs import smart
from accolade.programs.loading import from_json, load
from accolade.programs.problems import Findings
from accolade.programs.publishing import publication
from accolade.programs.reading import read
from accolade.programs.rules import Program
from accolade.programs.states import STATE_WORDS, Lifecycle, State
from accolade.programs.transitions import entered
from accolade.store.connections import Connections
from accolade.store.people import People
from accolade.store.programs import Programs, Published
from accolade.store.tenants import Tenants

History = Callable[[Program], smart.Reached]
"""What the program's audience reached before, by milestone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who publishes what for: as a `ghost` or to pay, why, and whether what the check doubts is meant (`acknowledge`)."""

    by: str
    ghost: bool = False
    reason: str = ""
    acknowledge: bool = False
    history: History | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What publishing did: the stored version, whether it is new, in which state, what its author should know."""

    published: Published
    is_new: bool
    state: State
    warnings: tuple[str, ...]


class Publishing:
    """Publishes programs. Problems (a Rejected) lists everything that is wrong with a document."""

    def __init__(self, programs: Programs, connections: Connections, tenants: Tenants, people: People) -> None:
        self._programs, self._connections, self._tenants, self._people = programs, connections, tenants, people

    def publish(self, text: str | bytes, *, file: str, tenant: str, asked: Asked, now: datetime) -> Done:
        """Publish a document (YAML or JSON); Refused as `programs.publishing.publication` says, and for a target that its
        audience's history does not bear out unless that is acknowledged.

        A rule may come late: `maintain` has every known record decided again (`flows.rejudge`), so that nothing waits for
        its next event. Where the tenant asks for a second person, it is a draft until another one approves.
        """
        program = checked(text, file=file, own=self.own_fields(tenant))
        existing = [from_json(entry.text) for entry in self._programs.versions(tenant, program.id)]
        before = self._programs.states.get(tenant, program.id)
        state = self._state(tenant, asked)
        paying = [it for it in existing if before.state(it.version) is State.LIVE] if state is State.LIVE else []
        given_up = {it.version for it in existing if before.state(it.version) is State.RETIRED}
        plan = publication(program, existing, now=now, replaced=paying, given_up=given_up)
        if plan.unchanged:
            published = self._programs.get(tenant, program.id, plan.program.version)
            return Done(published, False, before.state(published.version), ())
        warnings = (*plan.warnings, *self._doubts(program, asked), *self._nobody(program, tenant, now))
        published = self._store(tenant, plan.program, before, state, asked, now)
        return Done(published, True, state, warnings)

    def _store(self, tenant: str, program: Program, before: Lifecycle, state: State, asked: Asked, now: datetime) -> Published:
        title = program.title.get("en") or next(iter(program.title.values()))
        after = entered(program, before, state, author=asked.by, now=now)
        what = t("version %(version)s published as %(state)s", version=str(program.version), state=STATE_WORDS[state])
        beside = self._programs.states.writes(tenant, before, after, what=what, by=asked.by, reason=asked.reason, now=now)
        return self._programs.publish(tenant, program, title=title, now=now, beside=beside)

    def _state(self, tenant: str, asked: Asked) -> State:
        if asked.ghost:
            return State.GHOST
        settings = self._tenants.find(tenant)
        return State.DRAFT if settings and settings.second_person else State.LIVE

    def _doubts(self, program: Program, asked: Asked) -> list[str]:
        if asked.history is None:
            return ["Whether its targets are within reach was not checked: --history deal=FILE.csv --mapping FILE does."]
        doubts = [doubt.says for doubt in smart.doubts(program, asked.history(program))]
        if doubts and not asked.acknowledge:
            raise Refused(
                t("is it achievable? %(doubts)s", doubts="; ".join(doubts)),
                where=f"program {program.id}",
                mend="Change the target, or say that it is meant: --acknowledge",
            )
        return doubts

    def _nobody(self, program: Program, tenant: str, now: datetime) -> Iterator[str]:
        """An audience without anybody in it is most often a role or a team that is called otherwise."""
        people = [it for it in self._people.list(tenant) if it.active]
        if people and not any(concerns(program, it, now) for it in people):
            roles = ", ".join(sorted({it.role or "none" for it in people})[:8])
            teams = ", ".join(sorted({it.team or "none" for it in people})[:8])
            yield f"None of {len(people):,} participants is in its audience now. Their roles are {roles}; their teams {teams}."

    def own_fields(self, tenant: str) -> Mapping[str, Mapping[str, FieldType]]:
        """The org's own fields, as the connections of the tenant map them."""
        found: dict[str, dict[str, FieldType]] = {}
        for connection in self._connections.list(tenant):
            for entry in connection.maps:
                found.setdefault(entry.record, {}).update(entry.types)
        return found


def checked(text: str | bytes, *, file: str, own: Mapping[str, Mapping[str, FieldType]] | None = None) -> Program:
    """The program of a document that may be published: valid and SMART. Problems lists what is missing, with its line."""
    program = load(text, file=file, own=own)
    findings = Findings(file, read(text, file=file)[1])
    smart.check(program, findings)
    if findings:
        raise findings.refuse()
    return program
