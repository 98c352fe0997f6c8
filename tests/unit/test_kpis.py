"""What the KPIs of sales count."""

from datetime import date
from fractions import Fraction

import pytest
from tests.counting import worth

from accolade import kpis
from accolade.kpis import Moment, Tally
from accolade.model.errors import Rejected

WON = {"deal.stage": "won", "deal.amount": 125_050, "deal.currency": "USD", "deal.close_date": date(2018, 3, 1)}
LOST = {"deal.stage": "lost", "deal.amount": 99, "deal.currency": "USD", "deal.close_date": date(2018, 3, 1)}


def test_a_won_deal_counts_as_won_and_closed_with_its_amount() -> None:
    assert kpis.kpi("won_count").parts(WON) == {"won": 1}
    assert kpis.kpi("closed_count").parts(WON) == {"closed": 1}
    assert kpis.kpi("won_amount").parts(WON) == {"won": 1, "amount": 125_050}


def test_a_lost_deal_only_counts_as_closed() -> None:
    assert kpis.kpi("won_count").parts(LOST) == {}
    assert kpis.kpi("won_amount").parts(LOST) == {}
    assert kpis.kpi("closed_count").parts(LOST) == {"closed": 1}


def test_a_deal_counts_on_the_day_it_closed_and_one_without_a_day_does_not() -> None:
    assert list(kpis.kpi("won_count").moments(WON)) == [Moment(date(2018, 3, 1), {"won": 1})]
    assert list(kpis.kpi("won_count").moments(WON | {"deal.close_date": None})) == []


def test_a_won_deal_of_unknown_amount_is_no_part_of_the_sum() -> None:
    assert kpis.kpi("won_amount").parts({"deal.stage": "won", "deal.currency": "USD"}) == {}
    assert kpis.kpi("won_amount").parts(WON | {"deal.amount": 0}) == {"won": 1, "amount": 0}


def test_nobody_who_closed_nothing_has_a_close_rate() -> None:
    assert kpis.kpi("close_rate").value(Tally()) is None
    assert kpis.kpi("won_count").value(Tally()) == 0


def test_a_close_rate_is_an_exact_fraction() -> None:
    assert worth("close_rate", [WON] * 7 + [LOST] * 3) == Fraction(7, 10)
    assert kpis.kpi("close_rate").value(Tally({"won": 699_999, "closed": 1_000_000})) < Fraction(70, 100)


@pytest.mark.parametrize("fields", ["Amount", "amount;next_step", "amount, ", " amount", "a" * 41, ", ".join(["amount"] * 21)])
def test_fields_of_an_option_are_plain_names_and_few(fields: str) -> None:
    with pytest.raises(Rejected, match="lists at most 20 fields"):
        kpis.kpi("adoption_completeness", {"fields": fields})


def test_fields_of_an_option_may_come_in_any_order_and_twice() -> None:
    assert kpis.kpi("adoption_completeness", {"fields": "type, amount type"}).chosen["fields"] == "amount type"
