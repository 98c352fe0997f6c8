"""What a command writes: text and tables for people, JSON alone for scripts, errors with what, where and how to mend."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from accolade.model.errors import AccoladeError
from accolade.model.times import iso

_WIDE = 240
"""Columns for pipes and files."""


def out() -> Console:
    """Standard output, as it is now (tests and pipes replace it); wide where nobody reads it on a terminal."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)


def err() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line for people. Values in it are not read as markup."""
    out().print(escape(text), markup=True)


def show_json(value: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def show(value: Any, text: str, *, as_json: bool) -> None:
    """The value as JSON, or the text for people."""
    if as_json:
        show_json(value)
    else:
        say(text)


def show_list(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Rows as a table of these columns (numbers to the right), or as a JSON list of all they hold."""
    if as_json:
        show_json(list(rows))
        return
    if not rows:
        say(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        numbers = all(isinstance(row.get(column), int | None) for row in rows)
        whole = all(_is_word(cell(row.get(column))) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if numbers else "left", overflow="fold", no_wrap=whole)
    for row in rows:
        table.add_row(*(escape(cell(row.get(column))) for column in columns))
    out().print(table)


def cell(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, list | tuple):
        return ", ".join(cell(entry) for entry in value) or "-"
    return str(value)


def _is_word(text: str) -> bool:
    """Whether a cell is a name, a number or a day that should not be broken in two."""
    return " " not in text and len(text) <= _WORD


_WORD = 32


def report(error: AccoladeError) -> None:
    """An error for people: what, where, how to mend."""
    console = err()
    place = f"{error.where}  " if error.where else ""
    console.print(f"[red]error[/red]  {escape(place + _sentence(error.what))}", markup=True)
    if error.mend:
        console.print(f"       {escape(_sentence(error.mend))}", markup=True)


def fail(what: str, *, where: str = "", mend: str = "", code: int = 1) -> NoReturn:
    """Say what is wrong and end the command."""
    report(AccoladeError(what, where=where, mend=mend))
    raise typer.Exit(code)


@contextmanager
def progress(title: str, total: int, *, unit: str) -> Iterator[Any]:
    """A progress bar with a rate on standard error; gives `advance(n)`."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err(), transient=False, refresh_per_second=4) as bar:
        task = bar.add_task(title, total=total, rate="")

        def advance(by: int = 1) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, advance=by, rate=f"{speed:,.0f} {unit}/s" if speed else "")

        yield advance


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", ")")) else f"{text}."


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
