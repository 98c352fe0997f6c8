"""Facts of folded KPIs: one item a person, day and record, which holds what the record adds to every KPI on that day.

The items of a person lie in event order, so a stretch of days is one query, whatever the periods and KPIs that read it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from accolade.kpis.port import Fact
from accolade.model.records import Record
from accolade.programs.periods import parse_period
from accolade.situation import FactKey, FactSet
from accolade.store import keys
from accolade.store.database import Database, Item, delete, put_if

_Body = list[list[Any]]
"""[KPI id, parts, baseline, about], each KPI once however many calendars read it."""


def read_facts(db: Database, tenant: str, wanted: Iterable[FactKey]) -> dict[FactKey, FactSet]:
    """The facts of folded KPIs in their periods, in order, read consistently: one query a person."""
    asked: dict[str, dict[str, list[tuple[str, date, date]]]] = {}
    for number, period_id, kpi in set(wanted):
        period = parse_period(period_id)
        asked.setdefault(number, {}).setdefault(kpi, []).append((period_id, period.start, period.end))
    found: dict[FactKey, FactSet] = {}
    for number, by_kpi in sorted(asked.items()):
        found |= {(number, name, kpi): FactSet() for kpi, periods in by_kpi.items() for name, _, _ in periods}
        spans = [span for periods in by_kpi.values() for span in periods]
        start, end = min(it[1] for it in spans), max(it[2] for it in spans)
        for kpi, fact, baseline in _read(db, tenant, number, start, end):
            for name, begins, ends in by_kpi.get(kpi, ()):
                if begins <= fact.on < ends:
                    found[number, name, kpi] = found[number, name, kpi].moved(1, fact, baseline=baseline)
    return found


def read_facts_until(
    db: Database, tenant: str, numbers: Iterable[str], kpi: str, period: str, end: date
) -> dict[FactKey, FactSet]:
    """The facts of a KPI that looks back, dated before `end`: given under `period`, each group's (`kpi=name`) by itself."""
    found: dict[FactKey, FactSet] = {}
    for number in sorted(set(numbers)):
        found[number, period, kpi] = FactSet()
        for name, fact, baseline in _read(db, tenant, number, date.min, end):
            if name.partition("=")[0] == kpi:
                known = found.get((number, period, name), FactSet())
                found[number, period, name] = known.moved(1, fact, baseline=baseline)
    return found


def fact_writes(db: Database, before: Record, after: Record) -> list[Item]:
    """The facts that a record no longer gives go, the new ones come."""
    if before.contributions == after.contributions:
        return []
    old, new = _facts(before), _facts(after)
    tenant, name = after.key.tenant, str(after.key)
    gone = [delete(db, _key(tenant, name, place)) for place in old if place not in new]
    return gone + [put_if(db.state, _item(tenant, name, place, it)) for place, it in new.items() if old.get(place) != it]


def moved_facts(before: Record, after: Record) -> int:
    """At most how many fact items a record moves."""
    if before.contributions == after.contributions:
        return 0
    return len({(it.participant, it.on) for it in (*before.contributions, *after.contributions) if it.on})


def _read(db: Database, tenant: str, number: str, start: date, end: date) -> Iterable[tuple[str, Fact, bool]]:
    between = keys.fact(start.isoformat()), keys.fact(end.isoformat())
    for item in db.query(db.state, keys.person(tenant, number), between=between):
        _, on, record = item["sk"].split("#", 2)
        day = date.fromisoformat(on)
        for kpi, parts, baseline, about in json.loads(item["body"]):
            yield kpi, Fact(day, record, parts, about), bool(baseline)


def _facts(record: Record) -> dict[tuple[str, str], _Body]:
    """Per person and day what the record adds to every folded KPI."""
    found: dict[tuple[str, str], dict[tuple[str, str], list[Any]]] = {}
    for it in record.contributions:
        if it.on:
            kept = found.setdefault((it.participant, it.on), {})
            kept[it.kpi, it.about] = [it.kpi, dict(it.parts), int(it.baseline), it.about]
    return {place: [body[key] for key in sorted(body)] for place, body in found.items()}


def _key(tenant: str, record: str, place: tuple[str, str]) -> tuple[str, str]:
    number, on = place
    return keys.person(tenant, number), keys.fact(on, record)


def _item(tenant: str, record: str, place: tuple[str, str], body: _Body) -> Mapping[str, Any]:
    pk, sk = _key(tenant, record, place)
    return {"pk": pk, "sk": sk, "body": json.dumps(body, separators=(",", ":"), ensure_ascii=False)}
