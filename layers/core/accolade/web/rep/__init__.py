"""Pages of somebody who earns: wallet, shop, rewards, board, preferences. `ROUTES` lists them."""

from accolade.web.site import Route

ROUTES: tuple[Route, ...] = ()
