"""`accolade program`: what pays."""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from accolade import crm
from accolade.cli import options, screen
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.crm.mapping import field_maps
from accolade.flows.publish import Publishing
from accolade.model.errors import Rejected
from accolade.model.fields import FieldType
from accolade.programs.loading import from_json, load
from accolade.programs.problems import Problems
from accolade.programs.rules import Program
from accolade.programs.words import program_sentences
from accolade.texts import texts

app = typer.Typer(help="What pays.")

File = Annotated[Path, typer.Argument(help="YAML or JSON document.")]


@app.command("validate")
def validate(
    file: File,
    mapping: Annotated[Path | None, typer.Option(help="Mapping that names the org's own fields.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a document without publishing it; needs no stack."""
    try:
        program = load(_text(file), file=file.name, own=_own(mapping))
    except Problems as problems:
        _refuse(problems, as_json=as_json)
    shown = {"ok": True, "id": program.id, "milestones": [it.id for it in program.milestones], "problems": []}
    screen.show(shown, f"{file.name} is fine: {program.id}, {len(program.milestones)} milestones", as_json=as_json)


@app.command("publish")
def publish(context: typer.Context, file: File, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Publish a version, for ever; without a version in the document it gets the next one."""
    open_ = session(context)
    flow = Publishing(open_.programs, open_.connections)
    try:
        done = flow.publish(_text(file), file=file.name, tenant=open_.tenant(tenant), now=now())
    except Problems as problems:
        _refuse(problems, as_json=as_json)
    stored = done.published
    shown = {"id": stored.id, "version": stored.version, "new": done.is_new, "warnings": list(done.warnings)}
    verb = "is published" if done.is_new else "was published before; nothing has changed"
    again = "; what is known already is decided again within two minutes" if done.is_new else ""
    notes = "".join(f"\nnote  {warning}" for warning in done.warnings)
    screen.show(shown, f"{stored.id} version {stored.version} {verb}{again}{notes}", as_json=as_json)


@app.command("list")
def list_(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """All versions of all programs."""
    open_ = session(context)
    rows = []
    for stored in open_.programs.list(open_.tenant(tenant)):
        program = from_json(stored.text)
        row = {"id": stored.id, "version": stored.version, "title": stored.title, "from": program.effective_from}
        rows.append(
            row | {"to": program.effective_to, "milestones": len(program.milestones), "published_at": stored.published_at}
        )
    columns = ("id", "version", "title", "from", "to", "milestones", "published_at")
    screen.show_list(rows, columns, as_json=as_json, empty="No program yet: accolade program publish FILE.yaml")


@app.command("show")
def show(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID")],
    version: Annotated[int | None, typer.Option(min=1)] = None,
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
    end = f" until {program.effective_to} (exclusive)" if program.effective_to else ""
    screen.say(f"{program.id} version {program.version}: {_title(program.title)}")
    screen.say(f"  in force from {program.effective_from}{end}, {program.zone}, {program.currency}")
    limit = "no budget" if budget.limit is None else f"budget {budget.limit:,} {program.unit}, {budget.spent:,} spent"
    screen.say(f"  {limit}; debt up to {program.debt_limit:,}; silent when older than {program.silent_after}")
    for sentence in program_sentences(program, texts("en")):
        screen.say(f"  {sentence}")


def _title(titles: Any) -> str:
    return titles.get("en") or next(iter(titles.values()))


def _text(file: Path) -> str:
    try:
        return options.content(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Rejected("the file is not UTF-8", where=str(file), mend="Save it as UTF-8") from error


def _own(mapping: Path | None) -> dict[str, dict[str, FieldType]]:
    found: dict[str, dict[str, FieldType]] = {}
    if mapping is not None:
        document = options.yaml_document(mapping)
        for name in crm.names():
            for entry in field_maps(document, crm=name, defaults=crm.adapter(name).default_maps, name=str(mapping)):
                found.setdefault(entry.record, {}).update(entry.types)
    return found


def _refuse(problems: Problems, *, as_json: bool) -> NoReturn:
    if as_json:
        listed = [{"line": it.line, "path": it.path, "what": it.what, "mend": it.mend} for it in problems.problems]
        screen.show_json({"ok": False, "problems": listed})
    else:
        screen.say(problems.report())
    raise typer.Exit(1)
