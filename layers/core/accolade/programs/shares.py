"""Shares: a whole number of points cut into parts that sum exactly, by largest remainder (Hamilton's method)."""

from collections.abc import Mapping
from fractions import Fraction


def shared(total: int, weights: Mapping[str, int | Fraction]) -> dict[str, int]:
    """`total` points among names in proportion to their weights (at least 0); the parts sum to `total`.

    Each part is its exact share rounded down or up; what is left after rounding down goes one by one to the largest
    remainders, ties to the name that comes first. Without any weight nobody gets anything.
    """
    whole = sum(weights.values())
    if whole <= 0:
        return {}
    exact = {name: Fraction(total) * weight / whole for name, weight in weights.items()}
    parts = {name: share.numerator // share.denominator for name, share in exact.items()}
    left = total - sum(parts.values())
    for name in sorted(parts, key=lambda it: (parts[it] - exact[it], it))[:left]:
        parts[name] += 1
    return parts
