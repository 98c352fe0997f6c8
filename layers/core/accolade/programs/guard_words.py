"""Guards in words: what is watched, and what happens then."""

from accolade.programs.calendar_words import days
from accolade.programs.rules import Program
from accolade.programs.signals import LAST_DAYS
from accolade.programs.terms import Guard
from accolade.texts import Texts
from accolade.texts.phrases import points


def guard_sentence(guard: Guard, program: Program, texts: Texts) -> str:
    """`If more than 20% was taken off the list price, a person looks at it first.`"""
    effect = {
        "cap": lambda: (
            texts.t("at most %(points)s are paid", points=points(texts, guard.points, program.unit))
            if guard.points
            else texts.t("nothing is paid")
        ),
        "hold": lambda: texts.t("the points are pending for %(days)s", days=days(guard.days, texts)),
        "review": lambda: texts.t("a person looks at it first"),
    }[guard.effect]()
    return texts.t("If %(what)s, %(effect)s.", what=_watched(guard, texts), effect=effect)


def _watched(guard: Guard, texts: Texts) -> str:
    above = guard.above
    return {
        "stage_bouncing": lambda: texts.n(
            "it went back to an earlier stage more than %(count)s time",
            "it went back to an earlier stage more than %(count)s times",
            above,
        ),
        "back_dated_close": lambda: texts.n(
            "it was marked as closed more than %(count)s day after its close date",
            "it was marked as closed more than %(count)s days after its close date",
            above,
        ),
        "split_under_threshold": lambda: texts.n(
            "more than %(count)s other deal with the same account is made within a week of it",
            "more than %(count)s other deals with the same account are made within a week of it",
            above,
        ),
        "own_duplicate_merged": lambda: texts.t("the duplicate was made by the same person"),
        "bounced": lambda: texts.t("it went back to an earlier stage"),
        "late": lambda: texts.t("it was marked as closed after its close date"),
        "split": lambda: texts.t("another deal with the same account is made within a week of it"),
        "reopened": lambda: texts.t("it was closed and opened again"),
        "cheap": lambda: texts.t("it is sold below the list price"),
        "closed_and_reopened": lambda: texts.n(
            "it was closed and opened again more than %(count)s time",
            "it was closed and opened again more than %(count)s times",
            above,
        ),
        "period_end_pull_forward": lambda: texts.n(
            "it is closed on the last day of the period",
            "it is closed in the last %(count)s days of the period",
            max(1, LAST_DAYS - above),
        ),
        "discount_depth": lambda: texts.t("it is sold more than %(percent)s%% below the list price", percent=texts.number(above)),
    }[guard.signal if above else _EVER.get(guard.signal, guard.signal)]()


_EVER = {
    "stage_bouncing": "bounced",
    "back_dated_close": "late",
    "split_under_threshold": "split",
    "closed_and_reopened": "reopened",
    "discount_depth": "cheap",
}
"""Signals of which already one is too many, by how that is said."""
