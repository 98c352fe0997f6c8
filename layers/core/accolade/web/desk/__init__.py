"""The staff's console. `ROUTES` lists its pages."""

from accolade.web.site import Route

ROUTES: tuple[Route, ...] = ()
