"""What else a milestone says, in sentences: for whom, until when, within what bounds, shared and multiplied how."""

from collections.abc import Iterator
from decimal import Decimal

from accolade.programs.calendar_words import days, within
from accolade.programs.condition_words import condition_words, joined, share
from accolade.programs.field_words import field_name
from accolade.programs.guard_words import guard_sentence
from accolade.programs.rules import Milestone, Program
from accolade.programs.terms import Cap, Split
from accolade.texts import Texts
from accolade.texts.phrases import points


def limits(milestone: Milestone, program: Program, texts: Texts) -> Iterator[str]:
    """The sentences after a milestone's first one, each with its full stop."""
    yield from _counted(milestone, texts)
    yield from _ties(milestone, texts)
    yield from _shared(milestone, texts)
    yield from _when(milestone, texts)
    yield from _multiplied(milestone, texts)
    for cap in milestone.caps:
        yield cap_sentence(cap, program, texts)
    yield from _held(milestone, texts)
    for guard in milestone.guards:
        yield guard_sentence(guard, program, texts)
    if milestone.approval_above is not None:
        limit = points(texts, milestone.approval_above, program.unit)
        yield texts.t("Awards above %(points)s are approved by a person first.", points=limit)
    if not milestone.notify:
        yield texts.t("No message is sent about it.")


def cap_sentence(cap: Cap, program: Program, texts: Texts) -> str:
    """`At most 1,000 points for one person in a month; what is above is not paid.`"""
    names = {
        "points": points(texts, cap.points, program.unit),
        "when": within(cap.calendar, texts) if cap.calendar else texts.t("in all"),
        "whom": {
            "participant": texts.t("for one person"),
            "team": texts.t("for one team"),
            "region": texts.t("for one region"),
            "company": texts.t("for the whole company"),
        }[cap.scope],
    }
    if cap.over == "refuse":
        return texts.t("At most %(points)s %(whom)s %(when)s; an award that does not fit whole is not paid.", **names)
    return texts.t("At most %(points)s %(whom)s %(when)s; what is above that is not paid.", **names)


def _counted(milestone: Milestone, texts: Texts) -> Iterator[str]:
    if milestone.daily is not None:
        yield texts.n("At most one award a day.", "At most %(count)s awards a day.", milestone.daily)
    if milestone.dated_by:
        yield texts.t("The date that counts is %(field)s.", field=field_name(milestone.dated_by, texts))
    if milestone.quota:
        yield texts.t("Who has no quota gets nothing here.")
    yield from _run(milestone, texts)
    if milestone.improvement and not milestone.improvement.than:
        yield texts.t("Periods without a value do not count, and at least two are needed.")
    if milestone.nominators:
        yield {
            "manager": texts.t("Managers nominate."),
            "anyone": texts.t("Anyone may nominate."),
            "admin": texts.t("Administrators nominate."),
        }[milestone.nominators]
    if milestone.keep == "once_reached":
        yield texts.t("What was reached once is kept, as long as the facts that reached it stand.")
    if milestone.keep == "once_reached" and milestone.reached == "day":
        yield texts.t("It is looked at at the end of each day.")


def _run(milestone: Milestone, texts: Texts) -> Iterator[str]:
    streak = milestone.streak
    if streak and streak.of == "records":
        yield texts.t("One that ends otherwise breaks the run.")
    if streak and streak.once:
        yield texts.t("It is paid once, however many runs there are.")


def _ties(milestone: Milestone, texts: Texts) -> Iterator[str]:
    if milestone.rank is None:
        return
    titles = {use.name: texts.t(use.kpi.title) for use in milestone.tie_uses}
    known = {"earlier": texts.t("who was there earlier"), "name": texts.t("the name")}
    rules = [
        known.get(rule) or texts.t('the value of "%(kpi)s"', kpi=titles[rule])
        for rule in milestone.rank.ties
        if rule in known or rule in titles
    ]
    if rules:
        yield texts.t("If two are equal, what decides is %(rules)s.", rules=joined(rules, texts.t("and then")))
    if "share" in milestone.rank.ties:
        yield texts.t("Those who are equal share what their places get.")


def _shared(milestone: Milestone, texts: Texts) -> Iterator[str]:
    if milestone.subject != "person":
        yield {
            "team": texts.t("It is about what a team does together."),
            "region": texts.t("It is about what a region does together."),
            "company": texts.t("It is about what the whole company does together."),
        }[milestone.subject]
        yield {
            "equal": texts.t("Its members share the points equally."),
            "by_kpi": texts.t("Its members share the points by what each of them added."),
            "each": texts.t("Each of its members gets all of the points."),
        }[milestone.sharing]
    if milestone.splits:
        parts = joined((_split(it, texts) for it in milestone.splits), texts.t("and"))
        yield texts.t("The points are split: %(parts)s.", parts=parts)


def _split(split: Split, texts: Texts) -> str:
    known = {
        "owner": texts.t("the owner"),
        "manager": texts.t("the owner's manager"),
        "team": texts.t("the owner's team, in equal parts"),
    }
    whom = known.get(split.to) or field_name(split.to, texts)
    return texts.t("%(share)s for %(whom)s", share=share(split.share, texts), whom=whom)


def _when(milestone: Milestone, texts: Texts) -> Iterator[str]:
    """When it is decided, if not at once."""
    if milestone.kpi is None or milestone.evaluate != "at_close" or milestone.kpi.calendar.kind == "lifetime":
        return
    wait = milestone.closes_after.days
    if wait:
        yield texts.t("It is decided %(days)s after the end of the period.", days=days(wait, texts))
    else:
        yield texts.t("It is decided at the end of the period.")


def _multiplied(milestone: Milestone, texts: Texts) -> Iterator[str]:
    for multiplier in milestone.multipliers:
        yield texts.t(
            "The points count %(times)s times if %(condition)s.",
            times=texts.decimal(Decimal(multiplier.times.numerator) / Decimal(multiplier.times.denominator)),
            condition=condition_words(multiplier.tree, texts),
        )


def _held(milestone: Milestone, texts: Texts) -> Iterator[str]:
    hold = milestone.hold
    if hold is None or hold.days is None:
        return
    if hold.tree is None:
        yield texts.t("The points are pending for %(days)s, and then yours.", days=days(hold.days, texts))
    else:
        yield texts.t(
            "The points are pending until %(condition)s; if that is not so within %(days)s, they go back.",
            condition=condition_words(hold.tree, texts),
            days=days(hold.days, texts),
        )
