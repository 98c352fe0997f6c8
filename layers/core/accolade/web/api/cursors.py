"""Cursors: places in a list, signed and bound to the list, the tenant and the filters, so that an edited one opens nothing."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from accolade.model.errors import Rejected
from accolade.web.links import Links

_MAC = 16


class BadCursor(Rejected):
    """Not one that we gave for this list."""


def sealed(links: Links, list_: Any, place: str) -> str:
    """The cursor of a place."""
    raw = place.encode()
    return urlsafe_b64encode(_proof(links, list_, raw) + raw).rstrip(b"=").decode()


def opened(links: Links, list_: Any, cursor: str) -> str:
    """The place of a cursor; ValueError if it is none of ours for this list."""
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    proof, place = raw[:_MAC], raw[_MAC:]
    canonical = urlsafe_b64encode(raw).rstrip(b"=").decode() == cursor
    if not hmac.compare_digest(proof, _proof(links, list_, place)) or not canonical:
        raise ValueError("not ours")
    return place.decode()


def _proof(links: Links, list_: Any, place: bytes) -> bytes:
    return links.proof(json.dumps(list_).encode() + b"\0" + place)[:_MAC]
