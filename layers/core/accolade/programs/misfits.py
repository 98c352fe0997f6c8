"""What does not fit the shape of a program's document, in the words of its author: each deviation at its place."""

from typing import Any

from pydantic import BaseModel, ValidationError

from accolade.model.phrases import later as t
from accolade.programs.document import BudgetPart, Document, Effective, MilestonePart
from accolade.programs.problems import Findings, Path, listed, shown

MISSING = {
    "effective": t("the program does not say when it starts: write effective: {from: 2026-01-01}"),
    "from": t("the program does not say when it starts: write effective: {from: 2026-01-01}"),
    "time_zone": t("the program does not say in whose time its days and quarters are: write time_zone: Europe/Amsterdam"),
    "point_value": t("the program does not say what a point is worth: write point_value: 0.01 USD"),
    "milestones": t("the program rewards nothing: write milestones with at least one"),
    "kind": t("the milestone has no kind: write kind: record, every, kpi, streak, rank, improvement, behaviour or manual"),
    "id": t("the id is missing: write id: with lower-case letters, digits and hyphens"),
    "title": t("the title is missing: write title: with what people shall read"),
}


def check_shape(raw: dict[str, Any], findings: Findings) -> Document | None:
    """The document if its shape is right; otherwise every deviation is noted in `findings`."""
    try:
        return Document.model_validate(raw)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            _note(one, findings)
    return None


def _note(error: Any, findings: Findings) -> None:
    path = tuple(step for step in error["loc"] if step not in ("constrained-str", "str") and not str(step).startswith("dict["))
    kind, key = error["type"], str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        findings.add(path, *_unknown_key(path, key, findings))
    elif kind == "missing" or (kind == "too_short" and not error["input"]):
        findings.add(path, MISSING.get(key) or t("%(key)s is missing", key=key))
    elif kind == "string_pattern_mismatch" and key == "id":
        findings.add(
            path, t("%(id)s is not an id", id=shown(error["input"])), t("Use 1 to 48 lower-case letters, digits and hyphens")
        )
    elif kind == "literal_error":
        options = str(error["ctx"]["expected"]).replace("'", "")
        near = findings.meant(error["input"], options.replace(" or ", ", ").split(", "), t("Use %(options)s", options=options))
        what = (
            t("%(value)s is not a way to credit", value=shown(error["input"]))
            if key == "credit"
            else t("%(key)s cannot be %(value)s", key=key, value=shown(error["input"]))
        )
        findings.add(path, what, near)
    elif kind == "value_error":
        misfit = error["ctx"]["error"]
        findings.add(path, misfit.what, misfit.mend)
    else:
        findings.add(path, *_misshapen(key, error))


def _misshapen(key: str, error: Any) -> tuple[str, str]:
    """What is wrong with a value that is not what belongs under its key, and how to mend it."""
    kind, given, bounds = error["type"], shown(error["input"]), error.get("ctx", {})
    if kind.startswith(("int", "greater_than", "less_than")):
        word, bound = next(((_BOUNDS[it], value) for it, value in bounds.items() if it in _BOUNDS), ("", ""))
        mend = t("Write it like %(example)s", example=f"{key}: {_NUMBERS.get(key, 500)}")
        if not word:
            return t("%(key)s %(given)s is not a whole number", key=key, given=given), mend
        return t("%(key)s %(given)s is %(word)s %(bound)s", key=key, given=given, word=word, bound=str(bound)), mend
    if kind.startswith("bool"):
        return t("%(key)s is true or false; %(raw)s is neither", key=key, raw=given), t("Write %(key)s: true", key=key)
    if kind == "string_pattern_mismatch":
        mend = t("Leave out line breaks and other characters that are no letters")
        return t("%(key)s is one line of text; %(raw)s is not", key=key, raw=given), mend
    if kind.startswith(("string_too", "too_")):
        length = bounds.get("max_length") or bounds.get("min_length")
        what = t("%(key)s is too long", key=key) if "max_length" in bounds else t("%(key)s is too short", key=key)
        return what, t("The bound is %(length)s", length=str(length))
    noun, example = _NOUNS.get(kind.partition("_")[0], (t("something else"), ""))
    example = _PARTS_WRITTEN.get(key, example) if noun == "a mapping" else example
    return t("%(key)s is %(noun)s; %(raw)s is not", key=key or t("this"), noun=noun, raw=given), example


_PARTS_WRITTEN = {
    "budget": t("Write budget: {points: 100000}"),
    "effective": t("Write effective: {from: 2026-01-01, to: 2027-01-01}"),
}
_BOUNDS = {"gt": t("not above"), "ge": t("below"), "le": t("above"), "lt": t("not below")}
_NUMBERS = {"fiscal_year_start": 4, "version": 2, "min_sample": 20, "debt_limit": 1000}
_NOUNS = {
    "string": (t("text"), t("Write one word or line, in quotes if it looks like a number")),
    "list": (t("a list"), t("Write each of its parts on a line that begins with -")),
    "dict": (t("a mapping"), t("Write its keys below it, indented")),
    "model": (t("a mapping"), t("Write its keys below it, indented")),
    "date": (t("a date"), t("Write it like 2026-03-30")),
}


def _unknown_key(path: Path, key: str, findings: Findings) -> tuple[str, str]:
    part, name = _PARTS.get(str(path[-2]) if len(path) > 1 else "", (Document, t("a program")))
    if len(path) > 1 and isinstance(path[-2], int):
        part, name = MilestonePart, t("a milestone")
    options = [field.alias or name for name, field in part.model_fields.items()]
    return t("%(key)s is not part of %(of)s", key=shown(key), of=name), findings.meant(key, options, listed(options))


_PARTS: dict[str, tuple[type[BaseModel], str]] = {"effective": (Effective, "effective"), "budget": (BudgetPart, t("a budget"))}
