"""What a page is asked: the request of a browser, read within bounds, and with it the visitor, the language and the clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from accolade.model.errors import Missing, Rejected
from accolade.model.phrases import later as t
from accolade.texts import Texts
from accolade.web.answers import body_of, multipart_fields
from accolade.web.visitors import ByVisitor, Scope, Visitor

if TYPE_CHECKING:
    from accolade.web.house import House

MAX_BODY = 1_000_000
"""Bytes of a form: an import of people or of codes is pasted or uploaded as one."""

MAX_FIELDS = 2_000

HOME = "home"
"""What the address of the site alone is called inside."""

FOLDERS = ("me", "team", "admin", "board", "sign-in", "w", "u", "explain", "assets")
"""The first parts of our paths; whatever stands before them (a stage, a base path) is none of our business."""

_SEGMENT = re.compile(r"[A-Za-z0-9._~@:+-]{1,120}")

Form = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Request:
    """A browser's request. `path`: the parts of the path after any prefix (`admin`, `people`, `P000017`); `form` and `query`
    hold every value of a name in order; `fragment`: htmx asks for a part of the page that it shows; `source`: the
    internet address; `base`: the https address of the site's root as the API knows it."""

    method: str
    path: tuple[str, ...]
    query: Form = field(default_factory=dict)
    form: Form = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    base: str = ""

    @property
    def fragment(self) -> bool:
        return self.headers.get("hx-request") == "true"

    @property
    def root(self) -> str:
        """The way from the page that the browser shows to the root of the site: `../` times its depth, or `./`."""
        shown = self.path
        if self.fragment:
            parts = urlsplit(self.headers.get("hx-current-url", "")).path.strip("/").split("/")
            places = [place for place, part in enumerate(parts) if part in FOLDERS]
            shown = tuple(parts[places[0] :]) if places else self.path
        return "../" * (len(shown) - 1) or "./"


@dataclass(frozen=True, slots=True)
class Ask(ByVisitor):
    """One request with all that its page needs. `args`: the variable parts of the route's path, by name."""

    request: Request
    args: Mapping[str, str]
    t: Texts
    now: datetime
    house: "House"
    visitor: Visitor | None = None

    @property
    def root(self) -> str:
        return self.request.root

    def may(self, scope: Scope) -> bool:
        return self.visitor is not None and self.visitor.may(scope)

    def value(self, name: str, *, limit: int = 200) -> str:
        """A field of the query, stripped; Rejected if it is too long."""
        return _bounded(self.request.query, name, limit)

    def field(self, name: str, *, limit: int = 2_000) -> str:
        """A field of the form, stripped; Rejected if it is too long."""
        return _bounded(self.request.form, name, limit)

    def fields(self, name: str) -> tuple[str, ...]:
        """All values of a field of the form, stripped."""
        return tuple(it.strip() for it in self.request.form.get(name, ()))


def read(event: Mapping[str, Any]) -> Request:
    """The request of an API Gateway REST proxy event; Rejected for a form that cannot be read, Missing for an odd path."""
    headers = _headers(event)
    return Request(
        method=str(event.get("httpMethod") or "GET").upper(),
        path=_path(event),
        query=_many(event.get("multiValueQueryStringParameters") or event.get("queryStringParameters") or {}),
        form=_form(event, headers.get("content-type", "")),
        cookies=_cookies(headers.get("cookie", "")),
        headers=headers,
        source=str(((event.get("requestContext") or {}).get("identity") or {}).get("sourceIp") or "")[:64],
        base=_base(event),
    )


def unread(event: Mapping[str, Any], path: tuple[str, ...]) -> Request:
    """A request that cannot be read, as one for a page of this path: with what tells its reader's language."""
    headers = _headers(event)
    return Request("GET", path, cookies=_cookies(headers.get("cookie", "")), headers=headers)


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): str(value)[:4096] for name, value in (event.get("headers") or {}).items()}


def _base(event: Mapping[str, Any]) -> str:
    """The stage or base path of the API stands in the path of the context, and not in that of the event."""
    context = event.get("requestContext") or {}
    path, whole = str(event.get("path") or ""), str(context.get("path") or "")
    return f"https://{context.get('domainName') or ''}{whole.removesuffix(path)}" if context.get("domainName") else ""


def _path(event: Mapping[str, Any]) -> tuple[str, ...]:
    parts = str(event.get("path") or "").strip("/").split("/")
    if event.get("resource") == "/":
        return (HOME,)
    start = next((place for place, part in enumerate(parts) if part in FOLDERS), None)
    if start is None or len(parts) > 12 or not all(_SEGMENT.fullmatch(part) for part in parts[start:]):
        raise Missing("there is no such page")
    return tuple(parts[start:])


def _many(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    if len(values) > 50:
        raise Rejected(t("the address has too many parameters"))
    return {name: tuple(map(str, value)) if isinstance(value, list) else (str(value),) for name, value in values.items()}


def _form(event: Mapping[str, Any], content_type: str) -> dict[str, tuple[str, ...]]:
    body = body_of(event, limit=MAX_BODY)
    if not body:
        return {}
    if content_type.lower().startswith("multipart/form-data"):
        return {name: (value,) for name, value in multipart_fields(body, content_type, most=MAX_FIELDS).items()}
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Rejected(t("the form cannot be read")) from error
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return found


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: it.value for name, it in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _bounded(values: Form, name: str, limit: int) -> str:
    text = next(iter(values.get(name, ())), "").strip()
    if len(text) > limit:
        raise Rejected(t("this has more than %(limit)s characters", limit=limit), where=name, mend=t("Shorten it"))
    return text
