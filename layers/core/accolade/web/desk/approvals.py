"""Approvals: awards and nominations that wait for somebody, with why, decided once and never by whom they are about."""

import re
from typing import Any

from accolade.model.errors import Missing
from accolade.web.answers import PageAnswer
from accolade.web.approving import (
    award_rows,
    award_words,
    decide_award,
    decide_nomination,
    nomination_rows,
    signed_words,
)
from accolade.web.asking import Ask
from accolade.web.decided import decided
from accolade.web.desk.acting import done_word, moment, name_of, went
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope
from accolade.web.waiting import held_of, waiting

SIGNED = 20
"""Decisions that the page shows."""

_NUMBER = re.compile(r"P[0-9]{6,12}")


def approvals(ask: Ask) -> PageAnswer:
    """Everything that waits, oldest first."""
    return _page(ask, FormState(ask.t, here="approvals"))


def award(ask: Ask) -> PageAnswer:
    """One award that waits, explained; or what somebody decided about it."""
    try:
        return _award(ask, FormState(ask.t, here=ask.args["award"]))
    except Missing:
        return decided(ask, "desk/decided.html", room="approvals")


def decide(ask: Ask) -> PageAnswer:
    """Approve or refuse it, unless somebody was faster."""
    form = form_of(ask)
    try:
        if not decide_award(ask, held_of(ask, ask.args["award"]), form):
            return _award(ask, form, status=422)
    except Missing:
        return decided(ask, "desk/decided.html", room="approvals")
    return _went(ask, form)


def nomination(ask: Ask) -> PageAnswer:
    """Approve or decline a nomination."""
    form = form_of(ask)
    if not decide_nomination(ask, form.value("nomination"), form):
        return _page(ask, form, status=422)
    return _went(ask, form)


def _went(ask: Ask, form: FormState) -> PageAnswer:
    return went(ask, "admin/approvals", "approved" if form.value("act") == "approve" else "refused")


def _page(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    t, house = ask.t, ask.house
    held = waiting(ask)
    open_ = [it for it in house.nominations(ask.tenant.id).list() if it.state == "waits"]
    done = {"approved": t.t("It is approved."), "refused": t.t("It is refused.")}
    return site_rendered(
        ask,
        "desk/approvals.html",
        status=status,
        title=t.t("Approvals"),
        room="approvals",
        awards=award_rows(ask, held),
        more=t.number(len(held)) if len(held) > len(award_rows(ask, held)) else "",
        nominations=nomination_rows(ask, open_),
        signed=_signed(ask),
        form=form,
        done=done_word(ask, done),
    )


def _signed(ask: Ask) -> list[dict[str, Any]]:
    """Who decided what lately; people by their names."""
    found = list(ask.house.approvals.signatures.list(ask.tenant.id, limit=SIGNED))
    numbers = {part for it in found for part in (it.by, *it.about.split("/")) if _NUMBER.fullmatch(part)}
    names = {number: name_of(it) for number, it in ask.house.people.participants(ask.tenant.id, numbers).items()}

    def about(text: str) -> str:
        """`race/large/P000017/...` is an award: whose, and for what. What else is signed has an id that says nothing."""
        parts = text.split("/")
        return f"{names.get(parts[2], parts[2])}, {parts[1]}" if len(parts) > 3 else ""

    return [
        {
            "when": moment(ask, it.at),
            "by": names.get(it.by, it.by),
            "what": signed_words(ask.t, it.what),
            "about": about(it.about),
            "reason": it.reason,
        }
        for it in found
    ]


def _award(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    held = held_of(ask, ask.args["award"])
    return site_rendered(ask, "desk/approval.html", status=status, room="approvals", form=form, **award_words(ask, held))


ROUTES = (
    Route("GET", "admin/approvals", Scope.APPROVALS, approvals),
    Route("POST", "admin/approvals", Scope.APPROVALS, nomination),
    Route("GET", "admin/approvals/{award}", Scope.APPROVALS, award),
    Route("POST", "admin/approvals/{award}", Scope.APPROVALS, decide),
)
