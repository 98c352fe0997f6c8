"""A message in words: what it is about, which way it went and why, and what became of it."""

from typing import Any

from accolade.model.deliveries import Delivery, DeliveryState
from accolade.model.participants import Channel
from accolade.model.phrases import Phrase
from accolade.model.times import parse_instant
from accolade.texts import Texts
from accolade.texts.news import subject
from accolade.texts.plain import plain
from accolade.web.asking import Ask
from accolade.web.channel_words import channel_name, vendor_words, way_words
from accolade.web.desk.acting import moment

TONES = {
    DeliveryState.SENT: "good",
    DeliveryState.DELIVERED: "good",
    DeliveryState.UNKNOWN: "warn",
    DeliveryState.SUPPRESSED: "warn",
    DeliveryState.BOUNCED: "bad",
    DeliveryState.PARKED: "bad",
}


def state_name(t: Texts, state: DeliveryState) -> str:
    """The state as the staff read it."""
    return {
        DeliveryState.DUE: t.t("To be sent"),
        DeliveryState.CLAIMED: t.t("Being sent"),
        DeliveryState.SENT: t.t("Sent"),
        DeliveryState.DELIVERED: t.t("Delivered"),
        DeliveryState.UNKNOWN: t.t("Perhaps sent"),
        DeliveryState.BOUNCED: t.t("Came back"),
        DeliveryState.SUPPRESSED: t.t("No way open"),
        DeliveryState.PARKED: t.t("Waits for you"),
    }[state]


def row(ask: Ask, it: Delivery, name: str = "") -> dict[str, Any]:
    """A message as a line of a list; `name`: whom it is for."""
    t = ask.t
    return {
        "id": it.id,
        "about": about(t, it),
        "who": t.t("Staff") if it.for_staff else name or it.participant,
        "number": "" if it.for_staff else it.participant,
        "way": channel_name(t, it.channel) if it.channel else t.t("No channel"),
        "when": moment(ask, it.created_at),
        "state": state_name(t, it.state),
        "tone": TONES.get(it.state, ""),
        "outcome": said(t, it.outcome, limit=160),
    }


def about(t: Texts, it: Delivery) -> str:
    """What it is about: news of a program, a code, or points."""
    if it.announcement:
        return subject(t, it.announcement)
    if it.challenge:
        return t.t("A code for signing in")
    if not it.lines:
        return plain(it.subject, limit=120) or t.t("News")
    points = f"{it.total:+d}" if abs(it.total) < 1000 else ("+" if it.total > 0 else "\u2212") + t.number(abs(it.total))
    record = plain(it.subject, limit=80)
    what = t.t("%(points)s points", points=points.replace("-", "\u2212"))
    return f"{what}, {record}" if record else what


def history(ask: Ask, it: Delivery) -> list[dict[str, Any]]:
    """What happened to it, in order."""
    return [
        {
            "state": state_name(ask.t, DeliveryState(state)),
            "when": moment(ask, parse_instant(at)),
            "note": said(ask.t, note),
        }
        for state, at, note in it.history
    ]


def said(t: Texts, note: str, *, limit: int = 200) -> str:
    """What was noted of a step, in the reader's language: it may begin with the channel's own word, and count the attempts."""
    if isinstance(note, Phrase):
        return plain(t.t(note, **_holes(t, note)), limit=limit)
    channel, _, rest = note.partition(" ")
    if channel not in set(Channel):
        return plain(way_words(t, note), limit=limit)
    word, _, count = rest.partition(" ")
    what = t.t("attempt %(count)s", count=count) if word == "attempt" else plain(vendor_words(t, rest), limit=limit)
    return t.t("%(channel)s: %(what)s", channel=channel_name(t, Channel(channel)), what=what)


def _holes(t: Texts, note: Phrase) -> dict[str, str]:
    """What stands in a note as a code: which channel spoke (at its beginning), by which way it goes, why there is none."""
    codes = {name: str(note.values[name]) for name in ("channel", "way", "why") if name in note.values}
    words = {"channel": lambda it: f"{_called(t, it)}:", "way": lambda it: _called(t, it), "why": lambda it: way_words(t, it)}
    return {name: words[name](code) for name, code in codes.items()}


def _called(t: Texts, channel: str) -> str:
    return channel_name(t, Channel(channel)) if channel in set(Channel) else channel
