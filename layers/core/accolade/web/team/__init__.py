"""Pages of a team's manager: standing, approvals, nominations. `ROUTES` lists its pages."""

from accolade.web.site import Route
from accolade.web.team.approvals import ROUTES as APPROVALS
from accolade.web.team.nominate import ROUTES as NOMINATE
from accolade.web.team.standing import ROUTES as STANDING

ROUTES: tuple[Route, ...] = (*STANDING, *APPROVALS, *NOMINATE)
