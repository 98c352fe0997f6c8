"""`accolade simulate`: what a program would have cost on a history, and who would have won."""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from accolade.cli import screen
from accolade.cli.session import DEFAULT_TENANT, AsJson, TenantId, now, session
from accolade.cli.simulating import aims, any_stored, history, variant, with_sales
from accolade.flows.simulation.exports import Exports
from accolade.flows.simulation.files import as_json as plain
from accolade.flows.simulation.files import write_csv, write_json
from accolade.flows.simulation.outcome import Left, Simulation
from accolade.flows.simulation.part import Task, few_collections
from accolade.flows.simulation.run import Done, run
from accolade.flows.simulation.source import Read
from accolade.model.errors import Rejected
from accolade.model.times import parse_date, to_millis
from accolade.programs.loading import from_json

_PROCESSES = 4
"""More than this many only wait for the disk."""

ProgramName = Annotated[str, typer.Argument(metavar="PROGRAM", help="A document, or ID or ID@VERSION of a published program.")]
Deals = Annotated[Path | None, typer.Option(help="CSV export of deals.")]
Records = Annotated[list[str] | None, typer.Option(metavar="TYPE=FILE", help="Export of a record type (may be repeated).")]
Mapping = Annotated[Path | None, typer.Option(help="YAML; its export section names the columns.")]
ConnectionId = Annotated[str, typer.Option("--connection", help="Read the history from this connected CRM instead.")]
Compare = Annotated[str, typer.Option(help="Another document, live, or ID@VERSION.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the report (default: simulate-PROGRAM).")]
QuotaFile = Annotated[Path | None, typer.Option("--quotas", help="CSV with the columns subject, kpi, period and target.")]
AsOf = Annotated[str, typer.Option(metavar="DATE", help="Leave out what is dated later, and judge as of that day.")]


def simulate(
    context: typer.Context,
    program: ProgramName,
    deals: Deals = None,
    records: Records = None,
    mapping: Mapping = None,
    connection: ConnectionId = "",
    compare: Compare = "",
    out: Out = None,
    as_of: AsOf = "",
    quotas: QuotaFile = None,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Replay a history through a program: winners, cost, budget, who gains and loses. Files need no stack."""
    open_ = session(context)
    source = history(open_, deals, records or [], mapping, connection, tenant)
    this = variant(open_, program, tenant, mapping, label="this")
    variants = (variant(open_, compare, tenant, mapping, of=this), this) if compare else (this,)
    source = with_sales(source, variants)
    targets = aims(open_, quotas, variants, tenant, stacked=bool(connection) or any_stored(program, compare))
    until = _date(as_of)
    folder = _folder(out or Path(f"simulate-{from_json(this.programs[-1]).id}"))
    end = datetime.combine(until, clock.max, UTC) if until else now()
    started = time.monotonic()
    few_collections()
    with _begun_anew(), _scratch() as scratch, ExitStack() as bars:
        task = Task(source, variants, scratch, to_millis(end), until, aims=targets)
        done = run(task, processes=min(os.cpu_count() or 1, _PROCESSES), stage=_stages(bars, source))
        bars.close()
        simulation = _simulation(done, time.monotonic() - started)
        report = _write(folder, simulation, done)
        done.close()
    if as_json:
        screen.show_json(plain(simulation) | {"report": str(report)})
        return
    _show(simulation)
    screen.say(f"Report: {report}")


def _show(simulation: Simulation) -> None:
    from accolade.web.simulation_page import figures

    this, other = simulation.this, simulation.other
    table = Table(box=None, pad_edge=False, show_header=bool(other), header_style="")
    table.add_column("")
    for label in [other.label, this.label, "change"] if other else [this.label, ""]:
        table.add_column(escape(label), justify="right")
    for name, before, value, change in figures(simulation):
        table.add_row(*(escape(it) for it in ((name, before, value, change) if other else (name, value, change))))
    screen.out().print(table)
    _say_notes(simulation)
    if not simulation.records:
        screen.say("note  there is no record in these files: they have their first line and nothing below it")
    left = _alike([*simulation.read, *this.left])
    for reason, count in left[:_NAMED]:
        screen.say(f"left out  {reason}{f' ({count:,} in all)' if count > 1 else ''}")
    if len(left) > _NAMED:
        screen.say(f"left out  {len(left) - _NAMED:,} further reasons; they are in the report")


def _say_notes(simulation: Simulation) -> None:
    """What the figures do not show of themselves: which rules were never in force, and which pay nothing for lack of quotas."""
    for outcome in (it for it in (simulation.this, simulation.other) if it):
        if outcome.always:
            words = "is in force on no day of this history; it was judged as if it had always been"
            screen.say(f"note  {outcome.program} version {outcome.version} ({outcome.label}) {words}")
        for note in outcome.notes:
            screen.say(f"note  {f'{outcome.label}: ' if simulation.other else ''}{note}.")


def _alike(left: Sequence[Left]) -> list[tuple[str, int]]:
    """The first of each kind of problem, word for word, and how many there are: only their lines differ."""
    found: dict[str, tuple[str, int]] = {}
    for entry in left:
        kind = re.sub(r":\d+", "", entry.reason, count=1)
        first, count = found.get(kind, (entry.reason, 0))
        found[kind] = first, count + entry.count
    return list(found.values())


_NAMED = 5
"""Reasons that are named on the screen."""


def _stages(bars: ExitStack, source: object) -> Callable[[Read | None], Callable[[int], None]]:
    """The bars: one while records are read, one while they are replayed."""

    def stage(read: Read | None) -> Callable[[int], None]:
        bars.close()
        if read is None:
            total = source.lines() if isinstance(source, Exports) else 0
            return bars.enter_context(screen.progress("Reading", total or 1, unit="records"))
        first, last = read.span
        dated = f", {first:%b %Y} - {last:%b %Y}" if first and last else ""
        title = f"Replaying {read.events:,} records{dated}"
        return bars.enter_context(screen.progress(title, read.events, unit="records"))

    return stage


def _simulation(done: Done, seconds: float) -> Simulation:
    first, last = done.read.span
    other = done.outcomes[0] if len(done.outcomes) > 1 else None
    return Simulation(
        done.outcomes[-1], other, done.read.events, done.read.events, first, last, seconds, tuple(done.read.problems)
    )


def _write(folder: Path, simulation: Simulation, done: Done) -> Path:
    from accolade.web.simulation_page import report

    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder, simulation, done.results[-1], done.cast)
    write_json(folder, simulation)
    page = folder / "index.html"
    page.write_text(report(simulation), encoding="utf-8")
    return page


@contextmanager
def _begun_anew() -> Iterator[None]:
    """Ctrl-C says that nothing was written, and what takes less time."""
    try:
        yield
    except KeyboardInterrupt:
        again = "The same command begins anew; --as-of DATE, or fewer lines, take less time."
        screen.err().print(f"Stopped; no report was written. {again}")
        raise typer.Exit(130) from None


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder that is gone afterwards, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="accolade-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _folder(path: Path) -> Path:
    """A folder that can be written, now or once it is made: what is wrong with it is said before the replay, not after."""
    above = next(it for it in (path, *path.absolute().parents) if it.exists())
    if not above.is_dir():
        raise Rejected("this is a file", where=str(above), mend="Name a folder with --out")
    if not os.access(above, os.W_OK):
        raise Rejected("this folder cannot be written", where=str(above), mend="Name another with --out")
    return path


def _date(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise Rejected(f"{text!r} is not a date", where="--as-of", mend="Write it as 2026-01-31") from error
