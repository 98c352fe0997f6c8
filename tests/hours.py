"""A test that looks at the real clock ends in the hour in which it began: no day, month or hourly limit changes under it."""

import time
from datetime import UTC, datetime

LONGEST = 60
"""Seconds that such a test takes at most, on a slow machine too."""


def until_a_test_fits() -> None:
    """Wait for the second minute of the next hour if a test that began now might go on into it, or look back before it."""
    while not LONGEST < datetime.now(UTC).timestamp() % 3600 < 3600 - LONGEST:
        time.sleep(1)
