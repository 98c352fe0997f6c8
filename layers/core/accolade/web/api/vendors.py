"""What providers of rewards tell us of their own accord: verified over the raw body, and taken as a hint to look."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from accolade.model.errors import Forged, Missing, Refused, Rejected
from accolade.web.api.incoming import Incoming
from accolade.web.api.problems import Turned

if TYPE_CHECKING:
    from accolade.web.house import House

_PATH = re.compile(r"/providers/([a-z][a-z0-9_-]{0,39})/([a-z0-9][a-z0-9_-]{0,62})")

_TAKEN = {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": '{"ok": true}'}


class Vendors:
    """Hears vendors: one constant answer for whatever is authentic, one for everything that is not."""

    def __init__(self, house: "House") -> None:
        self._house = house

    def heard(self, incoming: Incoming, line: dict[str, Any], *, now: datetime) -> dict[str, Any]:
        """The answer to a webhook. Retry where it cannot be looked into now: the vendor sends it again."""
        if incoming.method != "POST":
            raise Turned(405, "this only takes webhooks", headers={"Allow": "POST"})
        found = _PATH.fullmatch(incoming.path)
        if found is None:
            raise Turned(404, "there is no such thing")
        try:
            heard = self._house.redeeming.events(found[2], found[1], incoming.headers, incoming.raw, now=now)
        except (Forged, Missing):
            raise Turned(404, "there is no such thing") from None
        except (Rejected, Refused):
            line["event"] = "unreadable"
            return _TAKEN  # authentic, but nothing for us: to refuse it would only have it repeated
        line |= {"event": heard.event, "tenant": heard.tenant, "provider": heard.provider, "redemption": heard.redemption}
        return _TAKEN
