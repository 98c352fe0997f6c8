"""Verdicts in words: one or two sentences that say what became of an award, and what would have to be otherwise."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from accolade.flows.explanation import Verdict, Why
from accolade.model.money import Money
from accolade.programs.condition_words import share
from accolade.programs.explaining_words import way_words
from accolade.texts import Texts
from accolade.texts.phrases import points
from accolade.texts.plain import plain

Sentence = Callable[[Why, Texts, str], str]


def verdict(it: Why, t: Texts, zone: str) -> str:
    """What became of it; times in the reader's `zone`."""
    return _SENTENCES[it.verdict](it, t, zone)


def when(it: Why, t: Texts) -> str:
    """The record's day, or the period."""
    if it.record and it.record.on:
        return t.date(it.record.on)
    return t.period(it.scope) if it.period else ""


def of(it: Why, done: int, needed: int, t: Texts) -> str:
    """How far, in what the milestone counts: `14 of 20`, `66% of 70%`, `$4,000.00 of $5,000.00`."""
    unit = it.milestone.progress_unit
    if unit == "percent":
        written = t.percent(done, 100), t.percent(needed, 100)
    elif len(unit) == 3 and unit.isupper():
        written = t.money(Money(done, unit)), t.money(Money(needed, unit))
    else:
        written = t.number(done), t.number(needed)
    return t.t("%(done)s of %(needed)s", done=written[0], needed=written[1])


def amount(it: Why, value: int | Fraction, t: Texts) -> str:
    """A value of the milestone's KPI: `70%`, `$5,000.00`, `12`, `12.5`."""
    use = it.milestone.kpi
    exact = Fraction(value)
    if use is not None and use.kpi.unit == "ratio":
        return share(exact, t)
    if use is not None and use.kpi.unit == "money" and use.currency:
        return t.money(Money(round(exact), use.currency))
    return t.number(int(exact)) if exact.denominator == 1 else t.decimal(Decimal(str(round(float(exact), 2))))


def _points(it: Why, t: Texts, count: int) -> str:
    return points(t, count, it.program.unit)


def _pending(it: Why, t: Texts, zone: str) -> str:
    worth = _points(it, t, it.holding.pending or it.due)
    until = next((step.until for step in it.steps if step.kind == "hold" and step.until), None)
    if until:
        return t.t("%(points)s are pending until %(on)s.", points=worth, on=t.datetime(until, zone))
    return t.t("%(points)s are pending until their condition is met.", points=worth)


def _closing(it: Why, t: Texts, _: str) -> str:
    if it.period is None or it.period.last_day is None:
        return t.t("It is settled later, when everything that counts is known.")
    return t.t("It is settled after the period's last day, %(on)s.", on=t.date(it.period.last_day))


def _not_met(it: Why, t: Texts, _: str) -> str:
    if it.nearest:
        return t.t("Not earned: it asks that %(what)s.", what=way_words(it.nearest, t))
    return t.t("Not earned: its conditions are not met.")


def _not_for(it: Why, t: Texts, _: str) -> str:
    if it.nearest:
        return t.t("This goal is not for you. It is if %(what)s.", what=way_words(it.nearest, t))
    return t.t("This goal is not for you.")


def _short(it: Why, t: Texts, _: str) -> str:
    measure = it.measure
    if measure is None or measure.done is None or not measure.needed:
        return t.t("Not earned yet: the goal is not reached.")
    left = max(0, measure.needed - measure.done)
    use = it.milestone.kpi
    far = of(it, measure.done, measure.needed, t)
    if use and use.name == "won_count" and use.tree in (None, it.program.audience_tree):
        return t.n("%(count)s win to go: %(of)s.", "%(count)s wins to go: %(of)s.", left, of=far)
    return t.t("Not earned yet: %(of)s.", of=far)


def _sample(it: Why, t: Texts, _: str) -> str:
    there = it.measure.sample if it.measure else 0
    least = it.milestone.min_sample
    return t.n(
        "Not earned yet: it takes %(count)s record, and there are %(there)s.",
        "Not earned yet: it takes %(count)s records, and there are %(there)s.",
        least,
        there=t.number(there),
    )


def _ranked(it: Why, t: Texts, _: str) -> str:
    top = it.milestone.rank.top if it.milestone.rank else 1
    return t.n(
        "Not earned: only the first gets points, and you are not it.",
        "Not earned: the first %(count)s get points, and you are not among them.",
        top,
    )


def _equal(it: Why, t: Texts, _: str) -> str:
    before = it.measure.before if it.measure else None
    if before is None:
        return t.t("Not earned: there are not enough earlier periods to compare with.")
    return t.t("Not earned: it is not enough better than %(before)s, what it was before.", before=amount(it, before, t))


def _after(it: Why, t: Texts, _: str) -> str:
    last = it.program.effective_to
    return t.t("It is dated %(on)s; the program ended on %(end)s.", on=when(it, t), end=t.date(last) if last else "")


def _detail_day(it: Why, t: Texts) -> str:
    try:
        return t.date(date.fromisoformat(it.detail))
    except ValueError:
        return ""


def _capped(it: Why, t: Texts, _: str) -> str:
    cap = next((step for step in it.steps if step.kind == "cap"), None)
    if cap:
        return t.t("The limit of %(limit)s was reached before.", limit=_points(it, t, cap.limit))
    return t.t("The limit was reached before.")


_SENTENCES: dict[Verdict, Sentence] = {
    Verdict.PAID: lambda it, t, _: t.t("You have %(points)s for it.", points=_points(it, t, it.holding.posted)),
    Verdict.PENDING: _pending,
    Verdict.PARKED: lambda it, t, _: t.t(
        "%(points)s wait until the budget has room for them.", points=_points(it, t, it.holding.parked)
    ),
    Verdict.AWAITING: lambda it, t, _: t.t(
        "%(points)s wait for a person who has to approve them.", points=_points(it, t, it.holding.awaiting)
    ),
    Verdict.GHOST: lambda it, t, _: t.t(
        "This program is only being tried out and pays nothing; it would have given %(points)s.",
        points=_points(it, t, it.holding.shadow or it.due),
    ),
    Verdict.CLOSING: _closing,
    Verdict.COMING: lambda it, t, _: t.t("%(points)s are due, and come within two minutes.", points=_points(it, t, it.due)),
    Verdict.REFUSED: lambda it, t, _: t.t(
        "Somebody looked at it and did not approve %(points)s.", points=_points(it, t, it.holding.refused)
    ),
    Verdict.NOT_MET: _not_met,
    Verdict.UNKNOWN: _not_met,
    Verdict.AUDIENCE: _not_for,
    Verdict.ROLLOUT: lambda it, t, _: t.t("This program is introduced step by step, and has not begun for you yet."),
    Verdict.BEFORE: lambda it, t, _: t.t(
        "It is dated %(on)s; the program began on %(begin)s.", on=when(it, t), begin=t.date(it.program.effective_from)
    ),
    Verdict.AFTER: _after,
    Verdict.VERSION: lambda it, t, _: t.t(
        "On %(on)s version %(version)s of the program was in force, which did not have this goal.",
        on=when(it, t),
        version=it.detail,
    ),
    Verdict.BACKLOG: lambda it, t, _: t.t(
        "It is dated before %(begin)s, when points began to be given: it counts, but gives none.", begin=_detail_day(it, t)
    ),
    Verdict.UNDATED: lambda it, t, _: t.t("It has no date yet, so no rule can judge it."),
    Verdict.OPEN: lambda it, t, _: t.t("It is still open; it is judged when it is closed."),
    Verdict.DELETED: lambda it, t, _: t.t("It was deleted in the CRM."),
    Verdict.COPY: lambda it, t, _: t.t("It is a copy from another system; the original counts."),
    Verdict.OWNER: lambda it, t, _: t.t("Its owner in the CRM is not linked to anybody here yet; it is judged again then."),
    Verdict.OTHER: lambda it, t, _: t.t("It counts for somebody else."),
    Verdict.CURRENCY: lambda it, t, _: t.t(
        "Its amount is in %(foreign)s, the program counts in %(currency)s, and no rate is known.",
        foreign=plain(it.detail, limit=10),
        currency=it.program.currency,
    ),
    Verdict.UNCOUNTED: lambda it, t, _: t.t("It adds nothing to what is counted for this goal."),
    Verdict.SHORT: _short,
    Verdict.RANKED: _ranked,
    Verdict.EQUAL: _equal,
    Verdict.SAMPLE: _sample,
    Verdict.UNDEFINED: lambda it, t, _: t.t("Not earned yet: nothing has been counted for it."),
    Verdict.CAPPED: _capped,
    Verdict.WORTHLESS: lambda it, t, _: t.t("It came to less than one point."),
}
