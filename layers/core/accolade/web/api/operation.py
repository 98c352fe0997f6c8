"""Operations: one thing that a program may ask of us, the one scope that it needs, and the call that asks it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accolade.model.errors import Rejected
from accolade.model.participants import Participant
from accolade.web.api import cursors
from accolade.web.visitors import ByVisitor, Scope, Visitor

if TYPE_CHECKING:
    from accolade.web.house import House

ROOT = "/api/v1"

SMALL, LARGE = 64_000, 1_000_000
"""Bytes of a body: of most operations, and of those that take a file's content."""

_PART = r"[A-Za-z0-9._~@:+-]{1,120}"


@dataclass(frozen=True)
class Operation:
    """`path` is below `/api/v1`, with variable parts in braces; `answer(call, ...)` is typed: its further parameters are the
    path's parts, the query, headers and the body. Its docstring is the description.

    `scope` None: anybody. `once`: the header Idempotency-Key is required, and the same key with the same content gives the same
    answer for a day; `secret`: that answer is shown once and kept nowhere. `limit`: bytes of a body. `slow`: it may take many
    seconds, so it is asked seldom. `refuses`: statuses it may give beyond what every operation does.
    """

    method: str
    path: str
    scope: Scope | None
    answer: Callable[..., Any]
    tag: str
    title: str
    status: int = 200
    once: bool = False
    secret: bool = False
    limit: int = SMALL
    slow: bool = False
    refuses: tuple[int, ...] = ()
    example: Mapping[str, Any] | None = None

    @property
    def id(self) -> str:
        """Its name: that of the function that answers."""
        return self.answer.__name__.rstrip("_")

    @property
    def changes(self) -> bool:
        return self.method != "GET"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the paths look like that ask for it."""
        parts = [f"(?P<{it[1:-1]}>{_PART})" if it.startswith("{") else re.escape(it) for it in self.path.split("/")]
        return re.compile(ROOT + "/".join(parts))


@dataclass(frozen=True)
class Call(ByVisitor):
    """One call of an operation: who asks, when, and what it stands on. `args`: the variable parts of the path; `query`: what
    else was asked, without the place in the list."""

    operation: Operation
    house: "House"
    visitor: Visitor | None
    now: datetime
    args: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def participant(self, text: str) -> Participant:
        """The participant of this tenant by number or import id; Missing if there is none."""
        return self.house.people.by_id(self.tenant.id, text)

    def cursor(self, place: str | int) -> str:
        """The cursor of the page after a place in the list; it works for this list and this visitor only."""
        return cursors.sealed(self.house.links, self._list, str(place))

    def place(self, cursor: str) -> str:
        """The place that a cursor of ours says, empty without one. Rejected if it is not ours, or another list's."""
        try:
            return cursors.opened(self.house.links, self._list, cursor) if cursor else ""
        except ValueError as error:
            raise cursors.BadCursor("this is no cursor of this list", where="cursor", mend="Leave it out, and page on") from error

    @property
    def _list(self) -> tuple[Any, ...]:
        """What a cursor is bound to."""
        mine = self.who.name if self.who.participant else ""
        asked = sorted((name, values) for name, values in self.query.items() if name not in ("cursor", "limit"))
        return self.tenant.id, mine, self.operation.id, sorted(self.args.items()), asked

    def record(self, what: str, on: str, *, before: Any = None, after: Any = None, reason: str = "") -> None:
        """Put on the record of the staff's acts what was done (see `store.actions`)."""
        self.house.actions.record(
            self.tenant.id, at=self.now, by=self.who.name, what=what, on=on, before=before, after=after, reason=reason
        )


def whole(text: str) -> int | None:
    """A place that is a number; None for the beginning."""
    if not text:
        return None
    if not text.isdecimal():
        raise Rejected("this is no cursor of this list", where="cursor")
    return int(text)
