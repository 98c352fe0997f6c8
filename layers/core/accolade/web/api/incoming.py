"""What comes in: a request within bounds, its JSON read once and strictly; everything else is turned away with a reason."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

from accolade.web.api.problems import Turned

MAX_DEPTH = 32
"""How deep a body may be nested: a program's conditions go down to a dozen."""

MAX_QUERY = 20
MAX_VALUE = 2_000

_PLACES = ("api", "providers", "openapi.json")
"""The first parts of our paths; whatever stands before them (a stage, a base path) is none of our business."""

_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request. `path` begins at the first part that is ours; header names in lower case; `raw` is the body as sent."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    raw: bytes = b""
    source: str = ""

    @property
    def hashed_source(self) -> str:
        """The caller's address, as counters name it."""
        return sha256(self.source.encode()).hexdigest()[:24]

    def json(self, *, limit: int) -> dict[str, Any]:
        """The body as an object; turned away if it is too large, of another type, or no JSON object."""
        if len(self.raw) > limit:
            raise Turned(413, f"the body has more than {limit:,} bytes")
        kind, _, options = self.headers.get("content-type", "").lower().partition(";")
        if kind.strip() != "application/json" or options.strip() not in ("", "charset=utf-8", 'charset="utf-8"'):
            raise Turned(415, "the body has to be application/json")
        try:
            text = self.raw.decode()
        except UnicodeDecodeError:
            raise Turned(400, "the body is not UTF-8") from None
        return _object(text)


def read(event: Mapping[str, Any]) -> Incoming:
    """The request of an API Gateway REST proxy event; turned away if it is beyond our bounds."""
    headers = {str(name).lower(): str(value)[:4096] for name, value in (event.get("headers") or {}).items()}
    identity = (event.get("requestContext") or {}).get("identity") or {}
    return Incoming(
        method=str(event.get("httpMethod") or "GET").upper(),
        path=_path(str(event.get("path") or "")),
        headers=headers,
        query=_query(event.get("multiValueQueryStringParameters") or event.get("queryStringParameters") or {}),
        raw=_body(event),
        source=str(identity.get("sourceIp") or "")[:64],
    )


def _path(text: str) -> str:
    parts = unquote(text, errors="replace").strip("/").split("/")
    start = next((place for place, part in enumerate(parts) if part in _PLACES), None)
    if start is None or len(parts) > 12:
        raise Turned(404, "there is no such operation")
    return "/" + "/".join(parts[start:])


def _query(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {str(name): tuple(map(str, it)) if isinstance(it, list) else (str(it),) for name, it in values.items()}
    if len(found) > MAX_QUERY or any(len(it) > 1 for it in found.values()):
        raise Turned(422, "each parameter stands once, and there are not so many")
    if any(len(it) > MAX_VALUE or not _sound(it) for values_ in found.items() for it in (values_[0], *values_[1])):
        raise Turned(422, "a parameter is too long, or no text")
    return found


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if len(text) > 8_000_000:
        raise Turned(413, "the body is too large")
    try:
        return b64decode(text, validate=True) if event.get("isBase64Encoded") else str(text).encode()
    except ValueError:
        raise Turned(400, "the body cannot be read") from None


def _object(text: str) -> dict[str, Any]:
    if _depth(text) > MAX_DEPTH:
        raise Turned(400, f"the body is nested deeper than {MAX_DEPTH}")
    try:
        found = json.loads(text, parse_constant=_no_number, parse_float=_number, object_pairs_hook=_pairs)
    except ValueError as error:
        raise Turned(
            400, f"the body is no JSON: {str(error)[:120] if type(error) is ValueError else 'it cannot be read'}"
        ) from None
    if not isinstance(found, dict):
        raise Turned(422, "the body has to be a JSON object", errors=[{"field": "body", "what": "this is no object"}])
    if not _sound(json.dumps(found, ensure_ascii=False)):
        raise Turned(400, "the body has half a character (a lone surrogate)")
    return found


def _depth(text: str) -> int:
    """The deepest nesting; counted before anything is parsed."""
    now = deepest = 0
    for sign in re.findall(r"[\[\]{}]", _TEXTS.sub("", text)):
        now += 1 if sign in "[{" else -1
        deepest = max(deepest, now)
    return deepest


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _number(text: str) -> float | int:
    """A number as JSON means it: 5.0 is a whole number too. ValueError for what is beyond every measure."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _sound(text: str) -> bool:
    """Whether it can be written: without half a character, and without NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
