"""Folds that several KPIs take: medians, percentiles, means and facts by what they are about. Exact; None for nothing."""

from collections.abc import Iterable
from fractions import Fraction

from accolade.kpis.port import Fact


def median(numbers: Iterable[int | Fraction]) -> Fraction | None:
    """The middle of the numbers, the mean of the two middle ones for an even count; None for none."""
    ordered = sorted(numbers)
    if not ordered:
        return None
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return Fraction(low + high, 2)


def percentile(numbers: Iterable[int | Fraction], percent: int) -> Fraction | None:
    """The smallest number that at least `percent` (1 to 100) of all are not above: the nearest rank; None for none."""
    ordered = sorted(numbers)
    if not ordered:
        return None
    rank = -(-percent * len(ordered) // 100)
    return Fraction(ordered[max(1, rank) - 1])


def mean(numbers: Iterable[int | Fraction]) -> Fraction | None:
    """The sum over the count; None for none."""
    known = list(numbers)
    return Fraction(sum(known), len(known)) if known else None


def ratio(part: int | Fraction, whole: int | Fraction) -> Fraction | None:
    """part / whole, exactly; None where the whole is 0."""
    if not whole:
        return None
    return Fraction(part, whole) if isinstance(part, int) and isinstance(whole, int) else Fraction(part) / Fraction(whole)


def by_about(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """The facts by what they are about, each list in the order of the facts."""
    grouped: dict[str, list[Fact]] = {}
    for fact in facts:
        grouped.setdefault(fact.about, []).append(fact)
    return grouped
