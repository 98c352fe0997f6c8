"""What a program would have cost and who would have won: the draft replayed over stored records or over a file, on this page."""

import re
from pathlib import Path
from typing import Any

from accolade.flows.simulation.bounded import MOST_BYTES, Given, from_file, scratch, variants_of
from accolade.flows.simulation.part import Variant
from accolade.model.errors import AccoladeError
from accolade.model.fields import RECORD_FIELDS
from accolade.programs.problems import Problems
from accolade.programs.reading import read
from accolade.programs.record_words import several
from accolade.programs.rules import Program
from accolade.programs.states import State
from accolade.texts.plain import plain
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.program_seen import Seen, head, seen
from accolade.web.desk.rules.checking import look, problem_words
from accolade.web.desk.simulation_view import simulation_view
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered

COLUMNS = 30
"""Columns of a file that are named."""

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


def simulate(ask: Ask) -> PageAnswer:
    """The form: which history, compared with what."""
    return _page(ask, seen(ask), form_of(ask, history="stored", type="deal", mapping=EXAMPLE, compare="1"))


def simulated(ask: Ask) -> PageAnswer:
    """The figures, below the form."""
    it, form = seen(ask), form_of(ask)
    program = _program(ask, it, form)
    if program is None:
        return _page(ask, it, form)
    flow = ask.house.back_test
    with scratch() as folder:
        try:
            variants = _variants(it, program, form, ask)
            from_csv = form.value("history") == "file"
            given = _file(form, folder, variants) if from_csv else flow.stored(ask.tenant.id, variants)
            if given is None:
                return _page(ask, it, form)
            found = flow.run(given, variants, folder, now=ask.now)
        except AccoladeError as error:
            form.wrong("mapping" if form.value("history") == "file" else "", f"{told(ask.t, error)} {_columns(form)}".strip())
            return _page(ask, it, form)
    return _page(ask, it, form, shown=simulation_view(found, ask.t) | {"cut": given.cut})


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
    looked = look(it.draft.text, id_=it.id, own=ask.house.publishing.own_fields(ask.tenant.id), t=ask.t)
    if looked.program is None:
        form.wrong("", ask.t.t("The draft has problems: mend them first, on the page Rules."))
    return looked.program


def _variants(it: Seen, program: Program, form: FormState, ask: Ask) -> tuple[Variant, ...]:
    """What is simulated, after what it is compared with."""
    label = ask.t.t("the draft") if it.draft else f"v{program.version}"
    return variants_of(program, label, it.programs if form.has("compare", "1") else (), it.lifecycle)


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
        form.wrong("mapping", problem_words(form.t, error))
    if not form.good:
        return None
    return from_file(text, type_, mapping, variants, folder)


def _columns(form: FormState) -> str:
    """Which columns the file has, for whoever maps them."""
    first = next(iter(form.value("file").splitlines()), "") if form.value("history") == "file" else ""
    names = [plain(it.strip('" '), limit=40) for it in re.split(r"[,;\t]", first[:2_000])][:COLUMNS]
    return form.t.t("In the file are %(columns)s.", columns=", ".join(names)) if first else ""
