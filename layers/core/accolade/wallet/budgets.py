"""How full a budget is: the shares at which somebody is told, once each until the budget is raised."""

LEVELS = (80, 95, 100)
"""Percent of a budget at which its company is told. The last one also holds where points wait that there is no room for."""

FULL = LEVELS[-1]


def level(spent: int, limit: int | None, *, waiting: int = 0) -> int:
    """The highest level that a budget has reached; 0 below the first, without a limit, and with a limit of zero.

    `waiting`: points that wait for room. More than there is room for is as good as a budget that is used up: an award of 300
    points waits although 200 are left.
    """
    if not limit:
        return 0
    if waiting > limit - spent:
        return FULL
    return max((it for it in LEVELS if 100 * spent >= it * limit), default=0)


def still_told(told: int, spent: int, limit: int | None) -> int:
    """What stays told once the limit is `limit`: what lies above is told again when it is reached again."""
    return min(told, level(spent, limit))


def same_level(reached: int, limit: int) -> tuple[int, int]:
    """The points spent from which and below which a budget of `limit` stands at that level, among 0 and LEVELS."""
    above = next((it for it in LEVELS if it > reached), None)
    return _points(reached, limit), _points(above, limit) if above else 2**63


def _points(share: int, limit: int) -> int:
    return -(-share * limit // 100)
