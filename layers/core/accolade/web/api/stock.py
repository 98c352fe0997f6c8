"""Own codes: stored encrypted and never shown again; how many of each face value are left."""

import csv
import io
from functools import partial
from typing import Annotated

from pydantic import Field

from accolade.model.errors import Rejected
from accolade.model.money import Money, to_major
from accolade.web.api.operation import LARGE, Call, Operation
from accolade.web.api.people import LineFault
from accolade.web.api.shapes import Closed, Flag, Part, example
from accolade.web.visitors import Scope

MOST_CODES = 5_000

_LINE = r"^[^\x00-\x1f\x7f]*$"
_Code = Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]


class CodeWanted(Closed):
    """A code: its face value in minor units, itself, and its PIN if it has one."""

    value: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
    code: _Code
    pin: Annotated[str, Field(max_length=40, pattern=_LINE)] = ""


class CodesWanted(Closed):
    """Codes as a list, or as a CSV file (`value,code,pin`; the value as 10 or 12.50). `partial`: the right ones are stored in
    spite of wrong ones."""

    model_config = example({"codes": [{"value": 1000, "code": "A1B2-C3D4", "pin": "0815"}]})

    codes: Annotated[list[CodeWanted], Field(max_length=MOST_CODES, default_factory=list)]
    csv: Annotated[str, Field(max_length=500_000)] = ""
    partial: Flag = False


class CodesStored(Closed):
    """How many were stored, and what is wrong with the others, by their place in the list or file, from 1."""

    stored: int
    problems: list[LineFault]


class LeftShape(Closed):
    """A face value in minor units, and how many codes of it are left."""

    value: int
    left: int


class Stock(Closed):
    """What is left of an item that has own codes."""

    item: str
    currency: str
    values: list[LeftShape]


def item_codes(call: Call, item: Part) -> Stock:
    """How many codes are left of each face value; the codes themselves are never shown here."""
    parts = call.house.redeeming
    known = parts.catalog.get(call.tenant.id, item)
    counts = parts.stock.count(call.tenant.id, known.id)
    left = [LeftShape(value=it.value, left=counts.pop(it.value, 0)) for it in known.options]
    left += [LeftShape(value=value, left=count) for value, count in counts.items()]  # of prices taken off the item
    return Stock(item=known.id, currency=known.currency, values=left)


def add_codes(call: Call, item: Part, body: CodesWanted) -> CodesStored:
    """Store own codes, encrypted. A code that was ever here is a problem of its place, so the same list again stores nothing
    twice. No answer and no log repeats a code."""
    from accolade.flows.stock_csv import import_codes, with_header

    parts = call.house.redeeming
    known = parts.catalog.get(call.tenant.id, item)
    if bool(body.codes) == bool(body.csv.strip()):
        raise Rejected("say either codes or csv", where="body.codes", mend="Send one of the two")
    file, before = (_file(body.codes, known.currency), 1) if body.codes else with_header(body.csv)
    done = import_codes(parts.stock, known, file.encode(), now=call.now, partial=body.partial, before=before)
    if done.stored:
        call.record("codes.stored", f"item:{known.id}", after={"codes": done.stored})
    wrong = [LineFault(line=it.line, column=it.column, what=it.what, mend=it.mend) for it in done.problems[:500]]
    return CodesStored(stored=done.stored, problems=wrong)


def _file(codes: list[CodeWanted], currency: str) -> str:
    """A list as the file that the import reads."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("value", "code", "pin"))
    for it in codes:
        writer.writerow((to_major(Money(it.value, currency)), it.code, it.pin))
    return file.getvalue()


_offered = partial(Operation, tag="rewards")

OPERATIONS = (
    _offered("GET", "/catalog/{item}/codes", Scope.CATALOG, item_codes, title="Codes that are left"),
    _offered("POST", "/catalog/{item}/codes", Scope.CATALOG_WRITE, add_codes, title="Store codes", limit=LARGE),
)
