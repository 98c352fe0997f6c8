"""Programs: what pays, in which versions; checked, published, compared, put into force and ended."""

import json
from datetime import date
from functools import partial
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from accolade.flows.publish import Asked as Publication
from accolade.flows.publish import checked
from accolade.model.errors import Missing
from accolade.programs.differences import differences
from accolade.programs.loading import from_json
from accolade.programs.problems import Problems
from accolade.programs.states import Lifecycle, in_rules
from accolade.programs.words import program_sentences
from accolade.store.programs import Published
from accolade.texts import texts
from accolade.web.api.operation import LARGE, Call, Operation
from accolade.web.api.shapes import Closed, Flag, Instant, Json, Part, Reason, example
from accolade.web.visitors import Scope

VersionNumber = Annotated[int, Path(ge=1, le=999_999)]
_Language = Annotated[Literal["en", "nl"], Query(description="The language of the sentences.")]
_Document = Annotated[str, Field(min_length=1, max_length=100_000, description="YAML or JSON.")]


class VersionShape(Closed):
    """A version of a program, and how it stands. `starts`, `ends`: from the first day on, until before the second."""

    program: str
    version: int
    state: str
    title: str
    starts: date
    ends: date | None
    milestones: int
    published_at: Instant


class Versions(Closed):
    """Versions, the oldest first."""

    items: list[VersionShape]


class ProgramShape(Closed):
    """One version with its document, and the same in sentences."""

    head: VersionShape
    document: Json
    sentences: list[str]


class Checked(Closed):
    """Whether a document could be published; `problems` with their lines if not."""

    ok: bool
    program: str | None
    milestones: list[str]
    problems: list[Json]


class DocumentWanted(Closed):
    """A program's document."""

    model_config = example({"document": "id: race\ntitle: {en: Quarter race}\n..."})

    document: _Document


class PublicationWanted(Closed):
    """A document to publish. `ghost`: it is evaluated and posts nothing; `acknowledge`: what the check doubts is meant."""

    model_config = example({"document": "id: race\ntitle: {en: Quarter race}\n...", "ghost": True, "reason": "Try it first"})

    document: _Document
    ghost: Flag = False
    acknowledge: Flag = False
    reason: Reason


class PublishedShape(Closed):
    """What publishing did."""

    program: str
    version: int
    state: str
    new: bool
    warnings: list[str]


class Differences(Closed):
    """What a version does otherwise than another, in sentences."""

    old: int
    new: int
    differences: list[str]


def list_programs(call: Call) -> Versions:
    """All versions of all programs."""
    lifecycles: dict[str, Lifecycle] = {}
    items = []
    for stored in call.house.programs.list(call.tenant.id):
        lifecycle = lifecycles.setdefault(stored.id, call.house.programs.states.get(call.tenant.id, stored.id))
        items.append(_head(stored, lifecycle))
    return Versions(items=items)


def program_versions(call: Call, program: Part) -> Versions:
    """The versions of one program."""
    lifecycle = call.house.programs.states.get(call.tenant.id, program)
    return Versions(items=[_head(it, lifecycle) for it in stored_of(call, program)])


def program_version(call: Call, program: Part, version: VersionNumber, language: _Language = "en") -> ProgramShape:
    """One version: its document, and what it says in plain words."""
    stored = _version(call, program, version)
    lifecycle = call.house.programs.states.get(call.tenant.id, program)
    read = from_json(stored.text)
    standing = next(iter(in_rules([read], lifecycle)), read)
    sentences = program_sentences(standing, texts(language))
    return ProgramShape(head=_head(stored, lifecycle), document=json.loads(stored.text)["document"], sentences=sentences)


def validate_program(call: Call, body: DocumentWanted) -> Checked:
    """Check a document without publishing it: that it is valid, and SMART."""
    try:
        program = checked(body.document, file="document", own=call.house.publishing.own_fields(call.tenant.id))
    except Problems as found:
        problems = [{"line": it.line, "path": it.path, "what": it.what, "mend": it.mend} for it in found.problems]
        return Checked(ok=False, program=None, milestones=[], problems=problems)
    return Checked(ok=True, program=program.id, milestones=[it.id for it in program.milestones], problems=[])


def publish_program(call: Call, body: PublicationWanted) -> PublishedShape:
    """Publish a version, for ever; without a version in the document it gets the next one. The same again changes nothing."""
    asked = Publication(call.who.name, ghost=body.ghost, reason=body.reason, acknowledge=body.acknowledge)
    done = call.house.publishing.publish(body.document, file="document", tenant=call.tenant.id, asked=asked, now=call.now)
    it, warnings = done.published, list(done.warnings)
    if done.is_new:
        call.record("program.published", f"program:{it.id}@{it.version}", after={"state": done.state.value}, reason=body.reason)
    return PublishedShape(program=it.id, version=it.version, state=done.state.value, new=done.is_new, warnings=warnings)


def program_differences(
    call: Call,
    program: Part,
    old: Annotated[int, Query(ge=1, le=999_999)],
    new: Annotated[int, Query(ge=1, le=999_999)],
    language: _Language = "en",
) -> Differences:
    """What one version does otherwise than another."""
    before, after = (from_json(_version(call, program, it).text) for it in (old, new))
    return Differences(old=old, new=new, differences=list(differences(before, after, texts(language))))


def stored_of(call: Call, program: str) -> list[Published]:
    found = list(call.house.programs.versions(call.tenant.id, program))
    if not found:
        raise Missing("there is no such program")
    return found


def _version(call: Call, program: str, version: int) -> Published:
    for it in stored_of(call, program):
        if it.version == version:
            return it
    raise Missing("there is no such version")


def _head(stored: Published, lifecycle: Lifecycle) -> VersionShape:
    read = from_json(stored.text)
    standing = next(iter(in_rules([read], lifecycle)), read)
    return VersionShape(
        program=stored.id,
        version=stored.version,
        state=lifecycle.state(stored.version).value,
        title=stored.title,
        starts=standing.effective_from,
        ends=standing.effective_to,
        milestones=len(read.milestones),
        published_at=stored.published_at,
    )


_offered = partial(Operation, tag="programs")
_ONE, _VERSION = "/programs/{program}", "/programs/{program}/versions/{version}"
_READ, _WRITE = Scope.PROGRAMS, Scope.PROGRAMS_WRITE

OPERATIONS = (
    _offered("GET", "/programs", _READ, list_programs, title="All programs"),
    _offered("POST", "/programs", _WRITE, publish_program, title="Publish a version", limit=LARGE),
    _offered("POST", "/programs/validate", _READ, validate_program, title="Check a document", limit=LARGE),
    _offered("GET", _ONE, _READ, program_versions, title="The versions of a program"),
    _offered("GET", f"{_ONE}/differences", _READ, program_differences, title="Compare two versions"),
    _offered("GET", _VERSION, _READ, program_version, title="One version"),
)
