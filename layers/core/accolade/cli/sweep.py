"""`accolade sweep run`: ask the CRMs now what changed, instead of waiting for the schedule."""

from typing import Annotated, Any

import typer

from accolade.cli import screen
from accolade.cli.invoking import invoked
from accolade.cli.session import AsJson, session

app = typer.Typer(help="Repairing what webhooks lost.")


@app.callback()
def group() -> None:
    """Repairing what webhooks lost."""


@app.command("run")
def run(
    context: typer.Context,
    connection: Annotated[str, typer.Option(help="Only this connection.")] = "",
    deep: Annotated[bool, typer.Option("--deep", help="Look 72 hours back, whatever the cursor says.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sweep every connection, or one, and wait until it is done."""
    open_ = session(context)
    if connection:
        open_.connections.get(connection)
    payload: dict[str, Any] = {"deep": deep} | ({"connection": connection} if connection else {})
    told = invoked(open_.stack, "sweep", payload, seconds=870.0, mend="accolade doctor says which connection is wrong")
    screen.show(told, _summary(told), as_json=as_json)


def _summary(told: Any) -> str:
    if not isinstance(told, dict):
        return "swept"
    text = f"{told.get('records', 0):,} records of {told.get('connections', 0)} connections are on the inbox"
    for name, why in (("skipped", "no API credentials"), ("unfinished", "the next sweep goes on")):
        if told.get(name):
            text += f"; {why}: {', '.join(told[name])}"
    return text
