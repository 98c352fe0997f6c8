"""The rules of a program: a form and its YAML, kept in step; saved as a draft that nobody overwrites unseen."""

from dataclasses import replace
from typing import Any

from accolade.model.errors import Conflict
from accolade.programs.catalogue import Catalogue
from accolade.store.drafts import Draft
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, moment, noted, went
from accolade.web.desk.program_seen import Seen, head, seen
from accolade.web.desk.rules.checking import Looked, look
from accolade.web.desk.rules.form import milestones
from accolade.web.desk.rules.view import findable, form_view
from accolade.web.desk.rules.working import Step, worked
from accolade.web.rendering import site_rendered
from accolade.web.visitors import Scope

MOST_CHARACTERS = 70_000
"""Of a document as a form sends it."""


def rules(ask: Ask) -> PageAnswer:
    """The newest draft, or else the newest version as a draft would begin."""
    it = seen(ask)
    return _page(ask, it, _looked(ask, it, it.text))


def save(ask: Ask) -> PageAnswer:
    """What was typed becomes the draft (`do=save`), or is only shown again with what the button did to it."""
    it = seen(ask)
    step = worked(ask.request.form, ask.field("do"), _catalogue(ask))
    if ask.field("do") != "save":
        return _page(ask, it, _looked(ask, it, step.text), step=step)
    preset = it.draft.preset if it.draft else ""
    try:
        draft = ask.house.programs.drafts.save(
            ask.tenant.id, it.id, step.text, seen=_revision(ask), by=ask.who.name, now=ask.now, preset=preset
        )
    except Conflict:
        return _page(ask, seen(ask), _looked(ask, it, step.text), step=step, faster=True)
    noted(ask, "program.drafted", f"program:{it.id}", after={"revision": draft.revision})
    return went(ask, f"admin/programs/{it.id}", "saved")


def checked(ask: Ask) -> PageAnswer:
    """While somebody types: the other side, and what is wrong, as fragments."""
    it = seen(ask)
    step = worked(ask.request.form, ask.field("do"), _catalogue(ask))
    looked = _looked(ask, it, step.text)
    side = ask.value("from")
    return site_rendered(
        ask, "desk/program_checked.html", side=side if side in ("form", "yaml") else "", **_shown(ask, looked, step), id_=it.id
    )


def _page(ask: Ask, it: Seen, looked: Looked, *, step: Step | None = None, faster: bool = False) -> PageAnswer:
    t = ask.t
    done = {
        "saved": t.t("The draft is saved. Nothing is paid by it yet."),
        "begun": t.t("Here is your draft. Adapt it, simulate it, then publish it."),
    }
    return site_rendered(
        ask,
        "desk/program_rules.html",
        status=409 if faster else 200,
        **head(ask, it, "rules"),
        **_shown(ask, looked, step),
        id_=it.id,
        revision=_revision(ask) if step and not faster else it.revision,
        theirs=_theirs(ask, it.draft) if faster else None,
        saved=_theirs(ask, it.draft) if it.draft else None,
        edited=step is not None and step.text != it.text,
        writes=ask.may(Scope.PROGRAMS_WRITE),
        done=done_word(ask, done),
    )


def _shown(ask: Ask, looked: Looked, step: Step | None) -> dict[str, Any]:
    """What both the page and its fragments show."""
    form = form_view(looked, _catalogue(ask), ask.t, opened=_opened(ask, looked))
    return {
        "form": form,
        "text": looked.text,
        "wrong": [replace(findable(it, form), words=it.words[:400]) for it in looked.wrong],
        "good": looked.program is not None,
        "unread": step is not None and step.unread,
    }


def _opened(ask: Ask, looked: Looked) -> list[int]:
    """The goals that somebody opened or has just added, the last one first."""
    word, _, rest = ask.field("do").partition(":")
    sent = [int(it) for it in (rest, *ask.fields("open")) if it.isascii() and it.isdecimal() and len(it) < 3]
    if word == "drop" and sent[:1]:  # those behind it have moved up
        return [it - (it > sent[0]) for it in sent[1:] if it != sent[0]]
    return [len(milestones(looked.document)) - 1, *sent] if word == "milestone" else sent


def _theirs(ask: Ask, draft: Draft | None) -> dict[str, Any]:
    """What somebody else (or oneself, before) left."""
    if draft is None:
        return {"text": "", "revision": 0, "by": "", "at": ""}
    return {"text": draft.text, "revision": draft.revision, "by": draft.by, "at": moment(ask, draft.at)}


def _looked(ask: Ask, it: Seen, text: str) -> Looked:
    return look(text, id_=it.id, own=ask.house.publishing.own_fields(ask.tenant.id), t=ask.t)


def _catalogue(ask: Ask) -> Catalogue:
    return Catalogue(ask.house.publishing.own_fields(ask.tenant.id))


def _revision(ask: Ask) -> int:
    text = ask.field("revision", limit=12)
    return int(text) if text.isdecimal() else 0
