"""A browser in front of the real site: it keeps cookies as browsers do, fills in forms, and follows where it is sent."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote_plus, urlencode, urljoin, urlsplit

from accolade import wiring
from accolade.web.answers import PageAnswer, site_page
from accolade.web.asking import Ask
from accolade.web.entry import ROUTES, SessionVisitors, enter
from accolade.web.site import Route, Site
from accolade.web.visitors import Scope


def who(ask: Ask) -> PageAnswer:
    """A page that says who is asking."""
    it = ask.who
    return site_page(f"{it.how} {it.tenant.id} {it.name} {' '.join(sorted(it.scopes))} csrf={it.csrf}")


ROOMS = (
    Route("GET", "me/wallet", Scope.WALLET, who),
    Route("GET", "me/shop/{item}", Scope.REDEEM, who),
    Route("POST", "me/redeem", Scope.REDEEM, who),
    Route("GET", "team/standing", Scope.TEAM, who),
    Route("GET", "admin/today", Scope.MESSAGES, who),
    Route("GET", "admin/budgets", Scope.BUDGETS, who),
    Route("POST", "admin/settings", Scope.SETTINGS_WRITE, who),
)
"""A room behind each kind of door."""


def site(rooms: Sequence[Route] = ROOMS) -> Site:
    """The site with the real pages of signing in."""
    house = wiring.house(lambda *_, **__: None)
    return Site(house, SessionVisitors(house), [*ROUTES, *rooms], enter)


class Browser:
    """One browser. `url` is where it stands; `log` is every address that it was sent to."""

    ORIGIN = "https://rewards.acme.example/live/"

    def __init__(self, made: Site, *, source: str = "203.0.113.7", now: datetime | None = None) -> None:
        self.site, self.source = made, source
        self.now = now or datetime.now(UTC)
        self.cookies: dict[str, str] = {}
        self.set: list[str] = []
        self.url, self.text, self.status = self.ORIGIN, "", 0
        self.headers: dict[str, str] = {}

    def get(self, path: str, *, follow: bool = True, **headers: str) -> str:
        """Open a page; the text that is shown in the end."""
        return self._ask("GET", urljoin(self.ORIGIN, path), "", follow, headers)

    def post(self, path: str, fields: Mapping[str, str | list[str]], *, follow: bool = True, **headers: str) -> str:
        """Post a form as it is given; a list is a field several times."""
        return self._ask("POST", urljoin(self.ORIGIN, path), urlencode(fields, doseq=True), follow, headers)

    def submit(self, *, follow: bool = True, headers: dict[str, str] | None = None, **fields: str) -> str:
        """Fill in the page's only form of content (not that of signing out) and send it."""
        forms = re.findall(r'<form method="post" action="([^"]*)"[^>]*>(.*?)</form>', self.text, re.S)
        action, inner = next((action, inner) for action, inner in forms if "sign-in/out" not in action)
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', inner)
        ticked = re.findall(r'<input type="radio" name="([^"]*)" value="([^"]*)" checked', inner)
        filled = {name: unescape(value) for name, value in [*hidden, *ticked]} | fields
        return self._ask("POST", urljoin(self.url, unescape(action)), urlencode(filled), follow, headers or {})

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    @property
    def place(self) -> str:
        """The path where it stands, from the root of the site."""
        return self.url.removeprefix(self.ORIGIN)

    @property
    def seen(self) -> str:
        """The page as its reader sees it."""
        body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", self.text, flags=re.S)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()

    def _ask(self, method: str, url: str, body: str, follow: bool, headers: dict[str, str]) -> str:
        event = self.event(method, url, body, headers)
        answer = self.site.respond(event, now=self.now).as_proxy()
        self._keep(answer.get("multiValueHeaders", {}).get("Set-Cookie", []))
        self.url, self.text, self.status = url, answer["body"], answer["statusCode"]
        self.headers = answer["headers"]
        target = self.headers.get("Location", "")
        if self.status == 303 and follow and urljoin(url, target).startswith(self.ORIGIN):
            return self._ask("GET", urljoin(url, target), "", follow, {})
        return self.text

    def event(self, method: str, url: str, body: str = "", headers: dict[str, str] | None = None) -> dict[str, Any]:
        """The REST proxy event of a request."""
        parts = urlsplit(url)
        path = parts.path.removeprefix("/live")
        pairs = [pair.partition("=") for pair in parts.query.split("&") if pair]
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Sec-Fetch-Site": "same-origin"}
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        given = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        return {
            "httpMethod": method,
            "path": path,
            "resource": "/{proxy+}",
            "headers": sent | given,
            "multiValueQueryStringParameters": {name: [unquote_plus(value)] for name, _, value in pairs} or None,
            "body": body or None,
            "isBase64Encoded": False,
            "requestContext": {
                "identity": {"sourceIp": self.source},
                "path": f"/live{path}",
                "domainName": "rewards.acme.example",
            },
        }

    def _keep(self, cookies: list[str]) -> None:
        self.set = cookies
        for line in cookies:
            pair, *flags = line.split("; ")
            name, _, value = pair.partition("=")
            assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} <= set(flags), line
            assert name.startswith("__Host-"), line
            assert not any(flag.startswith("Domain") for flag in flags), line
            if "Max-Age=0" in flags:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
