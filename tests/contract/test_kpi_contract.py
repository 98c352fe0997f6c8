"""Every KPI of the folder, with each of its options, keeps the port's promises."""

import random
from datetime import date, datetime
from fractions import Fraction

import pytest
from tests.contract.kpi_samples import records
from tests.contract.kpi_table import PAGE, table
from tests.counting import YEAR, facts, tally

from accolade import kpis
from accolade.kpis.port import NATURES, ROLES, UNITS, Kpi, Tally
from accolade.model.errors import Rejected
from accolade.model.fields import DERIVED_FIELDS, PARTICIPANT_FIELDS, RECORD_FIELDS, FieldType
from accolade.texts import texts

CATALOGUE = {
    f"{kind}.{name}": type_
    for kind, fields in (RECORD_FIELDS | {"participant": PARTICIPANT_FIELDS}).items()
    for name, type_ in (fields | DERIVED_FIELDS.get(kind, {})).items()
}
GROUPS = {"sales", "customer value", "service", "marketing", "success", "adoption", "data", "engagement", "training", "dealers"}
COUNTS = {"deals", "records"}
"""Units of which there can be none, and then there are 0."""
NOTHING_IS_ZERO = {"adoption_activity", "product_breadth", "weekly_streak"}
"""Also none of: days with something done, of the days there were; products; weeks in a row."""


def _variants() -> list[tuple[str, dict[str, str]]]:
    """Each KPI as it is, and with each value of each option."""
    found = []
    for name in kpis.names():
        options = kpis.kpi(name).options
        found += [(name, {}), *((name, {key: it}) for key, option in options.items() for it in option.values)]
    return found


@pytest.fixture(params=_variants(), ids=lambda it: " ".join([it[0], *(f"{key}={value}" for key, value in it[1].items())]))
def kpi(request: pytest.FixtureRequest) -> Kpi:
    return kpis.kpi(*request.param)


@pytest.fixture
def samples(kpi: Kpi) -> list[tuple[str, dict[str, object]]]:
    return records(*kpi.records)


def test_it_states_what_it_is(kpi: Kpi) -> None:
    assert kpi.unit in UNITS
    assert kpi.better in ("higher", "lower")
    assert kpi.group in GROUPS
    assert kpi.title
    assert type(kpi).__doc__
    assert {*kpi.natures} <= {*NATURES}
    assert kpi.natures
    assert {*kpi.earners} <= {*ROLES}
    assert kpi.earners


def test_it_reads_fields_that_there_are(kpi: Kpi) -> None:
    assert kpi.record in kpi.records
    assert {*kpi.records} <= {*RECORD_FIELDS}
    assert {*kpi.reads, kpi.dated_by} <= {*CATALOGUE}
    assert {name.partition(".")[0] for name in kpi.reads} >= {*kpi.records} - {kpi.record}
    assert kpi.dated_by.startswith(f"{kpi.record}.")
    assert CATALOGUE[kpi.dated_by] in (FieldType.DATE, FieldType.INSTANT)


def test_it_says_that_it_reads_money(kpi: Kpi) -> None:
    if kpi.unit.startswith("money"):
        assert kpi.reads_money
    amounts = [name for name in kpi.reads if CATALOGUE[name] is FieldType.MONEY]
    if kpi.reads_money:
        assert amounts
        assert {name.partition(".")[0] for name in amounts} <= {it.partition(".")[0] for it in kpi.reads if "currency" in it}


def test_its_title_is_translated(kpi: Kpi) -> None:
    assert texts("nl").t(kpi.title) != kpi.title


def test_nothing_comes_from_a_record_of_which_nothing_is_known(kpi: Kpi) -> None:
    assert kpi.parts({}) == {}
    assert list(kpi.moments({})) == []


def test_what_a_record_adds_are_whole_numbers_on_days(kpi: Kpi, samples: list) -> None:
    for _, values in samples:
        for moment in kpi.moments(values):
            assert isinstance(moment.on, date)
            assert not isinstance(moment.on, datetime)
            assert moment.parts
            assert isinstance(moment.about, str)
            assert all(type(amount) is int for amount in moment.parts.values())


def test_it_reads_no_field_that_it_does_not_state(kpi: Kpi, samples: list) -> None:
    own = {*kpi.reads, kpi.dated_by}
    for _, values in samples[:60]:
        known = {name: value for name, value in values.items() if name in own or name.endswith((".history", ".currency"))}
        assert list(kpi.moments(known)) == list(kpi.moments(values))


def test_a_field_that_is_unknown_stops_nothing(kpi: Kpi, samples: list) -> None:
    for _, values in samples[:30]:
        for name in kpi.reads:
            left = {key: value for key, value in values.items() if key != name}
            assert list(kpi.moments(left)) == list(kpi.moments(left | {name: None}))


def test_it_is_defined_for_some_and_its_value_is_exact(kpi: Kpi, samples: list) -> None:
    seen = tally(kpi, facts(kpi, samples))
    assert isinstance(kpi.value(seen), int | Fraction)
    assert kpi.sample(seen) > 0
    assert all(isinstance(it, int | Fraction | str | date | None) for it in kpi.columns(seen).values())


def test_undefined_is_never_zero(kpi: Kpi) -> None:
    for nothing in (Tally(), Tally(start=YEAR[0], end=YEAR[1])):
        assert kpi.sample(nothing) == 0
        if kpi.additive or kpi.unit in COUNTS:
            assert kpi.value(nothing) == 0
        elif kpi.name not in NOTHING_IS_ZERO:
            assert kpi.value(nothing) is None


def test_an_additive_value_is_one_of_its_sums(kpi: Kpi, samples: list) -> None:
    if kpi.additive:
        seen = tally(kpi, facts(kpi, samples))
        assert kpi.value(seen) in seen.sums.values()
        assert not kpi.folded
        assert kpi.unit not in ("ratio", "days", "seconds")


def test_the_order_of_arrival_changes_nothing(kpi: Kpi, samples: list) -> None:
    shuffled = samples[:]
    random.Random(7).shuffle(shuffled)
    assert kpi.value(tally(kpi, facts(kpi, shuffled))) == kpi.value(tally(kpi, facts(kpi, samples)))


def test_a_record_withdrawn_leaves_nothing_behind(kpi: Kpi, samples: list) -> None:
    every, some = facts(kpi, samples), facts(kpi, samples[:100])
    withdrawn = [(it.record, it.on, it.about) for it in facts(kpi, samples[100:])]
    left = [it for it in every if (it.record, it.on, it.about) not in withdrawn]
    assert kpi.value(tally(kpi, left)) == kpi.value(tally(kpi, some))


def test_what_lies_outside_the_period_changes_nothing_unless_it_looks_back(kpi: Kpi, samples: list) -> None:
    every, half = facts(kpi, samples), date(2018, 7, 1)
    before = [it for it in every if it.on < half]
    value = kpi.value(tally(kpi, before, end=half))
    assert value == kpi.value(tally(kpi, every, end=half))
    if not kpi.looks_back:
        assert value == kpi.value(tally(kpi, [it for it in before if it.on >= YEAR[0]], end=half))


@pytest.mark.parametrize("name", kpis.names())
def test_an_option_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(Rejected, match="has no option colour"):
        kpis.kpi(name, {"colour": "red"})
    for key in kpis.kpi(name).options:
        with pytest.raises(Rejected, match=key):
            kpis.kpi(name, {key: "No Such Thing!"})


def test_an_unknown_kpi_is_refused_with_those_there_are() -> None:
    with pytest.raises(Rejected, match="won_count"):
        kpis.kpi("won_cuont")


def test_only_teams_are_paid_for_what_a_new_customer_costs() -> None:
    assert not kpis.kpi("cac").people


def test_the_page_about_kpis_is_what_they_say_of_themselves() -> None:
    assert PAGE.read_text(encoding="utf-8") == table(), "write it anew: python -m tests.contract.kpi_table"
