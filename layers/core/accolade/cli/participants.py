"""`accolade participant`: who earns."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from accolade import wiring
from accolade.cli import options, screen
from accolade.cli.session import DEFAULT_TENANT, AsJson, TenantId, now, session
from accolade.flows.participant_csv import Problem
from accolade.flows.people import Imported, ParticipantImport
from accolade.model.participants import Participant

app = typer.Typer(help="Who earns.")


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, UTF-8, with a header row.")],
    partial: Annotated[bool, typer.Option("--partial", help="Take the right lines in spite of wrong ones.")] = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Import participants. The same file again changes nothing; a known id keeps its points."""
    open_ = session(context)
    content = options.content(file)
    flow = ParticipantImport(open_.people, wiring.announcer())
    lines = max(1, len(content.splitlines()) - 1)
    with options.reading(file), screen.progress(f"Importing {file.name}", lines, unit="lines") as advance:
        done = flow.run(content, tenant=open_.tenant(tenant), now=now(), partial=partial, progress=advance)
    _show(done, file, as_json=as_json)
    if not done.stored:
        raise typer.Exit(1)


@app.command("list")
def list_(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """The participants of a tenant."""
    open_ = session(context)
    rows = [_row(person) for person in open_.people.list(open_.tenant(tenant))]
    columns = ("id", "number", "name", "team", "manager", "channels", "active")
    screen.show_list(rows, columns, as_json=as_json, empty="No participants yet: accolade participant import FILE.csv")


@app.command("show")
def show(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="P", help="Import id, or number.")],
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """One participant, and what is suppressed."""
    open_ = session(context)
    person = open_.people.by_id(open_.tenant(tenant), id_)
    addresses = [(channel, person.address(channel)) for channel in person.channels]
    stopped = {
        channel.value: found.reason
        for channel, address in addresses
        if address and (found := open_.people.suppression(person.tenant, channel, address))
    }
    row = _row(person) | {"suppressed": stopped}
    screen.show(row, "\n".join(f"{key:<12} {screen.cell(_flat(value))}" for key, value in row.items()), as_json=as_json)


def _row(person: Participant) -> dict[str, Any]:
    row = asdict(person)
    row["consents"] = [
        {"channel": it.channel.value, "given_on": it.given_on, "source": it.source, "text": it.text} for it in person.consents
    ]
    row["channels"] = [channel.value for channel in person.channels]
    return row


def _flat(value: Any) -> Any:
    if isinstance(value, dict):
        return ", ".join(f"{key} {entry}" for key, entry in value.items()) or None
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{entry['channel']} since {entry['given_on']}" for entry in value]
    return value


def _show(done: Imported, file: Path, *, as_json: bool) -> None:
    counts = {name: getattr(done.registered, name) for name in ("created", "updated", "unchanged")}
    if as_json:
        problems = {"problems": [asdict(it) for it in done.problems], "remarks": [asdict(it) for it in done.remarks]}
        screen.show_json({"stored": done.stored, **counts, **problems})
        return
    for problem in done.problems:
        screen.say(_line(file, problem))
    if done.stored:
        for remark in done.remarks:
            screen.say(f"note  {_line(file, remark)}")
        left = f"; {done.left_out} line{'s' * (done.left_out != 1)} left out" if done.problems else ""
        screen.say(", ".join(f"{value} {name}" for name, value in counts.items()) + left)
    else:
        number = "1 problem" if len(done.problems) == 1 else f"{len(done.problems)} problems"
        screen.say(f"{number}; nothing was imported (--partial takes the other lines).")


def _line(file: Path, problem: Problem) -> str:
    return f"{file}:{problem.line}  {problem.column:<18}  {problem.what}. {problem.mend}"
