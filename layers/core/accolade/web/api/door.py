"""The door of the API: bounds, caller, scope, once only; then the operation, and an answer that says no more than it should."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from accolade.model.errors import AccoladeError, Rejected
from accolade.store.answers import Given
from accolade.web.answers import headers_of
from accolade.web.api import problems
from accolade.web.api.callers import Callers, Rates
from accolade.web.api.incoming import Incoming, read
from accolade.web.api.operation import ROOT, Call, Operation
from accolade.web.api.operations import OPERATIONS
from accolade.web.api.problems import Turned
from accolade.web.api.resolving import Resolving
from accolade.web.api.vendors import Vendors

if TYPE_CHECKING:
    from accolade.web.house import House

_HEADERS = headers_of("application/json", "default-src 'none'; frame-ancestors 'none'")
_RATES = Rates()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A REST proxy's answer, and what the log says of it: no token, no body."""

    answer: Mapping[str, Any]
    line: Mapping[str, Any] = field(default_factory=dict)


class Api:
    """Answers programs."""

    def __init__(self, house: "House", *, operations: Sequence[Operation] = OPERATIONS, rates: Rates = _RATES) -> None:
        self._house, self.operations = house, operations
        self._callers, self._resolving, self._vendors = Callers(house, rates), Resolving(operations), Vendors(house)

    def respond(self, event: Mapping[str, Any], *, now: datetime) -> Outcome:
        """The answer to an API Gateway REST proxy event: never an error of ours, unless it is a fault of ours."""
        line: dict[str, Any] = {}
        try:
            answer = self._answer(read(event), line, now)
        except Turned as turned:
            answer = turned.answer()
        except AccoladeError as error:
            answer = problems.of_error(error)
        headers = _HEADERS | {name: value for name, value in answer["headers"].items() if name != "Content-Length"}
        line |= {"method": event.get("httpMethod"), "status": answer["statusCode"]}
        return Outcome({"statusCode": answer["statusCode"], "headers": headers, "body": answer["body"]}, line)

    def _answer(self, incoming: Incoming, line: dict[str, Any], now: datetime) -> dict[str, Any]:
        if incoming.path.startswith("/providers/"):
            line["operation"] = "provider_event"
            return self._vendors.heard(incoming, line, now=now)
        if incoming.path == "/openapi.json":
            return self._description(incoming)
        operation, args = self._wanted(incoming)
        line["operation"] = operation.id
        visitor = self._callers.of(operation, incoming, now=now)
        if visitor is not None:
            line |= {"tenant": visitor.tenant.id, "by": visitor.name if visitor.how == "key" else visitor.how}
        body = incoming.json(limit=operation.limit) if self._resolving.takes_body(operation) else None
        self._resolving.check_query(operation, incoming)
        call = Call(operation, self._house, visitor, now, args, incoming.query)
        if not operation.once:
            return self._resolving(call, incoming, body)
        return self._once(call, incoming, body)

    def _description(self, incoming: Incoming) -> dict[str, Any]:
        if incoming.method != "GET":
            raise Turned(405, "it can only be read", headers={"Allow": "GET"})
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": self._resolving.document()}

    def _wanted(self, incoming: Incoming) -> tuple[Operation, dict[str, str]]:
        """The operation that is asked for; a path without variable parts goes before one with some."""
        found = [(it, match) for it in self.operations if (match := it.pattern.fullmatch(incoming.path))]
        if not found:
            raise Turned(404, f"there is no such operation below {ROOT}; /openapi.json lists those there are")
        found.sort(key=lambda pair: len(pair[1].groupdict()))
        for operation, match in found:
            if operation.method == incoming.method:
                return operation, match.groupdict()
        allowed = ", ".join(sorted({it.method for it, _ in found}))
        raise Turned(405, f"{incoming.method[:20]} is not among what can be done here", headers={"Allow": allowed})

    def _once(self, call: Call, incoming: Incoming, body: Any) -> dict[str, Any]:
        """The answer of the first call with this key; without a key the schema says what is missing."""
        key = incoming.headers.get("idempotency-key", "")
        if not key:
            return self._resolving(call, incoming, body)
        name = _hash(call.tenant.id, call.who.name, call.operation.id, key)
        content = _hash(incoming.path, json.dumps(body, sort_keys=True))
        given = self._house.answers.begin(name, content, now=call.now)
        if given is not None:
            return _again(given)
        try:
            answer = self._resolving(call, incoming, body)
        except AccoladeError:
            self._house.answers.give_up(name)
            raise
        if answer["statusCode"] >= 300:
            self._house.answers.give_up(name)
            return answer
        kept = "" if call.operation.secret else answer["body"]
        self._house.answers.finish(name, content, Given(answer["statusCode"], kept), now=call.now)
        return answer


def _again(given: Given) -> dict[str, Any]:
    if not given.body:
        raise Rejected(
            "this was made already; its secret was shown once", where="Idempotency-Key", mend="Use a new key for another"
        )
    headers = {"Content-Type": "application/json", "Idempotency-Replayed": "true"}
    return {"statusCode": given.status, "headers": headers, "body": given.body}


def _hash(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
