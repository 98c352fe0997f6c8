"""Problems: what went wrong as RFC 9457 says it: what, where, how to mend; never a trace, never a secret."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from accolade.model.errors import AccoladeError, Conflict, Forged, Missing, Refused, Rejected
from accolade.programs.problems import Problems
from accolade.web.api import faults
from accolade.web.api.cursors import BadCursor

TYPE = "application/problem+json"

MOST_FAULTS = 50
"""Faults named in one problem."""

_STATUS: tuple[tuple[type[AccoladeError], int], ...] = (
    (BadCursor, 400),
    (Missing, 404),
    (Forged, 404),
    (Refused, 403),
    (Conflict, 409),
    (Rejected, 422),
)


class Turned(Exception):
    """A call that is turned away at the door, with its answer."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        self.status, self.detail, self.more = status, detail, more
        super().__init__(detail)

    def answer(self) -> dict[str, Any]:
        """The answer of a REST proxy."""
        headers = self.more.pop("headers", {})
        return problem(self.status, self.detail, headers=headers, **self.more)


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, errors: Iterable[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """A problem as a REST proxy's answer. `errors`: `field` and `what` of each fault."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    wrong = list(errors)[:MOST_FAULTS]
    body |= {"errors": wrong} if wrong else {}
    return {"statusCode": status, "headers": {"Content-Type": TYPE} | dict(headers or {}), "body": json.dumps(body)}


def of_error(error: AccoladeError) -> dict[str, Any]:
    """The problem of an error of ours."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 503)
    if status == 404:
        return problem(404, error.what if isinstance(error, Missing) else "there is no such thing")
    if isinstance(error, Problems):
        wrong = [{"field": it.path or f"line {it.line}", "what": it.message} for it in error.problems]
        return problem(422, f"the document has {len(wrong)} problem{'s' * (len(wrong) != 1)}", errors=wrong)
    if status == 503:
        seconds = max(1, round(getattr(error, "after", 5)))
        return problem(503, "we are busy: nothing is lost, ask again", headers={"Retry-After": str(seconds)})
    wrong = [{"field": error.where, "what": error.what}] if error.where and not error.where.startswith("--") else []
    return problem(status, ". ".join(it.rstrip(".") for it in (error.what, error.step) if it), errors=wrong)


def of_faults(wrong: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The problem of a request that does not fit its schema."""
    found = faults.named(wrong)
    first = f": {found[0]['field']}: {found[0]['what']}" if found else ""
    return problem(422, f"the request is not as described{first}", errors=found)
