"""The pages of signing in, and which of them leads to what somebody wanted."""

from urllib.parse import quote

from accolade.web.asking import Request
from accolade.web.site import Route
from accolade.web.visitors import OWN, Scope

ROUTES: tuple[Route, ...] = ()


def enter(request: Request, scope: Scope) -> str:
    """Where (relative to the root) somebody becomes one who has the scope; with the page they wanted, if it can be shown."""
    page = "sign-in/code" if scope in OWN else "sign-in/staff"
    wanted = "/".join(request.path) if request.method == "GET" else ""
    return f"{page}?next={quote(wanted, safe='')}" if wanted else page
