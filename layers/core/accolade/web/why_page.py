"""The page that says why: one award of the reader's own, and what is not earned yet (`/explain/`), as a page or as JSON."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from accolade.flows.explain import Asked
from accolade.flows.explanation import Explanation
from accolade.flows.explanation_json import as_json
from accolade.model.errors import Missing
from accolade.texts import Texts
from accolade.web.answers import PageAnswer, json_page
from accolade.web.asking import Ask
from accolade.web.rendering import site_rendered
from accolade.web.why_words import LONGEST_KEY, explained, given, missing

NEAREST = 3
"""What is not earned yet, on the wallet page."""

_MAX_LINE_DIGITS = 12


def why_page(ask: Ask, *, why: str, back: str) -> PageAnswer:
    """What was asked about whoever asks: Missing for a line, a milestone or a record that is not theirs or is not there.
    `why` begins the links to other reasons, `back` the one to the wallet."""
    asked = _asked(ask)
    found = ask.house.explainer.explain(ask.person, asked, now=ask.now)
    if not found.awards and (asked.line or asked.milestone or asked.record):
        raise Missing("there is nothing to explain under this address")
    if _wants_json(ask):
        return json_page(json.dumps(as_json(found), ensure_ascii=False))
    words = _words(ask, found, asked, why=why)
    return site_rendered(ask, "rep/why.html", tab="wallet", title=words["heading"], back=back, asked=asked, **words)


def nearest(found: Explanation, t: Texts, *, zone: str, now: datetime, why: str, shown: Collection[str]) -> list[dict[str, Any]]:
    """The nearest of what is not earned yet, with links to why; milestones that are `shown` already are left out."""
    rows = [row for row in missing(found, t, zone=zone, now=now) if row["milestone"] not in shown or row["record"]]
    return [row | {"link": _link(why, row, t)} for row in rows[:NEAREST]]


def _asked(ask: Ask) -> Asked:
    def given(name: str) -> str:
        return next(iter(ask.request.query.get(name, ())), "")

    line = given("line")
    known = line.isascii() and line.isdecimal() and len(line) <= _MAX_LINE_DIGITS
    if line and not known:
        raise Missing("there is no such line")
    return Asked(
        milestone=given("milestone")[:LONGEST_KEY],
        record=given("record")[:LONGEST_KEY],
        line=int(line) if known else 0,
    )


def _words(ask: Ask, found: Explanation, asked: Asked, *, why: str) -> dict[str, Any]:
    """What the template shows: the award that was asked about, if it is one, then everything else that is not there."""
    t, zone, now = ask.t, ask.person.zone, ask.now
    first = found.awards[0] if asked.line or (found.awards and (asked.milestone or asked.record)) else None
    others = Explanation(ask.person, tuple(it for it in found.awards if it is not first))
    award = explained(first, t, zone=zone, now=now) if first else None
    rows = missing(others, t, zone=zone, now=now)
    held = given(others, t, zone=zone, now=now) if first else []
    about = t.t("What else it could have given") if asked.record or asked.line else t.t("Not earned yet")
    return {
        "heading": award["title"] if award else t.t("What is not earned yet"),
        "award": award,
        "given": [row | {"link": _link(why, row, t)} for row in held],
        "missing": [row | {"link": _link(why, row, t)} for row in rows],
        "missing_heading": about if award else t.t("The nearest first"),
    }


def _link(why: str, row: dict[str, Any], t: Texts) -> str:
    asked = {name: row[name] for name in ("milestone", "record") if row[name]}
    return f"{why}{urlencode(asked | {'lang': t.language})}"


def _wants_json(ask: Ask) -> bool:
    """Whether the reader is a program: it asks for JSON and not for a page."""
    accept = ask.request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept
