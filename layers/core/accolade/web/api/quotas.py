"""Quotas: what people, teams and the company should reach, listed and imported."""

from functools import partial
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from accolade.store.quotas import Quota, Quotas
from accolade.web.api.operation import LARGE, Call, Operation
from accolade.web.api.people import LineFault
from accolade.web.api.shapes import PLAIN, Closed, Cursor, Flag, Limit, Page, example, paged_after
from accolade.web.visitors import Scope


class QuotaShape(Closed):
    """What somebody should reach: `subject` a participant's number, `team:West`, `region:EMEA` or `company`; `target` in the
    unit of the KPI, money in minor units."""

    subject: str
    kpi: str
    period: str
    target: float


class QuotaImportWanted(Closed):
    """A CSV file (`subject,kpi,period,target`). `partial`: the right lines are taken in spite of wrong ones."""

    model_config = example({"csv": "subject,kpi,period,target\nasha,won_count,2026Q1,12\n"})

    csv: Annotated[str, Field(min_length=1, max_length=900_000)]
    partial: Flag = False


class QuotaImportShape(Closed):
    """What an import of quotas did: how many the file sets, and how many of them changed."""

    stored: bool
    quotas: int
    changed: int
    problems: list[LineFault]


def list_quotas(
    call: Call,
    limit: Limit = 50,
    cursor: Cursor = "",
    period: Annotated[str, Query(max_length=60, pattern=PLAIN, description="Only periods that begin so: `2026Q1`.")] = "",
) -> Page[QuotaShape]:
    """The quotas there are, by period."""
    quotas = Quotas(call.house.db).list(call.tenant.id, period=period)
    shown, following = paged_after(quotas, limit, _place, call, cursor)
    return Page(items=[_shape(it) for it in shown], next=following)


def import_quotas(call: Call, body: QuotaImportWanted) -> QuotaImportShape:
    """Import quotas. The same file again changes nothing; what a changed one moves is judged again within a minute."""
    from accolade.flows.quotas import QuotaImport

    flow, book = QuotaImport(Quotas(call.house.db), call.house.people), call.house.programs.rulebook(call.tenant.id)
    done = flow.run(body.csv.encode(), tenant=call.tenant.id, rulebook=book, now=call.now, partial=body.partial)
    if done.changed:
        call.record("quotas.imported", "quotas", after={"quotas": done.quotas, "changed": done.changed})
    problems = [LineFault(line=it.line, column=it.column, what=it.what, mend=it.mend) for it in done.problems[:500]]
    return QuotaImportShape(stored=done.stored, quotas=done.quotas, changed=done.changed, problems=problems)


def _place(it: Quota) -> str:
    return f"{it.period}#{it.kpi}#{it.subject}"


def _shape(it: Quota) -> QuotaShape:
    return QuotaShape(subject=it.subject.removesuffix(":"), kpi=it.kpi, period=it.period, target=float(it.target or 0))


_offered = partial(Operation, tag="programs")

OPERATIONS = (
    _offered("GET", "/quotas", Scope.PROGRAMS, list_quotas, title="Quotas"),
    _offered("POST", "/quotas/import", Scope.PROGRAMS_WRITE, import_quotas, title="Import quotas", limit=LARGE),
)
