"""People: who earns, what they hold and why; added, changed, imported, gone and back."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from accolade.flows.csv_table import Faults
from accolade.flows.explain import Asked
from accolade.flows.participant_cells import participant_of
from accolade.flows.participant_csv import read_participants
from accolade.flows.people_leaving import PeopleLeaving
from accolade.model.errors import Refused, Rejected
from accolade.model.participants import Channel, Consent, Participant
from accolade.web.api.me import EntryShape, Steps, WalletShape, Why, entries_of, steps_of, wallet_of, why_of
from accolade.web.api.operation import LARGE, Call, Operation
from accolade.web.api.problems import Turned
from accolade.web.api.shapes import PLAIN, Closed, Cursor, Flag, Limit, Named, Page, Reason, Short, example, paged
from accolade.web.people_flows import leaving_of
from accolade.web.people_list import Wanted
from accolade.web.visitors import Scope

_Channel = Literal["email", "sms", "whatsapp"]
_Cell = Annotated[str, Field(max_length=200, pattern=PLAIN)]


class ConsentShape(Closed):
    """A consent: which channel, when it was given, where it is written down, and its words."""

    channel: _Channel
    given_on: date
    source: Annotated[str, Field(max_length=200, pattern=PLAIN)] = ""
    text: Annotated[str, Field(max_length=1000, pattern=PLAIN)] = ""


class PersonShape(Closed):
    """Who earns. `number` is the name in wallets and entries; `id` is the one that people gave."""

    number: str
    id: str
    name: str
    email: str | None
    phone: str | None
    locale: str
    zone: str
    country: str | None
    manager: str | None
    team: str | None
    role: str | None
    region: str | None
    kind: str | None
    started_on: date | None
    identities: dict[str, str]
    channels: list[str]
    consents: list[ConsentShape]
    active: bool


class PersonWanted(Closed):
    """A participant as an import's line says it; what is left out is empty."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]
    email: _Cell = ""
    phone: Annotated[str, Field(max_length=40, pattern=PLAIN)] = ""
    locale: Short = ""
    zone: Short = ""
    country: Annotated[str, Field(max_length=2)] = ""
    manager: _Cell = ""
    team: _Cell = ""
    role: _Cell = ""
    region: _Cell = ""
    kind: _Cell = ""
    started_on: date | None = None
    salesforce_user_id: Annotated[str, Field(max_length=18)] = ""
    hubspot_owner_id: Annotated[str, Field(max_length=18)] = ""
    channels: Annotated[list[_Channel], Field(max_length=3, default_factory=list)]
    consents: Annotated[list[ConsentShape], Field(max_length=3, default_factory=list)]


class ImportWanted(Closed):
    """A CSV file (UTF-8, a header row) of participants. `dry_run`: nothing is stored; `partial`: the right lines are taken in
    spite of wrong ones."""

    csv: Annotated[str, Field(min_length=1, max_length=900_000)]
    dry_run: Flag = True
    partial: Flag = False


class LineFault(Closed):
    """What is wrong with a line, and how to mend it."""

    line: int
    column: str
    what: str
    mend: str


class ImportShape(Closed):
    """What an import did, or would do."""

    stored: bool
    read: int
    created: int
    updated: int
    unchanged: int
    problems: list[LineFault]
    remarks: list[LineFault]


class Because(Closed):
    """Why it is done, for the audit."""

    model_config = example({"reason": "Moved to another company"})

    reason: Reason


def list_people(
    call: Call,
    limit: Limit = 50,
    cursor: Cursor = "",
    team: Annotated[str, Query(max_length=120, pattern=PLAIN)] = "",
    active: Annotated[bool | None, Query(description="Only those who are here, or only those who left.")] = None,
    q: Annotated[str, Query(max_length=120, pattern=PLAIN, description="Part of a name, id, number, address or team.")] = "",
) -> Page[PersonShape]:
    """The participants in the order of their numbers."""
    found, wanted = list[Participant](), Wanted(q, "", "all", "")
    after = call.place(cursor)
    while len(found) <= limit:
        batch = list(call.house.people.page(call.tenant.id, after=after, limit=200))
        found += [it for it in batch if team in ("", it.team) and active in (None, it.active) and wanted.fits(it)]
        if len(batch) < 200:
            break
        after = batch[-1].number
    shown, following = paged(found, limit, lambda it: it.number, call.cursor)
    return Page(items=[person_shape(it) for it in shown], next=following)


def get_person(call: Call, person: Named) -> PersonShape:
    """One participant."""
    return person_shape(call.participant(person))


def put_person(call: Call, person: Named, body: PersonWanted) -> PersonShape:
    """Add a participant under an import id, or change the one of that id; a known one keeps number and points."""
    row = {name: str(value) for name, value in body if isinstance(value, str | date) and value}
    row |= {"id": person, "channels": ",".join(body.channels)}
    faults = Faults()
    draft = participant_of(row, tenant=call.tenant.id, today=_today(call), faults=faults)
    if faults.found:
        raise _wrong(faults)
    consents = tuple(Consent(Channel(it.channel), it.given_on, it.source, it.text) for it in body.consents)
    if any(it.given_on > _today(call) for it in consents):
        raise Rejected("a consent lies in the future", where="body.consents", mend="State the day on which it was given")
    draft = replace(draft, consents=consents)
    before = call.house.people.numbers(call.tenant.id, [draft.id])
    call.house.imports.register(call.tenant.id, [draft])
    stored = call.participant(draft.id)
    call.record("person.changed" if before else "person.added", stored.number, after={"id": stored.id, "active": stored.active})
    return person_shape(stored)


def _wrong(faults: Faults) -> Turned:
    """Everything that is wrong with a participant, by field."""
    named = [
        {"field": "path.person" if it.column == "id" else f"body.{it.column}", "what": f"{it.what}. {it.mend}"}
        for it in faults.found
    ]
    return Turned(422, "; ".join(f"{it['field']}: {it['what']}" for it in named), errors=named)


def import_people(call: Call, body: ImportWanted) -> ImportShape:
    """Add and change participants by a file. The same file again changes nothing."""
    content = body.csv.encode()
    lines = len(read_participants(content, tenant=call.tenant.id, today=_today(call)).people)
    done = call.house.imports.run(content, tenant=call.tenant.id, now=call.now, partial=body.partial, dry_run=body.dry_run)
    counts = {name: getattr(done.registered, name) for name in ("created", "updated", "unchanged")}
    if done.stored and not body.dry_run:
        call.record("people.imported", "people", after=counts)
    problems, remarks = (
        [LineFault(line=it.line, column=it.column, what=it.what, mend=it.mend) for it in found[:500]]
        for found in (done.problems, done.remarks)
    )
    return ImportShape(stored=done.stored and not body.dry_run, read=lines, problems=problems, remarks=remarks, **counts)


def person_leaves(call: Call, person: Named, body: Because) -> PersonShape:
    """Somebody leaves: no message, no sign-in, no redemption any more; the points stay in the wallet."""
    known = call.participant(person)
    return person_shape(_leaving(call).leave(known.tenant, known.number, by=call.who.name, reason=body.reason, now=call.now))


def person_returns(call: Call, person: Named, body: Because) -> PersonShape:
    """Somebody is back."""
    known = call.participant(person)
    return person_shape(_leaving(call).come_back(known.tenant, known.number, by=call.who.name, reason=body.reason, now=call.now))


def person_wallet(call: Call, person: Named) -> WalletShape:
    """How many points a participant has."""
    return wallet_of(call, call.participant(person))


def person_entries(call: Call, person: Named, limit: Limit = 50, cursor: Cursor = "") -> Page[EntryShape]:
    """A participant's statement, newest first; a page holds at most 50 lines."""
    return entries_of(call, call.participant(person), limit, cursor)


def person_progress(call: Call, person: Named) -> Steps:
    """What is next for a participant."""
    return steps_of(call, call.participant(person))


def person_why(
    call: Call,
    person: Named,
    milestone: Annotated[str, Query(max_length=200, pattern=PLAIN)] = "",
    record: Annotated[str, Query(max_length=200, pattern=PLAIN, description="`connection:deal:ID`, or the CRM's own id.")] = "",
    line: Annotated[int, Query(ge=0, le=999_999_999, description="A line of the statement.")] = 0,
) -> Why:
    """Why a participant has something or not: about a milestone, a record, a line, or everything recent and near."""
    return why_of(call, call.participant(person), Asked(milestone=milestone, record=record, line=line))


def add_consent(call: Call, person: Named, body: ConsentShape) -> PersonShape:
    """Record a consent; the newest for a channel is the one that counts."""
    known = call.participant(person)
    if known.erased_on or known.merged_into:
        raise Refused("nothing is recorded for this participant any more")
    if body.given_on > _today(call):
        raise Rejected("a consent lies in the future", where="body.given_on", mend="State the day on which it was given")
    new = Consent(Channel(body.channel), body.given_on, body.source, body.text)
    after = replace(known, consents=(*(it for it in known.consents if it.channel is not new.channel), new))
    call.house.people.update(after)
    call.record("consent.recorded", known.number, after=body.model_dump(mode="json"), reason=body.source)
    return person_shape(after)


def _leaving(call: Call) -> PeopleLeaving:
    return leaving_of(call.house, by=call.who.name)


def _today(call: Call) -> date:
    return call.now.date()


def person_shape(it: Participant) -> PersonShape:
    """A participant as they are shown."""
    kept = {name: getattr(it, name) for name in PersonShape.model_fields if name not in ("identities", "channels", "consents")}
    consents = [
        ConsentShape(channel=one.channel.value, given_on=one.given_on, source=one.source, text=one.text) for one in it.consents
    ]
    return PersonShape(**kept, identities=dict(it.identities), channels=[one.value for one in it.channels], consents=consents)


_offered = partial(Operation, tag="people")
_ONE = "/people/{person}"

OPERATIONS = (
    _offered("GET", "/people", Scope.PEOPLE, list_people, title="The participants"),
    _offered("GET", _ONE, Scope.PEOPLE, get_person, title="One participant"),
    _offered(
        "PUT",
        _ONE,
        Scope.PEOPLE_WRITE,
        put_person,
        title="Add or change a participant",
        example={"name": "Asha Patel", "email": "asha@example.com", "team": "West", "salesforce_user_id": "0055e0000012345AAA"},
    ),
    _offered(
        "POST",
        "/people/import",
        Scope.PEOPLE_WRITE,
        import_people,
        title="Import participants",
        limit=LARGE,
        example={"csv": "id,name,email\nasha,Asha Patel,asha@example.com\n", "dry_run": True},
    ),
    _offered("POST", f"{_ONE}/leave", Scope.PEOPLE_WRITE, person_leaves, title="Somebody leaves"),
    _offered("POST", f"{_ONE}/return", Scope.PEOPLE_WRITE, person_returns, title="Somebody is back"),
    _offered(
        "POST",
        f"{_ONE}/consents",
        Scope.PEOPLE_WRITE,
        add_consent,
        title="Record a consent",
        example={"channel": "sms", "given_on": "2026-01-05", "source": "signed form", "text": "You may text me"},
    ),
    _offered("GET", f"{_ONE}/wallet", Scope.PEOPLE, person_wallet, title="A participant's points"),
    _offered("GET", f"{_ONE}/entries", Scope.PEOPLE, person_entries, title="A participant's statement"),
    _offered("GET", f"{_ONE}/progress", Scope.PEOPLE, person_progress, title="What is next for a participant"),
    _offered("GET", f"{_ONE}/why", Scope.PEOPLE, person_why, title="Why a participant has something or not"),
)
