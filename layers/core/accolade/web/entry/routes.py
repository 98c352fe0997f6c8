"""The pages of signing in, and which of them leads to what somebody wanted."""

from dataclasses import replace
from urllib.parse import quote, urlencode

from accolade.web.asking import Request
from accolade.web.entry import codes, leaving, staff
from accolade.web.entry.places import COMPANY
from accolade.web.site import Route
from accolade.web.visitors import OWN, Scope

ROUTES: tuple[Route, ...] = (
    Route("GET", "sign-in/code", None, codes.choose),
    Route("POST", "sign-in/code", Scope.WALLET, codes.send),
    Route("GET", "sign-in/type", None, codes.typing),
    Route("POST", "sign-in/type", None, codes.typed),
    Route("GET", "sign-in/person/{tenant}", None, codes.person_form),
    Route("POST", "sign-in/person/{tenant}", None, codes.person_sent),
    Route("GET", "sign-in/staff", None, staff.entrance),
    Route("POST", "sign-in/staff", None, staff.password_sent),
    Route("POST", "sign-in/staff/step", None, staff.step_sent),
    Route("GET", "sign-in/hosted", None, staff.to_hosted),
    Route("GET", "sign-in/callback", None, staff.callback),
    Route("POST", "sign-in/out", None, leaving.out),
    Route("GET", "sign-in/left", None, leaving.left),
)


def enter(request: Request, scope: Scope) -> str:
    """Where (relative to the root) somebody becomes one who has the scope; with the page they wanted, or the page of the form
    that they sent, if it can be shown, and the company that the link was of."""
    page = "sign-in/code" if scope in OWN else "sign-in/staff"
    asked = {"next": "/".join(request.path)} if _is_shown(request) else {}
    company = next(iter(request.query.get("company", ())), "")
    asked |= {"company": company} if COMPANY.fullmatch(company) else {}
    return f"{page}?{urlencode(asked, quote_via=quote, safe='')}" if asked else page


def _is_shown(request: Request) -> bool:
    from accolade.web.routes import ROUTES as ALL  # which has ours

    asked = replace(request, method="GET")
    return request.method == "GET" or any(route.match(asked) is not None for route in ALL)
