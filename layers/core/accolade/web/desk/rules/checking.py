"""Checking a document while it is written: its problems, each at the field of the form and at the line of the text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accolade.flows.publish import checked
from accolade.model.errors import Rejected
from accolade.model.fields import FieldType
from accolade.programs.drafting.targets import THRESHOLDS
from accolade.programs.problems import Problem, Problems, written
from accolade.programs.reading import read
from accolade.programs.rules import Program
from accolade.texts import Texts
from accolade.texts.refusals import sentence, told
from accolade.web.desk.rules.form import milestones, places, rows_of

Own = Mapping[str, Mapping[str, FieldType]]

_MILESTONE = re.compile(r"milestones\[(\d+)\]\.?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A problem as the page shows it: at a `field` (and `row` of a condition), and at a `line` of the text (its `excerpt`)."""

    field: str
    row: int
    line: int
    excerpt: str
    words: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A text that was looked at: its plain values (None if it cannot be read), the program if it is one, and what is wrong."""

    text: str
    document: Any
    program: Program | None
    wrong: tuple[Wrong, ...]

    def at(self, field: str, row: int = -1) -> str:
        """What is wrong at a field, or at a row of its condition; empty text if nothing is."""
        return next((it.words for it in self.wrong if it.field == field and it.row == row), "")


def look(text: str, *, id_: str, own: Own, t: Texts) -> Looked:
    """The text, checked as publishing would; `id_` is the program that it has to be. What is wrong is said in the language of
    whoever writes it."""
    file = f"{id_}.yaml"
    try:
        document = read(text, file=file)[0]
    except Problems as error:
        return Looked(text, None, None, tuple(_wrong(it, text, None, t) for it in error.problems))
    try:
        program = checked(text, file=file, own=own)
    except Problems as error:
        return Looked(text, document, None, tuple(_wrong(it, text, document, t) for it in error.problems))
    except Rejected as error:
        return Looked(text, document, None, (Wrong("", -1, 1, "", told(t, error)),))
    if program.id != id_:
        words = t.t(
            "This is program %(id)s. Write id: %(id)s, or begin another program with the id %(other)s.", id=id_, other=program.id
        )
        return Looked(text, document, None, (Wrong("", -1, _line_of(text, "id:"), "", words),))
    return Looked(text, document, program, ())


def problem_words(t: Texts, error: Problems) -> str:
    """The first problem of a document, in one line."""
    return " ".join(sentence(t, part) for it in error.problems[:1] for part in (it.what, it.mend) if part)


def _wrong(problem: Problem, text: str, document: Any, t: Texts) -> Wrong:
    field, row = field_of(problem.path, document) if document is not None else ("", -1)
    lines = text.splitlines()
    excerpt = lines[problem.line - 1].strip()[:120] if 0 < problem.line <= len(lines) else ""
    what = t.t(problem.what)
    what = f"{t.t('this')}{what}" if what.startswith(" ") else what  # about a field left empty
    words = " ".join(sentence(t, part) for part in (what, problem.mend) if part)
    return Wrong(field, row, problem.line, excerpt, words)


def field_of(path: str, document: Any) -> tuple[str, int]:
    """The field of the form (and the row of a condition, else -1) that a problem's path is about; `m0` for a milestone as a
    whole, nothing for what the form does not show."""
    matched = _MILESTONE.fullmatch(path)
    prefix, rest = (f"m{matched[1]}_", matched[2]) if matched else ("p_", path)
    if matched and not rest:
        return f"m{matched[1]}", -1
    key = re.split(r"[.\[]", rest, maxsplit=1)[0]
    found = [(name, base, slot) for name, base, slot in places(document) if name.startswith(prefix)]
    for name, base, slot in sorted(found, key=lambda it: -len(it[2].path)):
        if slot.form == "line" and key in (*THRESHOLDS, "tiers"):
            return name, -1
        if not slot.path or (written(slot.path) != rest and (slot.path[0] != key or slot.path[1:])):
            continue
        if slot.form == "condition":
            return name, _row(rows_of(document, (*base, *slot.path)), written((*base, *slot.path)), path)
        return name, -1
    title = next((name for name, _, slot in found if slot.path and slot.path[0] == key), "")
    return title or (f"m{matched[1]}" if matched and int(matched[1]) < len(milestones(document)) else ""), -1


def _row(rows: Sequence[Any], root: str, path: str) -> int:
    """The row that a problem is about: the innermost whose path the problem's begins with."""
    best, found = -1, -1
    for place, it in enumerate(rows):
        own = root + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in it.path)
        if (path == own or path.startswith((f"{own}.", f"{own}["))) and len(own) > best:
            best, found = len(own), place
    return found


def _line_of(text: str, begins: str) -> int:
    return next((number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(begins)), 1)
