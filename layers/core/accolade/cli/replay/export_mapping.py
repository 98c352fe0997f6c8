"""The `export` section of a mapping file: which column of a CSV export means what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from accolade.model.errors import Rejected
from accolade.model.fields import RECORD_FIELDS, STAGES

KEYS = ("record", "id", "owner", "fields", "stages", "currency")
OWNER_BY = ("name", "id")
REQUIRED_FIELDS = ("created_on", "close_date", "stage_name")


@dataclass(frozen=True, slots=True)
class ExportMapping:
    """`fields`: canonical field (without `deal.`) -> column; `stages`: value of the stage column -> won, lost, open.

    `owner_column` holds what `owner_by` says of a participant: its `name` or its import `id`. `open_stage` is what an
    open deal's stage is called, `currency` what amounts are in.
    """

    record: str
    id_column: str
    owner_column: str
    owner_by: str
    fields: Mapping[str, str]
    stages: Mapping[str, str]
    open_stage: str
    currency: str

    def columns(self) -> set[str]:
        """The columns that the file must have."""
        return {self.id_column, self.owner_column, *self.fields.values()}


def export_mapping(document: object, *, name: str) -> ExportMapping:
    """The `export` section of a parsed mapping file called `name`. Rejected names the first problem and its place."""
    section = document.get("export") if isinstance(document, Mapping) else None
    if not isinstance(section, Mapping):
        raise _wrong(name, "export", "the section is missing", "It says which column is what; see infra/local/demo/mapping.yaml")
    _known(section, KEYS, name, "export")
    record = section.get("record", "deal")
    if record not in RECORD_FIELDS:
        raise _wrong(name, "export.record", f"{record!r} is not a record type", f"Use one of {', '.join(RECORD_FIELDS)}")
    owner = section.get("owner")
    if not isinstance(owner, Mapping):
        raise _wrong(name, "export.owner", "a mapping is expected", "For example {column: sales_agent, participant: name}")
    _known(owner, ("column", "participant"), name, "export.owner")
    by = owner.get("participant", "name")
    if by not in OWNER_BY:
        raise _wrong(name, "export.owner.participant", f"{by!r} is not a way to find one", f"Use one of {', '.join(OWNER_BY)}")
    stages = _stages(section.get("stages"), name)
    return ExportMapping(
        record=record,
        id_column=_text(section.get("id"), name, "export.id"),
        owner_column=_text(owner.get("column"), name, "export.owner.column"),
        owner_by=by,
        fields=_fields(section.get("fields"), record, name),
        stages=stages,
        open_stage=next((raw for raw, stage in stages.items() if stage == "open"), "open"),
        currency=_text(section.get("currency", "USD"), name, "export.currency"),
    )


def _fields(raw: object, record: str, name: str) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise _wrong(name, "export.fields", "a mapping is expected", "For example {deal.amount: close_value}")
    found = {}
    for key, column in raw.items():
        field = str(key).removeprefix(f"{record}.")
        if field not in RECORD_FIELDS[record] or field == str(key):
            mend = _meant(f"{record}.{field}", [f"{record}.{known}" for known in RECORD_FIELDS[record]])
            raise _wrong(name, f"export.fields.{str(key)[:60]}", f"{str(key)[:60]} is not a field of {record}", mend)
        found[field] = _text(column, name, f"export.fields.{key}")
    for field in REQUIRED_FIELDS:
        if field not in found:
            raise _wrong(name, "export.fields", f"{record}.{field} is missing", f"Name its column: {{{record}.{field}: ...}}")
    return found


def _stages(raw: object, name: str) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise _wrong(name, "export.stages", "a mapping is expected", "For example {won: [Won], lost: [Lost], open: [Engaging]}")
    _known(raw, STAGES, name, "export.stages")
    found = {}
    for stage, values in raw.items():
        for value in values if isinstance(values, list) else [values]:
            found[_text(value, name, f"export.stages.{stage}")] = str(stage)
    for stage in ("won", "lost"):
        if stage not in found.values():
            raise _wrong(
                name, "export.stages", f"nothing means {stage}", f"Name the values of the stage column that mean {stage}"
            )
    return found


def _text(raw: Any, name: str, path: str) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int) or not str(raw).strip() or len(str(raw)) > 255:
        raise _wrong(name, path, "a text is expected", "Write the column's or value's name, in quotes if need be")
    return str(raw).strip()


def _known(entry: Mapping[Any, Any], keys: Iterable[str], name: str, path: str) -> None:
    for key in entry:
        if key not in keys:
            raise _wrong(name, f"{path}.{str(key)[:60]}", "this is not known here", _meant(str(key), keys))


def _meant(word: str, known: Iterable[str]) -> str:
    choices = list(known)
    near = get_close_matches(word, choices, n=1)
    return f"Did you mean {near[0]}?" if near else f"Use one of {', '.join(choices)}"


def _wrong(name: str, path: str, what: str, mend: str) -> Rejected:
    return Rejected(what, where=f"{name}: {path}", mend=mend)
