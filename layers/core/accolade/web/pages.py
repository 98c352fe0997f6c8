"""The pages behind signed links: a person's wallet (`/w/`), why (`/explain/`), stopping or restarting a channel (`/u/`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accolade.flows.explain import Asked, Explainer
from accolade.flows.explanation import Explanation
from accolade.flows.wallet_view import UNSUBSCRIBED, WalletView, Way
from accolade.model.errors import AccoladeError, Forged, Missing, Rejected
from accolade.model.participants import Channel, Participant, Tenant
from accolade.texts import LANGUAGES, SOURCE, Texts, texts
from accolade.web.answers import PageAnswer, PageRequest, read_request
from accolade.web.links import LinkClaims, Links
from accolade.web.rendering import rendered, sender_of
from accolade.web.wallet_words import channel_inside, channel_name, masked, wallet_words, way_state
from accolade.web.why_page import nearest, why_page

_MAX_SEQ_DIGITS = 12


class Pages:
    """Answers browsers. Whatever is wrong with a link, the answer is the same page with status 404."""

    def __init__(self, *, links: Links, wallets: WalletView, explainer: Explainer) -> None:
        self._links, self._wallets, self._explainer = links, wallets, explainer

    def respond(self, event: Mapping[str, Any], *, now: datetime) -> PageAnswer:
        """The page for an API Gateway REST proxy event; 400 for a form that cannot be read."""
        try:
            request = read_request(event)
        except Rejected:
            return closed(status=400)
        return self.answer(request, now=now)

    def answer(self, request: PageRequest, *, now: datetime) -> PageAnswer:
        """The page for a request; 404 for every link that is not good, 503 while what we need does not answer."""
        try:
            if request.kind == "w" and request.method == "GET":
                return self._wallet(request, now)
            if request.kind == "explain" and request.method == "GET":
                return self._why(request, now)
            if request.kind == "u" and request.method in ("GET", "POST"):
                return self._channel(request, now)
            return closed(request)
        except (Forged, Missing):
            return closed(request)
        except AccoladeError:
            return busy(request)

    def _wallet(self, request: PageRequest, now: datetime) -> PageAnswer:
        claims = self._links.read(request.token, purpose="w", now=now)
        tenant, participant = self._wallets.person(claims.tenant_number, claims.participant)
        t = _texts(request, participant)
        view = self._wallets.show(tenant, participant, now=now, before=_before(request))
        words = wallet_words(view, t, now=now)
        words["ways"] = [self._way(tenant, participant, way, t, now) for way in view.ways]
        found = self._explainer.explain(participant, Asked(), now=now) if view.newest else Explanation(participant, ())
        steps = {step.milestone.id for step in view.steps}
        words["missing"] = nearest(found, t, zone=participant.zone, now=now, token=request.token, shown=steps)
        words["token"] = request.token
        words["until"] = t.t(
            "This page is for you alone and asks for no password, so do not pass its link on. The link works until %(on)s; "
            "every message has a new one.",
            on=t.date(claims.expires),
        )
        return rendered("wallet.html", t, tenant=tenant, **words)

    def _why(self, request: PageRequest, now: datetime) -> PageAnswer:
        """Opened by the wallet's own link: it shows no more than the wallet's owner may see."""
        claims = self._links.read(request.token, purpose="w", now=now)
        tenant, participant = self._wallets.person(claims.tenant_number, claims.participant)
        return why_page(request, tenant, participant, self._explainer, _texts(request, participant), now=now)

    def _way(self, tenant: Tenant, participant: Participant, way: Way, t: Texts, now: datetime) -> dict[str, str]:
        name = channel_inside(t, way.channel)
        allowed = way.channel is Channel.EMAIL or way.consent is not None
        action = ""
        if way.suppression:
            action = "undo" if way.suppression.reason == UNSUBSCRIBED else ""
        elif way.address and way.preferred and allowed:
            action = "stop"
        return {
            "name": channel_name(t, way.channel),
            "address": masked(way.channel, way.address),
            "state": way_state(way, t),
            "action": action,
            "button": t.t("Send %(channel)s again", channel=name) if action == "undo" else t.t("Stop %(channel)s", channel=name),
            "token": self._links.token(tenant, participant, now, channel=way.channel),
        }

    def _channel(self, request: PageRequest, now: datetime) -> PageAnswer:
        """Opened, it asks; posted to, it acts (RFC 8058: at once, without a redirect, as often as one likes)."""
        claims = self._links.read(request.token, purpose="u", now=now)
        tenant, participant = self._wallets.person(claims.tenant_number, claims.participant)
        channel = claims.channel or Channel.EMAIL
        t = _texts(request, participant)
        before = self._wallets.way(participant, channel)
        after, restarted = before, False
        if request.method == "POST":
            if request.form.get("undo") == "1":
                after = self._wallets.restart(participant, channel)
                restarted = after.suppression is None
            elif request.form.get("stop") == "1" or request.form.get("List-Unsubscribe") == "One-Click":
                after = self._wallets.stop(participant, channel, now=now)
        words = _channel_words(after, t, sender_of(tenant), restarted=restarted)
        return rendered("unsubscribe.html", t, tenant=tenant, back=self._back(request, claims, now), **words)

    def _back(self, request: PageRequest, claims: LinkClaims, now: datetime) -> str:
        """The wallet link that the form came from, if it is a good one of the same person.

        Never made from an unsubscribe link: that one lives longer, and opens nothing.
        """
        token = request.form.get("back", "")
        try:
            came_from = self._links.read(token, purpose="w", now=now)
        except Forged:
            return ""
        same = (came_from.tenant_number, came_from.participant) == (claims.tenant_number, claims.participant)
        return token if same else ""


def closed(request: PageRequest | None = None, *, status: int = 404) -> PageAnswer:
    """The one answer for a link that opens nothing."""
    t = _asked(request)
    sentences = [
        t.t("It may be too old (links work for 90 days), or a part of it was lost when it was copied."),
        t.t("The next message about your points has a new link. Nothing is lost: your points do not depend on it."),
    ]
    return rendered("closed.html", t, status=status, heading=t.t("This link no longer works"), sentences=sentences)


def busy(request: PageRequest | None = None) -> PageAnswer:
    """The answer while something we need does not answer us."""
    t = _asked(request)
    sentences = [t.t("Please open the link again in a minute. Nothing is lost.")]
    return rendered("closed.html", t, status=503, heading=t.t("The page cannot be shown right now"), sentences=sentences)


def _channel_words(way: Way, t: Texts, sender: str, *, restarted: bool) -> dict[str, Any]:
    name, inside, address = channel_name(t, way.channel), channel_inside(t, way.channel), masked(way.channel, way.address)
    if way.suppression:
        mine = way.suppression.reason == UNSUBSCRIBED
        nothing = t.t("Nothing more is sent to %(address)s. A message already on its way may still arrive.", address=address)
        return {
            "heading": t.t("%(channel)s is stopped", channel=name),
            "sentences": [nothing if mine else way_state(way, t), t.t("Your points stay yours.")],
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


def _texts(request: PageRequest, participant: Participant) -> Texts:
    """The language that the reader asked for on the page, else their own."""
    asked = request.query.get("lang", "")
    return texts(asked if asked in LANGUAGES else participant.locale)


def _asked(request: PageRequest | None) -> Texts:
    """Where nobody is known: the language on the page, else the browser's first that we have."""
    if request is None:
        return texts(SOURCE)
    wanted = [request.query.get("lang", ""), *(tag.split(";")[0].strip()[:2].lower() for tag in request.languages.split(","))]
    return texts(next((tag for tag in wanted if tag in LANGUAGES), SOURCE))


def _before(request: PageRequest) -> int | None:
    text = request.query.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MAX_SEQ_DIGITS else None
