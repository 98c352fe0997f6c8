"""Importing people: paste or choose a file, see what every line would do, then let it be done."""

from hashlib import sha256
from typing import Any

from accolade.flows.participant_csv import COLUMNS, Problem
from accolade.flows.people import Preview
from accolade.model.errors import Rejected
from accolade.texts import Texts
from accolade.texts.refusals import sentence, told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import name_of, noted, went
from accolade.web.desk.import_words import changes, field_name
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

LINES = 200
"""Lines of a preview that are shown; all are counted."""


def asked(ask: Ask) -> PageAnswer:
    """The empty form."""
    return _page(ask, form_of(ask), None)


def sent(ask: Ask) -> PageAnswer:
    """The preview; or, once it was seen, the import itself."""
    form = form_of(ask)
    text = form.value("file").strip() or form.value("text").strip()
    if form.value("file").strip():
        form.values = {**form.values, "text": (text,), "file": ()}
    if not text:
        form.wrong("text", ask.t.t("Paste the lines here, or choose a file."))
        return _page(ask, form, None, status=422)
    content, tenant = text.encode(), ask.tenant.id
    try:
        preview = ask.house.imports.preview(content, tenant=tenant, now=ask.now)
        if form.value("seen") != _digest(content) or (preview.problems and not form.has("partial", "1")):
            return _page(ask, form, preview)
        done = ask.house.imports.run(content, tenant=tenant, now=ask.now, partial=form.has("partial", "1"))
    except Rejected as error:
        form.wrong("text", " ".join(filter(None, (f"{ask.t.t(error.where)}:" if error.where else "", told(ask.t, error)))))
        return _page(ask, form, None, status=422)
    counts = {name: getattr(done.registered, name) for name in ("created", "updated", "unchanged")}
    noted(ask, "people.imported", "people", after=counts | {"left_out": done.left_out})
    return went(ask, "admin/people", "imported")


def _page(ask: Ask, form: FormState, preview: Preview | None, *, status: int = 200) -> PageAnswer:
    t = ask.t
    names = {"added": t.t("Added"), "changed": t.t("Changed"), "unchanged": t.t("As it is")}
    lines = preview.lines if preview else []
    counted = [(name, t.number(sum(it.what == what for it in lines))) for what, name in names.items()]
    told = [it for it in lines if it.what != "unchanged"]
    return site_rendered(
        ask,
        "desk/people_import.html",
        status=status,
        title=t.t("Import people"),
        room="people",
        form=form,
        preview=preview,
        counted=[*counted, (t.t("Refused"), t.number(preview.left_out))] if preview else [],
        seen=_digest(form.value("text").strip().encode()),
        rows=[
            {
                "line": it.line,
                "name": name_of(it.person),
                "id": it.person.id,
                "what": names[it.what],
                "changes": changes(t, it),
            }
            for it in told[:LINES]
        ],
        more=t.number(len(told) - LINES) if len(told) > LINES else "",
        problems_=[_problem(t, it) for it in preview.problems[:LINES]] if preview else [],
        remarks=[_problem(t, it) for it in preview.remarks[:LINES]] if preview else [],
        columns=", ".join(COLUMNS),
    )


def _digest(content: bytes) -> str:
    """What tells whether the lines are those that were seen."""
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest()[:16]


def _problem(t: Texts, it: Problem) -> dict[str, Any]:
    return {
        "line": it.line,
        "column": it.column,
        "name": field_name(t, it.column) if it.column else t.t("the whole line"),
        "what": sentence(t, it.what),
        "mend": sentence(t, it.mend),
    }


ROUTES = (
    Route("GET", "admin/people/import", Scope.PEOPLE_WRITE, asked),
    Route("POST", "admin/people/import", Scope.PEOPLE_WRITE, sent),
)
