"""Every page of the site, from all its folders; each names the one scope that opens it."""

from accolade.web import desk, entry, rep, screen, team
from accolade.web.assets import asset
from accolade.web.site import Route

ROUTES: tuple[Route, ...] = (
    Route("GET", "assets/{name}", None, lambda ask: asset(ask.args["name"])),
    *entry.ROUTES,
    *rep.ROUTES,
    *team.ROUTES,
    *desk.ROUTES,
    *screen.ROUTES,
)
