"""The `export` section of a mapping file: how the files of an export read as records, one part for each record type."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from accolade.crm.mapping import one_map
from accolade.model.connections import FieldMap
from accolade.model.errors import Rejected
from accolade.model.fields import RECORD_FIELDS, FieldType
from accolade.model.phrases import Phrase
from accolade.model.phrases import later as t

KEYS = (
    *("record", "id", "owner", "fields", "constants", "types", "stages", "values"),
    *("currency", "digits", "time_zone", "dates", "layout", "steps"),
)
PARTICIPANT = "participant"
PEOPLE_FIELDS = ("id", "name", "email", "team", "role", "manager", "region", "country", "kind", "started_on")
OWNER_BY = ("name", "id")
SPLITS = ("whitespace",)
MAX_VALUES = 10_000
_EXAMPLE = t("For example export: {record: deal, id: opportunity_id, fields: {deal.amount: close_value}}")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is cut into cells: by `delimiter` (quotes allowed), or by runs of white space (`whitespace`).

    `columns`: the names, where the file has no header line of its own.
    """

    delimiter: str = ","
    whitespace: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """How one file reads as records of one type.

    `id`: columns that together name the record (none: the line does). `owner`: the column that says whose it is, as a
    participant's name or id (`owner_by`). `map`: canonical field -> column, types, stages, currency, time zone.
    `constants`: canonical field -> text that every row has. `values`: column -> as written -> as meant.
    `digits`: decimals of the amounts, where they have more than their currency; `dates`: how dates are written
    (strptime), where it is not ISO 8601. `at`, `order`: each row is a step of its record, in force from that time on.
    """

    record: str
    id: tuple[str, ...] = ()
    owner: str = ""
    owner_by: str = "name"
    map: FieldMap = field(default_factory=lambda: FieldMap("", "", {}))
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    digits: int | None = None
    dates: str = ""
    layout: Layout = Layout()
    at: str = ""
    order: str = ""

    def columns(self) -> set[str]:
        """The columns that the file must have."""
        return {*self.id, *self.map.fields.values(), *(it for it in (self.owner, self.at, self.order) if it)}


def exports(document: object, *, name: str) -> dict[str, Export]:
    """Record type -> how its file reads, from a parsed mapping file called `name`.

    `export` is one part, or a list of them. Rejected names the first problem and its place.
    """
    section = document.get("export") if isinstance(document, Mapping) else None
    if not isinstance(section, Mapping | list) or not section:
        raise _wrong(
            f"{name}: export", t("the section is missing"), t("It says which column is what. %(example)s", example=_EXAMPLE)
        )
    parts = section if isinstance(section, list) else [section]
    found: dict[str, Export] = {}
    for place, part in enumerate(parts, start=1):
        where = f"{name}: export" if len(parts) == 1 else f"{name}: export[{place}]"
        one = _export(part, where)
        if one.record in found:
            raise _wrong(where, t("%(record)s is described twice", record=one.record), t("Put the two parts together"))
        found[one.record] = one
    return found


def _export(raw: object, where: str) -> Export:
    part = _mapping(raw, where)
    _known(part, KEYS, where)
    record = str(part.get("record", "deal"))
    if record != PARTICIPANT and record not in RECORD_FIELDS:
        raise _wrong(
            f"{where}.record",
            t("%(record)r is not a record type", record=record[:40]),
            _meant(record, [*RECORD_FIELDS, PARTICIPANT]),
        )
    owner, by = _owner(part.get("owner"), f"{where}.owner")
    steps = _steps(part.get("steps"), f"{where}.steps")
    map_ = _people(part, where) if record == PARTICIPANT else _map(part, record, where)
    return Export(
        record=record,
        id=_texts(part.get("id"), f"{where}.id"),
        owner=owner,
        owner_by=by,
        map=map_,
        constants=_constants(part.get("constants"), record, f"{where}.constants"),
        values=_values(part.get("values"), f"{where}.values"),
        digits=_digits(part.get("digits"), f"{where}.digits"),
        dates=_text(part["dates"], f"{where}.dates") if part.get("dates") else "",
        layout=_layout(part.get("layout"), f"{where}.layout"),
        at=steps[0],
        order=steps[1],
    )


def _map(part: Mapping[str, Any], record: str, where: str) -> FieldMap:
    """The part as the connection's field maps are read, so that both are written the same way."""
    shared = {key: part[key] for key in ("fields", "types", "stages", "currency", "time_zone") if key in part}
    return one_map({"record": record, "object": "export", **shared}, name=where)


def _people(part: Mapping[str, Any], where: str) -> FieldMap:
    found = {}
    for key, column in _mapping(part.get("fields") or {}, f"{where}.fields").items():
        name = str(key).removeprefix(f"{PARTICIPANT}.")
        if name not in PEOPLE_FIELDS:
            raise _wrong(f"{where}.fields.{str(key)[:60]}", t("this is not known of participants"), _meant(name, PEOPLE_FIELDS))
        found[name] = _text(column, f"{where}.fields.{key}")
    return FieldMap(PARTICIPANT, "export", found, types={name: FieldType.TEXT for name in found})


def _owner(raw: object, where: str) -> tuple[str, str]:
    if raw is None:
        return "", "name"
    if isinstance(raw, str):
        return _text(raw, where), "name"
    if not isinstance(raw, Mapping):
        raise _wrong(where, t("a column is expected"), t("For example {column: sales_agent, participant: name}"))
    _known(raw, ("column", PARTICIPANT), where)
    by = raw.get(PARTICIPANT, "name")
    if by not in OWNER_BY:
        raise _wrong(
            f"{where}.participant",
            t("%(by)r is not a way to find one", by=str(by)[:40]),
            t("Use one of %(names)s", names=", ".join(OWNER_BY)),
        )
    return _text(raw.get("column"), f"{where}.column"), by


def _steps(raw: object, where: str) -> tuple[str, str]:
    if raw is None:
        return "", ""
    part = _mapping(raw, where, "For example {at: entered_at, order: seq}")
    _known(part, ("at", "order"), where)
    return _text(part.get("at"), f"{where}.at"), _text(part["order"], f"{where}.order") if part.get("order") else ""


def _constants(raw: object, record: str, where: str) -> dict[str, str]:
    found = {}
    for key, text in _mapping(raw or {}, where).items():
        name = str(key).removeprefix(f"{record}.")
        if name not in RECORD_FIELDS.get(record, ()) or name == str(key):
            known = [f"{record}.{it}" for it in RECORD_FIELDS.get(record, ())]
            raise _wrong(
                f"{where}.{str(key)[:60]}", t("this is not a field of %(record)s", record=record), _meant(str(key), known)
            )
        found["stage_name" if name == "stage" else name] = _text(text, f"{where}.{key}")
    return found


def _values(raw: object, where: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for column, pairs in _mapping(raw or {}, where, "For example {product: {GTXPro: GTX Pro}}").items():
        place = f"{where}.{str(column)[:60]}"
        entries = _mapping(pairs, place, "For example {GTXPro: GTX Pro}")
        if len(entries) > MAX_VALUES:
            raise _wrong(place, t("%(count)s values", count=len(entries)), t("At most %(most)s are replaced", most=MAX_VALUES))
        # An empty text means: as if the cell were empty.
        found[str(column)] = {str(old).strip(): "" if new in ("", None) else _text(new, place) for old, new in entries.items()}
    return found


def _digits(raw: object, where: str) -> int | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= 6:
        raise _wrong(where, t("a number of decimals is expected"), t("Write 0 to 6"))
    return raw


def _layout(raw: object, where: str) -> Layout:
    part = _mapping(raw or {}, where, "For example {delimiter: ;} or {split: whitespace, columns: [id, date, amount]}")
    _known(part, ("delimiter", "split", "columns"), where)
    delimiter, split = part.get("delimiter", ","), part.get("split")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
        raise _wrong(f"{where}.delimiter", t("one character is expected"), t("Write it as ';'"))
    if split is not None and split not in SPLITS:
        raise _wrong(
            f"{where}.split",
            t("%(split)r is not a way to cut lines", split=str(split)[:40]),
            t("Use one of %(names)s", names=", ".join(SPLITS)),
        )
    columns = _texts(part.get("columns"), f"{where}.columns")
    if split and not columns:
        raise _wrong(f"{where}.columns", t("the columns have no names"), t("Name them in their order: [id, date, amount]"))
    return Layout(delimiter, split is not None, columns)


def _texts(raw: object, where: str) -> tuple[str, ...]:
    if raw is None:
        return ()
    found = tuple(_text(it, where) for it in (raw if isinstance(raw, list) else [raw]))
    if len(set(found)) < len(found):
        raise _wrong(where, t("a column stands here twice"), t("Keep one of the two"))
    return found


def _text(raw: Any, where: str) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int) or not str(raw).strip() or len(str(raw)) > 255:
        raise _wrong(where, t("a text is expected"), t("Write the column's or value's name, in quotes if need be"))
    return str(raw).strip()


def _mapping(raw: object, where: str, example: str = _EXAMPLE) -> Mapping[Any, Any]:
    if not isinstance(raw, Mapping):
        raise _wrong(where, t("a mapping is expected"), example)
    return raw


def _known(part: Mapping[Any, Any], keys: Iterable[str], where: str) -> None:
    for key in part:
        if key not in keys:
            raise _wrong(f"{where}.{str(key)[:60]}", t("this is not known here"), _meant(str(key), keys))


def _meant(word: str, known: Iterable[str]) -> Phrase:
    choices = list(known)
    near = get_close_matches(word, choices, n=1)
    return t("Did you mean %(near)s?", near=near[0]) if near else t("Use one of %(names)s", names=", ".join(choices))


def _wrong(where: str, what: str, mend: str) -> Rejected:
    return Rejected(what, where=where, mend=mend)
