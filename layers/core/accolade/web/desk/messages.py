"""The messages: filtered by person, channel, state and day, each with why it went this way, and sent again if it waits."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from accolade.flows.message_list import Listed, matching
from accolade.flows.ways import Ways
from accolade.model.deliveries import Delivery, DeliveryState
from accolade.model.errors import Missing
from accolade.model.participants import Channel
from accolade.store.deliveries import place_of
from accolade.texts import Texts
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.channel_words import channel_name, way_words
from accolade.web.csv_file import csv_answer
from accolade.web.desk.acting import done_word, moment, name_of, noted, went
from accolade.web.desk.message_words import about, history, row, said, state_name
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

SHOWN = 50

READ = 1_000
"""Messages read for a page at most."""

EXPORTED = 5_000


def messages(ask: Ask) -> PageAnswer:
    """The messages of a day, or of a person, or those that wait for somebody."""
    t, form = ask.t, form_of(ask, **_asked(ask))
    found, older = _page(ask, form)
    kept = {name: form.value(name) for name in ("person", "channel", "state", "day") if form.value(name)}
    names = ask.house.people.participants(ask.tenant.id, {it.participant for it in found})
    done = {"retried": t.t("It goes out again."), "paused": t.t("Paused."), "resumed": t.t("Sending again.")}
    return site_rendered(
        ask,
        "desk/messages.html",
        title=t.t("Messages"),
        room="messages",
        form=form,
        rows=[row(ask, it, name_of(names[it.participant]) if it.participant in names else "") for it in found],
        channels=[("", t.t("Any channel")), *((it.value, channel_name(t, it)) for it in Channel)],
        states=[("", t.t("Any state")), *((it.value, state_name(t, it)) for it in DeliveryState)],
        older=f"messages?{urlencode(kept | {'before': older})}" if older else "",
        newer=f"messages?{urlencode(kept)}" if ask.value("before") else "",
        export=f"messages/export?{urlencode(kept)}",
        days=_days(form, ask),
        paused=[channel_name(t, it) for it in ask.tenant.paused],
        writes=ask.may(Scope.MESSAGES_WRITE),
        done=done_word(ask, done),
    )


def message(ask: Ask) -> PageAnswer:
    """One message: why it went this way, what happened, and the vendor's word on it."""
    return _one(ask, _found(ask), form_of(ask))


def retry(ask: Ask) -> PageAnswer:
    """Send a message again that waits for a person."""
    it, form = _found(ask), form_of(ask)
    if it.state is not DeliveryState.PARKED:
        form.wrong("", ask.t.t("This message does not wait for you any more."))
        return _one(ask, it, form, status=409)
    after = ask.house.deliveries.retry(it.id, now=ask.now)
    ask.house.outbox.hand_over([after], ask.now)
    noted(ask, "message.retried", it.id, before={"state": it.state.value}, after={"state": after.state.value})
    return went(ask, f"admin/messages/{it.id}", "retried")


def export(ask: Ask) -> PageAnswer:
    """The same as a file; addresses and codes are never in it."""
    form = form_of(ask, **_asked(ask))
    rows = []
    for it in _listed(ask, form, "", EXPORTED):
        rows.append(
            (it.id, it.created_at, it.participant, it.channel, it.state.value, it.total, it.attempts, it.outcome, it.subject)
        )
    names = ("id", "created_at", "participant", "channel", "state", "points", "attempts", "outcome", "about")
    return csv_answer("messages.csv", names, rows)


def _asked(ask: Ask) -> dict[str, str]:
    return {name: ask.value(name) for name in ("person", "channel", "state", "day")}


def _page(ask: Ask, form: FormState) -> tuple[list[Delivery], str]:
    found: list[Delivery] = []
    for it in _listed(ask, form, ask.value("before", limit=80), READ):
        if len(found) == SHOWN:
            return found, place_of(found[-1])
        found.append(it)
    return found, ""


def _listed(ask: Ask, form: FormState, before: str, limit: int) -> Iterator[Delivery]:
    person = _number(ask, form) if form.value("person") else ""
    if form.value("person") and not person:
        return iter(())
    wanted = Listed(person, form.value("channel"), form.value("state"), form.day("day"))
    return matching(ask.house.deliveries, ask.tenant.id, wanted, now=ask.now, before=before, limit=limit)


def _number(ask: Ask, form: FormState) -> str:
    try:
        return ask.house.people.by_id(ask.tenant.id, form.value("person")).number
    except Missing:
        form.wrong("person", ask.t.t("Nobody is called so here. Write an id or a number."))
        return ""


def _days(form: FormState, ask: Ask) -> list[tuple[str, str]]:
    """The day before and the day after, as links, where a day is shown."""
    if form.value("person") or (form.value("state") == DeliveryState.PARKED.value and not form.value("day")):
        return []
    try:
        day = date.fromisoformat(form.value("day")) if form.value("day") else ask.now.date()
        around = (day - timedelta(days=1), day + timedelta(days=1))
    except (ValueError, OverflowError):
        return []
    kept = {name: form.value(name) for name in ("channel", "state") if form.value(name)}
    return [(ask.t.date(it), f"messages?{urlencode(kept | {'day': it.isoformat()})}") for it in around if it <= ask.now.date()]


def _found(ask: Ask) -> Delivery:
    it = ask.house.deliveries.get(ask.args["message"])
    if it is None or it.tenant != ask.tenant.id:
        raise Missing("there is no such message")
    return it


def _one(ask: Ask, it: Delivery, form: FormState, *, status: int = 200) -> PageAnswer:
    t, house = ask.t, ask.house
    ways = Ways(person=house.people.by_number, tenant=lambda tenant: ask.tenant, suppression=house.people.suppression)
    way = ways.way(it, now=ask.now)
    name = name_of(way.participant) if way.participant else it.participant
    return site_rendered(
        ask,
        "desk/message.html",
        status=status,
        title=about(t, it),
        room="messages",
        form=form,
        it=row(ask, it, name),
        lines=[{"title": plain(line.milestone, limit=80), "points": line.points, "entry": line.entry} for line in it.lines],
        facts=[(label, value) for label, value in _facts(ask, it, t) if value],
        now_way=_now(t, way.route.channel, way.route.reason, paused=way.route.paused),
        history=history(ask, it),
        parked=it.state is DeliveryState.PARKED and ask.may(Scope.MESSAGES_WRITE),
        done=done_word(ask, {"retried": t.t("It goes out again.")}),
    )


def _facts(ask: Ask, it: Delivery, t: Texts) -> list[tuple[str, Any]]:
    return [
        (t.t("Owed since"), moment(ask, it.created_at)),
        (t.t("Not before"), moment(ask, it.due_at) if it.due_at > it.created_at else ""),
        (t.t("Tries"), t.number(it.attempts) if it.attempts else ""),
        (t.t("Tried before"), ", ".join(channel_name(t, channel) for channel in it.tried)),
        (t.t("What was last said"), said(t, it.outcome)),
        (t.t("The vendor's number"), it.reference),
        (t.t("Record"), it.record),
        (t.t("Program"), "" if it.program.startswith("~") else it.program),
    ]


def _now(t: Texts, channel: Channel | None, reason: str, *, paused: bool) -> str:
    """Which way it would take at this moment, and why no other."""
    if channel is None:
        return t.t("There is no way now: %(why)s.", why=way_words(t, reason))
    if paused:
        return t.t("By %(channel)s, once it is not paused any more.", channel=channel_name(t, channel))
    return t.t(
        "By %(channel)s: the first of their channels that has an address, a consent and no opt-out.",
        channel=channel_name(t, channel),
    )


ROUTES = (
    Route("GET", "admin/messages", Scope.MESSAGES, messages),
    Route("GET", "admin/messages/export", Scope.MESSAGES, export),
    Route("GET", "admin/messages/{message}", Scope.MESSAGES, message),
    Route("POST", "admin/messages/{message}/retry", Scope.MESSAGES_WRITE, retry),
)
