"""The files of an export as rows of cells: CSV or columns cut by white space, plain or gzipped, one line at a time."""

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from accolade.flows.history.mapping import Layout
from accolade.model.errors import Missing, Rejected
from accolade.model.phrases import later as t

MAX_LINE = 1_000_000
"""Characters of one line; what is longer is no export."""

_STEP = 20_000
"""Lines between two words on how far it is."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[io.TextIOBase, BinaryIO]]:
    """The text of a file and, below it, its bytes as stored (for progress). Missing if it cannot be read."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise Missing(
            t("the file cannot be read (%(said)s)", said=error.strerror), where=str(path), mend=t("Check the path")
        ) from error
    with raw:
        packed = path.suffix == ".gz"
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
        # What is no UTF-8 becomes U+FFFD, so that one bad line is one bad row and not the end of the file.
        yield io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline=""), cast(BinaryIO, raw)


def rows(
    text: io.TextIOBase, raw: BinaryIO, layout: Layout, name: str, *, ahead: Callable[[int], None]
) -> Iterator[tuple[int, Sequence[str]]]:
    """(line, cells) of every line that is not blank, the header first where the file has one.

    `ahead` is told from time to time how many bytes of the file were read. A line that is no CSV comes with no cells.
    Rejected where the file as a whole cannot be read.
    """
    reader = csv.reader(_lines(text, name), delimiter=layout.delimiter, strict=True)
    cut = _split(text, name) if layout.whitespace else _csv(reader)
    due = _STEP
    try:
        for line, cells in cut:
            if line >= due:
                due = line + _STEP
                ahead(raw.tell())
            yield line, cells
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise Rejected(
            t("the file cannot be unpacked"), where=name, mend=t("Export it again; it is cut off or no gzip file")
        ) from error
    ahead(raw.tell())


def _csv(reader: Any) -> Iterator[tuple[int, Sequence[str]]]:
    while True:
        try:
            for cells in reader:
                if cells:
                    yield reader.line_num, cells
            return
        except csv.Error:
            yield reader.line_num, ()


def _split(text: io.TextIOBase, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    for line, content in enumerate(_lines(text, name), start=1):
        cells = content.split()
        if cells:
            yield line, cells


def _lines(text: io.TextIOBase, name: str) -> Iterator[str]:
    while content := text.readline(MAX_LINE):
        if len(content) >= MAX_LINE:
            raise Rejected(
                t("a line has no end"), where=name, mend=t("Save it as CSV UTF-8, and look for an open quotation mark")
            )
        yield content
