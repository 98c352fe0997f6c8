"""Marketing: what campaigns bring, what a customer costs, how the circle grows; worked by hand."""

from datetime import date
from fractions import Fraction

from tests.counting import Q1, columns, derived, worth

from accolade import kpis

MAY = (date(2018, 5, 1), date(2018, 6, 1))


def won(account: str, on: date, amount: int = 100_00) -> dict[str, object]:
    return {
        "deal.stage": "won",
        "deal.account": account,
        "deal.close_date": on,
        "deal.amount": amount,
        "deal.currency": "USD",
    }


def cost(kind: str, on: date, amount: int) -> dict[str, object]:
    return {"cost.kind": kind, "cost.on": on, "cost.amount": amount, "cost.currency": "USD"}


def touch(reached_by: str, nth: int | None, of: int | None, /, *, amount: int = 1_000_00, **deal: object) -> dict[str, object]:
    """A campaign that reached somebody of a deal, closed on 10 February."""
    found = {"campaign_member.campaign": reached_by, "campaign_member.touch": nth, "campaign_member.touches": of}
    found |= {"campaign_member.currency": "USD", **won("a", date(2018, 2, 10), amount)}
    return found | {f"deal.{name}": value for name, value in deal.items()}


def campaign(spent: int | None, on: date = date(2018, 1, 8)) -> dict[str, object]:
    return {"campaign.cost": spent, "campaign.currency": "USD", "campaign.started_on": on}


def member(joined: date | None, left: date | None = None, /, **fields: object) -> dict[str, object]:
    found = {"contact.opted_in_on": joined, "contact.opted_out_on": left}
    return {name: it for name, it in found.items() if it} | {f"contact.{name}": it for name, it in fields.items()}


def test_two_new_customers_for_nine_hundred_cost_450_each():
    spent = [cost("marketing", date(2018, 5, 2), 600_00), cost("sales", date(2018, 5, 31), 300_00)]
    assert worth("cac", [won("a", date(2018, 5, 3)), won("b", date(2018, 5, 9)), *spent], MAY) == 450_00
    three = [won(name, date(2018, 5, 3)) for name in "abc"]
    assert worth("cac", [*three, cost("sales", date(2018, 5, 2), 100_00)], MAY) == Fraction(10000, 3)


def test_who_bought_before_is_no_new_customer():
    deals = [won("a", date(2017, 3, 1)), won("a", date(2018, 5, 3)), won("b", date(2018, 5, 3)), won("b", date(2018, 5, 4))]
    spent = [cost("marketing", date(2018, 5, 2), 600_00)]
    assert worth("cac", [*deals, *spent], MAY) == 600_00
    assert columns("cac", [*deals, *spent], MAY) == {"cost": 600_00, "new_customers": 1}


def test_a_cost_that_nobody_reported_is_not_a_cost_of_nothing():
    deals = [won("a", date(2018, 5, 3))]
    assert worth("cac", deals, MAY) is None
    assert worth("cac", [*deals, cost("office", date(2018, 5, 2), 5)], MAY) is None
    assert worth("cac", [*deals, cost("sales", date(2018, 5, 2), 0)], MAY) == 0


def test_without_a_new_customer_there_is_no_cost_of_one():
    assert worth("cac", [cost("sales", date(2018, 5, 2), 100)], MAY) is None


def test_money_of_april_wins_customers_of_may():
    deals, april = [won("a", date(2018, 5, 3))], cost("marketing", date(2018, 4, 2), 70_00)
    assert worth("cac", [*deals, april], MAY) is None
    assert worth("cac", [*deals, april], MAY, lag="30") == 70_00


def test_a_cost_at_the_end_of_time_does_no_harm():
    (moment,) = kpis.kpi("cac", {"lag": "180"}).moments(cost("sales", date.max, 1))
    assert moment.on == date.max


def test_a_deal_counts_for_its_first_its_last_or_for_each_campaign_evenly():
    first, second, third = (touch(name, n, 3) for n, name in enumerate(("mail", "fair", "web"), 1))
    spent = campaign(200_00)
    assert worth("campaign_value", [first, spent], model="first") == 800_00
    assert worth("campaign_value", [first, spent], model="last") == -200_00
    assert worth("campaign_value", [third, spent], model="last") == 800_00
    assert worth("campaign_value", [second, spent], model="even") == 333_33 - 200_00


def test_even_parts_of_an_amount_add_up_to_it():
    for amount in (1, 2, 100_00, 100_01, 99_99):
        parts = [touch("mail", n, 7, amount=amount) for n in range(1, 8)]
        assert worth("campaign_value", [*parts, campaign(0)], model="even") == amount


def test_without_numbered_touches_a_deal_counts_for_the_campaign_that_the_crm_names():
    assert worth("campaign_value", [touch("mail", None, None, campaign="mail"), campaign(0)]) == 1_000_00
    assert worth("campaign_value", [touch("mail", None, None, campaign="fair"), campaign(0)]) == 0
    assert worth("campaign_value", [touch("mail", 3, 2, campaign="mail"), campaign(0)]) == 0


def test_only_won_deals_of_the_same_currency_are_attributed():
    assert worth("campaign_value", [touch("mail", 1, 1, stage="open"), campaign(0)]) == 0
    assert worth("campaign_value", [touch("mail", 1, 1, currency="EUR"), campaign(0)]) == 0
    assert worth("campaign_value", [touch("mail", 1, 1, amount=None), campaign(0)]) == 0


def test_a_campaign_returns_four_for_each_that_it_cost():
    assert worth("campaign_roi", [touch("mail", 1, 1), campaign(200_00)]) == 4
    assert worth("campaign_roi", [campaign(200_00)]) == -1
    assert worth("campaign_roi", [touch("mail", 1, 1), campaign(300_00)]) == Fraction(7, 3)


def test_a_campaign_of_unknown_cost_has_no_value_and_no_return():
    assert worth("campaign_value", [touch("mail", 1, 1), campaign(None)]) is None
    assert worth("campaign_roi", [touch("mail", 1, 1), campaign(None)]) is None
    assert worth("campaign_roi", [touch("mail", 1, 1), campaign(0)]) is None


def test_a_member_of_a_campaign_does_not_cost_what_the_campaign_costs():
    beside = touch("mail", 1, 1) | campaign(200_00)
    assert worth("campaign_value", [beside, campaign(200_00)]) == 800_00


def test_ten_subscribers_three_more_and_one_less_are_a_growth_of_a_fifth():
    there = [member(date(2017, 6, 1)) for _ in range(9)] + [member(date(2017, 6, 1), date(2018, 2, 1))]
    new = [member(date(2018, 1, 5)) for _ in range(3)]
    assert worth("subscriber_rate", there + new, Q1) == Fraction(2, 10)
    assert columns("subscriber_rate", there + new, Q1) == {"start": 10, "opt_ins": 3, "unsubscribes": 1}


def test_a_subscriber_counts_on_the_thirtieth_day_and_not_if_gone_by_then():
    there = [member(date(2017, 6, 1))]
    gone, stayed = member(date(2018, 1, 5), date(2018, 2, 4)), member(date(2018, 1, 5), date(2018, 2, 5))
    assert worth("subscriber_rate", [*there, gone], Q1) == 0
    assert columns("subscriber_rate", [*there, stayed], Q1) == {"start": 1, "opt_ins": 1, "unsubscribes": 1}
    late = member(date(2018, 3, 2))
    assert worth("subscriber_rate", [*there, late], Q1) == 0
    assert worth("subscriber_rate", [*there, late], (Q1[1], date(2018, 7, 1))) == 1


def test_who_came_back_counts_from_the_return_and_who_left_at_an_unknown_time_not_at_all():
    there = [member(date(2017, 6, 1))]
    assert worth("subscriber_rate", [*there, member(date(2018, 1, 5), date(2017, 12, 1))], Q1) == 1
    assert worth("subscriber_rate", [*there, member(date(2018, 1, 5), opted_out=True)], Q1) == 0
    assert worth("subscriber_rate", [*there, member(None, opted_out=False)], Q1) == 0


def test_a_circle_that_began_empty_has_no_rate():
    assert worth("subscriber_rate", [member(date(2018, 1, 5))], Q1) is None


def test_what_follows_from_a_record_is_derived_as_in_production():
    assert derived(member(date(2018, 1, 5), opted_out=True))["contact.subscribed"] is False
