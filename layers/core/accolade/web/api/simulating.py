"""Simulating: what a program would have cost and who would have won, over stored records or over records sent along."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from accolade.model.errors import Missing, Rejected
from accolade.model.fields import RECORD_FIELDS
from accolade.web.api.operation import LARGE, Call, Operation
from accolade.web.api.shapes import Closed, Flag, example
from accolade.web.visitors import Scope

if TYPE_CHECKING:
    from pathlib import Path

    from accolade.flows.simulation.bounded import Given
    from accolade.flows.simulation.outcome import Outcome
    from accolade.flows.simulation.part import Variant
    from accolade.programs.rules import Program

ROWS, SHOWN = 12_000, 200
"""Records that are sent at most; people, changes and reasons in one answer."""

_Value = str | int | float | bool | None
_MAPPING = "export:\n  record: deal\n  id: id\n  owner: owner\n  fields: {deal.amount: amount, deal.stage: stage}\n"
_EXAMPLE = {
    "program": "race",
    "records": {
        "type": "deal",
        "rows": [{"id": "1", "owner": "asha", "amount": "1200", "stage": "Won"}],
        "mapping": f"{_MAPPING}  stages: {{won: [Won]}}\n  currency: EUR\n",
    },
}


class RecordsWanted(Closed):
    """Records of one type, as `rows` or as a CSV file with a header row (`csv`), and the mapping document (YAML or JSON) that
    says which column is which field."""

    type: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]
    mapping: Annotated[str, Field(min_length=1, max_length=50_000)]
    csv: Annotated[str, Field(max_length=900_000)] = ""
    rows: Annotated[
        list[Annotated[dict[Annotated[str, Field(max_length=100)], _Value], Field(max_length=100)]],
        Field(max_length=ROWS, default_factory=list),
    ]


class SimulationWanted(Closed):
    """A `document` (YAML or JSON), or else the draft or newest version of a `program`. `compare`: beside what is live of that
    program. `records`: the history; without them it is what the company's CRMs have told."""

    model_config = example(_EXAMPLE)

    document: Annotated[str, Field(max_length=100_000)] = ""
    program: Annotated[str, Field(max_length=48)] = ""
    compare: Flag = True
    records: RecordsWanted | None = None


class PaidShape(Closed):
    """What a milestone paid."""

    milestone: str
    title: str
    awards: int
    points: int
    people: int


class MonthShape(Closed):
    """A month of event dates: awards, points, and people who got any."""

    month: str
    awards: int
    points: int
    people: int


class GotShape(Closed):
    """What somebody would have got: `person` is their number, or what the records that were sent call them."""

    person: str
    name: str
    team: str
    awards: int
    points: int


class MovedShape(Closed):
    """Somebody whose points would have differed: by the program that it is compared with, and by this one."""

    person: str
    name: str
    before: int
    after: int


class SkippedShape(Closed):
    """What did not pay, and why: so many records or awards."""

    reason: str
    count: int


class OutcomeShape(Closed):
    """A program over a history. `cost`: in major units of `currency`. `dry`: the day on which its budget would have been used
    up, `short` the points that it lacks then. `always`: it is in force on no day of the history, and was judged as if it had
    always been. `people`: the first 200, most points first."""

    label: str
    program: str
    version: int
    unit: str
    awards: int
    points: int
    cost: str
    currency: str
    audience: int
    winners: int
    budget: int | None
    dry: date | None
    short: int
    always: bool
    notes: list[str]
    milestones: list[PaidShape]
    months: list[MonthShape]
    people: list[GotShape]
    skipped: list[SkippedShape]


class SimulationShape(Closed):
    """A back-test: `records` were replayed, from `start` to `end`; `cut`: there was more history than is taken. `changes`: the
    200 whose points move most, up or down."""

    records: int
    start: date | None
    end: date | None
    cut: bool
    this: OutcomeShape
    other: OutcomeShape | None
    changes: list[MovedShape]
    skipped: list[SkippedShape]


def simulate_program(call: Call, body: SimulationWanted) -> SimulationShape:
    """Replay a history through a program; nothing is stored, posted or sent. At most 12,000 records (half as many beside
    another program), 22 seconds, and 20 calls a minute of a company."""
    from accolade.flows.simulation.bounded import scratch, variants_of

    program, label = _program(call, body)
    stored = [_read(it.text) for it in call.house.programs.versions(call.tenant.id, program.id)] if body.compare else []
    lifecycle = call.house.programs.states.get(call.tenant.id, program.id)
    variants, flow = variants_of(program, label, stored, lifecycle), call.house.back_test
    with scratch() as folder:
        records = body.records
        given = flow.stored(call.tenant.id, variants) if records is None else _given(records, variants, folder)
        found = flow.run(given, variants, folder, now=call.now)
    named = body.records is not None
    moved = sorted(found.changes, key=lambda it: (-abs(it.by), it.number))[:SHOWN]
    return SimulationShape(
        records=found.records,
        start=found.start,
        end=found.end,
        cut=given.cut,
        this=_outcome(found.this, named),
        other=_outcome(found.other, named) if found.other else None,
        changes=[
            MovedShape(person=it.name if named else it.number, name=it.name, before=it.before, after=it.after) for it in moved
        ],
        skipped=_skipped(found.read),
    )


def _program(call: Call, body: SimulationWanted) -> "tuple[Program, str]":
    """What is simulated, and what it is called."""
    from accolade.flows.publish import checked

    if bool(body.document) == bool(body.program):
        raise Rejected("say either a document or a program", where="body.program", mend="Send one of the two")
    own = call.house.publishing.own_fields(call.tenant.id)
    if body.document:
        return checked(body.document, file="document", own=own), "document"
    draft = call.house.programs.drafts.get(call.tenant.id, body.program)
    if draft is not None:
        return checked(draft.text, file="draft", own=own), "draft"
    versions = call.house.programs.versions(call.tenant.id, body.program)
    if not versions:
        raise Missing("there is no such program")
    return _read(versions[-1].text), f"v{versions[-1].version}"


def _given(records: RecordsWanted, variants: "tuple[Variant, ...]", folder: "Path") -> "Given":
    from accolade.flows.simulation.bounded import MOST_BYTES, from_file
    from accolade.programs.reading import read

    if records.type not in RECORD_FIELDS:
        known = ", ".join(RECORD_FIELDS)
        raise Rejected("there is no such type of records", where="body.records.type", mend=f"Use one of {known}")
    if bool(records.csv.strip()) == bool(records.rows):
        raise Rejected("say either rows or csv", where="body.records.rows", mend="Send one of the two")
    text = records.csv or _csv(records.rows)
    if len(text.encode()) > MOST_BYTES:
        raise Rejected(f"the records have more than {MOST_BYTES:,} bytes", where="body.records", mend="Send fewer")
    mapping = read(records.mapping.replace("\r\n", "\n"), file="mapping")[0]
    return from_file(text, records.type, mapping, variants, folder)


def _csv(rows: list[dict[str, _Value]]) -> str:
    """Rows as the file that the mapping reads: every name that stands anywhere is a column."""
    import csv
    import io

    columns = list(dict.fromkeys(name for row in rows for name in row))
    if not columns:
        raise Rejected("the rows are empty", where="body.records.rows", mend="Give each record its id, owner and fields")
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return file.getvalue()


def _cell(value: _Value) -> object:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def _read(text: str) -> "Program":
    from accolade.programs.loading import from_json

    return from_json(text)


def _outcome(it: "Outcome", named: bool) -> OutcomeShape:
    """`named`: people are known by what the records that were sent call them, for they have no numbers of ours."""
    names = ("label", "program", "version", "unit", "awards", "points", "currency", "audience", "winners", "budget")
    kept: dict[str, Any] = {name: getattr(it, name) for name in (*names, "dry", "short", "always")}
    paid = [
        PaidShape(milestone=one.id, title=one.title, awards=one.awards, points=one.points, people=one.people) for one in it.parts
    ]
    months = [MonthShape(month=one.label, awards=one.awards, points=one.points, people=one.people) for one in it.spell("month")]
    people = [
        GotShape(
            person=one.name if named else one.number, name=one.name, team=one.team or "", awards=one.awards, points=one.points
        )
        for one in it.people[:SHOWN]
    ]
    more: dict[str, Any] = {"cost": str(it.cost(it.points)), "notes": list(it.notes), "skipped": _skipped(it.left)}
    return OutcomeShape(**kept, **more, milestones=paid, months=months, people=people)


def _skipped(left: Any) -> list[SkippedShape]:
    return [SkippedShape(reason=it.reason, count=it.count) for it in left[:SHOWN]]


_offered = partial(Operation, tag="programs")

OPERATIONS = (
    _offered(
        "POST",
        "/programs/simulate",
        Scope.PROGRAMS,
        simulate_program,
        title="What it would have cost",
        limit=LARGE,
        slow=True,
    ),
)
