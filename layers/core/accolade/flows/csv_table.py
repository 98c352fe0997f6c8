"""Reading a CSV file that people wrote: lines with named cells, and problems that say how to mend them."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial

from accolade.model.errors import Rejected
from accolade.model.phrases import later as t

Row = Mapping[str, str]

MAX_BYTES = 5_000_000
MAX_LINES = 20_000
MAX_CELL = 400

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_FORMULA = re.compile(r"^[=@\t\r]|^[+-](?![\d (])")


class CellError(ValueError):
    """One cell cannot be read: which column, what is wrong, how to mend it."""

    def __init__(self, column: str, what: str, mend: str) -> None:
        super().__init__(what)
        self.column, self.what, self.mend = column, what, mend


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with one line: it is read to its end, so that everything is said at once."""

    found: list[CellError] = field(default_factory=list)

    def __contains__(self, column: str) -> bool:
        """Whether something is wrong with this cell."""
        return any(it.column == column for it in self.found)

    def read[T](self, cell: Callable[[], T], otherwise: T) -> T:
        """What a cell says; if it cannot be read that is kept, and `otherwise` stands for it."""
        try:
            return cell()
        except CellError as error:
            self.found.append(error)
            return otherwise


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line, and how to mend it; `column` is empty if it is the line as a whole."""

    line: int
    column: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header is right. `row` reads the cells of a line; CellError names the first that cannot be taken."""

    names: Sequence[str]
    lines: Iterator[tuple[int, list[str]]]

    def row(self, cells: Sequence[str]) -> Row:
        """The cells by column, trimmed."""
        faults = Faults()
        found = self.cells(cells, faults)
        if faults.found:
            raise faults.found[0]
        return found

    def cells(self, cells: Sequence[str], faults: Faults) -> Row:
        """The same without those that cannot be taken: they are among the faults."""
        return faults.read(lambda: _row(self.names, cells, faults), {})


def table(content: bytes, *, columns: Sequence[str], required: Sequence[str]) -> Table:
    """The lines of a CSV file (UTF-8, comma or semicolon, header row) that are not empty, with the line they start in.

    Rejected if the file as a whole cannot be read, at once or where it breaks.
    """
    rows = _rows(_text(content))
    _, header = next(rows, (1, []))
    return Table(_columns(header, columns, required), _filled(rows))


def _filled(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for count, (line, cells) in enumerate(rows, start=1):
        if count > MAX_LINES:
            raise Rejected(t("the file has more than %(most)s lines", most=MAX_LINES), mend=t("Split it and import the parts"))
        if any(cell.strip() for cell in cells):
            yield line, cells


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Rejected(
            t("the file has %(count)s bytes; %(most)s can be read", count=len(content), most=MAX_BYTES),
            mend=t("Split it and import the parts"),
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Rejected(t("line %(line)s is not UTF-8", line=str(line)), mend=t("Save the file as CSV UTF-8")) from error
    if "\0" in text:
        raise Rejected(t("the file holds NUL characters"), mend=t("Save the file as CSV UTF-8"))
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they start in."""
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Rejected(
                t("line %(line)s is not CSV (%(error)s)", line=str(start), error=error),
                mend=t("Look for a quotation mark that is not closed"),
            ) from error
        yield start, row
        start = reader.line_num + 1


def _columns(header: Sequence[str], columns: Sequence[str], required: Sequence[str]) -> list[str]:
    names = [cell.strip().lower() for cell in header]
    for name in names:
        if name not in columns:
            near = get_close_matches(name, columns, n=1)
            mend = t("Did you mean %(near)s?", near=near[0]) if near else t("Columns are %(columns)s", columns=", ".join(columns))
            raise Rejected(t("column %(name)r is not known", name=name[:40]), where=t("line %(line)s", line="1"), mend=mend)
        if names.count(name) > 1:
            raise Rejected(
                t("column %(name)r is there twice", name=name), where=t("line %(line)s", line="1"), mend=t("Remove one of them")
            )
    missing = [name for name in required if name not in names]
    if missing:
        mend = t("The first line names the columns: %(columns)s", columns=",".join(columns))
        raise Rejected(t("column %(name)r is missing", name=missing[0]), where=t("line %(line)s", line="1"), mend=mend)
    return names


def _row(names: Sequence[str], cells: Sequence[str], faults: Faults) -> Row:
    if len(cells) > len(names):
        mend = t("Put values that hold commas between quotation marks")
        raise CellError(
            "", t("the line has %(count)s values for %(columns)s columns", count=len(cells), columns=len(names)), mend
        )
    values = {name: _unescaped(cell.strip()) for name, cell in zip(names, cells, strict=False)}
    return {name: value for name, value in values.items() if faults.read(partial(_checked, name, value), False)}


def _unescaped(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from running it as a formula."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@" else cell


def _checked(name: str, value: str) -> bool:
    """True if a cell can be taken; CellError if not."""
    if len(value) > MAX_CELL:
        raise CellError(
            name, t("the value has %(count)s characters; %(most)s is the most", count=len(value), most=MAX_CELL), t("Shorten it")
        )
    if _CONTROL.search(value) or "\n" in value or "\r" in value:
        raise CellError(name, t("the value holds control characters or line breaks"), t("Type it again"))
    if _FORMULA.search(value):
        raise CellError(
            name,
            t("the value starts with %(value)r, which a spreadsheet runs as a formula", value=value[0]),
            t("Remove that sign"),
        )
    return True
