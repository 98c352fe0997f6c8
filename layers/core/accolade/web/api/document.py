"""The description of the API: OpenAPI 3.1, with the scope of each operation, how to say who one is, and what may go wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from accolade.web.api.operation import ROOT, Operation
from accolade.web.api.problems import TYPE
from accolade.web.api.shapes import Problem
from accolade.web.entry.cookies import LINK, SESSION, STAFF
from accolade.web.visitors import OWN, Scope

VERSION = "1"

ABOUT = """\
Points for what happens in a CRM: who holds how many and why, what they buy, and everything that people do to keep it running.

Say who you are with `Authorization: Bearer acc_...`, an API key with the scopes that the operations name as `x-scope`. \
The pages of the site call the same operations with the cookie of a session; a change then carries the session's token \
in the header `X-CSRF`.

Lists are pages: `limit` (1 to 100) and `cursor`, which is the `next` of the page before. An operation that makes something \
asks for a header `Idempotency-Key`: the same key with the same content acts once. What goes wrong is told as \
`application/problem+json` (RFC 9457)."""

TAGS: Mapping[str, str] = {
    "me": "One's own points, for a participant who has signed in.",
    "team": "The people whom one leads: for a manager who has signed in.",
    "shop": "What a participant's points buy, what they bought, and what they say is wrong.",
    "people": "Who earns, and what they hold.",
    "programs": "What pays, in which versions, and what a version says.",
    "money": "Budgets, approvals and nominations.",
    "rewards": "The catalog, what people bought, and what they say is wrong.",
    "figures": "What was given, spent and is owed, and the places of the month.",
    "work": "Messages and cases that wait for a person.",
    "house": "Connections, settings, keys, the audit log and health.",
}

_WHAT = {
    400: "The request cannot be read, or its cursor is none of this list.",
    401: "Nobody is known by the key or the cookie.",
    403: "The caller is known and may not do this, or a rule of the house says no.",
    404: "There is no such thing for the caller.",
    405: "The path knows other methods; the header Allow names them.",
    409: "Somebody was faster, or the Idempotency-Key stands for other content.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "What is asked does not fit its description; `errors` names each fault.",
    429: "Too many calls; Retry-After says when to come back, in seconds.",
    503: "Busy or unreachable; nothing is lost. Retry-After says when to come back.",
}

_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key: `acc_<id>_<secret>`."},
    "staff": {"type": "apiKey", "in": "cookie", "name": STAFF, "description": "The session of somebody of the staff."},
    "participant": {"type": "apiKey", "in": "cookie", "name": SESSION, "description": "The session of a participant."},
    "link": {"type": "apiKey", "in": "cookie", "name": LINK, "description": "A wallet link that was opened: it reads."},
}


def described(resolver: APIGatewayRestResolver, operations: Sequence[Operation]) -> dict[str, Any]:
    """The document of the operations that the resolver knows."""
    schema = resolver.get_openapi_schema(title="Accolade", version=VERSION, openapi_version="3.1.0", description=ABOUT)
    document = schema.model_dump(by_alias=True, exclude_none=True, mode="json")
    document["servers"] = [{"url": "/", "description": "The address of the API, as the stack's output says it."}]
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    problem = {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {str(status): {"description": what, "content": problem} for status, what in _WHAT.items()}
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}") | {"title": "Problem"}
    schemas["Fault"] = schemas["Problem"].pop("$defs")["Fault"]
    for operation in operations:
        _complete(document["paths"][ROOT + operation.path][operation.method.lower()], operation)
    return document


def _complete(it: dict[str, Any], operation: Operation) -> None:
    """Its scope, who may call it, and every status that it may answer with."""
    it["x-scope"] = operation.scope.value if operation.scope else None
    it["security"] = [{name: []} for name in _schemes(operation)]
    it["responses"] = {str(operation.status): _success(it["responses"], operation)} | {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in _refusals(operation)
    }
    if operation.example and "requestBody" in it:
        it["requestBody"]["content"]["application/json"]["example"] = dict(operation.example)
    if "requestBody" in it:
        it["requestBody"]["required"] = True


def _success(responses: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    found = dict(responses[str(operation.status)])
    return found | {"description": "It is done." if operation.changes else "What was asked for."}


def _schemes(operation: Operation) -> list[str]:
    if operation.scope is None:
        return []
    if operation.scope is Scope.WALLET and not operation.changes:
        return ["participant", "link"]
    return ["participant"] if operation.scope in OWN else ["key", "staff"]


def _refusals(operation: Operation) -> list[int]:
    known = {404, 405, 422, 429, 503} | ({401, 403} if operation.scope else set())
    known |= {400, 413, 415} if operation.changes else {400}
    known |= {409} if operation.once or operation.changes else set()
    return sorted(known | set(operation.refuses))
