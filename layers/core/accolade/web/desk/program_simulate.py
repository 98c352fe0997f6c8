"""What a program would have cost and who would have won: the draft replayed over stored records or over a file, on this page."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accolade.flows.quota_csv import with_quotas
from accolade.flows.simulation.exports import Exports
from accolade.flows.simulation.outcome import Simulation
from accolade.flows.simulation.part import Task, Variant
from accolade.flows.simulation.quotas import Aims, aims_of
from accolade.flows.simulation.run import run
from accolade.flows.simulation.source import Source
from accolade.flows.simulation.stored import Stored
from accolade.model.errors import AccoladeError, Rejected
from accolade.model.fields import RECORD_FIELDS
from accolade.model.records import Record
from accolade.model.sales import SALE_FIELDS
from accolade.model.times import to_millis
from accolade.programs.building import asked_fields
from accolade.programs.loading import from_json, to_json
from accolade.programs.problems import Problems
from accolade.programs.reading import read
from accolade.programs.record_words import several
from accolade.programs.rules import Program
from accolade.programs.states import State, in_rules
from accolade.store.quotas import Quotas
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import said
from accolade.web.desk.program_seen import Seen, head, seen
from accolade.web.desk.rules.checking import look
from accolade.web.desk.simulation_view import simulation_view
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered

MOST_RECORDS, SECONDS, PEOPLE = 12_000, 6.0, 5_000
"""Records that are replayed (half as many beside another program), for how long they are read, and participants."""

LONGEST = 22.0
"""Seconds that all of it may take: the answer has to be there within 29."""

MOST_BYTES, COLUMNS = 900_000, 30
"""Of a file; columns that are named."""

EXAMPLE = """export:
  record: deal
  id: id
  owner: owner
  fields:
    deal.amount: amount
    deal.stage: stage
    deal.created_on: created
    deal.close_date: closed
  stages: {won: [Won], lost: [Lost], open: [Open]}
  currency: USD
"""


@dataclass(frozen=True, slots=True)
class Given:
    """A history: where it comes from, and whether there is more of it than was taken."""

    source: Source
    cut: bool = False


def simulate(ask: Ask) -> PageAnswer:
    """The form: which history, compared with what."""
    return _page(ask, seen(ask), form_of(ask, history="stored", type="deal", mapping=EXAMPLE, compare="1"))


def simulated(ask: Ask) -> PageAnswer:
    """The figures, below the form."""
    it, form = seen(ask), form_of(ask)
    program = _program(ask, it, form)
    if program is None:
        return _page(ask, it, form)
    with tempfile.TemporaryDirectory(prefix="accolade-", ignore_cleanup_errors=True) as folder:
        try:
            variants = _variants(it, program, form, ask)
            given = _file(form, Path(folder), variants) if form.value("history") == "file" else _stored(ask, variants)
            if given is None:
                return _page(ask, it, form)
            aims = _aims(ask, variants) if form.value("history") != "file" else Aims()
            shown = _run(ask, given, variants, aims, Path(folder))
        except AccoladeError as error:
            form.wrong("mapping" if form.value("history") == "file" else "", f"{said(error)} {_columns(form)}".strip())
            return _page(ask, it, form)
    return _page(ask, it, form, shown=shown)


def _page(ask: Ask, it: Seen, form: FormState, *, shown: dict[str, Any] | None = None) -> PageAnswer:
    t = ask.t
    return site_rendered(
        ask,
        "desk/program_simulate.html",
        status=200 if form.good else 422,
        **head(ask, it, "simulate"),
        form=form,
        drafted=it.draft is not None,
        newest=it.newest.version if it.newest else None,
        comparable=bool(it.of_state(State.LIVE)),
        types=[(type_, several(type_, t)) for type_ in RECORD_FIELDS],
        shown=shown,
    )


def _program(ask: Ask, it: Seen, form: FormState) -> Program | None:
    """What is simulated: the draft, or the newest version; None (and a problem) while it cannot be read."""
    if it.draft is None:
        return it.newest
    looked = look(it.draft.text, id_=it.id, own=ask.house.publishing.own_fields(ask.tenant.id))
    if looked.program is None:
        form.wrong("", ask.t.t("The draft has problems: mend them first, on the page Rules."))
    return looked.program


def _variants(it: Seen, program: Program, form: FormState, ask: Ask) -> tuple[Variant, ...]:
    """What is simulated, after what it is compared with."""
    label = ask.t.t("the draft") if it.draft else f"v{program.version}"
    this = Variant(label, (to_json(program),))
    live = [one for one in in_rules(it.programs, it.lifecycle) if one.state != State.GHOST.value]
    if not form.has("compare", "1") or not live:
        return (this,)
    return Variant(f"v{live[-1].version}", tuple(to_json(one) for one in live)), this


def _stored(ask: Ask, variants: tuple[Variant, ...]) -> Given:
    """What the tenant's CRMs have told, of the types that the programs read."""
    house, tenant = ask.house, ask.tenant.id
    books = [it.rulebook() for it in variants]
    types = {goal.record for book in books for id_ in book.program_ids() for it in book.versions(id_) for goal in it.milestones}
    types |= {type_ for book in books for id_ in book.program_ids() for it in book.versions(id_) for type_ in _read_by(it)}
    people = {it.number: it for it in house.people.page(tenant, limit=PEOPLE)}
    until, held, cut = house.monotonic() + SECONDS, list[Record](), False
    for record in house.audit.records(tenant, *sorted(types)):
        if len(held) >= MOST_RECORDS // len(variants) or house.monotonic() > until:
            cut = True
            break
        held.append(record)
    if not held:
        raise Rejected(ask.t.t("No records of this kind are stored yet"), mend=ask.t.t("Connect a CRM, or try it with a file"))
    return Given(Stored(held, house.connections.list(tenant), people), cut)


def _read_by(program: Program) -> set[str]:
    """The types of records that a program's figures and conditions read."""
    asked = {name.partition(".")[0] for goal in program.milestones for name in asked_fields(goal)}
    kpis = {type_ for goal in program.milestones for use in goal.uses for type_ in use.kpi.records}
    return (asked | kpis) & {*RECORD_FIELDS}


def _file(form: FormState, folder: Path, variants: tuple[Variant, ...]) -> Given | None:
    """The file that came with the form, and its mapping; problems are noted in the form."""
    text, type_ = form.value("file"), form.one_of("type", tuple(RECORD_FIELDS))
    if not text.strip():
        form.wrong("file", form.t.t("Choose a CSV file."))
    if len(text.encode()) > MOST_BYTES:
        form.wrong("file", form.t.t("The file is too large for this page: use at most 900 kB, or the command below."))
    try:
        mapping = read(form.value("mapping").replace("\r\n", "\n"), file="mapping")[0]
    except Problems as error:
        form.wrong("mapping", error.problems[0].message)
    if not form.good:
        return None
    lines = text.splitlines(keepends=True)
    path = folder / f"{type_}.csv"
    most = MOST_RECORDS // len(variants) + 1
    path.write_text("".join(lines[:most]), encoding="utf-8")
    goals = (goal for it in variants for text in it.programs for goal in from_json(text).milestones)
    asked = {name for goal in goals for name in asked_fields(goal)}
    return Given(Exports({type_: (path,)}, mapping, "mapping", sales=bool(asked & SALE_FIELDS)), len(lines) > most)


def _in_time(ask: Ask, started: float) -> None:
    """Stop before the browser is told that nobody answers."""
    if ask.house.monotonic() - started > LONGEST:
        t = ask.t
        raise Rejected(t.t("This takes longer than a page may"), mend=t.t("Take a smaller file, or the command below"))


def _columns(form: FormState) -> str:
    """Which columns the file has, for whoever maps them."""
    first = next(iter(form.value("file").splitlines()), "") if form.value("history") == "file" else ""
    names = [plain(it.strip('" '), limit=40) for it in re.split(r"[,;\t]", first[:2_000])][:COLUMNS]
    return form.t.t("In the file are %(columns)s.", columns=", ".join(names)) if first else ""


def _aims(ask: Ask, variants: tuple[Variant, ...]) -> Aims:
    """The tenant's quotas, where a program measures against them."""
    if not any(with_quotas(it.rulebook()) for it in variants):
        return Aims()
    tenant = ask.tenant.id
    return aims_of(Quotas(ask.house.db).list(tenant), ask.house.people.page(tenant, limit=PEOPLE), name=f"tenant {tenant}")


def _run(ask: Ask, given: Given, variants: tuple[Variant, ...], aims: Aims, folder: Path) -> dict[str, Any]:
    started = ask.house.monotonic()
    scratch = folder / "replay"
    scratch.mkdir()
    task = Task(given.source, variants, scratch, to_millis(ask.now), None, aims=aims)
    done = run(task, processes=1, stage=lambda _: lambda __: _in_time(ask, started))
    try:
        first, last = done.read.span
        other = done.outcomes[0] if len(done.outcomes) > 1 else None
        seconds = ask.house.monotonic() - started
        events = done.read.events
        found = Simulation(done.outcomes[-1], other, events, events, first, last, seconds, tuple(done.read.problems))
        return simulation_view(found, ask.t) | {"cut": given.cut}
    finally:
        done.close()
