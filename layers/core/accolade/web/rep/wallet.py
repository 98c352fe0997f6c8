"""The wallet: one page, for whoever opened their link or has signed in."""

from typing import Any

from accolade.catalog.offers import offers
from accolade.flows.explain import Asked
from accolade.flows.explanation import Explanation
from accolade.flows.wallet_view import UNSUBSCRIBED, Way
from accolade.model.participants import Channel
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.channel_words import channel_inside, channel_name, masked, way_state
from accolade.web.rendering import site_rendered
from accolade.web.rep.offer_words import card
from accolade.web.wallet_words import wallet_words
from accolade.web.why_page import nearest, why_page

AFFORDABLE = 4
"""Items of the shop on the wallet."""

SESSION = "me"
"""What stands for the token of a link where there is none."""

_MAX_SEQ_DIGITS = 12


def wallet(ask: Ask) -> PageAnswer:
    """The wallet of whoever asks."""
    return wallet_page(ask, why=f"{ask.root}me/explain?", back=SESSION)


def why(ask: Ask) -> PageAnswer:
    """One award of whoever asks, or what is not earned yet."""
    return why_page(ask, why=f"{ask.root}me/explain?", back=f"{ask.root}me/wallet?")


def wallet_page(ask: Ask, *, why: str, back: str, until: str = "", cookies: tuple[str, ...] = ()) -> PageAnswer:
    """The wallet with the links that fit how it was opened: `why` begins those to reasons, `back` is the link's token."""
    person, t = ask.person, ask.t
    view = ask.house.wallets.show(ask.tenant, person, now=ask.now, before=_before(ask))
    words = wallet_words(view, t, now=ask.now)
    words["ways"] = [_way(ask, way) for way in view.ways]
    found = ask.house.explainer.explain(person, Asked(), now=ask.now) if view.newest else Explanation(person, ())
    steps = {step.milestone.id for step in view.steps}
    words["missing"] = nearest(found, t, zone=person.zone, now=ask.now, why=why, shown=steps)
    words |= {"why": why, "back": back, "until": until, "title": words["worded"], "tab": "wallet"}
    words["offers"] = _affordable(ask, view.wallet.available) if view.newest else []
    return site_rendered(ask, "rep/wallet.html", cookies=cookies, **words)


def _affordable(ask: Ask, available: int) -> list[dict[str, Any]]:
    parts = ask.house.redeeming
    items = parts.catalog.list(ask.tenant.id) if available else ()
    left = parts.redeemer.left(ask.tenant.id, items)
    found = offers(items, ask.person, available, left=left, affordable=True)
    return [card(ask, offer) for offer in found[:AFFORDABLE]]


def _way(ask: Ask, way: Way) -> dict[str, str]:
    t, name = ask.t, channel_inside(ask.t, way.channel)
    allowed = way.channel is Channel.EMAIL or way.consent is not None
    action = ""
    if way.suppression:
        action = "undo" if way.suppression.reason == UNSUBSCRIBED else ""
    elif way.address and way.preferred and allowed:
        action = "stop"
    return {
        "name": channel_name(t, way.channel),
        "address": masked(way.channel, way.address),
        "state": way_state(way, t, ask.zone),
        "action": action,
        "button": t.t("Send %(channel)s again", channel=name) if action == "undo" else t.t("Stop %(channel)s", channel=name),
        "token": ask.house.links.token(ask.tenant, ask.person, ask.now, channel=way.channel),
    }


def _before(ask: Ask) -> int | None:
    text = next(iter(ask.request.query.get("before", ())), "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MAX_SEQ_DIGITS else None
