"""Signals in words: what was seen, as a sentence for the person it is about."""

from collections.abc import Callable

from accolade.programs.signals import Sighting
from accolade.texts import Texts
from accolade.texts import later as t

NAMES = {
    "stage_bouncing": t("stage bouncing"),
    "back_dated_close": t("back dated close"),
    "split_under_threshold": t("split under threshold"),
    "own_duplicate_merged": t("own duplicate merged"),
    "closed_and_reopened": t("closed and reopened"),
    "period_end_pull_forward": t("period end pull forward"),
    "discount_depth": t("discount depth"),
}
"""What a signal is called where its figures are not at hand."""


def said(sighting: Sighting, texts: Texts) -> str:
    """What was seen, as a sentence: `It was marked as closed 12 days after its close date.`"""
    seen = sighting.seen
    count = seen.get("count", sighting.score)
    sentences: dict[str, Callable[[], str]] = {
        "stage_bouncing": lambda: texts.n(
            "It went back to a stage that it had left %(count)s time.",
            "It went back to a stage that it had left %(count)s times.",
            count,
        ),
        "back_dated_close": lambda: texts.n(
            "It was marked as closed %(count)s day after its close date.",
            "It was marked as closed %(count)s days after its close date.",
            count,
        ),
        "split_under_threshold": lambda: texts.n(
            "%(count)s other deal with the same account was made within a week of it.",
            "%(count)s other deals with the same account were made within a week of it.",
            count,
        ),
        "own_duplicate_merged": lambda: texts.t("The duplicate that was merged was made by the same person."),
        "closed_and_reopened": lambda: texts.n(
            "It was closed and opened again %(count)s time.", "It was closed and opened again %(count)s times.", count
        ),
        "period_end_pull_forward": lambda: texts.n(
            "It was closed on the last day of the period.",
            "It was closed in the last %(count)s days of the period.",
            count,
        ),
        "discount_depth": lambda: texts.t("It was sold %(percent)s%% below the list price.", percent=texts.number(count)),
    }
    return sentences[sighting.signal]()
