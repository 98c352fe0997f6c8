"""Lines and progress in words: what points were for, why they went back, what comes next."""

from collections.abc import Iterable
from datetime import date, datetime

from accolade.model.deliveries import Delivery, Line, Progress
from accolade.texts import Texts, chosen, fill
from accolade.texts.plain import plain

TITLE_LIMIT = 80
"""Characters of a milestone's title in a message."""


def points(texts: Texts, count: int, unit: str = "points") -> str:
    """An amount of the tenant's unit: "550 points", "1 punt"; a unit of its own name is left as it is: "550 coins"."""
    if unit != "points":
        return f"{texts.number(count)} {plain(unit, limit=20)}"
    return texts.n("%(count)s point", "%(count)s points", count)


def why(texts: Texts, line: Line, at: datetime) -> str:
    """What one line is about, without its points: "5th win this quarter", "closed in 10 days".

    `at`: the instant from which "this quarter" is seen. `every` counts what it counts, unless the title has holes of
    its own; other kinds read as their author's title, and one without a title as its id.
    """
    title = chosen(line.title, texts.language)
    counted = _counted(texts, line, at) if line.milestone_kind == "every" and "{" not in title else ""
    filled = fill(title, _holes(texts, line, at)) if title and not counted else None
    return _standing(texts, line, counted or plain(filled or line.milestone.replace("-", " "), limit=TITLE_LIMIT))


def reasons(texts: Texts, lines: Iterable[Line], at: datetime) -> str:
    """All lines in one phrase, with their points if there are several: "5th win this quarter 500, closed in 10 days 50".

    Points have the sign of the message as a whole: a line against its direction shows a minus.
    """
    known = list(lines)
    if len(known) == 1:
        return why(texts, known[0], at)
    sign = -1 if sum(line.points for line in known) < 0 else 1
    return ", ".join(f"{why(texts, line, at)} {texts.number(sign * line.points)}" for line in known)


def what_happened(texts: Texts, delivery: Delivery, *, subject: str) -> str:
    """Why points went back, as a sentence: "Northwind renewal" was reopened on 2 April. Empty if no line says why.

    `subject` is the record's name, fit to be shown; without one it is "the deal".
    """
    line = next((line for line in delivery.lines if line.points < 0 and "reason" in line.facts), None)
    if line is None:
        return ""
    judged = {
        "close": texts.t("the period is over, and its final result gives less."),
        "late": texts.t("something changed after the period was closed, and it was judged again."),
        "group": texts.t("the result of your group has changed."),
        "quota": texts.t("a quota was changed, and the period was judged again."),
        "vest": texts.t("their condition was not met in time."),
    }.get(str(line.facts["reason"]))
    if judged:
        return judged
    name = texts.t('"%(subject)s"', subject=subject) if subject else texts.t("the deal")
    on = _day(texts, line)
    sentences = {
        "reopened": texts.t("%(name)s was reopened on %(on)s.", name=name, on=on),
        "lost": texts.t("%(name)s was marked as lost on %(on)s.", name=name, on=on),
        "amount": texts.t("the amount of %(name)s was changed on %(on)s.", name=name, on=on),
        "owner": texts.t("%(name)s was credited to somebody else on %(on)s.", name=name, on=on),
        "lapsed": texts.t("the condition for %(name)s was not met in time.", name=name),
        "nomination": texts.t("a nomination was declined or withdrawn on %(on)s.", on=on),
        "deleted": texts.t("%(name)s was deleted on %(on)s.", name=name, on=on),
        "merged": texts.t("%(name)s was merged into another record on %(on)s.", name=name, on=on),
    }
    changed = texts.t("%(name)s was changed on %(on)s and no longer reaches the goal.", name=name, on=on)
    return sentences.get(str(line.facts["reason"]), changed)


def way_back(texts: Texts, delivery: Delivery) -> str:
    """How the points return, as a sentence: They return when it is won again. Empty where they do not return."""
    given = {str(line.facts["reason"]) for line in delivery.lines if line.points < 0 and "reason" in line.facts}
    if given & {"reopened", "lost"}:
        return texts.t("They return when it is won again.")
    return texts.t("They return if it is restored.") if "deleted" in given else ""


def next_step(texts: Texts, progress: Progress, unit: str = "points") -> str:
    """What is still to do: "2 more wins for 500 points, until 30 June"; without a countable KPI the goal's title."""
    worth = points(texts, progress.points, unit)
    left = max(progress.needed - progress.done, 0)
    if progress.kpi == "won_count":
        step = texts.n("%(count)s more win for %(points)s", "%(count)s more wins for %(points)s", left, points=worth)
    elif progress.kpi == "closed_count":
        step = texts.n(
            "%(count)s more closed deal for %(points)s", "%(count)s more closed deals for %(points)s", left, points=worth
        )
    else:
        title = plain(chosen(progress.title, texts.language) or progress.milestone.replace("-", " "), limit=TITLE_LIMIT)
        step = texts.t("%(title)s, for %(points)s", title=title, points=worth)
    if not progress.until:
        return step
    return texts.t("%(step)s, until %(on)s", step=step, on=texts.day(date.fromisoformat(progress.until)))


_OVER = ("close", "late", "quota")
"""Why a line came after its period: it then names the period."""


def only_reason(texts: Texts, delivery: Delivery) -> str:
    """What a message about a single line is about, where no record's name says it; empty for all others."""
    if delivery.subject or len(delivery.lines) != 1:
        return ""
    return why(texts, delivery.lines[0], delivery.created_at)


def _standing(texts: Texts, line: Line, what: str) -> str:
    """The same with a place in a ranking, the period that was judged, and how it stands: pending until a day, or no longer."""
    place, vests, period = line.facts.get("place"), line.facts.get("vests"), line.facts.get("period")
    if isinstance(place, int) and line.points > 0:
        what = texts.t("%(what)s, %(nth)s place", nth=texts.ordinal(place), what=what)
    if period and period != "lifetime" and line.facts.get("reason") in _OVER:
        what = texts.t("%(what)s, %(period)s", what=what, period=texts.period(str(period)))
    if line.kind == "vest":
        return texts.t("%(what)s, no longer pending", what=what)
    what = _judged_again(texts, line, what) if line.points > 0 else what
    if vests is None or line.points < 0:
        return what
    if not vests:
        return texts.t("%(what)s, pending until its condition is met", what=what)
    return texts.t("%(what)s, pending until %(on)s", what=what, on=texts.day(date.fromisoformat(str(vests))))


def _judged_again(texts: Texts, line: Line, what: str) -> str:
    """The same with why points come only now."""
    reason = line.facts.get("reason")
    if reason == "late":
        return texts.t("%(what)s, judged again after the period was closed", what=what)
    if reason == "quota":
        return texts.t("%(what)s, after a quota was changed", what=what)
    return texts.t("%(what)s, approved", what=what) if reason == "approved" else what


def _counted(texts: Texts, line: Line, at: datetime) -> str:
    """ "5th win this quarter" from the facts `count` and `unit_kpi`; empty without them.

    `n` is the step: with 6 wins the one that paid was the 5th, and after a fall to 4 the one taken back was the 5th.
    """
    count, step = line.facts.get("count"), line.facts.get("n", 1)
    nouns = {"won_count": texts.t("%(nth)s win"), "closed_count": texts.t("%(nth)s closed deal")}
    noun = nouns.get(str(line.facts.get("unit_kpi")))
    if noun is None or not isinstance(count, int) or not isinstance(step, int) or step < 1:
        return ""
    reached = count - count % step + (step if line.points < 0 else 0)
    return " ".join(filter(None, (noun % {"nth": texts.ordinal(reached)}, _during(texts, line, at))))


def _holes(texts: Texts, line: Line, at: datetime) -> dict[str, str]:
    """What an author's title may name: {days} 10, {in_days} 10 days, {count} 5, {nth} 5th, {n} 5, {period} this quarter."""
    holes: dict[str, str] = {}
    for name in ("days", "count", "n"):
        value = line.facts.get(name)
        if isinstance(value, int):
            holes[name] = texts.number(value)
    days, count = line.facts.get("days"), line.facts.get("count")
    if isinstance(days, int):
        holes["in_days"] = texts.n("%(count)s day", "%(count)s days", days)
    if isinstance(count, int):
        holes["nth"] = texts.ordinal(count)
    if "period" in line.facts:
        holes["period"] = _during(texts, line, at)
    return holes


def _during(texts: Texts, line: Line, at: datetime) -> str:
    period = line.facts.get("period")
    return texts.during(str(period), at) if period else ""


def _day(texts: Texts, line: Line) -> str:
    try:
        return texts.day(date.fromisoformat(str(line.facts.get("on"))))
    except ValueError:
        return texts.t("an unknown day")
