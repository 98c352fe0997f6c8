"""The `accolade` command: where it starts, and what every command shares. A command is imported when it is run."""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from accolade.cli import examples

COMMANDS = {
    "tenant": ("tenants.app", "Companies and their sending settings."),
    "connection": ("connections.app", "Links to CRMs."),
    "participant": ("participants.app", "Who earns."),
    "staff": ("staff.app", "Who may sign in to the pages of admins, finance and support."),
    "key": ("keys.app", "Keys with which programs use the API."),
    "program": ("programs.app", "What pays."),
    "preset": ("presets.app", "Programs to begin with."),
    "simulate": ("simulate.simulate", "Replay a history through a program: winners, cost, budget, who gains and loses."),
    "gaps": ("gaps.gaps", "What holds people up."),
    "goal": ("goal.goal_", "What an audience reached before."),
    "kpi": ("kpi.kpi", "A KPI over an export, by person, team, account and period."),
    "send": ("send.app", "Replay a CSV export as webhooks."),
    "budget": ("money.budget", "What a program may give away."),
    "nominate": ("nominations.nominate", "Put somebody forward for a manual milestone; once approved it pays."),
    "nomination": ("nominations.nomination", "People put forward for what no CRM shows."),
    "rfm": ("rfm.app", "Accounts scored by what they bought."),
    "quota": ("quotas.app", "What people, teams and the company should reach."),
    "approval": ("approvals.app", "Awards that wait for a person."),
    "catalog": ("shop.catalog", "What points buy."),
    "stock": ("shop.stock", "Own codes of gift cards, encrypted."),
    "provider": ("shop.provider", "Accounts with providers of rewards."),
    "redemption": ("redemptions.app", "Points on their way to a gift card."),
    "wallet": ("money.wallet", "What a participant holds."),
    "deliveries": ("operations.deliveries", "Messages owed and sent."),
    "parked": ("operations.parked", "What waits for a person."),
    "sweep": ("sweep.app", "Repairing what webhooks lost."),
    "ledger": ("ledger.app", "The books."),
    "leaderboard": ("money.leaderboard", "Who leads: by points, or by a KPI in a period."),
    "redrive": ("operations.redrive", "Put the dead letters of a queue back on it."),
    "status": ("operations.status", "Depth, in flight and dead letters of every queue, and what is due."),
    "pause": ("operations.pause", "Stop sending. Points go on; messages wait."),
    "resume": ("operations.resume", "Send again; what waited goes out at once."),
    "explain": (
        "explain.explain",
        "Why somebody has these points, or not: what was asked, what was seen, and the nearest that would have done.",
    ),
    "trace": ("trace.trace", "Everything that happened to one thing, in the order of time."),
    "doctor": ("doctor.doctor", "Check the stack and every tenant."),
}
"""Command -> where it is in this package, and its line in the help."""

_ANYWHERE = ("--stack", "--endpoint")


class Root(TyperGroup):
    """Takes `--stack` and `--endpoint` anywhere on the line; knows its commands by name and imports the one that is run."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands.update({name: TyperCommand(name, help=line) for name, (_, line) in COMMANDS.items()})

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _first(args))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, known, rest = super().resolve_command(ctx, args)
        return name, load(name) if name and known else known, rest

    def invoke(self, ctx: Any) -> Any:
        from accolade.cli.errors import reported

        with reported():
            return super().invoke(ctx)


def load(name: str) -> Any:
    """A command of ours with everything it needs."""
    module, _, attribute = COMMANDS[name][0].partition(".")
    found = getattr(import_module(f"accolade.cli.{module}"), attribute)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name)(found)
        command: Any = typer.main.get_command(single)
    else:
        found.info.no_args_is_help = True
        command = typer.main.get_group(found)
        command.name = name
    examples.add_to(command, name)
    return command


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
    from accolade.cli.session import Session

    context.obj = Session(stack, endpoint)


def main() -> None:
    """The entry point of the installed command."""
    app()
