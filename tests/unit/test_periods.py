"""Periods cut time into stretches without gaps or overlaps, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accolade.programs.periods import KINDS, bounds, calendar, known_zone, parse_period

ZONES = (
    "UTC",
    "Europe/Amsterdam",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "America/St_Johns",
    "America/Argentina/Buenos_Aires",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Africa/Cairo",
    "Pacific/Apia",
    "Australia/Lord_Howe",
)
calendars = st.builds(
    lambda kind, zone, start: calendar(kind, zone=zone, fiscal_start=start),
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(ZONES),
    st.integers(1, 12),
)
dates = st.dates(date(1, 1, 1), date(9999, 12, 30))
instants = st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=300)
@given(calendars, dates)
def test_every_day_lies_in_exactly_one_period(cut, day) -> None:
    period = cut.period_of(day)
    assert period.start <= day < period.end
    assert cut.period_of(period.start) == period
    assert cut.period_of(period.end - timedelta(days=1)) == period
    if period.end < date.max:
        following = cut.period_of(period.end)
        assert following.start == period.end
        assert following.id != period.id


@settings(max_examples=300)
@given(calendars, instants)
def test_every_instant_lies_in_exactly_one_period(cut, instant) -> None:
    period = cut.period_at(instant)
    start, end = bounds(period)
    assert start <= instant < end
    assert cut.kind == "lifetime" or bounds(cut.period_of(period.end))[0] == end


@settings(max_examples=200)
@given(calendars, dates)
def test_a_period_is_found_again_by_its_id(cut, day) -> None:
    assert parse_period(cut.period_of(day).id) == cut.period_of(day)


@pytest.mark.parametrize(
    ("kind", "zone", "fiscal", "expected"),
    [
        ("quarter", "Europe/Amsterdam", 1, "2017Q1@Europe.Amsterdam"),
        ("month", "UTC", 1, "2017-03@UTC"),
        ("month", "UTC", 4, "2017-03@UTC"),
        ("year", "UTC", 1, "2017@UTC"),
        ("lifetime", "Europe/Amsterdam", 4, "lifetime"),
        ("quarter", "UTC", 4, "2017Q4@UTC~4"),
        ("year", "America/Argentina/Buenos_Aires", 2, "2018@America.Argentina.Buenos_Aires~2"),
    ],
)
def test_an_id_names_the_calendar_unless_it_does_not_matter(kind, zone, fiscal, expected) -> None:
    period = calendar(kind, zone=zone, fiscal_start=fiscal).period_of(date(2017, 3, 31))
    assert period.id == expected
    assert period.label == expected.partition("@")[0]


def test_a_quarter_begins_and_ends_at_local_midnight_on_both_sides_of_a_clock_change() -> None:
    start, end = bounds(calendar("quarter", zone="Europe/Amsterdam").period_of(date(2017, 3, 31)))
    assert start == datetime(2016, 12, 31, 23, tzinfo=UTC)
    assert end == datetime(2017, 3, 31, 22, tzinfo=UTC)


def test_a_month_begins_with_the_clock_change_where_its_first_midnight_is_skipped() -> None:
    start, _ = bounds(calendar("month", zone="Africa/Cairo").period_of(date(2010, 10, 1)))
    assert start.astimezone(ZoneInfo("Africa/Cairo")).date() == date(2010, 10, 1)
    start, _ = bounds(calendar("month", zone="Asia/Amman").period_of(date(2022, 4, 1)))
    assert (start - timedelta(microseconds=1)).astimezone(ZoneInfo("Asia/Amman")).date() == date(2022, 3, 31)


def test_a_day_that_an_island_skipped_takes_no_time() -> None:
    first, _ = bounds(calendar("year", zone="Pacific/Apia").period_of(date(2011, 6, 1)))
    _, last = bounds(calendar("year", zone="Pacific/Apia").period_of(date(2011, 6, 1)))
    assert last - first == timedelta(days=364)


@pytest.mark.parametrize(
    "text",
    ["", "2017", "2017Q5@UTC", "2017-13@UTC", "2017@Europe/Amsterdam", "2017@Mars", "2017@UTC~1", "2017@UTC~13", "2017-03@UTC~4"],
)
def test_what_is_no_period_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_period(text)


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "", "europe/amsterdam", "localtime/..", "UTC\n"])
def test_what_is_no_time_zone_is_not_known(zone) -> None:
    assert not known_zone(zone)
