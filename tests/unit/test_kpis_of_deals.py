"""KPIs of deals and pipelines, as sentences about the business."""

from datetime import UTC, date, datetime
from fractions import Fraction

from tests.counting import Q1, YEAR, columns, worth

JANUARY, MARCH = (date(2018, 1, 1), date(2018, 2, 1)), (date(2018, 3, 1), date(2018, 4, 1))


def deal(stage: str = "won", on: str | None = "2018-02-10", **more: object) -> dict[str, object]:
    found: dict[str, object] = {"deal.stage": stage, "deal.currency": "USD"}
    if on:
        found["deal.close_date"] = date.fromisoformat(on)
    return found | {f"deal.{name}": date.fromisoformat(it) if name.endswith("_on") else it for name, it in more.items()}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_the_close_rate_is_won_of_closed_and_open_deals_do_not_count():
    deals = [deal(), deal(), deal("lost"), deal("open", None)]
    assert worth("close_rate", deals) == Fraction(2, 3)
    assert columns("close_rate", deals) == {"won": 2, "closed": 3, "lost": 1}
    assert worth("close_rate", [deal("open")]) is None


def test_the_close_rate_of_opened_deals_divides_what_was_won_by_what_was_opened_in_the_period():
    deals = [
        deal(created_on="2017-11-01"),
        deal(created_on="2018-01-05"),
        deal("open", None, created_on="2018-02-01"),
        deal("lost", "2018-05-01", created_on="2018-03-01"),
    ]
    assert worth("close_rate", deals, Q1, of="opened") == Fraction(2, 3)


def test_the_close_rate_of_the_pipeline_also_divides_by_what_was_open_before():
    deals = [
        deal("won", "2017-12-30", created_on="2017-11-01"),
        deal(created_on="2017-11-01"),
        deal("open", None, created_on="2017-12-01"),
        deal("open", None, created_on="2018-02-01"),
    ]
    assert worth("close_rate", deals, Q1, of="pipeline") == Fraction(1, 3)


def test_a_weighted_close_rate_counts_large_deals_and_important_accounts_more():
    deals = [deal(amount=5_000_000), deal("lost", amount=10_000)]
    assert worth("close_rate", deals, weighted="amount") == Fraction(3, 4)
    deals = [deal(), deal("lost") | {"account.priority_bucket": "High"}]
    assert worth("close_rate", deals, weighted="priority") == Fraction(1, 4)


def test_the_cycle_time_is_the_median_of_days_and_a_deal_of_one_day_took_none():
    deals = [deal(created_on="2018-02-10"), deal(created_on="2018-02-01"), deal(created_on="2018-01-31")]
    assert worth("cycle_time", deals) == 9
    assert worth("cycle_time", [*deals, deal("lost", created_on="2018-02-08")], ended="closed") == Fraction(11, 2)
    assert worth("cycle_time", deals, measure="mean") == Fraction(19, 3)
    assert worth("cycle_time", [deal("open", created_on="2018-02-01")]) is None


def test_a_cycle_may_begin_with_the_lead_that_became_the_deal():
    deals = [deal(created_on="2018-02-01", lead_created_on="2018-01-11")]
    assert worth("cycle_time", deals, **{"from": "lead"}) == 30


def test_a_lost_deal_breaks_a_winning_streak_and_an_open_one_does_not():
    deals = [deal(), deal(), deal("open"), deal(), deal("lost"), deal(), deal()]
    assert worth("win_streak", deals) == 3
    assert columns("win_streak", deals)["first_record"] == "0000"
    assert columns("win_streak", deals)["last_record"] == "0003"


def test_of_equal_winning_streaks_the_earliest_counts():
    assert columns("win_streak", [deal(), deal("lost"), deal()])["first_record"] == "0000"
    assert worth("win_streak", [deal("lost")]) == 0


def test_weeks_with_a_win_follow_one_another_from_monday_to_sunday():
    deals = [deal(on=it) for it in ("2018-01-01", "2018-01-14", "2018-01-15", "2018-02-01")]
    assert columns("weekly_streak", deals) == {
        "longest": 3,
        "with_a_win": 4,
        "runs": 2,
        "first": date(2018, 1, 1),
        "last": date(2018, 1, 15),
    }
    assert worth("weekly_streak", deals, of="months") == 2
    assert worth("weekly_streak", [deal("lost")]) is None


def test_the_ratio_of_sums_and_the_mean_of_ratios_are_two_numbers():
    deals = [deal(amount=900, list_price=1000), deal(amount=100, list_price=100), deal(amount=5, list_price=0)]
    assert worth("list_price_attainment", deals) == Fraction(10, 11)
    assert worth("list_price_attainment", deals, of="each") == Fraction(19, 20)
    assert columns("list_price_attainment", deals) == {"won": 2, "amount": 1000, "list_price": 1100, "at_list_price": 1}


def test_the_product_says_the_list_price_where_the_deal_does_not_and_never_in_another_currency():
    product = {"product.list_price": 1000, "product.currency": "USD"}
    assert worth("list_price_attainment", [deal(amount=500) | product]) == Fraction(1, 2)
    assert worth("list_price_attainment", [deal(amount=500) | product | {"product.currency": "EUR"}]) is None


def test_lead_velocity_compares_a_month_with_the_one_before():
    leads = [{"lead.qualified_on": date(2018, month, 5)} for month in (1, 1, 3, 3, 3)]
    assert worth("lead_velocity", leads, JANUARY) is None
    assert worth("lead_velocity", leads, (date(2018, 2, 1), date(2018, 3, 1))) == -1
    assert worth("lead_velocity", leads, MARCH) is None
    assert worth("lead_velocity", leads, (date(2018, 2, 1), date(2018, 4, 1))) == Fraction(1, 2)


def test_pipeline_velocity_is_what_passes_through_the_pipeline_a_day():
    deals = [deal(amount=1000, created_on="2018-02-01"), deal(amount=2000, created_on="2018-01-31"), deal("lost")]
    # 3 deals x 2/3 won x 1500 on average / 9.5 days
    assert worth("pipeline_velocity", deals) == Fraction(3 * Fraction(2, 3) * 1500) / Fraction(19, 2)
    assert worth("pipeline_velocity", [deal(amount=1000, created_on="2018-02-10")]) is None


def test_upsell_adds_what_accounts_pay_more_and_cross_sell_new_families():
    up = deal(amount=500, sale_kind="upsell", upsell_amount=200)
    cross = deal(amount=300, sale_kind="cross_sell", new_family=True)
    deals = [up, cross, deal(amount=900, sale_kind="cross_sell"), deal(amount=70, sale_kind="first"), deal("lost")]
    assert [worth("upsell", deals, of=it) for it in ("increase", "amount", "deals")] == [200, 500, 1]
    assert [worth("cross_sell", deals, of=it) for it in ("families", "amount", "deals")] == [1, 1200, 2]


def test_breadth_counts_products_and_families_once():
    deals = [
        deal(product="GTX Pro") | {"product.series": "GTX"},
        deal(product="GTX Basic", product_family="GTX"),
        deal(product="MG"),
    ]
    assert worth("product_breadth", [*deals, deals[0]]) == 3
    assert worth("product_breadth", deals, of="families") == 1


def staged(*steps: tuple[str, str], stage: str = "open") -> dict[str, object]:
    return {"deal.stage": stage, "deal.history": tuple((at(when), name) for when, name in steps)}


def test_gestation_is_the_time_between_entering_a_stage_and_the_next_one():
    deals = [
        staged(("2018-01-01T00:00:00", "New"), ("2018-01-03T00:00:00", "Offer"), ("2018-01-04T00:00:00", "Won"), stage="won"),
        staged(("2018-01-01T00:00:00", "New"), ("2018-01-01T00:00:00", "Offer")),
    ]
    assert worth("gestation", deals) == 86_400
    assert worth("gestation", deals, measure="mean") == 86_400
    assert columns("gestation", deals) == {
        "entered": 5,
        "left": 3,
        "stayed": 2,
        "median_ms": 86_400_000,
        "p90_ms": 172_800_000,
        "sum_ms": 259_200_000,
        "mean_days": 1,
    }


def test_in_business_hours_a_weekend_and_a_night_take_no_time():
    friday_to_monday = staged(("2018-01-05T16:00:00", "New"), ("2018-01-08T10:00:00", "Offer"))
    assert worth("gestation", [friday_to_monday], hours="business") == 2 * 3600


def test_a_stay_is_stuck_when_it_lasts_longer_than_nine_tenths_of_those_before():
    left = [staged(("2018-01-01T00:00:00", "New"), ("2018-01-03T00:00:00", "Won"), stage="won") for _ in range(9)]
    stuck, young = staged(("2018-01-10T00:00:00", "New")), staged(("2018-12-31T00:00:00", "New"))
    assert worth("gestation", [*left, stuck, young], YEAR, measure="stuck") == Fraction(1, 2)
    assert worth("gestation", left, YEAR, measure="stuck") is None
