"""How full a budget is, in whole points and exactly."""

import pytest

from accolade.wallet.budgets import FULL, LEVELS, level, same_level, still_told


@pytest.mark.parametrize(
    ("spent", "limit", "waiting", "reached"),
    [
        (799, 1000, 0, 0),
        (800, 1000, 0, 80),
        (949, 1000, 0, 80),
        (950, 1000, 0, 95),
        (999, 1000, 0, 95),
        (1000, 1000, 0, 100),
        (2, 3, 0, 0),
        (3, 3, 0, 100),
        (700, 1000, 300, 0),
        (700, 1000, 301, 100),
        (0, 0, 50, 0),
        (5000, None, 50, 0),
    ],
)
def test_a_level_is_reached_by_what_is_spent_or_by_more_waiting_than_there_is_room_for(spent, limit, waiting, reached):
    assert level(spent, limit, waiting=waiting) == reached


def test_what_stays_told_after_a_top_up_is_what_is_still_reached():
    assert still_told(100, 1000, 1010) == 95
    assert still_told(100, 1000, 1250) == 80
    assert still_told(100, 1000, 1251) == 0
    assert still_told(80, 1000, 1010) == 80
    assert still_told(100, 1000, None) == 0


@pytest.mark.parametrize("limit", [1, 3, 7, 100, 999, 1000, 1_000_000_007])
def test_a_budget_stands_at_a_level_exactly_between_its_two_bounds(limit):
    for reached in (0, *LEVELS):
        least, below = same_level(reached, limit)
        for spent in (least, least - 1, below - 1, below, limit):
            if 0 <= spent <= limit:
                assert (level(spent, limit) == reached) == (least <= spent < below), (reached, spent)
    assert same_level(FULL, limit)[0] == limit
