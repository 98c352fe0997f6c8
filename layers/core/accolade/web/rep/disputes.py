"""Something is wrong with this: somebody says so about a line or a goal, and reads the answer here."""

import json
from typing import Any

from accolade.flows.disputes import About
from accolade.flows.explain import Asked
from accolade.flows.explanation_json import as_json
from accolade.model.disputes import TEXT_LIMIT, TRACE_LIMIT, Dispute, DisputeState
from accolade.model.errors import Missing, Refused
from accolade.texts.phrases import points
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.forms import FormState, form_of
from accolade.web.moments import instant, with_instant
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope
from accolade.web.wallet_words import MINUS, wallet_words
from accolade.web.why_words import LONGEST_KEY, title

SHOWN = 50

_MAX_LINE_DIGITS = 12


def disputes(ask: Ask) -> PageAnswer:
    """`GET me/disputes`: what was asked, and what was answered."""
    t = ask.t
    rows = [_row(ask, it) for it in ask.house.disputes.of_person(ask.tenant.id, ask.person.number)[:SHOWN]]
    done = t.t("Sent. You get a message when it is answered.") if ask.value("done") == "sent" else ""
    return site_rendered(ask, "rep/disputes.html", tab="wallet", title=t.t("Your questions"), rows=rows, done=done)


def new(ask: Ask) -> PageAnswer:
    """`GET me/disputes/new?milestone=...&record=...`, or `me/disputes/line/{line}`."""
    return _form_page(ask, form_of(ask, key=ask.house.random(16).hex()), _about(ask, _given(ask)))


def send(ask: Ask) -> PageAnswer:
    """`POST me/disputes/new`: keeps it with the explanation as it is now; the same form sent twice is one question."""
    form = form_of(ask)
    asked = Asked(form.text("milestone", most=LONGEST_KEY), form.text("record", most=LONGEST_KEY), _line(form.value("line")))
    about = _about(ask, asked)
    text = form.text("text", most=TEXT_LIMIT, required=True)
    key = form.text("key", most=64, required=True)
    if form.good:
        try:
            ask.house.disputes.open(ask.person, text, about, key=key, now=ask.now)
        except Refused as error:
            form.wrong("", told(ask.t, error))
    if not form.good:
        return _form_page(ask, form, about, status=422)
    return moved(f"{ask.root}me/disputes?done=sent")


def _form_page(ask: Ask, form: FormState, about: About, *, status: int = 200) -> PageAnswer:
    return site_rendered(
        ask,
        "rep/dispute.html",
        status=status,
        tab="wallet",
        title=ask.t.t("Something is wrong with this"),
        form=form,
        about=about,
        limit=TEXT_LIMIT,
        may=ask.may(Scope.PREFER),
        next=f"me/disputes/line/{about.line}" if about.line else "me/disputes/new",
    )


def _given(ask: Ask) -> Asked:
    line = _line(ask.args.get("line") or ask.value("line"))
    return Asked(ask.value("milestone", limit=LONGEST_KEY), ask.value("record", limit=LONGEST_KEY), line)


def _line(text: str) -> int:
    if text and not (text.isascii() and text.isdecimal() and len(text) <= _MAX_LINE_DIGITS):
        raise Missing("there is no such line")
    return int(text or 0)


def _about(ask: Ask, asked: Asked) -> About:
    """What it is about, in the words that its owner read, with the explanation. Missing for what is not theirs."""
    entry, words = _line_words(ask, asked.line) if asked.line else ("", "")
    found = ask.house.explainer.explain(ask.person, asked, now=ask.now) if asked.anything else None
    if asked.anything and not entry and not (found and found.awards):
        raise Missing("there is no such line or goal of yours")
    if not words and found and found.awards:
        words = title(found.awards[0], ask.t, ask.now)
    trace = json.dumps(as_json(found), ensure_ascii=False) if found and found.awards else ""
    if found and len(trace) > TRACE_LIMIT:
        first = as_json(found)
        trace = json.dumps(first | {"awards": first["awards"][:1]}, ensure_ascii=False)
    return About(asked.line, entry, asked.milestone, asked.record, words, trace)


def _line_words(ask: Ask, line: int) -> tuple[str, str]:
    """The entry of a line and its words: "5th win this quarter: Northwind renewal, +500"."""
    view = ask.house.wallets.show(ask.tenant, ask.person, now=ask.now, before=line + 1)
    if not view.feed or view.feed[0].entry.seq != line:
        raise Missing("there is no such line")
    row = wallet_words(view, ask.t, now=ask.now)["lines"][0]
    parts = [row["words"], row["subject"]]
    return view.feed[0].entry.id, ", ".join(filter(None, (": ".join(filter(None, parts)), row["points"])))


def _row(ask: Ask, it: Dispute) -> dict[str, Any]:
    t, zone = ask.t, ask.zone
    states = {
        DisputeState.OPEN: t.t("Waits for an answer"),
        DisputeState.PROPOSED: t.t("Waits for an answer"),
        DisputeState.ANSWERED: t.t("Answered"),
        DisputeState.SETTLED: t.t("Corrected"),
    }
    sign = "+" if it.points > 0 else MINUS
    settled = it.state is DisputeState.SETTLED
    return {
        "text": it.text,
        "about": it.about,
        "state": states[it.state],
        "tone": "warn" if it.open else "good",
        "when": instant(t, it.opened_at, zone),
        "answer": "" if it.open else it.answer,
        "answered": ""
        if it.open
        else with_instant(lambda when: t.t("The answer, %(when)s", when=when), instant(t, it.updated_at, zone)),
        "points": f"{sign}{points(t, abs(it.points), ask.tenant.unit)}" if settled else "",
    }


ROUTES = (
    Route("GET", "me/disputes", Scope.WALLET, disputes),
    Route("GET", "me/disputes/new", Scope.WALLET, new),
    Route("GET", "me/disputes/line/{line}", Scope.WALLET, new),
    Route("POST", "me/disputes/new", Scope.PREFER, send),
)
"""The pages of questions."""
