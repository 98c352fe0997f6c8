"""Loading: a program from an author's YAML or JSON, with every problem at once; and to and from its stored form.

What only authors need is imported where it is used: functions load what is compiled already.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.programs.lasting import lasting
from accolade.programs.rules import Program
from accolade.programs.shapes import FORMAT
from accolade.programs.unpacking import unpacked

MOST_STORED = 250_000
"""Characters of a stored form; a compiled one that is longer is left out."""


def load(text: str | bytes, *, file: str, own: Mapping[str, Mapping[str, FieldType]] | None = None) -> Program:
    """The program of a document (text, or a file's bytes); `file` is what problems name it, `own` the org's mapped fields.

    Problems (a Rejected) lists everything that is wrong with it. A document without a version is version 1 until it is
    published (see `numbered`).
    """
    from accolade.programs.building import build
    from accolade.programs.catalogue import Catalogue
    from accolade.programs.misfits import check_shape
    from accolade.programs.problems import Findings, Problem, Problems
    from accolade.programs.reading import read

    raw, lines = read(text, file=file)
    if not isinstance(raw, dict):
        raise Problems([Problem(file, 1, "", t("a program is a mapping"), t("Start with id: and title:"))])
    findings = Findings(file, lines)
    document = check_shape(raw, findings)
    plain = document.model_dump(mode="json", by_alias=True, exclude_none=True) if document else raw
    version = document.version or 1 if document else 1
    program = build(plain, version=version, catalogue=Catalogue(own), findings=findings)
    if program is None:
        raise findings.refuse()
    return program


def numbered(program: Program, version: int) -> Program:
    """The same program under another version number."""
    return _built({**program.document, "version": version}, program.fields, version=version)


def to_stored(program: Program) -> dict[str, object]:
    """The stored form as JSON-able values: the validated document and the types of the org's own fields it may ask for."""
    return {"v": 1, "version": program.version, "fields": program.fields, "document": program.document}


def from_stored(stored: Mapping[str, Any]) -> Program:
    """A program from its stored form, without the authoring checks of shape (the document was validated before)."""
    return _built(stored["document"], stored["fields"], version=stored["version"])


def to_json(program: Program) -> str:
    """The stored form as text, with the compiled one in it: equal programs give equal text."""
    from accolade.programs.packing import Unstorable, packed

    stored = to_stored(program)
    with suppress(Unstorable):  # it will be built from the document, each time
        stored["compiled"] = packed(program)
    text = _text(stored)
    return text if len(text) <= MOST_STORED else _text(to_stored(program))


def from_json(text: str) -> Program:
    """A program from its stored form as text; built from its document if another edition of the code has compiled it."""
    with lasting():
        stored = json.loads(text, parse_float=Decimal)
        kept = stored.get("compiled")
        if kept is None or kept["format"] != FORMAT:
            return from_stored(stored)
        return unpacked(kept, document=stored["document"], own=stored["fields"])


def content(text: str) -> object:
    """What a stored form says, however it was compiled: the same for equal programs under every edition of the code."""
    return {key: value for key, value in json.loads(text, parse_float=Decimal).items() if key != "compiled"}


def _text(stored: object) -> str:
    return json.dumps(stored, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def _built(document: Mapping[str, object], fields: Mapping[str, Mapping[str, str]], *, version: int) -> Program:
    from accolade.programs.building import build
    from accolade.programs.catalogue import Catalogue
    from accolade.programs.problems import Findings

    own = {record: {name: FieldType(type_) for name, type_ in types.items()} for record, types in fields.items()}
    findings = Findings(f"{document.get('id')} version {version}")
    program = build(document, version=version, catalogue=Catalogue(own), findings=findings)
    if program is None:
        raise findings.refuse()
    return program
