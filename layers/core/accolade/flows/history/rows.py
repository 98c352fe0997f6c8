"""A row of an export as a record: typed values for KPIs and conditions, and the same as production would hold it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from accolade.flows.history.cells import Read, mend, reader, remembered, replaced
from accolade.flows.history.mapping import Export
from accolade.flows.history.problems import unlike
from accolade.model.fields import EVENT_FIELDS, RECORD_FIELDS, STAGES, TOLD_FIELDS, FieldType
from accolade.model.money import exponent
from accolade.model.phrases import later as t
from accolade.model.phrases import said_by
from accolade.model.records import Facts, Origin, Record, RecordKey, Value, Version
from accolade.model.spans import HISTORIES
from accolade.model.times import Millis, to_millis

OPENED_AT, CLOSED_AT = time(9, tzinfo=UTC), time(12, tzinfo=UTC)
"""When on its day a record opens and closes, where its dates have no time: both are the same date from UTC-9 to UTC+11."""

Step = tuple[Millis, str, str, str]
"""Since when, the stage as canonical and by its own name, and who owned the record then; texts may be empty."""


@dataclass(slots=True)
class Row:
    """One record of an export. `values` as `kpis.port.Values` says, with what it refers to and who earns beside it.

    `owner`: the text of the owner column (who owned it when it closed), empty if nobody. `steps`: its stages in the order
    of time, where the export tells them. `line`: where it stands, in `file`. `types`: those of the org's own fields.
    """

    type: str
    id: str
    owner: str
    values: dict[str, object]
    file: str
    line: int
    steps: tuple[Step, ...] = ()
    digits: int | None = None
    types: Mapping[str, FieldType] = field(default_factory=dict)

    def facts(self, *, tenant: str, connection: str) -> Facts:
        """What a read of the whole record would say in production: canonical fields, and histories of stage and owner."""
        opened, closed = _times(self.type, self.values, self.steps)
        version = Version(closed if closed is not None else opened, Origin.READ)
        key = RecordKey(tenant, connection, self.type, self.id)
        return Facts(key, version, self.fields(), _history(self, opened, closed), None, True)

    def record(self, *, tenant: str, connection: str) -> Record:
        """The record as production would hold it after that."""
        facts = self.facts(tenant=tenant, connection=connection)
        fields = {name: (facts.version, value) for name, value in facts.fields.items()}
        return Record(facts.key, fields, facts.history, complete=True)

    def tell_stages(self) -> None:
        """Put what its steps tell among its values: `<type>.history` and what production derives from it."""
        record = self.record(tenant="", connection="")
        HISTORIES[self.type](record, record.version, self.values)

    def fields(self) -> dict[str, Value]:
        """Its own fields as `Facts.fields` holds them: money and decimals as text, dates ISO, instants in milliseconds."""
        known = _known(self.type)
        currency = str(self.values.get(_names(self.type).currency) or "USD")
        places = exponent(currency) if self.digits is None else self.digits
        found: dict[str, Value] = {}
        for key, value in self.values.items():
            own = known.get(key) or (self._own(key) if self.types else None)
            if own is not None and value is not None:
                found[own[0]] = value if type(value) is str else _canonical(value, own[1], places)
        return found

    def _own(self, key: str) -> tuple[str, FieldType] | None:
        """A field of the org's own."""
        kind, _, name = key.partition(".")
        return (name, self.types[name]) if kind == self.type and name in self.types else None


@cache
def _known(type_: str) -> dict[str, tuple[str, FieldType]]:
    """`type.field` -> the field and how it is held."""
    fields = RECORD_FIELDS[type_] | TOLD_FIELDS.get(type_, {})
    return {f"{type_}.{name}": (name, kind) for name, kind in fields.items()}


class _Names(NamedTuple):
    """The full names of what every row of a type is asked for: made once, for a million rows ask."""

    currency: str
    created: str
    stage: str
    stage_name: str
    dates: tuple[str, ...]


@cache
def _names(type_: str) -> _Names:
    currency, created, stage, stage_name = (f"{type_}.{name}" for name in ("currency", "created_on", "stage", "stage_name"))
    return _Names(currency, created, stage, stage_name, tuple(f"{type_}.{name}" for name in EVENT_FIELDS[type_]))


class Wrong(ValueError):
    """A cell that cannot be read; `column` says which."""

    def __init__(self, what: str, *, column: str, mend: str) -> None:
        super().__init__(what)
        self.column, self.mend = column, mend


@dataclass(frozen=True, slots=True)
class _Cell:
    key: str
    place: int
    read: Read
    type: FieldType
    column: str


def compiled(export: Export, header: Sequence[str], *, where: str) -> Callable[[Sequence[str]], dict[str, object]]:
    """A reader of whole rows, made once for a file: cells -> values by `type.field`. It raises Wrong.

    Rejected if a column that the mapping names is not in the header.
    """
    places = {name.strip(): place for place, name in enumerate(header)}
    missing = sorted(export.columns() - set(places))
    if missing:
        raise unlike(missing[0], list(filter(None, places)), where)
    cells = tuple((it.key, it.place, it.read, it) for it in _cells(export, places))
    fixed = _fixed(export)

    def read(row: Sequence[str]) -> dict[str, object]:
        values = dict(fixed)
        for key, place, read_cell, cell in cells:
            text = row[place].strip()
            if text:
                try:
                    values[key] = read_cell(text)
                except ValueError as error:
                    if isinstance(error, Wrong):
                        raise
                    raise Wrong(said_by(error), column=cell.column, mend=mend(cell.type)) from error
        return values

    return read


def _cells(export: Export, places: Mapping[str, int]) -> list[_Cell]:
    catalogue = {**RECORD_FIELDS.get(export.record, {}), **export.map.types}
    shared = {"currency": export.map.currency, "zone": export.map.time_zone, "dates": export.dates}
    found = []
    for name, column in export.map.fields.items():
        type_ = catalogue[name]
        read = reader(type_, digits=export.digits, **shared)
        if column in export.values:
            read = remembered(replaced(read, export.values[column]))
        found.append(_Cell(f"{export.record}.{name}", places[column], read, type_, column))
        if name == "stage_name":
            stage = replaced(_stage(export, column), export.values.get(column, {}))
            found.append(_Cell(f"{export.record}.stage", places[column], stage, FieldType.CHOICE, column))
    return found


def _stage(export: Export, column: str) -> Read:
    known = {name: name for name in STAGES} | dict(export.map.stages)

    def stage(text: str) -> str:
        try:
            return known[text]
        except KeyError:
            named = ", ".join(list(export.map.stages)[:8])
            raise Wrong(
                t("%(text)r is not a known stage", text=text[:40]),
                column=column,
                mend=t("Name it below stages: in the mapping (%(named)s are)", named=named),
            ) from None

    return stage


def _fixed(export: Export) -> dict[str, object]:
    """What every row has: the currency, and the mapping's constants."""
    catalogue = RECORD_FIELDS.get(export.record, {})
    found: dict[str, object] = {}
    if "currency" in catalogue:
        found[f"{export.record}.currency"] = export.map.currency
    for name, text in export.constants.items():
        read = reader(
            catalogue[name], currency=export.map.currency, digits=export.digits, zone=export.map.time_zone, dates=export.dates
        )
        found[f"{export.record}.{name}"] = read(text)
        if name == "stage_name":
            found[f"{export.record}.stage"] = _stage(export, "constants")(text)
    return found


def _times(type_: str, values: Mapping[str, object], steps: Sequence[Step]) -> tuple[Millis, Millis | None]:
    """When the record opened, and when it closed: None while it is open."""
    if steps:
        closing = closing_step(steps)
        return steps[0][0], closing[0] if closing else None
    names, event = _names(type_), None
    for name in names.dates:
        said = values.get(name)
        if isinstance(said, date):
            event = said
            break
    created = values.get(names.created)
    first = created if isinstance(created, date) else event or date(1970, 1, 1)
    opened = _opens(first)
    if values.get(names.stage) not in ("won", "lost"):
        return opened, None
    return opened, max(_closes(event or first), opened + 1000)


@lru_cache(maxsize=20_000)
def _opens(day: date) -> Millis:
    return to_millis(datetime.combine(day, OPENED_AT))


@lru_cache(maxsize=20_000)
def _closes(day: date) -> Millis:
    return to_millis(datetime.combine(day, CLOSED_AT))


def closing_step(steps: Sequence[Step]) -> Step | None:
    """The step of the last transition into won or lost; None while the record is open (as `model.reading.closing`)."""
    if steps[-1][1] not in ("won", "lost"):
        return None
    found = steps[-1]
    for step in reversed(steps):
        if step[1] != found[1]:
            break
        found = step
    return found


def _history(row: Row, opened: Millis, closed: Millis | None) -> dict[str, tuple[tuple[Millis, Value], ...]]:
    if row.steps:
        return {
            name: tuple((step[0], step[place]) for step in row.steps)
            for place, name in enumerate(("stage", "stage_name", "owner"), start=1)
            if any(step[place] for step in row.steps)
        }
    found: dict[str, tuple[tuple[Millis, Value], ...]] = {}
    names = _names(row.type)
    stage, name = row.values.get(names.stage), row.values.get(names.stage_name)
    if stage is not None:
        found["stage"] = ((opened, "open"), (closed, str(stage))) if closed is not None else ((opened, str(stage)),)
    if name is not None:
        found["stage_name"] = ((opened if closed is None else closed, str(name)),)
    if row.owner:
        found["owner"] = ((opened, row.owner),)
    return found


def _canonical(value: object, type_: FieldType, places: int) -> Value:
    if type(value) is date:
        return _iso(value)
    if type_ is FieldType.MONEY and isinstance(value, int):
        whole, rest = divmod(value, 10**places)
        return _plain(Decimal(value).scaleb(-places)) if rest else str(whole)
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, datetime):
        return to_millis(value)
    if isinstance(value, date):
        return _iso(value)
    return value if isinstance(value, str | int | bool) else str(value)


@lru_cache(maxsize=20_000)
def _iso(day: date) -> str:
    return day.isoformat()


def _plain(value: Decimal) -> str:
    """Decimal text without trailing zeros or exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
