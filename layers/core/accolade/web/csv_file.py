"""CSV files to keep: quoted as RFC 4180 says, and no cell that a spreadsheet would run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from accolade.flows.formulas import plain_cell
from accolade.model.times import iso
from accolade.web.answers import PageAnswer, download


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The file as text, with a header row. Numbers stand as they are; a text that begins like a formula gets an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([cell(name) for name in columns])
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return file.getvalue()


def cell(value: object) -> str:
    """One cell: None is empty, numbers are plain, instants and days are ISO, everything else is text in one piece."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return plain_cell(str(value).replace("\0", ""))


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> PageAnswer:
    """A download called `name`, which is ours, of plain characters."""
    return download(csv_text(columns, rows), name=name)
