"""News in words: a program starts, changes or ends; a reward is ready, or its points are back; points expire; an award waits
for its owner's manager; a budget runs low."""

import re
from collections.abc import Iterable
from datetime import date

from accolade.model.deliveries import Announcement
from accolade.texts import Texts, budgets, chosen
from accolade.texts.plain import plain

TITLE_LIMIT = 60

PARAGRAPH_LIMIT = 2_000
"""Characters of one paragraph of a program's rules that are shown at most: what counts is never cut short."""

_SENTENCE_END = re.compile(r"(?<=[.?])\s+(?=[^\W\d_a-z]|\d)")


def headline(texts: Texts, news: Announcement) -> str:
    """`"Quarter race" counts from 1 January 2026 on.`"""
    if news.event == "budget":
        return budgets.subject(texts, news)
    name = plain(chosen(news.title, texts.language), limit=TITLE_LIMIT)
    title = texts.t('"%(subject)s"', subject=name)
    on = texts.date(date.fromisoformat(news.on))
    return {
        "started": texts.t("%(title)s counts from %(on)s on.", title=title, on=on),
        "changed": texts.t("%(title)s changes from %(on)s on.", title=title, on=on),
        "ended": texts.t("%(title)s has ended: %(on)s was its last day.", title=title, on=on),
        "ready": texts.t("%(title)s is ready: open your wallet to see it.", title=title),
        "returned": texts.t("%(title)s could not be delivered: your points are back in your wallet.", title=title),
        "declined": texts.t("%(title)s was not approved: your points are back in your wallet.", title=title),
        "answered": texts.t("Your question of %(on)s is answered.", on=on),
        "approval": texts.t("%(title)s waits for your approval.", title=title),
        "expires": texts.t("%(points)s will expire on %(on)s.", points=name, on=on),
    }[news.event]


def subject(texts: Texts, news: Announcement) -> str:
    """A line for an e-mail's subject."""
    if news.event == "budget":
        return budgets.subject(texts, news)
    title = plain(chosen(news.title, texts.language), limit=TITLE_LIMIT)
    on = texts.date(date.fromisoformat(news.on))
    return {
        "started": texts.t("New: %(sentence)s", sentence=title),
        "changed": texts.t("Changed: %(title)s", title=title),
        "ended": texts.t("Ended: %(title)s", title=title),
        "ready": texts.t("Your reward is ready: %(title)s", title=title),
        "returned": texts.t("Your points are back: %(title)s", title=title),
        "declined": texts.t("Your points are back: %(title)s", title=title),
        "answered": texts.t("Your question is answered"),
        "approval": texts.t("For your approval: %(title)s", title=title),
        "expires": texts.t("%(points)s will expire on %(on)s", points=title, on=on),
    }[news.event]


def closing_words(texts: Texts, news: Announcement) -> str:
    """What it means for what was earned; empty where nothing needs saying."""
    if news.event == "ended":
        return texts.t("What you earned stays yours.")
    if news.event == "approval":
        return texts.t("It is paid once somebody approves it; you sign in with a code first.")
    if news.event == "ready":
        return texts.t("It is shown after you sign in, and never in a message.")
    if news.event in ("returned", "declined"):
        return texts.t("You can choose something else there.")
    if news.event == "changed":
        return texts.t("Everything else stays as it was. What you earned before stays yours.")
    return ""


def pieces(paragraphs: Iterable[str]) -> list[str]:
    """Paragraphs taken apart into whole sentences, for messages that hold only some of them."""
    return [sentence for it in paragraphs for sentence in _SENTENCE_END.split(plain(it, limit=PARAGRAPH_LIMIT)) if sentence]
