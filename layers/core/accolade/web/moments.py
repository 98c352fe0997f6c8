"""Instants as their reader reads them: by the clock of the reader's own time zone, with the exact instant on hover."""

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup, escape

from accolade.model.times import iso, zone_of
from accolade.texts import Texts

_HOLE = "\x00"


def instant(t: Texts, at: datetime, zone: str, *, words: str = "") -> Markup:
    """When it was by the clock of `zone`, or these `words`; on hover that, the zone's name, and the instant in UTC."""
    there = t.datetime(at, zone)
    exact = f"{there} {zone_of(zone).key} ({iso(at)})"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(iso(at), exact, words or there)


def with_instant(sentence: Callable[[str], str], at: Markup) -> Markup:
    """A sentence about an instant; `sentence` is given what stands for it."""
    return at.join(escape(part) for part in sentence(_HOLE).split(_HOLE))


def day(t: Texts, at: datetime, zone: str) -> str:
    """The day that it was in `zone`."""
    return t.date(at.astimezone(zone_of(zone)).date())
