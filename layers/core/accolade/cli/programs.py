"""`accolade program`: what pays."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from accolade import crm
from accolade.cli import options, program_diff, program_states, screen
from accolade.cli.choices import unused
from accolade.cli.histories import opened
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.crm.mapping import field_maps
from accolade.flows.goals import reached
from accolade.flows.publish import Asked, Done, Publishing, checked
from accolade.model.fields import FieldType
from accolade.programs.loading import from_json
from accolade.programs.problems import Problems
from accolade.programs.rules import Program
from accolade.programs.states import Lifecycle, State, in_rules
from accolade.programs.transitions import rollout_words
from accolade.programs.words import program_sentences
from accolade.store.programs import Published
from accolade.texts import texts

app = typer.Typer(help="What pays.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="YAML or JSON document.")]


@app.command("validate")
def validate(
    file: File,
    mapping: Annotated[Path | None, typer.Option(help="Mapping that names the org's own fields.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a document without publishing it: that it is valid, and SMART. Needs no stack."""
    try:
        program = checked(options.content(file), file=file.name, own=_own(mapping))
    except Problems as problems:
        _refuse(problems, as_json=as_json)
    shown = {"ok": True, "id": program.id, "milestones": [it.id for it in program.milestones], "problems": []}
    count = len(program.milestones)
    screen.show(shown, f"{file.name} is fine: {program.id}, {count} milestone{'s' * (count != 1)}", as_json=as_json)


@app.command("publish")
def publish(
    context: typer.Context,
    file: File,
    ghost: Annotated[bool, typer.Option("--ghost", help="Evaluate it in production, and post nothing.")] = False,
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="Targets outside what was reached before are meant.")
    ] = False,
    history: Annotated[list[str] | None, typer.Option(metavar="TYPE=FILE", help="Export that targets are compared with.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="Mapping of the history.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for the audit.")] = "",
    as_: Annotated[str, typer.Option("--as", help="Who publishes it.")] = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Publish a version, for ever; without a version in the document it gets the next one."""
    if not history:
        unused([("--mapping", mapping)], why="no --history is named")
    open_ = session(context)
    flow = Publishing(open_.programs, open_.connections, open_.tenants, open_.people)
    past = partial(reached, opened(None, history, mapping)) if history else None
    asked = Asked(program_states.person(as_), ghost=ghost, reason=reason, acknowledge=acknowledge, history=past)
    try:
        done = flow.publish(options.content(file), file=file.name, tenant=open_.tenant(tenant), asked=asked, now=now())
    except Problems as problems:
        _refuse(problems, as_json=as_json)
    stored = done.published
    shown = {"id": stored.id, "version": stored.version, "new": done.is_new, "state": done.state, "warnings": list(done.warnings)}
    screen.show(shown, _told(done), as_json=as_json)


def _told(done: Done) -> str:
    id_, version = done.published.id, done.published.version
    further = {
        State.LIVE: "what is known already is decided again within two minutes",
        State.GHOST: f"it posts nothing. Compare it: accolade program diff {id_} --ghost, then: accolade program live {id_}",
        State.DRAFT: f"it waits for another person: accolade program approve {id_}@{version} --as NAME",
        State.RETIRED: "it is retired",
    }[done.state]
    if not done.is_new:
        return f"{id_} version {version} was published before; nothing has changed. It is {done.state}"
    notes = "".join(f"\nnote  {warning}" for warning in done.warnings)
    what = "is published" if done.state is State.LIVE else f"is published as {done.state}"
    return f"{id_} version {version} {what}; {further}{notes}"


@app.command("list")
def list_(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """All versions of all programs, and how each stands."""
    open_ = session(context)
    rows, tenant_id = [], open_.tenant(tenant)
    lifecycles: dict[str, Lifecycle] = {}
    for stored in open_.programs.list(tenant_id):
        lifecycle = lifecycles.setdefault(stored.id, open_.programs.states.get(tenant_id, stored.id))
        rows.append(_row(stored, from_json(stored.text), lifecycle))
    columns = ("id", "version", "state", "title", "from", "to", "for", "milestones", "published_at")
    screen.show_list(rows, columns, as_json=as_json, empty="No program yet: accolade program publish FILE.yaml")


def _row(stored: Published, program: Program, lifecycle: Lifecycle) -> dict[str, Any]:
    standing = next(iter(in_rules([program], lifecycle)), program)
    return {
        "id": stored.id,
        "version": stored.version,
        "state": lifecycle.state(stored.version),
        "title": stored.title,
        "from": standing.effective_from,
        "to": standing.effective_to,
        "for": rollout_words(standing.rollout_percent, standing.rollout_teams),
        "milestones": len(program.milestones),
        "published_at": stored.published_at,
    }


@app.command("show")
def show(
    context: typer.Context,
    id_: program_states.Id,
    version: Annotated[int | None, typer.Option(min=1, help="Which version (default: the newest).")] = None,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """One version (default: the newest): what it pays for, for how long, in whose time, with which budget."""
    open_ = session(context)
    stored = open_.programs.get(open_.tenant(tenant), id_, version)
    program = from_json(stored.text)
    if as_json:
        head = {"id": stored.id, "version": stored.version, "published_at": stored.published_at}
        screen.show_json(head | {"document": json.loads(stored.text)["document"]})
        return
    _describe(program, open_, tenant)


def _describe(program: Program, open_: Session, tenant: str) -> None:
    budget = open_.budgets.get(tenant, program.id)
    lifecycle = open_.programs.states.get(open_.tenant(tenant), program.id)
    standing = next(iter(in_rules([program], lifecycle)), program)
    end = f" until {standing.effective_to} (exclusive)" if standing.effective_to else " on"
    whom = rollout_words(standing.rollout_percent, standing.rollout_teams)
    screen.say(f"{program.id} version {program.version}: {_title(program.title)}")
    screen.say(f"  {lifecycle.state(program.version)}, for {whom}, from {standing.effective_from}{end}, {program.zone}")
    limit = "no budget" if budget.limit is None else f"budget {budget.limit:,} {program.unit}, {budget.spent:,} spent"
    screen.say(f"  {limit}; debt up to {program.debt_limit:,} {program.unit}")
    for sentence in program_sentences(standing, texts("en")):
        screen.say(f"  {sentence}")


def _title(titles: Any) -> str:
    return titles.get("en") or next(iter(titles.values()))


def _own(mapping: Path | None) -> dict[str, dict[str, FieldType]]:
    found: dict[str, dict[str, FieldType]] = {}
    if mapping is not None:
        document = options.yaml_document(mapping)
        for name in crm.names():
            for entry in field_maps(document, crm=name, name=str(mapping)):
                found.setdefault(entry.record, {}).update(entry.types)
    return found


def _refuse(problems: Problems, *, as_json: bool) -> NoReturn:
    if as_json:
        listed = [{"line": it.line, "path": it.path, "what": it.what, "mend": it.mend} for it in problems.problems]
        screen.show_json({"ok": False, "problems": listed})
    else:
        screen.say(problems.report())
    raise typer.Exit(1)


app.command("diff")(program_diff.diff)
program_states.add_to(app)
