"""Every page of the site, from all its folders; each names the one scope that opens it."""

from accolade.web import desk, entry, rep, screen, team
from accolade.web.answers import PageAnswer
from accolade.web.asking import HOME, Ask
from accolade.web.assets import asset
from accolade.web.rendering import site_rendered
from accolade.web.site import Route


def home(ask: Ask) -> PageAnswer:
    """The address of the site alone: where those who earn and the staff go in."""
    return site_rendered(ask, "site/home.html", title=ask.t.t("Rewards"))


ROUTES: tuple[Route, ...] = (
    Route("GET", HOME, None, home),
    Route("GET", "assets/{name}", None, lambda ask: asset(ask.args["name"])),
    *entry.ROUTES,
    *rep.ROUTES,
    *team.ROUTES,
    *desk.ROUTES,
    *screen.ROUTES,
)
