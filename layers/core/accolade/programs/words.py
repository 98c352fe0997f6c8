"""A program in plain words: what counts, for how long, for whom, and its limits; generated from the rules themselves."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from accolade.programs.condition_words import condition_words, joined
from accolade.programs.expiry_words import expiry_sentences
from accolade.programs.kind_words import headline
from accolade.programs.kpi_words import audience
from accolade.programs.limit_words import cap_sentence, limits
from accolade.programs.rules import Milestone, Program
from accolade.texts import Texts
from accolade.texts.phrases import points
from accolade.texts.plain import plain

_LONG = timedelta(days=365)
"""A silence that begins later than this says nothing to a reader."""


def program_sentences(program: Program, texts: Texts) -> list[str]:
    """The rules of a program, a paragraph each: the milestones, then for how long, whose records, the limits and what is taken
    back."""
    return [*(milestone_sentence(milestone, program, texts) for milestone in program.milestones), *_frame(program, texts)]


def milestone_sentence(milestone: Milestone, program: Program, texts: Texts) -> str:
    """One milestone, in one sentence or a few: `500 points for every 5 won deals in a quarter. At most one award a day.`"""
    return " ".join([f"{headline(milestone, program, texts)}.", *limits(milestone, program, texts)])


def _frame(program: Program, texts: Texts) -> Iterator[str]:
    deals = all(milestone.record == "deal" for milestone in program.milestones)
    yield _days(program, texts, deals=deals)
    if whom := audience(program):
        yield texts.t("It is for you if %(condition)s.", condition=condition_words(whom, texts))
    yield from _rolled_out(program, texts)
    yield from _credits(program, texts, deals=deals)
    for cap in program.caps:
        yield f"{texts.t('All awards of the program together:')} {cap_sentence(cap, program, texts)}"
    if program.budget is not None:
        worth = points(texts, program.budget, program.unit)
        yield texts.t("All awards together are limited to %(points)s; what does not fit waits until there is room.", points=worth)
    if program.document.get("backlog") == "skip":
        yield texts.t("What is dated before the program went live pays nothing.")
    value = texts.decimal(Decimal(program.point_value.numerator) / Decimal(program.point_value.denominator))
    yield texts.t("One point is worth %(value)s %(currency)s.", value=value, currency=program.currency)
    yield from _taken_back(program, texts, deals=deals)
    yield from expiry_sentences(program.expires, texts)


def _days(program: Program, texts: Texts, *, deals: bool) -> str:
    begin = texts.date(program.effective_from)
    if program.effective_to is None:
        if deals:
            return texts.t("It counts deals closed from %(begin)s on.", begin=begin)
        return texts.t("It counts what is dated from %(begin)s on.", begin=begin)
    end = texts.date(program.effective_to - timedelta(days=1))
    if deals:
        return texts.t("It counts deals closed from %(begin)s to %(end)s, both days included.", begin=begin, end=end)
    return texts.t("It counts what is dated from %(begin)s to %(end)s, both days included.", begin=begin, end=end)


def _rolled_out(program: Program, texts: Texts) -> Iterator[str]:
    if program.rollout_teams:
        names = joined((plain(it, limit=80) for it in program.rollout_teams), texts.t("and"))
        yield texts.t("For now it is only for these teams: %(names)s.", names=names)
    if program.rollout_percent < 100:
        percent = texts.number(program.rollout_percent)
        yield texts.t("For now it is only for %(percent)s%% of all people, who stay the same.", percent=percent)


def _taken_back(program: Program, texts: Texts, *, deals: bool) -> Iterator[str]:
    if deals:
        yield texts.t("If a deal no longer counts, because it is reopened, lost, changed or deleted, its points are taken back.")
    else:
        yield texts.t("If something no longer counts, because it is reopened, changed or deleted, its points are taken back.")
    if program.debt_limit:
        owed = points(texts, program.debt_limit, program.unit)
        yield texts.t("What is not in the wallet by then is owed, up to %(points)s, and paid back by later awards.", points=owed)
    if program.silent_after < _LONG:
        hours = texts.n("%(count)s hour", "%(count)s hours", program.silent_after // timedelta(hours=1))
        yield texts.t("What we hear of more than %(hours)s late is paid without a message.", hours=hours)


def _credits(program: Program, texts: Texts, *, deals: bool) -> Iterator[str]:
    rules = {milestone.credit for milestone in program.milestones}
    if not deals:
        if rules == {"current_owner"}:
            yield texts.t("A record counts for whoever owns it now.")
        else:
            yield texts.t("A record counts for whoever owned it when it was closed, or owns it where nothing is closed.")
    elif rules == {"current_owner"}:
        yield texts.t("A deal counts for whoever owns it now.")
    elif "current_owner" in rules:
        names = [plain(it.id.replace("-", " "), limit=80) for it in program.milestones if it.credit == "current_owner"]
        yield texts.t(
            "A deal counts for whoever owned it when it was closed; for %(names)s, for whoever owns it now.",
            names=joined(names, texts.t("and")),
        )
    else:
        yield texts.t("A deal counts for whoever owned it when it was closed.")
