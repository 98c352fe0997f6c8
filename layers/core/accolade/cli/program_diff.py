"""`accolade program diff`: two versions or documents in words, or what a ghost would have given beside the live version."""

from pathlib import Path
from typing import Annotated, Any

import typer

from accolade.cli import options, screen
from accolade.cli.choices import chosen
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, session
from accolade.flows.ghosts import Compared, compared, totals
from accolade.model.errors import Missing, Rejected
from accolade.programs.differences import differences
from accolade.programs.loading import from_json, load
from accolade.programs.rules import Program
from accolade.programs.states import State
from accolade.store.audit import Audit
from accolade.texts import LANGUAGES, texts

_FILES = (".yaml", ".yml", ".json")
_PEOPLE = 20


def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="A", help="A document, or ID or ID@VERSION.")],
    new: Annotated[str, typer.Argument(metavar="B", help="The same; default: the newest version of A.")] = "",
    ghost: Annotated[bool, typer.Option("--ghost", help="Compare what the ghost of A would give with what A gave.")] = False,
    language: Annotated[str, typer.Option(help=f"One of {', '.join(LANGUAGES)}.")] = "en",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Say what B does otherwise than A, or what a ghost would have given."""
    language = chosen(language, LANGUAGES, where="--language", noun="not a language we have")
    open_ = session(context)
    if ghost:
        if new:
            raise Rejected("--ghost compares one program with its own ghost", where=new, mend="Name only the program")
        _ghost(open_, old, tenant, as_json=as_json)
        return
    before = _program(open_, old, tenant)
    after = _program(open_, new, tenant) if new else _newest(open_, before, tenant)
    said = differences(before, after, texts(language))
    screen.show({"differences": said}, "\n".join(said) or "They say the same.", as_json=as_json)


def _program(open_: Session, named: str, tenant: str) -> Program:
    """A document, or a stored version: the one in force (`ID`) or a numbered one (`ID@2`)."""
    if named.endswith(_FILES):
        return load(options.content(Path(named)), file=named)
    id_, at, number = named.partition("@")
    if at and not number.isdecimal():
        raise Rejected(f"{named!r} names no version", mend=f"Write it as {id_}@2, or name a .yaml file")
    tenant_id = open_.tenant(tenant)
    if at:
        return from_json(open_.programs.get(tenant_id, id_, int(number)).text)
    states = open_.programs.states.get(tenant_id, id_)
    live = [it for it in open_.programs.versions(tenant_id, id_) if states.state(it.version) is State.LIVE]
    return from_json((live or [open_.programs.get(tenant_id, id_)])[-1].text)


def _newest(open_: Session, before: Program, tenant: str) -> Program:
    return from_json(open_.programs.get(open_.tenant(tenant), before.id).text)


def _ghost(open_: Session, id_: str, tenant: str, *, as_json: bool) -> None:
    tenant_id = open_.tenant(tenant)
    states = open_.programs.states.get(tenant_id, id_)
    ghosts = [it for it in open_.programs.versions(tenant_id, id_) if states.state(it.version) is State.GHOST]
    if not ghosts:
        raise Missing(f"program {id_!r} has no ghost", mend="Publish one: accolade program publish FILE --ghost")
    audit = Audit(open_.db)
    names = {it.number: it.id for it in open_.people.list(tenant_id)}
    standings = (standing for number in names for standing in audit.standings(tenant_id, number))
    rows = compared(from_json(ghosts[-1].text), standings=standings, records=audit.records(tenant_id))
    milestones = [_line("milestone", name, points) for name, points in totals(rows, lambda it: it.milestone).items()]
    people = [
        _line("participant", names.get(number, number), points)
        for number, points in totals(rows, lambda it: it.participant).items()
    ]
    if as_json:
        screen.show_json({"program": id_, "version": ghosts[-1].version, "milestones": milestones, "participants": people})
        return
    screen.say(f"{id_} version {ghosts[-1].version} as a ghost, beside what is live{_sum(rows)}")
    empty = "Neither has given anything yet; what is known is decided anew within two minutes after publishing."
    screen.show_list(milestones, ("milestone", "live", "ghost", "change"), as_json=False, empty=empty)
    if people:
        screen.say("")
        screen.show_list(people[:_PEOPLE], ("participant", "live", "ghost", "change"), as_json=False, empty="")
    if len(people) > _PEOPLE:
        screen.say(f"and {len(people) - _PEOPLE} more; --json shows all")


def _sum(rows: list[Compared]) -> str:
    live, ghost = sum(row.live for row in rows), sum(row.ghost for row in rows)
    return f": {ghost:,} instead of {live:,} points ({ghost - live:+,})" if rows else ""


def _line(what: str, name: str, points: tuple[int, int]) -> dict[str, Any]:
    return {what: name, "live": points[0], "ghost": points[1], "change": points[1] - points[0]}
