"""Every KPI of the folder keeps the port's promises."""

import random
from datetime import date
from fractions import Fraction
from itertools import product

import pytest

from accolade import kpis
from accolade.model.errors import Rejected
from accolade.model.fields import DERIVED_FIELDS, RECORD_FIELDS
from accolade.texts import texts

STAGES = (None, "open", "won", "lost")
AMOUNTS = (None, 0, 125_050, -300)
DEALS = [
    {"deal.stage": stage, "deal.amount": amount, "deal.currency": "USD", "deal.close_date": date(2017, 3, 1)}
    for stage, amount in product(STAGES, AMOUNTS)
]


@pytest.fixture(params=kpis.names())
def kpi(request: pytest.FixtureRequest) -> kpis.Kpi:
    return kpis.kpi(request.param)


def summed(kpi: kpis.Kpi, deals: list[dict]) -> dict[str, int]:
    total: dict[str, int] = {}
    for deal in deals:
        for name, amount in kpi.parts(deal).items():
            total[name] = total.get(name, 0) + amount
    return total


def test_it_states_what_it_is(kpi: kpis.Kpi) -> None:
    known = {f"{kpi.record}.{name}" for name in RECORD_FIELDS[kpi.record] | DERIVED_FIELDS.get(kpi.record, {})}
    assert kpi.unit in kpis.UNITS
    assert kpi.better in ("higher", "lower")
    assert kpi.group
    assert {*kpi.reads, kpi.dated_by} <= known
    assert kpi.reads_money == any(RECORD_FIELDS[kpi.record][it.partition(".")[2]].value == "money" for it in kpi.reads)


def test_its_title_is_translated(kpi: kpis.Kpi) -> None:
    assert texts("nl").t(kpi.title) != kpi.title


def test_its_parts_are_whole_numbers_and_never_zero_without_a_record(kpi: kpis.Kpi) -> None:
    assert kpi.parts({}) == {}
    for deal in DEALS:
        assert all(isinstance(amount, int) and not isinstance(amount, bool) for amount in kpi.parts(deal).values())


def test_an_open_deal_adds_nothing(kpi: kpis.Kpi) -> None:
    assert kpi.parts({"deal.stage": "open", "deal.amount": 100, "deal.currency": "USD"}) == {}


def test_its_value_does_not_depend_on_the_order_of_records(kpi: kpis.Kpi) -> None:
    shuffled = DEALS * 3
    random.Random(7).shuffle(shuffled)
    assert kpi.value(summed(kpi, shuffled)) == kpi.value(summed(kpi, DEALS * 3))


def test_its_value_is_exact_or_undefined(kpi: kpis.Kpi) -> None:
    assert isinstance(kpi.value(summed(kpi, DEALS)), int | Fraction)
    if kpi.unit == "ratio":
        assert kpi.value({}) is None
        assert not kpi.additive


def test_a_record_withdrawn_leaves_nothing_behind(kpi: kpis.Kpi) -> None:
    total = summed(kpi, DEALS)
    for deal in DEALS[3:]:
        for name, amount in kpi.parts(deal).items():
            total[name] -= amount
    assert {name: amount for name, amount in total.items() if amount} == summed(kpi, DEALS[:3])


def test_a_sample_is_a_number_of_records(kpi: kpis.Kpi) -> None:
    assert kpi.sample({}) == 0
    assert 0 < kpi.sample(summed(kpi, DEALS)) <= len(DEALS)


def test_an_unknown_kpi_is_refused_with_those_there_are() -> None:
    with pytest.raises(Rejected, match="won_count"):
        kpis.kpi("won_cuont")
