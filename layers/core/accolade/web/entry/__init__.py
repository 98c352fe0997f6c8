"""Entry: how somebody becomes a visitor: by their link, a one-time code, as staff, or by an API key."""

from accolade.web.entry.finder import SessionVisitors, key_visitor
from accolade.web.entry.routes import ROUTES, enter

__all__ = ["ROUTES", "SessionVisitors", "enter", "key_visitor"]
