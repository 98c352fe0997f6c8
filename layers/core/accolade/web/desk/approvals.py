"""Approvals: awards and nominations that wait for somebody, with why, decided once and never by whom they are about."""

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
from accolade.web.desk.acting import done_word, moment, went
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope
from accolade.web.waiting import held_of, waiting

SIGNED = 20
"""Decisions that the page shows."""


def approvals(ask: Ask) -> PageAnswer:
    """Everything that waits, oldest first."""
    return _page(ask, FormState(ask.t, here="approvals"))


def award(ask: Ask) -> PageAnswer:
    """One award that waits, explained."""
    return _award(ask, FormState(ask.t, here=ask.args["award"]))


def decide(ask: Ask) -> PageAnswer:
    """Approve or refuse it."""
    held, form = held_of(ask, ask.args["award"]), form_of(ask)
    if not decide_award(ask, held, form):
        return _award(ask, form, status=422)
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
    signed = house.approvals.signatures.list(ask.tenant.id, limit=SIGNED)
    return site_rendered(
        ask,
        "desk/approvals.html",
        status=status,
        title=t.t("Approvals"),
        room="approvals",
        awards=award_rows(ask, held),
        more=t.number(len(held)) if len(held) > len(award_rows(ask, held)) else "",
        nominations=nomination_rows(ask, open_),
        signed=[
            {"when": moment(t, it.at), "by": it.by, "what": signed_words(t, it.what), "about": it.about, "reason": it.reason}
            for it in signed
        ],
        form=form,
        done=done_word(ask, done),
    )


def _award(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    held = held_of(ask, ask.args["award"])
    return site_rendered(ask, "desk/approval.html", status=status, room="approvals", form=form, **award_words(ask, held))


ROUTES = (
    Route("GET", "admin/approvals", Scope.APPROVALS, approvals),
    Route("POST", "admin/approvals", Scope.APPROVALS, nomination),
    Route("GET", "admin/approvals/{award}", Scope.APPROVALS, award),
    Route("POST", "admin/approvals/{award}", Scope.APPROVALS, decide),
)
