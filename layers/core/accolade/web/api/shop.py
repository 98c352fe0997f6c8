"""The shop, for a participant: what points buy, what one bought, the code of it, and questions about one's points."""

import json
from functools import partial
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from accolade.flows.disputes import About
from accolade.flows.explain import Asked
from accolade.flows.explanation_json import as_json
from accolade.model.disputes import TEXT_LIMIT, Dispute
from accolade.model.errors import Missing
from accolade.model.redemptions import Redemption
from accolade.web.api.operation import Call, Operation
from accolade.web.api.shapes import PLAIN, Closed, Cursor, IdempotencyKey, Instant, Limit, Page, Part, paged
from accolade.web.visitors import Scope

_ItemId = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$")]


class OptionShape(Closed):
    """A face value in minor units of the item's currency, and its price in points."""

    value: int
    points: int


class OfferShape(Closed):
    """What points buy; `affordable`: the face values that yours buy now; `sold_out`: those of which none is left."""

    id: str
    title: dict[str, str]
    description: dict[str, str]
    terms: dict[str, str]
    category: str
    currency: str
    options: list[OptionShape]
    affordable: list[int]
    sold_out: list[int]


class RedemptionShape(Closed):
    """Points for an item. `state`: awaiting, held, ordered, unknown, fulfilled, failed or released; `why`: why it waits or
    failed. The code is not here: it is revealed."""

    id: str
    participant: str
    item: str
    provider: str
    title: dict[str, str]
    value: int
    currency: str
    points: int
    state: str
    why: str
    created_at: Instant
    updated_at: Instant
    history: list[list[str]]


class RedemptionWanted(Closed):
    """An item, one of its face values in minor units, and the price that was seen, if it matters that it is still so."""

    item: _ItemId
    value: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
    points: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)] | None = None


class RevealedShape(Closed):
    """The card: a link, or a code with its PIN if there is one."""

    link: str
    code: str
    pin: str


class DisputeShape(Closed):
    """Something that somebody says is wrong, and what became of it: open, proposed, answered or settled. `points`: the
    correction; of one that waits for a second person, the one that is proposed."""

    id: str
    participant: str
    text: str
    opened_at: Instant
    updated_at: Instant
    state: str
    line: int
    about: str
    answer: str
    points: int


class DisputeWanted(Closed):
    """What is wrong, in one's own words, and which line of the statement it is about (0: none)."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT, pattern=PLAIN)]
    line: Annotated[int, Field(strict=True, ge=0, le=999_999_999)] = 0


def my_offers(
    call: Call,
    limit: Limit = 50,
    cursor: Cursor = "",
    category: Annotated[str, Query(max_length=60, pattern=PLAIN)] = "",
    currency: Annotated[str, Query(max_length=3, pattern=r"^[A-Z]*$")] = "",
    affordable: Annotated[bool, Query(description="Only what your points buy now.")] = False,
) -> Page[OfferShape]:
    """What points buy in your country."""
    redeemer, me = call.house.redeeming.redeemer, call.person
    found = redeemer.offers(me.tenant, me.number, category=category, currency=currency, affordable=affordable)
    after = call.place(cursor)
    found = sorted((it for it in found if it.item.id > after), key=lambda it: it.item.id)
    shown, following = paged(found, limit, lambda it: it.item.id, call.cursor)
    names = ("id", "category", "currency")
    items = [
        OfferShape(
            **{name: getattr(it.item, name) for name in names},
            title=dict(it.item.title),
            description=dict(it.item.description),
            terms=dict(it.item.terms),
            options=[OptionShape(value=one.value, points=one.points) for one in it.item.options],
            affordable=[one.value for one in it.affordable],
            sold_out=sorted(it.sold_out),
        )
        for it in shown
    ]
    return Page(items=items, next=following)


def my_redemptions(call: Call, limit: Limit = 50, cursor: Cursor = "") -> Page[RedemptionShape]:
    """What you bought, the newest first."""
    before = call.place(cursor)
    found = call.house.redeeming.redemptions.of_person(call.tenant.id, call.person.number)
    found = [it for it in found if not before or _age(it) < before]
    shown, following = paged(found, limit, _age, call.cursor)
    return Page(items=[redemption_shape(it) for it in shown], next=following)


def redeem(call: Call, body: RedemptionWanted, idempotency_key: IdempotencyKey) -> RedemptionShape:
    """Buy something: its points are held, and spent once it is there. The same key with the same content is the same
    redemption for ever."""
    made = call.house.redeeming.redeemer.redeem(
        call.tenant.id,
        call.person.number,
        body.item,
        body.value,
        idempotency_key,
        now=call.now,
        actor=call.who.name,
        points=body.points,
    )
    return redemption_shape(made)


def my_redemption(call: Call, redemption: Part) -> RedemptionShape:
    """One thing that you bought."""
    return redemption_shape(_own(call, redemption))


def reveal_redemption(call: Call, redemption: Part) -> RevealedShape:
    """The card, for one view; who looked and when is written down first."""
    it = call.house.redeeming.redeemer.reveal(_own(call, redemption), by=call.who.name, now=call.now)
    return RevealedShape(link=it.link, code=it.code, pin=it.pin)


def my_disputes(call: Call, limit: Limit = 50, cursor: Cursor = "") -> Page[DisputeShape]:
    """What you said is wrong, the newest first."""
    before = call.place(cursor)
    found = call.house.disputes.of_person(call.tenant.id, call.person.number)
    found = [it for it in found if not before or _opened(it) < before]
    shown, following = paged(found, limit, _opened, call.cursor)
    return Page(items=[dispute_shape(it, own=True) for it in shown], next=following)


def dispute(call: Call, body: DisputeWanted, idempotency_key: IdempotencyKey) -> DisputeShape:
    """Say that something is wrong; the trace of the line goes along."""
    made = call.house.disputes.open(call.person, body.text, _about(call, body.line), key=idempotency_key, now=call.now)
    return dispute_shape(made, own=True)


def redemption_shape(it: Redemption) -> RedemptionShape:
    """A redemption as it is shown."""
    names = ("id", "participant", "item", "provider", "value", "currency", "points", "why", "created_at", "updated_at")
    kept: dict[str, Any] = {name: getattr(it, name) for name in names}
    history = [[state, at] for state, at, _ in it.history]
    return RedemptionShape(**kept, title=dict(it.title), state=it.state.value, history=history)


def dispute_shape(it: Dispute, *, own: bool = False) -> DisputeShape:
    """A dispute as it is shown; to its owner without what is only proposed."""
    names = ("id", "participant", "text", "opened_at", "updated_at", "line", "about", "answer", "points")
    kept: dict[str, Any] = {name: getattr(it, name) for name in names}
    if own and it.open:
        kept |= {"answer": "", "points": 0}
    return DisputeShape(**kept, state="open" if own and it.open else it.state.value)


def _own(call: Call, id_: str) -> Redemption:
    return call.house.redeeming.redeemer.own(call.tenant.id, call.person.number, id_)


def _about(call: Call, line: int) -> About:
    """The line with its explanation as it is now; Missing if there is no such line of theirs."""
    if not line:
        return About()
    found = call.house.views.entries(call.tenant.id, call.person.number, before=line + 1, limit=1)
    entry = next((it for it in found if it.seq == line), None)
    if entry is None:
        raise Missing("there is no such line")
    trace = json.dumps(as_json(call.house.explainer.explain(call.person, Asked(line=line), now=call.now)), ensure_ascii=False)
    cause = entry.cause
    return About(line, entry.id, cause.milestone, cause.record or "", f"{cause.program} {cause.milestone}", trace)


def _age(it: Redemption) -> str:
    return f"{it.created_at.isoformat()}#{it.id}"


def _opened(it: Dispute) -> str:
    return f"{it.opened_at.isoformat()}#{it.id}"


_offered = partial(Operation, tag="shop")
_ONE = "/me/redemptions/{redemption}"

OPERATIONS = (
    _offered("GET", "/me/offers", Scope.WALLET, my_offers, title="What points buy"),
    _offered("GET", "/me/redemptions", Scope.WALLET, my_redemptions, title="What I bought"),
    _offered(
        "POST",
        "/me/redemptions",
        Scope.REDEEM,
        redeem,
        title="Buy something",
        status=201,
        example={"item": "coffee-card", "value": 1000, "points": 1000},
    ),
    _offered("GET", _ONE, Scope.WALLET, my_redemption, title="One thing that I bought"),
    _offered("POST", f"{_ONE}/reveal", Scope.REDEEM, reveal_redemption, title="See the card"),
    _offered("GET", "/me/disputes", Scope.WALLET, my_disputes, title="My questions"),
    _offered(
        "POST",
        "/me/disputes",
        Scope.PREFER,
        dispute,
        title="Something is wrong",
        status=201,
        example={"text": "This deal was mine", "line": 12},
    ),
)
