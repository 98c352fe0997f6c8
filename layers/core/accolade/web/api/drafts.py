"""Drafts: a program while it is written, begun with a preset or with nothing; changed only by whoever has seen the newest."""

from datetime import date
from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from accolade.model.errors import Conflict, Missing, Rejected
from accolade.store.drafts import Draft, gone
from accolade.web.api.operation import LARGE, Call, Operation
from accolade.web.api.shapes import Closed, Cursor, Instant, Limit, Page, Part, Short, example, paged
from accolade.web.visitors import Scope

Id = Annotated[str, Path(min_length=1, max_length=48, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]


class PresetShape(Closed):
    """A program to begin with: what it rewards, for whom, what to adapt, and its risks."""

    name: str
    department: str
    title: str
    what: str
    whom: str
    adapt: str
    risks: str


class Presets(Closed):
    """All presets, by name."""

    items: list[PresetShape]


class PresetWhole(Closed):
    """A preset with its document (YAML), as it would begin, and the same in sentences."""

    preset: PresetShape
    document: str
    sentences: list[str]


class DraftShape(Closed):
    """What somebody writes. `revision` counts the saves; whoever changes it says which they have seen. `problems`: what has to
    be mended before it can be published."""

    program: str
    document: str
    revision: int
    by: str
    at: Instant
    preset: str
    problems: list[str]


class DraftHead(Closed):
    """A draft without its document."""

    program: str
    revision: int
    by: str
    at: Instant
    preset: str


class DraftWanted(Closed):
    """The document (YAML or JSON, sound or not yet), and the revision that was seen (0: there was none)."""

    model_config = example({"document": "id: race\ntitle: {en: Quarter race}\n...", "seen": 0})

    document: Annotated[str, Field(min_length=1, max_length=64_000)]
    seen: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 0
    preset: Short = ""


def list_presets(call: Call) -> Presets:
    """Programs to begin with."""
    from accolade.programs.preset_files import names, preset

    return Presets(items=[_preset(preset(name)) for name in names()])


def get_preset(
    call: Call,
    preset: Part,
    program: Annotated[str, Query(max_length=48, pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$", description="Its id.")] = "",
    starts: Annotated[date | None, Query(description="Its first day; default: the first of next month.")] = None,
    currency: Annotated[str, Query(pattern=r"^[A-Z]{3}$")] = "USD",
    time_zone: Annotated[str, Query(max_length=60, pattern=r"^[A-Za-z0-9_+/-]+$")] = "UTC",
) -> PresetWhole:
    """A preset made ready for a company and a day: save it as a draft, or publish it as it is."""
    from accolade.programs.loading import load
    from accolade.programs.preset_files import adapted, names
    from accolade.programs.preset_files import preset as preset_of
    from accolade.programs.words import program_sentences
    from accolade.programs.zones import zone_named
    from accolade.texts import texts

    if preset not in names():
        raise Missing("there is no such preset")
    zone_named(time_zone, where="query.time_zone")
    it = preset_of(preset)
    text = adapted(it, starts=_first_day(call, starts), id_=program, currency=currency, time_zone=time_zone)
    return PresetWhole(preset=_preset(it), document=text, sentences=program_sentences(load(text, file=preset), texts("en")))


def list_drafts(call: Call, limit: Limit = 50, cursor: Cursor = "") -> Page[DraftHead]:
    """The drafts that somebody writes, by program."""
    after = call.place(cursor)
    found = [it for it in call.house.programs.drafts.list(call.tenant.id) if it.program > after]
    shown, following = paged(found, limit, lambda it: it.program, call.cursor)
    return Page(items=[DraftHead(**{name: getattr(it, name) for name in DraftHead.model_fields}) for it in shown], next=following)


def get_draft(call: Call, program: Part) -> DraftShape:
    """The draft of a program, and what is wrong with it."""
    return _shape(call, _known(call, program))


def put_draft(call: Call, program: Id, body: DraftWanted) -> DraftShape:
    """Save a draft over the revision that was seen; nothing is paid by it. 409 if somebody saved meanwhile."""
    drafts = call.house.programs.drafts
    known = drafts.get(call.tenant.id, program)
    if (known.revision if known else 0) != body.seen:
        raise gone(known)
    preset = known.preset if known else body.preset
    saved = drafts.save(call.tenant.id, program, body.document, seen=body.seen, by=call.who.name, now=call.now, preset=preset)
    call.record("program.drafted", f"program:{program}", after={"revision": saved.revision})
    return _shape(call, _known(call, program))


def drop_draft(
    call: Call, program: Part, seen: Annotated[int, Query(ge=1, le=1_000_000, description="The revision that was seen.")]
) -> DraftHead:
    """Give a draft up; the audit log keeps its text."""
    known = _known(call, program)
    if known.revision != seen:
        raise Conflict("the draft was changed meanwhile", mend="Look at it again")
    call.house.programs.drafts.remove(call.tenant.id, program, seen=seen)
    call.record("program.dropped", f"program:{program}", before={"draft": known.text})
    return DraftHead(**{name: getattr(known, name) for name in DraftHead.model_fields})


def _known(call: Call, program: str) -> Draft:
    found = call.house.programs.drafts.get(call.tenant.id, program)
    if found is None:
        raise Missing("nobody writes a draft of this program")
    return found


def _shape(call: Call, it: Draft) -> DraftShape:
    from accolade.flows.publish import checked
    from accolade.programs.problems import Problems

    kept = {name: getattr(it, name) for name in DraftHead.model_fields}
    problems = []
    try:
        program = checked(it.text, file=it.program, own=call.house.publishing.own_fields(call.tenant.id))
    except Problems as error:
        problems = [f"line {one.line}: {one.message}" for one in error.problems[:100]]
    except Rejected as error:
        problems = [error.what]
    else:
        problems = [f"its id is {program.id}, and this is {it.program}"] if program.id != it.program else []
    return DraftShape(**kept, document=it.text, problems=problems)


def _preset(it: object) -> PresetShape:
    return PresetShape(**{name: getattr(it, name) for name in PresetShape.model_fields})


def _first_day(call: Call, starts: date | None) -> date:
    today = call.now.date()
    first = starts or date(today.year + today.month // 12, today.month % 12 + 1, 1)
    if not 2000 <= first.year <= 2100:
        raise Rejected("a program begins between 2000 and 2100", where="query.starts")
    return first


_offered = partial(Operation, tag="programs")
_DRAFT, _READ, _WRITE = "/programs/{program}/draft", Scope.PROGRAMS, Scope.PROGRAMS_WRITE

OPERATIONS = (
    _offered("GET", "/presets", _READ, list_presets, title="Programs to begin with"),
    _offered("GET", "/presets/{preset}", _READ, get_preset, title="One of them, made ready"),
    _offered("GET", "/drafts", _READ, list_drafts, title="What is being written"),
    _offered("GET", _DRAFT, _READ, get_draft, title="A draft"),
    _offered("PUT", _DRAFT, _WRITE, put_draft, title="Save a draft", limit=LARGE),
    _offered("DELETE", _DRAFT, _WRITE, drop_draft, title="Give a draft up"),
)
