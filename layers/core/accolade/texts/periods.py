"""Periods in words: their names, and when they are, seen from an instant."""

import datetime as clock
import re
from typing import TYPE_CHECKING

from accolade.model.cuts import KINDS, LABEL, kind_of
from accolade.model.times import zone_of

if TYPE_CHECKING:
    from accolade.texts import Texts

_WINDOW = re.compile(r"(?P<start>\d{4}-\d{2}-\d{2})--(?P<end>\d{4}-\d{2}-\d{2})", re.ASCII)


def name(texts: "Texts", period_id: str) -> str:
    """The name of a period by its id or label: Q1 2017, March 2017, week 9 of 2017, 2017, all time."""
    label = period_id.partition("@")[0]
    if days := _window(label):
        return texts.t("%(begin)s to %(end)s", begin=texts.date(days[0]), end=texts.date(days[1]))
    parts = LABEL.fullmatch(label)
    return _named(texts, parts) if parts else texts.t("all time")


def during(texts: "Texts", period_id: str, at: clock.datetime) -> str:
    """When, seen from the aware instant `at`: "this quarter" within it, else "in Q1 2017"; empty for a lifetime."""
    label, _, tail = period_id.partition("@")
    zone, _, fiscal = tail.partition("~")
    today = at.astimezone(zone_of(zone.replace(".", "/"))).date()
    if days := _window(label):
        return texts.t("from %(begin)s to %(end)s", begin=texts.day(days[0]), end=texts.day(days[1]))
    parts = LABEL.fullmatch(label)
    if not parts:
        return ""
    kind = kind_of(parts)
    if KINDS[kind](today, int(fiscal or 1))[0] == label:
        return _now(texts, kind)
    if kind == "day":
        return texts.t("on %(day)s", day=_named(texts, parts))
    return texts.t("in %(period)s", period=_named(texts, parts))


def _window(label: str) -> tuple[clock.date, clock.date] | None:
    """The first and the last day of a window's label."""
    if matched := _WINDOW.fullmatch(label):
        start, end = (clock.date.fromisoformat(matched[part]) for part in ("start", "end"))
        return start, end - clock.timedelta(days=1)
    return None


def _named(texts: "Texts", parts: re.Match[str]) -> str:
    year, kind = parts["year"], kind_of(parts)
    if kind == "day":
        return texts.date(clock.date(int(year), int(parts["month"]), int(parts["day"])))
    if kind == "month":
        return texts.month(int(year), int(parts["month"]))
    if kind == "week":
        return texts.t("week %(week)s of %(year)s", week=int(parts["week"]), year=year)
    if kind == "half":
        return texts.t("half %(half)s of %(year)s", half=parts["half"], year=year)
    if kind == "month_445":
        return texts.t("retail month %(month)s of %(year)s", month=int(parts["month_445"]), year=year)
    if kind == "quarter_445":
        return texts.t("retail quarter %(quarter)s of %(year)s", quarter=parts["quarter_445"], year=year)
    return texts.t("Q%(quarter)s %(year)s", quarter=parts["quarter"], year=year) if kind == "quarter" else year


def _now(texts: "Texts", kind: str) -> str:
    return {
        "day": texts.t("today"),
        "week": texts.t("this week"),
        "month": texts.t("this month"),
        "quarter": texts.t("this quarter"),
        "half": texts.t("this half-year"),
        "year": texts.t("this year"),
        "month_445": texts.t("this retail month"),
        "quarter_445": texts.t("this retail quarter"),
    }[kind]
