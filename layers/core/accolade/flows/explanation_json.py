"""An explanation as JSON: everything that was looked at, in the names and values of the rules themselves."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from accolade.flows.explanation import Explanation, Measure, Step, Subject, Why
from accolade.flows.wallet_view import change
from accolade.model.ledger import Entry
from accolade.model.times import iso
from accolade.programs.explaining import Answer, Change, Finding
from accolade.programs.explaining_words import plain_gap, plain_unknown, plain_value

_TRUTHS = {True: "true", False: "false", None: "unknown"}

Json = dict[str, Any]


def as_json(found: Explanation) -> Json:
    """The explanation of one participant, by the import id that people know."""
    person = found.participant
    return {"participant": person.id, "number": person.number, "awards": [_why(it, person.number) for it in found.awards]}


def _why(it: Why, number: str) -> Json:
    held = it.holding
    return {
        "program": it.program.id,
        "version": it.program.version,
        "milestone": it.milestone.id,
        "kind": it.milestone.kind,
        "scope": it.scope,
        "verdict": it.verdict.value,
        "detail": it.detail,
        "points": held.posted,
        "pending": held.pending,
        "parked": held.parked,
        "awaiting": held.awaiting,
        "shadow": held.shadow,
        "due": it.due,
        "record": _subject(it.record) if it.record else None,
        "period": it.period.id if it.period else None,
        "audience": _finding(it.audience) if it.audience else None,
        "conditions": _finding(it.conditions) if it.conditions else None,
        "nearest": [_change(one) for one in it.nearest],
        "measure": _measure(it.measure, it.milestone.progress_unit) if it.measure else None,
        "steps": [_step(one) for one in it.steps],
        "entries": [_entry(one, number) for one in it.entries],
    }


def _subject(it: Subject) -> Json:
    day = it.on.isoformat() if it.on else None
    return {"key": it.key, "type": it.type, "name": it.name, "on": day, "stage": it.stage, "notes": dict(it.notes)}


def _finding(it: Finding) -> Json:
    if isinstance(it, Answer):
        return _answer(it)
    return {it.word: [_finding(part) for part in it.parts], "truth": _TRUTHS[it.truth]}


def _answer(it: Answer) -> Json:
    test = it.test
    return {
        "field": test.field,
        "operator": test.operator,
        "operand": test.written,
        "truth": _TRUTHS[it.truth],
        "value": plain_value(it) if it.seen is not None else None,
        "missed_by": plain_gap(it.gap) if it.gap else None,
        "unknown": list(it.unknown),
        "why_unknown": plain_unknown(it) or None,
    }


def _change(it: Change) -> Json:
    return _answer(it.answer) | {"wanted": _TRUTHS[it.want], "missed_by": plain_gap(it.gap) if it.gap else None}


def _measure(it: Measure, unit: str) -> Json:
    return {
        "value": _number(it.value),
        "unit": unit,
        "parts": {name: _number(part) if isinstance(part, Fraction) else part for name, part in it.parts.items()},
        "sample": it.sample,
        "level": it.level,
        "done": it.done,
        "needed": it.needed,
        "baseline": dict(it.baseline),
        "quota": _number(it.quota),
        "before": _number(it.before),
        "place": it.place or None,
        "records": [
            {"record": one.record, "name": one.name, "on": one.on.isoformat() if one.on else None, "parts": dict(one.parts)}
            for one in it.records
        ],
    }


def _step(it: Step) -> Json:
    until = iso(it.until) if it.until else None
    known = {"kind": it.kind, "points": it.points, "written": it.written, "limit": it.limit or None, "score": it.score or None}
    return known | {"where": it.tree.describe() if it.tree else None, "until": until, "applied": it.applied}


def _entry(it: Entry, number: str) -> Json:
    return {
        "id": it.id,
        "line": it.seq,
        "kind": it.kind.value,
        "points": change(it, number),
        "at": _instant(it.at),
        "posted_at": _instant(it.posted_at),
        "record": it.cause.record,
        "notifications": list(it.cause.notification_ids),
    }


def _instant(at: datetime) -> str:
    return iso(at)


def _number(value: int | Fraction | None) -> Any:
    """A whole number as it is, a share exactly as text: `14/20` would be lost in a float."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value.denominator == 1 else str(value)
