"""The site: finds the route of a request, who is asking, whether they may, and turns what goes wrong into pages."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from accolade.model.errors import AccoladeError, Conflict, Forged, Missing, Refused, Rejected
from accolade.texts import LANGUAGES, SOURCE, Texts, texts
from accolade.texts import later as t
from accolade.texts.refusals import sentences
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask, Request, read, unread
from accolade.web.closed import LINKED, closed
from accolade.web.house import House
from accolade.web.rendering import site_rendered
from accolade.web.visitors import Scope, Visitor

Page = Callable[[Ask], PageAnswer]

BUSY = 503

_LANGUAGE = "__Host-accolade-language"
"""The cookie of the language that was asked for on a page."""


@dataclass(frozen=True, slots=True)
class Route:
    """A page: `GET` or `POST`, its path with variable parts in braces (`admin/people/{person}`), what the visitor needs
    (None: anybody), and the function that answers. `signed`: whoever has the link may, by the token in its path, so that no
    session counts and no form has to prove where it comes from."""

    method: str
    path: str
    scope: Scope | None
    page: Page
    signed: bool = False

    def match(self, request: Request) -> dict[str, str] | None:
        """The variable parts if the request is for this route."""
        parts = self.path.split("/")
        if request.method != self.method or len(parts) != len(request.path):
            return None
        found = {}
        for part, given in zip(parts, request.path, strict=True):
            if part.startswith("{"):
                found[part.strip("{}")] = given
            elif part != given:
                return None
        return found


class Visitors(Protocol):
    """Finds out who is asking."""

    def of(self, request: Request, *, now: datetime) -> Visitor | None:
        """The visitor by session or link cookie; None if there is none, or it is over."""
        ...


class Site:
    """Answers browsers. `enter(request, scope)` gives the page on which somebody becomes one who may."""

    def __init__(
        self,
        house: House,
        visitors: Visitors,
        routes: Sequence[Route],
        enter: Callable[[Request, Scope], str],
    ) -> None:
        self._house, self._visitors, self.routes, self._enter = house, visitors, routes, enter

    def respond(self, event: Mapping[str, Any], *, now: datetime) -> PageAnswer:
        """The page for an API Gateway REST proxy event."""
        try:
            request = read(event)
        except Missing as error:
            return self.trouble(unread(event, _first(event, LINKED) or ("me",)), None, error, now)
        except Rejected as error:
            request = unread(event, _first(event, LINKED) or ("me", "form"))
            return self.trouble(request, None, error, now, status=400 if request.path[0] in LINKED else 0)
        return self.answer(request, now=now)

    def answer(self, request: Request, *, now: datetime) -> PageAnswer:
        """The page for a request; one that only shows reads nothing twice."""
        with self._house.db.once() if request.method == "GET" else nullcontext():
            return self._page(request, now)

    def _page(self, request: Request, now: datetime) -> PageAnswer:
        visitor = None
        try:
            visitor = self._visitors.of(request, now=now)
            return self._answer(request, visitor, now)
        except AccoladeError as error:
            return self.trouble(request, visitor, error, now)

    def _answer(self, request: Request, visitor: Visitor | None, now: datetime) -> PageAnswer:
        for route in self.routes:
            args = route.match(request)
            if args is None:
                continue
            if route.scope is not None and (visitor is None or not visitor.may(route.scope)):
                return self._not_yet(request, visitor, route.scope)
            if request.method != "GET" and not route.signed:
                _same_site(request, visitor)
            return _kept(request, route.page(Ask(request, args, language(request, visitor), now, self._house, visitor)))
        raise Missing("there is no such page")

    def _not_yet(self, request: Request, visitor: Visitor | None, scope: Scope) -> PageAnswer:
        """Somebody who could become one who may is asked to sign in; to everybody else the page is not there."""
        if visitor is not None and visitor.how in ("staff", "code"):
            raise Missing("there is no such page")
        return moved(request.root + self._enter(request, scope))

    def trouble(
        self, request: Request, visitor: Visitor | None, error: AccoladeError, now: datetime, *, status: int = 0
    ) -> PageAnswer:
        """The page for what went wrong, in the reader's language, with the next step."""
        if request.path[0] in LINKED:
            return closed(Ask(request, {}, language(request, None), now, self._house), error, status=status or 404)
        status, heading = _trouble(error)
        ask = Ask(request, {}, language(request, visitor), now, self._house, visitor)
        if status == BUSY:  # what exactly is busy is nothing to a reader
            said = [ask.t.t("Please try again in a minute. Nothing is lost.")]
        else:
            said = [] if isinstance(error, Missing | Forged) else sentences(ask.t, error)
        return site_rendered(ask, "trouble.html", status=status, heading=ask.t.t(heading), sentences=said)


def _first(event: Mapping[str, Any], parts: Sequence[str]) -> tuple[str, ...]:
    """The first of these parts in a path that cannot be read as a whole; nothing if it has none."""
    return tuple(part for part in str(event.get("path") or "")[:200].split("/") if part in parts)[:1]


def language(request: Request, visitor: Visitor | None) -> Texts:
    """The language asked for on the page, else the person's own, else the browser's first that we have."""
    asked = next(iter(request.query.get("lang", ())), "") or request.cookies.get(_LANGUAGE, "")
    if asked in LANGUAGES:
        return texts(asked)
    if visitor is not None and visitor.participant is not None:
        return texts(visitor.participant.locale)
    wanted = [tag.split(";")[0].strip()[:2].lower() for tag in request.headers.get("accept-language", "")[:200].split(",")]
    return texts(next((tag for tag in wanted if tag in LANGUAGES), SOURCE))


def _kept(request: Request, answer: PageAnswer) -> PageAnswer:
    """The answer, with which the browser keeps the language that was asked for on the page."""
    asked = next(iter(request.query.get("lang", ())), "")
    if asked not in LANGUAGES or request.cookies.get(_LANGUAGE) == asked:
        return answer
    return replace(answer, cookies=(*answer.cookies, f"{_LANGUAGE}={asked}; Path=/; Secure; HttpOnly; SameSite=Lax"))


def _same_site(request: Request, visitor: Visitor | None) -> None:
    """A form of ours, sent from a page of ours (Fetch Metadata, and the token of the session); Refused otherwise."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused(t("the form came from another site"), mend=t("Open the page here and send it again"))
    if visitor is None:
        return
    given = next(iter(request.form.get("csrf", ())), "") or request.headers.get("x-csrf", "")
    if not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
        raise Refused(t("the page is too old"), mend=t("Load it again and send the form once more"))


_TROUBLE: tuple[tuple[type[AccoladeError], int, str], ...] = (
    (Missing, 404, t("This page is not here")),
    (Forged, 404, t("This page is not here")),
    (Refused, 403, t("This is not possible")),
    (Conflict, 409, t("Somebody was faster")),
    (Rejected, 422, t("Something is wrong with what was sent")),
)


def _trouble(error: AccoladeError) -> tuple[int, str]:
    for kind, status, heading in _TROUBLE:
        if isinstance(error, kind):
            return status, heading
    return BUSY, t("The page cannot be shown right now")
