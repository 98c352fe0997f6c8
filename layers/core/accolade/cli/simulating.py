"""What a back-test is told on the command line: which history, and which programs."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.markup import escape

from accolade.cli import options, screen
from accolade.cli.session import Session, now
from accolade.flows.quota_csv import with_quotas
from accolade.flows.simulation.exports import Exports
from accolade.flows.simulation.part import Variant
from accolade.flows.simulation.quotas import Aims, aims_in, aims_of
from accolade.flows.simulation.source import Source
from accolade.model.errors import Missing, Rejected
from accolade.model.fields import FieldType
from accolade.model.sales import SALE_FIELDS
from accolade.programs.building import asked_fields
from accolade.programs.loading import from_json, load, to_json
from accolade.programs.states import State, in_rules
from accolade.store.quotas import Quotas

_DOCUMENTS = (".yaml", ".yml", ".json")


def history(
    open_: Session, deals: Path | None, records: Sequence[str], mapping: Path | None, connection: str, tenant: str
) -> Source:
    """The files, or the connected CRM; Rejected unless it is one of the two."""
    if connection:
        if deals or records:
            raise Rejected("the history comes from files or from a CRM", where="--connection", mend="Leave one of the two out")
        return _connected(open_, connection, tenant)
    files = sources(deals, records)
    if not files:
        raise Rejected("there is no history", where="--deals", mend="Name it: --deals FILE.csv, or --connection ID")
    if mapping is None:
        raise Rejected("nothing says which column is what", where="--mapping", mend=options.NO_MAPPING)
    return Exports(files, options.yaml_document(mapping), mapping.name)


def sources(deals: Path | None, records: Sequence[str]) -> dict[str, tuple[Path, ...]]:
    """Record type -> files, from `--deals FILE` and `--records TYPE=FILE`. Missing for a file that is not there."""
    given = [("deal", deals)] if deals else []
    for text in records:
        type_, equals, name = text.partition("=")
        if not equals or not type_ or not name:
            raise Rejected(f"{text[:80]!r} does not say what is in it", where="--records", mend="Write it as account=FILE.csv")
        given.append((type_, Path(name)))
    found: dict[str, tuple[Path, ...]] = {}
    for type_, path in given:
        if not path.is_file():
            raise Missing("there is no such file", where=str(path), mend=options.CHECK)
        found[type_] = (*found.get(type_, ()), path)
    return found


def variant(
    open_: Session, named: str, tenant: str, mapping: Path | None, *, label: str = "", of: Variant | None = None
) -> Variant:
    """A document, `live` (all live versions of the program that `of` is), an ID (the same) or ID@VERSION."""
    if named.endswith(_DOCUMENTS):
        program = load(options.content(Path(named)), file=Path(named).name, own=_own(mapping))
        return Variant(label or Path(named).name, (to_json(program),))
    id_, at, number = named.partition("@")
    if at and not number.isdecimal():
        raise Rejected(f"{named!r} names no version", mend=f"Write it as {id_}@2, or name a .yaml file")
    if id_ == "live" and of is not None:
        id_ = from_json(of.programs[-1]).id
    tenant_id = open_.tenant(tenant)
    if at:
        stored = open_.programs.get(tenant_id, id_, int(number))
        return Variant(label or f"{id_} v{number}", (stored.text,))
    versions = [from_json(it.text) for it in open_.programs.versions(tenant_id, id_)]
    live = [it for it in in_rules(versions, open_.programs.states.get(tenant_id, id_)) if it.state != State.GHOST.value]
    if not live:
        raise Missing(f"no version of {id_!r} is live", mend="accolade program list shows what there is")
    return Variant(label or f"live v{live[-1].version}", tuple(to_json(it) for it in live))


def with_sales(source: Source, variants: Sequence[Variant]) -> Source:
    """The history, told what each won deal was to its account if any of the programs asks for it."""
    programs = [from_json(text) for it in variants for text in it.programs]
    asked = {name for program in programs for milestone in program.milestones for name in asked_fields(milestone)}
    return replace(source, sales=True) if isinstance(source, Exports) and asked & SALE_FIELDS else source


def any_stored(*named: str) -> bool:
    """Whether a program comes from a stack."""
    return any(it and not it.endswith(_DOCUMENTS) for it in named)


def aims(open_: Session, file: Path | None, variants: Sequence[Variant], tenant: str, *, stacked: bool) -> Aims:
    """What people should reach: the file's quotas or, where a stack is asked anyway (`stacked`), those imported there. A file
    with wrong lines ends the command, every one of them named."""
    rulebooks = [it.rulebook() for it in variants]
    if file is None:
        if not (stacked and any(with_quotas(it) for it in rulebooks)):
            return Aims()
        id_ = open_.tenant(tenant)
        return aims_of(Quotas(open_.db).list(id_), open_.people.list(id_), name=f"tenant {id_}")
    with options.reading(file):
        found, problems = aims_in(options.content(file), rulebooks, name=file.name)
    for it in problems:
        screen.err().print(escape(f"{file}:{it.line}  {it.column:<8}  {it.what}. {it.mend}"))
    if problems:
        wrong = "one line is" if len(problems) == 1 else f"{len(problems)} lines are"
        screen.fail(f"{wrong} wrong; nothing was replayed", where=str(file))
    return found


def _own(mapping: Path | None) -> dict[str, dict[str, FieldType]]:
    """The org's own fields, as the export's mapping types them."""
    from accolade.flows.history.mapping import exports

    if mapping is None:
        return {}
    parts = exports(options.yaml_document(mapping), name=mapping.name)
    return {record: dict(part.map.types) for record, part in parts.items() if part.map.types}


def _connected(open_: Session, id_: str, tenant: str) -> Source:
    from accolade import wiring
    from accolade.flows.simulation.from_crm import FromCrm

    link = open_.connections.get(id_)
    tenant_id = open_.tenant(tenant)
    if link.tenant != tenant_id:
        raise Missing(f"tenant {tenant_id} has no connection {id_!r}", mend="accolade connection list shows those there are")
    reader: Any = wiring.readers()(link)
    if reader is None:
        raise Rejected("the connection has no API credentials", where=id_, mend="Add the connection again with --credentials-env")
    people = {it.number: it for it in open_.people.list(tenant_id)}
    users = {user: it.number for it in people.values() for crm, user in it.identities.items() if crm == link.crm}
    return FromCrm(link, reader, people, users, now())
