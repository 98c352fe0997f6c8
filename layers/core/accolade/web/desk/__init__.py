"""The staff's console. `ROUTES` lists its pages, room by room."""

from accolade.web.desk.audit import ROUTES as AUDIT
from accolade.web.desk.settings import ROUTES as SETTINGS
from accolade.web.site import Route

ROUTES: tuple[Route, ...] = (
    *SETTINGS,
    *AUDIT,
)
