"""Times: aware UTC instants, and the CRM's versions as epoch milliseconds."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Millis = int
"""Milliseconds since 1970-01-01T00:00:00Z: how versions are stored and compared."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REMEMBERED = 20_000
"""Days and instants that are read once: those of records come again and again."""

_FLOATS = 1 << 42
"""Milliseconds (until the year 2109) that a float of seconds holds well below a microsecond."""


def to_millis(instant: datetime) -> Millis:
    """Epoch milliseconds of an aware instant, rounded down; ValueError if it has no zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    since = instant - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000  # a third of dividing it


@lru_cache(_REMEMBERED)
def from_millis(millis: Millis) -> datetime:
    """The aware UTC instant of epoch milliseconds."""
    if -_FLOATS < millis < _FLOATS:
        return datetime.fromtimestamp(millis / 1000, UTC)  # three times as fast, and every event asks
    return _EPOCH + timedelta(milliseconds=millis)


def iso(instant: datetime) -> str:
    """`2026-03-30T10:00:03.120Z`: fixed width, so that text order is time order."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[:-6]}Z"


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant with its offset, as aware UTC; ValueError if it is none or has no offset."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no UTC offset")
    return instant.astimezone(UTC)


@lru_cache(_REMEMBERED)
def parse_date(text: str) -> date:
    """A calendar date `YYYY-MM-DD`; ValueError otherwise. A date has no zone and is never shifted."""
    return date.fromisoformat(text)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name; UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")
