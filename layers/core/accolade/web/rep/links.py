"""What signed links open: a person's wallet (`/w/`), why (`/explain/`), stopping or restarting a channel (`/u/`)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from accolade.flows.wallet_view import UNSUBSCRIBED, Way
from accolade.model.errors import Forged, Rejected
from accolade.model.participants import Channel, Participant, Tenant
from accolade.model.phrases import later as t
from accolade.texts import Texts
from accolade.web.answers import MAX_FORM_BYTES, PageAnswer
from accolade.web.asking import Ask
from accolade.web.channel_words import channel_inside, channel_name, masked, way_state
from accolade.web.closed import closed
from accolade.web.entry.cookies import link_cookie
from accolade.web.links import LinkClaims
from accolade.web.rendering import sender_of, site_rendered
from accolade.web.rep.wallet import SESSION, wallet_page
from accolade.web.site import Route, language
from accolade.web.visitors import Scope, Visitor
from accolade.web.why_page import why_page


def open_wallet(ask: Ask) -> PageAnswer:
    """The wallet that a link opens; the browser keeps the link for the other pages, until its last day."""
    token, ask = ask.args["token"], _known(ask)
    ends = _end(ask)
    until = ask.t.t(
        "This page is for you alone and asks for no password, so do not pass its link on. The link works until %(on)s; "
        "every message has a new one.",
        on=ask.t.date((ends - timedelta(days=1)).date()),
    )
    cookie = link_cookie(token, life=ends - ask.now)
    return wallet_page(ask, why=f"../explain/{token}?", back=token, until=until, cookies=(cookie,))


def open_why(ask: Ask) -> PageAnswer:
    """Opened by the wallet's own link: it shows no more than the wallet's owner may see."""
    token, ask = ask.args["token"], _known(ask)
    return why_page(ask, why=f"../explain/{token}?", back=f"../w/{token}?")


def channel(ask: Ask) -> PageAnswer:
    """Opened, it asks; posted to, it acts (RFC 8058: at once, without a redirect, as often as one likes)."""
    if sum(len(name) + sum(map(len, values)) for name, values in ask.request.form.items()) > MAX_FORM_BYTES:
        return closed(ask, Rejected(t("the form is too large")), status=400)
    claims = ask.house.links.read(ask.args["token"], purpose="u", now=ask.now)
    tenant, person = ask.house.wallets.person(claims.tenant_number, claims.participant)
    ask = replace(ask, t=language(ask.request, _visitor(ask, tenant, person, "")), visitor=None)
    way, restarted = _acted(ask, person, claims.channel or Channel.EMAIL)
    words = _channel_words(way, ask.t, person.zone, sender_of(tenant), restarted=restarted)
    back = _back(ask, claims)
    return site_rendered(ask, "rep/channel.html", tenant=tenant, title=words["heading"], back=back, session=SESSION, **words)


def _known(ask: Ask) -> Ask:
    """The same with the owner of the link as visitor: as somebody signed in, if they are. Forged, Missing: a bad link."""
    token = ask.args["token"]
    claims = ask.house.links.read(token, purpose="w", now=ask.now)
    tenant, person = ask.house.wallets.person(claims.tenant_number, claims.participant)
    visitor = _visitor(ask, tenant, person, token)
    return replace(ask, visitor=visitor, t=language(ask.request, visitor))


def _visitor(ask: Ask, tenant: Tenant, person: Participant, token: str) -> Visitor:
    here = ask.visitor
    if here is not None and here.participant is not None and here.tenant.id == tenant.id and here.name == person.number:
        return replace(here, participant=person)
    csrf = ask.house.links.csrf(token)
    return Visitor(tenant, person.number, frozenset({Scope.WALLET}), "link", csrf, ask.now, person)


def _end(ask: Ask) -> datetime:
    """The instant at which the link is over."""
    claims = ask.house.links.read(ask.args["token"], purpose="w", now=ask.now)
    return datetime.combine(claims.expires + timedelta(days=1), time(), UTC)


def _acted(ask: Ask, person: Participant, to: Channel) -> tuple[Way, bool]:
    """How the channel stands after what was posted, and whether that switched it on again."""
    form, wallets = ask.request.form, ask.house.wallets
    if ask.request.method == "POST":
        if form.get("undo", ("",))[0] == "1":
            after = wallets.restart(person, to)
            return after, after.suppression is None
        if form.get("stop", ("",))[0] == "1" or form.get("List-Unsubscribe", ("",))[0] == "One-Click":
            return wallets.stop(person, to, now=ask.now), False
    return wallets.way(person, to), False


def _back(ask: Ask, claims: LinkClaims) -> str:
    """The wallet link that the form came from, if it is a good one of the same person, or the word for a session.

    Never made from an unsubscribe link: that one lives longer, and opens nothing.
    """
    token = ask.request.form.get("back", ("",))[0]
    if token == SESSION:
        return SESSION
    try:
        came_from = ask.house.links.read(token, purpose="w", now=ask.now)
    except Forged:
        return ""
    same = (came_from.tenant_number, came_from.participant) == (claims.tenant_number, claims.participant)
    return token if same else ""


def _channel_words(way: Way, t: Texts, zone: str, sender: str, *, restarted: bool) -> dict[str, Any]:
    name, inside, address = channel_name(t, way.channel), channel_inside(t, way.channel), masked(way.channel, way.address)
    if way.suppression:
        mine = way.suppression.reason == UNSUBSCRIBED
        nothing = t.t("Nothing more is sent to %(address)s. A message already on its way may still arrive.", address=address)
        return {
            "heading": t.t("%(channel)s is stopped", channel=name),
            "sentences": [nothing if mine else way_state(way, t, zone), t.t("Your points stay yours.")],
            "action": "undo" if mine else "",
            "button": t.t("Send %(channel)s again", channel=inside),
        }
    if restarted:
        heading = t.t("%(channel)s is on again", channel=name)
        sentences = [t.t("Messages about your points go to %(address)s again.", address=address)]
    else:
        heading = t.t("Stop %(channel)s from %(sender)s?", channel=inside, sender=sender)
        sentences = [t.t("Then nothing more is sent to %(address)s about your points. Your points stay yours.", address=address)]
    return {"heading": heading, "sentences": sentences, "action": "stop", "button": t.t("Stop %(channel)s", channel=inside)}


ROUTES = (
    Route("GET", "w/{token}", None, open_wallet, signed=True),
    Route("GET", "explain/{token}", None, open_why, signed=True),
    Route("GET", "u/{token}", None, channel, signed=True),
    Route("POST", "u/{token}", None, channel, signed=True),
)
"""Pages that their links open."""
