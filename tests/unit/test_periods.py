"""Periods cut time into stretches without gaps or overlaps, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accolade.programs.periods import KINDS, bounds, calendar, known_zone, parse_period, window
from accolade.texts import texts

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
cut_by_kind = st.builds(
    lambda kind, zone, start: calendar(kind, zone=zone, fiscal_start=start),
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(ZONES),
    st.integers(1, 12),
)
windows = st.builds(
    lambda start, days, zone: window(start, start + timedelta(days=days), zone=zone),
    st.dates(date(1950, 1, 1), date(2059, 1, 1)),
    st.integers(1, 400),
    st.sampled_from(ZONES),
)
calendars = st.one_of(cut_by_kind, windows)
dates = st.dates(date(1, 1, 1), date(9999, 12, 30))
instants = st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (the zone comes with `timezones`)


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


@given(calendars, instants)
def test_every_instant_lies_in_exactly_one_period(cut, instant) -> None:
    period = cut.period_at(instant)
    start, end = bounds(period)
    assert start <= instant < end
    assert period.end == date.max or bounds(cut.period_of(period.end))[0] == end


@given(cut_by_kind, cut_by_kind, dates)
def test_two_periods_have_one_id_only_if_they_are_the_same_days_of_the_same_calendar(one, other, day) -> None:
    first, second = one.period_of(day), other.period_of(day)
    assert (first.id == second.id) == (one == other)
    assert first.id != one.period_of(first.start - timedelta(days=1)).id if first.start > date.min else True


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
        ("day", "UTC", 4, "2017-03-31@UTC"),
        ("week", "UTC", 4, "2017W13@UTC"),
        ("half", "UTC", 1, "2017H1@UTC"),
        ("half", "UTC", 2, "2018H1@UTC~2"),
        ("month_445", "UTC", 2, "2018-445M03@UTC~2"),
        ("quarter_445", "UTC", 2, "2018-445Q1@UTC~2"),
        ("quarter_445", "UTC", 1, "2017-445Q1@UTC"),
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


@pytest.mark.parametrize(
    ("day", "label", "start", "end"),
    [
        (date(2021, 1, 3), "2020W53", date(2020, 12, 28), date(2021, 1, 4)),
        (date(2021, 1, 4), "2021W01", date(2021, 1, 4), date(2021, 1, 11)),
        (date(2024, 12, 31), "2025W01", date(2024, 12, 30), date(2025, 1, 6)),
        (date(2016, 1, 3), "2015W53", date(2015, 12, 28), date(2016, 1, 4)),
    ],
)
def test_weeks_are_those_of_iso_8601(day, label, start, end) -> None:
    week = calendar("week").period_of(day)
    assert (week.label, week.start, week.end) == (label, start, end)


@pytest.mark.parametrize(
    ("named", "begins", "weeks"),
    [
        # The National Retail Federation's years 2016 to 2023; ours are named after the calendar year in which they end.
        (2017, date(2016, 1, 31), 52),
        (2018, date(2017, 1, 29), 53),
        (2019, date(2018, 2, 4), 52),
        (2020, date(2019, 2, 3), 52),
        (2021, date(2020, 2, 2), 52),
        (2022, date(2021, 1, 31), 52),
        (2023, date(2022, 1, 30), 52),
        (2024, date(2023, 1, 29), 53),
    ],
)
def test_retail_years_end_on_the_saturday_nearest_to_the_end_of_january(named, begins, weeks) -> None:
    cut = calendar("month_445", fiscal_start=2)
    months = [parse_period(f"{named}-445M{number:02d}@UTC~2") for number in range(1, 13)]
    assert months[0].start == begins
    lengths = [(it.end - it.start).days // 7 for it in months]
    assert lengths == [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5 + weeks - 52]
    assert cut.period_of(months[-1].end).label == f"{named + 1}-445M01"
    quarters = [parse_period(f"{named}-445Q{number}@UTC~2") for number in range(1, 5)]
    assert [it.start for it in quarters] == [it.start for it in months[::3]]
    assert quarters[-1].end == months[-1].end


def test_a_contest_is_one_stretch_and_the_days_around_it_are_of_no_milestones_calendar() -> None:
    spiff = window(date(2026, 3, 1), date(2026, 3, 15), zone="Europe/Amsterdam")
    period = spiff.period_of(date(2026, 3, 1))
    assert period.id == "2026-03-01--2026-03-15@Europe.Amsterdam"
    assert period.last_day == date(2026, 3, 14)
    before, after = spiff.period_of(date(2026, 2, 28)), spiff.period_of(date(2026, 3, 15))
    assert (before.id, after.id) == ("--2026-03-01@Europe.Amsterdam", "2026-03-15--@Europe.Amsterdam")
    assert spiff not in (before.calendar, after.calendar)
    assert spiff.before(period) == before
    with pytest.raises(ValueError, match="end before it begins"):
        window(date(2026, 3, 1), date(2026, 2, 1))


def test_a_day_that_an_island_skipped_takes_no_time() -> None:
    first, _ = bounds(calendar("year", zone="Pacific/Apia").period_of(date(2011, 6, 1)))
    _, last = bounds(calendar("year", zone="Pacific/Apia").period_of(date(2011, 6, 1)))
    assert last - first == timedelta(days=364)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2017",
        "2017Q5@UTC",
        "2017H3@UTC",
        "2017W54@UTC",
        "2017W53@UTC",
        "2017-02-30@UTC",
        "2017-445M13@UTC",
        "2017-445Q5@UTC",
        "--@UTC",
        "2017-01-02--2017-01-02@UTC",
        "2017-01-02--2017-01-01@UTC",
        "2017-01-01--2017-01-02@UTC~2",
        "2017W09@UTC~2",
        "2017-13@UTC",
        "2017@Europe/Amsterdam",
        "2017@Mars",
        "2017@UTC~1",
        "2017@UTC~13",
        "2017-03@UTC~4",
    ],
)
def test_what_is_no_period_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_period(text)


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "", "europe/amsterdam", "localtime/..", "UTC\n"])
def test_what_is_no_time_zone_is_not_known(zone) -> None:
    assert not known_zone(zone)


@pytest.mark.parametrize(
    ("period_id", "named", "now", "later", "dutch"),
    [
        ("2017-03-01@UTC", "1 March 2017", "today", "on 1 March 2017", "vandaag"),
        ("2017W09@UTC", "week 9 of 2017", "this week", "in week 9 of 2017", "deze week"),
        ("2017-03@UTC", "March 2017", "this month", "in March 2017", "deze maand"),
        ("2017H1@UTC", "half 1 of 2017", "this half-year", "in half 1 of 2017", "dit halfjaar"),
        ("2018Q1@UTC~2", "Q1 2018", "this quarter", "in Q1 2018", "dit kwartaal"),
        ("2018@UTC~2", "2018", "this year", "in 2018", "dit jaar"),
        ("2018-445M02@UTC~2", "retail month 2 of 2018", "this retail month", "in retail month 2 of 2018", "deze winkelmaand"),
        (
            "2018-445Q1@UTC~2",
            "retail quarter 1 of 2018",
            "this retail quarter",
            "in retail quarter 1 of 2018",
            "dit winkelkwartaal",
        ),
        (
            "2017-03-01--2017-03-15@UTC",
            "1 March 2017 to 14 March 2017",
            "from 1 March to 14 March",
            "from 1 March to 14 March",
            "van 1 maart tot en met 14 maart",
        ),
        ("lifetime", "all time", "", "", ""),
    ],
)
def test_every_period_has_a_name_and_is_told_from_where_one_stands(period_id, named, now, later, dutch) -> None:
    english = texts("en")
    assert english.period(period_id) == named
    at = datetime(2017, 3, 1, 12, tzinfo=UTC)
    assert (english.during(period_id, at), texts("nl").during(period_id, at)) == (now, dutch)
    assert english.during(period_id, datetime(2020, 3, 1, 12, tzinfo=UTC)) == later
