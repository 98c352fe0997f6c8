"""Preferences: how one is told, by which channels in which order, and in which language; for a participant."""

from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from accolade.flows.preferences import Chosen
from accolade.flows.preferences import Preferences as Choosing
from accolade.model.participants import Channel
from accolade.texts import LANGUAGES
from accolade.web.api.operation import Call, Operation
from accolade.web.api.shapes import Closed, Flag, example
from accolade.web.visitors import Scope

_CHANNELS = Literal["email", "sms", "whatsapp"]


class WayShape(Closed):
    """A channel: whether there is an address, whether it is preferred, allowed, and why nothing goes there."""

    channel: str
    known: bool
    preferred: bool
    allowed: bool
    stopped: str | None


class Ways(Closed):
    """All channels, the preferred ones first."""

    items: list[WayShape]


class WayWanted(Closed):
    """Whether messages may go by this channel."""

    wanted: Flag


class PreferencesShape(Closed):
    """Channels in order of preference, and the language of messages."""

    channels: list[str]
    language: str


class PreferencesWanted(Closed):
    """Channels in order of preference, each once, and the language of messages (`en`, `nl`)."""

    model_config = example({"channels": ["sms", "email"], "language": "nl"})

    channels: Annotated[list[_CHANNELS], Field(min_length=1, max_length=3)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]


def my_channels(call: Call) -> Ways:
    """How messages reach you. Addresses are never shown."""
    ways = [call.house.wallets.way(call.person, it) for it in dict.fromkeys([*call.person.channels, *Channel])]
    shown = [
        WayShape(
            channel=it.channel.value,
            known=it.address is not None,
            preferred=it.preferred,
            allowed=it.channel is Channel.EMAIL or it.consent is not None,
            stopped=it.suppression.reason if it.suppression else None,
        )
        for it in ways
    ]
    return Ways(items=shown)


def put_my_channel(call: Call, channel: _CHANNELS, body: WayWanted) -> Ways:
    """Stop or restart a channel. What a bounce or a complaint stopped is not restarted here."""
    wallets, which = call.house.wallets, Channel(channel)
    if body.wanted:
        wallets.restart(call.person, which)
    else:
        wallets.stop(call.person, which, now=call.now)
    return my_channels(call)


def my_preferences(call: Call) -> PreferencesShape:
    """How you are told."""
    return PreferencesShape(channels=[it.value for it in call.person.channels], language=_language(call.person.locale))


def put_my_preferences(call: Call, body: PreferencesWanted) -> PreferencesShape:
    """Choose channels and language. A channel that needs your consent is chosen on the page, where its words are read."""
    chosen = Chosen([Channel(it) for it in body.channels], body.language, {})
    after = Choosing(call.house.people).choose(call.person, chosen, now=call.now)
    return PreferencesShape(channels=[it.value for it in after.channels], language=_language(after.locale))


def _language(locale: str) -> str:
    short = locale[:2].lower()
    return short if short in LANGUAGES else "en"


_offered = partial(Operation, tag="me")

OPERATIONS = (
    _offered("GET", "/me/preferences", Scope.PREFER, my_preferences, title="How I am told"),
    _offered("PUT", "/me/preferences", Scope.PREFER, put_my_preferences, title="Choose how I am told"),
    _offered("GET", "/me/channels", Scope.PREFER, my_channels, title="How messages reach me"),
    _offered(
        "PUT",
        "/me/channels/{channel}",
        Scope.PREFER,
        put_my_channel,
        title="Stop or restart a channel",
        example={"wanted": False},
    ),
)
