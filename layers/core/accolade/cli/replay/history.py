"""An export's rows as what happened to each deal: it opened, and perhaps it closed."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from accolade.cli.replay.export_mapping import ExportMapping
from accolade.model.errors import Rejected
from accolade.model.times import Millis, parse_date, to_millis

OPENED_AT, CLOSED_AT = time(9, tzinfo=UTC), time(12, tzinfo=UTC)
"""When on its day a deal opens and closes; dates have no time, and both are the same date from UTC-9 to UTC+11."""

_SPREAD_SECONDS = 10_000
"""Deals of one day follow one another by seconds, and opening stays before closing."""


@dataclass(frozen=True, slots=True)
class Change:
    """A deal as it stood at `at` (epoch ms): canonical fields as text, dates as `YYYY-MM-DD`, None for empty.

    `stage` is canonical, `stage_name` the export's; `owner` the text of the owner column; `phase`: opened or closed.
    """

    at: Millis
    deal: str
    phase: str
    stage: str
    stage_name: str
    owner: str
    currency: str
    values: Mapping[str, str | None]


@dataclass
class History:
    """All changes in the order of time, the deals there are, why rows were skipped, and how many lie outside the dates."""

    changes: Sequence[Change]
    deals: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Slice:
    """Which deals: those dated (closed, or opened if not closed) in [start, end], and every `of`-th owner from `part`."""

    start: date | None = None
    end: date | None = None
    part: int = 1
    of: int = 1


def read_history(content: bytes, mapping: ExportMapping, *, name: str, wanted: Slice) -> History:
    """The changes that the rows of a CSV file tell. Rejected names the line and column that cannot be read.

    Rows without creation date (or closed without closing date) are skipped and counted.
    """
    rows = list(_rows(content, mapping, name))
    owners = {owner: place for place, owner in enumerate(sorted({row[mapping.owner_column] for _, row in rows}))}
    history, seen, changes = History(()), dict[str, int](), list[Change]()
    of_day: Counter[tuple[date, str]] = Counter()
    for line, row in rows:
        deal = row[mapping.id_column]
        if not deal:
            raise _wrong(name, line, mapping.id_column, "the id is empty", "Every row needs the deal's id")
        if seen.setdefault(deal, line) != line:
            raise _wrong(name, line, mapping.id_column, f"{deal} stands on line {seen[deal]} already", "Keep one of the two")
        mine = owners[row[mapping.owner_column]] % wanted.of == wanted.part - 1
        found = _changes(row, mapping, of_day, name, line, history.skipped if mine else Counter())
        if not mine or not found:
            continue
        if _within(row, mapping, wanted):
            changes += found
            history.deals += 1
        else:
            history.outside += 1
    history.changes = sorted(changes, key=lambda change: (change.at, change.deal))
    return history


def _rows(content: bytes, mapping: ExportMapping, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        missing = sorted(mapping.columns() - set(reader.fieldnames or ()))
        if missing:
            mend = f"The file has {', '.join(reader.fieldnames or ()) or 'none'}"
            raise Rejected(f"column {missing[0]!r} is missing", where=f"{name}:1", mend=mend)
        for row in reader:
            cells = {column: (value or "").strip() for column, value in row.items() if isinstance(value, str | None)}
            for column, meant in mapping.values.items():
                if column in cells:
                    cells[column] = meant.get(cells[column], cells[column])
            yield reader.line_num, cells
    except UnicodeDecodeError as error:
        raise Rejected("the file is not UTF-8", where=name, mend="Save it as CSV UTF-8") from error
    except csv.Error as error:
        raise Rejected(
            f"this is not CSV ({error})", where=f"{name}:{reader.line_num}", mend="Look for an open quotation mark"
        ) from error


def _changes(
    row: Mapping[str, str], mapping: ExportMapping, of_day: Counter[tuple[date, str]], name: str, line: int, skipped: Counter[str]
) -> list[Change]:
    """The opening and perhaps the closing of a row; empty if it is skipped."""
    stage_name = row[mapping.fields["stage_name"]]
    stage = mapping.stages.get(stage_name)
    if stage is None:
        mend = f"Name it below export.stages ({', '.join(mapping.stages)} are)"
        raise _wrong(name, line, mapping.fields["stage_name"], f"{stage_name!r} is not a known stage", mend)
    created = _day(row, mapping.fields["created_on"], name, line)
    closed = _day(row, mapping.fields["close_date"], name, line)
    if created is None:
        skipped["without creation date"] += 1
        return []
    if stage != "open" and closed is None:
        skipped["closed without closing date"] += 1
        return []
    values: dict[str, str | None] = {
        field: row[column] or None for field, column in mapping.fields.items() if field not in ("stage_name", "owner")
    }
    values.setdefault("name", f"{values.get('account_name') or 'Deal'} {row[mapping.id_column]}")
    opened_at = _at(created, OPENED_AT, of_day)
    unknown_yet = {"amount": None, "close_date": None} if stage != "open" else {}
    deal, owner, currency = row[mapping.id_column], row[mapping.owner_column], mapping.currency
    open_stage = stage_name if stage == "open" else mapping.open_stage
    found = [Change(to_millis(opened_at), deal, "opened", "open", open_stage, owner, currency, values | unknown_yet)]
    if stage != "open" and closed is not None:
        closed_at = max(_at(closed, CLOSED_AT, of_day), opened_at + timedelta(seconds=1))
        found.append(Change(to_millis(closed_at), deal, "closed", stage, stage_name, owner, currency, values))
    return found


def _within(row: Mapping[str, str], mapping: ExportMapping, wanted: Slice) -> bool:
    day = parse_date(row[mapping.fields["close_date"]] or row[mapping.fields["created_on"]])
    return not ((wanted.start and day < wanted.start) or (wanted.end and day > wanted.end))


def _at(day: date, at: time, of_day: Counter[tuple[date, str]]) -> datetime:
    key = (day, at.isoformat())
    of_day[key] += 1
    return datetime.combine(day, at) + timedelta(seconds=(of_day[key] - 1) % _SPREAD_SECONDS)


def _day(row: Mapping[str, str], column: str, name: str, line: int) -> date | None:
    text = row[column]
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise _wrong(name, line, column, f"{text[:40]!r} is not a date", "Write it as 2017-03-01") from error


def _wrong(name: str, line: int, column: str, what: str, mend: str) -> Rejected:
    return Rejected(what, where=f"{name}:{line}  {column}", mend=mend)
