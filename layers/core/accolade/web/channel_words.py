"""Channels in words: what they are called, how they stand for somebody, and an address that only its owner recognizes."""

from accolade.flows.wallet_view import UNSUBSCRIBED, Way
from accolade.model.participants import REPLIED_STOP, Channel
from accolade.texts import Texts
from accolade.web.moments import day


def channel_name(t: Texts, channel: Channel) -> str:
    """The channel as people call it."""
    return {Channel.EMAIL: t.t("E-mail"), Channel.SMS: t.t("SMS"), Channel.WHATSAPP: t.t("WhatsApp")}[channel]


def channel_inside(t: Texts, channel: Channel) -> str:
    """The channel's name inside a sentence."""
    return t.t("e-mail") if channel is Channel.EMAIL else channel_name(t, channel)


def way_state(way: Way, t: Texts, zone: str) -> str:
    """How a channel stands, in one or two sentences; `zone`: its reader's."""
    if way.suppression:
        return _stopped(way, t, zone)
    if not way.address:
        return t.t("Off: we have no address for it.")
    if way.channel is not Channel.EMAIL and not way.consent:
        return t.t("Off: you have not agreed to it.")
    if not way.preferred:
        return t.t("Off: it is not among the ways chosen for you.")
    if way.consent:
        return t.t("On. You agreed on %(on)s.", on=t.date(way.consent.given_on))
    return t.t("On.")


def way_words(t: Texts, reason: str) -> str:
    """Why there is no way (`flows.routing`): for each channel its reason, or one for all of them."""
    return "; ".join(_refused(t, part) for part in reason.split("; ")) if reason else ""


def _refused(t: Texts, part: str) -> str:
    name, _, why = part.partition(": ")
    return f"{channel_name(t, Channel(name))}: {t.t(why)}" if why and name in set(Channel) else part and t.t(part)


def vendor_words(t: Texts, said: str) -> str:
    """What a vendor's receipt says (`channels.*.events`): the words that we know, with their codes; others as they came."""
    word, _, codes = said.partition(" ")
    known = {
        "delivery": t.t("delivered"),
        "delivered": t.t("delivered"),
        "read": t.t("read"),
        "bounce": t.t("came back"),
        "complaint": t.t("reported as unwanted"),
        "reject": t.t("refused"),
        "failed": t.t("failed"),
        "undeliverable": t.t("cannot be delivered"),
    }.get(word)
    if known is None:
        return said
    return t.t("%(what)s (%(status)s)", what=known, status=codes) if codes else known


def stopped_words(t: Texts, reason: str) -> str:
    """Why a channel is stopped for somebody: their own word, or the vendor's."""
    own = {UNSUBSCRIBED: t.t("unsubscribed"), REPLIED_STOP: t.t("replied STOP")}
    return own[reason] if reason in own else vendor_words(t, reason)


def masked(channel: Channel, address: str | None) -> str:
    """Enough of an address to know it by, not enough to use it: `a***@acme.example`, `+31 *** 42`."""
    if not address:
        return ""
    if channel is Channel.EMAIL:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"[:80]
    return f"{address[:3]} *** {address[-2:]}"


def _stopped(way: Way, t: Texts, zone: str) -> str:
    on = day(t, way.suppression.since, zone) if way.suppression else ""
    if way.suppression and way.suppression.reason == UNSUBSCRIBED:
        return t.t("Stopped by you on %(on)s.", on=on)
    if way.suppression and way.suppression.reason == REPLIED_STOP:
        return t.t("Stopped on %(on)s, when you answered STOP. Answer START to turn it on again.", on=on)
    return t.t("Stopped on %(on)s: messages came back or were reported. Ask us to correct it.", on=on)
