"""Milestones in words: the one sentence that says what is paid for what, by kind."""

from collections.abc import Callable
from fractions import Fraction

from accolade.model.money import Money
from accolade.programs.amount_words import amount_words
from accolade.programs.calendar_words import within
from accolade.programs.condition_tree import All, Condition, Test
from accolade.programs.condition_words import condition_words, joined, share
from accolade.programs.field_words import field_name
from accolade.programs.kpi_words import goal, kpi_name, own_condition, sampled, step, where
from accolade.programs.record_words import each, several
from accolade.programs.rules import KpiUse, Milestone, Program
from accolade.programs.terms import Threshold
from accolade.texts import Texts
from accolade.texts.phrases import points

Said = Callable[[Milestone, Program, Texts], str]


def headline(milestone: Milestone, program: Program, texts: Texts) -> str:
    """What is paid for what, without a full stop: `500 points for every 5 won deals in a quarter`."""
    return _KINDS[milestone.kind](milestone, program, texts)


def _record(milestone: Milestone, program: Program, texts: Texts) -> str:
    outcome, rest = _outcome(milestone.record, own_condition(milestone.tree, program))
    noun = each(milestone.record, texts, outcome=outcome)
    what = _restricted(noun, rest, texts)
    worth = milestone.points
    if worth.per is None:
        return texts.t("%(points)s for %(what)s", points=points(texts, worth.fixed, program.unit), what=what)
    said = texts.t("%(rate)s, for %(what)s, in whole points", rate=_rate(milestone, program, texts), what=what)
    if worth.floor:
        said = texts.t("%(sentence)s, at least %(points)s", sentence=said, points=points(texts, worth.floor, program.unit))
    if worth.cap is not None:
        said = texts.t("%(sentence)s, at most %(points)s", sentence=said, points=points(texts, worth.cap, program.unit))
    return said


def _rate(milestone: Milestone, program: Program, texts: Texts) -> str:
    """`1 point for each $100.00 of the amount`"""
    worth = milestone.points
    per = 1 / worth.rate
    count, size = (1, per) if per.denominator == 1 else (worth.rate.numerator, worth.rate.denominator)
    unit = texts.money(Money(int(size), worth.currency)) if worth.currency else texts.number(int(size))
    field = field_name(worth.per or "", texts)
    return texts.t("%(points)s for each %(step)s of %(field)s", points=points(texts, count, program.unit), step=unit, field=field)


def _every(milestone: Milestone, program: Program, texts: Texts) -> str:
    use = milestone.kpi
    return _timed(milestone, program, step(milestone, use, texts), texts) if use else ""


def _kpi(milestone: Milestone, program: Program, texts: Texts) -> str:
    use = milestone.kpi
    if use is None:
        return ""
    if not milestone.tiers:
        return _timed(milestone, program, goal(milestone, use, milestone.threshold or Threshold("at_least"), texts), texts)
    tiers = (
        texts.t(
            "%(points)s for %(what)s",
            points=points(texts, tier.points, program.unit),
            what=goal(milestone, use, tier.threshold, texts, again=number > 0),
        )
        for number, tier in enumerate(milestone.tiers)
    )
    said = f"{joined(tiers, texts.t('or'))} {within(use.calendar, texts)}"
    return texts.t("%(tiers)s; the highest that is reached counts", tiers=_counting(milestone, use, program, said, texts))


def _streak(milestone: Milestone, program: Program, texts: Texts) -> str:
    streak, use = milestone.streak, milestone.kpi
    if streak is None or use is None:
        return ""
    rule = own_condition(milestone.tree, program)
    condition = condition_words(rule, texts) if rule else ""
    names = {"count": texts.number(streak.k), "records": several(milestone.record, texts), "condition": condition}
    what = {
        "records": texts.t("every %(count)s %(records)s in a row where %(condition)s", **names),
        "days": texts.t("every %(count)s days in a row with %(records)s where %(condition)s", **names),
        "weeks": texts.t("every %(count)s weeks in a row with %(records)s where %(condition)s", **names),
        "months": texts.t("every %(count)s months in a row with %(records)s where %(condition)s", **names),
    }[streak.of]
    worth = points(texts, milestone.points.fixed, program.unit)
    said = texts.t("%(points)s for %(what)s, %(when)s", points=worth, what=what, when=within(use.calendar, texts))
    return _counting(milestone, use, program, said, texts)


def _rank(milestone: Milestone, program: Program, texts: Texts) -> str:
    rank, use = milestone.rank, milestone.kpi
    if rank is None or use is None:
        return ""
    names = {"when": within(use.calendar, texts), "kpi": sampled(milestone, kpi_name(use, texts), texts)}
    if rank.prizes:
        listed = joined((texts.number(it) for it in rank.prizes), texts.t("and"))
        names["points"] = texts.t("%(numbers)s points", numbers=listed)
        said = texts.n(
            "the best one %(when)s, by %(kpi)s, gets %(points)s",
            "the best %(count)s %(when)s, by %(kpi)s, get %(points)s, in this order",
            rank.top,
            **names,
        )
    else:
        names["points"] = points(texts, rank.pot, program.unit)
        names["shares"] = joined((share(it, texts) for it in rank.shares), texts.t("and"))
        said = texts.n(
            "the best one %(when)s, by %(kpi)s, gets all of %(points)s",
            "the best %(count)s %(when)s, by %(kpi)s, share %(points)s: %(shares)s",
            rank.top,
            **names,
        )
    said = _counting(milestone, use, program, said, texts)
    return said[:1].upper() + said[1:]


def _improvement(milestone: Milestone, program: Program, texts: Texts) -> str:
    wanted, use = milestone.improvement, milestone.kpi
    if wanted is None or use is None:
        return ""
    worth, when = points(texts, milestone.points.fixed, program.unit), within(use.calendar, texts)
    if wanted.than:
        rule = own_condition(milestone.tree, program)
        noun = _restricted(each(milestone.record, texts), rule, texts)
        field = field_name(wanted.of, texts)
        return texts.t(
            "%(points)s for %(what)s and %(field)s is below the median of your team in the period before, %(when)s",
            points=worth,
            what=noun,
            field=field,
            when=when,
        )
    name = sampled(milestone, kpi_name(use, texts), texts)
    by = share(wanted.delta, texts) if wanted.relative else _delta(use, wanted.delta, texts)
    said = texts.t(
        "%(points)s for %(kpi)s that is at least %(by)s better than your own average of the %(count)s periods before, %(when)s",
        points=worth,
        kpi=name,
        by=by,
        count=texts.number(wanted.periods),
        when=when,
    )
    return _counting(milestone, use, program, said, texts)


def _manual(milestone: Milestone, program: Program, texts: Texts) -> str:
    worth = points(texts, milestone.points.fixed, program.unit)
    tree = own_condition(milestone.tree, program)
    rest = tree.parts[2] if isinstance(tree, All) and len(tree.parts) > 2 else None
    what = _restricted(texts.t("each nomination that is approved"), rest, texts)
    return texts.t("%(points)s for %(what)s", points=worth, what=what)


_KINDS: dict[str, Said] = {
    "record": _record,
    "behaviour": _record,
    "every": _every,
    "kpi": _kpi,
    "streak": _streak,
    "rank": _rank,
    "improvement": _improvement,
    "manual": _manual,
}


def _timed(milestone: Milestone, program: Program, what: str, texts: Texts) -> str:
    """What is paid for what, in which time, over which records."""
    use = milestone.kpi
    if use is None:
        return ""
    worth = points(texts, milestone.points.fixed, program.unit)
    if use.calendar.kind == "lifetime":
        said = texts.t("%(points)s for %(what)s, counted over all time", points=worth, what=what)
    else:
        said = texts.t("%(points)s for %(what)s %(when)s", points=worth, what=what, when=within(use.calendar, texts))
    return _counting(milestone, use, program, said, texts)


def _counting(milestone: Milestone, use: KpiUse, program: Program, said: str, texts: Texts) -> str:
    only = where(use, program)
    if only is None:
        return said
    condition = condition_words(only, texts)
    if milestone.record == "deal":
        return texts.t("%(sentence)s, counting only deals where %(condition)s", sentence=said, condition=condition)
    records = several(milestone.record, texts)
    return texts.t(
        "%(sentence)s, counting only %(records)s where %(condition)s", sentence=said, records=records, condition=condition
    )


def _restricted(noun: str, rest: Condition | None, texts: Texts) -> str:
    if rest is None:
        return noun
    return texts.t("%(noun)s where %(condition)s", noun=noun, condition=condition_words(rest, texts))


def _delta(use: KpiUse, delta: Fraction, texts: Texts) -> str:
    if use.kpi.unit == "ratio":
        return texts.t("%(count)s percentage points", count=share(delta, texts).removesuffix("%"))
    return amount_words(delta, use.kpi.unit, texts, currency=use.currency)


def _outcome(record: str, tree: Condition | None) -> tuple[str, Condition | None]:
    """`won` or `lost` if the condition asks for that outcome of a deal among other things, and those other things."""
    parts = tree.parts if isinstance(tree, All) else (tree,) if tree else ()
    for part in parts:
        asked = isinstance(part, Test) and record == "deal" and (part.field, part.operator) == ("deal.stage", "is")
        if asked and isinstance(part, Test) and part.operand in ("won", "lost"):
            rest = tuple(other for other in parts if other is not part)
            return str(part.operand), All(rest) if len(rest) > 1 else rest[0] if rest else None
    return "", tree
