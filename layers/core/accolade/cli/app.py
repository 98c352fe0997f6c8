"""The `accolade` command: where it starts, what every command shares, and how errors leave it."""

from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from accolade.cli import (
    connections,
    doctor,
    ledger,
    money,
    operations,
    participants,
    programs,
    screen,
    send,
    sweep,
    tenants,
    trace,
)
from accolade.cli.session import Session
from accolade.model.errors import AccoladeError

_ANYWHERE = ("--stack", "--endpoint")


class Root(TyperGroup):
    """Takes `--stack` and `--endpoint` anywhere on the line; turns our errors into what people read and exit status 1."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _first(args))

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except AccoladeError as error:
            screen.report(error)
        except ClientError as error:
            said = error.response.get("Error", {})
            what = f"AWS refuses {error.operation_name} ({said.get('Code', '?')}): {said.get('Message', '')}"
            screen.report(AccoladeError(what, mend="Check what your credentials may do, then accolade doctor"))
        except BotoCoreError as error:
            screen.report(
                AccoladeError(f"AWS did not answer ({type(error).__name__})", mend="accolade doctor says what is reachable")
            )
        except KeyboardInterrupt:
            screen.err().print("Stopped. What was done stays done; run the same command again to go on.")
            raise typer.Exit(130) from None
        raise typer.Exit(1)


def _first(args: list[str]) -> list[str]:
    """The arguments with the options of the whole command in front."""
    front, rest, waiting = list[str](), list[str](), False
    for place, arg in enumerate(args):
        if arg == "--":
            return [*front, *rest, *args[place:]]
        if waiting or arg in _ANYWHERE or arg.startswith(tuple(f"{name}=" for name in _ANYWHERE)):
            front.append(arg)
            waiting = not waiting and arg in _ANYWHERE
        else:
            rest.append(arg)
    return [*front, *rest]


app = typer.Typer(
    cls=Root,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Rewards for what the CRM says: exactly once, explained, self-correcting.",
)


@app.callback()
def root(
    context: typer.Context,
    stack: Annotated[str, typer.Option(help="Name of the stack (default: accolade, or what make up left).")] = "",
    endpoint: Annotated[str, typer.Option(help="URL of a local cloud, or aws. Also: ACCOLADE_ENDPOINT.")] = "",
) -> None:
    """Rewards for what the CRM says: exactly once, explained, self-correcting."""
    context.obj = Session(stack, endpoint)


_GROUPS: dict[str, typer.Typer] = {
    "tenant": tenants.app,
    "connection": connections.app,
    "participant": participants.app,
    "program": programs.app,
    "send": send.app,
    "budget": money.budget,
    "wallet": money.wallet,
    "deliveries": operations.deliveries,
    "parked": operations.parked,
    "sweep": sweep.app,
    "ledger": ledger.app,
}
for name, group in _GROUPS.items():
    app.add_typer(group, name=name, no_args_is_help=True)

app.command("leaderboard")(money.leaderboard)
app.command("redrive")(operations.redrive)
app.command("status")(operations.status)
app.command("pause")(operations.pause)
app.command("resume")(operations.resume)
app.command("trace")(trace.trace)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """The entry point of the installed command."""
    app()
