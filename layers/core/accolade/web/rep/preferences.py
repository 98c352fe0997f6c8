"""Preferences: channels in order, consents with their day and words, the language, and what was stopped."""

from typing import Any

from accolade.flows.preferences import Chosen
from accolade.flows.wallet_view import UNSUBSCRIBED, Way
from accolade.model.errors import Rejected
from accolade.model.participants import Channel
from accolade.texts import LANGUAGES
from accolade.texts.plain import plain
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.channel_words import channel_inside, channel_name, masked, way_state
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import sender_of, site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

PLACES = ("first", "second", "third")
NAMES = {"en": "English", "nl": "Nederlands"}
SWITCHES = ("stop", "restart")


def preferences(ask: Ask) -> PageAnswer:
    """`GET me/preferences`."""
    person = ask.person
    order = dict(zip(PLACES, (it.value for it in person.channels), strict=False))
    return _page(ask, form_of(ask, language=ask.t.language if not person.locale else _language(person.locale), **order))


def choose(ask: Ask) -> PageAnswer:
    """`POST me/preferences`: stores the order, the language, and each consent that was given, with its words."""
    form = form_of(ask)
    channels = [Channel(value) for place in PLACES if (value := form.one_of(place, ["", *Channel]))]
    language = form.one_of("language", list(LANGUAGES))
    agreed = {channel: consent_words(ask, channel) for channel in Channel if form.has("agreed", channel.value)}
    if form.good:
        try:
            ask.house.preferences.choose(ask.person, Chosen(channels, language, agreed), now=ask.now)
        except Rejected as error:
            form.wrong(_place(error.where, channels), told(ask.t, error))
    if not form.good:
        return _page(ask, form, status=422)
    return moved(f"{ask.root}me/preferences?done=saved&lang={language}")


def switch(ask: Ask) -> PageAnswer:
    """`POST me/preferences/switch`: stops one channel at once, or takes that back."""
    form = form_of(ask)
    channel, what = Channel(form.one_of("channel", list(Channel))), form.one_of("what", SWITCHES)
    if not form.good:
        return _page(ask, form_of(ask), status=422)
    if what == "stop":
        ask.house.wallets.stop(ask.person, channel, now=ask.now)
    else:
        ask.house.wallets.restart(ask.person, channel)
    return moved(f"{ask.root}me/preferences?done={what}")


def consent_words(ask: Ask, channel: Channel) -> str:
    """What somebody agrees to, word for word as it is stored."""
    return ask.t.t(
        "I agree that %(sender)s writes to me about my points by %(channel)s, at %(address)s. I can stop it at any time.",
        sender=sender_of(ask.tenant),
        channel=channel_inside(ask.t, channel),
        address=masked(channel, ask.person.address(channel)),
    )


def _page(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    t = ask.t
    ways = [_way(ask, ask.house.wallets.way(ask.person, channel)) for channel in Channel]
    none = [("", t.t("nothing else"))]
    choices = [(it["channel"], f"{it['name']}, {it['address']}") for it in ways if it["address"]]
    done = {"saved": t.t("Saved."), "stop": t.t("Stopped."), "restart": t.t("It is on again.")}
    return site_rendered(
        ask,
        "rep/preferences.html",
        status=status,
        title=t.t("How we write to you"),
        form=form,
        ways=ways,
        places=[
            ("first", t.t("First by"), choices),
            ("second", t.t("If that fails, by"), none + choices),
            ("third", t.t("And then by"), none + choices),
        ][: max(1, len(choices))],
        names=[(code, NAMES[code]) for code in LANGUAGES],
        may=ask.may(Scope.PREFER),
        done=done.get(ask.value("done"), ""),
        next="me/preferences",
    )


def _way(ask: Ask, way: Way) -> dict[str, Any]:
    t, channel = ask.t, way.channel
    stopped = way.suppression is not None
    mine = way.suppression is not None and way.suppression.reason == UNSUBSCRIBED
    action = "restart" if mine else "" if stopped or not way.address or not way.preferred else "stop"
    inside = channel_inside(t, channel)
    return {
        "channel": channel.value,
        "name": channel_name(t, channel),
        "address": masked(channel, way.address),
        "state": way_state(way, t, ask.zone),
        "agreed_to": plain(way.consent.text, limit=400) if way.consent else "",
        "asks": consent_words(ask, channel) if way.address and channel is not Channel.EMAIL and not way.consent else "",
        "action": action,
        "button": t.t("Send %(channel)s again", channel=inside)
        if action == "restart"
        else t.t("Stop %(channel)s", channel=inside),
    }


def _place(where: str, channels: list[Channel]) -> str:
    """The field that a problem with a channel belongs to."""
    if where not in list(Channel):
        return where
    return PLACES[channels.index(Channel(where))]


def _language(locale: str) -> str:
    tag = locale.replace("_", "-").split("-")[0].lower()
    return tag if tag in LANGUAGES else LANGUAGES[0]


ROUTES = (
    Route("GET", "me/preferences", Scope.WALLET, preferences),
    Route("POST", "me/preferences", Scope.PREFER, choose),
    Route("POST", "me/preferences/switch", Scope.PREFER, switch),
)
"""The pages of preferences."""
