"""Cuts: how each kind of calendar cuts time into labelled, half-open stretches of days, and how a label is read back."""

import re
from collections.abc import Callable
from datetime import date

Span = tuple[str, date, date]
"""Label, first day, day after the last one."""

LABEL = re.compile(
    r"(?P<year>\d{4,5})(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|W(?P<week>\d{2})|-445M(?P<month_445>\d{2})|-445Q(?P<quarter_445>[1-4])"
    r"|-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d{2}))?)?",
    re.ASCII,
)
_WEEKS = (4, 4, 5)
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()
_CYCLE, _CYCLE_DAYS = 400, 146_097
"""The Gregorian calendar repeats after 400 years, which are 146,097 days."""


def kind_of(label: re.Match[str]) -> str:
    """The kind of calendar that writes such a label; a day's label names its month too."""
    if label["day"]:
        return "day"
    return next((kind for kind in _NAMED if label[kind]), "year")


_NAMED = ("quarter", "half", "week", "month_445", "quarter_445", "month")


def first_day(label: re.Match[str], kind: str, fiscal_start: int) -> date:
    """A day inside the labelled stretch; ValueError where the label names a week or day that there is not."""
    year = int(label["year"])
    if kind == "day":
        return date(year, int(label["month"]), int(label["day"]))
    if kind == "week":
        return date.fromisocalendar(year, int(label["week"]), 1)
    begins = year - (fiscal_start > 1)
    if kind in ("month_445", "quarter_445"):
        number = int(label["month_445"] or 3 * int(label["quarter_445"] or 1) - 2)
        if not 1 <= number <= 12:
            raise ValueError(f"a year has no month {number}")
        return _clamped(_retail_year(begins, fiscal_start) + 7 * _weeks_before(number - 1))
    if kind == "month":
        return _first(year * 12 + int(label["month"]) - 1)
    past = 3 * (int(label["quarter"] or 1) - 1) + 6 * (int(label["half"] or 1) - 1)
    return _first(begins * 12 + fiscal_start - 1 + past)


def _day(day: date, _: int) -> Span:
    return day.isoformat(), day, _clamped(day.toordinal() + 1)


def _week(day: date, _: int) -> Span:
    """ISO 8601 weeks: from Monday; the first one of a year has its first Thursday."""
    year, week, weekday = day.isocalendar()
    monday = day.toordinal() - weekday + 1
    return f"{year:04d}W{week:02d}", _clamped(monday), _clamped(monday + 7)


def _month(day: date, _: int) -> Span:
    return f"{day.year:04d}-{day.month:02d}", *_months(day.year, day.month, 1)


def _quarter(day: date, fiscal_start: int) -> Span:
    year, past = _fiscal(day, fiscal_start)
    number = past // 3
    return f"{_name(year, fiscal_start)}Q{number + 1}", *_months(year, fiscal_start + 3 * number, 3)


def _half(day: date, fiscal_start: int) -> Span:
    year, past = _fiscal(day, fiscal_start)
    number = past // 6
    return f"{_name(year, fiscal_start)}H{number + 1}", *_months(year, fiscal_start + 6 * number, 6)


def _year(day: date, fiscal_start: int) -> Span:
    year, _ = _fiscal(day, fiscal_start)
    return _name(year, fiscal_start), *_months(year, fiscal_start, 12)


def _month_445(day: date, fiscal_start: int) -> Span:
    year, begins, over = _retail(day, fiscal_start)
    past = (day.toordinal() - begins) // 7
    number = next((i for i in range(11) if past < _weeks_before(i + 1)), 11)
    start = begins + 7 * _weeks_before(number)
    end = over if number == 11 else begins + 7 * _weeks_before(number + 1)
    return f"{_name(year, fiscal_start)}-445M{number + 1:02d}", _clamped(start), _clamped(end)


def _quarter_445(day: date, fiscal_start: int) -> Span:
    year, begins, over = _retail(day, fiscal_start)
    number = min((day.toordinal() - begins) // 91, 3)
    end = over if number == 3 else begins + 91 * (number + 1)
    return f"{_name(year, fiscal_start)}-445Q{number + 1}", _clamped(begins + 91 * number), _clamped(end)


def _lifetime(day: date, _: int) -> Span:
    return "lifetime", date.min, date.max


KINDS: dict[str, Callable[[date, int], Span]] = {
    "day": _day,
    "week": _week,
    "month": _month,
    "quarter": _quarter,
    "half": _half,
    "year": _year,
    "month_445": _month_445,
    "quarter_445": _quarter_445,
    "lifetime": _lifetime,
}
"""Kind -> the stretch around a day. A further calendar is a further row."""

FISCAL = ("quarter", "half", "year", "month_445", "quarter_445")
"""The kinds for which it matters in which month a year begins."""


def _retail(day: date, fiscal_start: int) -> tuple[int, int, int]:
    """The calendar year in which the day's retail year nominally begins, its first day, and the day after its last one."""
    year, now = day.year + 1, day.toordinal()
    while _retail_year(year, fiscal_start) > now:
        year -= 1
    return year, _retail_year(year, fiscal_start), _retail_year(year + 1, fiscal_start)


def _retail_year(year: int, fiscal_start: int) -> int:
    """The first day, as an ordinal, of the 4-4-5 year that nominally begins on the first of that month.

    A 52-53-week year that ends on the Saturday nearest to the last day of a month (US Treasury Regulation 1.441-2(a),
    the rule of the National Retail Federation's calendar for January): so it begins on the Sunday nearest to the first day of
    the next month. Quarters have 4, 4 and 5 weeks; a 53rd week belongs to the last month.
    """
    nominal = _ordinal(year, fiscal_start)
    back = nominal % 7  # Sundays are the ordinals that 7 divides
    return nominal - back if back <= 3 else nominal + 7 - back


def _weeks_before(months: int) -> int:
    """How many weeks the first so many months of a 4-4-5 year have together."""
    return 13 * (months // 3) + sum(_WEEKS[: months % 3])


def _ordinal(year: int, month: int) -> int:
    """The first of a month as an ordinal, also where `date` does not reach."""
    cycles = (year - 1) // _CYCLE if not 1 <= year <= 9999 else 0
    return date(year - cycles * _CYCLE, month, 1).toordinal() + cycles * _CYCLE_DAYS


def _clamped(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, _FIRST), _LAST))


def _fiscal(day: date, fiscal_start: int) -> tuple[int, int]:
    """The calendar year in which the day's fiscal year begins, and how many months of it are over."""
    months = day.year * 12 + day.month - fiscal_start
    return months // 12, months % 12


def _name(year: int, fiscal_start: int) -> str:
    """A fiscal year is named after the calendar year in which it ends."""
    return f"{year + (fiscal_start > 1):04d}"


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    return _first(year * 12 + month - 1), _first(year * 12 + month - 1 + count)


def _first(months: int) -> date:
    year, month = divmod(months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, 1) if year <= 9999 else date.max
