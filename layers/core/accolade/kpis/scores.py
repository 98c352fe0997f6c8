"""Scores from 1 to 5 by rank, 5 the best, as RFM takes them; and what a customer's three scores are called."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping

TIES = ("down", "up", "ntile")
"""What equal numbers get: the lower score, the higher one, or (`ntile`) they are cut apart by id, as SQL's NTILE(5) does."""

_SEGMENTS = (
    ("A+", (4, 5), (4, 5), (4, 5)),
    ("Loyal", (3, 5), (4, 5), (1, 5)),
    ("Big Spender", (3, 5), (1, 3), (5, 5)),
    ("New", (4, 5), (1, 1), (1, 4)),
    ("Promising", (3, 5), (1, 3), (1, 4)),
    ("Cannot Lose", (1, 2), (4, 5), (4, 5)),
    ("At Risk", (2, 2), (2, 5), (1, 5)),
    ("At Risk", (1, 1), (3, 5), (1, 5)),
    ("Churned", (1, 1), (1, 2), (1, 5)),
    ("Hibernating", (2, 2), (1, 1), (1, 5)),
)
"""Segment, and from which to which score R, F and M go; the first that fits counts."""

SEGMENTS = tuple(dict.fromkeys(name for name, *_ in _SEGMENTS))
"""What customers can be called, the best first."""

_BUCKETS = {
    "high": ("A+", "Cannot Lose", "Big Spender"),
    "medium": ("Loyal", "At Risk", "New"),
    "low": ("Promising", "Hibernating", "Churned"),
}


def scores(numbers: Mapping[str, int], *, ties: str = "down", higher_is_better: bool = True) -> dict[str, int]:
    """Id -> score 1 to 5.

    `down`: 1 + floor(5 * #strictly worse / N). `up`: ceil(5 * #not better / N). `ntile`: five groups, as equal as can be, the
    larger ones first, filled from the worst, equal numbers by id in byte order.
    """
    worth = numbers if higher_is_better else {id_: -number for id_, number in numbers.items()}
    if ties == "ntile":
        return _ntile(sorted(worth, key=lambda id_: (worth[id_], id_.encode())))
    ordered, total = sorted(worth.values()), len(worth)
    by_number = {}
    for number in set(ordered):
        if ties == "up":
            by_number[number] = -(-5 * bisect_right(ordered, number) // total)
        else:
            by_number[number] = 1 + 5 * bisect_left(ordered, number) // total
    return {id_: by_number[number] for id_, number in worth.items()}


def _ntile(ordered: list[str]) -> dict[str, int]:
    size, larger = divmod(len(ordered), 5)
    found, start = {}, 0
    for score in range(1, 6):
        end = start + size + (score <= larger)
        found.update(dict.fromkeys(ordered[start:end], score))
        start = end
    return found


def segment(recency: int, frequency: int, monetary: int) -> str:
    """What three scores are called: A+, Loyal, At Risk, Churned and so on."""
    for name, r, f, m in _SEGMENTS:
        if r[0] <= recency <= r[1] and f[0] <= frequency <= f[1] and m[0] <= monetary <= m[1]:
            return name
    return ""


def bucket(name: str) -> str:
    """How soon somebody should look after a customer of that segment: high, medium or low; empty for no segment."""
    return next((found for found, names in _BUCKETS.items() if name in names), "")
