"""Pages of somebody who earns: wallet, shop, rewards, board, preferences, questions. `ROUTES` lists them."""

from accolade.web.rep.board import ROUTES as BOARD
from accolade.web.rep.disputes import ROUTES as DISPUTES
from accolade.web.rep.links import ROUTES as LINKS
from accolade.web.rep.preferences import ROUTES as PREFERENCES
from accolade.web.rep.rewards import ROUTES as REWARDS
from accolade.web.rep.shop import ROUTES as SHOP
from accolade.web.rep.wallet import wallet, why
from accolade.web.site import Route
from accolade.web.visitors import Scope

ROUTES: tuple[Route, ...] = (
    *LINKS,
    Route("GET", "me/wallet", Scope.WALLET, wallet),
    Route("GET", "me/explain", Scope.WALLET, why),
    *SHOP,
    *REWARDS,
    *BOARD,
    *PREFERENCES,
    *DISPUTES,
)
