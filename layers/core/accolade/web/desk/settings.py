"""The company's own: name, logo, colour, what points are called, sender, sending hours and limits."""

import re
from dataclasses import replace
from typing import Any

from accolade.flows.budget_alerts import MOST_ADDRESSES, addresses
from accolade.model.errors import Rejected
from accolade.model.participants import Tenant
from accolade.programs.periods import known_zone
from accolade.programs.zones import zone_meant
from accolade.texts import LANGUAGES
from accolade.texts.colours import FALLBACK, accents
from accolade.texts.refusals import sentence
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.desk.program_words import NAMES
from accolade.web.forms import FormState, form_of
from accolade.web.logos import MAX_LOGO, data_address, is_svg
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

MAX_ALERTS = 2_000

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_BOXES = ("names_in_sms", "two_way_sms", "second_person")


def settings(ask: Ask) -> PageAnswer:
    """The settings as they are."""
    return _page(ask, form_of(ask, **_shown(ask.tenant)))


def save(ask: Ask) -> PageAnswer:
    """The settings as they were sent, all or none."""
    form = form_of(ask)
    wanted = _wanted(form, ask.tenant)
    if not form.good:
        return _page(ask, form, status=422)
    changed = replace(ask.tenant, **wanted)
    ask.house.tenants.put(changed)
    before = {name: getattr(ask.tenant, name) for name in wanted if getattr(ask.tenant, name) != wanted[name] and name != "logo"}
    ask.house.actions.record(
        ask.tenant.id,
        at=ask.now,
        by=ask.who.name,
        what="settings.changed",
        on=f"tenant:{ask.tenant.id}",
        before=before,
        after={name: wanted[name] for name in before},
    )
    return moved("settings?done=saved")


def _wanted(form: FormState, tenant: Tenant) -> dict[str, Any]:
    start, end = form.whole("from", most=23, required=True), form.whole("to", least=1, most=24, required=True)
    if start is not None and end is not None and start >= end:
        form.wrong("to", form.t.t("The day's end is before its beginning."))
    accent, sender = form.text("accent", required=True), form.text("sender_email", required=True)
    if accent and not _COLOUR.fullmatch(accent):
        form.wrong("accent", form.t.t("Write the colour as #0b6e4f."))
    zone = form.text("zone", required=True)
    if zone and not known_zone(zone):
        form.wrong("zone", sentence(form.t, zone_meant(zone)))
    if sender and not _ADDRESS.fullmatch(sender):
        form.wrong("sender_email", form.t.t("Write an e-mail address that is verified in SES."))
    alerts = _alerts(form)
    wanted: dict[str, Any] = {name: form.has(name, "1") for name in _BOXES}
    wanted |= {
        "name": form.text("name", most=60, required=True),
        "unit": form.text("unit", most=20, required=True),
        "accent": accent,
        "sender_email": sender,
        "zone": zone,
        "sending_hours": (start or 0, end or 24),
        "sms_segments": form.whole("sms_segments", least=1, most=6, required=True),
        "approve_redemptions_above": form.whole("approve_redemptions_above"),
        "adjust_alone_up_to": form.whole("adjust_alone_up_to", required=True),
        "logo": _logo(form, tenant),
        "alerts": alerts,
        "alerts_locale": form.one_of("alerts_locale", LANGUAGES) if form.value("alerts_locale") else tenant.alerts_locale,
    }
    return wanted


def _alerts(form: FormState) -> tuple[str, ...]:
    try:
        return addresses(form.text("alerts", most=MAX_ALERTS))
    except Rejected:
        most = form.t.number(MOST_ADDRESSES)
        form.wrong("alerts", form.t.t("Write at most %(most)s e-mail addresses as name@example.com, apart by commas.", most=most))
        return ()


def _logo(form: FormState, tenant: Tenant) -> str:
    """The logo as a data address: a new one, none, or the one there was. As a picture an SVG runs nothing and loads nothing."""
    text = form.value("logo").strip()
    if form.has("no_logo", "1"):
        return ""
    if not text:
        return tenant.logo
    if len(text) > MAX_LOGO:
        form.wrong("logo", form.t.t("Use at most %(most)s characters.", most=form.t.number(MAX_LOGO)))
    elif not is_svg(text):
        form.wrong("logo", form.t.t("This is not an SVG picture: it begins with <svg and ends with </svg>."))
    return data_address(text)


def _shown(tenant: Tenant) -> dict[str, Any]:
    start, end = tenant.sending_hours
    above = tenant.approve_redemptions_above
    return {
        "name": tenant.name,
        "unit": tenant.unit,
        "accent": tenant.accent,
        "sender_email": tenant.sender_email,
        "zone": tenant.zone,
        "from": str(start),
        "to": str(end),
        "sms_segments": str(tenant.sms_segments),
        "approve_redemptions_above": "" if above is None else str(above),
        "adjust_alone_up_to": str(tenant.adjust_alone_up_to),
        "alerts": ", ".join(tenant.alerts),
        "alerts_locale": tenant.alerts_locale,
        **{name: "1" for name in _BOXES if getattr(tenant, name)},
    }


def _page(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    done = {"saved": ask.t.t("The settings are saved.")}.get(ask.value("done"), "")
    seen = accents(ask.tenant.accent)
    words: dict[str, Any] = {
        "title": ask.t.t("Settings"),
        "room": "settings",
        "form": form,
        "done": done,
        "tongues": [(code, NAMES[code]) for code in LANGUAGES],
        "moved_colour": ask.tenant.accent.lower() not in (seen["light"], FALLBACK),
    }
    return site_rendered(ask, "desk/settings.html", status=status, **words)


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/settings", Scope.SETTINGS_WRITE, settings),
    Route("POST", "admin/settings", Scope.SETTINGS_WRITE, save),
)
