"""Approvals of a manager: what waits for the people whom they lead, and the page that a message leads to."""

from accolade.model.errors import Missing
from accolade.web.answers import PageAnswer, moved
from accolade.web.approving import (
    award_rows,
    award_words,
    decide_award,
    decide_nomination,
    nomination_rows,
)
from accolade.web.asking import Ask
from accolade.web.decided import decided
from accolade.web.desk.acting import done_word
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope
from accolade.web.waiting import held_of, of_the_team, reports, waiting


def approvals(ask: Ask) -> PageAnswer:
    """Everything that waits for the team."""
    return _page(ask, FormState(ask.t, here="approvals"))


def award(ask: Ask) -> PageAnswer:
    """One award, as the message about it leads here; what was decided since is said."""
    try:
        return _award(ask, FormState(ask.t, here=ask.args["award"]))
    except Missing:
        pass
    try:
        return _decided(ask)
    except Missing:
        return moved(f"{ask.root}team/approvals?done=gone")


def decide(ask: Ask) -> PageAnswer:
    """Approve or refuse it, unless somebody was faster."""
    numbers, form = {it.number for it in reports(ask)}, form_of(ask)
    try:
        if not decide_award(ask, held_of(ask, ask.args["award"], numbers), form):
            return _award(ask, form, status=422)
    except Missing:
        return _decided(ask)
    return _went(ask, form)


def nomination(ask: Ask) -> PageAnswer:
    """Approve or decline a nomination of somebody in the team."""
    form, id_ = form_of(ask), ask.field("nomination", limit=40)
    if id_ not in {it.id for it in of_the_team(ask)}:
        raise Missing("there is no such nomination")
    if not decide_nomination(ask, id_, form):
        return _page(ask, form, status=422)
    return _went(ask, form)


def _went(ask: Ask, form: FormState) -> PageAnswer:
    done = "approved" if form.value("act") == "approve" else "refused"
    return moved(f"{ask.root}team/approvals?done={done}")


def _page(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    t, numbers = ask.t, {it.number for it in reports(ask)}
    done = {
        "approved": t.t("It is approved."),
        "refused": t.t("It is refused."),
        "gone": t.t("What the message was about does not wait for you any more."),
    }
    return site_rendered(
        ask,
        "team/approvals.html",
        status=status,
        title=t.t("For your approval"),
        tab="team",
        part="approvals",
        awards=award_rows(ask, waiting(ask, numbers)),
        nominations=nomination_rows(ask, of_the_team(ask)),
        form=form,
        done=done_word(ask, done),
    )


def _decided(ask: Ask) -> PageAnswer:
    """What became of an award of the team; Missing if nothing did, or it is none of theirs."""
    return decided(ask, "team/decided.html", {it.number for it in reports(ask)}, tab="team", part="approvals")


def _award(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    held = held_of(ask, ask.args["award"], {it.number for it in reports(ask)})
    return site_rendered(
        ask, "team/approval.html", status=status, tab="team", part="approvals", form=form, **award_words(ask, held)
    )


ROUTES = (
    Route("GET", "team/approvals", Scope.TEAM, approvals),
    Route("POST", "team/approvals", Scope.TEAM, nomination),
    Route("GET", "team/approvals/{award}", Scope.TEAM, award),
    Route("POST", "team/approvals/{award}", Scope.TEAM, decide),
)
