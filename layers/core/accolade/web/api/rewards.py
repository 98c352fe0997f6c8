"""Rewards, for the staff: the catalog, what people bought and what waits for approval, and what people say is wrong."""

from functools import partial
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from accolade import providers
from accolade.flows.disputes import Told
from accolade.model.catalog import Item, Option
from accolade.model.disputes import MAX_POINTS, TEXT_LIMIT, DisputeState
from accolade.model.errors import Rejected
from accolade.model.redemptions import RedemptionState
from accolade.store import disputes as dispute_store
from accolade.store import redemptions as redemption_store
from accolade.web.api.operation import Call, Operation
from accolade.web.api.people import Because
from accolade.web.api.shapes import PLAIN, Closed, Cursor, Flag, Limit, Named, Page, Part, example, paged
from accolade.web.api.shop import DisputeShape, OptionShape, RedemptionShape, dispute_shape, redemption_shape
from accolade.web.visitors import Scope

_Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
_Titles = Annotated[
    dict[_Language, Annotated[str, Field(min_length=1, max_length=120, pattern=PLAIN)]], Field(min_length=1, max_length=8)
]
_Texts = Annotated[dict[_Language, Annotated[str, Field(max_length=2_000, pattern=PLAIN)]], Field(max_length=8)]
_Minor = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
_RedemptionState = Literal["awaiting", "held", "ordered", "unknown", "fulfilled", "failed", "released"]
_DisputeState = Literal["open", "proposed", "answered", "settled"]


class ItemShape(Closed):
    """An item of the catalog. `countries` empty: it can be used everywhere; `product`: its name at the provider."""

    id: str
    provider: str
    title: dict[str, str]
    description: dict[str, str]
    terms: dict[str, str]
    category: str
    currency: str
    options: list[OptionShape]
    countries: list[str]
    product: str
    active: bool


class Items(Closed):
    """The catalog."""

    items: list[ItemShape]


class OptionWanted(Closed):
    """A face value in minor units, and its price in points."""

    value: _Minor
    points: _Minor


class ItemWanted(Closed):
    """An item of the catalog; what is left out is empty."""

    provider: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
    title: _Titles
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    options: Annotated[list[OptionWanted], Field(min_length=1, max_length=50)]
    description: Annotated[_Texts, Field(default_factory=dict)]
    terms: Annotated[_Texts, Field(default_factory=dict)]
    category: Annotated[str, Field(max_length=60, pattern=PLAIN)] = ""
    countries: Annotated[list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]], Field(max_length=250, default_factory=list)]
    product: Annotated[str, Field(max_length=120, pattern=PLAIN)] = ""
    active: Flag = True


class AnswerWanted(Closed):
    """What the person is told, and the correction in points, given or taken (0: none)."""

    model_config = example({"answer": "You are right, and we have corrected it", "points": 50})

    answer: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT, pattern=PLAIN)]
    points: Annotated[int, Field(strict=True, ge=-MAX_POINTS, le=MAX_POINTS)] = 0


def list_catalog(call: Call) -> Items:
    """All items, those that are not active too."""
    return Items(items=[_item(it) for it in call.house.redeeming.catalog.list(call.tenant.id)])


def get_item(call: Call, item: Part) -> ItemShape:
    """One item."""
    return _item(call.house.redeeming.catalog.get(call.tenant.id, item))


def put_item(
    call: Call,
    item: Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")],
    body: ItemWanted,
) -> ItemShape:
    """Add an item, or change the one of that id; what was redeemed keeps what it was."""
    if body.provider not in providers.names():
        raise Rejected(
            f"there is no provider {body.provider!r}", where="body.provider", mend=f"Use {', '.join(providers.names())}"
        )
    values = [it.value for it in body.options]
    if len(set(values)) != len(values):
        raise Rejected("a value stands twice", where="body.options", mend="Give each value one price")
    said = body.model_dump(exclude={"options", "countries"})
    options = tuple(sorted((Option(it.value, it.points) for it in body.options), key=lambda it: it.value))
    new = Item(tenant=call.tenant.id, id=item, options=options, countries=tuple(dict.fromkeys(body.countries)), **said)
    catalog = call.house.redeeming.catalog
    before = catalog.find(call.tenant.id, item)
    catalog.put(new)
    was = _item(before).model_dump(mode="json") if before else None
    call.record("item.changed" if before else "item.added", f"item:{item}", before=was, after=_item(new).model_dump(mode="json"))
    return _item(new)


def list_redemptions(
    call: Call, state: Annotated[_RedemptionState, Query()] = "awaiting", limit: Limit = 50, cursor: Cursor = ""
) -> Page[RedemptionShape]:
    """Redemptions in a state, those that moved longest ago first."""
    store = call.house.redeeming.redemptions
    found = store.in_state(call.tenant.id, RedemptionState(state), limit=limit + 1, after=call.place(cursor))
    shown, following = paged(found, limit, redemption_store.place_of, call.cursor)
    return Page(items=[redemption_shape(it) for it in shown], next=following)


def get_redemption(call: Call, redemption: Part) -> RedemptionShape:
    """One redemption. The code is shown to its owner alone."""
    return redemption_shape(call.house.redeeming.redemptions.get(call.tenant.id, redemption))


def person_redemptions(call: Call, person: Named, limit: Limit = 50) -> Page[RedemptionShape]:
    """The newest things that a participant bought."""
    known = call.participant(person)
    found = call.house.redeeming.redeemer.of_person(known.tenant, known.number, limit=limit)
    return Page(items=[redemption_shape(it) for it in found])


def approve_redemption(call: Call, redemption: Part, body: Because) -> RedemptionShape:
    """Let a redemption that waits be ordered. Nobody decides about their own."""
    redeemer = call.house.redeeming.redeemer
    done = redeemer.approve(call.tenant.id, redemption, by=call.who.name, reason=body.reason, now=call.now)
    call.record("redemption.approved", f"redemption:{done.id}", after={"state": done.state.value}, reason=body.reason)
    return redemption_shape(done)


def refuse_redemption(call: Call, redemption: Part, body: Because) -> RedemptionShape:
    """Give the points of a redemption that waits back; its owner is told."""
    redeemer = call.house.redeeming.redeemer
    done = redeemer.refuse(call.tenant.id, redemption, by=call.who.name, reason=body.reason, now=call.now)
    call.record("redemption.refused", f"redemption:{done.id}", after={"state": done.state.value}, reason=body.reason)
    return redemption_shape(done)


def retry_redemption(call: Call, redemption: Part, body: Because) -> RedemptionShape:
    """Look at a redemption again now."""
    care = call.house.redeeming.care
    done = care.retry(call.tenant.id, redemption, by=call.who.name, reason=body.reason, now=call.now)
    call.record("redemption.retried", f"redemption:{done.id}", after={"state": done.state.value}, reason=body.reason)
    return redemption_shape(done)


def accept_redemption(call: Call, redemption: Part, body: Because) -> RedemptionShape:
    """Take what came as delivered, although it is not what was ordered."""
    care = call.house.redeeming.care
    done = care.retry(call.tenant.id, redemption, by=call.who.name, reason=body.reason, now=call.now, as_it_is=True)
    call.record("redemption.accepted", f"redemption:{done.id}", after={"state": done.state.value}, reason=body.reason)
    return redemption_shape(done)


def release_redemption(call: Call, redemption: Part, body: Because) -> RedemptionShape:
    """Stop a redemption and give its points back, if the provider certainly has nothing."""
    care = call.house.redeeming.care
    done = care.release(call.tenant.id, redemption, by=call.who.name, reason=body.reason, now=call.now)
    call.record("redemption.released", f"redemption:{done.id}", after={"state": done.state.value}, reason=body.reason)
    return redemption_shape(done)


def list_disputes(
    call: Call, state: Annotated[_DisputeState, Query()] = "open", limit: Limit = 50, cursor: Cursor = ""
) -> Page[DisputeShape]:
    """What people say is wrong, in a state, those that moved longest ago first."""
    after = call.place(cursor)
    found = call.house.disputes.in_state(call.tenant.id, DisputeState(state), limit=limit + 1, after=after)
    shown, following = paged(found, limit, dispute_store.place_of, call.cursor)
    return Page(items=[dispute_shape(it) for it in shown], next=following)


def get_dispute(call: Call, dispute: Part) -> DisputeShape:
    """One question."""
    return dispute_shape(call.house.disputes.get(call.tenant.id, dispute))


def answer_dispute(call: Call, dispute: Part, body: AnswerWanted) -> DisputeShape:
    """Answer; with points, post a correction: above the company's limit it waits for a second person."""
    desk, told = call.house.disputes, Told(body.answer, call.who.name, call.now, body.points, call.who.behind)
    return dispute_shape((desk.settle if body.points else desk.answer)(call.tenant, dispute, told))


def confirm_dispute(call: Call, dispute: Part) -> DisputeShape:
    """Post a correction that somebody else proposed."""
    who = call.who
    return dispute_shape(call.house.disputes.confirm(call.tenant, dispute, by=who.name, behind=who.behind, now=call.now))


def send_back_dispute(call: Call, dispute: Part, body: Because) -> DisputeShape:
    """Take a proposed correction back: the question is open again."""
    done = call.house.disputes.send_back(call.tenant, dispute, by=call.who.name, reason=body.reason, now=call.now)
    return dispute_shape(done)


def _item(it: Item) -> ItemShape:
    names = ("id", "provider", "category", "currency", "product", "active")
    return ItemShape(
        **{name: getattr(it, name) for name in names},
        title=dict(it.title),
        description=dict(it.description),
        terms=dict(it.terms),
        options=[OptionShape(value=one.value, points=one.points) for one in it.options],
        countries=list(it.countries),
    )


_offered = partial(Operation, tag="rewards")
_REDEMPTION, _DISPUTE = "/redemptions/{redemption}", "/disputes/{dispute}"

OPERATIONS = (
    _offered("GET", "/catalog", Scope.CATALOG, list_catalog, title="The catalog"),
    _offered("GET", "/catalog/{item}", Scope.CATALOG, get_item, title="One item"),
    _offered(
        "PUT",
        "/catalog/{item}",
        Scope.CATALOG_WRITE,
        put_item,
        title="Add or change an item",
        example={
            "provider": "stock",
            "title": {"en": "Coffee card"},
            "currency": "EUR",
            "options": [{"value": 1000, "points": 1000}],
        },
    ),
    _offered("GET", "/redemptions", Scope.REDEMPTIONS, list_redemptions, title="Redemptions"),
    _offered("GET", _REDEMPTION, Scope.REDEMPTIONS, get_redemption, title="One redemption"),
    _offered("GET", "/people/{person}/redemptions", Scope.REDEMPTIONS, person_redemptions, title="What a participant bought"),
    _offered("POST", f"{_REDEMPTION}/approve", Scope.REDEMPTIONS_WRITE, approve_redemption, title="Approve a redemption"),
    _offered("POST", f"{_REDEMPTION}/refuse", Scope.REDEMPTIONS_WRITE, refuse_redemption, title="Refuse a redemption"),
    _offered("POST", f"{_REDEMPTION}/retry", Scope.REDEMPTIONS_WRITE, retry_redemption, title="Look at it again"),
    _offered("POST", f"{_REDEMPTION}/accept", Scope.REDEMPTIONS_WRITE, accept_redemption, title="Take it as it came"),
    _offered("POST", f"{_REDEMPTION}/release", Scope.REDEMPTIONS_WRITE, release_redemption, title="Stop a redemption"),
    _offered("GET", "/disputes", Scope.CASES, list_disputes, title="What people say is wrong"),
    _offered("GET", _DISPUTE, Scope.CASES, get_dispute, title="One question"),
    _offered("POST", f"{_DISPUTE}/answer", Scope.CASES_WRITE, answer_dispute, title="Answer, or settle"),
    _offered("POST", f"{_DISPUTE}/confirm", Scope.CASES_WRITE, confirm_dispute, title="Confirm a correction"),
    _offered("POST", f"{_DISPUTE}/send-back", Scope.CASES_WRITE, send_back_dispute, title="Take a proposal back"),
)
