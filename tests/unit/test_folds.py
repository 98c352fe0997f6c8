"""Medians, percentiles and means, computed by hand."""

from datetime import date
from fractions import Fraction

import pytest

from accolade.kpis import Fact
from accolade.kpis.folds import by_about, mean, median, percentile, ratio


def test_the_middle_of_an_odd_count_is_one_of_the_numbers_and_of_an_even_count_between_two() -> None:
    assert median([9, 1, 5]) == 5
    assert median([4, 1, 2, 9]) == 3
    assert median([1, 2]) == Fraction(3, 2)
    assert median([7]) == 7


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (2, 2), (9, 9), (10, 9), (11, 10), (20, 18), (100, 90)])
def test_p90_is_the_smallest_number_that_nine_tenths_do_not_exceed(count: int, rank: int) -> None:
    assert percentile(range(1, count + 1), 90) == rank


def test_of_nothing_there_is_no_middle_no_mean_and_no_share() -> None:
    assert median([]) is percentile([], 90) is mean([]) is ratio(3, 0) is None


def test_means_and_shares_are_exact() -> None:
    assert mean([1, 2, 2]) == Fraction(5, 3)
    assert ratio(1, 3) == Fraction(1, 3)
    assert ratio(Fraction(1, 2), Fraction(1, 4)) == 2


def test_facts_are_kept_in_order_by_what_they_are_about() -> None:
    facts = [Fact(date(2018, 1, n), f"r{n}", {"n": n}, about) for n, about in [(1, "a"), (2, "b"), (3, "a")]]
    assert by_about(facts) == {"a": [facts[0], facts[2]], "b": [facts[1]]}
