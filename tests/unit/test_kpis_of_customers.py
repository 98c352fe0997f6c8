"""KPIs of what customers are worth, the kinds of sales, and scores by rank, as sentences about the business."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.counting import columns, worth

from accolade import kpis
from accolade.kpis import Fact, Tally
from accolade.kpis.scores import bucket, scores, segment
from accolade.model.sales import SALE_KINDS, Sale, judged, months_before

SPRING = (date(2018, 1, 1), date(2018, 7, 1))


def bought(account: str, on: str, amount: int) -> dict[str, object]:
    return {
        "deal.stage": "won",
        "deal.account": account,
        "deal.close_date": date.fromisoformat(on),
        "deal.amount": amount,
        "deal.currency": "USD",
    }


def test_the_run_rate_is_revenue_over_the_days_from_first_to_last_purchase():
    deals = [bought("Acme", "2018-01-01", 1000), bought("Acme", "2018-01-11", 500)]
    assert worth("clv_run_rate", deals) == 150
    assert worth("clv_run_rate", deals, days="inclusive") == Fraction(1500, 11)


def test_a_single_purchase_has_no_run_rate_and_that_is_not_zero():
    once = [bought("Acme", "2018-01-01", 1000)]
    assert worth("clv_run_rate", once) is None
    assert columns("clv_run_rate", once)["without_span"] == 1
    assert worth("clv_run_rate", once, days="inclusive") == 1000


def test_the_run_rate_of_several_accounts_is_the_mean_of_those_that_have_one():
    deals = [bought("A", "2018-01-01", 10), bought("A", "2018-01-02", 10), bought("B", "2018-01-01", 99)]
    assert worth("clv_run_rate", deals) == 20


def test_an_account_is_lapsed_when_its_last_purchase_is_more_than_so_many_days_ago():
    deals = [bought("A", "2018-04-02", 1), bought("B", "2018-04-01", 1)]
    assert worth("lapsed", deals, SPRING, days="90") == Fraction(1, 2)
    assert columns("lapsed", deals, SPRING, days="91") == {"lapsed": 0, "accounts": 2}


def test_customer_value_is_without_end_where_nobody_churns_and_so_it_is_undefined():
    deals = [bought("A", "2018-01-02", 1000), bought("B", "2018-06-20", 3000)]
    assert worth("clv", deals, SPRING, margin="50") == 2000 * Fraction(1, 2) / Fraction(1, 2)
    assert worth("clv", deals[1:], SPRING) is None


def test_equal_customers_get_the_lower_score_the_higher_one_or_are_cut_apart_by_id():
    numbers = {"a": 1, "b": 1, "c": 2, "d": 3, "e": 3}
    assert scores(numbers, ties="down") == {"a": 1, "b": 1, "c": 3, "d": 4, "e": 4}
    assert scores(numbers, ties="up") == {"a": 2, "b": 2, "c": 3, "d": 5, "e": 5}
    assert scores(numbers, ties="ntile") == {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
    assert scores({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7}, ties="ntile")["c"] == 2


@given(st.dictionaries(st.text("abcd", min_size=1, max_size=4), st.integers(0, 9), min_size=1), st.sampled_from(("down", "up")))
def test_scores_agree_with_their_formula(numbers: dict[str, int], ties: str):
    for name, score in scores(numbers, ties=ties).items():
        worse = sum(1 for it in numbers.values() if it < numbers[name])
        not_better = sum(1 for it in numbers.values() if it <= numbers[name])
        assert score == (1 + 5 * worse // len(numbers) if ties == "down" else -(-5 * not_better // len(numbers)))
        assert 1 <= score <= 5


def test_recency_is_better_when_it_is_shorter():
    rfm = kpis.kpi("rfm")
    tallies = {
        name: Tally(facts=[Fact(date.fromisoformat(on), name, {"purchases": 1, "amount": 5}, name)], end=date(2018, 7, 1))
        for name, on in (("A", "2018-06-30"), ("B", "2018-01-01"))
    }
    found = rfm.together(tallies)
    assert found["A"][1]["recency_days"] == 1
    assert (found["A"][1]["R"], found["B"][1]["R"]) == (3, 1)


def test_every_score_has_a_segment_and_every_segment_a_priority():
    names = {segment(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)}
    assert "" not in names
    assert {bucket(name) for name in names} == {"high", "medium", "low"}
    assert (segment(5, 5, 5), segment(1, 1, 1)) == ("A+", "Churned")


def sale(id_: str, on: str, product: str, price: int, amount: int = 0) -> Sale:
    return Sale(date.fromisoformat(on), id_, product, product.split()[0], price, amount or price)


def kinds(*sales: Sale) -> dict[str, str | None]:
    return {it.sale.id: it.kind for it in judged(sales)}


def test_a_won_deal_is_exactly_one_of_first_repeat_upsell_and_cross_sell():
    found = kinds(
        sale("1", "2017-01-01", "GTX Basic", 500),
        sale("2", "2017-01-02", "GTX Basic", 500),
        sale("3", "2017-01-03", "GTX Pro", 4800),
        sale("4", "2017-01-04", "GTX Plus", 1000),
        sale("5", "2017-01-05", "MG", 50),
    )
    assert found == {"1": "first", "2": "repeat", "3": "upsell", "4": "cross_sell", "5": "cross_sell"}


def test_an_upsell_is_worth_what_exceeds_the_highest_amount_in_its_family():
    found = list(judged([sale("1", "2017-01-01", "GTX Basic", 500, 450), sale("2", "2017-02-01", "GTX Pro", 4800, 4000)]))
    assert found[1].increase == 3550
    assert not found[1].new_family


def test_deals_of_one_day_are_ordered_by_their_id_whatever_the_order_of_arrival():
    one, other = sale("A", "2017-01-01", "GTX", 5), sale("B", "2017-01-01", "GTX", 5)
    assert kinds(other, one) == kinds(one, other) == {"A": "first", "B": "repeat"}


def test_what_was_bought_more_than_24_months_ago_is_new_again():
    old, new = sale("1", "2015-01-01", "GTX", 5), sale("2", "2017-01-02", "GTX", 5)
    assert kinds(old, new)["2"] == "cross_sell"
    assert kinds(old, sale("2", "2017-01-01", "GTX", 5))["2"] == "repeat"


def test_a_sale_of_an_unknown_product_is_only_ever_a_first():
    unknown = [Sale(date(2017, 1, 1), "1"), Sale(date(2017, 1, 2), "2")]
    assert [it.kind for it in judged(unknown)] == ["first", None]


@given(st.permutations([sale(str(n), f"2017-0{1 + n % 5}-01", f"{'AB'[n % 2]} {n % 3}", n % 4) for n in range(12)]))
def test_the_kinds_of_sales_do_not_depend_on_the_order_of_arrival(mixed: list[Sale]):
    assert kinds(*mixed) == kinds(*sorted(mixed, key=lambda it: it.id))
    assert {*kinds(*mixed).values()} <= {*SALE_KINDS}


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2018-03-31", 1, "2018-02-28"),
        ("2018-01-15", 24, "2016-01-15"),
        ("2016-02-29", 12, "2015-02-28"),
        ("0001-02-01", 24, "0001-01-01"),
    ],
)
def test_months_before_a_day_keep_its_day_where_there_is_one(day: str, months: int, before: str):
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(before)
