"""What is done about a person: a consent recorded, two numbers merged, leaving and coming back, erasing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from accolade.flows.people_merge import MergePlan
from accolade.model.errors import AccoladeError, Missing
from accolade.model.participants import Channel, Consent, Participant
from accolade.texts.phrases import points
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import name_of, noted, reason_of, tried, went
from accolade.web.desk.person import person_of, shown
from accolade.web.forms import FormState, form_of
from accolade.web.people_flows import leaving_of, merge_of, somebody
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

CHANNELS = (Channel.SMS.value, Channel.WHATSAPP.value)


def consent(ask: Ask) -> PageAnswer:
    """Store who allowed what, when, with what words, and where that came from; the newest for a channel is the one."""
    it, form = person_of(ask), form_of(ask)
    channel = Channel(form.one_of("channel", CHANNELS))
    day, text = form.day("given_on", required=True), form.text("text", most=500, required=True)
    source = form.text("source", required=True)
    if day and day > ask.now.date():
        form.wrong("given_on", ask.t.t("This day lies in the future. Write the day on which it was given."))
    if it.erased_on or it.merged_into:
        form.wrong("", ask.t.t("Nothing is recorded for this participant any more."))
    if not form.good or day is None:
        return shown(ask, it, {"consent": form}, status=422)
    new = Consent(channel, day, source, text)
    kept = tuple(old for old in it.consents if old.channel is not channel)
    if not tried(form, lambda: ask.house.people.update(replace(it, consents=(*kept, new)))):
        return shown(ask, it, {"consent": form}, status=409)
    before = next((old for old in it.consents if old.channel is channel), None)
    noted(ask, "consent.recorded", it.number, before=_plain(before), after=_plain(new), reason=source)
    return went(ask, f"admin/people/{it.number}", "consent")


def leave(ask: Ask) -> PageAnswer:
    """They have left."""
    return _acted(ask, "leave", "left", leaving_of(ask.house, by=ask.who.name).leave)


def come_back(ask: Ask) -> PageAnswer:
    """They are back."""
    return _acted(ask, "leave", "back", leaving_of(ask.house, by=ask.who.name).come_back)


def erase(ask: Ask) -> PageAnswer:
    """They asked to be erased; their number has to be written, so that nobody does it by mistake."""
    return _acted(ask, "erase", "erased", leaving_of(ask.house, by=ask.who.name).erase, sure=True)


def _acted(ask: Ask, name: str, done: str, act: Callable[..., Any], *, sure: bool = False) -> PageAnswer:
    it, form = person_of(ask), form_of(ask)
    reason = reason_of(form)
    if sure and form.text("number") != it.number:
        form.wrong("number", ask.t.t("Write %(number)s.", number=it.number))
    if form.good and tried(form, lambda: act(ask.tenant.id, it.number, by=ask.who.name, reason=reason, now=ask.now)):
        return went(ask, f"admin/people/{it.number}", done)
    return shown(ask, it, {name: form}, status=422)


def merging(ask: Ask) -> PageAnswer:
    """Choose who goes on, and see what would happen."""
    it, form = person_of(ask), form_of(ask, other=ask.value("other"))
    other = ask.value("other")
    plan = _plan(ask, it, other, form) if other else None
    return _merge_page(ask, it, form, plan, status=200 if form.good else 422)


def merge(ask: Ask) -> PageAnswer:
    """Merge this participant into the other."""
    it, form = person_of(ask), form_of(ask)
    reason, plan = reason_of(form), _plan(ask, it, form.text("other", required=True), form)
    if form.good and plan is not None:
        kept = plan.kept.number

        def act() -> None:
            merge_of(ask.house).merge(ask.tenant.id, it.number, kept, by=ask.who.name, reason=reason, now=ask.now)

        if tried(form, act):
            return went(ask, f"admin/people/{kept}", "merged")
    return _merge_page(ask, it, form, plan, status=422)


def _plan(ask: Ask, it: Participant, other: str, form: FormState) -> MergePlan | None:
    """What would happen; None with a problem in the form if it cannot."""
    if not other:
        return None
    try:
        return merge_of(ask.house).plan(ask.tenant.id, it.number, somebody(ask.house, ask.tenant.id, other).number)
    except Missing:
        form.wrong("other", ask.t.t("Nobody is called so here. Write an id, a number or an e-mail address."))
    except AccoladeError as error:
        form.wrong("other", told(ask.t, error))
    return None


def _merge_page(ask: Ask, it: Participant, form: FormState, plan: MergePlan | None, *, status: int) -> PageAnswer:
    t, unit = ask.t, ask.tenant.unit
    rows = []
    if plan:
        wallet = plan.wallet
        users = ", ".join(f"{crm.capitalize()} {user}" for crm, user in sorted(plan.identities.items()))
        rows = [
            (t.t("CRM users that lead to them"), users or t.t("None")),
            (t.t("Moves now"), points(t, wallet.available, unit)),
            (t.t("Moves as debt"), points(t, wallet.debt, unit) if wallet.debt else ""),
            (t.t("Moves when it is free"), points(t, wallet.pending + wallet.held, unit) if wallet.pending + wallet.held else ""),
        ]
    return site_rendered(
        ask,
        "desk/merge.html",
        status=status,
        title=t.t("Merge two participants"),
        room="people",
        person=it,
        form=form,
        plan=plan,
        name=name_of(it),
        gone=name_of(plan.gone) if plan else "",
        kept=name_of(plan.kept) if plan else "",
        rows=[(name, value) for name, value in rows if value],
    )


def _plain(it: Consent | None) -> dict[str, str] | None:
    return {"channel": it.channel.value, "given_on": it.given_on.isoformat(), "words": it.text} if it else None


ROUTES = (
    Route("POST", "admin/people/{person}/consent", Scope.PEOPLE_WRITE, consent),
    Route("POST", "admin/people/{person}/leave", Scope.PEOPLE_WRITE, leave),
    Route("POST", "admin/people/{person}/return", Scope.PEOPLE_WRITE, come_back),
    Route("POST", "admin/people/{person}/erase", Scope.PEOPLE_WRITE, erase),
    Route("GET", "admin/people/{person}/merge", Scope.PEOPLE_WRITE, merging),
    Route("POST", "admin/people/{person}/merge", Scope.PEOPLE_WRITE, merge),
)
