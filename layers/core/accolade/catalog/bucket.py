"""A token bucket: how many orders a provider may be sent now, by the clock that is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WHOLE = 60_000
"""A token in its smallest parts: one order a minute refills one part a millisecond."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """`level` in parts of a token (`WHOLE` each) at the instant `at`."""

    level: int
    at: datetime


def taken(bucket: Bucket | None, *, per_minute: int, now: datetime) -> tuple[Bucket, float]:
    """The bucket after an order now, and 0; or the bucket as it is, and the seconds until there is a token.

    A full bucket holds what a tenth of a minute brings, at least one token. A clock that goes back refills nothing.
    """
    full = max(WHOLE, per_minute * WHOLE // 10)
    if bucket is None:
        return Bucket(full - WHOLE, now), 0.0
    passed = max(timedelta(), now - bucket.at) // timedelta(milliseconds=1)
    level, at = min(full, bucket.level + passed * per_minute), max(now, bucket.at)
    if level >= WHOLE:
        return Bucket(level - WHOLE, at), 0.0
    return Bucket(level, at), (WHOLE - level) / per_minute / 1000
