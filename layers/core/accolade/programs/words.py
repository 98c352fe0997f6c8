"""A program in plain words: what counts, for how long, for whom, and its limits; generated from the rules themselves."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from accolade.model.money import Money
from accolade.programs.amount_words import amount_words
from accolade.programs.condition_tree import All, Condition, Test
from accolade.programs.condition_words import condition_words, field_name, joined
from accolade.programs.rules import KpiUse, Milestone, Program, Threshold
from accolade.texts import Texts
from accolade.texts.phrases import points
from accolade.texts.plain import plain

_LONG = timedelta(days=365)
"""A silence that begins later than this says nothing to a reader."""


def program_sentences(program: Program, texts: Texts) -> list[str]:
    """The rules of a program as sentences: each milestone, then for how long, whose deals, the limits and what is taken back."""
    return [*(milestone_sentence(milestone, program, texts) for milestone in program.milestones), *_frame(program, texts)]


def milestone_sentence(milestone: Milestone, program: Program, texts: Texts) -> str:
    """One milestone: `500 points for every 5 won deals in a quarter.`"""
    if milestone.kpi is None:
        return _record(milestone, program, texts)
    worth = points(texts, milestone.points.fixed, program.unit)
    what = _every(milestone, milestone.kpi, texts) if milestone.n else _goal(milestone, milestone.kpi, texts)
    kinds = {
        "month": texts.t("%(points)s for %(what)s in a month", points=worth, what=what),
        "quarter": texts.t("%(points)s for %(what)s in a quarter", points=worth, what=what),
        "year": texts.t("%(points)s for %(what)s in a year", points=worth, what=what),
        "lifetime": texts.t("%(points)s for %(what)s, counted over all time", points=worth, what=what),
    }
    sentence = kinds[milestone.kpi.calendar.kind]
    only = _without_audience(milestone.kpi.tree, program)
    if only is not None:
        sentence = texts.t(
            "%(sentence)s, counting only deals where %(condition)s", sentence=sentence, condition=condition_words(only, texts)
        )
    return f"{sentence}."


def _record(milestone: Milestone, program: Program, texts: Texts) -> str:
    outcome, rest = _outcome(_without_audience(milestone.tree, program))
    noun = {"won": texts.t("each won deal"), "lost": texts.t("each lost deal")}.get(outcome, texts.t("each deal"))
    what = texts.t("%(noun)s where %(condition)s", noun=noun, condition=condition_words(rest, texts)) if rest else noun
    worth = milestone.points
    if worth.per is None:
        return texts.t("%(points)s for %(what)s", points=points(texts, worth.fixed, program.unit), what=what) + "."
    sentence = texts.t("%(rate)s, for %(what)s, in whole points", rate=_rate(milestone, program, texts), what=what)
    if worth.floor:
        sentence = texts.t(
            "%(sentence)s, at least %(points)s", sentence=sentence, points=points(texts, worth.floor, program.unit)
        )
    if worth.cap is not None:
        sentence = texts.t("%(sentence)s, at most %(points)s", sentence=sentence, points=points(texts, worth.cap, program.unit))
    return f"{sentence}."


def _rate(milestone: Milestone, program: Program, texts: Texts) -> str:
    """`1 point for each $100.00 of the amount`"""
    worth = milestone.points
    per = 1 / worth.rate
    count, step = (1, per) if per.denominator == 1 else (worth.rate.numerator, worth.rate.denominator)
    each = texts.money(Money(int(step), worth.currency)) if worth.currency else texts.number(int(step))
    field = field_name(worth.per or "", texts)
    return texts.t("%(points)s for each %(step)s of %(field)s", points=points(texts, count, program.unit), step=each, field=field)


def _every(milestone: Milestone, use: KpiUse, texts: Texts) -> str:
    n = milestone.n or 1
    if use.name == "won_count":
        return texts.n("every won deal", "every %(count)s won deals", n)
    if use.name == "closed_count":
        return texts.n("every closed deal", "every %(count)s closed deals", n)
    amount = texts.money(Money(n, use.currency)) if use.currency and use.kpi.unit == "money" else texts.number(n)
    return texts.t("every %(amount)s of %(kpi)s", amount=amount, kpi=_kpi_name(use, texts))


def _goal(milestone: Milestone, use: KpiUse, texts: Texts) -> str:
    line = milestone.threshold or Threshold("at_least")
    low, high = (_amount(bound, use, texts) for bound in (line.low, line.high))
    goal = {
        "at_least": texts.t("%(kpi)s of at least %(low)s", kpi=_kpi_name(use, texts), low=low),
        "above": texts.t("%(kpi)s above %(low)s", kpi=_kpi_name(use, texts), low=low),
        "at_most": texts.t("%(kpi)s of at most %(high)s", kpi=_kpi_name(use, texts), high=high),
        "below": texts.t("%(kpi)s below %(high)s", kpi=_kpi_name(use, texts), high=high),
        "between": texts.t("%(kpi)s between %(low)s and %(high)s", kpi=_kpi_name(use, texts), low=low, high=high),
    }[line.operator]
    if line.operator == "at_least" and use.name == "won_count" and line.low is not None:
        goal = texts.n("the first won deal", "%(count)s won deals", int(line.low))
    if not milestone.min_sample:
        return goal
    least = milestone.min_sample
    return texts.n("%(goal)s over at least %(count)s deal", "%(goal)s over at least %(count)s deals", least, goal=goal)


def _kpi_name(use: KpiUse, texts: Texts) -> str:
    known = {
        "won_count": texts.t("a number of won deals"),
        "closed_count": texts.t("a number of closed deals"),
        "won_amount": texts.t("a total of won amounts"),
        "close_rate": texts.t("a close rate"),
    }
    return known.get(use.name) or texts.t(use.kpi.title)


def _amount(bound: object, use: KpiUse, texts: Texts) -> str:
    return amount_words(bound, use.kpi.unit, texts, currency=use.currency) if isinstance(bound, Fraction) else ""


def _frame(program: Program, texts: Texts) -> Iterator[str]:
    begin = texts.date(program.effective_from)
    if program.effective_to:
        end = texts.date(program.effective_to - timedelta(days=1))
        yield texts.t("It counts deals closed from %(begin)s to %(end)s, both days included.", begin=begin, end=end)
    else:
        yield texts.t("It counts deals closed from %(begin)s on.", begin=begin)
    if program.audience_tree:
        yield texts.t("It is for you if %(condition)s.", condition=condition_words(program.audience_tree, texts))
    yield from _credits(program, texts)
    if program.budget is not None:
        worth = points(texts, program.budget, program.unit)
        yield texts.t("All awards together are limited to %(points)s; what does not fit waits until there is room.", points=worth)
    value = texts.decimal(Decimal(program.point_value.numerator) / Decimal(program.point_value.denominator))
    yield texts.t("One point is worth %(value)s %(currency)s.", value=value, currency=program.currency)
    owed = points(texts, program.debt_limit, program.unit)
    yield texts.t("If a deal no longer counts, because it is reopened, lost, changed or deleted, its points are taken back.")
    if program.debt_limit:
        yield texts.t("What is not in the wallet by then is owed, up to %(points)s, and paid back by later awards.", points=owed)
    if program.silent_after < _LONG:
        hours = texts.n("%(count)s hour", "%(count)s hours", program.silent_after // timedelta(hours=1))
        yield texts.t("What we hear of more than %(hours)s late is paid without a message.", hours=hours)


def _credits(program: Program, texts: Texts) -> Iterator[str]:
    rules = {milestone.credit for milestone in program.milestones}
    if rules == {"current_owner"}:
        yield texts.t("A deal counts for whoever owns it now.")
    elif "current_owner" in rules:
        names = [plain(it.id.replace("-", " "), limit=80) for it in program.milestones if it.credit == "current_owner"]
        listed = joined(names, texts.t("and"))
        yield texts.t(
            "A deal counts for whoever owned it when it was closed; for %(names)s, for whoever owns it now.", names=listed
        )
    else:
        yield texts.t("A deal counts for whoever owned it when it was closed.")


def _without_audience(tree: Condition | None, program: Program) -> Condition | None:
    """The milestone's own condition: the audience is said once, for the whole program."""
    audience = program.audience_tree
    if audience is None or tree is None:
        return tree
    if tree == audience:
        return None
    return tree.parts[1] if isinstance(tree, All) and tree.parts[0] == audience else tree


def _outcome(tree: Condition | None) -> tuple[str, Condition | None]:
    """`won` or `lost` if the condition asks for that outcome among other things, and those other things."""
    parts = tree.parts if isinstance(tree, All) else (tree,) if tree else ()
    for part in parts:
        if isinstance(part, Test) and (part.field, part.operator) == ("deal.stage", "is") and part.operand in ("won", "lost"):
            rest = tuple(other for other in parts if other is not part)
            return str(part.operand), All(rest) if len(rest) > 1 else rest[0] if rest else None
    return "", tree
