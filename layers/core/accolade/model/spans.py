"""Stage and owner histories as spans: how long a record stood where, how often it went back, when the present stage began."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from accolade.model.fields import RECORD_FIELDS, STAGED
from accolade.model.records import Record, Value
from accolade.model.times import Millis, from_millis

CLOSED = ("won", "lost")
MILLIS_A_DAY = 86_400_000

Rows = Iterable[tuple[Millis, Value]]
"""A tracked field's history: (version in epoch ms, value), in order."""


class Span(NamedTuple):
    """A time in one stage (or with one owner): from `start`, epoch ms, until `end`; None: it goes on."""

    stage: str
    start: Millis
    end: Millis | None

    @property
    def millis(self) -> Millis | None:
        """How long it took; None while it goes on."""
        return None if self.end is None else self.end - self.start


def spans(rows: Rows) -> tuple[Span, ...]:
    """The spans of rows in the order given: runs of one value are one span, empty values are none.

    Rows of one instant keep the order that they come in: all but the last of them took no time.
    """
    starts: list[tuple[Millis, str]] = []
    present: Value = None
    for at, value in rows:
        if value != present and value is not None:
            starts.append((at, str(value)))
            present = value
    ends: list[Millis | None] = [*(at for at, _ in starts[1:]), None]
    return tuple(Span(stage, at, end) for (at, stage), end in zip(starts, ends, strict=False))


def stage_rows(record: Record) -> tuple[tuple[Millis, Value], ...]:
    """The record's stage history by the CRM's own names, or as open, won, lost where no names are known."""
    return record.history.get("stage_name") or record.history.get("stage", ())


def reopenings(rows: Rows) -> int:
    """How often a closed record was open again, from the history of its canonical stage."""
    found, closed = 0, False
    for _, stage in rows:
        if stage in CLOSED:
            closed = True
        elif stage is not None:
            found += closed
            closed = False
    return found


def _reader(kind: str) -> Callable[[Record, Millis, dict[str, object]], None]:
    """What puts the derived values of a type's histories (see `DERIVED_FIELDS`) to those of its fields.

    Every event passes here, so the names are made once, and what few records have is only looked at when it is there.
    """
    names = ("history", "stage_since", "stage_days", "stage_count", "stage_bounces", "reopenings")
    rows_name, since_name, days_name, count_name, bounces_name, reopenings_name = (f"{kind}.{name}" for name in names)
    owner_since, owner_changes = f"{kind}.owner_since", f"{kind}.owner_changes"

    def stages(history: Mapping[str, tuple[tuple[Millis, Value], ...]], newest: Millis, found: dict[str, object]) -> None:
        rows = history.get("stage_name") or history.get("stage")
        if not rows:
            return
        since, count = _last(rows)
        if not count:
            return
        found[rows_name] = rows
        found[since_name] = from_millis(since)
        found[days_name] = max(0, newest - since) // MILLIS_A_DAY
        found[count_name] = count
        found[bounces_name] = count - len({value for _, value in rows if value is not None}) if count > 2 else 0
        found[reopenings_name] = reopenings(history.get("stage", ())) if count > 1 else 0

    def read(record: Record, newest: Millis, found: dict[str, object]) -> None:
        history = record.history
        if kind in STAGED:
            stages(history, newest, found)
        owners = history.get("owner")
        if owners:
            since, count = _last(owners)
            if count:
                found[owner_since], found[owner_changes] = from_millis(since), count - 1

    return read


def _last(rows: tuple[tuple[Millis, Value], ...]) -> tuple[Millis, int]:
    """When the last span began, and how many there are."""
    if len(rows) == 1:
        return (rows[0][0], 1) if rows[0][1] is not None else (0, 0)
    since, count, present = 0, 0, None
    for at, value in rows:
        if value != present and value is not None:
            since, present = at, value
            count += 1
    return since, count


HISTORIES = {kind: _reader(kind) for kind in RECORD_FIELDS}
"""Record type -> what derives values from a record's histories: (record, its newest version, the values) -> None."""
