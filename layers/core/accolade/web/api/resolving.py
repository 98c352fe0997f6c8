"""Resolving: operations on the event handler of Powertools, which checks what comes in and goes out against their types."""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError, ResponseValidationError
from aws_lambda_powertools.event_handler.openapi.params import Query

from accolade.model.errors import AccoladeError
from accolade.web.api import problems
from accolade.web.api.incoming import Incoming
from accolade.web.api.operation import ROOT, Call, Operation
from accolade.web.api.problems import Turned


class Resolving:
    """Calls operations. What goes out and does not fit its own description is a fault of ours: ValueError."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations = operations
        self._resolver = APIGatewayRestResolver(enable_validation=True, response_validation_error_http_code=500)
        self._resolver.exception_handler(AccoladeError)(lambda error: _response(problems.of_error(error)))
        self._resolver.exception_handler(RequestValidationError)(lambda error: _response(problems.of_faults(error.errors())))
        self._resolver.exception_handler(ResponseValidationError)(_unlike)
        for it in sorted(operations, key=lambda it: it.path.count("{")):
            self._add(it)

    def __call__(self, call: Call, incoming: Incoming, body: Mapping[str, Any] | None) -> dict[str, Any]:
        """The answer of an operation as a REST proxy's; a problem for what does not fit its description."""
        self._resolver.append_context(call=call)
        answer = self._resolver.resolve(_event(incoming, body), None)  # type: ignore[arg-type]  # no operation asks for the context
        headers = {name: ", ".join(values) for name, values in answer["multiValueHeaders"].items()}
        return {"statusCode": answer["statusCode"], "headers": headers, "body": answer["body"] or ""}

    def takes_body(self, operation: Operation) -> bool:
        """Whether the operation has a body."""
        return "body" in _signature(operation.answer).parameters

    def check_query(self, operation: Operation, incoming: Incoming) -> None:
        """Turned away if a parameter is not one of the operation's."""
        unknown = sorted(set(incoming.query) - _query(operation.answer))
        if unknown:
            faults = [{"field": f"query.{name[:80]}", "what": "there is no such parameter"} for name in unknown]
            raise Turned(422, f"there is no parameter {unknown[0][:80]!r} here", errors=faults)

    @cache  # noqa: B019 (one of its kind lives as long as the process)
    def document(self) -> str:
        """The description of all operations, as OpenAPI 3.1 JSON."""
        from accolade.web.api.document import described

        return json.dumps(described(self._resolver, self._operations), ensure_ascii=False)

    def _add(self, operation: Operation) -> None:
        def answer(**given: Any) -> Any:
            return operation.answer(self._resolver.context["call"], **given)

        signature = _signature(operation.answer)
        answer.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])  # type: ignore[attr-defined]  # for inspect
        answer.__name__ = operation.id
        self._resolver.route(
            ROOT + operation.path.replace("{", "<").replace("}", ">"),
            operation.method,
            summary=operation.title,
            description=inspect.getdoc(operation.answer),
            tags=[operation.tag],
            operation_id=operation.id,
            status_code=operation.status,
        )(answer)


@cache
def _signature(answer: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(answer)


@cache
def _query(answer: Callable[..., Any]) -> frozenset[str]:
    """The names of an operation's parameters that stand in the query."""
    found = set()
    for name, parameter in _signature(answer).parameters.items():
        marks = [it for it in getattr(parameter.annotation, "__metadata__", ()) if isinstance(it, Query)]
        found |= {mark.alias or name for mark in marks}
    return frozenset(found)


def _event(incoming: Incoming, body: Mapping[str, Any] | None) -> dict[str, Any]:
    query = {name: values[0] for name, values in incoming.query.items()}
    headers = {name: value for name, value in incoming.headers.items() if name not in ("cookie", "authorization")}
    if body is not None:
        headers["content-type"] = "application/json"
    return {
        "httpMethod": incoming.method,
        "path": incoming.path,
        "resource": incoming.path,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
        "requestContext": {},
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def _response(answer: Mapping[str, Any]) -> Response[str]:
    return Response(answer["statusCode"], None, answer["body"], headers=dict(answer["headers"]))


def _unlike(error: ResponseValidationError) -> Response[str]:
    """An answer that is not as described: our own mistake, told by its places alone."""
    places = [".".join(map(str, fault["loc"])) for fault in error.errors()]
    raise ValueError(f"an answer is not as described: {', '.join(places[:10])}") from None
