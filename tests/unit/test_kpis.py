"""What the KPIs of sales count."""

from fractions import Fraction

from accolade import kpis

WON = {"deal.stage": "won", "deal.amount": 125_050, "deal.currency": "USD"}
LOST = {"deal.stage": "lost", "deal.amount": 99, "deal.currency": "USD"}


def test_a_won_deal_counts_as_won_and_closed_with_its_amount() -> None:
    assert kpis.kpi("won_count").parts(WON) == {"won": 1}
    assert kpis.kpi("closed_count").parts(WON) == {"closed": 1}
    assert kpis.kpi("won_amount").parts(WON) == {"won": 1, "amount": 125_050}
    assert kpis.kpi("close_rate").parts(WON) == {"won": 1, "closed": 1}


def test_a_lost_deal_only_counts_as_closed() -> None:
    assert kpis.kpi("won_count").parts(LOST) == {}
    assert kpis.kpi("won_amount").parts(LOST) == {}
    assert kpis.kpi("closed_count").parts(LOST) == {"closed": 1}
    assert kpis.kpi("close_rate").parts(LOST) == {"closed": 1}


def test_a_won_deal_of_unknown_amount_is_no_part_of_the_sum() -> None:
    assert kpis.kpi("won_amount").parts({"deal.stage": "won", "deal.currency": "USD"}) == {}
    assert kpis.kpi("won_amount").parts(WON | {"deal.amount": 0}) == {"won": 1, "amount": 0}


def test_nobody_who_closed_nothing_has_a_close_rate() -> None:
    assert kpis.kpi("close_rate").value({}) is None
    assert kpis.kpi("won_count").value({}) == 0


def test_a_close_rate_is_an_exact_fraction() -> None:
    rate = kpis.kpi("close_rate").value({"won": 7, "closed": 10})
    assert rate == Fraction(7, 10)
    assert rate >= Fraction(70, 100)
    assert not kpis.kpi("close_rate").value({"won": 699_999, "closed": 1_000_000}) >= Fraction(70, 100)
