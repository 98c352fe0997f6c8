"""Sending: the messages by person, channel, state and day, why one goes which way, pauses, and dead letters."""

from datetime import date
from functools import partial
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from accolade.model.participants import Channel
from accolade.store.deliveries import place_of
from accolade.web.api.operation import Call, Operation
from accolade.web.api.people import Because
from accolade.web.api.shapes import Closed, Cursor, Instant, Limit, Page, Part, Reason, example, paged
from accolade.web.api.work import MessageShape, known_message, message_shape
from accolade.web.letters import letters_of
from accolade.web.visitors import Scope

READ = 1_000
"""Messages that are read for a page at most."""

_Channel = Literal["email", "sms", "whatsapp"]
_Queue = Literal["inbox", "email", "sms", "whatsapp", "receipts", "orders"]
_State = Literal["due", "claimed", "sent", "delivered", "unknown", "bounced", "suppressed", "parked", ""]


class WayShape(Closed):
    """Which way a message would take at this moment; `why` there is none, or that this one is the first that has an address, a
    consent and no opt-out."""

    channel: str | None
    paused: bool
    why: str


class ChannelShape(Closed):
    """A channel, and whether its messages wait."""

    channel: str
    paused: bool


class Channels(Closed):
    """All channels."""

    items: list[ChannelShape]


class LetterShape(Closed):
    """A message of ours that could not be processed: its queue, what it is about, since when. `delivery`: the message to a
    participant that it should have sent."""

    id: str
    queue: str
    kind: str
    about: str
    delivery: str
    sent_at: Instant


class Letters(Closed):
    """Dead letters, queue by queue, the oldest first; at most 100 of a queue are looked at."""

    items: list[LetterShape]


class RedriveWanted(Closed):
    """Which queue, which letter (none: all of the queue), and why."""

    model_config = example({"queue": "email", "letter": "", "reason": "The vendor is back"})

    queue: _Queue
    letter: Annotated[str, Field(max_length=120, pattern=r"^[A-Za-z0-9-]*$")] = ""
    reason: Reason


class Redriven(Closed):
    """How many are back on their queue."""

    moved: int


def list_messages(
    call: Call,
    limit: Limit = 50,
    cursor: Cursor = "",
    day: Annotated[date | None, Query(description="The day (UTC) on which they became owed; default: today.")] = None,
    channel: Annotated[Literal["email", "sms", "whatsapp", ""], Query()] = "",
    state: Annotated[_State, Query()] = "",
) -> Page[MessageShape]:
    """The messages of a day, newest first; a page looks at 1,000 at most. `GET /messages` has those that wait for a person, and
    `GET /people/{person}/messages` those of a participant."""
    from accolade.flows.message_list import Listed, matching

    wanted, before = Listed("", channel, state, day or call.now.date()), call.place(cursor)
    found = []
    for it in matching(call.house.deliveries, call.tenant.id, wanted, now=call.now, before=before, limit=READ):
        found.append(it)
        if len(found) > limit:
            break
    shown, following = paged(found, limit, place_of, call.cursor)
    return Page(items=[message_shape(it) for it in shown], next=following)


def message_way(call: Call, message: Part) -> WayShape:
    """Which way a message would take now, and why no other."""
    from accolade.flows.ways import Ways

    people = call.house.people
    ways = Ways(person=people.by_number, tenant=lambda _: call.tenant, suppression=people.suppression)
    route = ways.way(known_message(call, message), now=call.now).route
    return WayShape(channel=route.channel.value if route.channel else None, paused=route.paused, why=route.reason)


def list_channels(call: Call) -> Channels:
    """Which channels send now."""
    paused = call.house.tenants.get(call.tenant.id).paused
    return Channels(items=[ChannelShape(channel=it.value, paused=it in paused) for it in Channel])


def pause_channel(call: Call, channel: _Channel, body: Because) -> ChannelShape:
    """Let a channel's messages wait; points go on. To pause what is paused changes nothing."""
    before, after = call.house.pausing.pause(call.tenant.id, Channel(channel))
    call.record("channel.paused", f"channel:{channel}", before=list(before), after=list(after), reason=body.reason)
    return ChannelShape(channel=channel, paused=True)


def resume_channel(call: Call, channel: _Channel, body: Because) -> ChannelShape:
    """Send again; what waited goes out at once, within each recipient's sending hours."""
    before, after = call.house.pausing.resume(call.tenant.id, Channel(channel), now=call.now)
    call.record("channel.resumed", f"channel:{channel}", before=list(before), after=list(after), reason=body.reason)
    return ChannelShape(channel=channel, paused=False)


def dead_letters(call: Call) -> Letters:
    """What could not be processed after all its tries. Only the company's own is seen, and nothing of its content."""
    from accolade.flows.dead_letters import QUEUES

    letters = letters_of(call.house, call.tenant.id)
    return Letters(
        items=[
            LetterShape(
                id=it.id,
                queue=name,
                kind=str(it.content.get("kind", ""))[:40],
                about=str(it.content.get("connection") or it.content.get("cause") or "")[:60],
                delivery=str(it.content.get("delivery", ""))[:80],
                sent_at=it.sent_at,
            )
            for name in QUEUES
            for it in letters.look(name)
        ]
    )


def redrive_letters(call: Call, body: RedriveWanted) -> Redriven:
    """Put dead letters back on their queue. One may be processed twice by that, which pays and sends nothing twice."""
    moved = letters_of(call.house, call.tenant.id).move(body.queue, {body.letter} if body.letter else None)
    after = {"moved": moved, "letter": body.letter}
    call.record("dead_letters.redriven", f"queue:{body.queue}", after=after, reason=body.reason)
    return Redriven(moved=moved)


_offered = partial(Operation, tag="work")
_CHANNEL, _READ, _WRITE = "/channels/{channel}", Scope.MESSAGES, Scope.MESSAGES_WRITE

OPERATIONS = (
    _offered("GET", "/messages/all", _READ, list_messages, title="The messages of a day"),
    _offered("GET", "/messages/{message}/way", _READ, message_way, title="Which way it would take now"),
    _offered("GET", "/messages/dead", _READ, dead_letters, title="Dead letters"),
    _offered("POST", "/messages/dead/retry", _WRITE, redrive_letters, title="Put dead letters back"),
    _offered("GET", "/channels", _READ, list_channels, title="Which channels send"),
    _offered("POST", f"{_CHANNEL}/pause", _WRITE, pause_channel, title="Pause a channel"),
    _offered("POST", f"{_CHANNEL}/resume", _WRITE, resume_channel, title="Resume a channel"),
)
