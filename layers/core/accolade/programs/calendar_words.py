"""Calendars in words: for how long something counts, or how often it may."""

from datetime import timedelta

from accolade.programs.periods import WINDOW, Calendar
from accolade.texts import Texts


def within(cut: Calendar, texts: Texts) -> str:
    """`in a quarter`, `from 1 March 2026 to 14 March 2026`; over a lifetime `in all`."""
    if cut.kind == WINDOW and cut.start and cut.end:
        begin, end = texts.date(cut.start), texts.date(cut.end - timedelta(days=1))
        return texts.t("from %(begin)s to %(end)s", begin=begin, end=end)
    return {
        "day": texts.t("in a day"),
        "week": texts.t("in a week"),
        "month": texts.t("in a month"),
        "quarter": texts.t("in a quarter"),
        "half": texts.t("in half a year"),
        "year": texts.t("in a year"),
        "month_445": texts.t("in a retail month of four or five weeks"),
        "quarter_445": texts.t("in a retail quarter of thirteen weeks"),
    }.get(cut.kind, texts.t("in all"))


def days(count: int, texts: Texts) -> str:
    """`30 days`"""
    return texts.n("%(count)s day", "%(count)s days", count)
