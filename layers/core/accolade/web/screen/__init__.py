"""The board for a television on the office wall. `ROUTES` lists its pages."""

from accolade.web.site import Route

ROUTES: tuple[Route, ...] = ()
