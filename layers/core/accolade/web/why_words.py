"""An explanation in words: what a person reads about one award, given, waiting or not there, and what would have given it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from accolade.flows.explain_record import BUCKET
from accolade.flows.explanation import HELD, WAITING, Counted, Explanation, Measure, Step, Verdict, Why
from accolade.model.deliveries import Line
from accolade.model.ledger import EntryKind
from accolade.programs.condition_tree import Not
from accolade.programs.condition_words import condition_words
from accolade.programs.explaining import Finding, Group
from accolade.programs.explaining_words import missed_words, seen_words, unknown_words
from accolade.programs.signal_words import said
from accolade.programs.signals import Sighting
from accolade.texts import Texts, chosen
from accolade.texts.phrases import points, why
from accolade.texts.plain import plain
from accolade.web.moments import instant, with_instant
from accolade.web.why_verdicts import amount, of, verdict, when

MOST = 20
"""Awards that are not there yet, on one page: the nearest."""

LONGEST_KEY = 200
"""Characters of a record's key that a link may carry; the CRMs' own are below 60."""

_SHOWN = 10
"""Records that count, in one list; the others are a number."""

Row = dict[str, Any]


def explained(it: Why, t: Texts, *, zone: str, now: datetime) -> dict[str, Any]:
    """One award as `why.html` shows it; times in the reader's `zone`."""
    held = it.holding.posted
    return {
        "title": title(it, t, now),
        "points": f"+{t.number(held)}" if held else "",
        "tone": "up" if held else "none",
        "subject": subject(it),
        "when": when(it, t),
        "verdict": verdict(it, t, zone),
        "asked": [row for finding in (it.audience, it.conditions) if finding for row in _rows(finding, t)],
        "counted": _counted(it.measure, t),
        "steps": [words for step in it.steps if (words := _step(step, it, t, zone))],
        "facts": [(name, value) for name, value in _facts(it, t, zone) if value],
        "progress": progress(it, t),
    }


def missing(found: Explanation, t: Texts, *, zone: str, now: datetime) -> list[Row]:
    """What is not earned yet, the nearest first."""
    return [_row(it, t, zone, now) for it in found.missing[:MOST]]


def given(found: Explanation, t: Texts, *, zone: str, now: datetime) -> list[Row]:
    """What is held, or waits for something."""
    return [_row(it, t, zone, now) for it in found.awards if it.verdict in (*HELD, *WAITING)][:MOST]


def _row(it: Why, t: Texts, zone: str, now: datetime) -> Row:
    return {
        "title": title(it, t, now),
        "subject": subject(it),
        "words": verdict(it, t, zone),
        "progress": progress(it, t),
        "milestone": it.milestone.id,
        "record": it.record.key if it.record and len(it.record.key) <= LONGEST_KEY else "",
    }


def title(it: Why, t: Texts, now: datetime) -> str:
    """What the award is for: "5th win this quarter", "closed in 10 days" once it is reached, else its author's title or id."""
    facts: dict[str, str | int] = {"period": it.scope} if it.period else {}
    if it.milestone.n:
        facts["n"] = it.milestone.n
    if it.record and it.record.days is not None and it.held:
        facts["days"] = it.record.days
    kind = "record"
    value = it.measure.value if it.measure else None
    if it.held and it.milestone.kpi and isinstance(value, int):
        kind = it.milestone.kind
        facts |= {"count": value, "unit_kpi": it.milestone.kpi.name}
    words = why(t, Line("", 0, "", it.milestone.id, kind, it.milestone.title, facts), now)
    return words[:1].upper() + words[1:]


def subject(it: Why) -> str:
    """The record's name; empty if it is about none."""
    return plain(it.record.name, limit=120) if it.record else ""


def progress(it: Why, t: Texts) -> dict[str, Any] | None:
    """How far the next one is, for a bar; None where nothing is counted towards it."""
    measure = it.measure
    if measure is None or measure.done is None or not measure.needed or it.verdict not in (Verdict.SHORT, Verdict.SAMPLE):
        return None
    done = min(measure.done, measure.needed)
    return {"done": done, "needed": measure.needed, "share": of(it, done, measure.needed, t)}


def _rows(finding: Finding, t: Texts, *, turned: bool = False, spare: bool = False) -> Iterator[Row]:
    """Every question with its answer; of several of which one is enough, that is said of each. `turned`: asked for the
    opposite; `spare`: the answer does not matter, because another one was enough."""
    if isinstance(finding, Group):
        turned = turned is not (finding.word == "not")
        one_of = finding.word == ("all" if turned else "any") and len(finding.parts) > 1
        spare = spare or (one_of and finding.truth is not turned and finding.truth is not None)
        for part in finding.parts:
            for row in _rows(part, t, turned=turned, spare=spare):
                yield row | ({"either": t.t("one of these is enough")} if one_of else {})
        return
    test = finding.test
    truth = None if finding.truth is None else finding.truth is not turned
    hidden = test.field.startswith(BUCKET)
    words = t.t("the program has begun for you") if hidden else condition_words(Not(test) if turned else test, t)
    seen = "" if hidden else seen_words(finding, t)
    notes = [t.t("it is %(seen)s", seen=seen) if seen and test.operator != "is_set" else "", unknown_words(finding, t)]
    if finding.gap and truth is False and not hidden:
        notes.append(missed_words(finding.gap, t))
    yield {
        "words": words[:1].upper() + words[1:],
        "state": "yes" if truth else "spare" if spare else "no" if truth is False else "unknown",
        "said": {True: t.t("met"), False: t.t("not met"), None: t.t("not known")}[truth],
        "note": "; ".join(filter(None, notes)),
        "either": "",
    }


def _counted(measure: Measure | None, t: Texts) -> dict[str, Any]:
    """The records that count, newest first, with how many more there are."""
    if measure is None or not measure.records:
        return {}
    newest = sorted(measure.records, key=lambda it: (str(it.on or ""), it.record), reverse=True)
    left = len(newest) - _SHOWN
    return {
        "rows": [_record(it, t) for it in newest[:_SHOWN]],
        "more": t.n("and %(count)s more", "and %(count)s more", left) if left > 0 else "",
    }


def _record(it: Counted, t: Texts) -> dict[str, str]:
    return {"name": plain(it.name, limit=120) or it.record.rpartition(":")[2], "when": t.date(it.on) if it.on else ""}


def _facts(it: Why, t: Texts, zone: str) -> Iterator[tuple[str, str]]:
    program = plain(chosen(it.program.title, t.language) or it.program.id, limit=80)
    yield t.t("Rule"), t.t("%(program)s, version %(version)s", program=program, version=it.program.version)
    yield t.t("Why this version"), _version(it, t)
    yield t.t("Together"), _value(it, t)
    if it.measure and it.measure.before is not None:
        yield t.t("Before"), amount(it, it.measure.before, t)
    if it.measure and it.measure.place:
        yield t.t("Place"), t.number(it.measure.place)
    for entry in it.entries:
        name = t.t("Paid") if entry.kind is EntryKind.ACCRUAL else t.t("Booked")
        said = partial(_on_line, t, t.number(entry.seq))
        yield name, with_instant(said, instant(t, entry.posted_at, zone))


def _on_line(t: Texts, line: str, day: str) -> str:
    return t.t("%(day)s, line %(line)s", day=day, line=line)


def _version(it: Why, t: Texts) -> str:
    if it.period and it.period.start < it.program.effective_from:
        return t.t("it is the first one, and the period had begun before it")
    if it.period and it.period.kind == "lifetime":
        return ""
    day = it.period.start if it.period else it.record.on if it.record else None
    return t.t("in force on %(on)s", on=t.date(day)) if day else ""


def _value(it: Why, t: Texts) -> str:
    """What the KPI comes to."""
    if it.measure is None or it.milestone.kpi is None:
        return ""
    return t.t("not defined yet") if it.measure.value is None else amount(it, it.measure.value, t)


def _step(step: Step, it: Why, t: Texts, zone: str) -> str:
    """One step on the way to the points; empty for a multiplier that did not apply."""
    worth, limit = points(t, step.points, it.program.unit), points(t, step.limit, it.program.unit)
    until = t.datetime(step.until, zone) if step.until else ""
    condition = condition_words(step.tree, t) if step.tree else ""
    signal = said(Sighting(step.written, step.score, step.seen), t) if step.kind in ("signal", "longer", "review") else ""
    sentences: dict[str, Callable[[], str]] = {
        "points": lambda: t.t("The rule gives %(points)s.", points=worth),
        "times": lambda: t.t(
            "Times %(times)s, because %(condition)s: %(points)s.", times=step.written, condition=condition, points=worth
        ),
        "signal": lambda: t.t("%(signal)s So it gives %(points)s at most.", signal=signal, points=limit),
        "longer": lambda: t.n(
            "%(signal)s So the points are pending for at least %(count)s day.",
            "%(signal)s So the points are pending for at least %(count)s days.",
            step.limit,
            signal=signal,
        ),
        "review": lambda: t.t("%(signal)s So a person looks at it first.", signal=signal),
        "share": lambda: t.t("Your share is %(points)s.", points=worth),
        "cap": lambda: t.t("The limit of %(limit)s leaves %(points)s.", limit=limit, points=worth),
        "hold": lambda: t.t("They are yours from %(on)s on.", on=until),
        "gate": lambda: t.t("They are yours as soon as %(condition)s.", condition=condition),
        "approval": lambda: t.t("More than %(limit)s needs a person's approval.", limit=limit),
    }
    return sentences[step.kind]() if step.applied else ""
