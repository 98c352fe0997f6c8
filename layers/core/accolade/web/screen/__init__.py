"""The board for a television on the office wall, and the staff's page that puts boards up and takes them down."""

from accolade.web.screen.admin import ROUTES as STAFF
from accolade.web.screen.board import ROUTES as BOARD
from accolade.web.site import Route

ROUTES: tuple[Route, ...] = (*BOARD, *STAFF)
