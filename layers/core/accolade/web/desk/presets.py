"""Where a program begins: a gallery of presets in plain words, or nothing at all."""

import re
from datetime import date
from typing import Any

from accolade.model.errors import Conflict, Missing
from accolade.programs.loading import from_json, load
from accolade.programs.periods import known_zone
from accolade.programs.preset_files import Preset, adapted, names, preset
from accolade.programs.words import program_sentences
from accolade.programs.writing import written
from accolade.programs.zones import zone_meant
from accolade.texts.refusals import sentence
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import noted, went
from accolade.web.desk.rules.form import as_kind
from accolade.web.desk.rules.slots import DEPARTMENTS
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.visitors import Scope

NOTHING = "~nothing"
"""The name under which a program begins empty; no preset is called so."""

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")
_CURRENCY = re.compile(r"[A-Z]{3}")


def presets(ask: Ask) -> PageAnswer:
    """All presets by department."""
    t = ask.t
    found = [preset(name) for name in names()]
    groups = [(t.t(words), [_card(it, ask) for it in found if it.department == key]) for key, words in DEPARTMENTS if key]
    return site_rendered(
        ask,
        "desk/presets.html",
        title=t.t("Begin a program"),
        room="programs",
        groups=[(words, cards) for words, cards in groups if cards],
        nothing=NOTHING,
        writes=ask.may(Scope.PROGRAMS_WRITE),
    )


def begin(ask: Ask) -> PageAnswer:
    """What a preset rewards and what people would read; and the form that makes a draft of it."""
    it = _preset(ask)
    currency, zone = _usual(ask)
    starts = _next_month(ask.now.date()).isoformat()
    form = form_of(ask, id=it.name if it else "", starts=starts, currency=currency, time_zone=zone)
    return _page(ask, it, form)


def begun(ask: Ask) -> PageAnswer:
    """A draft under an id that is free."""
    it, form = _preset(ask), form_of(ask)
    text = _text(it, form)
    id_ = form.value("id").strip()
    if form.good and ask.house.programs.versions(ask.tenant.id, id_):
        form.wrong("id", ask.t.t("There is a program of this id already: open it, or choose another id."))
    if not form.good:
        return _page(ask, it, form)
    try:
        ask.house.programs.drafts.save(
            ask.tenant.id, id_, text, seen=0, by=ask.who.name, now=ask.now, preset=it.name if it else ""
        )
    except Conflict:
        form.wrong("id", ask.t.t("Somebody writes a draft of this id already: open it, or choose another id."))
        return _page(ask, it, form)
    noted(ask, "program.begun", f"program:{id_}", after={"preset": it.name if it else None})
    return went(ask, f"admin/programs/{id_}", "begun")


def _usual(ask: Ask) -> tuple[str, str]:
    """The currency and time zone of the program that was published last; dollars and the staff's zone before the first."""
    newest = max(ask.house.programs.list(ask.tenant.id), key=lambda it: it.published_at, default=None)
    program = from_json(newest.text) if newest else None
    return (program.currency, program.zone) if program else ("USD", ask.tenant.zone)


def _page(ask: Ask, it: Preset | None, form: FormState) -> PageAnswer:
    t = ask.t
    return site_rendered(
        ask,
        "desk/preset.html",
        status=200 if form.good else 422,
        title=_title(it, ask) if it else t.t("A program from nothing"),
        room="programs",
        preset=it,
        what=_sentence(t.t(it.what)) if it else "",
        said=[(t.t("For whom"), _sentence(it.whom)), (t.t("Adapt"), _sentence(it.adapt)), (t.t("Risks"), _sentence(it.risks))]
        if it
        else [],
        sentences=program_sentences(load(it.text, file=f"{it.name}.yaml"), t) if it else [],
        form=form,
    )


def _text(it: Preset | None, form: FormState) -> str:
    """The document that the form asks for; problems are noted in the form."""
    t = form.t
    id_, zone, currency = (
        form.text("id", required=True),
        form.text("time_zone", required=True),
        form.text("currency", required=True),
    )
    if id_ and not _ID.fullmatch(id_):
        form.wrong("id", t.t("Use 1 to 48 lower-case letters, digits and hyphens."))
    if zone and not known_zone(zone):
        form.wrong("time_zone", sentence(t, zone_meant(zone)))
    if currency and not _CURRENCY.fullmatch(currency):
        form.wrong("currency", t.t("Write its three letters, for example EUR."))
    starts = form.day("starts", required=True)
    if not form.good or starts is None:
        return ""
    if it is not None:
        return adapted(it, starts=starts, id_=id_, currency=currency, time_zone=zone)
    return written(_empty(id_, starts, currency, zone))


def _empty(id_: str, starts: date, currency: str, zone: str) -> dict[str, Any]:
    """The least that can be published: one goal, so that its author sees what one is."""
    ends = date(starts.year + 1, starts.month, min(starts.day, 28))
    goal = {"id": "goal-1", "title": {"en": "New goal", "nl": "Nieuw doel"}} | as_kind({}, "record")
    return {
        "id": id_,
        "title": {"en": id_.replace("-", " ").capitalize(), "nl": id_.replace("-", " ").capitalize()},
        "department": "sales",
        "audience": "everyone",
        "effective": {"from": starts.isoformat(), "to": ends.isoformat()},
        "time_zone": zone,
        "point_value": f"0.01 {currency}",
        "budget": {"points": 50_000},
        "milestones": [goal],
    }


def _preset(ask: Ask) -> Preset | None:
    """The preset of the path, None for nothing; Missing if there is none."""
    name = ask.args["preset"]
    if name != NOTHING and name not in names():
        raise Missing("there is no such preset")
    return preset(name) if name != NOTHING else None


def _card(it: Preset, ask: Ask) -> dict[str, str]:
    return {"name": it.name, "title": _title(it, ask), "what": _sentence(ask.t.t(it.what))}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _title(it: Preset, ask: Ask) -> str:
    """The preset's title in the reader's language, where its file has it."""
    found = re.search(rf"^title: \{{.*\b{ask.t.language}: ([^,}}]+)", it.text, re.MULTILINE)
    return found[1].strip() if found else it.title


def _next_month(today: date) -> date:
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)
