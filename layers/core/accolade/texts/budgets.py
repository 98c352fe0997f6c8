"""A budget's level in words, for the company's own staff: how much of how much, what waits, and what happens next."""

from collections.abc import Mapping

from accolade.model.deliveries import Announcement
from accolade.texts import LANGUAGES, Texts, chosen
from accolade.texts import texts as speaking
from accolade.texts.phrases import points
from accolade.texts.plain import plain

TITLE_LIMIT = 60

AGAIN = {80: 95}
"""Level -> the share at which the reader is told again; above comes only that it is used up."""


def share_title(kind: str, who: str, program: Mapping[str, str]) -> dict[str, str]:
    """What a share of budgets (`team`, `manager`; else the company's) is called, in each language: "Quarter race, team West".
    A manager is not named here, for it is kept with a message: the page does."""
    found = {}
    for language in LANGUAGES:
        t, title = speaking(language), chosen(program, language)
        if kind == "team":
            found[language] = t.t("%(program)s, team %(team)s", program=title, team=who)
        elif kind == "manager":
            found[language] = t.t("%(program)s, the people of one manager", program=title)
        else:
            found[language] = t.t("the whole company")
    return found


def subject(texts: Texts, news: Announcement) -> str:
    """`95% of the budget is used: Quarter race`"""
    title, said = plain(chosen(news.title, texts.language), limit=TITLE_LIMIT), news.figures
    if said["spent"] >= said["limit"]:
        return texts.t("The budget is used up: %(title)s", title=title)
    if said["waiting"]:
        return texts.t("Awards wait for budget: %(title)s", title=title)
    return texts.t("%(share)s of the budget is used: %(title)s", share=share(texts, news), title=title)


def share(texts: Texts, news: Announcement) -> str:
    """How much of the budget is used: `95%`."""
    return texts.percent(news.figures["spent"], news.figures["limit"])


def in_short(texts: Texts, news: Announcement, unit: str) -> str:
    """How much of how much, as a sentence."""
    said = news.figures
    of = points(texts, said["limit"], unit)
    return texts.t("%(spent)s of %(limit)s are given.", spent=texts.number(said["spent"]), limit=of)


def rows(texts: Texts, news: Announcement, unit: str) -> list[tuple[str, str]]:
    """The figures, the one that matters most last."""
    said = news.figures
    found = [
        (texts.t("Budget"), points(texts, said["limit"], unit)),
        (texts.t("Given"), points(texts, said["spent"], unit)),
        (texts.t("Left"), points(texts, said["limit"] - said["spent"], unit)),
    ]
    if said["waiting"]:
        found.append((_waiting(texts, said["waiting"], more=bool(said.get("more"))), points(texts, said["points"], unit)))
    return found


def what_next(texts: Texts, news: Announcement) -> str:
    """What happens if nobody does anything, and what a top-up does."""
    said = news.figures
    if said["waiting"]:
        return texts.t("Nothing is lost: after a top-up it is paid within minutes, the oldest first, as far as there is room.")
    if said["spent"] >= said["limit"]:
        return texts.t("What is earned from now on waits. After a top-up it is paid within minutes, the oldest first.")
    again = AGAIN.get(said["level"])
    told = (
        texts.t("You are told again at %(share)s.", share=texts.percent(again, 100))
        if again
        else texts.t("You are told again when it is used up.")
    )
    return f"{texts.t('When it is used up, awards wait until it is raised; none is lost.')} {told}"


def _waiting(texts: Texts, count: int, *, more: bool) -> str:
    if more:
        return texts.t("At least %(count)s awards wait for budget", count=texts.number(count))
    return texts.n("%(count)s award waits for budget", "%(count)s awards wait for budget", count)
