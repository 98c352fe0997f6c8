"""One person: who they are to us and to the CRMs, what they allowed, what they have, and what was done about them."""

from datetime import date
from typing import Any

from accolade.flows.explain import Asked
from accolade.model.errors import Missing
from accolade.model.participants import Channel, Consent, Participant
from accolade.texts.phrases import points
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.channel_words import channel_name, stopped_words
from accolade.web.connecting import KINDS
from accolade.web.desk.acting import done_word, moment, name_of
from accolade.web.desk.people import state_of
from accolade.web.forms import FormState
from accolade.web.rendering import LANGUAGE_NAMES, site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope
from accolade.web.wallet_words import wallet_words
from accolade.web.why_words import explained

MESSAGES = 10
"""Messages on the page; the others stand in the list of messages."""


def person_of(ask: Ask) -> Participant:
    """The participant of the address; Missing if the tenant has none of that number."""
    return ask.house.people.by_number(ask.tenant.id, ask.args["person"])


def person(ask: Ask) -> PageAnswer:
    """The page."""
    return shown(ask, person_of(ask), {})


def shown(ask: Ask, it: Participant, forms: dict[str, FormState], *, status: int = 200) -> PageAnswer:
    """The page of a person; `forms` by name: those that were sent and are not right."""
    t, house = ask.t, ask.house
    before = ask.value("before", limit=12)
    line = int(before) if before.isascii() and before.isdecimal() else None
    view = house.wallets.show(ask.tenant, it, now=ask.now, before=line)
    words = wallet_words(view, t, now=ask.now, zone=ask.zone)
    done = {
        "consent": t.t("The consent is stored."),
        "left": t.t("They are not active any more. The points stay in the wallet."),
        "back": t.t("They are active again."),
        "erased": t.t("Name, addresses and texts are erased. The books are as they were."),
        "merged": t.t("The two are one participant now."),
    }
    return site_rendered(
        ask,
        "desk/person.html",
        status=status,
        title=name_of(it),
        name=name_of(it),
        room="people",
        person=it,
        state=state_of(ask, it),
        facts=[(name, value) for name, value in _facts(ask, it) if value],
        ways=[_way(ask, it, channel) for channel in Channel],
        words=words,
        worths=[(name, value) for name, value in _worths(ask, it) if value],
        messages=_messages(ask, it),
        forms={
            name: forms.get(name) or FormState(t, _first(ask, name), here=it.number) for name in ("consent", "leave", "erase")
        },
        channels=[(channel.value, channel_name(t, channel)) for channel in (Channel.SMS, Channel.WHATSAPP)],
        writes=ask.may(Scope.PEOPLE_WRITE) and not it.erased_on and not it.merged_into,
        reads_messages=ask.may(Scope.MESSAGES),
        done=done_word(ask, done),
    )


def why(ask: Ask) -> PageAnswer:
    """Why one line of a statement is there, step by step."""
    it = person_of(ask)
    asked = Asked(line=int(ask.args["line"])) if ask.args["line"].isdecimal() and len(ask.args["line"]) < 12 else None
    found = ask.house.explainer.explain(it, asked, now=ask.now) if asked else None
    if found is None or not found.awards:
        raise Missing("there is no such line")
    award = explained(found.awards[0], ask.t, zone=ask.zone, now=ask.now)
    return site_rendered(ask, "desk/why.html", title=award["title"], room="people", award=award, person=it, name=name_of(it))


def _first(ask: Ask, name: str) -> dict[str, tuple[str, ...]]:
    return {"given_on": (ask.now.date().isoformat(),)} if name == "consent" else {}


def _facts(ask: Ask, it: Participant) -> list[tuple[str, Any]]:
    t = ask.t

    def day(value: date | None) -> str:
        return t.date(value) if value else ""

    return [
        (t.t("Number"), it.number),
        (t.t("Id"), it.id),
        (t.t("E-mail address"), it.email),
        (t.t("Phone"), it.phone),
        (t.t("Team"), it.team),
        (t.t("Manager"), _manager(ask, it)),
        (t.t("Role"), it.role),
        (t.t("Region"), it.region),
        (t.t("Kind"), it.kind),
        (t.t("Country"), t.country(it.country) if it.country else ""),
        (t.t("Time zone"), it.zone),
        (t.t("Language"), LANGUAGE_NAMES.get(it.locale, it.locale)),
        *((KINDS.get(crm, crm.capitalize()), user) for crm, user in sorted(it.identities.items())),
        (t.t("Started"), day(it.started_on)),
        (t.t("Tax form on file since"), day(it.tax_form_on)),
        (t.t("Left"), day(it.left_on)),
        (t.t("Erased"), day(it.erased_on)),
        (t.t("Goes on as"), it.merged_into),
    ]


def _manager(ask: Ask, it: Participant) -> str:
    """The manager by name, if the company knows them under what was imported."""
    try:
        return name_of(ask.house.people.by_id(ask.tenant.id, it.manager)) if it.manager else ""
    except Missing:
        return it.manager or ""


def _way(ask: Ask, it: Participant, channel: Channel) -> dict[str, Any]:
    t, way = ask.t, ask.house.wallets.way(it, channel)
    consent: Consent | None = way.consent
    if way.suppression:
        state = t.t("Stopped: %(why)s", why=stopped_words(t, way.suppression.reason))
    elif not way.address:
        state = t.t("No address")
    elif channel is not Channel.EMAIL and not consent:
        state = t.t("No consent")
    else:
        state = t.t("Used") if way.preferred else t.t("Allowed, not chosen")
    return {
        "name": channel_name(t, channel),
        "state": state,
        "bad": bool(way.suppression),
        "since": moment(ask, way.suppression.since) if way.suppression else "",
        "on": t.date(consent.given_on) if consent else "",
        "source": consent.source if consent else "",
        "text": consent.text if consent else "",
    }


def _worths(ask: Ask, it: Participant) -> list[tuple[str, str]]:
    wallet, t, unit = ask.house.views.wallet(ask.tenant.id, it.number), ask.t, ask.tenant.unit
    return [
        (t.t("To spend"), points(t, wallet.available, unit)),
        (t.t("Pending"), points(t, wallet.pending, unit) if wallet.pending else ""),
        (t.t("Kept for orders"), points(t, wallet.held, unit) if wallet.held else ""),
        (t.t("Owed"), points(t, wallet.debt, unit) if wallet.debt else ""),
    ]


def _messages(ask: Ask, it: Participant) -> list[dict[str, Any]]:
    from accolade.web.desk.message_words import row

    if not ask.may(Scope.MESSAGES):
        return []
    return [row(ask, found, name_of(it)) for found in ask.house.deliveries.of_person(ask.tenant.id, it.number, MESSAGES)]


ROUTES = (
    Route("GET", "admin/people/{person}", Scope.PEOPLE, person),
    Route("GET", "admin/people/{person}/why/{line}", Scope.PEOPLE, why),
)
