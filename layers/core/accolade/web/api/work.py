"""Work: messages that were or could not be sent, and cases that wait for a person."""

from datetime import datetime
from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from accolade.model.deliveries import Delivery
from accolade.model.errors import Missing, Refused
from accolade.model.times import iso
from accolade.store.parked import Case
from accolade.web.api.operation import Call, Operation
from accolade.web.api.people import Because
from accolade.web.api.shapes import Closed, Cursor, Instant, Json, Limit, Named, Page, Part, Reason, example, paged, paged_after
from accolade.web.visitors import Scope


class MessageShape(Closed):
    """A message to a participant: what it is about and how far it is. Addresses are never shown."""

    id: str
    participant: str
    points: int
    channel: str | None
    state: str
    created_at: Instant
    due_at: Instant
    attempts: int
    outcome: str
    record: str | None
    program: str
    reference: str | None
    entries: list[str]
    history: list[list[str]]


class CaseShape(Closed):
    """Notifications that could not be decided: why, since when, and what to do. `state`: waiting, retried or dismissed."""

    id: str
    connection: str
    crm: str
    origin: str
    reason: str
    where: str
    mend: str
    at: Instant
    state: str
    times: int
    notifications: int


class CaseWhole(Closed):
    """A case with its notifications as they came; null if they were too large to keep."""

    case: CaseShape
    content: list[Json] | None


class CasesWanted(Closed):
    """Of which connection (empty: of all), and why."""

    model_config = example({"connection": "sf", "reason": "The field map is right now"})

    connection: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]*$")] = ""
    reason: Reason


class Retried(Closed):
    """How many cases are decided again."""

    retried: int


def parked_messages(call: Call, limit: Limit = 50, cursor: Cursor = "") -> Page[MessageShape]:
    """Messages that wait for a person, oldest first."""
    after = call.place(cursor)
    found = sorted(call.house.deliveries.parked(call.tenant.id), key=_order)
    shown, following = paged([it for it in found if _order(it) > after], limit, _order, call.cursor)
    return Page(items=[message_shape(it) for it in shown], next=following)


def person_messages(call: Call, person: Named, limit: Limit = 50, cursor: Cursor = "") -> Page[MessageShape]:
    """What a participant was or is to be sent, newest first."""
    known, place = call.participant(person), call.place(cursor)
    upto = datetime.fromisoformat(place.partition("#")[0]) if place else None
    found = []
    # messages of one instant may stand on both sides of a page's end: so many more are read
    for it in call.house.deliveries.of_person(known.tenant, known.number, limit + 50, upto=upto):
        if not place or _order(it) < place:
            found.append(it)
    found.sort(key=_order, reverse=True)
    shown, following = paged(found, limit, _order, call.cursor)
    return Page(items=[message_shape(it) for it in shown], next=following)


def get_message(call: Call, message: Part) -> MessageShape:
    """One message."""
    return message_shape(known_message(call, message))


def retry_message(call: Call, message: Part, body: Because) -> MessageShape:
    """Send a parked message again; one that is not parked stays as it is."""
    before = known_message(call, message)
    after = call.house.deliveries.retry(before.id, now=call.now)
    if after.revision != before.revision:
        call.house.outbox.hand_over([after], call.now)
    states = {"state": before.state.value}, {"state": after.state.value}
    call.record("message.retried", f"message:{before.id}", before=states[0], after=states[1], reason=body.reason)
    return message_shape(after)


def list_cases(
    call: Call,
    limit: Limit = 50,
    cursor: Cursor = "",
    every: Annotated[bool, Query(description="Those that were retried or dismissed, too.")] = False,
) -> Page[CaseShape]:
    """Cases by age, oldest first."""
    parked = call.house.parked.list(call.tenant.id, every=every)
    shown, following = paged_after(parked, limit, _place, call, cursor)
    return Page(items=[_case(it) for it in shown], next=following)


def get_case(call: Call, case: Part) -> CaseWhole:
    """One case, with what came."""
    it = call.house.parked.get(call.tenant.id, case)
    return CaseWhole(case=_case(it), content=None if it.content is None else [dict(one) for one in it.content])


def retry_case(call: Call, case: Part, body: Because) -> CaseShape:
    """Decide it again; what is still wrong parks again under the same id."""
    it = call.house.parked.get(call.tenant.id, case)
    if not call.house.cases.retry(it, now=call.now):
        raise Refused("its content was too large to keep", mend="The next sweep reads the record again; dismiss the case")
    call.record("case.retried", f"case:{it.id}", before={"state": it.state}, after={"state": "retried"}, reason=body.reason)
    return _case(call.house.parked.get(call.tenant.id, case))


def retry_cases(call: Call, body: CasesWanted) -> Retried:
    """Decide everything that waits again, of a connection or of all; what a paused connection told waits on."""
    done = call.house.cases.retry_all(call.tenant.id, connection=body.connection, now=call.now)
    on = f"connection:{body.connection}" if body.connection else "cases"
    call.record("cases.retried", on, after={"retried": done}, reason=body.reason)
    return Retried(retried=done)


def dismiss_case(call: Call, case: Part, body: Because) -> CaseShape:
    """Nothing is to be done about it."""
    it = call.house.parked.get(call.tenant.id, case)
    call.house.cases.dismiss(it)
    call.record("case.dismissed", f"case:{it.id}", before={"state": it.state}, after={"state": "dismissed"}, reason=body.reason)
    return _case(call.house.parked.get(call.tenant.id, case))


def known_message(call: Call, id_: str) -> Delivery:
    """A message of the company; Missing if there is none."""
    found = call.house.deliveries.get(id_)
    if found is None or found.tenant != call.tenant.id:
        raise Missing("there is no such message")
    return found


def _order(it: Delivery) -> str:
    return f"{iso(it.created_at)}#{it.id}"


def _place(it: Case) -> str:
    return f"{iso(it.at)}#{it.id}"


def message_shape(it: Delivery) -> MessageShape:
    """A message as it is shown."""
    return MessageShape(
        id=it.id,
        participant=it.participant,
        points=it.total,
        channel=it.channel.value if it.channel else None,
        state=it.state.value,
        created_at=it.created_at,
        due_at=it.due_at,
        attempts=it.attempts,
        outcome=it.outcome,
        record=it.record,
        program=it.program,
        reference=it.reference,
        entries=[line.entry for line in it.lines],
        history=[list(row) for row in it.history],
    )


def _case(it: Case) -> CaseShape:
    kept = {name: getattr(it, name) for name in CaseShape.model_fields if name != "notifications"}
    return CaseShape(**kept, notifications=len(it.content or ()))


_offered = partial(Operation, tag="work")
_MESSAGE, _CASE = "/messages/{message}", "/cases/{case}"

OPERATIONS = (
    _offered("GET", "/messages", Scope.MESSAGES, parked_messages, title="Messages that wait for a person"),
    _offered("GET", "/people/{person}/messages", Scope.MESSAGES, person_messages, title="A participant's messages"),
    _offered("GET", _MESSAGE, Scope.MESSAGES, get_message, title="One message"),
    _offered("POST", f"{_MESSAGE}/retry", Scope.MESSAGES_WRITE, retry_message, title="Send it again"),
    _offered("GET", "/cases", Scope.CASES, list_cases, title="Cases"),
    _offered("POST", "/cases/retry", Scope.CASES_WRITE, retry_cases, title="Decide everything again"),
    _offered("GET", _CASE, Scope.CASES, get_case, title="One case"),
    _offered("POST", f"{_CASE}/retry", Scope.CASES_WRITE, retry_case, title="Decide it again"),
    _offered("POST", f"{_CASE}/dismiss", Scope.CASES_WRITE, dismiss_case, title="Dismiss it"),
)
