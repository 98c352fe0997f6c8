"""The form as the template shows it: every field with its words, value and problem, conditions row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from accolade import kpis
from accolade.model.fields import RECORD_FIELDS
from accolade.programs.catalogue import CHOICES, Catalogue
from accolade.programs.conditions import OPERATORS
from accolade.programs.editing import at
from accolade.programs.field_words import field_name
from accolade.programs.problems import Path
from accolade.programs.record_words import several
from accolade.programs.terms_words import term_name
from accolade.programs.writing import flow
from accolade.texts import Texts, chosen
from accolade.texts.plain import plain
from accolade.web.desk.rules import slots as words
from accolade.web.desk.rules.checking import Looked, Wrong
from accolade.web.desk.rules.form import (
    MOST,
    Values,
    beyond,
    beyond_program,
    milestones,
    places,
    record_of,
    rows_of,
    shown,
)
from accolade.web.desk.rules.slots import Slot

OPEN = 3
"""Goals whose fields stand open at once; of the others their name and what is wrong: a page has a weight to keep."""


def form_view(looked: Looked, catalogue: Catalogue, t: Texts, *, opened: Sequence[int] = ()) -> dict[str, Any] | None:
    """What the left side shows of a document; None if the text cannot be read. `opened`: the goals that somebody opened, the
    last one first."""
    document = looked.document
    if not isinstance(document, Mapping):
        return None
    values = shown(document)
    fields: dict[str, list[dict[str, Any]]] = {}
    records: dict[str, None] = {}
    for name, base, slot in places(document):
        part = name.split("_", 1)[0]
        fields.setdefault(part, []).append(_field(name, base, slot, values, looked, catalogue, t))
        if slot.form == "condition":
            records.setdefault(record_of(at(document, base)) if base else "")
    found = milestones(document)
    wide = _open(looked, min(len(found), MOST), opened)
    return {
        "facts": fields.get("p", []),
        "beyond": [term_name(key, t) for key in beyond_program(document)],
        "milestones": [
            _milestone(place, raw, fields.get(f"m{place}", []), looked, t) | {"open": place in wide}
            for place, raw in enumerate(found[:MOST])
        ],
        "more": max(0, len(found) - MOST),
        "lists": [(record, list(_options(record, catalogue, t))) for record in records],
        "kinds": [(key, t.t(said)) for key, said in words.KINDS.items()],
        "operators": [(key, t.t(words.OPERATORS[key])) for key in OPERATORS],
        "groups": [(key, t.t(said)) for key, said in words.GROUP_WORDS],
    }


def _open(looked: Looked, many: int, opened: Sequence[int]) -> set[int]:
    """Which goals stand open: those that somebody opened, then those in which something is wrong, then the first."""
    if many <= OPEN:
        return set(range(many))
    wrong = [place for place in range(many) if any(_within(it.field, place) for it in looked.wrong)]
    return set(list(dict.fromkeys([*(it for it in opened if it < many), *wrong, 0]))[:OPEN])


def _within(field: str, place: int) -> bool:
    return field.partition("_")[0] == f"m{place}"


def findable(wrong: Wrong, form: Mapping[str, Any] | None) -> Wrong:
    """The problem at a place that the form shows: at the goal, if that is not open."""
    shut = [it["place"] for it in form["milestones"] if not it["open"]] if form else []
    place = next((it for it in shut if _within(wrong.field, it)), None)
    return wrong if place is None else replace(wrong, field=f"m{place}", row=-1)


def _milestone(place: int, raw: Any, fields: list[dict[str, Any]], looked: Looked, t: Texts) -> dict[str, Any]:
    id_ = raw.get("id") if isinstance(raw, Mapping) else None
    title = raw.get("title") if isinstance(raw, Mapping) else None
    said = (
        chosen({str(key): str(text) for key, text in title.items()}, t.language)
        if isinstance(title, Mapping)
        else str(title or "")
    )
    return {
        "place": place,
        "id": plain(str(id_ or ""), limit=48),
        "title": plain(said, limit=120) or t.t("A goal without a title"),
        "fields": fields,
        "error": looked.at(f"m{place}"),
        "wrong": next((it.words for it in looked.wrong if _within(it.field, place)), ""),
        "beyond": [term_name(key, t) for key in beyond(raw)],
    }


def _field(name: str, base: Path, slot: Slot, values: Values, looked: Looked, catalogue: Catalogue, t: Texts) -> dict[str, Any]:
    value = next(iter(values.get(name, ())), "")
    raw = at(looked.document, base) if base else None
    found = {
        "name": name,
        "form": slot.form,
        "label": t.t(slot.label),
        "hint": t.t(slot.hint) if slot.hint else "",
        "kind": slot.kind,
        "value": value,
        "error": looked.at(name),
        "choices": _choices(slot, value, catalogue, t),
    }
    given = at(looked.document, (*base, *slot.path)) if slot.path else None
    if slot.form not in ("condition", "list", "title", "points") and isinstance(given, Mapping | list):
        return found | {"form": "locked", "value": flow(given)}
    if slot.form == "line":
        by = next(iter(values.get(f"{name}_by", ())), "")
        tiers = isinstance(raw, Mapping) and raw.get("tiers") is not None and by != "tiers"
        return found | {"by": by, "lines": [(key, t.t(said)) for key, said in words.LINES], "locked": tiers}
    if slot.form == "points":
        able = isinstance(raw, Mapping) and raw.get("kind") in ("record", "behaviour")
        return found | {"able": able, "per": value == "per"}
    if slot.form == "condition":
        record = record_of(raw) if base else ""
        rows = rows_of(looked.document, (*base, *slot.path))
        errors = [looked.at(name, place) for place in range(len(rows))]
        return found | {"rows": list(zip(rows, errors, strict=True)), "record": record, "everyone": slot.path == ("audience",)}
    return found


def _choices(slot: Slot, value: str, catalogue: Catalogue, t: Texts) -> list[tuple[str, str]]:
    """The choices of a select; what stands there and is none of them is one too, so that nothing is lost by looking."""
    if slot.form == "kpi":
        found = sorted(((it, t.t(kpis.kpi(it).title)) for it in kpis.names()), key=lambda it: it[1].casefold())
    elif slot.form == "record":
        found = [("", t.t("deals")), *((it, several(it, t)) for it in catalogue.records if it != "deal")]
    elif slot.form in ("choice", "kind"):
        found = [(key, t.t(said)) for key, said in slot.choices]
    else:
        return []
    if slot.form == "record" and value == "deal":
        found[0] = ("deal", found[0][1])
    return found if value in [key for key, _ in found] else [(value, value or t.t("Say which")), *found]


def _options(record: str, catalogue: Catalogue, t: Texts) -> Iterator[tuple[str, str]]:
    """The fields that a condition may ask for, and what people call them; nothing where the name says it, or of another record
    (the page has to stay light)."""
    known = catalogue.fields(record or None)
    own = [it for it in known if it.startswith((f"{record}.", "participant."))]
    others = [it for it in known if it not in own and it.partition(".")[0] in RECORD_FIELDS]
    for name in own:
        said, plainly = field_name(name, t), name.partition(".")[2].replace("_", " ")
        yield name, f"{said}: {', '.join(CHOICES[name])}" if name in CHOICES else "" if said.endswith(f" {plainly}") else said
    yield from ((name, "") for name in others)
