"""Two numbers that are one person, and somebody who asks to be forgotten: both are said first, and done on purpose."""

from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from accolade.flows.people_merge import MergePlan
from accolade.model.errors import Rejected
from accolade.web.api.operation import Call, Operation
from accolade.web.api.people import PersonShape, person_shape
from accolade.web.api.shapes import PLAIN, Closed, Named, Reason, example
from accolade.web.people_flows import leaving_of, merge_of, somebody
from accolade.web.visitors import Scope

_Other = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]


class MergeShape(Closed):
    """What a merge does: the participant `gone` ends, `kept` goes on with the points, the debt and the CRM users. `later`:
    points that are pending or held, which move when they are free."""

    gone: str
    kept: str
    identities: dict[str, str]
    available: int
    debt: int
    later: int


class MergeWanted(Closed):
    """Who goes on (number, import id or e-mail address), and why."""

    model_config = example({"into": "asha", "reason": "Imported twice"})

    into: _Other
    reason: Reason


class ErasureWanted(Closed):
    """The participant's number once more, so that nobody does it by mistake, and why: without a name."""

    model_config = example({"number": "P000017", "reason": "Request 2026-118"})

    number: Annotated[str, Field(min_length=1, max_length=20, pattern=PLAIN)]
    reason: Reason


def merge_plan(
    call: Call,
    person: Named,
    into: Annotated[str, Query(min_length=1, max_length=200, pattern=PLAIN, description="Who goes on.")],
) -> MergeShape:
    """What merging a participant into another one would do; nothing is changed."""
    gone = call.participant(person)
    return _shape(merge_of(call.house).plan(gone.tenant, gone.number, somebody(call.house, call.tenant.id, into).number))


def merge_person(call: Call, person: Named, body: MergeWanted) -> MergeShape:
    """Merge a participant into another one: both wallets stay whole, and it cannot be undone."""
    gone, kept = call.participant(person), somebody(call.house, call.tenant.id, body.into)
    flow = merge_of(call.house)
    return _shape(flow.merge(gone.tenant, gone.number, kept.number, by=call.who.name, reason=body.reason, now=call.now))


def erase_person(call: Call, person: Named, body: ErasureWanted) -> PersonShape:
    """Erase somebody at their request: name, addresses, consents and texts give way to a tombstone; amounts and keys stay, so
    the books do not change. No import and no CRM brings the person back, and nobody can undo it."""
    known = call.participant(person)
    if body.number != known.number:
        raise Rejected("this is not their number", where="body.number", mend=f"Write {known.number}")
    flow = leaving_of(call.house, by=call.who.name)
    return person_shape(flow.erase(known.tenant, known.number, by=call.who.name, reason=body.reason, now=call.now))


def _shape(it: MergePlan) -> MergeShape:
    wallet = it.wallet
    return MergeShape(
        gone=it.gone.number,
        kept=it.kept.number,
        identities=dict(it.identities),
        available=wallet.available,
        debt=wallet.debt,
        later=wallet.pending + wallet.held,
    )


_offered = partial(Operation, tag="people")
_ONE = "/people/{person}"

OPERATIONS = (
    _offered("GET", f"{_ONE}/merge", Scope.PEOPLE_WRITE, merge_plan, title="What a merge would do"),
    _offered("POST", f"{_ONE}/merge", Scope.PEOPLE_WRITE, merge_person, title="Merge two participants"),
    _offered("POST", f"{_ONE}/erase", Scope.PEOPLE_WRITE, erase_person, title="Erase at their request"),
)
