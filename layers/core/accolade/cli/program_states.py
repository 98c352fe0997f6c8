"""`accolade program live|approve|retire|withdraw|rollout|log`: a published version changes its state."""

from datetime import date
from getpass import getuser
from typing import Annotated, Any

import typer

from accolade.cli import screen
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.flows.program_states import ProgramChanges, Signed
from accolade.model.errors import Missing, Rejected
from accolade.programs.states import Lifecycle
from accolade.programs.transitions import rollout_words

Id = Annotated[str, typer.Argument(metavar="ID", help="The program, as accolade program list names it.")]
By = Annotated[str, typer.Option("--as", help="Who does it.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit.")]
SOON = "; every function follows within 30 seconds"


def add_to(app: typer.Typer) -> None:
    """Add these commands to `accolade program`."""
    app.command("live")(live)
    app.command("approve")(approve)
    app.command("retire")(retire)
    app.command("withdraw")(withdraw)
    app.command("rollout")(rollout)
    app.command("log")(log)


def live(
    context: typer.Context,
    id_: Id,
    version: Annotated[int | None, typer.Option(min=1, help="Which version (default: the newest that waits).")] = None,
    from_: Annotated[str, typer.Option("--from", help="Its first day, YYYY-MM-DD (default: as in the document).")] = "",
    reason: Reason = "",
    as_: By = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Let a ghost pay from a day on."""
    open_ = session(context)
    starts = _day(from_, "--from") if from_ else None
    signed = Signed(person(as_), reason)
    program, after = _changes(open_).live(open_.tenant(tenant), id_, version=version, starts=starts, signed=signed, now=now())
    standing = after.of(program.version)
    day = (standing.starts if standing else None) or program.effective_from
    pays = f"; what is dated before {standing.pays_from} pays nothing" if standing and standing.pays_from else ""
    shown = _shown(after) | {"version": program.version, "from": day}
    screen.show(shown, f"{id_} version {program.version} is live from {day} on ({program.zone}){pays}{SOON}", as_json=as_json)


def approve(
    context: typer.Context,
    which: Annotated[str, typer.Argument(metavar="ID@VERSION", help="The version that waits, for example race@2.")],
    as_: Annotated[str, typer.Option("--as", help="Who agrees; not its author.")],
    reason: Reason = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Agree to a version that somebody else published; a draft goes live by it."""
    id_, at, number = which.partition("@")
    if not at or not number.isdecimal():
        raise Rejected(f"{which!r} names no version", mend=f"Write it as {id_}@2; accolade program list shows the versions")
    open_ = session(context)
    signed = Signed(as_, reason)
    after = _changes(open_).approve(open_.tenant(tenant), id_, int(number), signed=signed, now=now())
    text = f"{id_} version {number} is approved by {as_}; it is {after.state(int(number))}"
    screen.show(_shown(after), text, as_json=as_json)


def retire(
    context: typer.Context,
    id_: Id,
    on: Annotated[str, typer.Option(help="The first day on which it counts no more, YYYY-MM-DD.")],
    reason: Reason = "",
    as_: By = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """End a program on a day; what was earned stays."""
    open_ = session(context)
    signed = Signed(person(as_), reason)
    before = open_.programs.states.get(open_.tenant(tenant), id_)
    after = _changes(open_).retire(open_.tenant(tenant), id_, on=_day(on, "--on"), signed=signed, now=now())
    screen.show(_shown(after), f"{id_} ends at the beginning of {after.ends}{_since(before, after)}", as_json=as_json)


def withdraw(
    context: typer.Context,
    id_: Id,
    version: Annotated[int, typer.Option(min=1, help="Which version.")],
    reason: Reason = "",
    as_: By = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Give up a ghost or a draft."""
    open_ = session(context)
    after = _changes(open_).withdraw(open_.tenant(tenant), id_, version, signed=Signed(person(as_), reason), now=now())
    screen.show(_shown(after), f"{id_} version {version} is given up{SOON}", as_json=as_json)


def rollout(
    context: typer.Context,
    id_: Id,
    percent: Annotated[int | None, typer.Option(help="A stable share of its audience; 100: everybody.")] = None,
    teams: Annotated[str, typer.Option(help="These teams, for example West,Central.")] = "",
    reason: Reason = "",
    as_: By = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Say for whom of its audience a program is by now; it only ever becomes wider."""
    open_ = session(context)
    named = [it.strip() for it in teams.split(",") if it.strip()] if teams else None
    signed = Signed(person(as_), reason)
    before = open_.programs.states.get(open_.tenant(tenant), id_)
    after = _changes(open_).roll_out(open_.tenant(tenant), id_, percent=percent, teams=named, signed=signed, now=now())
    words = rollout_words(after.percent or 100, after.teams or ())
    screen.show(_shown(after), f"{id_} is for {words}{_since(before, after)}", as_json=as_json)


def log(context: typer.Context, id_: Id, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Who changed a program's state, when and why, oldest first."""
    open_ = session(context)
    if not open_.programs.versions(open_.tenant(tenant), id_):
        raise Missing(f"there is no program {id_!r}", mend="accolade program list shows those there are")
    rows = [
        {"at": it.at, "by": it.by, "what": it.what, "reason": it.reason, "before": it.before, "after": it.after}
        for it in open_.programs.states.changes(open_.tenant(tenant), id_)
    ]
    screen.show_list(rows, ("at", "by", "what", "reason"), as_json=as_json, empty="Nothing has changed its state.")


def person(name: str) -> str:
    """Who is at it: the name given, else this machine's user."""
    if name.strip():
        return name.strip()[:80]
    try:
        return getuser()
    except (OSError, KeyError):
        return ""


def _changes(open_: Session) -> ProgramChanges:
    return ProgramChanges(open_.programs, open_.tenants, open_.people)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Rejected(f"{text!r} is not a day", where=where, mend="Write it as 2026-04-01") from error


def _since(before: Lifecycle, after: Lifecycle) -> str:
    """When a change holds; or that there was none."""
    return ", as before; nothing has changed" if after == before else SOON


def _shown(lifecycle: Lifecycle) -> dict[str, Any]:
    return {
        "id": lifecycle.program,
        "versions": {str(number): it.state.value for number, it in sorted(lifecycle.versions.items())},
        "ends": lifecycle.ends,
        "percent": lifecycle.percent,
        "teams": lifecycle.teams,
    }
