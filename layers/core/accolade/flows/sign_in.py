"""Signing in by a one-time code: asked for at an address on file, sent through the outbox, answered within ten minutes.

The browser keeps a random token, the table its hash (the challenge's id), the message the code made of that id and our
key: whoever reads the tables or the queues has neither. What a stranger is told, and which calls are made, do not depend
on whether anybody has the address that they typed.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from accolade.flows.routing import code_refusal
from accolade.model.deliveries import Delivery, delivery_id, notice
from accolade.model.errors import Conflict, Missing, Refused, Rejected, TooOften
from accolade.model.participants import Channel, Participant, Tenant
from accolade.model.phrases import later as t
from accolade.store.challenges import Challenge, Challenges
from accolade.store.deliveries import Deliveries
from accolade.store.limits import Limits
from accolade.store.people import People
from accolade.store.whereabouts import address_hash

HOUR = timedelta(hours=1)

ASKED_AN_HOUR = 5
"""Codes that one person may ask for in an hour."""

STRANGERS_AN_HOUR = 3
"""Of those, how many whoever knows the address may ask for: its owner, with a link, is never shut out by others."""

SOURCE_AN_HOUR = 30
"""Codes asked for from one internet address in an hour: an office shares one."""

TYPED_PER_SOURCE = (timedelta(minutes=10), 50)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_NOBODY = "P000000"
_PHONE = re.compile(r"\+?[0-9 ()./-]{7,24}")


@dataclass(frozen=True, slots=True)
class CodeSignIn:
    """Asks for codes and takes them. `code(challenge)` makes the digits; `random(n)` gives n random bytes; `hand_over` puts
    deliveries on their queues."""

    people: People
    challenges: Challenges
    deliveries: Deliveries
    limits: Limits
    code: Callable[[str], str]
    random: Callable[[int], bytes]
    hand_over: Callable[[Iterable[Delivery], datetime], None]

    def ways(self, tenant: Tenant, person: Participant) -> list[Channel]:
        """By which channels a code for this person may go now, the one that they are written to first."""
        chosen = [*person.channels, Channel.EMAIL, Channel.SMS]
        return [it for it in sorted((Channel.EMAIL, Channel.SMS), key=chosen.index) if self._may(tenant, person, it)]

    def ask(self, tenant: Tenant, person: Participant, channel: Channel, *, source: str, now: datetime, wish: str = "") -> str:
        """Send a code to somebody whose link we know; gives the token for their browser. `wish`: see `Challenge`.

        Refused if the channel is none of theirs, or if too many were asked for.
        """
        if not self._may(tenant, person, channel):
            raise Refused(t("a code cannot go there"), mend=t("Choose another way"))
        self._not_too_often(source, now)
        if not self._may_ask(tenant, person.number, now):
            raise TooOften(
                t("too many codes were asked for"),
                after=HOUR.total_seconds(),
                mend=t("Use the newest one, or try again in an hour"),
            )
        token, challenge = self._new(tenant, person.number, channel, now, wish)
        self.challenges.add(challenge)
        self._send(challenge, now)
        return token

    def ask_at(self, tenant: Tenant, address: str, *, source: str, now: datetime) -> str:
        """Send a code to the participant with this e-mail address or phone number, if there is exactly one; the token.

        Rejected if it is no address at all, Refused if too many were asked for from `source`; nothing else tells.
        """
        channel = Channel.EMAIL if "@" in address else Channel.SMS
        if len(address) > 254 or (channel is Channel.SMS and not _PHONE.fullmatch(address)):
            raise Rejected(t("this is neither an e-mail address nor a phone number"), where="address", mend=t("Write it in full"))
        self._not_too_often(source, now)
        person = self._known(tenant, address)
        who = person.number if person else _NOBODY
        may = self._may(tenant, person, channel) if person else self._as_if_asked(tenant, channel)
        few = self._few_from_strangers(tenant, address, now) and self._may_ask(
            tenant, who if may else _unknown(tenant, address), now
        )
        send = person is not None and may and few
        token, challenge = self._new(tenant, who if send else "", channel, now)
        self.challenges.add(challenge)
        if send:
            self._send(challenge, now)
        else:
            self._as_if_sent(challenge, now)
        return token

    def answer(self, token: str, typed: str, *, source: str, now: datetime) -> Challenge:
        """The challenge that is answered: its code is right, in time, and used now for the first time.

        Refused, in the same words whatever is wrong; and if too much is typed from one `source`.
        """
        if not self.limits.take(f"codes-typed#{_source(source)}", *TYPED_PER_SOURCE, now):
            raise TooOften(
                t("too many codes were typed"), after=TYPED_PER_SOURCE[0].total_seconds(), mend=t("Try again in ten minutes")
            )
        digits = re.sub(r"\D", "", typed)[:12]
        id_ = _id(token) if _TOKEN.fullmatch(token) else _id("")
        challenge = self.challenges.take_try(id_, now=now)
        right = hmac.compare_digest(self.code(id_), digits)
        if challenge is None or not right or not challenge.participant or not self.challenges.use(id_, now=now):
            raise Refused(t("this code is not right, or it works no more"), mend=t("Type it again, or ask for a new one"))
        return challenge

    def asked(self, token: str, *, now: datetime) -> Challenge | None:
        """The challenge of a browser's token while its code works; None if there is none."""
        found = self.challenges.get(_id(token)) if _TOKEN.fullmatch(token) else None
        return found if found is not None and now < found.ends else None

    def _new(self, tenant: Tenant, number: str, channel: Channel, now: datetime, wish: str = "") -> tuple[str, Challenge]:
        token = urlsafe_b64encode(self.random(32)).rstrip(b"=").decode()
        return token, Challenge(_id(token), tenant.id, number, channel, now, wish)

    def _send(self, challenge: Challenge, now: datetime) -> None:
        """Stored first, then handed over: a lost hint costs a minute."""
        delivery = _delivery(challenge, now)
        self.deliveries.add(delivery)
        self.hand_over([delivery], now)

    def _as_if_sent(self, challenge: Challenge, now: datetime) -> None:
        """As much work as `_send`, without a message (a conditional write, and a hint that leads to no delivery): how long
        the answer takes tells nothing."""
        with suppress(Conflict):
            self.challenges.add(challenge)
        self.hand_over([_delivery(challenge, now)], now)

    def _known(self, tenant: Tenant, address: str) -> Participant | None:
        """The active participant with that address; two calls, whoever has it."""
        numbers = self.people.at_address(tenant.id, address)
        try:
            person = self.people.by_number(tenant.id, numbers[0] if len(numbers) == 1 else _NOBODY)
        except Missing:
            return None
        return person if person.active else None

    def _may(self, tenant: Tenant, person: Participant, channel: Channel) -> bool:
        if channel in tenant.paused or not person.active:
            return False

        def suppressed(it: Channel) -> bool:
            return self.people.suppression(tenant.id, it, person.address(it) or "") is not None

        return not code_refusal(person, channel, suppressed)

    def _as_if_asked(self, tenant: Tenant, channel: Channel) -> bool:
        self.people.suppression(tenant.id, channel, _NOBODY)
        return False

    def _not_too_often(self, source: str, now: datetime) -> None:
        if not self.limits.take(f"codes-asked#{_source(source)}", HOUR, SOURCE_AN_HOUR, now):
            raise TooOften(
                t("too many codes were asked for from here"), after=HOUR.total_seconds(), mend=t("Try again in an hour")
            )

    def _may_ask(self, tenant: Tenant, who: str, now: datetime) -> bool:
        return self.limits.take(f"codes#{tenant.id}#{who}", HOUR, ASKED_AN_HOUR, now)

    def _few_from_strangers(self, tenant: Tenant, address: str, now: datetime) -> bool:
        return self.limits.take(f"codes-strangers#{_unknown(tenant, address)}", HOUR, STRANGERS_AN_HOUR, now)


def _delivery(challenge: Challenge, now: datetime) -> Delivery:
    return notice(
        delivery_id("code", challenge.id),
        challenge.tenant,
        challenge.participant or _NOBODY,
        now=now,
        channel=challenge.channel,
        challenge=challenge.id,
    )


def _id(token: str) -> str:
    return sha256(token.encode()).hexdigest()[:40]


def _source(source: str) -> str:
    """No internet address is kept as it is."""
    return sha256(source.encode()).hexdigest()[:24]


def _unknown(tenant: Tenant, address: str) -> str:
    return address_hash(tenant.id, address)[:24]
