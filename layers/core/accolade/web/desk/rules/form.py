"""The form of a program: what its fields show of a document, and what has to change in the document when they were changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from accolade.programs.catalogue import Catalogue
from accolade.programs.conditions import ORDER
from accolade.programs.drafting.targets import THRESHOLDS
from accolade.programs.editing import GONE, Edit, at, changed
from accolade.programs.kinds import kind, names
from accolade.programs.problems import Path
from accolade.web.desk.rules import conditions
from accolade.web.desk.rules.slots import FRESH, PROGRAM, Slot, slots_of
from accolade.web.desk.rules.values import (
    list_of,
    scalar_of,
    shown_list,
    shown_scalar,
    shown_tiers,
    tiers_of,
    tiers_shown,
    whole_of,
)

MOST = 10
"""Milestones that the form shows; further ones are edited in YAML."""

Values = Mapping[str, Sequence[str]]


def milestones(document: Any) -> list[Any]:
    """The milestones of a document of any shape."""
    found = document.get("milestones") if isinstance(document, Mapping) else None
    return found if isinstance(found, list) else []


def places(document: Any) -> Iterator[tuple[str, Path, Slot]]:
    """Every field: its name, where its part of the document stands, and what it is."""
    for slot in PROGRAM:
        yield f"p_{slot.name}", (), slot
    for place, raw in enumerate(milestones(document)[:MOST]):
        for slot in slots_of(raw):
            yield f"m{place}_{slot.name}", ("milestones", place), slot


def shown(document: Any) -> dict[str, tuple[str, ...]]:
    """Field -> what it shows of a document."""
    found: dict[str, tuple[str, ...]] = {}
    for name, base, slot in places(document):
        if slot.form == "condition":
            found |= _columns(name, rows_of(document, (*base, *slot.path)))
        elif slot.form == "line":
            text, by = _line(at(document, base))
            found |= {name: (text,), f"{name}_by": (by,)}
        else:
            found[name] = (_value(document, base, slot),)
    return found


def rows_of(document: Any, path: Path) -> list[conditions.Row]:
    """The rows of the condition at a path; none for everybody."""
    raw = at(document, path)
    return [] if raw == "everyone" else list(conditions.rows(raw))


def edits(document: Any, sent: Values, catalogue: Catalogue) -> list[Edit]:
    """What has to change in the document that the form was made of, for it to say what was sent. Fields that were not sent,
    or that say what they said, change nothing: so what the form cannot show stays as it is."""
    before, found = shown(document), list[Edit]()
    for name, base, slot in places(document):
        if slot.form == "condition":
            if f"{name}_word" in sent:
                path, record = (*base, *slot.path), record_of(at(document, base))
                types = catalogue.fields(record if base else None)
                found += conditions.edits(path, rows_of(document, path), conditions.sent(sent, name), types)
            continue
        if slot.form == "line":
            found += _line_edits(at(document, base), base, name, sent)
            continue
        if name not in sent and f"{name}_shown" not in sent:
            continue
        text = next(iter(sent.get(name, ())), "")  # a box that is not ticked is not sent
        if _same_lines(text) != _same_lines(before[name][0]):
            found += _edit(document, base, slot, text.strip())
    return found


def record_of(raw: Any) -> str:
    """The type of record that a milestone's conditions are about."""
    from accolade import kpis

    if not isinstance(raw, Mapping):
        return "deal"
    name = raw.get("kpi")
    if isinstance(name, str) and name in kpis.names():
        return kpis.kpi(name).record
    if raw.get("kind") == "manual":
        return "nomination"
    return str(raw.get("record") or "deal")


def as_kind(raw: Any, name: str) -> dict[str, Any]:
    """The milestone as one of another kind: what both take stays, what the new one needs is put in."""
    kept = dict(raw) if isinstance(raw, Mapping) else {}
    others = {key for it in names() for key in (*kind(it).required, *kind(it).optional)} | {"points"}
    fresh = FRESH.get(name, {})
    taken = {*kind(name).required, *kind(name).optional} if name in names() else set()
    result = {
        key: value for key, value in kept.items() if key not in others or key in taken or (key == "points" and key in fresh)
    }
    if kept.get("kind") == "kpi" and "when" in fresh:
        result.pop("evaluate", None)
    given = {key: value for key, value in fresh.items() if result.get(key) is None}
    if any(result.get(key) is not None for key in THRESHOLDS) or "tiers" in result:
        given = {key: value for key, value in given.items() if key not in THRESHOLDS}
    if isinstance(result.get("points"), Mapping) and name not in ("record", "behaviour"):
        given["points"] = FRESH[name].get("points", 100)
    return result | {"kind": name} | given


def beyond(raw: Any) -> list[str]:
    """The keys of a milestone that the form does not show."""
    if not isinstance(raw, Mapping):
        return []
    held = {it.path[0] for it in slots_of(raw) if it.path} | {"id"}
    slots = {it.form for it in slots_of(raw)}
    if "line" in slots:
        held |= {*THRESHOLDS} | ({"tiers"} if tiers_shown(raw.get("tiers")) else set())
    return [key for key in raw if key not in held and raw[key] is not None]


def beyond_program(document: Any) -> list[str]:
    """The same for the program's own facts."""
    held = {it.path[0] for it in PROGRAM} | {"id", "milestones", "version"}
    return [key for key in document if key not in held] if isinstance(document, Mapping) else []


def _columns(name: str, found: Sequence[conditions.Row]) -> dict[str, tuple[str, ...]]:
    columns = ("depth", "word", "field", "operator", "value")
    return {f"{name}_{it}": tuple(str(getattr(row, it)) for row in found) for it in columns}


def _value(document: Any, base: Path, slot: Slot) -> str:
    raw = at(document, (*base, *slot.path))
    if slot.form == "title":
        title = at(document, (*base, slot.path[0]))
        return shown_scalar(raw if isinstance(title, Mapping) else title if slot.path[1] == "en" else None)
    if slot.form == "list":
        return shown_list(raw)
    if slot.form == "flag":
        return "1" if raw is True else ""
    if slot.form == "points" and isinstance(raw, Mapping):
        return "per"
    return shown_scalar(raw) if not isinstance(raw, Mapping | list) else ""


def _line(raw: Any) -> tuple[str, str]:
    """What a target shows: its value, and how it is compared."""
    found = raw if isinstance(raw, Mapping) else {}
    if tiers_shown(found.get("tiers")):
        return shown_tiers(found["tiers"]), "tiers"
    key = next((key for key in THRESHOLDS if found.get(key) is not None), ORDER[0])
    return shown_list(found.get(key)), key


def _line_edits(raw: Any, base: Path, name: str, sent: Values) -> list[Edit]:
    text, key = (next(iter(sent.get(it, ())), None) for it in (name, f"{name}_by"))
    had_text, had = _line(raw)
    if text is None or key is None or (_same_lines(text), key) == (_same_lines(had_text), had):
        return []
    if "tiers" in raw and not tiers_shown(raw.get("tiers")):
        return []
    if key == "tiers":
        worth = raw.get("points") if isinstance(raw.get("points"), int) else 100
        found = tiers_of(text) if had == "tiers" or "=" in text else [{"at_least": scalar_of(text.strip()), "points": worth}]
        gone = [((*base, it), GONE) for it in (*THRESHOLDS, "points") if raw.get(it) is not None]
        return [*gone, ((*base, "tiers"), found)]
    if had == "tiers" and (found := tiers_of(text)):
        text = shown_scalar(found[0]["at_least"])
        restored: list[Edit] = [((*base, "points"), found[0]["points"]), ((*base, "tiers"), GONE)]
    else:
        restored = []
    value = list_of(text) if key == "between" else scalar_of(text.strip())
    cleared = [((*base, it), GONE) for it in THRESHOLDS if it != key and raw.get(it) is not None]
    return [*restored, *cleared, ((*base, key), value if text.strip() else GONE)]


def _edit(document: Any, base: Path, slot: Slot, text: str) -> list[Edit]:
    path = (*base, *slot.path)
    if slot.form == "title":
        return [((*base, "title"), _titled(at(document, (*base, "title")), str(slot.path[1]), text))]
    if slot.form == "kind":
        return [(base, as_kind(at(document, base), text))] if text in names() else []
    if slot.form == "points" and (text == "per") != isinstance(at(document, path), Mapping):
        return [
            (
                path,
                {"per": f"{record_of(at(document, base))}.amount", "rate": "1%", "cap": 1000}
                if text == "per"
                else whole_of(text),
            )
        ]
    if not text or (slot.form == "flag" and text != "1"):
        return [(path[:-1] if slot.name == "budget" else path, GONE)]
    made = {"whole": whole_of, "points": whole_of, "scalar": scalar_of, "list": list_of, "flag": lambda _: True}
    return [(path, made[slot.form](text) if slot.form in made else text)]


def _titled(raw: Any, language: str, text: str) -> Any:
    """A title with one of its languages changed: without any but English it is plain text."""
    titles = dict(raw) if isinstance(raw, Mapping) else {"en": raw} if raw else {}
    titles = changed(titles, (language,), text or GONE)
    return titles["en"] if set(titles) == {"en"} else titles or ""


def _same_lines(text: str) -> str:
    return text.strip().replace("\r\n", "\n")
