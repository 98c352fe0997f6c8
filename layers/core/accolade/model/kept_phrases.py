"""Phrases as they are stored: their parts lie beside their English, so that a page can say them in another language later.

The English is what counts: parts that do not come to the very text beside them are no use and change nothing, and where there
are none (an older item, a text of somebody's own, parts too large to keep) the English is what everybody reads.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from accolade.model.money import Money
from accolade.model.phrases import Phrase

MOST = 2_000
"""Characters of the parts that one item keeps; the texts that come first go first."""

_NOTHING_SAID: tuple[Any, ...] = ({}, "", 1)
_BROKEN = (AttributeError, IndexError, InvalidOperation, KeyError, TypeError, ValueError)


def parts(texts: Iterable[str]) -> list[Any]:
    """What is kept beside texts, JSON-able: each phrase that its English alone does not name, once."""
    kept: dict[str, Any] = {}
    left = MOST
    for text in texts:
        row = _kept(text) if isinstance(text, Phrase) and (text.values or text.plural) else None
        written = json.dumps(row, separators=(",", ":"), ensure_ascii=False) if row else ""
        if row and written not in kept and len(written) < left:
            kept[written] = row
            left -= len(written) + 1
    return list(kept.values())


def phrases(rows: Iterable[Any]) -> Mapping[str, Phrase]:
    """English -> the phrase that it is, of what `parts` gave; what does not fit together is left out."""
    return {str(it): it for row in rows if (it := _phrase(row)) is not None}


def _kept(phrase: Phrase) -> list[Any] | None:
    """The parts of a phrase; None if a value is of a kind that is not kept."""
    try:
        return _row(phrase)
    except TypeError:
        return None


def _row(phrase: Phrase) -> list[Any]:
    """`[pattern, values, plural, number]`, the end left out where it says nothing. A value that no hole shows is not kept."""
    shown = {name: _plain(value) for name, value in phrase.values.items() if f"%({name})" in phrase.pattern + phrase.plural}
    if phrase.plural:
        return [phrase.pattern, shown, phrase.plural, phrase.number]
    return [phrase.pattern, shown] if shown else [phrase.pattern]


def _plain(value: object) -> Any:
    match value:
        case Phrase():
            return _row(value)
        case str():
            return str(value)
        case Money():
            return {"money": [value.minor, value.currency]}
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"instant": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
    if type(value) is int:
        return value
    raise TypeError(f"a value of type {type(value).__name__} is not kept")


def _phrase(row: Any) -> Phrase | None:
    """The phrase of a stored row; None if it is none, or its parts do not fit together."""
    try:
        return _made(row)
    except _BROKEN:
        return None


def _made(row: Sequence[Any]) -> Phrase:
    pattern, *rest = row
    values, plural, number = (*rest, *_NOTHING_SAID[len(rest) :])
    return Phrase(str(pattern), str(plural), int(number), **{name: _value(it) for name, it in values.items()})


def _value(stored: Any) -> object:
    if isinstance(stored, list):
        return _made(stored)
    if not isinstance(stored, dict):
        return stored
    ((kind, it),) = stored.items()
    return _KINDS[kind](it)


_KINDS: Mapping[str, Any] = {
    "money": lambda it: Money(int(it[0]), str(it[1])),
    "decimal": lambda it: Decimal(str(it)),
    "instant": lambda it: datetime.fromisoformat(it),
    "date": lambda it: date.fromisoformat(it),
}
