"""Records of every canonical type with every field at random, typed and derived as production reads them."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from accolade.kpis import Values
from accolade.model.deriving import DERIVING
from accolade.model.fields import DERIVED_FIELDS, RECORD_FIELDS, STAGED, STAGES, FieldType
from accolade.model.relations import prefixes
from accolade.programs.catalogue import CHOICES

FIRST = date(2017, 1, 1)
WORDS = {
    "activity.kind": ("call", "meeting", "merge", "cleanup", "referral", "review", "content"),
    "cost.kind": ("marketing", "sales", "office"),
    "deal.sale_kind": ("first", "repeat", "upsell", "cross_sell"),
}
"""Texts that mean something to a KPI."""
SMALL = {"ticket.reopened": 1, "ticket.replies": 2, "campaign_member.touch": 2, "campaign_member.touches": 2}


def records(*kinds: str) -> list[tuple[str, dict[str, object]]]:
    """(id, values) of records of these types; the same ones at every call. About a fifth of their fields are unknown."""
    return [it for kind in kinds for it in _records(kind)]


@cache
def _records(kind: str) -> tuple[tuple[str, dict[str, object]], ...]:
    return tuple((f"{kind[:3]}{i:04}", _record(kind, random.Random(f"{kind} {i}"))) for i in range(300))


def _record(kind: str, chance: random.Random) -> dict[str, object]:
    found = _fields(kind, chance)
    for prefix in prefixes(kind):
        found |= _fields(prefix, chance)
    if "deal.campaign" in found and chance.random() < 0.5:
        found["campaign_member.campaign"] = found["deal.campaign"]
    return {name: value for name, value in found.items() if kind == "campaign_member" or not name.startswith("campaign_member.")}


def _fields(kind: str, chance: random.Random) -> Values:
    """Fields of one type, then those derived from its dates and its histories of stage and owner."""
    found = {
        f"{kind}.{name}": _value(f"{kind}.{name}", type_, chance)
        for name, type_ in RECORD_FIELDS[kind].items()
        if chance.random() > 0.2
    }
    found[f"{kind}.currency"] = "USD"
    if kind in STAGED:
        rows = [(1_516_000_000_000 + n * 86_400_000, chance.choice(STAGES)) for n in range(chance.randint(1, 4))]
        found[f"{kind}.history"] = tuple(rows)
        if f"{kind}.stage" in found:
            found[f"{kind}.stage"] = rows[-1][1]
    derive = DERIVING[kind]
    if derive:
        derive(found)
    for name, type_ in DERIVED_FIELDS[kind].items():
        if chance.random() > 0.2:
            found.setdefault(f"{kind}.{name}", _value(f"{kind}.{name}", type_, chance))
    return found


def _value(name: str, type_: FieldType, chance: random.Random) -> object:
    day = FIRST + timedelta(days=chance.randrange(720))
    if name in CHOICES or name in WORDS:
        return chance.choice(CHOICES.get(name) or WORDS[name])
    made = _MADE.get(type_)
    return made(chance, name, day) if made else f"{name.rpartition('.')[2]}-{chance.randint(1, 40)}"


_MADE: dict[FieldType, Callable[[random.Random, str, date], object]] = {
    FieldType.MONEY: lambda chance, name, day: chance.randrange(0, 900_000),
    FieldType.INTEGER: lambda chance, name, day: chance.randint(0, SMALL.get(name, 5)),
    FieldType.DECIMAL: lambda chance, name, day: Decimal(chance.randint(0, 10) if name != "survey_response.scale" else 10),
    FieldType.BOOLEAN: lambda chance, name, day: chance.random() < 0.5,
    FieldType.DATE: lambda chance, name, day: day,
    FieldType.INSTANT: lambda chance, name, day: datetime(day.year, day.month, day.day, chance.randrange(24), tzinfo=UTC),
}
