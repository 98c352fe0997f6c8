"""Writing: plain values as the YAML of a program, short parts on one line, and a published version as its author may edit it."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accolade.programs.document import Document, MilestonePart, point_value
from accolade.programs.drafting.measures import evaluation
from accolade.programs.rules import Program

WIDE = 88
"""Characters that a line has at most, where it can be cut."""

_PLAIN = re.compile(
    r"[A-Za-z_][A-Za-z0-9_./%+-]*(?: [A-Za-z0-9_./%+()-]+)*|[0-9]+(?:\.[0-9]+)?(?:%| [A-Za-z]+)|[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}
_SPECIAL = re.compile(r"[-+]?\.?(inf|nan|infinity)|[-+]?[0-9.]+e[-+]?[0-9]+", re.IGNORECASE)
_BLOCKS = ("milestones",)
"""Lists that always have a line for each thing."""

_DEFAULTS: Mapping[str, Any] = {
    name: field.default
    for name, field in Document.model_fields.items()
    if name in ("fiscal_year_start", "unit", "silent_after", "debt_limit")
}


def written(values: Mapping[str, Any]) -> str:
    """A document as YAML: its keys in their usual order, a blank line between milestones."""
    lines = [f"{key}:{rendered(values[key], 0, key=key)}" for key in ordered(values, Document)]
    return "\n".join(lines) + "\n"


def rewritten(program: Program) -> str:
    """A published version as a document to begin a new one with: without its number, and without what goes without saying."""
    raw = {key: value for key, value in program.document.items() if key != "version" and value != _DEFAULTS.get(key)}
    worth = point_value(raw.get("point_value"))
    if worth and raw.get("currency") == worth[1]:
        raw.pop("currency")
    milestones = raw.get("milestones")
    raw["milestones"] = [_said(it) for it in milestones] if isinstance(milestones, list | tuple) else []
    return written(_field_first(raw))


def ordered(values: Mapping[str, Any], shape: type[Document] | type[MilestonePart]) -> list[str]:
    """The keys in the order in which people write them; what is not known comes last."""
    known = [field.alias or name for name, field in shape.model_fields.items()]
    return sorted(values, key=lambda key: known.index(key) if key in known else len(known))


def rendered(value: Any, indent: int, *, key: str = "", room: int = WIDE) -> str:
    """What stands after `key:` at this indent: on the same line if it fits, else below it, two columns further in."""
    short = flow(value)
    if not isinstance(value, Mapping | list | tuple) or not value:
        return f" {short}"
    if key not in _BLOCKS and len(short) + indent + len(key) + 2 <= room and not _milestone(value):
        return f" {short}"
    return "\n" + block(value, indent + 2, key=key)


def block(value: Any, indent: int, *, key: str = "") -> str:
    """A mapping or list with a line for each of its parts."""
    pad = " " * indent
    if isinstance(value, Mapping):
        names = ordered(value, MilestonePart) if _milestone(value) else list(value)
        return "\n".join(f"{pad}{word(name)}:{rendered(value[name], indent, key=name)}" for name in names)
    between = "\n\n" if key in _BLOCKS else "\n"
    return between.join(pad + item(it, indent) for it in value)


def item(value: Any, indent: int) -> str:
    """A part of a list behind its dash, at this indent."""
    short = flow(value)
    if isinstance(value, Mapping | list | tuple) and value and (_milestone(value) or len(short) + indent + 2 > WIDE):
        return f"- {block(value, indent + 2)[indent + 2 :]}"
    return f"- {short}"


def flow(value: Any) -> str:
    """Any plain value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{word(key)}: {flow(it)}" for key, it in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def word(key: Any) -> str:
    """A key, in quotes where it is no plain word."""
    return key if isinstance(key, str) and _KEY.fullmatch(key) else scalar(key)


def scalar(value: Any) -> str:
    """One value, in quotes where it would be read as something else."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not _SPECIAL.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(it if it.isprintable() else json.dumps(it)[1:-1] for it in quoted)


def _field_first(value: Any) -> Any:
    """The same, every test beginning with its field: a stored form has its keys in the order of the alphabet."""
    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: name != "field") if "field" in value else value
        return {name: _field_first(value[name]) for name in names}
    return [_field_first(it) for it in value] if isinstance(value, list | tuple) else value


def _milestone(value: Any) -> bool:
    return isinstance(value, Mapping) and "kind" in value and "id" in value


def _said(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A milestone without what it would be anyway."""
    said = {key: value for key, value in raw.items() if value is not None}
    if said.get("credit") == MilestonePart.model_fields["credit"].default:
        said.pop("credit")
    if said.get("evaluate") == evaluation(said.get("kind"), said.get("kpi"), said.get("subject")):
        said.pop("evaluate", None)
    return said
