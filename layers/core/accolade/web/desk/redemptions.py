"""Redemptions for the staff: what waits for approval, what nobody knows the outcome of, what has to be looked at; all others."""

from collections.abc import Callable
from typing import Any

from accolade.model.errors import AccoladeError
from accolade.model.money import Money
from accolade.model.redemptions import Redemption, RedemptionState
from accolade.model.times import parse_instant
from accolade.texts import chosen
from accolade.texts import later as t
from accolade.texts.refusals import sentence, told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.csv_file import csv_answer
from accolade.web.desk.acting import done_word, moment, name_of, noted, reason_of, went
from accolade.web.desk.order_comparison import compared
from accolade.web.desk.provider_notes import note
from accolade.web.desk.shop import provider_name
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

SHOWN = 50
EXPORTED = 1_000


STATES = {
    RedemptionState.AWAITING: (t("Waits for approval"), "warn"),
    RedemptionState.HELD: (t("To be ordered"), ""),
    RedemptionState.ORDERED: (t("Ordered"), ""),
    RedemptionState.UNKNOWN: (t("Outcome unknown"), "warn"),
    RedemptionState.FULFILLED: (t("Fulfilled"), "good"),
    RedemptionState.FAILED: (t("Failed"), "bad"),
    RedemptionState.RELEASED: (t("Points given back"), ""),
}

DONE = {
    "approve": t("Approved; it is ordered now."),
    "refuse": t("Refused; the points are back, and the person is told why."),
    "retry": t("It is looked at again now."),
    "accept": t("What the provider delivered counts as delivered."),
    "release": t("The points are back, and the person is told."),
}


def redemptions(ask: Ask) -> PageAnswer:
    """Those of one state, the newest first."""
    state = _state(ask)
    found = ask.house.redeeming.redemptions.newest(ask.tenant.id, state, limit=SHOWN + 1)
    words: dict[str, Any] = {
        "title": ask.t.t("Redemptions"),
        "room": "redemptions",
        "state": state.value,
        "states": [(it.value, ask.t.t(name)) for it, (name, _) in STATES.items()],
        "rows": [_row(it, ask) for it in found[:SHOWN]],
        "more": len(found) > SHOWN,
        **compared(ask),
    }
    return site_rendered(ask, "desk/redemptions.html", **words)


def export(ask: Ask) -> PageAnswer:
    """Those of one state as a file."""
    state = _state(ask)
    found = ask.house.redeeming.redemptions.newest(ask.tenant.id, state, limit=EXPORTED)
    columns = ("id", "participant", "item", "provider", "value_minor", "currency", "points", "state", "created_at", "updated_at")
    rows = [
        (
            it.id,
            it.participant,
            it.item,
            it.provider,
            it.value,
            it.currency,
            it.points,
            it.state.value,
            it.created_at,
            it.updated_at,
        )
        for it in found
    ]
    return csv_answer(f"redemptions-{state.value}.csv", columns, rows)


def redemption(ask: Ask) -> PageAnswer:
    """One with its history, and what may be done about it."""
    return _one(ask, form_of(ask))


def act(ask: Ask) -> PageAnswer:
    """Approve, refuse, look again, accept what came, or give the points back; each with a reason."""
    form = form_of(ask)
    what, reason, id_ = form.one_of("act", tuple(DONE)), reason_of(form), ask.args["redemption"]
    before = ask.house.redeeming.redemptions.get(ask.tenant.id, id_)
    if form.good:
        try:
            after = _acts(ask, id_, reason)[what]()
        except AccoladeError as error:
            form.wrong("", told(ask.t, error))
        else:
            states = {"before": {"state": before.state.value}, "after": {"state": after.state.value}}
            noted(ask, f"redemption.{what}", f"redemption:{id_}", **states, reason=reason)
            return went(ask, f"admin/redemptions/{id_}", what)
    return _one(ask, form, status=422)


def _acts(ask: Ask, id_: str, reason: str) -> dict[str, Callable[[], Redemption]]:
    parts, tenant, by, now = ask.house.redeeming, ask.tenant.id, ask.who.name, ask.now
    return {
        "approve": lambda: parts.redeemer.approve(tenant, id_, by=by, reason=reason, now=now),
        "refuse": lambda: parts.redeemer.refuse(tenant, id_, by=by, reason=reason, now=now),
        "retry": lambda: parts.care.retry(tenant, id_, by=by, reason=reason, now=now),
        "accept": lambda: parts.care.retry(tenant, id_, by=by, reason=reason, now=now, as_it_is=True),
        "release": lambda: parts.care.release(tenant, id_, by=by, reason=reason, now=now),
    }


def _one(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    it = ask.house.redeeming.redemptions.get(ask.tenant.id, ask.args["redemption"])
    may, row = _possible(it) if ask.may(Scope.REDEMPTIONS_WRITE) else [], _row(it, ask)
    words: dict[str, Any] = {
        "title": ask.t.t("Redemption"),
        "room": "redemptions",
        "it": it,
        "row": row,
        "acts": [(name, ask.t.t(_WORDS[name])) for name in may],
        "history": [
            (ask.t.t(STATES[RedemptionState(state)][0]), moment(ask, parse_instant(at)), note(ask.t, it.provider, said))
            for state, at, said in reversed(it.history)
        ],
        "looks": [(moment(ask, parse_instant(at)), row["who"] if by == it.participant else by) for at, by in it.reveals],
        "form": form,
        "done": done_word(ask, {name: ask.t.t(words) for name, words in DONE.items()}),
    }
    return site_rendered(ask, "desk/redemption.html", status=status, **words)


_WORDS = {
    "approve": t("Approve"),
    "refuse": t("Refuse"),
    "retry": t("Look again now"),
    "accept": t("Take what came as delivered"),
    "release": t("Give the points back"),
}


def _possible(it: Redemption) -> list[str]:
    """What may make sense now; whether it is allowed, the flow decides."""
    if it.state is RedemptionState.AWAITING:
        return ["approve", "refuse"]
    if it.state in (RedemptionState.FULFILLED, RedemptionState.RELEASED):
        return []
    return ["retry", *(["accept"] if it.parked else []), "release"]


def _row(it: Redemption, ask: Ask) -> dict[str, Any]:
    name, tone = STATES[it.state]
    people = ask.house.people.participants(ask.tenant.id, [it.participant])
    return {
        "id": it.id,
        "number": it.participant,
        "who": name_of(people[it.participant]) if it.participant in people else it.participant,
        "item": chosen(it.title, ask.t.language) or it.item,
        "value": ask.t.money(Money(it.value, it.currency)),
        "points": ask.t.number(it.points),
        "provider": provider_name(ask.t, it.provider),
        "state": ask.t.t(name),
        "tone": "bad" if it.parked else tone,
        "why": sentence(ask.t, why) if (why := it.parked or it.why) else "",
        "when": moment(ask, it.created_at),
    }


def _state(ask: Ask) -> RedemptionState:
    asked = ask.value("state")
    return RedemptionState(asked) if asked in set(RedemptionState) else RedemptionState.AWAITING


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/redemptions", Scope.REDEMPTIONS, redemptions),
    Route("GET", "admin/redemptions/export.csv", Scope.REDEMPTIONS, export),
    Route("GET", "admin/redemptions/{redemption}", Scope.REDEMPTIONS, redemption),
    Route("POST", "admin/redemptions/{redemption}", Scope.REDEMPTIONS_WRITE, act),
)
