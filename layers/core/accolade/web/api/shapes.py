"""Shapes: what every operation's types are made of: closed objects, bounded texts, whole numbers, pages and problems."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Text without control characters, except tab and line breaks."""


class Closed(BaseModel):
    """An object with these fields and no others. Built when it is first used: a cold start pays for one operation only."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def example(value: "Json") -> ConfigDict:
    """The configuration of an object that shows an example of itself."""
    return ConfigDict(extra="forbid", frozen=True, defer_build=True, json_schema_extra={"examples": [value]})


class Fault(Closed):
    """One thing to mend."""

    field: str
    what: str


class Problem(Closed):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


class Page[T](Closed):
    """A part of a list; `next` is the cursor of the following part, null at the end."""

    items: list[T]
    next: str | None = None


class Done(Closed):
    """It is done."""

    done: bool = True


Limit = Annotated[int, Query(ge=1, le=100, description="So many at most.")]
Cursor = Annotated[
    str, Query(max_length=600, pattern=r"^[A-Za-z0-9_-]*$", description="The `next` of the page before; empty: from the start.")
]
Part = Annotated[str, Path(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9._~@:+-]+$")]
Line = Annotated[str, Path(min_length=1, max_length=12, pattern=r"^[0-9]+$", description="The line of the statement.")]
Named = Annotated[
    str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._@+-]+$", description="Number (`P000017`) or import id.")
]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=80,
        pattern=r"^[A-Za-z0-9._:-]+$",
        description="Any text of your own for this act: the same key with the same content acts once.",
    ),
]

Whole = StrictInt
Flag = StrictBool
Points = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Reason = Annotated[str, Field(min_length=1, max_length=400, pattern=PLAIN, description="Why, for the audit.")]
Short = Annotated[str, Field(max_length=120, pattern=PLAIN)]
Instant = datetime
Json = dict[str, Any]


def paged_after[T](items: Iterable[T], limit: int, place: Any, call: Any, cursor: str) -> tuple[list[T], str | None]:
    """The page of items, which come in the order of their places, behind a cursor; no more of them is read than it needs."""
    after = call.place(cursor)
    found = list(islice((it for it in items if place(it) > after), limit + 1))
    return paged(found, limit, place, call.cursor)


def paged[T](found: list[T], limit: int, place: Any, cursor: Any) -> tuple[list[T], str | None]:
    """The first `limit` of what was found (one more was asked for), and the cursor of the page after them, if there is more."""
    shown = found[:limit]
    return shown, cursor(place(shown[-1])) if len(found) > limit else None
