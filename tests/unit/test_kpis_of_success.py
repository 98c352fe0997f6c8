"""Success: which customers stay, and with how much; worked by hand."""

from datetime import date
from fractions import Fraction

from tests.counting import Q1, columns, worth

OLD = date(2017, 5, 1)
SPRING = (date(2018, 4, 1), date(2018, 7, 1))


def subscription(account: str, mrr: int, start: date = OLD, end: date | None = None) -> dict[str, object]:
    found: dict[str, object] = {"subscription.account": account, "subscription.mrr": mrr, "subscription.started_on": start}
    return found | {"subscription.currency": "EUR"} | ({"subscription.ended_on": end} if end else {})


BOOK = [
    subscription("steady", 1000),
    subscription("grows", 1000),
    subscription("grows", 300, date(2018, 2, 1)),
    subscription("shrinks", 1000, OLD, date(2018, 2, 28)),
    subscription("shrinks", 600, date(2018, 3, 1)),
    subscription("leaves", 1000, OLD, date(2018, 1, 15)),
    subscription("new", 9000, date(2018, 1, 2)),
]
"""Four customers of 1,000 a month each on 1 January 2018, and a fifth that comes after."""


def test_of_four_thousand_a_month_2900_are_left_and_the_newcomer_does_not_help():
    assert worth("retention", BOOK, Q1) == Fraction(2900, 4000)
    assert columns("retention", BOOK, Q1) == {"start": 4000, "expansion": 300, "contraction": 400, "churn": 1000}


def test_one_of_four_customers_left_with_a_quarter_of_the_revenue():
    assert worth("churn", BOOK, Q1) == Fraction(1, 4)
    big = [subscription("big", 3000, OLD, date(2018, 1, 31)), subscription("small", 1000)]
    assert worth("churn", big, Q1, by="logo") == Fraction(1, 2)
    assert worth("churn", big, Q1, by="revenue") == Fraction(3, 4)
    assert columns("churn", big, Q1, by="revenue") == {"lost": 3000, "start": 4000}


def test_a_renewal_on_the_next_day_is_no_loss():
    renewed = [subscription("a", 500, OLD, date(2018, 3, 31)), subscription("a", 550, date(2018, 4, 1))]
    assert worth("churn", renewed, Q1) == 0
    assert worth("retention", renewed, Q1) == 1
    assert worth("churn", renewed, SPRING) == 0
    assert worth("retention", renewed, SPRING) == Fraction(11, 10)


def test_a_subscription_runs_through_its_last_day():
    ends = [subscription("a", 500, OLD, date(2018, 3, 31))]
    assert worth("churn", ends, Q1) == 0
    assert worth("churn", ends, SPRING) == 1


def test_who_left_before_the_period_is_neither_lost_nor_there():
    gone = [subscription("gone", 500, OLD, date(2017, 12, 30)), subscription("a", 500)]
    assert worth("churn", gone, Q1) == 0
    assert columns("churn", gone, Q1) == {"lost": 0, "start": 1}


def test_without_customers_at_the_start_there_is_nothing_to_keep_or_to_lose():
    assert worth("retention", [BOOK[-1]], Q1) is None
    assert worth("churn", [BOOK[-1]], Q1) is None


def test_subscriptions_of_which_too_little_is_known_are_left_out():
    odd = [subscription("", 500), subscription("a", 0), subscription("b", 5, OLD, date(2017, 4, 30))]
    assert worth("churn", odd, Q1) is None
    assert worth("churn", [subscription("a", 5, OLD, date.max)], Q1) == 0


def bought(account: str, on: date, amount: int) -> dict[str, object]:
    found = {"stage": "won", "account": account, "close_date": on, "amount": amount, "currency": "EUR"}
    return {f"deal.{name}": value for name, value in found.items()}


def test_customers_became_worth_400_more_in_four_quarters():
    """2017: two accounts, 600 in all, one of them not back within 90 days of the end: 300 a head / (1/2) = 600.
    2018: two accounts, 1,000 in all, one of them gone: 500 a head / (1/2) = 1,000."""
    past = [bought("a", date(2017, 2, 1), 200), bought("b", date(2017, 12, 1), 400)]
    present = [bought("b", date(2018, 12, 1), 700), bought("c", date(2018, 3, 1), 300)]
    assert worth("delta_clv", past + present, (date(2018, 10, 1), date(2019, 1, 1))) == 400
    assert columns("delta_clv", past + present) == {"clv": 1000, "clv_before": 600}
    assert worth("delta_clv", past + present, margin="25") == 100


def test_without_a_value_a_year_ago_there_is_no_change():
    assert worth("delta_clv", [bought("c", date(2018, 3, 1), 300)]) is None
    assert worth("delta_clv", [bought("c", date(2018, 3, 1), 300)], (date.min, date.max)) is None


def test_four_quarters_end_in_a_leap_year_too():
    deals = [bought("a", date(2019, 2, 26), 100), bought("a", date(2019, 3, 1), 300)]
    assert worth("delta_clv", deals, (date(2020, 1, 1), date(2020, 2, 29)), lapse="1") == 200
