"""Pages of a team's manager: standing, approvals, nominations. `ROUTES` lists its pages."""

from accolade.web.site import Route

ROUTES: tuple[Route, ...] = ()
