"""Signed links: short tokens that open one person's page, or stop one channel, until a day; no table behind them.

A token is base64url without padding of `version, tenant, participant, expiry day[, channel], mac`: the numbers are
unsigned varints (LEB128, shortest form only), the day counts from 1970-01-01, the mac is HMAC-SHA256 over purpose and
payload, cut to 12 bytes (RFC 2104 section 5 allows half the hash and no less than 80 bits).
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from accolade.model.errors import Forged
from accolade.model.participants import Channel, Participant, Tenant

Purpose = Literal["w", "u"]
"""What a token opens: `w` a wallet page, `u` the unsubscribe page of one channel; also the first part of its path."""

WALLET_DAYS, UNSUBSCRIBE_DAYS = 90, 400
"""How long links live: a page holds personal figures, an opt-out has to work from an old message too."""

MAX_TOKEN = 40
"""Characters of a token at most; longer text is not looked at."""

_VERSION = 1
_MAC_BYTES = 12
_DOMAIN = b"accolade link v1 "
_CODES, _FORMS, _PROOFS = b"accolade code v1 ", b"accolade form v1 ", b"accolade proof v1 "
"""One key, several purposes: what is made for one is nothing for another."""
_CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP)
_EPOCH = date(1970, 1, 1)
_NUMBER = re.compile(r"P([0-9]{6}|[1-9][0-9]{6,8})")
_TOKEN = re.compile(f"[A-Za-z0-9_-]{{20,{MAX_TOKEN}}}")


@dataclass(frozen=True, slots=True)
class LinkClaims:
    """What a genuine token says: the tenant's number, the participant's number (`P000017`), its last day, the channel."""

    tenant_number: int
    participant: str
    expires: date
    channel: Channel | None = None


def sign(
    key: bytes, *, purpose: Purpose, tenant_number: int, participant: str, expires: date, channel: Channel | None = None
) -> str:
    """A token of about 26 url-safe characters, good until the end of `expires` (UTC). The same input gives the same token.

    ValueError for a participant that is no number of ours, and for an unsubscribe token without its channel.
    """
    found = _NUMBER.fullmatch(participant)
    if not found or not key or (purpose == "u") != (channel is not None):
        raise ValueError("a link needs a key, a participant number and, to unsubscribe, its channel")
    payload = bytes([_VERSION]) + _varint(tenant_number) + _varint(int(found[1])) + _varint((expires - _EPOCH).days)
    if channel is not None:
        payload += bytes([_CHANNELS.index(channel)])
    return urlsafe_b64encode(payload + _mac(key, purpose, payload)).rstrip(b"=").decode()


def verify(key: bytes, token: str, *, purpose: Purpose, now: datetime) -> LinkClaims:
    """What the token says. Forged, always in the same words, if it is damaged, invented, for another purpose or over."""
    try:
        if not key or not _TOKEN.fullmatch(token):
            raise ValueError("no token")
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        payload, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        genuine = hmac.compare_digest(mac, _mac(key, purpose, payload))
        # Text whose unused last bits differ decodes to the same bytes: one link has one spelling.
        canonical = urlsafe_b64encode(raw).rstrip(b"=").decode() == token
        claims = _read(payload, purpose)
    except (ValueError, IndexError, OverflowError):
        raise _forged() from None
    if not (genuine and canonical) or now.astimezone(UTC).date() > claims.expires:
        raise _forged()
    return claims


class Links:
    """Makes and reads links. `read_key` gives the signing key's text (a secret; never kept here, never logged)."""

    def __init__(self, read_key: Callable[[], str]) -> None:
        self._read_key = read_key

    def link(self, tenant: Tenant, participant: Participant, now: datetime) -> str:
        """The address of the person's wallet page, good for 90 days."""
        return f"{tenant.public_url.rstrip('/')}/w/{self.token(tenant, participant, now)}"

    def unsubscribe_link(self, tenant: Tenant, participant: Participant, channel: Channel, now: datetime) -> str:
        """The address that stops one channel (RFC 8058: opened it asks, posted to it acts), good for 400 days."""
        return f"{tenant.public_url.rstrip('/')}/u/{self.token(tenant, participant, now, channel=channel)}"

    def token(self, tenant: Tenant, participant: Participant, now: datetime, *, channel: Channel | None = None) -> str:
        """The token alone: of the wallet page, or with a channel of its unsubscribe page."""
        return sign(
            self._read_key().encode(),
            purpose="u" if channel else "w",
            tenant_number=tenant.number,
            participant=participant.number,
            expires=now.astimezone(UTC).date() + timedelta(days=UNSUBSCRIBE_DAYS if channel else WALLET_DAYS),
            channel=channel,
        )

    def read(self, token: str, *, purpose: Purpose, now: datetime) -> LinkClaims:
        """What a token says; Forged if it is not ours, not for this purpose, or over."""
        return verify(self._read_key().encode(), token, purpose=purpose, now=now)

    def code(self, challenge: str) -> str:
        """The one-time code of a challenge, six digits: made of the key and the challenge's id each time, never stored."""
        number = hmac.digest(self._read_key().encode(), _CODES + challenge.encode(), "sha256")[:8]
        return f"{int.from_bytes(number) % 1_000_000:06d}"

    def csrf(self, token: str) -> str:
        """What a form brings back that was shown to the holder of a token: nobody else can make it."""
        return hmac.digest(self._read_key().encode(), _FORMS + token.encode(), "sha256").hex()

    def proof(self, content: bytes) -> bytes:
        """What proves that something which comes back (a place in a list) was given by us."""
        return hmac.digest(self._read_key().encode(), _PROOFS + content, "sha256")


def _forged() -> Forged:
    return Forged("this link does not open anything", mend="The next message has a new one")


def _mac(key: bytes, purpose: Purpose, payload: bytes) -> bytes:
    return hmac.digest(key, _DOMAIN + purpose.encode() + b"\0" + payload, "sha256")[:_MAC_BYTES]


def _read(payload: bytes, purpose: Purpose) -> LinkClaims:
    """The claims of a payload; ValueError, IndexError or OverflowError if it is not exactly one."""
    if payload[0] != _VERSION:
        raise ValueError("another version")
    tenant_number, at = _number(payload, 1)
    number, at = _number(payload, at)
    day, at = _number(payload, at)
    channel = None
    if purpose == "u":
        channel, at = _CHANNELS[payload[at]], at + 1
    if at != len(payload):
        raise ValueError("more than a token")
    return LinkClaims(tenant_number, f"P{number:06d}", _EPOCH + timedelta(days=day), channel)


def _varint(number: int) -> bytes:
    if number < 0:
        raise ValueError("a link holds no negative number")
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _number(payload: bytes, at: int) -> tuple[int, int]:
    """The varint that begins at `at`, and where the next one begins; ValueError unless it is in its shortest form."""
    number = 0
    for length in range(5):
        byte = payload[at + length]
        number |= (byte & 0x7F) << 7 * length
        if byte < 0x80:
            if length and not byte:
                raise ValueError("not the shortest form")
            return number, at + length + 1
    raise ValueError("too long a number")
