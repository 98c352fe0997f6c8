"""What people say is wrong: with the explanation that they saw, answered, or settled by a correction."""

import json
from typing import Any

from accolade.flows.disputes import Told
from accolade.flows.explain import Asked
from accolade.model.disputes import MAX_POINTS, TEXT_LIMIT, Dispute, DisputeState
from accolade.model.errors import AccoladeError
from accolade.model.times import parse_instant
from accolade.store.corrections import DAYS
from accolade.store.disputes import place_of
from accolade.texts import Texts
from accolade.texts.phrases import points
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, moment, name_of, tried, went
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope
from accolade.web.why_words import explained

SHOWN = 50


def disputes(ask: Ask) -> PageAnswer:
    """Those of a state, the longest waiting first; at first those that are open."""
    t = ask.t
    state = next((it for it in DisputeState if it.value == ask.value("state")), DisputeState.OPEN)
    found = ask.house.disputes.in_state(ask.tenant.id, state, limit=SHOWN + 1, after=ask.value("after", limit=120))
    older = place_of(found[SHOWN - 1]) if len(found) > SHOWN else ""
    people = ask.house.people.participants(ask.tenant.id, {it.participant for it in found})
    done = {
        "answered": t.t("It is answered, and they are told."),
        "settled": t.t("It is settled: the correction is posted, and they are told."),
        "proposed": t.t(
            "The correction waits for a second person: with all that you corrected alone in the last %(days)s days it is more "
            "than one person may. Another admin, or somebody of support, can agree to it.",
            days=DAYS,
        ),
        "sent_back": t.t("The correction is taken back; the question is open again."),
    }
    return site_rendered(
        ask,
        "desk/disputes.html",
        title=t.t("Questions of people"),
        room="cases",
        rows=[_row(ask, it, name_of(people[it.participant]) if it.participant in people else "") for it in found[:SHOWN]],
        states=[(it.value, state_name(t, it), it is state) for it in DisputeState],
        older=f"disputes?state={state.value}&after={older.replace('+', '%2B').replace('#', '%23')}" if older else "",
        done=done_word(ask, done),
    )


def dispute(ask: Ask) -> PageAnswer:
    """One of them."""
    return _one(ask, _found(ask), FormState(ask.t, here=ask.args["dispute"]))


def act(ask: Ask) -> PageAnswer:
    """Answer it, settle it, agree to what somebody else proposed, or send that back."""
    it, form, desk = _found(ask), form_of(ask), ask.house.disputes
    what = form.one_of("act", ("answer", "settle", "confirm", "send_back"))
    who: dict[str, Any] = {"by": ask.who.name, "now": ask.now}
    after: list[Dispute] = []
    if what == "confirm":
        tried(form, lambda: after.append(desk.confirm(ask.tenant, it.id, **who)))
    elif what == "send_back":
        reason = form.text("reason", most=400, required=True)
        if form.good:
            tried(form, lambda: after.append(desk.send_back(ask.tenant, it.id, reason=reason, **who)))
    else:
        _told(ask, it, form, what, after)
    if not after:
        return _one(ask, it, form, status=422)
    done = "sent_back" if what == "send_back" else after[0].state.value
    return went(ask, "admin/disputes", done)


def _told(ask: Ask, it: Dispute, form: FormState, what: str, after: list[Dispute]) -> None:
    desk = ask.house.disputes
    answer = form.text("answer", most=TEXT_LIMIT, required=True)
    amount = form.whole("points", least=1, most=MAX_POINTS, required=True) if what == "settle" else None
    sign = -1 if what == "settle" and form.one_of("way", ("give", "take")) == "take" else 1
    if form.good and what == "settle":
        told = Told(answer, ask.who.name, ask.now, sign * (amount or 0))
        tried(form, lambda: after.append(desk.settle(ask.tenant, it.id, told)))
    elif form.good:
        tried(form, lambda: after.append(desk.answer(ask.tenant, it.id, Told(answer, ask.who.name, ask.now))))


def state_name(t: Texts, state: DisputeState) -> str:
    """The state as the staff read it."""
    return {
        DisputeState.OPEN: t.t("Open"),
        DisputeState.PROPOSED: t.t("Waits for a second person"),
        DisputeState.ANSWERED: t.t("Answered"),
        DisputeState.SETTLED: t.t("Settled"),
    }[state]


def _found(ask: Ask) -> Dispute:
    return ask.house.disputes.get(ask.tenant.id, ask.args["dispute"])


def _row(ask: Ask, it: Dispute, name: str) -> dict[str, Any]:
    return {
        "id": it.id,
        "who": name or it.participant,
        "number": it.participant,
        "text": plain(it.text, limit=160),
        "when": moment(ask, it.opened_at),
        "state": state_name(ask.t, it.state),
        "open": it.open,
    }


def _one(ask: Ask, it: Dispute, form: FormState, *, status: int = 200) -> PageAnswer:
    t = ask.t
    person = ask.house.people.by_number(ask.tenant.id, it.participant)
    wallet = ask.house.views.wallet(ask.tenant.id, it.participant)
    return site_rendered(
        ask,
        "desk/dispute.html",
        status=status,
        title=t.t("Question of %(name)s", name=name_of(person)),
        room="cases",
        it=_row(ask, it, name_of(person)),
        text=it.text,
        about=it.about,
        answer=it.answer,
        points=points(t, it.points, ask.tenant.unit) if it.points else "",
        proposed=it.state is DisputeState.PROPOSED,
        own=ask.who.name.casefold() in (it.proposed_by.casefold(), it.behind.casefold()),
        by=it.proposed_by,
        balance=points(t, wallet.available, ask.tenant.unit),
        **_limit(ask, it),
        award=_award(ask, it),
        trace=_trace(it.trace),
        history=[
            (state_name(t, DisputeState(state)), moment(ask, parse_instant(at)), name_of(person) if by == it.participant else by)
            for state, at, by in it.history
        ],
        form=form,
        ways=[("give", t.t("Give points")), ("take", t.t("Take points"))],
        writes=ask.may(Scope.CASES_WRITE) and it.open,
    )


def _limit(ask: Ask, it: Dispute) -> dict[str, Any]:
    """What one person may correct alone, how much of it whoever asks has left, and why a proposal waits for a second person."""
    t, unit, most = ask.t, ask.tenant.unit, ask.tenant.adjust_alone_up_to
    used = ask.house.disputes.alone(ask.tenant, ask.who.behind or ask.who.name, now=ask.now) if it.open else 0
    words = {"limit": points(t, most, unit), "used": points(t, used, unit), "left": points(t, max(most - used, 0), unit)}
    return words | {"days": DAYS, "had": points(t, it.alone, unit) if it.alone else ""}


def _award(ask: Ask, it: Dispute) -> dict[str, Any] | None:
    """What the question is about as it is explained now; None if nothing can be."""
    if not (it.line or it.milestone or it.record):
        return None
    try:
        person = ask.house.people.by_number(ask.tenant.id, it.participant)
        found = ask.house.explainer.explain(person, Asked(it.milestone, it.record, it.line), now=ask.now)
    except AccoladeError:
        return None
    return explained(found.awards[0], ask.t, zone=ask.zone, now=ask.now) if found.awards else None


def _trace(text: str) -> str:
    """The explanation as it was kept, so that it can be read."""
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False) if text else ""
    except ValueError:
        return text


ROUTES = (
    Route("GET", "admin/disputes", Scope.CASES, disputes),
    Route("GET", "admin/disputes/{dispute}", Scope.CASES, dispute),
    Route("POST", "admin/disputes/{dispute}", Scope.CASES_WRITE, act),
)
