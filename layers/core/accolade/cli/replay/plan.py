"""From changes to requests: in order or shuffled, once or several times, in batches."""

import random
from collections.abc import Callable, Sequence
from typing import Any

Group = Sequence[Any]
"""Notifications of one change, kept in one request unless they are shuffled."""


def batches(groups: Sequence[Group], *, size: int, repeat: int = 1, shuffle: int | None = None) -> list[list[Any]]:
    """Batches of at most `size` notifications.

    In order, each batch comes `repeat` times in a row; shuffled (by that seed, the same every time), all copies of all
    notifications are mixed.
    """
    if shuffle is not None:
        mixed = [one for group in groups for one in group] * repeat
        random.Random(shuffle).shuffle(mixed)
        return [mixed[i : i + size] for i in range(0, len(mixed), size)]
    return [batch for batch in _filled(groups, size) for _ in range(repeat)]


def _filled(groups: Sequence[Group], size: int) -> list[list[Any]]:
    filled: list[list[Any]] = [[]]
    for group in groups:
        if filled[-1] and len(filled[-1]) + len(group) > size:
            filled.append([])
        for one in group:
            if len(filled[-1]) == size:
                filled.append([])
            filled[-1].append(one)
    return [batch for batch in filled if batch]


def owner_finder(known: dict[str, str], made_up: Callable[[str], str]) -> Callable[[str], str]:
    """Gives the CRM's user id of an owner: a participant's, or one made up from the name."""
    return lambda owner: known.get(owner) or made_up(owner)
